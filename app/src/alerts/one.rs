//! `/alerts/{id}`: how bad it is, who has it, what to do, and its story.

use std::sync::Arc;

use backend::{
    alerts::{Around, Source, Told},
    delivery::Delivery,
    monitoring::{models::ModelChange, shown::Chart},
};
use domain::{alerts::AlertState, live::Frame, monitoring::Level, time::Millis};
use islands::{Shown, shape_view};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    AlertRow, Drawing, EvidenceRow, Names, Offer, Ran, SilenceForm, SilenceRow, StateView,
    acting::{acting, ran_row},
    doing::actions,
    evidence::evidence,
    facts::{chart, figure, measures},
    list::bar,
    parts::{row_level, state_line},
    silences::silence_list,
    story::{StoryLine, lines, story_list},
};
use crate::{
    access::{Choice, Troubles, form::done},
    delivery::{Fates, fates},
    document::rendered,
    shell::{Place, Shell},
    when,
};

/// The page.
#[derive(Clone, Debug)]
pub struct AlertView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub zone: TimeZone,
    pub names: Names,
    pub row: AlertRow,
    /// The worst that it has been, when that is worse than now.
    pub highest: Option<Level>,
    /// Who saw it, where that was not the console.
    pub source: Option<&'static str>,
    /// What a sender from outside said of it.
    pub labels: Vec<(String, String)>,
    pub measures: Vec<(&'static str, String)>,
    pub chart: Option<Chart>,
    /// Whether the chart can be had as a file.
    pub has_files: bool,
    pub story: Vec<StoryLine>,
    pub oldest_first: bool,
    /// Who was told, and what came of it.
    pub fates: Fates,
    pub windows: Vec<SilenceRow>,
    pub beside: Vec<AlertRow>,
    pub ended_before: Vec<AlertRow>,
    pub windows_before: Vec<SilenceRow>,
    pub models_before: Vec<ModelChange>,
    /// What may be done to the platform about it, in the order of the catalogue.
    pub offers: Vec<Offer>,
    /// What was asked for from here, the oldest first.
    pub ran: Vec<Ran>,
    /// What the console was made to do in the hour before it.
    pub runs_before: Vec<Ran>,
    /// What was seen and pinned to it, oldest first.
    pub evidence: Vec<EvidenceRow>,
    /// The address under which it is looked at more closely, for who may.
    pub closer: Option<String>,
    /// Its newest sample is good: no reason is asked.
    pub good: bool,
    /// Ended not long ago, and nothing else is open for the same.
    pub may_reopen: bool,
    pub may_handle: Result<(), String>,
    /// Who may be given it.
    pub people: Vec<Choice>,
    pub typed: Typed,
    pub done: Option<String>,
}

/// What was typed into its forms, and what was refused of it: of `note`, `reason`, `to`, or of the whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    pub note: String,
    pub reason: String,
    pub to: String,
    pub silence: SilenceForm,
    pub troubles: Troubles,
}

