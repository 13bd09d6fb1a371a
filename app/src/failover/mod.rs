//! Breakers: how each stands, what waits for a person, what it has done, and holding one.

mod forms;
mod marks;
pub mod samples;
mod story;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::marks::{now_marks, strip};
pub(crate) use self::marks::{on_now, on_performance};

use backend::failover::{Event, Stored};
use domain::{
    actions::ActionKey,
    failover::{Asked, Decision, Position, wording},
    live::Frame,
    monitoring::{Level, wording::listed},
    time::Millis,
};
use islands::{Shown, shape_view};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use self::forms::forms;
use crate::{
    access::{Troubles, form::done},
    document::rendered,
    encoded,
    shell::{Place, Shell},
    when,
};

/// Lines of the story of each.
const LINES: usize = 12;

/// The page.
#[derive(Clone, Debug)]
pub struct BreakersView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub platform: String,
    pub rows: Vec<BreakerRow>,
    /// What was typed into one of its forms, and what was refused of it.
    pub typed: Typed,
    pub done: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    pub service: String,
    pub position: String,
    pub minutes: String,
    pub reason: String,
    /// By the name of the field; "" is the form as a whole.
    pub troubles: Troubles,
}

/// One breaker, in the words of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BreakerRow {
    pub service: String,
    pub name: String,
    pub position: Position,
    pub held: bool,
    /// "Open since 02:56: calls are kept away; the next probe is at 02:57."
    pub standing: String,
    /// "12 calls told of success, 5 of failure."
    pub counts: String,
    /// What is done about the present outage without anybody: a sentence, and the address of the run, if it began one.
    pub acted: Option<(String, Option<String>)>,
    /// What waits for a person: a sentence, and the address of the one button.
    pub offered: Option<(String, Option<(String, String)>)>,
    /// What is still in place although it is well again: a sentence.
    pub kept: Option<String>,
    /// The newest first: when, and what.
    pub story: Vec<(String, String, Option<String>)>,
    pub may_hold: Result<(), String>,
}

impl BreakerRow {
    pub fn of(
        stored: &Stored,
        name: String,
        story: &[Event],
        named: impl Fn(&ActionKey) -> Option<String>,
        may_hold: Result<(), String>,
        now: Millis,
        zone: &TimeZone,
    ) -> BreakerRow {
        let clock = |at: Millis| when::clock(at.0, now, zone);
        let breaker = &stored.breaker;
        let counts = breaker.counts;
        let decided = |decision: &Decision| {
            wording::decided(&name, decision, |key| named(key).unwrap_or_else(|| key.to_string()), clock)
        };
        let line = |(event, count): (&Event, usize)| match event {
            Event::Transition(transition) => {
                let probes =
                    if count > 1 { format!(" {count} probes have failed by now.") } else { String::new() };
                (clock(transition.at), wording::told(&name, transition, clock) + &probes, None)
            }
            Event::Decision { at, decision, run } => {
                (clock(*at), decided(decision), run.as_ref().map(|run| format!("/runs/{run}")))
            }
        };
        let offered = stored.offered.as_ref().map(|offered| {
            let button = wanted(&offered.decision).map(|key| {
                let words = named(key).unwrap_or_else(|| key.to_string());
                (format!("/actions/{key}"), words)
            });
            (decided(&offered.decision), button)
        });
        let acted = story.iter().take_while(|event| !is_closing(event)).find_map(|event| match event {
            Event::Decision { decision, run, .. } if !decision.needs_a_person() => {
                let words = decided(decision);
                let short =
                    words.strip_prefix(&wording::opened(&name)).map(|rest| rest.trim_start().to_owned());
                Some((short.unwrap_or(words), run.as_ref().map(|run| format!("/runs/{run}"))))
            }
            _ => None,
        });
        BreakerRow {
            acted: acted.filter(|_| breaker.position() != Position::Closed),
            service: breaker.service.clone(),
            position: breaker.position(),
            held: breaker.is_held(),
            standing: wording::standing(breaker, clock),
            kept: None,
            counts: format!("{} told of success, {} of failure.", calls(counts.successes), counts.failures),
            offered,
            // What waits stands above the story already.
            story: story::told(story.iter().filter(|event| !is_offered(event, stored)))
                .into_iter()
                .take(LINES)
                .map(line)
                .collect(),
            may_hold,
            name,
        }
    }
}

impl BreakerRow {
    /// Its failover was asked for and is not taken back. While the breaker is not closed its story says so.
    pub fn failed_over(&mut self, action: &str, since: Millis, now: Millis, zone: &TimeZone) {
        if self.position == Position::Closed {
            let since = when::clock(since.0, now, zone);
            self.kept = Some(format!(
                "Well again, and \"{action}\" of {since} is still in effect. Taking it back follows once every service \
                 that it serves has been well for 10 min."
            ));
        }
    }
}

fn calls(count: u64) -> String {
    if count == 1 { "1 call".to_owned() } else { format!("{count} calls") }
}

fn is_offered(event: &Event, stored: &Stored) -> bool {
    let Event::Decision { at, decision, .. } = event else { return false };
    stored.offered.as_ref().is_some_and(|offered| offered.at == *at && offered.decision == *decision)
}

fn is_closing(event: &Event) -> bool {
    matches!(event, Event::Transition(transition) if transition.to == Position::Closed)
}

