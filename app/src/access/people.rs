//! `/settings/people`: who gets in, and inviting one more.

use domain::time::Millis;
use leptos::prelude::*;

use super::{
    form::{Choice, Field, Troubles, done, select},
    title,
};
use crate::{
    shell::{Place, Shell, encoded},
    when,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct People {
    pub now: Millis,
    /// In the order in which they are shown.
    pub rows: Vec<PersonRow>,
    pub invite: Invite,
    /// Which roles there are: name and label.
    pub roles: Vec<Choice>,
    /// Of an invitation that was just made.
    pub link: Option<NewLink>,
    pub saved: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRow {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role_label: String,
    pub state: PersonState,
    pub last_seen: Option<Millis>,
    pub second_factor: bool,
    /// Signs in by a provider, which asks for the second factor.
    pub by_provider: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PersonState {
    /// Has a link, and has not chosen a password yet.
    Invited,
    Active,
    Disabled,
}

impl PersonState {
    pub(super) fn words(self) -> &'static str {
        match self {
            PersonState::Invited => "invited",
            PersonState::Active => "active",
            PersonState::Disabled => "disabled",
        }
    }
}

/// The form, as it was typed where it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Invite {
    pub email: String,
    pub name: String,
    /// The name of a role.
    pub role: String,
    /// Of `email`, `name`, `role`, or of the whole.
    pub troubles: Troubles,
}

/// A link that is shown once, to whoever made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLink {
    /// The whole address, with the token in it.
    pub url: String,
    /// Name or e-mail of the one to give it to.
    pub person: String,
    pub valid_until: Millis,
}

pub fn people_page(shell: &Shell, view: &People) -> String {
    let title = title("People", !view.invite.troubles.is_empty());
    shell.page(Place::Settings, &title, &[], Some(view.now), || {
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/settings">"Settings"</a></p>
                        <h1>"People"</h1>
                        <p class="dim">{sentence(&view.rows)}</p>
                    </div>
                </div>
                {view.saved.clone().map(done)}
                {view.link.as_ref().map(|link| new_link(shell, link))}
                <div class="two">
                    {list(shell, view)}
                    {invite(view)}
                </div>
            </div>
        }
    })
}

fn sentence(rows: &[PersonRow]) -> String {
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let mut parts = Vec::new();
    for (state, words) in [
        (PersonState::Active, "can sign in"),
        (PersonState::Invited, "invited"),
        (PersonState::Disabled, "disabled"),
    ] {
        let number = count(state);
        if number > 0 || state == PersonState::Active {
            parts.push(format!("{number} {words}"));
        }
    }
    format!("{}.", parts.join(", "))
}

/// Stands above everything until the page is left: it cannot be had again.
pub(super) fn new_link(shell: &Shell, link: &NewLink) -> impl IntoView + use<> {
    let until = format!(
        "{} ({})",
        when::full(link.valid_until, &shell.zone),
        when::zone_name(&shell.zone, link.valid_until)
    );
    view! {
        <section class="card once" data-part="link" aria-labelledby="link-title">
            <h2 id="link-title">"Give this link to "{link.person.clone()}</h2>
            <p><code class="secret">{link.url.clone()}</code></p>
            <p class="dim">"Valid until "{until}", and once. It is shown only now; whoever has it can take the account."</p>
        </section>
    }
}

fn list(shell: &Shell, view: &People) -> impl IntoView + use<> {
    if view.rows.is_empty() {
        return view! {
            <p class="card empty">"Nobody has an account yet. Whoever is invited is listed here."</p>
        }
        .into_any();
    }
    let rows: Vec<_> = view.rows.iter().map(|row| person(shell, view.now, row)).collect();
    // The roles are said outright because the table is drawn as cards on a phone.
    view! {
        <section class="card" aria-label="People">
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Person"</th>
                        <th role="columnheader" scope="col">"Role"</th>
                        <th role="columnheader" scope="col">"Second factor"</th>
                        <th role="columnheader" scope="col">"Last seen"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn person(shell: &Shell, now: Millis, row: &PersonRow) -> impl IntoView + use<> {
    let state = (row.state != PersonState::Active)
        .then(|| view! { " "<span class="mark">{row.state.words()}</span> });
    let seen = row.last_seen.map_or("never".to_owned(), |at| when::ago(at, now, &shell.zone));
    let factor = match (row.second_factor, row.by_provider) {
        (true, _) => "on",
        (false, true) => "at the provider",
        (false, false) => "off",
    };
    view! {
        <tr role="row" data-state=row.state.words()>
            <th role="rowheader" scope="row">
                <a href=format!("/settings/people/{}", encoded(&row.id))>{row.name.clone()}</a>{state}
                <span class="dim small">{row.email.clone()}</span>
            </th>
            <td role="cell" data-label="Role">{row.role_label.clone()}</td>
            <td role="cell" data-label="Second factor">{factor}</td>
            <td role="cell" data-label="Last seen">{seen}</td>
        </tr>
    }
}

fn invite(view: &People) -> impl IntoView + use<> {
    let Invite { email, name, role, troubles } = &view.invite;
    view! {
        <section class="card stack" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite someone"</h2>
            {troubles.above()}
            <form class="fields" method="post" action="/settings/people">
                {Field::email("email", "E-mail").inside("invite").value(email.clone()).autocomplete("off").refused(troubles).draw()}
                {Field::text("name", "Name").inside("invite").value(name.clone()).autocomplete("off").refused(troubles).draw()}
                {select("invite-role".to_owned(), "role".to_owned(), "Role", role, &view.roles, None, troubles.of("role"))}
                <button class="primary">"Make an invitation link"</button>
                <p class="hint">"You get a link to give to them; Bellwether does not send it. It is valid for three days."</p>
            </form>
        </section>
    }
}
