//! `/settings/people/{id}`: one person, for those who manage access.

use domain::time::Millis;
use leptos::prelude::*;

use super::{
    form::{Choice, Field, Troubles, done, select},
    people::{NewLink, PersonState, new_link},
    title,
};
use crate::{
    shell::{Place, Shell, encoded},
    when,
};

/// A person as stored, and the form as it was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    pub now: Millis,
    pub id: String,
    /// As stored.
    pub name: String,
    pub email: String,
    pub role_label: String,
    pub state: PersonState,
    pub last_seen: Option<Millis>,
    /// How many browsers are signed in.
    pub sessions: u32,
    /// Since when it is on.
    pub second_factor: Option<Millis>,
    /// What the providers are called by which they sign in.
    pub providers: Vec<String>,
    pub form: PersonForm,
    pub roles: Vec<Choice>,
    /// Somebody else changed the person since the form was loaded.
    pub conflict: Option<Conflict>,
    /// Why this person cannot be disabled: it is oneself, it is the last administrator.
    pub cannot_disable: Option<String>,
    /// To a new password, just made.
    pub link: Option<NewLink>,
    pub saved: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersonForm {
    pub name: String,
    /// The name of a role.
    pub role: String,
    /// Of what is stored now, so that saving after a conflict is on purpose.
    pub version: String,
    /// Of `name`, `role`, or of the whole.
    pub troubles: Troubles,
}

/// What is stored by now, next to what was typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conflict {
    pub changed_by: String,
    pub changed_at: Millis,
    pub your_name: String,
    pub your_role_label: String,
    pub their_name: String,
    pub their_role_label: String,
}

pub fn person_page(shell: &Shell, view: &Person) -> String {
    let refused = !view.form.troubles.is_empty() || view.conflict.is_some();
    shell.page(Place::Settings, &title(&view.name, refused), &[], Some(view.now), || {
        let state = (view.state != PersonState::Active).then(|| view! { <span class="mark">{view.state.words()}</span> });
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/settings">"Settings"</a>" / "<a href="/settings/people">"People"</a></p>
                        <h1>{view.name.clone()}" "{state}</h1>
                        <p class="dim">{view.email.clone()}" \u{b7} "{view.role_label.clone()}</p>
                    </div>
                </div>
                {view.saved.clone().map(done)}
                {view.link.as_ref().map(|link| new_link(shell, link))}
                <div class="two">
                    <div class="stack">
                        {view.conflict.as_ref().map(|conflict| differing(shell, view, conflict))}
                        {change(view)}
                    </div>
                    <div class="stack">
                        {access(shell, view)}
                        {ending(view)}
                    </div>
                </div>
            </div>
        }
    })
}

/// Both versions, side by side; nothing was saved.
fn differing(shell: &Shell, view: &Person, conflict: &Conflict) -> impl IntoView + use<> {
    let Conflict { changed_by, changed_at, your_name, your_role_label, their_name, their_role_label } =
        conflict;
    let row = |what: &'static str, yours: &String, theirs: &String| {
        let differs = (yours != theirs).then_some("");
        view! {
            <tr data-differs=differs>
                <th scope="row">{what}</th><td>{yours.clone()}</td><td>{theirs.clone()}</td>
            </tr>
        }
    };
    view! {
        <section class="card stack once" data-part="conflict" aria-labelledby="conflict-title" role="alert">
            <h2 id="conflict-title">"Nothing was saved: "{changed_by.clone()}" was quicker"</h2>
            <p>{format!("Changed {}.", when::ago(*changed_at, view.now, &shell.zone))}" Compare, then save yours below, or leave it as it is."</p>
            <table class="compared">
                <thead><tr><th scope="col"><span class="unseen">"What"</span></th><th scope="col">"Yours"</th><th scope="col">"As it is now"</th></tr></thead>
                <tbody>
                    {row("Name", your_name, their_name)}
                    {row("Role", your_role_label, their_role_label)}
                </tbody>
            </table>
            <p class="row"><a class="button" href=format!("/settings/people/{}", encoded(&view.id))>"Leave it as it is now"</a></p>
        </section>
    }
}

