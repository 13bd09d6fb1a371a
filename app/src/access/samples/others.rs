//! What those who manage access see: people, one person, tokens.

use domain::{
    access::{Permission, Permissions},
    time::{DAY, HOUR, MINUTE, Millis},
};

use super::{HOSTILE, LONG, LONG_EMAIL, NOW, Page, choices, hostile_troubles, page};
use crate::{
    Shell,
    access::{
        Choice, Conflict, Invite, NewLink, NewToken, People, Person, PersonForm, PersonRow, PersonState,
        TokenForm, TokenRow, Tokens, Troubles, people_page, person_page, tokens_page,
    },
};

fn roles() -> Vec<Choice> {
    choices(&[
        ("viewer", "Viewer"),
        ("support", "Support"),
        ("operator", "Operator"),
        ("lead", "Lead"),
        ("admin", "Admin"),
        ("auditor", "Auditor"),
    ])
}

fn row(name: &str, email: &str, role: &str, state: PersonState, seen: Option<i64>) -> PersonRow {
    PersonRow {
        id: format!("id-{}", name.len()),
        name: name.to_owned(),
        email: email.to_owned(),
        role_label: role.to_owned(),
        state,
        last_seen: seen.map(|ago| NOW.minus(ago)),
        second_factor: role == "Admin" || role == "Lead",
        by_provider: false,
    }
}

fn link(person: &str) -> NewLink {
    NewLink {
        url: "https://bellwether.wedsync.example/invite/h3JxQ0mVtq8nY2cZr5KdWb7LsF1pGaUe".to_owned(),
        person: person.to_owned(),
        valid_until: NOW.plus(3 * DAY),
    }
}

pub(super) fn people(shell: &Shell, hostile: &Shell) -> Vec<Page> {
    let empty = People {
        now: NOW,
        rows: Vec::new(),
        invite: Invite::default(),
        roles: roles(),
        link: None,
        saved: None,
    };
    let one = People {
        rows: vec![row("Ade Okoro", "ade@wedsync.example", "Admin", PersonState::Active, Some(0))],
        ..empty.clone()
    };
    let many = People {
        rows: vec![
            row("Ade Okoro", "ade@wedsync.example", "Admin", PersonState::Active, Some(0)),
            row("Jonas Weber", "jonas.weber@wedsync.example", "Lead", PersonState::Active, Some(50 * MINUTE)),
            row("Marta Kowalska", "marta@wedsync.example", "Operator", PersonState::Active, Some(9 * HOUR)),
            row(LONG, LONG_EMAIL, "Support", PersonState::Active, Some(3 * DAY)),
            row("Noor", "noor@wedsync.example", "Viewer", PersonState::Invited, None),
            row("Sam Lee", "sam@wedsync.example", "Executive", PersonState::Disabled, Some(200 * DAY)),
        ],
        link: Some(link("Noor")),
        saved: Some("Noor is invited.".to_owned()),
        ..empty.clone()
    };
    let refused = People {
        invite: Invite {
            email: "ADE@wedsync.example".to_owned(),
            name: String::new(),
            role: "operator".to_owned(),
            troubles: Troubles::default()
                .and("email", "Ade Okoro has this address already.")
                .and("name", "Without a name nobody knows who acts."),
        },
        ..one.clone()
    };
    let text = || HOSTILE.to_owned();
    let bad = People {
        rows: vec![row(HOSTILE, HOSTILE, HOSTILE, PersonState::Active, None)],
        invite: Invite {
            email: text(),
            name: text(),
            role: text(),
            troubles: hostile_troubles(&["", "email", "name", "role"]),
        },
        roles: choices(&[(HOSTILE, HOSTILE)]),
        link: Some(NewLink { url: text(), ..link(HOSTILE) }),
        saved: Some(text()),
        ..empty.clone()
    };
    vec![
        page("people-empty", people_page(shell, &empty)),
        page("people-one", people_page(shell, &one)),
        page("people-many", people_page(shell, &many)),
        page("people-refused", people_page(shell, &refused)),
        page("people-hostile", people_page(hostile, &bad)),
    ]
}

fn jonas() -> Person {
    Person {
        now: NOW,
        id: "id-11".to_owned(),
        name: "Jonas Weber".to_owned(),
        email: "jonas.weber@wedsync.example".to_owned(),
        role_label: "Lead".to_owned(),
        state: PersonState::Active,
        last_seen: Some(NOW.minus(50 * MINUTE)),
        sessions: 2,
        second_factor: Some(NOW.minus(40 * DAY)),
        providers: Vec::new(),
        form: PersonForm {
            name: "Jonas Weber".to_owned(),
            role: "lead".to_owned(),
            version: "7".to_owned(),
            troubles: Troubles::default(),
        },
        roles: roles(),
        conflict: None,
        cannot_disable: None,
        link: None,
        saved: None,
    }
}

fn conflict() -> Conflict {
    Conflict {
        changed_by: "Ade Okoro".to_owned(),
        changed_at: NOW.minus(2 * MINUTE),
        your_name: "Jonas Weber".to_owned(),
        your_role_label: "Operator".to_owned(),
        their_name: "Jonas Weber".to_owned(),
        their_role_label: "Lead".to_owned(),
    }
}

