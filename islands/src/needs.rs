//! What somebody has to look at: everything at Warning or worse, in the order of the cards.

use domain::{live::Frame, monitoring::Level};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{browser::clock_words, hub, shape::Shown, shape::shape};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Need {
    pub level: Level,
    pub name: String,
    /// "past the alert line of 10 s, since 02:56"
    pub why: String,
    pub value: Option<String>,
}

/// `clock` writes a moment as the page does.
pub fn needs_of(frame: &Frame, clock: impl Fn(i64) -> String) -> Vec<Need> {
    let metrics = frame.metrics.iter().filter_map(|metric| {
        let mut why: Vec<String> = metric.why.iter().cloned().collect();
        why.extend(metric.departed.map(|since| format!("since {}", clock(since))));
        let value = metric.value.clone();
        Some(Need { level: metric.level?, name: metric.name.clone(), why: why.join(", "), value })
    });
    let services = frame.services.iter().filter_map(|service| {
        Some(Need {
            level: service.level?,
            name: service.name.clone(),
            why: format!("says of itself: {}", service.state.to_lowercase()),
            value: None,
        })
    });
    metrics.chain(services).filter(|need| need.level >= Level::Warning).collect()
}

#[island]
pub fn Needs(platform: String, needs: Vec<Need>) -> impl IntoView {
    let needs = RwSignal::new(needs);
    hub::on_frame(platform, move |frame| {
        let new = needs_of(frame, clock_words);
        if needs.with_untracked(|old| *old != new) {
            needs.set(new);
        }
    });
    let row = |need: Need| {
        let shown = Shown::At(need.level);
        view! {
            <li>
                <span class="level" data-level=shown.code()>
                    {shape(move || shown)}
                    <span class="word">{shown.word()}</span>
                </span>
                <span class="need">
                    <strong>{need.name}</strong>
                    <span class="why">{need.why}</span>
                </span>
                <span class="number">{need.value.unwrap_or_default()}</span>
            </li>
        }
    };
    view! {
        <p class="empty" hidden=move || needs.with(|needs| !needs.is_empty())>
            "Nothing needs anybody: no metric or service is at Warning or worse."
        </p>
        <ul class="rows needs" data-part="needs" hidden=move || needs.with(Vec::is_empty)>
            {move || needs.get().into_iter().map(row).collect_view()}
        </ul>
    }
}