fn change(view: &Person) -> impl IntoView + use<> {
    let PersonForm { name, role, version, troubles } = &view.form;
    let button = if view.conflict.is_some() { "Save mine over it" } else { "Save the change" };
    view! {
        <section class="card stack" aria-labelledby="change-title">
            <h2 id="change-title">"Name and role"</h2>
            {troubles.above()}
            <form class="fields" method="post" action=address(view, "")>
                <input type="hidden" name="version" value=version.clone()/>
                {Field::text("name", "Name").value(name.clone()).autocomplete("off").refused(troubles).draw()}
                {select(
                    "role".to_owned(),
                    "role".to_owned(),
                    "Role",
                    role,
                    &view.roles,
                    Some("With another role they are signed out everywhere."),
                    troubles.of("role"),
                )}
                <button class="primary">{button}</button>
            </form>
        </section>
    }
}

fn address(view: &Person, verb: &str) -> String {
    format!("/settings/people/{}{verb}", encoded(&view.id))
}

fn access(shell: &Shell, view: &Person) -> impl IntoView + use<> {
    let seen = view.last_seen.map_or("never".to_owned(), |at| when::ago(at, view.now, &shell.zone));
    let by_provider = (!view.providers.is_empty()).then(|| {
        view! { <dt>"Single sign-on"</dt><dd>{view.providers.join(", ")}", whose groups decide the role"</dd> }
    });
    let elsewhere = if view.providers.is_empty() { "off" } else { "at the provider" };
    let factor = view
        .second_factor
        .map_or(elsewhere.to_owned(), |since| format!("on since {}", when::full(since, &shell.zone)));
    let end = (view.sessions > 0).then(|| {
        view! { <form method="post" action=address(view, "/end-sessions")><button>"End all sessions"</button></form> }
    });
    let remove = view.second_factor.map(|_| {
        view! { <form method="post" action=address(view, "/second-factor")><button class="danger">"Remove the second factor"</button></form> }
    });
    let link = match view.state {
        PersonState::Invited => Some("Make a new invitation link"),
        PersonState::Active => Some("Make a link to a new password"),
        PersonState::Disabled => None,
    };
    let link = link.map(|words| {
        view! { <form method="post" action=address(view, "/link")><button>{words}</button></form> }
    });
    view! {
        <section class="card stack" aria-labelledby="access-title">
            <h2 id="access-title">"How they get in"</h2>
            <dl class="pairs">
                <dt>"Last seen"</dt><dd>{seen}</dd>
                <dt>"Sessions"</dt><dd>{view.sessions}</dd>
                {by_provider}
                <dt>"Second factor"</dt><dd>{factor}</dd>
            </dl>
            <div class="row">{link}{end}{remove}</div>
        </section>
    }
}

fn ending(view: &Person) -> impl IntoView + use<> {
    let body = match (view.state, view.cannot_disable.clone()) {
        (PersonState::Disabled, _) => view! {
            <p>"Disabled: the password opens nothing. What they did stays on record."</p>
            <form method="post" action=address(view, "/enable")><button>"Let "{view.name.clone()}" in again"</button></form>
        }
        .into_any(),
        (_, Some(why)) => view! { <p class="dim">{why}</p> }.into_any(),
        (_, None) => view! {
            <p>"They are signed out everywhere and cannot come back until they are let in again. What they did stays on record."</p>
            <form method="post" action=address(view, "/disable")><button class="danger">"Disable "{view.name.clone()}</button></form>
        }
        .into_any(),
    };
    view! {
        <section class="card stack" aria-labelledby="ending-title">
            <h2 id="ending-title">"Shut out"</h2>
            {body}
        </section>
    }
}