pub(super) fn one_person(shell: &Shell, hostile: &Shell) -> Vec<Page> {
    let mut conflicting = Person { conflict: Some(conflict()), ..jonas() };
    conflicting.form.role = "operator".to_owned();
    let mut last = jonas();
    last.role_label = "Admin".to_owned();
    last.cannot_disable =
        Some("This is the last administrator: without one nobody could let people in.".to_owned());
    last.form.role = "viewer".to_owned();
    last.form.troubles =
        Troubles::default().and("role", "This is the last administrator. Make somebody else one first.");
    let invited = Person {
        state: PersonState::Invited,
        last_seen: None,
        sessions: 0,
        second_factor: None,
        link: Some(link("Jonas Weber")),
        ..jonas()
    };
    let by_provider =
        Person { second_factor: None, providers: vec!["WedSync account".to_owned()], ..jonas() };
    let disabled = Person {
        state: PersonState::Disabled,
        sessions: 0,
        saved: Some("Jonas Weber is disabled and signed out everywhere.".to_owned()),
        ..jonas()
    };
    let text = || HOSTILE.to_owned();
    let bad = Person {
        id: text(),
        name: text(),
        email: text(),
        role_label: text(),
        form: PersonForm {
            name: text(),
            role: text(),
            version: text(),
            troubles: hostile_troubles(&["", "name", "role"]),
        },
        roles: choices(&[(HOSTILE, HOSTILE)]),
        conflict: Some(Conflict {
            changed_by: text(),
            changed_at: NOW,
            your_name: text(),
            your_role_label: text(),
            their_name: text(),
            their_role_label: text(),
        }),
        cannot_disable: Some(text()),
        link: Some(NewLink { url: text(), ..link(HOSTILE) }),
        saved: Some(text()),
        ..jonas()
    };
    vec![
        page("person", person_page(shell, &jonas())),
        page("person-conflict", person_page(shell, &conflicting)),
        page("person-last-admin", person_page(shell, &last)),
        page("person-invited", person_page(shell, &invited)),
        page("person-provider", person_page(shell, &by_provider)),
        page("person-disabled", person_page(shell, &disabled)),
        page("person-hostile", person_page(hostile, &bad)),
    ]
}

fn token(name: &str, permissions: &[Permission], ends: Millis, used: Option<i64>) -> TokenRow {
    TokenRow {
        id: "t1".to_owned(),
        name: name.to_owned(),
        permissions: permissions.iter().copied().collect(),
        ends,
        last_used: used.map(|ago| NOW.minus(ago)),
        made_by: "Ade Okoro".to_owned(),
    }
}

pub(super) fn tokens(shell: &Shell, hostile: &Shell) -> Vec<Page> {
    use Permission as P;
    let own: Permissions = [P::SeeStatus, P::SeeReports, P::ChangeSchedules, P::ManageAccess, P::ReadAudit]
        .into_iter()
        .collect();
    let form = TokenForm { ends: "2027-02-22".to_owned(), ..TokenForm::default() };
    let empty = Tokens { now: NOW, rows: Vec::new(), form, own, token: None, saved: None };
    let many = Tokens {
        rows: vec![
            token("nightly export", &[P::SeeStatus, P::SeeReports], NOW.plus(80 * DAY), Some(2 * HOUR)),
            token("audit to the archive", &[P::ReadAudit], NOW.plus(3 * DAY), None),
            token("old dashboard", &[P::SeeStatus], NOW.minus(9 * DAY), Some(10 * DAY)),
        ],
        token: Some(NewToken {
            name: "audit to the archive".to_owned(),
            token: "bw_7Hq2mVtq8nY2cZr5KdWb7LsF1pGaUeX0rJ4iTgB9o".to_owned(),
        }),
        ..empty.clone()
    };
    let refused = Tokens {
        form: TokenForm {
            name: "everything".to_owned(),
            ends: "2032-01-01".to_owned(),
            permissions: Permissions::NONE,
            troubles: Troubles::default()
                .and("permission", "A token without a permission opens nothing. Tick at least one.")
                .and("ends", "This is more than a year away."),
        },
        ..empty.clone()
    };
    let none = Tokens { own: Permissions::NONE, ..empty.clone() };
    let text = || HOSTILE.to_owned();
    let bad = Tokens {
        rows: vec![TokenRow { id: text(), made_by: text(), ..token(HOSTILE, &[P::SeeStatus], NOW, None) }],
        form: TokenForm {
            name: text(),
            ends: text(),
            permissions: own,
            troubles: hostile_troubles(&["", "name", "permission", "ends"]),
        },
        token: Some(NewToken { name: text(), token: text() }),
        saved: Some(text()),
        ..empty.clone()
    };
    vec![
        page("tokens-empty", tokens_page(shell, &empty)),
        page("tokens-many", tokens_page(shell, &many)),
        page("tokens-refused", tokens_page(shell, &refused)),
        page("tokens-no-rights", tokens_page(shell, &none)),
        page("tokens-hostile", tokens_page(hostile, &bad)),
    ]
}
