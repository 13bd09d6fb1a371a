//! The row of cards: one for each metric that has lines to be held against.

use domain::{live::Frame, time::Millis};
use islands::{MetricCard, rows_view, services_of};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::when;

/// As many as stand side by side on a desk.
const MOST: usize = 5;
/// Our own round trip has the same lines as the platform's response time, and is shown as a chart only.
const CHART_ONLY: &str = "health_answer_ms";

pub fn cards(frame: &Frame, now: Millis, zone: &TimeZone) -> impl IntoView + use<> {
    let as_of = frame.answered_at.map(|at| when::clock(at, now, zone));
    // A frame knows no lines; what has a target has lines.
    let own = frame.metrics.iter().filter(|metric| metric.key != CHART_ONLY && metric.target.is_some());
    let cards: Vec<_> = own
        .take(MOST)
        .map(|metric| {
            let since = metric.departed.map(|at| when::clock(at, now, zone));
            view! {
                <li class="card metric" data-metric=metric.key.clone()>
                    <h3 class="metric-name">{metric.name.clone()}</h3>
                    <MetricCard
                        platform=frame.platform.clone()
                        metric=metric.clone()
                        since=since
                        as_of=as_of.clone()
                    />
                </li>
            }
        })
        .collect();
    if cards.is_empty() {
        let text = "No metric has a value yet. The first poll is on its way; the cards appear with it.";
        return view! { <p class="card empty">{text}</p> }.into_any();
    }
    view! { <ul class="five">{cards}</ul> }.into_any()
}

pub fn services(frame: &Frame) -> impl IntoView + use<> {
    let list = if frame.services.is_empty() {
        view! {
            <p class="empty">"No service has told its state yet. Each is listed here from its first answer on."</p>
        }
        .into_any()
    } else {
        rows_view(frame.platform.clone(), false, services_of(frame))
    };
    view! { <section class="card" aria-label="Services"><h2>"Services"</h2>{list}</section> }
}
