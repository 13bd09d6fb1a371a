//! Breakers: how each stands, what waits for a person, what it has done, and holding one.

pub mod samples;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use backend::failover::{Event, Stored};
use domain::{
    actions::ActionKey,
    failover::{Asked, Decision, Position, wording},
    live::Frame,
    monitoring::Level,
    time::Millis,
};
use islands::{Shown, shape_view};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::{
    access::form::done,
    encoded,
    shell::{Place, Shell},
    when,
};

/// The page.
#[derive(Clone, Debug)]
pub struct BreakersView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub platform: String,
    pub rows: Vec<BreakerRow>,
    /// What was typed into one of its forms, and why it was refused.
    pub typed: Typed,
    pub done: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    pub service: String,
    pub position: String,
    pub minutes: String,
    pub reason: String,
    pub trouble: String,
}

/// One breaker, in the words of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BreakerRow {
    pub service: String,
    pub name: String,
    pub position: Position,
    pub held: bool,
    /// "Open for 2 min: calls are kept away; the next probe is at 02:57."
    pub standing: String,
    /// "12 calls told of success, 5 of failure."
    pub counts: String,
    /// What waits for a person: a sentence, and the address of the one button.
    pub offered: Option<(String, Option<(String, String)>)>,
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
        let line = |event: &Event| match event {
            Event::Transition(transition) => {
                (clock(transition.at), wording::told(&name, transition, clock), None)
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
        BreakerRow {
            service: breaker.service.clone(),
            position: breaker.position(),
            held: breaker.is_held(),
            standing: wording::standing(breaker, now, clock),
            counts: format!("{} told of success, {} of failure.", calls(counts.successes), counts.failures),
            offered,
            story: story.iter().map(line).collect(),
            may_hold,
            name,
        }
    }
}

fn calls(count: u64) -> String {
    if count == 1 { "1 call".to_owned() } else { format!("{count} calls") }
}

/// The action that a person would press.
fn wanted(decision: &Decision) -> Option<&ActionKey> {
    match decision {
        Decision::RunFailover { action }
        | Decision::ProposeFailover { action, .. }
        | Decision::RunFailback { action }
        | Decision::ProposeFailback { action, .. }
        | Decision::AskAPerson { why: Asked::TooSoon { action, .. } } => Some(action),
        Decision::AskAPerson { .. } => None,
    }
}

pub fn breakers_page(shell: &Shell, view: &BreakersView) -> String {
    let open = view.rows.iter().filter(|row| row.position != Position::Closed).count();
    let sentence = match (view.rows.len(), open) {
        (_, 0) => "Every service may be called.".to_owned(),
        (_, 1) => "Calls are kept away from one service.".to_owned(),
        (all, open) => format!("Calls are kept away from {open} of {all} services."),
    };
    let problem = if view.typed.trouble.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}Breakers \u{2013} Bellwether");
    shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, || {
        let cards: Vec<_> = view.rows.iter().map(|row| card(row, view)).collect();
        view! {
            <div class="page breakers-page">
                <div class="page-head">
                    <div><h1>"Breakers"</h1><p data-part="sentence">{sentence}</p></div>
                    <p class="links"><a href="/actions">"Actions"</a></p>
                </div>
                {view.done.clone().map(done)}
                {cards}
            </div>
        }
    })
}

fn card(row: &BreakerRow, view: &BreakersView) -> impl IntoView + use<> {
    let id = format!("breaker-{}", row.service);
    let word = match (row.position, row.held) {
        (Position::Closed, false) => "Closed",
        (Position::Closed, true) => "Held closed",
        (Position::Open, false) => "Open",
        (Position::Open, true) => "Held open",
        (Position::HalfOpen, _) => "Half-open",
    };
    let shown = match (row.position, row.held) {
        (Position::Closed, false) => Shown::Well,
        (_, true) | (Position::HalfOpen, _) => Shown::At(Level::Warning),
        (Position::Open, false) => Shown::At(Level::Critical),
    };
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
        <section class="card stack breaker" data-service=row.service.clone() aria-labelledby=id.clone()>
            <div class="card-head">
                <h2 id=id.clone()>{row.name.clone()}</h2>
                <p class="level" data-level=shown.code()>{shape_view(shown)}<span data-part="position">{word}</span></p>
            </div>
            <p data-part="standing">{row.standing.clone()}" "<span class="meta">{row.counts.clone()}</span></p>
            {offered}
            {nothing}
            {(!lines.is_empty()).then(|| view! { <ol class="breaker-story">{lines}</ol> })}
            {forms(row, view)}
        </section>
    }
}

fn forms(row: &BreakerRow, view: &BreakersView) -> AnyView {
    if let Err(why) = &row.may_hold {
        return view! { <p class="hint" data-part="may-not">{why.clone()}</p> }.into_any();
    }
    let platform = view.platform.clone();
    let address = |verb: &str| format!("/breakers/{}/{verb}", encoded(&row.service));
    if row.held {
        return view! {
            <form method="post" action=address("release")>
                <input type="hidden" name="platform" value=platform/>
                <button>{format!("Let the breaker of {} go", row.name)}</button>
            </form>
        }
        .into_any();
    }
    let own = view.typed.service == row.service && !view.typed.trouble.is_empty();
    let typed = if own { view.typed.clone() } else { Typed { minutes: "30".to_owned(), ..Typed::default() } };
    let trouble = own.then(|| {
        view! { <p class="trouble" role="alert" data-part="problem">{typed.trouble.clone()}</p> }
    });
    let option = |value: &'static str, words: &'static str| {
        view! { <option value=value selected=typed.position == value>{words}</option> }
    };
    view! {
        <details open=own>
            <summary>{format!("Hold the breaker of {}", row.name)}</summary>
            <form class="fields" method="post" action=address("hold")>
                {trouble}
                <input type="hidden" name="platform" value=platform/>
                <label>"Position"<select name="position">
                    {option("closed", "Closed: call it whatever is told")}
                    {option("open", "Open: keep calls away")}
                </select></label>
                <label>"For so many minutes"<input name="minutes" inputmode="numeric" required value=typed.minutes.clone()/></label>
                <label>"Why"<input name="reason" required maxlength="500" value=typed.reason.clone()/></label>
                <button>{format!("Hold the breaker of {}", row.name)}</button>
            </form>
        </details>
    }
    .into_any()
}
