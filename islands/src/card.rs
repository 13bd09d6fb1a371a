//! One metric: its value, how bad that is, what it is measured against, and the last hour as a line.

use domain::live::MetricFrame;
use leptos::prelude::*;

use crate::{
    browser::clock_words,
    hub,
    shape::{Mark, Shown, put, text},
};

/// The inside of a card, below its name. `since` and `as_of` are moments in words, in the zone of the page.
#[island]
pub fn MetricCard(
    platform: String,
    metric: MetricFrame,
    since: Option<String>,
    as_of: Option<String>,
) -> impl IntoView {
    let key = metric.key.clone();
    let mark = Mark::new(shown(&metric));
    let [value, since, target, normal, spark, as_of] = words(&metric, since, as_of).map(text);
    hub::on_frame(platform, move |frame| {
        let Some(metric) = frame.metrics.iter().find(|metric| metric.key == key) else { return };
        let shown = shown(metric);
        mark.put(shown, shown.word());
        let new = words(metric, metric.departed.map(clock_words), frame.answered_at.map(clock_words));
        for (signal, new) in [value, since, target, normal, spark, as_of].into_iter().zip(new) {
            put(signal, new);
        }
    });
    view! {
        <p class="value" data-part="value" data-level=mark.code>{value}</p>
        <p class="standing">{mark.view()}<span class="since">{since}</span></p>
        <p class="against">
            <span data-part="target">{target}</span>
            <span data-part="normal">{normal}</span>
        </p>
        <svg class="spark" viewBox="0 0 100 34" preserveAspectRatio="none" aria-hidden="true" data-level=mark.code>
            <path d=spark></path>
        </svg>
        <p class="as-of">{as_of}</p>
    }
}

fn shown(metric: &MetricFrame) -> Shown {
    Shown::of(metric.level, metric.value.is_some())
}

/// Value, since, target, normal, spark, as of. What is not known is said, never left out and never nought.
fn words(metric: &MetricFrame, since: Option<String>, as_of: Option<String>) -> [String; 6] {
    let or =
        |known: &Option<String>, else_words: &str| known.clone().unwrap_or_else(|| else_words.to_owned());
    [
        or(&metric.value, "unknown"),
        since.map(|since| format!("since {since}")).unwrap_or_default(),
        or(&metric.target, "no target"),
        or(&metric.normal, "normal not known yet"),
        metric.spark.clone(),
        as_of.map_or_else(|| "no answer yet".to_owned(), |at| format!("as of {at}")),
    ]
}
