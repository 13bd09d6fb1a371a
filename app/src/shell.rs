//! What surrounds every page: the way to the others, how bad it is, how old that is.

use std::sync::Arc;

use domain::{
    access::{Permission, Permissions},
    live::{AlertsFrame, Frame},
    monitoring::Level,
    time::Millis,
};
use islands::{Shown, Standing, Top};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::{
    document::{Assets, Head, Live, Theme, document},
    when,
};

/// What is the same for all pages of one request.
#[derive(Clone, Debug)]
pub struct Shell {
    pub assets: Assets,
    /// Of this program: a page whose script is older than the server loads itself again.
    pub build: String,
    pub zone: TimeZone,
    pub theme: Theme,
    /// Where the theme's form leads back to.
    pub path_and_query: String,
    /// All configured platforms.
    pub platforms: Vec<String>,
    /// Who looks; `None` on a console without accounts, and then every page is in the navigation.
    pub viewer: Option<ShellViewer>,
    /// How the alerts stand; the navigation says it.
    pub alerts: AlertsFrame,
    /// How the crises stand; it says that too.
    pub crises: OpenCrises,
    /// What is said on every page while nothing is done automatically.
    pub automation: Option<String>,
}

/// How many crises are open, as the navigation has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OpenCrises {
    pub open: i64,
    pub worst: Option<Level>,
}

/// The person who is signed in, as far as the frame of a page shows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShellViewer {
    pub name: String,
    /// What may be used; the navigation leads nowhere else.
    pub permissions: Permissions,
    /// The services that their role holds for; `None` is every one, and the platforms as a whole.
    pub services: Option<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Now,
    Performance,
    Alerts,
    Crises,
    Actions,
    OnCall,
    Audit,
    Settings,
    Elsewhere,
}

