//! Cases.

use domain::{
    crises::{
        After, By, Contact, Couple, Field, Happening, Origin, Presence, Private, State, Trouble, Unsettled,
        Unusable, UpstreamStatus,
    },
    notices::{Language, Purpose},
    time::{HOUR, MINUTE, SECOND},
};
use jiff::tz::TimeZone;

use super::{
    HOSTILE, LONG, NOW, Rights, assumed,
    made::{Made, actor, ada_and_nils, automatic, by_hand, detected, holder, staff},
    masked, no_rights, rights,
};
use crate::{
    access::{Choice, Troubles},
    crises::{
        AskedView, CaseView, CorrectForm, CoupleWords, Drawing, FileRow, FindingsView, Known, ReviewForm,
        Said, StoryLine, TaskRow, Typed,
    },
};

const NO_KEY: &str = "Locked: there is no encryption key. Give one in AI_ENCRYPTION_KEY, or in the file that sealing.keys_file names.";

pub(super) fn ones() -> Vec<(&'static str, CaseView)> {
    vec![
        ("case-detected", view(&new(), Known::Masked(masked()), rights())),
        ("case-working", view(&worked(), Known::Masked(masked()), rights())),
        (
            "case-shown",
            CaseView {
                files: files(),
                ..view(&worked(), Known::Shown(CoupleWords::of(&ada_and_nils())), rights())
            },
        ),
        (
            "case-running",
            view(
                &new().taken("Priya Nair", 0).runs("manual_mode", "Priya Nair", 0),
                Known::Masked(masked()),
                rights(),
            ),
        ),
        ("case-asked", asked(worked())),
        ("case-asked-refused", asked_refused()),
        ("case-late", view(&late(), Known::Masked(masked()), rights())),
        ("case-ready", view(&ready(), Known::Masked(masked()), rights())),
        ("case-resolved", view(&resolved(), Known::Masked(masked()), rights())),
        ("case-review-refused", review_refused()),
        ("case-reviewed", reviewed()),
        ("case-merged", view(&merged(), Known::Masked(masked()), rights())),
        ("case-by-hand", view(&by_hand("illness", None, 6 * MINUTE), Known::Nobody, rights())),
        ("case-flagged", flagged()),
        ("case-no-rights", no_rights_view()),
        (
            "case-locked",
            CaseView { files: unnamed(), ..view(&worked(), Known::Locked(NO_KEY.to_owned()), rights()) },
        ),
        ("case-awaited", view(&new(), Known::Awaited(NO_KEY.to_owned()), rights())),
        ("case-erased", erased()),
        ("case-not-contacted", not_contacted()),
        ("case-several", several()),
        ("case-refused", refused()),
        ("case-correct-refused", correct_refused()),
        ("case-file-refused", file_refused()),
        ("case-conflict", conflict()),
        ("case-long-names", long_names()),
        ("case-right-to-left", right_to_left()),
        ("case-hostile", hostile()),
    ]
}

/// As in the picture of the design, but nobody has it yet.
fn new() -> Made {
    detected(0, "vendor_cancelled", 9 * HOUR + 4 * MINUTE, 38 * SECOND)
}

pub(super) fn worked() -> Made {
    detected(0, "vendor_cancelled", 9 * HOUR + 4 * MINUTE, 25 * MINUTE)
        .done("alert_emergency_team", automatic(), 25)
        .taken("Priya Nair", 24)
        .done("manual_mode", staff("Marta Keller"), 21)
        .done("deploy_planners", By::Asked { name: "Ola Berg".to_owned() }, 17)
        .asked("start_vendor_network", "Priya Nair", &["Nordflor", "Strand Catering", "Lind & Co"], 5)
        .noted("Priya Nair", "Four florists within 30 km. Two can deliver by noon.", 4)
}

fn late() -> Made {
    detected(0, "venue_unavailable", 50 * MINUTE, 71 * MINUTE)
        .taken("Marta Keller", 60)
        .done("alert_emergency_team", staff("Marta Keller"), 58)
        .not_needed("manual_mode", "Marta Keller", "The platform is well; only the venue is not.", 57)
}

/// Everything that is required is done.
fn ready() -> Made {
    let mut made = worked();
    let open: Vec<String> = made.case.steps.iter().map(|step| step.key().to_string()).collect();
    made = made.told(Purpose::WeKnow, "Priya Nair", 12);
    for key in open {
        made = made.done(&key, staff("Priya Nair"), 3);
    }
    made
}

