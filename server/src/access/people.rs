//! `/settings/people`: who has an account, invitations, and each one's own page.

use app::access::{
    self as pages, Choice, Conflict, Invite, NewLink, People, PersonForm, PersonRow, PersonState, Troubles,
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::access::{Link, ManageAccess, PeopleRefused, Permit, Person, PersonChange};
use domain::access::PersonId;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{
    asked::{Asked, Refusal, see},
    form::Fields,
    sentence,
    settings::once,
};

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    done: String,
}

pub async fn list(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let saved = (wanted.done == "removed").then(|| "The person is removed.".to_owned());
            draw_list(&asked, StatusCode::OK, Invite::default(), None, saved).await
        })
        .await
}

/// `POST /settings/people`: an invitation, whose link is shown once.
pub async fn invite(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ManageAccess>()?;
            let [email, name, role] = ["email", "name", "role"].map(|field| fields.text(field));
            match asked.state.access.invite(&permit, &email, &name, &role).await {
                Ok(link) => {
                    let link = new_link(&link, &name);
                    draw_list(&asked, StatusCode::OK, Invite::default(), Some(link), None).await.map(once)
                }
                Err(PeopleRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let field = match &why {
                        PeopleRefused::Address(_) | PeopleRefused::Taken => "email",
                        PeopleRefused::Name => "name",
                        PeopleRefused::NoRole { .. } => "role",
                        _ => "",
                    };
                    let troubles = Troubles::default().and(field, sentence(&why.to_string()));
                    let typed = Invite { email, name, role, troubles };
                    draw_list(&asked, StatusCode::UNPROCESSABLE_ENTITY, typed, None, None).await
                }
            }
        })
        .await
}

pub async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let (permit, person) = found(&asked, &id).await?;
            let drawing = Drawing { saved: saved(&wanted.done), ..Drawing::default() };
            draw_one(&asked, &permit, &person, StatusCode::OK, drawing).await
        })
        .await
}

/// `POST /settings/people/{id}`: name and role, as they were seen.
pub async fn change(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let (permit, person) = found(&asked, &id).await?;
            let change = PersonChange { name: fields.text("name"), role: fields.text("role") };
            let version = fields.text("version").parse().unwrap_or(-1);
            match asked.state.access.change(&permit, &person.id, version, change.clone()).await {
                Ok(_) => Ok(see(&format!("/settings/people/{id}?done=changed"))),
                Err(PeopleRefused::Db(error)) => Err(error.into()),
                Err(PeopleRefused::Conflict { stored, wanted }) => {
                    let conflict = Some(conflict(&asked, &stored, &wanted).await?);
                    let drawing = Drawing { typed: Some(wanted), conflict, ..Drawing::default() };
                    draw_one(&asked, &permit, &stored, StatusCode::CONFLICT, drawing).await
                }
                Err(why) => {
                    let field = match &why {
                        PeopleRefused::Name => "name",
                        PeopleRefused::NoRole { .. } => "role",
                        _ => "",
                    };
                    let troubles = Troubles::default().and(field, sentence(&why.to_string()));
                    let drawing = Drawing { typed: Some(change), troubles, ..Drawing::default() };
                    draw_one(&asked, &permit, &person, StatusCode::UNPROCESSABLE_ENTITY, drawing).await
                }
            }
        })
        .await
}

/// `POST /settings/people/{id}/{what}`: one button each.
pub async fn press(asked: Asked, Path((id, what)): Path<(String, String)>) -> Response {
    asked
        .answer(|asked| async move {
            let (permit, person) = found(&asked, &id).await?;
            let access = &asked.state.access;
            let done = match what.as_str() {
                "disable" => access.disable(&permit, &person.id).await,
                "enable" => access.enable(&permit, &person.id).await,
                "end-sessions" => access.end_sessions_of(&permit, &person.id).await.map(|_| ()),
                "second-factor" => {
                    let proven = asked.proven::<ManageAccess>(&format!("/settings/people/{id}"))?;
                    access.remove_second_factor_of(&proven, &person.id).await
                }
                "link" => match access.reset_link(&permit, &person.id).await {
                    Ok(link) => {
                        let link = Some(new_link(&link, &person.name));
                        let drawing = Drawing { link, ..Drawing::default() };
                        return draw_one(&asked, &permit, &person, StatusCode::OK, drawing).await.map(once);
                    }
                    Err(why) => Err(why),
                },
                _ => return Err(Refusal::NotFound),
            };
            match done {
                Ok(()) => Ok(see(&format!("/settings/people/{id}?done={what}"))),
                Err(PeopleRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let troubles = Troubles::default().and("", sentence(&why.to_string()));
                    let drawing = Drawing { troubles, ..Drawing::default() };
                    draw_one(&asked, &permit, &person, StatusCode::UNPROCESSABLE_ENTITY, drawing).await
                }
            }
        })
        .await
}