/// An entry of the navigation, the permission that its page needs, and the drawing of its sign.
type Entry = (Place, Permission, &'static str, &'static str, &'static str);

/// Every page that exists, in the order of the navigation.
const PLACES: [Entry; 7] = [
    (Place::Now, Permission::SeeStatus, "/", "Now", "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2"),
    (Place::Performance, Permission::SeeStatus, "/performance", "Performance", "M3 16h14M4 12l4-5 3 3 5-6"),
    (
        Place::Alerts,
        Permission::SeeStatus,
        "/alerts",
        "Alerts",
        "M4 14c2-1 2-4 2-6a4 4 0 0 1 8 0c0 2 0 5 2 6zM8.5 17h3M10 4V2",
    ),
    (
        Place::Crises,
        Permission::SeeStatus,
        "/crises",
        "Crises",
        "M10 16.5 3.9 10.3a3.8 3.8 0 0 1 5.4-5.4l.7.8.7-.8a3.8 3.8 0 0 1 5.4 5.4z",
    ),
    (
        Place::Actions,
        Permission::SeeStatus,
        "/actions",
        "Actions",
        "M11 2.5 4.5 11.5H9.5L8.5 17.5 15.5 8.5H10.5z",
    ),
    (
        Place::OnCall,
        Permission::SeeStatus,
        "/on-call",
        "On call",
        "M6 3h2.5l1 4-1.8 1.3a9 9 0 0 0 4 4L13 10.5l4 1V14a3 3 0 0 1-3 3A11 11 0 0 1 3 6a3 3 0 0 1 3-3",
    ),
    (Place::Audit, Permission::ReadAudit, "/audit", "Audit", "M5 3h10v14H5zM8 7h4M8 10h4M8 13h2"),
];

impl Shell {
    /// `platform=x&` where a page must say which platform it means.
    pub(crate) fn platform_query(&self, platform: &str) -> String {
        if self.platforms.len() > 1 { format!("platform={}&", encoded(platform)) } else { String::new() }
    }

    /// A whole page. `frames` are those that it shows the present of: none on an error page.
    pub(crate) fn page<V: IntoView + 'static>(
        &self,
        place: Place,
        title: &str,
        frames: &[Arc<Frame>],
        now: Option<Millis>,
        main: impl FnOnce() -> V,
    ) -> String {
        self.drawn(place, title, frames, now, Some(30), main)
    }

    /// A page that people type into: without a script it is never loaded again by itself.
    pub(crate) fn page_with_forms<V: IntoView + 'static>(
        &self,
        place: Place,
        title: &str,
        frames: &[Arc<Frame>],
        now: Millis,
        main: impl FnOnce() -> V,
    ) -> String {
        self.drawn(place, title, frames, Some(now), None, main)
    }

    /// A page of what will be over soon: without a script it is loaded again every so many seconds. Nobody types into it.
    pub(crate) fn page_that_follows<V: IntoView + 'static>(
        &self,
        place: Place,
        title: &str,
        frames: &[Arc<Frame>],
        now: Millis,
        seconds: u32,
        main: impl FnOnce() -> V,
    ) -> String {
        self.drawn(place, title, frames, Some(now), Some(seconds), main)
    }

    fn drawn<V: IntoView + 'static>(
        &self,
        place: Place,
        title: &str,
        frames: &[Arc<Frame>],
        now: Option<Millis>,
        reloads: Option<u32>,
        main: impl FnOnce() -> V,
    ) -> String {
        let stale = |now: Millis| !frames.is_empty() && frames.iter().all(|frame| frame.is_stale(now.0));
        let head = Head {
            title: title.to_owned(),
            build: self.build.clone(),
            theme: self.theme,
            zone: when::zone_name(&self.zone, now.unwrap_or_default()),
            live: now.filter(|_| !frames.is_empty()).map(|now| self.live(frames, now)),
            stale: now.is_some_and(stale),
            reloads,
        };
        let zone_name = head.zone.clone();
        document(&self.assets, head, move || {
            view! {
                <a class="skip" href="#main">"Skip to the content"</a>
                <div class="frame">
                    <aside class="side" aria-label="Bellwether">
                        <a class="brand" href="/">{bell()}"Bellwether"</a>
                        {self.navigation(place)}
                    </aside>
                    <div class="stage">
                        <header class="top">
                            {now.filter(|_| !frames.is_empty()).map(|now| self.standing(frames, now))}
                            <span class="grow"></span>
                            <span class="zone">"Times in "{zone_name.clone()}</span>
                            {self.theme_switch()}
                            {self.viewer.as_ref().map(|viewer| account(viewer, place))}
                        </header>
                        {self.automation.clone().map(automatic_is_off)}
                        <main id="main" tabindex="-1">{main()}</main>
                        <footer class="foot">
                            <p>"Bellwether \u{b7} times in "{zone_name}
                                {now.map(|now| format!(" \u{b7} page of {}", when::full(now, &self.zone)))}
                            </p>
                            {keys()}
                        </footer>
                        {announcers()}
                    </div>
                </div>
            }
        })
    }

    fn live(&self, frames: &[Arc<Frame>], now: Millis) -> Live {
        // One stream a page: of the one platform that it shows, or of all.
        let address = match frames {
            [one] => format!("/live?platform={}", encoded(&one.platform)),
            _ => "/live".to_owned(),
        };
        let poll_every = frames.iter().map(|frame| frame.poll_every).max().unwrap_or_default();
        Live { address, poll_every, sent_at: now.0 }
    }

    fn standing(&self, frames: &[Arc<Frame>], now: Millis) -> impl IntoView + use<> {
        let clocks = frames
            .iter()
            .map(|frame| Standing {
                platform: frame.platform.clone(),
                level: frame.level,
                known: Shown::of_frame(frame) != Shown::Unknown,
                weddings: frame.weddings_today,
                answered_at: frame.answered_at,
                poll_every: frame.poll_every,
            })
            .collect();
        let oldest = frames.iter().filter_map(|frame| frame.answered_at).min();
        let as_of = oldest.map(|at| when::clock(at, now, &self.zone));
        view! {
            <Top clocks=clocks now=now.0 as_of=as_of/>
        }
    }

    /// One button that says what it changes to; a plain form, so it needs no script.
    pub(crate) fn theme_switch(&self) -> impl IntoView + use<> {
        let word = |theme: Theme| match theme {
            Theme::System => "as the system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let (own, next) = (self.theme, self.theme.next());
        let label = format!("Colours: {}. Change to {}", word(own), word(next));
        view! {
            <form class="theme" method="post" action="/theme">
                <input type="hidden" name="back" value=self.path_and_query.clone()/>
                <button class="quiet" name="theme" value=next.code() aria-label=label>
                    <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">
                        <circle cx="10" cy="10" r="6.5"></circle>
                        <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" stroke="none"></path>
                    </svg>
                </button>
            </form>
        }
    }

    fn navigation(&self, place: Place) -> impl IntoView + use<> {
        let permissions = self.viewer.as_ref().map(|viewer| viewer.permissions);
        let entries: Vec<_> = PLACES
            .into_iter()
            .filter(|(_, needed, ..)| {
                permissions.map_or(*needed == Permission::SeeStatus, |permissions| permissions.has(*needed))
            })
            .map(|entry| navigation_entry(entry, place, &self.alerts, self.crises))
            .collect();
        (!entries.is_empty()).then(|| view! { <nav aria-label="Main"><ul class="nav">{entries}</ul></nav> })
    }
}

