//! One metric: its value, how bad that is, what it is measured against, and the last hour as a line.

use domain::live::MetricFrame;
#[cfg(not(target_arch = "wasm32"))]
use leptos::prelude::*;

use crate::shape::Shown;
#[cfg(not(target_arch = "wasm32"))]
use crate::shape::level_view;

/// The inside of a card, below its name; the element around it carries the metric's key as `data-metric`.
/// `since` and `as_of` are moments in words, in the zone of the page.
#[cfg(not(target_arch = "wasm32"))]
#[component]
pub fn MetricCard(
    platform: String,
    metric: MetricFrame,
    since: Option<String>,
    as_of: Option<String>,
) -> impl IntoView {
    let shown = shown(&metric);
    let [value, since, target, normal, spark, as_of] = words(&metric, since, as_of);
    view! {
        <p class="value" data-part="value" data-level=shown.code() data-platform-of=platform>{value}</p>
        <p class="standing">{level_view(shown, shown.word())}<span class="since">{since}</span></p>
        <p class="against">
            <span data-part="target">{target}</span>
            <span data-part="normal">{normal}</span>
        </p>
        <svg class="spark" viewBox="0 0 100 34" preserveAspectRatio="none" aria-hidden="true" data-level=shown.code()>
            <path d=spark></path>
        </svg>
        <p class="as-of">{as_of}</p>
    }
}

/// Puts what each frame says into the cards of the page.
#[cfg(target_arch = "wasm32")]
pub fn listen() {
    use crate::{
        browser::{clock_words, each, each_in, read, say, set},
        shape::put_level,
    };

    each("[data-metric]", |card| {
        let key = read(&card, "data-metric");
        let mut platform = String::new();
        each_in(&card, ".value", |value| platform = read(&value, "data-platform-of"));
        crate::hub::on_frame(platform, move |frame| {
            let Some(metric) = frame.metrics.iter().find(|metric| metric.key == key) else { return };
            let shown = shown(metric);
            put_level(&card, shown, shown.word());
            each_in(&card, ".value, .spark", |part| set(&part, "data-level", shown.code()));
            let [value, since, target, normal, spark, as_of] =
                words(metric, metric.departed.map(clock_words), frame.answered_at.map(clock_words));
            each_in(&card, ".spark path", |path| set(&path, "d", &spark));
            let texts = [
                (".value", value),
                (".since", since),
                ("[data-part=target]", target),
                ("[data-part=normal]", normal),
                (".as-of", as_of),
            ];
            for (part, words) in texts {
                each_in(&card, part, |part| say(&part, &words));
            }
        });
    });
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
