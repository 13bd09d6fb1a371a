//! What the page of breakers may have to show. Every one is drawn in a test.

use backend::failover::{Event, Offered, Stored};
use domain::{
    actions::{ActionKey, Actor},
    failover::{Breaker, Came, Decision, Fault, Outcome, Position, Proposed, Rule},
    time::{MINUTE, Millis, SECOND},
};
use jiff::tz::TimeZone;

use super::{BreakerRow, BreakersView, Typed, breakers_page};
use crate::{
    Shell,
    access::Troubles,
    monitoring::samples::{HOSTILE, NOW, shell},
};

/// What the pages Now and performance show of breakers in a sample of theirs: all is closed, or much is not.
pub fn breakers(sample: &str) -> Vec<BreakerRow> {
    let of = |facts: (Stored, Vec<Event>), name: &str| row(facts, name, Ok(()));
    let crisis = of(closed("crisis"), "Crisis manager");
    match sample {
        "storm" => vec![
            of(open("optimization"), "Optimization engine"),
            of(held("recommendation", "the cluster moves tonight"), "Recommendation engine"),
            crisis,
        ],
        "hostile" => vec![of(held("optimization", HOSTILE), HOSTILE)],
        "departure" => {
            let mut kept = of(closed("optimization"), "Optimization engine");
            kept.failed_over("Enable fallback", NOW.minus(20 * MINUTE), NOW, &TimeZone::UTC);
            vec![kept, of(closed("recommendation"), "Recommendation engine"), crisis]
        }
        _ => vec![
            of(closed("optimization"), "Optimization engine"),
            of(closed("recommendation"), "Recommendation engine"),
            crisis,
        ],
    }
}

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

fn outcome(number: u8, at: Millis, failed: bool) -> Outcome {
    let came = if failed { Came::Failure { how: Fault::EngineDown } } else { Came::Success };
    Outcome { id: format!("poll-{number}"), at, came }
}

fn fallback() -> Option<ActionKey> {
    ActionKey::parse("enable-fallback").ok()
}

fn closed(service: &str) -> (Stored, Vec<Event>) {
    let mut breaker = Breaker::new(service, NOW.minus(40 * MINUTE));
    breaker.take_in(&Rule::default(), &[outcome(1, NOW.minus(MINUTE), false)], NOW);
    (Stored { breaker, offered: None, version: 1 }, Vec::new())
}

fn open(service: &str) -> (Stored, Vec<Event>) {
    let mut breaker = Breaker::new(service, NOW.minus(40 * MINUTE));
    let at = |number: u8| NOW.minus(20 * SECOND).minus(i64::from(6 - number) * 30 * SECOND);
    let outcomes: Vec<Outcome> = (1..=5).map(|number| outcome(number, at(number), true)).collect();
    let transitions = breaker.take_in(&Rule::default(), &outcomes, NOW.minus(20 * SECOND));
    let mut story: Vec<Event> = transitions.into_iter().map(Event::Transition).collect();
    let decision = fallback().map(|action| Decision::ProposeFailover { action, why: Proposed::Configured });
    if let Some(decision) = &decision {
        story
            .insert(0, Event::Decision { at: NOW.minus(19 * SECOND), decision: decision.clone(), run: None });
    }
    let offered = decision.map(|decision| Offered { decision, at: NOW.minus(19 * SECOND) });
    (Stored { breaker, offered, version: 6 }, story)
}

fn held(service: &str, reason: &str) -> (Stored, Vec<Event>) {
    let (mut stored, mut story) = closed(service);
    let by = Actor::Console { rule: "Priya Nair".to_owned() };
    let until = NOW.plus(20 * MINUTE);
    if let Ok(transition) = stored.breaker.hold(Position::Open, by, reason, until, NOW.minus(10 * MINUTE)) {
        story.push(Event::Transition(transition));
    }
    (stored, story)
}

fn row((stored, story): (Stored, Vec<Event>), name: &str, may: Result<(), String>) -> BreakerRow {
    let named =
        |key: &ActionKey| (key.as_str() == "enable-fallback").then(|| "Enable the fallback".to_owned());
    BreakerRow::of(&stored, name.to_owned(), &story, named, may, NOW, &TimeZone::UTC)
}

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let shell = dress(shell(&["wedsync"]));
    let view = |rows: Vec<BreakerRow>, typed: Typed| BreakersView {
        frames: Vec::new(),
        now: NOW,
        platform: "wedsync".to_owned(),
        rows,
        typed,
        done: None,
    };
    let may_not = || {
        Err("You cannot hold it: your role may not run ordinary actions (run_ordinary_actions).".to_owned())
    };
    let refused = Typed {
        service: "optimization".to_owned(),
        position: "open".to_owned(),
        minutes: "a while".to_owned(),
        reason: "the model is being replaced".to_owned(),
        troubles: Troubles::default().and("minutes", "It can be held for 1 min to 24 h."),
    };
    let hostile = Typed {
        service: "optimization".to_owned(),
        position: HOSTILE.to_owned(),
        minutes: HOSTILE.to_owned(),
        reason: HOSTILE.to_owned(),
        troubles: Troubles::default().and("reason", HOSTILE).and("", HOSTILE),
    };
    let calm = || {
        vec![
            row(closed("optimization"), "Optimization engine", Ok(())),
            row(closed("recommendation"), "Recommendation engine", Ok(())),
            row(closed("crisis"), "Crisis manager", Ok(())),
        ]
    };
    let trouble = || {
        vec![
            row(open("optimization"), "Optimization engine", Ok(())),
            row(held("recommendation", "the cluster moves tonight"), "Recommendation engine", Ok(())),
            row(closed("crisis"), "Crisis manager", Ok(())),
        ]
    };
    let views = [
        ("breakers-calm", view(calm(), Typed::default())),
        ("breakers-trouble", view(trouble(), Typed::default())),
        ("breakers-refused", view(calm(), refused)),
        (
            "breakers-no-rights",
            view(vec![row(open("optimization"), "Optimization engine", may_not())], Typed::default()),
        ),
        (
            "breakers-hostile",
            view(
                vec![
                    row(held("optimization", HOSTILE), HOSTILE, Ok(())),
                    row(closed("optimization"), HOSTILE, Ok(())),
                ],
                hostile,
            ),
        ),
    ];
    views.into_iter().map(|(name, view)| Page { name, html: breakers_page(&shell, &view) }).collect()
}