/// Nobody must believe that the console will act by itself while it will not.
fn automatic_is_off(words: String) -> impl IntoView {
    view! {
        <div class="automatic-off" data-part="automatic-off" role="note">
            <p>{words}</p>
            <a href="/actions#automatic">"Turn it on again"</a>
        </div>
    }
}

/// Where islands say what changed: politely, and what cannot wait.
fn announcers() -> impl IntoView {
    view! {
        <p class="unseen" role="status" data-alerts-said="polite"></p>
        <p class="unseen" role="alert" data-alerts-said="assertive"></p>
    }
}

fn navigation_entry(
    (own, _, address, name, path): Entry,
    place: Place,
    alerts: &AlertsFrame,
    crises: OpenCrises,
) -> impl IntoView + use<> {
    let count = match own {
        Place::Alerts => Some(islands::alerts_count_view(alerts)),
        Place::Crises if crises.open > 0 => Some(crises_count(crises)),
        _ => None,
    };
    view! {
        <li>
            <a href=address aria-current=(own == place).then_some("page")>
                <svg
                    viewBox="0 0 20 20"
                    aria-hidden="true"
                    fill="none"
                    stroke="currentColor"
                    stroke-width="1.8"
                    stroke-linecap="round"
                    stroke-linejoin="round"
                ><path d=path></path></svg>
                {name}
                {count}
            </a>
        </li>
    }
}

fn crises_count(crises: OpenCrises) -> AnyView {
    view! {
        <span class="count" data-part="crises-count" data-level=Shown::of(crises.worst, true).code()>
            {crises.open}<span class="unseen">" open"</span>
        </span>
    }
    .into_any()
}

/// Opens without a script: the way to the own settings, and out.
fn account(viewer: &ShellViewer, place: Place) -> impl IntoView + use<> {
    let current = (place == Place::Settings).then_some("true");
    view! {
        <details class="account" data-part="account">
            <summary><span class="account-name">{viewer.name.clone()}</span></summary>
            <div class="card">
                <p class="small dim">"Signed in as"</p>
                <p class="own-name">{viewer.name.clone()}</p>
                <a class="button quiet" href="/settings" aria-current=current>"Settings"</a>
                <form method="post" action="/sign-out"><button class="quiet">"Sign out"</button></form>
            </div>
        </details>
    }
}

/// What the keys do; `islands` listens to them.
const KEYS: [(&str, &str); 7] = [
    ("g n", "go to Now"),
    ("g p", "go to Performance"),
    ("g a", "go to Alerts"),
    ("g c", "go to Crises"),
    ("j k", "to the next alert or crisis of a list, to the one before"),
    ("a", "acknowledge the alert, or take the crisis, that is open or has the focus"),
    ("?", "show these keys"),
];

fn keys() -> impl IntoView {
    let rows = KEYS.map(|(keys, meaning)| view! { <dt><kbd>{keys}</kbd></dt><dd>{meaning}</dd> });
    view! {
        <button type="button" class="quiet needs-script" data-keys="show">"Keyboard"</button>
        <dialog id="keys" class="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <dl>{rows.into_iter().collect_view()}</dl>
            <form method="dialog" class="row">
                <button type="button" data-keys="switch">"Switch single keys off"</button>
                <button>"Close"</button>
            </form>
        </dialog>
    }
}

pub(crate) fn bell() -> impl IntoView {
    view! {
        <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">
            <path d="M4 14c2-1 2-4 2-6a4 4 0 0 1 8 0c0 2 0 5 2 6zM8.5 17h3M10 4V2"></path>
        </svg>
    }
}

/// A value for a query: everything but letters, digits and `-._~` as `%XX`.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_cannot_add_to_the_query() {
        assert_eq!(encoded("wed sync&range=1y"), "wed%20sync%26range%3D1y");
        assert_eq!(encoded("wedsync-eu"), "wedsync-eu");
    }
}
