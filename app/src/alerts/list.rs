//! `/alerts`: what is open and who has it, what may become an alert, what is silenced, and what was.

use std::sync::Arc;

use domain::{alerts::Pending, live::Frame, time::Millis};
use islands::level_view;
use leptos::prelude::*;

use super::{
    AlertRow, Drawing, Filters, Names, OpenList, SilenceForm, SilenceRow, open_list,
    past::past,
    silences::{silence_form, silence_list},
};
use crate::{
    access::form::{done, trouble},
    document::rendered,
    shell::{Place, Shell},
    when,
};

/// The page.
#[derive(Clone, Debug)]
pub struct AlertsView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub names: Names,
    pub open: OpenList,
    pub pending: Vec<PendingRow>,
    pub silences: Vec<SilenceRow>,
    pub silence: SilenceForm,
    /// The sentence that says who may, when whoever looks may not.
    pub may_handle: Result<(), String>,
    pub past: Vec<AlertRow>,
    pub older: Option<String>,
    pub filters: Filters,
    /// What cannot be read of the filters.
    pub problem: Option<String>,
    /// What was done, and what of it was not.
    pub done: Option<String>,
    pub refused: Vec<String>,
}

/// A departure that is no alert yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingRow {
    pub level: domain::monitoring::Level,
    /// "Response time of the optimization engine"
    pub about: String,
    /// "1 of 3 samples, since 03:27"
    pub words: String,
}

impl PendingRow {
    pub fn of(pending: &Pending, drawing: Drawing<'_>) -> PendingRow {
        let Drawing { now, zone, names, .. } = drawing;
        let samples = if pending.needs == 1 { "sample" } else { "samples" };
        PendingRow {
            level: pending.severity.level,
            about: names.about(&pending.key),
            words: format!(
                "{} of {} {samples}, since {}",
                pending.samples.min(pending.needs),
                pending.needs,
                when::clock(pending.since.0, now, zone)
            ),
        }
    }
}

impl AlertsView {
    /// Where the rest of the past is: the last row that is shown, when there are more.
    pub fn turn(&mut self, past: &[backend::alerts::Stored], limit: usize) {
        let last = past.get(limit.saturating_sub(1)).filter(|_| past.len() > limit);
        self.older = last.map(|last| self.filters.address(Some(&backend::alerts::PastPlace::of(last))));
    }
}

pub fn alerts_page(shell: &Shell, view: &AlertsView) -> String {
    let firing = view.open.rows.iter().filter(|row| row.state.is_firing()).count();
    let problem = if view.silence.troubles.is_empty() { "" } else { "Problem: " };
    let firing = if firing > 0 { format!("\u{25cf} {firing} firing \u{2013} ") } else { String::new() };
    let title = format!("{problem}{firing}Alerts \u{2013} Bellwether");
    shell.page_with_forms(Place::Alerts, &title, &view.frames, view.now, || {
        let refused: Vec<_> = view.refused.iter().cloned().map(trouble).collect();
        view! {
            <div class="page alerts-page" data-alerts-title="">
                <div class="page-head">
                    <div><h1>"Alerts"</h1></div>
                    <p class="links"><a href="/alerts/policy">"Policy"</a></p>
                </div>
                {view.done.clone().map(done)}
                {refused}
                {may_not(&view.may_handle)}
                <section class="card" aria-labelledby="open-title">
                    <h2 id="open-title" class="unseen">"Open"</h2>
                    {bar()}
                    <div data-alerts-list="/alerts/open?for=alerts">{open_list(&view.open)}</div>
                </section>
                <div class="two">
                    {silences(view)}
                    {pending(view)}
                </div>
                {past(view)}
            </div>
        }
    })
}

/// The inside of the list of open alerts alone, for a page that draws it anew.
pub fn open_fragment(list: &OpenList) -> String {
    let list = list.clone();
    rendered(move || open_list(&list))
}

/// What is new while somebody is at the list.
pub(super) fn bar() -> impl IntoView {
    view! { <p class="news" data-alerts-bar="" hidden><button type="button">"Show"</button></p> }
}

/// Who may, for those who may not.
pub(super) fn may_not(may: &Result<(), String>) -> Option<AnyView> {
    may.as_ref().err().map(|who| view! { <p class="dim" data-part="may-not">{who.clone()}</p> }.into_any())
}

/// The list as it stands on Now.
pub(crate) fn on_now(open: &OpenList) -> AnyView {
    view! {
        {bar()}
        <div data-alerts-list="/alerts/open?for=now">{open_list(open)}</div>
    }
    .into_any()
}

fn pending(view: &AlertsView) -> impl IntoView + use<> {
    let rows: Vec<_> = view
        .pending
        .iter()
        .map(|row| {
            view! {
                <li>
                    {level_view(islands::Shown::At(row.level), row.level.word())}
                    <span>{row.about.clone()}<span class="meta">{row.words.clone()}</span></span>
                </li>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p class="empty">"Nothing is on its way. What departs stands here until it has lasted long enough."</p> }
            .into_any()
    } else {
        view! { <ul class="pending">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" data-part="pending" aria-labelledby="pending-title">
            <h2 id="pending-title">"Not an alert yet"</h2>
            {body}
        </section>
    }
}

fn silences(view: &AlertsView) -> impl IntoView + use<> {
    let body = if view.silences.is_empty() {
        view! { <p class="empty">"Nothing is silenced: every alert calls as the policy says."</p> }.into_any()
    } else {
        silence_list(&view.silences, "/alerts").into_any()
    };
    let form = view.may_handle.is_ok().then(|| {
        let is_open = !view.silence.troubles.is_empty();
        view! {
            <details open=is_open>
                <summary>"Silence something"</summary>
                {silence_form(&view.silence, &view.names, false, "/alerts")}
            </details>
        }
    });
    view! {
        <section class="card stack" data-part="silences" aria-labelledby="silences-title">
            <h2 id="silences-title">"Silences"</h2>
            {body}
            {form}
        </section>
    }
}