impl AlertView {
    #[expect(clippy::too_many_arguments, reason = "everything that one page is made of")]
    pub fn of(
        told: &Told,
        around: &Around,
        frames: Vec<Arc<Frame>>,
        normal: Option<f64>,
        poll_every: i64,
        people: Vec<Choice>,
        deliveries: Vec<Delivery>,
        typed: Typed,
        drawing: Drawing<'_>,
    ) -> AlertView {
        let Drawing { now, zone, names, rights, .. } = drawing;
        let stored = &told.stored;
        let alert = &stored.alert;
        let row = AlertRow::of(stored, drawing);
        let rows = |stored: &[backend::alerts::Stored]| {
            stored.iter().map(|stored| AlertRow::of(stored, drawing)).collect::<Vec<_>>()
        };
        let silences = |windows: &[backend::windows::Stored]| {
            windows.iter().map(|window| SilenceRow::of(window, drawing)).collect::<Vec<_>>()
        };
        let ended_lately = match &alert.state {
            AlertState::Resolved { at, .. } => now.since(*at) <= domain::alerts::REOPEN_WITHIN,
            _ => false,
        };
        AlertView {
            highest: Some(alert.highest).filter(|highest| alert.is_open() && *highest > alert.severity.level),
            source: match stored.source {
                Source::Watch => None,
                Source::Alertmanager => Some("Alertmanager"),
                Source::Pagerduty => Some("a sender of PagerDuty events"),
            },
            labels: stored.labels.clone().unwrap_or_default().into_iter().collect(),
            measures: measures(stored, names, normal),
            chart: chart(stored, names, &told.samples, normal, poll_every, now),
            has_files: alert.key.service.is_none() && stored.source == Source::Watch,
            story: lines(&told.story, &told.names, now, zone),
            oldest_first: false,
            fates: Fates {
                now,
                deliveries,
                may_send_again: rights.may(alert.key.service.as_deref(), names).is_ok(),
            },
            windows: silences(&around.windows),
            beside: rows(&around.beside),
            ended_before: rows(&around.ended_before),
            windows_before: silences(&around.windows_before),
            models_before: around.models_before.clone(),
            offers: Vec::new(),
            ran: Vec::new(),
            runs_before: Vec::new(),
            evidence: Vec::new(),
            closer: None,
            good: told.good,
            may_reopen: ended_lately,
            may_handle: rights.may(alert.key.service.as_deref(), names),
            people,
            typed: Typed {
                silence: SilenceForm {
                    scope: super::Scope {
                        platform: alert.key.platform.clone(),
                        service: alert.key.service.clone().unwrap_or_default(),
                        metric: alert.key.metric.clone(),
                    },
                    ..typed.silence
                },
                ..typed
            },
            done: None,
            frames,
            now,
            zone: zone.clone(),
            names: names.clone(),
            row,
        }
    }

    pub(super) fn address(&self, verb: &str) -> String {
        format!("/alerts/{}{verb}", self.row.id)
    }
}

pub fn alert_page(shell: &Shell, view: &AlertView) -> String {
    let mark = if view.row.state.is_firing() { "\u{25cf} " } else { "" };
    let refused = !(view.typed.troubles.is_empty() && view.typed.silence.troubles.is_empty());
    let problem = if refused { "Problem: " } else { "" };
    let title = format!("{problem}{mark}{}: {} \u{2013} Bellwether", view.row.level, view.row.title);
    shell.page_with_forms(Place::Alerts, &title, &view.frames, view.now, || {
        let (figure, before) =
            (view.chart.as_ref().map(|chart| figure(chart, view.has_files, &view.zone)), before(view));
        view! {
            <div class="page alert-page" data-alert-page=view.row.id.clone() data-alert=view.row.id.clone()>
                {view.done.clone().map(done)}
                {view.typed.troubles.above()}
                {bar()}
                {live(view, AlertPart::Head)}
                {closer(view)}
                <div class="sides">
                    <div class="stack">
                        {live(view, AlertPart::Doing)}
                        <div data-actions-part=view.address("/part/acting")>{inside(view, AlertPart::Acting)}</div>
                    </div>
                    <div class="stack main-side">
                        {live(view, AlertPart::Evidence)}
                        {live(view, AlertPart::Story)}
                        {figure}
                    </div>
                    <div class="stack">{silenced(view)}{before}</div>
                </div>
            </div>
        }
    })
}

/// What an open page draws anew when something happens to its alert. The chart is not among them: it is an address of its
/// own, and somebody may be reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AlertPart {
    Head,
    /// What may be done to it, and what it is measured against.
    Doing,
    /// What may be done to the platform about it.
    Acting,
    /// What was seen and pinned to it.
    Evidence,
    /// The story, and what came of each message.
    Story,
}

impl AlertPart {
    pub fn from_word(word: &str) -> Option<AlertPart> {
        [AlertPart::Head, AlertPart::Doing, AlertPart::Acting, AlertPart::Evidence, AlertPart::Story]
            .into_iter()
            .find(|part| part.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            AlertPart::Head => "head",
            AlertPart::Doing => "doing",
            AlertPart::Acting => "acting",
            AlertPart::Evidence => "evidence",
            AlertPart::Story => "story",
        }
    }
}

fn live(view: &AlertView, part: AlertPart) -> impl IntoView + use<> {
    let order = if view.oldest_first { "?order=oldest" } else { "" };
    let address = view.address(&format!("/part/{}{order}", part.word()));
    view! { <div class="stack" data-alerts-list=address>{inside(view, part)}</div> }
}

