//! One metric: its value, how bad that is, what it is measured against, and the last hour as a line.

use domain::live::MetricFrame;
use leptos::prelude::*;

use crate::{browser::clock_words, hub, shape::Shown, shape::level_mark};

/// The inside of a card. `since` and `as_of` are moments in words, in the zone of the page.
#[island]
pub fn MetricCard(
    platform: String,
    metric: MetricFrame,
    since: Option<String>,
    as_of: Option<String>,
) -> impl IntoView {
    let name = metric.name.clone();
    let key = metric.key.clone();
    let metric = RwSignal::new(metric);
    let since = RwSignal::new(since);
    let as_of = RwSignal::new(as_of);
    hub::on_frame(platform, move |frame| {
        let Some(new) = frame.metrics.iter().find(|metric| metric.key == key) else { return };
        if metric.with_untracked(|old| old != new) {
            since.set(new.departed.map(clock_words));
            metric.set(new.clone());
        }
        as_of.set(frame.answered_at.map(clock_words));
    });
    let shown = move || metric.with(|metric| Shown::of(metric.level, metric.value.is_some()));
    view! {
        <h3 class="metric-name">{name}</h3>
        <p class="value" class:unknown=move || metric.with(|m| m.value.is_none()) data-part="value">
            {move || metric.with(|m| m.value.clone().unwrap_or_else(|| "unknown".to_owned()))}
        </p>
        <p class="standing">
            {level_mark(shown)}
            <span class="since">
                {move || since.get().map(|since| format!("since {since}")).unwrap_or_default()}
            </span>
        </p>
        <p class="against">
            <span data-part="target">
                {move || metric.with(|m| m.target.clone().unwrap_or_else(|| "no target".to_owned()))}
            </span>
            <span data-part="normal">
                {move || metric.with(|m| m.normal.clone().unwrap_or_else(|| "normal not known yet".to_owned()))}
            </span>
        </p>
        <svg
            class="spark"
            viewBox="0 0 100 34"
            preserveAspectRatio="none"
            aria-hidden="true"
            data-level=move || shown().code()
        >
            <path
                d=move || metric.with(|m| m.spark.clone())
                fill="none"
                stroke="currentColor"
                stroke-width="1.6"
                stroke-linejoin="round"
                vector-effect="non-scaling-stroke"
            ></path>
        </svg>
        <p class="as-of">
            {move || as_of.get().map(|at| format!("as of {at}")).unwrap_or_else(|| "no answer yet".to_owned())}
        </p>
    }
}
