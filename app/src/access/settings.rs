//! `/settings`: the own profile, password, second factor and sessions.

use domain::time::Millis;
use leptos::prelude::*;

use super::{
    form::{Choice, Field, Troubles, done, select},
    link::PASSWORD_HINT,
    sessions::{SessionRow, sessions},
    sign_in::Provider,
    title,
};
use crate::{
    Theme,
    shell::{Place, Shell, encoded},
    when,
};

/// What a person sees of themselves, as it was typed where it was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    pub now: Millis,
    pub profile: Profile,
    pub sessions: Vec<SessionRow>,
    pub second_factor: FactorState,
    /// Signed in by the provider, by this name: there is no password here.
    pub provider: Option<String>,
    /// The providers that the account can be connected with.
    pub providers: Vec<Provider>,
    pub links: Links,
    /// What was just done, as a sentence.
    pub saved: Option<String>,
    /// Of `name`, `zone`, `way_address_0`, or of the profile as a whole.
    pub profile_troubles: Troubles,
    /// Of `current`, `password`, `password_again`.
    pub password_troubles: Troubles,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Profile {
    pub name: String,
    pub email: String,
    pub role_label: String,
    /// The IANA name, as it was typed.
    pub zone: String,
    /// The names that the field offers.
    pub zones: Vec<String>,
    pub theme: Theme,
    /// In the order in which they are tried. An empty one is a row to type into.
    pub ways: Vec<Way>,
    /// Which kinds of way there are.
    pub way_kinds: Vec<Choice>,
}

/// A way to be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Way {
    pub kind: String,
    pub address: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactorState {
    Off,
    On {
        since: Millis,
        recovery_left: u32,
        /// The role needs it, so it cannot be removed.
        required: bool,
    },
    /// The role needs one, and there is none yet.
    Required,
}

/// Which further pages this person may open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Links {
    pub people: bool,
    pub tokens: bool,
    pub audit: bool,
}

pub fn settings_page(shell: &Shell, view: &Settings) -> String {
    let refused = !view.profile_troubles.is_empty() || !view.password_troubles.is_empty();
    shell.page(Place::Settings, &title("Settings", refused), &[], Some(view.now), || {
        let password = match view.provider.clone() {
            Some(provider) => view! {
                <section class="card stack" aria-labelledby="password-title">
                    <h2 id="password-title">"Password"</h2>
                    <p>"You sign in with "{provider}". Your password and second factor are kept there."</p>
                </section>
            }
            .into_any(),
            None => password(&view.password_troubles).into_any(),
        };
        let connect = connect(&view.providers);
        let factor = view.provider.is_none().then(|| second_factor(shell, view));
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <h1>"Settings"</h1>
                        <p class="dim">{view.profile.email.clone()}" \u{b7} "{view.profile.role_label.clone()}</p>
                    </div>
                </div>
                {view.saved.clone().map(done)}
                <div class="two">
                    <div class="stack">
                        {profile(view)}
                        {factor}
                    </div>
                    <div class="stack">
                        {links(view.links)}
                        {password}
                        {connect}
                    </div>
                </div>
                {sessions(shell, view.now, &view.sessions)}
                <form method="post" action="/sign-out"><button>"Sign out"</button></form>
            </div>
        }
    })
}

fn profile(view: &Settings) -> impl IntoView + use<> {
    let Profile { name, zone, zones, theme, ways, way_kinds, .. } = &view.profile;
    let troubles = &view.profile_troubles;
    let zones: Vec<_> = zones.iter().cloned().map(|zone| view! { <option value=zone></option> }).collect();
    let rows: Vec<_> =
        ways.iter().enumerate().map(|(index, way)| way_row(index, way, way_kinds, troubles)).collect();
    let themes = [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")].map(
        |(one, label)| {
            let id = format!("theme-{}", one.code());
            view! {
                <div class="tick">
                    <input type="radio" id=id.clone() name="theme" value=one.code() checked={one == *theme}/>
                    <label for=id>{label}</label>
                </div>
            }
        },
    );
    let none = ways
        .is_empty()
        .then(|| view! { <p class="empty">"None yet: you cannot be paged. Add the first."</p> });
    view! {
        <section class="card stack" aria-labelledby="profile-title">
            <h2 id="profile-title">"Profile"</h2>
            {troubles.above()}
            <form class="fields" method="post" action="/settings/profile">
                // The return key presses the first button of a form; it must not be one that removes.
                <button class="unseen" name="do" value="save" tabindex="-1" aria-hidden="true">"Save"</button>
                {Field::text("name", "Name").inside("profile").value(name.clone()).autocomplete("name").refused(troubles).draw()}
                {Field::text("zone", "Time zone")
                    .inside("profile")
                    .hint("Every time on your pages is shown in it. Begin to type a city; empty is the zone of the console.")
                    .optional()
                    .value(zone.clone())
                    .list("zones")
                    .literal()
                    .autocomplete("off")
                    .refused(troubles)
                    .draw()}
                <datalist id="zones">{zones}</datalist>
                <fieldset>
                    <legend>"Colours"</legend>
                    <div class="row">{themes.into_iter().collect_view()}</div>
                </fieldset>
                <fieldset class="stack">
                    <legend>"Ways to reach you"</legend>
                    <p class="hint">"When you are paged they are tried from the top."</p>
                    {none}
                    {rows}
                    <div><button name="do" value="add_way" formnovalidate=true>"Add a way"</button></div>
                </fieldset>
                <button class="primary" name="do" value="save">"Save the profile"</button>
            </form>
        </section>
    }
}

