//! `/settings/tokens`: what machines get in with.

use domain::{
    access::{Permission, Permissions},
    time::Millis,
};
use leptos::prelude::*;

use super::{
    form::{Field, Troubles, done, field_trouble},
    title,
};
use crate::{
    shell::{Place, Shell, encoded},
    when,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tokens {
    pub now: Millis,
    pub rows: Vec<TokenRow>,
    pub form: TokenForm,
    /// What may be given away: the own permissions, and never more.
    pub own: Permissions,
    /// Just made, and never shown again.
    pub token: Option<NewToken>,
    pub saved: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    pub permissions: Permissions,
    pub ends: Millis,
    pub last_used: Option<Millis>,
    /// Who made it.
    pub made_by: String,
}

/// The form, as it was typed where it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TokenForm {
    pub name: String,
    pub permissions: Permissions,
    /// "2027-02-22", the last day on which it works.
    pub ends: String,
    /// Of `name`, `permission`, `ends`, or of the whole.
    pub troubles: Troubles,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewToken {
    pub name: String,
    pub token: String,
}

pub fn tokens_page(shell: &Shell, view: &Tokens) -> String {
    let title = title("Tokens", !view.form.troubles.is_empty());
    shell.page(Place::Settings, &title, &[], Some(view.now), || {
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/settings">"Settings"</a></p>
                        <h1>"Tokens"</h1>
                        <p class="dim">"A machine sends one in the header of each request, and may do what it says and nothing else."</p>
                    </div>
                </div>
                {view.saved.clone().map(done)}
                {view.token.as_ref().map(once)}
                <div class="two">
                    {list(shell, view)}
                    {create(shell, view)}
                </div>
            </div>
        }
    })
}

fn once(new: &NewToken) -> impl IntoView + use<> {
    view! {
        <section class="card once" data-part="token" aria-labelledby="token-title">
            <h2 id="token-title">"The token \u{201c}"{new.name.clone()}"\u{201d}"</h2>
            <p><code class="secret">{new.token.clone()}</code></p>
            <p class="dim">"Copy it now: it is shown only this once. Send it as "<code>"Authorization: Bearer \u{2026}"</code></p>
        </section>
    }
}

fn list(shell: &Shell, view: &Tokens) -> impl IntoView + use<> {
    if view.rows.is_empty() {
        return view! { <p class="card empty">"No token yet. Each would be listed here with what it may do and when it was last used."</p> }
            .into_any();
    }
    let rows: Vec<_> = view.rows.iter().map(|row| token(shell, view.now, row)).collect();
    view! {
        <section class="card" aria-label="Tokens"><ul class="records tokens">{rows}</ul></section>
    }
    .into_any()
}

fn token(shell: &Shell, now: Millis, row: &TokenRow) -> impl IntoView + use<> {
    let over = (row.ends <= now).then(|| view! { " "<span class="mark">"ended"</span> });
    let revoke = (row.ends > now).then(|| {
        view! {
            <form method="post" action=format!("/settings/tokens/{}/revoke", encoded(&row.id))>
                <button class="danger" aria-label=format!("Revoke {}", row.name)>"Revoke"</button>
            </form>
        }
    });
    let ends =
        format!("{} {}", if row.ends <= now { "Ended" } else { "Ends" }, when::full(row.ends, &shell.zone));
    let used = row
        .last_used
        .map_or("Never used".to_owned(), |at| format!("Last used {}", when::ago(at, now, &shell.zone)));
    let may: Vec<_> =
        row.permissions.iter().map(|permission| view! { <li>{permission.words()}</li> }).collect();
    view! {
        <li>
            <div class="record">
                <p class="own-name">{row.name.clone()}{over}</p>
                <ul class="may small dim">{may}</ul>
            </div>
            <div class="record small">
                <p>{used}</p>
                <p class="dim">{ends}</p>
                <p class="dim">"Made by "{row.made_by.clone()}</p>
            </div>
            <div class="record-end">{revoke}</div>
        </li>
    }
}

fn create(shell: &Shell, view: &Tokens) -> impl IntoView + use<> {
    let TokenForm { name, permissions, ends, troubles } = &view.form;
    let day = |at: Millis| when::field(at, &shell.zone).chars().take(10).collect::<String>();
    let (earliest, latest) = (day(view.now), day(view.now.plus(domain::access::LONGEST_TOKEN)));
    let trouble_id = troubles.of("permission").map(|_| "permission-trouble".to_owned());
    let described = trouble_id.clone();
    let ticks: Vec<_> =
        view.own.iter().map(|permission| tick(permission, permissions.has(permission))).collect();
    let none = ticks
        .is_empty()
        .then(|| view! { <p class="empty">"You have no permission that you could give away."</p> });
    view! {
        <section class="card stack" aria-labelledby="create-title">
            <h2 id="create-title">"Make a token"</h2>
            {troubles.above()}
            <form class="fields" method="post" action="/settings/tokens">
                {Field::text("name", "Name").hint("What uses it: \u{201c}nightly export\u{201d}.").value(name.clone()).autocomplete("off").refused(troubles).draw()}
                <fieldset aria-describedby=described>
                    <legend>"It may"</legend>
                    <p class="hint">"Only what you may do yourself."</p>
                    {none}
                    <div class="ticks">{ticks}</div>
                    {troubles.of("permission").map(|sentence| field_trouble(trouble_id, sentence))}
                </fieldset>
                {Field::date("ends", "Last day", earliest, latest).hint("At most a year from now.").value(ends.clone()).refused(troubles).draw()}
                <button class="primary">"Make the token"</button>
            </form>
        </section>
    }
}

fn tick(permission: Permission, ticked: bool) -> impl IntoView {
    let id = format!("may-{}", permission.key());
    view! {
        <div class="tick">
            <input type="checkbox" id=id.clone() name="permission" value=permission.key() checked=ticked/>
            <label for=id>{permission.words()}</label>
        </div>
    }
}