fn inside(view: &AlertView, part: AlertPart) -> AnyView {
    match part {
        AlertPart::Head => head(view).into_any(),
        AlertPart::Doing => view! { {actions(view)}{facts(view)} }.into_any(),
        AlertPart::Acting => acting(view),
        AlertPart::Evidence => evidence(view),
        AlertPart::Story => view! { {story(view)}{fates(&view.zone, &view.fates)} }.into_any(),
    }
}

/// The inside of one part alone.
pub fn alert_part(view: &AlertView, part: AlertPart) -> String {
    let view = view.clone();
    rendered(move || inside(&view, part))
}

fn head(view: &AlertView) -> impl IntoView + use<> {
    let row = &view.row;
    let shown = Shown::At(row.level);
    let is_open = !matches!(row.state, StateView::Resolved { .. });
    let level = if is_open { shown.code() } else { "well" };
    let highest = view.highest.map(|highest| view! { <span>"Worst so far: "{highest.word()}</span> });
    let source = view.source.map(|source| view! { <span>"Told by "{source}</span> });
    let place = (!row.place.is_empty()).then(|| view! { <span>{row.place.clone()}</span> });
    let since = if is_open {
        view! {
            <span>
                <span data-since=row.began_at.to_string()>{row.lasted.clone()}</span>", since "{row.since.clone()}
            </span>
        }
        .into_any()
    } else {
        view! { <span>"Began "{row.since.clone()}</span> }.into_any()
    };
    let next = match &row.state {
        StateView::Firing { next: Some(next) } => Some(view! { <span>"Next page "{next.clone()}</span> }),
        _ => None,
    };
    let shape = if is_open { shown } else { Shown::Well };
    let word = if is_open { row.level.word().to_owned() } else { format!("Resolved; was {}", row.level) };
    let shape_code = shape.code();
    view! {
        <div class="stack-small">
            <p class="small"><a href="/alerts">"Alerts"</a></p>
            <div class="banner alert-banner" data-level=level>
                {shape_view(shape)}
                <div>
                    <p class="banner-word" data-level=shape_code data-part="level">{word}</p>
                    <h1 class="banner-title">{row.title.clone()}</h1>
                    <p class="sentence" data-part="sentence">{row.why.clone()}</p>
                    <p class="meta">{since}{state_line(&row.state)}{next}{highest}{place}{source}</p>
                </div>
                {first_button(view)}
            </div>
            {procedure(view)}
        </div>
    }
}

/// The one thing to do now: to take it on, or to say that it is over.
fn first_button(view: &AlertView) -> Option<AnyView> {
    view.may_handle.as_ref().ok()?;
    match view.row.state {
        StateView::Firing { .. } => Some(
            view! {
                <form class="first" method="post" action=view.address("/acknowledge")>
                    <button class="primary" data-acknowledge="">"Acknowledge"</button>
                </form>
            }
            .into_any(),
        ),
        StateView::Held { .. } if view.good => Some(
            view! {
                <form class="first" method="post" action=view.address("/resolve")>
                    <button class="primary">"Resolve"</button>
                </form>
            }
            .into_any(),
        ),
        StateView::Held { .. } | StateView::Resolved { .. } => None,
    }
}

fn procedure(view: &AlertView) -> Option<AnyView> {
    let address = view.row.procedure.clone()?;
    let words = address.clone();
    Some(
        view! {
            <p class="procedure" data-part="procedure">
                <strong>"Procedure"</strong>" "<a href=address rel="noreferrer">{words}</a>
            </p>
        }
        .into_any(),
    )
}

/// The way to what the platform itself says at this moment.
fn closer(view: &AlertView) -> Option<AnyView> {
    let address = view.closer.clone()?;
    Some(
        view! {
            <p class="procedure" data-part="closer">
                <strong>"Look closer"</strong>" "<a href=address>"Pods, logs, database, cache and what it depends on"</a>
            </p>
        }
        .into_any(),
    )
}