async fn found(asked: &Asked, id: &str) -> Result<(Permit<ManageAccess>, Person), Refusal> {
    let permit = asked.viewer()?.permit::<ManageAccess>()?;
    let person = asked.state.access.person(&permit, &PersonId::new(id)).await?;
    Ok((permit, person.ok_or(Refusal::NotFound)?))
}

async fn draw_list(
    asked: &Asked,
    status: StatusCode,
    invite: Invite,
    link: Option<NewLink>,
    saved: Option<String>,
) -> Result<Response, Refusal> {
    let permit = asked.viewer()?.permit::<ManageAccess>()?;
    let people = asked.state.access.people(&permit).await?;
    let rows = people.iter().map(|person| PersonRow {
        id: person.id.as_str().to_owned(),
        name: person.name.clone(),
        email: person.email.as_str().to_owned(),
        role_label: role_label(asked, &person.role),
        state: state(person),
        last_seen: person.last_seen_at,
        second_factor: person.second_factor_since.is_some(),
        by_provider: !person.providers.is_empty(),
    });
    let view = People {
        now: asked.state.access.now(),
        rows: rows.collect(),
        invite,
        roles: roles(asked),
        link,
        saved,
    };
    Ok(asked.page(status, pages::people_page(&asked.shell(), &view)))
}

/// What a page of one person shows beside the person.
#[derive(Default)]
struct Drawing {
    typed: Option<PersonChange>,
    troubles: Troubles,
    conflict: Option<Conflict>,
    link: Option<NewLink>,
    saved: Option<String>,
}

async fn draw_one(
    asked: &Asked,
    permit: &Permit<ManageAccess>,
    person: &Person,
    status: StatusCode,
    drawing: Drawing,
) -> Result<Response, Refusal> {
    let typed = drawing
        .typed
        .unwrap_or_else(|| PersonChange { name: person.name.clone(), role: person.role.clone() });
    let cannot_disable = asked.state.access.is_last_administrator(permit, &person.id).await?;
    let view = pages::Person {
        now: asked.state.access.now(),
        id: person.id.as_str().to_owned(),
        name: person.name.clone(),
        email: person.email.as_str().to_owned(),
        role_label: role_label(asked, &person.role),
        state: state(person),
        last_seen: person.last_seen_at,
        sessions: person.sessions,
        second_factor: person.second_factor_since,
        providers: person.providers.clone(),
        form: PersonForm {
            name: typed.name,
            role: typed.role,
            version: person.version.to_string(),
            troubles: drawing.troubles,
        },
        roles: roles(asked),
        conflict: drawing.conflict,
        cannot_disable: cannot_disable
            .then(|| "This is the last person who can manage users: name another one first.".to_owned()),
        link: drawing.link,
        saved: drawing.saved,
    };
    Ok(asked.page(status, pages::person_page(&asked.shell(), &view)))
}

/// The two states side by side, with who was first.
async fn conflict(asked: &Asked, stored: &Person, wanted: &PersonChange) -> Result<Conflict, Refusal> {
    let filter = backend::audit::Filter {
        object: Some(("person".to_owned(), Some(stored.id.as_str().to_owned()))),
        outcome: Some(domain::audit::Outcome::Done),
        ..backend::audit::Filter::default()
    };
    let newest = backend::audit::page(asked.state.access.db(), &filter, None, 1).await?.into_iter().next();
    let (changed_by, changed_at) = newest.map_or_else(
        || ("somebody else".to_owned(), asked.state.access.now()),
        |record| (record.actor_name, record.at),
    );
    Ok(Conflict {
        changed_by,
        changed_at,
        your_name: wanted.name.clone(),
        your_role_label: role_label(asked, &wanted.role),
        their_name: stored.name.clone(),
        their_role_label: role_label(asked, &stored.role),
    })
}

fn new_link(link: &Link, person: &str) -> NewLink {
    NewLink {
        url: link.url.expose_secret().to_owned(),
        person: person.to_owned(),
        valid_until: link.expires_at,
    }
}

fn state(person: &Person) -> PersonState {
    match (person.disabled_at, person.has_password || !person.providers.is_empty()) {
        (Some(_), _) => PersonState::Disabled,
        (None, true) => PersonState::Active,
        (None, false) => PersonState::Invited,
    }
}

fn role_label(asked: &Asked, role: &str) -> String {
    let found = asked.state.access.roles().iter().find(|known| known.name == role);
    found.map_or_else(|| format!("{role} (no such role)"), |known| known.label.clone())
}

fn roles(asked: &Asked) -> Vec<Choice> {
    let roles = asked.state.access.roles().iter();
    roles.map(|role| Choice { value: role.name.clone(), label: role.label.clone() }).collect()
}

fn saved(done: &str) -> Option<String> {
    let words = match done {
        "changed" => "The change is saved.",
        "disable" => "This person is disabled, and signed out everywhere.",
        "enable" => "This person is let in again.",
        "end-sessions" => "All sessions of this person have ended.",
        "second-factor" => "The second factor is removed.",
        _ => return None,
    };
    Some(words.to_owned())
}