/// Those whom the vendor network has in it: one said yes once before, one was not reached, one was asked again.
fn asked(made: Made) -> CaseView {
    let mut view = view(&made, Known::Masked(masked()), rights());
    let (rights, assumed) = (rights(), assumed());
    let drawing = Drawing { now: NOW, zone: &TimeZone::UTC, assumed: &assumed, rights: &rights };
    let ago = |minutes: i64| NOW.minus(minutes * MINUTE);
    let one = |name: &str, times: i64, answered: Option<i64>, trouble: Option<&str>| {
        let asked = (times, ago(5), ago(5).plus(2 * HOUR));
        AskedView::of(name.to_owned(), asked, answered.map(ago), trouble.map(str::to_owned), drawing)
    };
    if let Some(step) = view.steps.iter_mut().find(|step| step.key == "start_vendor_network") {
        step.asked = vec![
            one("Nordflor", 1, Some(2), None),
            one("Strand Catering", 1, None, Some("the mail server says that there is no such address")),
            one("Lind & Co", 2, None, None),
        ];
    }
    view.askable =
        vec![choice("person/p-marta", "Marta Keller"), choice("vendor-network/Nordflor", "Nordflor")];
    view
}

fn asked_refused() -> CaseView {
    let troubles = Troubles::default().and("to", "They were asked less than a minute ago.".to_owned());
    let typed = Typed {
        what: "ask-else".to_owned(),
        step: "start_vendor_network".to_owned(),
        to: "vendor-network/Nordflor".to_owned(),
        troubles,
        ..Typed::default()
    };
    CaseView { typed, ..asked(worked()) }
}

pub(super) fn resolved() -> Made {
    let mut made = ready();
    made.act(NOW.minus(2 * MINUTE), |case, at| {
        case.resolve(actor("Priya Nair"), "New flowers are at the venue.", &[], at)
    });
    made
}

pub(super) fn merged() -> Made {
    let mut made = detected(1, "vendor_cancelled", 9 * HOUR, 20 * MINUTE);
    let mut into = new().case;
    made.act(NOW.minus(10 * MINUTE), |case, at| {
        case.merge_into(&mut into, actor("Priya Nair"), &[], at).map(|(went, _)| went)
    });
    made
}

fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned() }
}

pub(super) fn view(made: &Made, couple: Known, rights: Rights) -> CaseView {
    with_notices(made, couple, rights, &[], &[])
}

fn with_notices(
    made: &Made,
    couple: Known,
    rights: Rights,
    troubles: &[Trouble],
    notices: &[Unsettled],
) -> CaseView {
    let assumed = assumed();
    let drawing = Drawing { now: NOW, zone: &TimeZone::UTC, assumed: &assumed, rights: &rights };
    let story = made.story.iter().map(|(at, line)| {
        let said = match (&line.text, &couple) {
            (None, _) => Said::Nothing,
            (Some(_), Known::NotYours(_)) => Said::Hidden,
            (Some(_), Known::Locked(_)) => Said::Locked,
            (Some(text), _) => Said::Text(text.expose().to_owned()),
        };
        StoryLine::of(*at, &line.happening, said, drawing)
    });
    let story = story.collect();
    CaseView {
        story,
        people: vec![choice("p-marta", "Marta Keller"), choice("p-jonas", "Jonas Weber")],
        owners: vec![choice("p-priya", "Priya Nair"), choice("p-marta", "Marta Keller")],
        others: vec![choice("0199-0002", "Vendor cancelled, ceremony in 9 hours, Jonas Weber")],
        alerts: vec![choice("0199-0007", "Crisis manager down, since 03:01")],
        after: After::of(&made.case, &made.story).sentences(),
        procedure: Some("wedding-day-crisis".to_owned()),
        backups_until: Some("4 January 2027".to_owned()),
        ..CaseView::of(&made.case, None, troubles, notices, couple, drawing)
    }
}

fn files() -> Vec<FileRow> {
    vec![
        FileRow::of(
            "f1",
            Some("Contract of the florist.pdf"),
            "application/pdf",
            1_240_000,
            "03:12".to_owned(),
        ),
        FileRow::of(
            "f2",
            Some("\u{05d7}\u{05d5}\u{05d6}\u{05d4}.txt"),
            "text/plain; charset=utf-8",
            740,
            "03:14".to_owned(),
        ),
        FileRow { is_removed: true, ..FileRow::of("f3", None, "image/png", 88_000, "03:15".to_owned()) },
    ]
}

fn unnamed() -> Vec<FileRow> {
    files().into_iter().map(|file| FileRow { name: None, ..file }).collect()
}