/// The action that a person would press.
fn wanted(decision: &Decision) -> Option<&ActionKey> {
    match decision {
        Decision::RunFailover { action }
        | Decision::ProposeFailover { action, .. }
        | Decision::RunFailback { action }
        | Decision::ProposeFailback { action, .. }
        | Decision::AskAPerson { why: Asked::TooSoon { action, .. } } => Some(action),
        Decision::InPlace { .. } | Decision::AskAPerson { .. } => None,
    }
}

pub fn breakers_page(shell: &Shell, view: &BreakersView) -> String {
    let problem = if view.typed.troubles.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}Breakers \u{2013} Bellwether");
    shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, || {
        let platform = encoded(&view.platform);
        let cards: Vec<_> = view.rows.iter().map(|row| card(row, view)).collect();
        view! {
            <div class="page breakers-page">
                <div class="page-head">
                    <div>
                        <h1>"Breakers"</h1>
                        <div data-actions-part=format!("/breakers/part/sentence?platform={platform}")>{sentence(&view.rows)}</div>
                    </div>
                    <p class="links"><a href="/actions">"Actions"</a></p>
                </div>
                {view.done.clone().map(done)}
                <p class="news" data-actions-bar="" hidden><button type="button">"Show what changed"</button></p>
                {cards}
            </div>
        }
    })
}

/// One part of the page alone, for a page that draws it anew: the sentence at its top.
pub fn sentence_part(rows: &[BreakerRow]) -> String {
    let rows = rows.to_vec();
    rendered(move || sentence(&rows))
}

/// The inside of one card alone. `None` when there is no such service.
pub fn card_part(rows: &[BreakerRow], platform: &str, service: &str) -> Option<String> {
    let row = rows.iter().find(|row| row.service == service)?.clone();
    let platform = platform.to_owned();
    Some(rendered(move || inside(&row, &platform, &Typed::default())))
}

fn sentence(rows: &[BreakerRow]) -> AnyView {
    let kept_away: Vec<_> =
        rows.iter().filter(|row| row.position != Position::Closed).map(|row| row.name.clone()).collect();
    let words = match kept_away.as_slice() {
        [] => "Every service may be called.".to_owned(),
        some => format!("Calls are kept away from {}.", listed(some)),
    };
    let waiting = match rows.iter().filter(|row| row.offered.is_some()).count() {
        0 => String::new(),
        1 => " One decision waits for somebody.".to_owned(),
        count => format!(" {count} decisions wait for somebody."),
    };
    view! { <p data-part="sentence">{words}{waiting}</p> }.into_any()
}

fn card(row: &BreakerRow, view: &BreakersView) -> impl IntoView + use<> {
    let (platform, service) = (encoded(&view.platform), encoded(&row.service));
    let part = format!("/breakers/part/card?platform={platform}&service={service}");
    // What was typed and refused stays when the card is drawn anew.
    let kept = (view.typed.service == row.service && !view.typed.troubles.is_empty()).then_some("");
    view! {
        <section class="card breaker" data-service=row.service.clone() aria-labelledby=format!("breaker-{}", row.service)>
            <div class="stack" data-actions-part=part data-kept=kept>{inside(row, &view.platform, &view.typed)}</div>
        </section>
    }
}

fn inside(row: &BreakerRow, platform: &str, typed: &Typed) -> AnyView {
    let (shown, word) = position(row.position, row.held);
    let offered = row.offered.clone().map(|(words, button)| {
        let button = button.map(|(address, words)| view! { <a class="button" href=address>{words}</a> });
        view! { <div class="breaker-offer" data-part="offered"><p>{words}</p>{button}</div> }
    });
    let lines: Vec<_> = row
        .story
        .iter()
        .map(|(at, words, run)| {
            let run = run.clone().map(|address| view! { " "<a href=address>"Its run"</a> });
            view! { <li><span class="meta">{at.clone()}</span><span>{words.clone()}{run}</span></li> }
        })
        .collect();
    let nothing = lines.is_empty().then(|| {
        view! { <p class="empty">"It has not moved yet. What opens and closes it stands here."</p> }
    });
    view! {
        <div class="card-head">
            <h2 id=format!("breaker-{}", row.service)>{row.name.clone()}</h2>
            <p class="level" data-level=shown.code()>{shape_view(shown)}<span data-part="position">{word}</span></p>
        </div>
        <p data-part="standing">{row.standing.clone()}" "<span class="meta">{row.counts.clone()}</span></p>
        {row.kept.clone().map(|words| view! { <p data-part="kept">{words}</p> })}
        {offered}
        {nothing}
        {(!lines.is_empty()).then(|| view! { <ol class="breaker-story">{lines}</ol> })}
        {forms(row, platform, typed)}
    }
    .into_any()
}

/// As a shape and a word. A breaker that is held was looked at, so it is no worse than a warning.
fn position(position: Position, held: bool) -> (Shown, &'static str) {
    match (position, held) {
        (Position::Closed, false) => (Shown::Well, "Closed"),
        (Position::Closed, true) => (Shown::At(Level::Warning), "Held closed"),
        (Position::Open, false) => (Shown::At(Level::Critical), "Open"),
        (Position::Open, true) => (Shown::At(Level::Warning), "Held open"),
        (Position::HalfOpen, _) => (Shown::At(Level::Warning), "Half-open"),
    }
}