fn facts(view: &AlertView) -> impl IntoView + use<> {
    let pairs: Vec<_> = view
        .measures
        .iter()
        .map(|(name, value)| view! { <dt>{*name}</dt><dd>{value.clone()}</dd> })
        .collect();
    let labels: Vec<_> = view
        .labels
        .iter()
        .map(|(name, value)| view! { <dt>{name.clone()}</dt><dd>{value.clone()}</dd> })
        .collect();
    let measured = (!pairs.is_empty()).then(|| view! { <dl class="pairs" data-part="measures">{pairs}</dl> });
    let told = (!labels.is_empty()).then(|| {
        view! {
            <details>
                <summary>"What its sender said"</summary>
                <dl class="pairs" data-part="labels">{labels}</dl>
            </details>
        }
    });
    (measured.is_some() || told.is_some()).then(|| {
        view! {
            <section class="card" aria-labelledby="facts-title">
                <h2 id="facts-title">"Measured against"</h2>
                {measured}
                {told}
            </section>
        }
    })
}

fn story(view: &AlertView) -> impl IntoView + use<> {
    let (order, address, words) = if view.oldest_first {
        ("The oldest first.", view.address(""), "Newest first")
    } else {
        ("The newest first.", view.address("?order=oldest"), "Oldest first")
    };
    view! {
        <section class="card" aria-labelledby="story-title">
            <div class="card-head">
                <h2 id="story-title">"Story"<span class="unseen">" "{order}</span></h2>
                <a href=format!("{address}#story-title")>{words}</a>
            </div>
            {story_list(&view.story, view.oldest_first)}
        </section>
    }
}

fn silenced(view: &AlertView) -> impl IntoView + use<> {
    (!view.windows.is_empty()).then(|| {
        view! {
            <section class="card" data-part="silences" aria-labelledby="silences-title">
                <h2 id="silences-title">"Silences that cover it"</h2>
                {silence_list(&view.windows, &view.address(""))}
            </section>
        }
    })
}

/// What else there was around its beginning. Nothing is claimed of it but its time.
fn before(view: &AlertView) -> impl IntoView + use<> {
    let row = |row: &AlertRow, words: String| {
        view! {
            <li>
                {row_level(row)}
                <span><a href=format!("/alerts/{}", row.id)>{row.title.clone()}</a><span class="meta">{words}</span></span>
            </li>
        }
    };
    let beside: Vec<_> =
        view.beside.iter().map(|other| row(other, format!("Since {}", other.since))).collect();
    let ended: Vec<_> = view
        .ended_before
        .iter()
        .map(|other| {
            let words = match &other.state {
                StateView::Resolved { words } => words.clone(),
                _ => format!("Since {}", other.since),
            };
            row(other, words)
        })
        .collect();
    let models: Vec<_> = view
        .models_before
        .iter()
        .map(|change| {
            let words = format!("Model {}: {} to {}", change.model, change.before, change.after);
            let at = format!("First seen {}", when::clock(change.at.0, view.now, &view.zone));
            view! { <li><span>{words}<span class="meta">{at}</span></span></li> }
        })
        .collect();
    let runs: Vec<_> = view.runs_before.iter().map(ran_row).collect();
    let nothing = ended.is_empty() && view.windows_before.is_empty() && models.is_empty() && runs.is_empty();
    let windows =
        (!view.windows_before.is_empty()).then(|| silence_list(&view.windows_before, &view.address("")));
    let began = when::clock(view.row.began_at, view.now, &view.zone);
    view! {
        {(!beside.is_empty()).then(|| view! {
            <section class="card" data-part="beside" aria-labelledby="beside-title">
                <h2 id="beside-title">"Began within 30 minutes of it"</h2>
                <ul class="pending">{beside}</ul>
            </section>
        })}
        <section class="card" data-part="before" aria-labelledby="before-title">
            <h2 id="before-title">"Changed in the hour before"</h2>
            {nothing.then(|| view! {
                <p class="empty">
                    {format!("Nothing was run, no alert ended, no silence began and no other model came in the hour before {began}.")}
                </p>
            })}
            {(!runs.is_empty()).then(|| view! { <ul class="pending" data-part="runs-before">{runs}</ul> })}
            {(!models.is_empty()).then(|| view! { <ul class="pending" data-part="models">{models}</ul> })}
            {(!ended.is_empty()).then(|| view! { <ul class="pending">{ended}</ul> })}
            {windows}
        </section>
    }
}
