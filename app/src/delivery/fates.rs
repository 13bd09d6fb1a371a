//! Who was told of an alert, by which ways, and what came of it.

use backend::delivery::{Attempt, AttemptOutcome, Delivery, DeliveryWay};
use domain::{
    delivery::{DeliveryState, WayState},
    time::Millis,
    words::capitalised,
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::{shell::encoded, when};

/// What the part shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fates {
    pub now: Millis,
    /// Oldest first, as the backend tells them.
    pub deliveries: Vec<Delivery>,
    /// Whether whoever looks may send one again.
    pub may_send_again: bool,
}

/// A section for the page of an alert: the newest message first.
pub fn fates(zone: &TimeZone, view: &Fates) -> AnyView {
    let rows: Vec<_> = view.deliveries.iter().rev().map(|one| delivery(zone, view, one)).collect();
    let none = rows.is_empty().then(|| {
        view! { <p class="empty">"Nobody has been told of it yet. Who was told, and by which way, stands here then."</p> }
    });
    let lost = view.deliveries.iter().filter(|one| one.state == DeliveryState::Exhausted).count();
    let warning = (lost > 0).then(|| {
        let words = match lost {
            1 => "1 message reached nobody.".to_owned(),
            many => format!("{many} messages reached nobody."),
        };
        view! { <p class="fate-lost">{words}</p> }
    });
    view! {
        <section class="card stack" id="deliveries" aria-labelledby="deliveries-title" data-part="deliveries">
            <h2 id="deliveries-title">"Who was told"</h2>
            {warning}
            {none}
            <ul class="records fates">{rows}</ul>
        </section>
    }
    .into_any()
}

fn delivery(zone: &TimeZone, view: &Fates, one: &Delivery) -> impl IntoView + use<> {
    let again = one.again_of.as_ref().map(|_| ", sent again by hand");
    let what = format!("{} to {}", one.occasion.label(), one.to_words);
    let at = when::ago(one.created_at, view.now, zone);
    let ways: Vec<_> = one.ways.iter().map(|way| way_view(zone, view.now, way)).collect();
    let why = one.why.clone().filter(|_| one.ways.is_empty());
    let button = (view.may_send_again && one.settled_at.is_some()).then(|| {
        let label = format!("Send again: {what}");
        view! {
            <form method="post" action=format!("/deliveries/{}/send-again", encoded(one.id.as_str()))>
                <button aria-label=label>"Send again"</button>
            </form>
        }
    });
    let (state, words) = state_of(one);
    view! {
        <li data-state=state>
            <div class="record">
                <p class="own-name">{what}</p>
                <p class="small dim">{at}{again}</p>
            </div>
            <div class="record small">
                <p class="fate">{words}</p>
                {why.map(|why| view! { <p>{capitalised(&why)}</p> })}
                {(!ways.is_empty()).then(|| view! { <ul class="ways">{ways}</ul> })}
            </div>
            <div class="record-end">{button}</div>
        </li>
    }
}

fn state_of(one: &Delivery) -> (&'static str, &'static str) {
    match one.state {
        DeliveryState::Open if one.why.is_some() => ("trying", "Reached nobody yet; it is still tried"),
        DeliveryState::Open => ("trying", "On its way"),
        DeliveryState::Sent => ("sent", "Arrived"),
        DeliveryState::Stopped => ("stopped", "Stopped before it was sent"),
        DeliveryState::Exhausted => ("lost", "Reached nobody"),
    }
}

fn way_view(zone: &TimeZone, now: Millis, way: &DeliveryWay) -> impl IntoView + use<> {
    let clock = |at: Millis| when::clock(at.0, now, zone);
    let last = way.attempts.last();
    let failed = way
        .attempts
        .iter()
        .filter(|attempt| matches!(attempt.outcome, AttemptOutcome::Failed | AttemptOutcome::Doubt))
        .count();
    let words = match way.state {
        WayState::Sent => {
            let when = last.map(|attempt| format!(" {}", clock(attempt.at))).unwrap_or_default();
            let took = last.and_then(|attempt| attempt.took).map(took).unwrap_or_default();
            let tries = if failed > 0 { format!(", at try {}", failed + 1) } else { String::new() };
            format!("taken{when}{took}{tries}")
        }
        WayState::Sending => "being sent".to_owned(),
        WayState::Due(at) if at > now => format!("tried again {}{}", clock(at), because(way)),
        WayState::Due(_) => format!("next{}", because(way)),
        WayState::Waiting => "if the one before fails".to_owned(),
        WayState::Failed if way.attempts.is_empty() => format!("not possible{}", because(way)),
        WayState::Failed => format!("given up after {}{}", times(failed), because(way)),
        WayState::Unneeded if failed > 0 => format!("failed{}; another way took it", because(way)),
        WayState::Unneeded => "not needed".to_owned(),
        WayState::Stopped => "stopped".to_owned(),
    };
    let tries = (way.attempts.len() > 1).then(|| {
        let rows: Vec<_> = way.attempts.iter().map(|attempt| try_view(attempt, clock(attempt.at))).collect();
        let summary = format!("{} tries", way.attempts.len());
        view! { <details class="tries"><summary>{summary}</summary><ol>{rows}</ol></details> }
    });
    let repeated = way.attempts.iter().any(|attempt| attempt.is_repeated).then(|| {
        view! { <span class="mark">"repeated"</span> }
    });
    view! { <li><strong>{way.words.clone()}</strong>": "{words}" "{repeated}{tries}</li> }
}

fn try_view(attempt: &Attempt, at: String) -> impl IntoView + use<> {
    let took = attempt.took.map(took).unwrap_or_default();
    let said = attempt.said.as_ref().map(|said| format!(": {said}")).unwrap_or_default();
    let outcome = match attempt.outcome {
        AttemptOutcome::Sending => "being sent".to_owned(),
        AttemptOutcome::Sent => format!("taken{took}"),
        AttemptOutcome::Failed => format!("failed{took}{said}"),
        AttemptOutcome::Doubt => format!("may have arrived, counts as not sent{took}{said}"),
        AttemptOutcome::Stopped => "stopped before it left".to_owned(),
    };
    let marked = if attempt.is_repeated { ", marked repeated" } else { "" };
    view! { <li>{at}" "{outcome}{marked}</li> }
}

/// " after 0.1 s"
fn took(milliseconds: i64) -> String {
    format!(" after {:.1} s", milliseconds as f64 / 1_000.0)
}

fn because(way: &DeliveryWay) -> String {
    way.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default()
}

fn times(many: usize) -> String {
    if many == 1 { "1 try".to_owned() } else { format!("{many} tries") }
}