fn review_refused() -> CaseView {
    let tasks = ReviewForm::tasks_of(
        vec!["Ask florists for a second van".to_owned()],
        vec![String::new()],
        vec!["2026-12-01".to_owned()],
    );
    CaseView {
        review: ReviewForm {
            helped: "The vendor network answered in 4 min.".to_owned(),
            tasks,
            troubles: Troubles::default()
                .and("task", "Every task needs an owner and says what is to be done."),
            ..ReviewForm::default()
        },
        backups_until: None,
        ..view(&resolved(), Known::Masked(masked()), rights())
    }
}

fn reviewed() -> CaseView {
    let mut made = resolved();
    if let State::Resolved { at, .. } = made.case.state {
        made.case.state =
            State::Reviewed { by: actor("Marta Keller"), at: NOW.minus(MINUTE), resolved_at: at };
        made.say(NOW.minus(MINUTE), Happening::Reviewed { by: actor("Marta Keller"), tasks: 2 });
    }
    let task = |what: &str, done: Option<&str>| TaskRow {
        what: what.to_owned(),
        owner: "Marta Keller".to_owned(),
        due: jiff::civil::Date::new(2026, 12, 1).ok(),
        done: done.map(str::to_owned),
    };
    let findings = FindingsView {
        hidden: None,
        helped: "The vendor network answered in 4 min.".to_owned(),
        to_change: "Ask every florist for a second van.\nTell executives earlier.".to_owned(),
        tasks: vec![
            task("Ask florists for a second van", None),
            task("Thank Ola", Some("Priya Nair, 03:27")),
        ],
        procedure: Some("wedding-day-crisis".to_owned()),
    };
    CaseView { findings: Some(findings), ..view(&made, Known::Masked(masked()), rights()) }
}

fn flagged() -> CaseView {
    let mut made = worked();
    if let Origin::Platform { status, presence, another_couple, .. } = &mut made.case.origin {
        *status = UpstreamStatus::AiFailed;
        *presence = Presence::Vanished { at: NOW.minus(3 * MINUTE) };
        *another_couple = Some(NOW.minus(9 * MINUTE));
    }
    made.case.wedding.time = None;
    made.case.wedding.zone = None;
    made.say(NOW.minus(9 * MINUTE), Happening::AnotherCouple);
    made.say(NOW.minus(3 * MINUTE), Happening::Vanished);
    let troubles = [Trouble::Several(Field::Email), Trouble::Missing(Field::WeddingZone)];
    let notices = [Unsettled::InDoubt(Purpose::WeKnow)];
    let mut view = with_notices(&made, Known::Masked(masked()), rights(), &troubles, &notices);
    let (assumed, rights) = (assumed(), rights());
    let drawing = Drawing { now: NOW, zone: &TimeZone::UTC, assumed: &assumed, rights: &rights };
    let fired =
        StoryLine::of_alert(NOW.minus(26 * MINUTE), "Fired at level Emergency.", "0199-0000", drawing);
    view.story.insert(0, fired);
    CaseView {
        alert: Some(("0199-0000".to_owned(), "Crisis manager down".to_owned())),
        doubles: vec![("0199-0009".to_owned(), "A double of it".to_owned())],
        ..view
    }
}

fn no_rights_view() -> CaseView {
    let rights = no_rights();
    let who = rights.see.clone().err().unwrap_or_default();
    CaseView { files: unnamed(), ..view(&worked(), Known::NotYours(who), rights) }
}

fn erased() -> CaseView {
    let mut made = resolved();
    made.act(NOW.minus(MINUTE), |case, at| Ok(case.erase(actor("Marta Keller"), at)));
    for (_, line) in &mut made.story {
        line.text = None;
    }
    view(&made, Known::Erased, rights())
}

fn not_contacted() -> CaseView {
    let mut made = worked();
    made.act(NOW.minus(MINUTE), |case, at| {
        case.set_contact(false, actor("Priya Nair"), "Her sister speaks for them.", at)
    });
    debug_assert!(made.case.contact != Contact::Allowed);
    view(&made, Known::Masked(masked()), rights())
}

fn several() -> CaseView {
    let couple = Couple {
        emails: vec![Private::new("ada@example.com"), Private::new("nils@example.com")],
        phones: Vec::new(),
        unusable: vec![Unusable { field: Field::Phone, given: Private::new("ask the planner") }],
        ..ada_and_nils()
    };
    let made = worked();
    let troubles = [Trouble::Several(Field::Email), Trouble::Unreadable(Field::Phone)];
    with_notices(&made, Known::Shown(CoupleWords::of(&couple)), rights(), &troubles, &[])
}