/// The button of a row submits all that was typed, so that nothing is lost with the row.
fn way_row(index: usize, way: &Way, kinds: &[Choice], troubles: &Troubles) -> impl IntoView + use<> {
    let (kind, address) = (format!("way_kind_{index}"), format!("way_address_{index}"));
    let named = if way.address.is_empty() { format!("way {}", index + 1) } else { way.address.clone() };
    view! {
        <div class="way">
            {select(kind.clone(), kind, "Kind", &way.kind, kinds, None, None)}
            {Field::text(address, "Address").value(way.address.clone()).literal().autocomplete("off").refused(troubles).draw()}
            <button name="do" value=format!("remove_way_{index}") formnovalidate=true aria-label=format!("Remove {named}")>"Remove"</button>
        </div>
    }
}

fn password(troubles: &Troubles) -> impl IntoView + use<> {
    let field = |name, label, autocomplete| {
        Field::password(name, label, autocomplete).inside("change").refused(troubles)
    };
    view! {
        <section class="card stack" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <p class="dim">"With a new one all your other sessions end."</p>
            {troubles.above()}
            <form class="fields" method="post" action="/settings/password">
                {field("current", "Present password", "current-password").draw()}
                {field("password", "New password", "new-password").hint(PASSWORD_HINT).draw()}
                {field("password_again", "The same again", "new-password").draw()}
                <button>"Change the password"</button>
            </form>
        </section>
    }
}

/// Each button leads to a page that says what follows.
fn connect(providers: &[Provider]) -> Option<impl IntoView + use<>> {
    let forms: Vec<_> = providers
        .iter()
        .map(|provider| {
            let action = format!("/settings/sign-on/{}", encoded(&provider.name));
            view! { <form method="post" action=action><button>"Connect "{provider.label.clone()}</button></form> }
        })
        .collect();
    (!forms.is_empty()).then(|| {
        view! {
            <section class="card stack" aria-labelledby="sign-on-title">
                <h2 id="sign-on-title">"Single sign-on"</h2>
                <p class="dim">"Sign in with an account that you have already, in place of the password."</p>
                <div class="row">{forms}</div>
            </section>
        }
    })
}

fn second_factor(shell: &Shell, view: &Settings) -> impl IntoView + use<> {
    let body = match view.second_factor {
        FactorState::Off => view! {
            <p>"Off. With it, a stolen password alone is worth nothing."</p>
            <p><a class="button" href="/settings/second-factor">"Set it up"</a></p>
        }
        .into_any(),
        FactorState::Required => view! {
            <p><strong>"Your role needs it. "</strong>"Until it is set up you can use nothing else."</p>
            <p><a class="button" href="/settings/second-factor">"Set it up"</a></p>
        }
        .into_any(),
        FactorState::On { since, recovery_left, .. } => view! {
            <p>"On since "{when::full(since, &shell.zone)}". "{recovery_words(recovery_left)}</p>
            <p><a class="button" href="/settings/second-factor">"Change it"</a></p>
        }
        .into_any(),
    };
    view! {
        <section class="card stack" aria-labelledby="factor-title">
            <h2 id="factor-title">"Second factor"</h2>
            {body}
        </section>
    }
}

pub(super) fn recovery_words(left: u32) -> String {
    match left {
        0 => "No recovery code is left: make new ones now.".to_owned(),
        1 => "1 recovery code is left: make new ones soon.".to_owned(),
        _ => format!("{left} recovery codes are left."),
    }
}

fn links(links: Links) -> Option<impl IntoView> {
    let all = [
        (links.people, "/settings/people", "People", "who gets in, and what they may do"),
        (links.tokens, "/settings/tokens", "Tokens", "for machines"),
        (links.people, "/settings/connections", "Connections", "platforms, and receivers of the audit log"),
        (links.audit, "/audit", "Audit log", "who did what"),
    ];
    let shown: Vec<_> = all
        .into_iter()
        .filter(|(may, ..)| *may)
        .map(|(_, address, name, what)| view! { <li><a href=address>{name}</a><span class="dim small">{what}</span></li> })
        .collect();
    (!shown.is_empty()).then(|| {
        view! {
            <nav class="card" aria-labelledby="more-title">
                <h2 id="more-title">"The console"</h2>
                <ul class="more">{shown}</ul>
            </nav>
        }
    })
}
