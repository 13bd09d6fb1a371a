//! `/settings/connections`: what the console talks to, and how that goes.

use domain::time::Millis;
use leptos::prelude::*;

use super::{form::done, title};
use crate::{
    shell::{Place, Shell, encoded},
    when,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connections {
    pub now: Millis,
    pub platforms: Vec<PlatformRow>,
    /// The connections by which staff are told.
    pub ways: Vec<WayRow>,
    pub providers: Vec<ProviderRow>,
    /// The receivers of the audit log.
    pub receivers: Vec<ReceiverRow>,
    pub saved: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlatformRow {
    pub name: String,
    /// Without secrets.
    pub address: String,
    pub last_answer: Option<Millis>,
    /// Why the newest poll brought nothing; `None` when it did.
    pub trouble: Option<String>,
}

/// A provider of single sign-on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderRow {
    pub label: String,
    /// How it names itself.
    pub issuer: String,
    /// Where it has to send people back to.
    pub redirect: String,
    /// Since the start of the console.
    pub last_answer: Option<Millis>,
    /// When and why it was not as it should be.
    pub last_failure: Option<(Millis, String)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiverRow {
    pub name: String,
    /// "syslog over TLS to siem.example.com:6514"
    pub what: String,
    /// Records that it does not have for sure.
    pub lag: i64,
    pub last_success: Option<Millis>,
    pub last_failure: Option<(Millis, String)>,
    /// In a row, since the last success.
    pub failures: i64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WayRow {
    /// `slack:ai-ops-alerts`
    pub name: String,
    /// "Slack webhook at hooks.slack.com"
    pub what: String,
    /// Messages that are still to be sent.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<Millis>,
    pub last_success: Option<Millis>,
    pub last_failure: Option<(Millis, String)>,
    /// In a row, since the last success.
    pub failures: i64,
}

pub fn connections_page(shell: &Shell, view: &Connections) -> String {
    shell.page(Place::Settings, &title("Connections", false), &[], Some(view.now), || {
        let platforms: Vec<_> = view.platforms.iter().map(|row| platform(shell, view.now, row)).collect();
        let receivers: Vec<_> = view.receivers.iter().map(|row| receiver(shell, view.now, row)).collect();
        let ways: Vec<_> = view.ways.iter().map(|row| way(shell, view.now, row)).collect();
        let no_ways = ways.is_empty().then(|| {
            view! {
                <p class="empty">"Nobody can be told yet. Name a mail server, Slack, PagerDuty or a webhook under "
                    <code>"[delivery]"</code>" in the configuration."</p>
            }
        });
        let providers: Vec<_> = view.providers.iter().map(|row| provider(shell, view.now, row)).collect();
        let nobody = providers.is_empty().then(|| {
            view! {
                <p class="empty">"Everybody signs in by a password. Name a provider under "<code>"[[oidc]]"</code>
                    " in the configuration, and people can sign in there."</p>
            }
        });
        let none = receivers.is_empty().then(|| {
            view! {
                <p class="empty">"The audit log goes nowhere else yet. Name a receiver under "<code>"[[siem]]"</code>
                    " in the configuration, and every record is sent there too."</p>
            }
        });
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/settings">"Settings"</a></p>
                        <h1>"Connections"</h1>
                    </div>
                </div>
                {view.saved.clone().map(done)}
                <section class="card stack" aria-labelledby="platforms-title">
                    <h2 id="platforms-title">"Platforms"</h2>
                    <ul class="records">{platforms}</ul>
                </section>
                <section class="card stack" aria-labelledby="ways-title" data-part="ways">
                    <h2 id="ways-title">"Ways to staff"</h2>
                    {no_ways}
                    <ul class="records">{ways}</ul>
                </section>
                <section class="card stack" aria-labelledby="providers-title" data-part="providers">
                    <h2 id="providers-title">"Single sign-on"</h2>
                    {nobody}
                    <ul class="records">{providers}</ul>
                </section>
                <section class="card stack" aria-labelledby="receivers-title" data-part="receivers">
                    <h2 id="receivers-title">"Receivers of the audit log"</h2>
                    {none}
                    <ul class="records">{receivers}</ul>
                </section>
            </div>
        }
    })
}

fn platform(shell: &Shell, now: Millis, row: &PlatformRow) -> impl IntoView + use<> {
    let answered = ago("Answered", "Has never answered", row.last_answer, now, shell);
    view! {
        <li>
            <div class="record">
                <p class="own-name">{row.name.clone()}</p>
                <p class="small dim">{row.address.clone()}</p>
            </div>
            <div class="record small">
                <p>{answered}</p>
                {row.trouble.clone().map(|trouble| view! { <p>{trouble}</p> })}
            </div>
        </li>
    }
}

fn way(shell: &Shell, now: Millis, row: &WayRow) -> impl IntoView + use<> {
    let since = row.oldest.map(|at| format!(", the oldest since {}", when::ago(at, now, &shell.zone)));
    let waiting = match row.waiting {
        0 => "Nothing waits".to_owned(),
        1 => format!("1 message waits{}", since.unwrap_or_default()),
        many => format!("{many} messages wait{}", since.unwrap_or_default()),
    };
    let took = ago("Took a message", "Has never taken a message", row.last_success, now, shell);
    view! {
        <li>
            <div class="record">
                <p class="own-name">{row.name.clone()}</p>
                <p class="small dim">{row.what.clone()}</p>
            </div>
            <div class="record small">
                <p>{waiting}</p>
                <p class="dim">{took}</p>
                {failed(shell, now, row.last_failure.as_ref(), row.failures)}
            </div>
        </li>
    }
}

fn provider(shell: &Shell, now: Millis, row: &ProviderRow) -> impl IntoView + use<> {
    let answered = ago("Answered", "Has not answered since the console started", row.last_answer, now, shell);
    let failed = row.last_failure.as_ref().map(|(at, why)| {
        let when = when::ago(*at, now, &shell.zone);
        let is_past = row.last_answer.is_some_and(|answer| answer > *at);
        view! { <p class:dim=is_past>"Failed "{when}": "{why.clone()}</p> }
    });
    view! {
        <li>
            <div class="record">
                <p class="own-name">{row.label.clone()}</p>
                <p class="small dim">{row.issuer.clone()}</p>
            </div>
            <div class="record small">
                <p>{answered}</p>
                {failed}
                <p class="dim">"Sends people back to "{row.redirect.clone()}</p>
            </div>
        </li>
    }
}

fn failed(
    shell: &Shell,
    now: Millis,
    last: Option<&(Millis, String)>,
    failures: i64,
) -> Option<impl IntoView + use<>> {
    last.map(|(at, why)| {
        let times = if failures > 1 { format!(", {failures} times in a row") } else { String::new() };
        let when = when::ago(*at, now, &shell.zone);
        let open = failures > 0;
        view! { <p class:dim=!open>"Failed "{when}{times}": "{why.clone()}</p> }
    })
}

fn receiver(shell: &Shell, now: Millis, row: &ReceiverRow) -> impl IntoView + use<> {
    let lag = match row.lag {
        0 => "Has every record".to_owned(),
        1 => "1 record is still to come".to_owned(),
        lag => format!("{lag} records are still to come"),
    };
    let failed = failed(shell, now, row.last_failure.as_ref(), row.failures);
    let took = ago("Took records", "Has never taken a record", row.last_success, now, shell);
    view! {
        <li>
            <div class="record">
                <p class="own-name">{row.name.clone()}</p>
                <p class="small dim">{row.what.clone()}</p>
            </div>
            <div class="record small">
                <p>{lag}</p>
                <p class="dim">{took}</p>
                {failed}
            </div>
            <div class="record-end">
                <form method="post" action=format!("/settings/connections/{}/test", encoded(&row.name))>
                    <button aria-label=format!("Send a test record to {}", row.name)>"Send a test record"</button>
                </form>
            </div>
        </li>
    }
}

fn ago(word: &str, never: &str, at: Option<Millis>, now: Millis, shell: &Shell) -> String {
    at.map_or_else(|| never.to_owned(), |at| format!("{word} {}", when::ago(at, now, &shell.zone)))
}