fn refused() -> CaseView {
    CaseView {
        typed: Typed {
            what: "not-needed".to_owned(),
            step: "tell_executives".to_owned(),
            text: " ".to_owned(),
            troubles: Troubles::default().and("text", "Say why."),
            ..Typed::default()
        },
        ..view(&worked(), Known::Masked(masked()), rights())
    }
}

fn file_refused() -> CaseView {
    CaseView {
        files: files(),
        typed: Typed {
            what: "remove-file".to_owned(),
            step: "f2".to_owned(),
            troubles: Troubles::default().and("text", "Say why."),
            ..Typed::default()
        },
        ..view(&worked(), Known::Masked(masked()), rights())
    }
}

fn correct_refused() -> CaseView {
    let correct = CorrectForm {
        names: "Ada Okafor".to_owned(),
        email: "ada at example".to_owned(),
        troubles: Troubles::default().and("email", "It is not an e-mail address."),
        ..CorrectForm::default()
    };
    CaseView { correct: Some(correct), ..view(&worked(), Known::Masked(masked()), rights()) }
}

fn conflict() -> CaseView {
    CaseView {
        typed: Typed {
            what: "hand-over".to_owned(),
            text: "Call them by 04:00.".to_owned(),
            to: "p-jonas".to_owned(),
            troubles: Troubles::default().and("", "Jonas Weber has it already."),
            ..Typed::default()
        },
        ..view(&worked(), Known::Masked(masked()), rights())
    }
}

fn long_names() -> CaseView {
    let couple = Couple {
        names: Private::new(LONG.repeat(4).chars().take(300).collect::<String>()),
        venue: Private::new(LONG.repeat(2)),
        summary: Private::new(LONG.repeat(20)),
        ..ada_and_nils()
    };
    let made = worked().noted(&LONG.repeat(2), &LONG.replace(' ', "").repeat(4), 1);
    let files = vec![FileRow::of(
        "f1",
        Some(&LONG.replace(' ', "-").repeat(2)),
        "application/pdf",
        12_400,
        "03:12".to_owned(),
    )];
    let mut made = made;
    if let State::Working { holder: held, .. } = &mut made.case.state {
        *held = holder(&LONG.repeat(2));
    }
    CaseView { files, ..view(&made, Known::Shown(CoupleWords::of(&couple)), rights()) }
}

fn right_to_left() -> CaseView {
    let couple = Couple {
        names: Private::new(
            "\u{5d3}\u{5e0}\u{5d9}\u{5d0}\u{5dc}\u{5d4} \u{5db}\u{5d4}\u{5df}, \u{645}\u{62d}\u{645}\u{62f} \u{639}\u{628}\u{62f} \u{627}\u{644}\u{644}\u{647}",
        ),
        language: Language::parse("he").ok(),
        venue: Private::new("\u{5d2}\u{5df} \u{5d4}\u{5d5}\u{5e8}\u{5d3}\u{5d9}\u{5dd} 12"),
        summary: Private::new("\u{5d4}\u{5e6}\u{5dc}\u{5dd} \u{5d1}\u{5d9}\u{5d8}\u{5dc} (John)."),
        ..ada_and_nils()
    };
    let made = worked().noted(
        "\u{5d3}\u{5e0}\u{5d9}\u{5d0}\u{5dc}\u{5d4} \u{5db}\u{5d4}\u{5df}",
        "\u{5d4}\u{5ea}\u{5e7}\u{5e9}\u{5e8}\u{5ea}\u{5d9} 12:30.",
        1,
    );
    view(&made, Known::Shown(CoupleWords::of(&couple)), rights())
}

fn hostile() -> CaseView {
    let hostile = || Private::new(HOSTILE);
    let couple = Couple {
        names: hostile(),
        emails: vec![hostile()],
        phones: vec![hostile()],
        language: None,
        venue: hostile(),
        summary: hostile(),
        unusable: vec![Unusable { field: Field::Email, given: hostile() }],
    };
    let made = detected(0, HOSTILE, 2 * HOUR, 25 * MINUTE).taken(HOSTILE, 24).noted(HOSTILE, HOSTILE, 3);
    CaseView {
        alert: Some(("0199-0000".to_owned(), HOSTILE.to_owned())),
        people: vec![choice("p-1", HOSTILE)],
        others: vec![choice("0199-0002", HOSTILE)],
        files: vec![FileRow::of("f1", Some(HOSTILE), "application/pdf", 1, HOSTILE.to_owned())],
        typed: Typed {
            what: "note".to_owned(),
            text: HOSTILE.to_owned(),
            troubles: Troubles::default().and("text", HOSTILE),
            ..Typed::default()
        },
        ..view(&made, Known::Shown(CoupleWords::of(&couple)), rights())
    }
}
