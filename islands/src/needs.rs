//! What somebody has to look at: everything at Warning or worse, in the order of the cards.

use domain::{live::Frame, monitoring::Level};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    browser::clock_words,
    hub,
    shape::{Mark, Shown, put, text},
};

/// One metric or service. All are in the page, those that need nobody hidden: so nothing ever changes places.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Need {
    pub level: Option<Level>,
    pub name: String,
    /// "past the alert line of 10 s, since 02:56"
    pub why: String,
    pub value: String,
}

impl Need {
    fn is_any(&self) -> bool {
        self.level >= Some(Level::Warning)
    }

    fn shown(&self) -> Shown {
        Shown::of(self.level, true)
    }

    /// By this value the stylesheet hides the row.
    fn state(&self) -> &'static str {
        if self.is_any() { "open" } else { "none" }
    }
}

/// All metrics and services. `clock` writes a moment as the page does.
pub fn needs_of(frame: &Frame, clock: impl Fn(i64) -> String) -> Vec<Need> {
    let metrics = frame.metrics.iter().map(|metric| {
        let mut why: Vec<String> = metric.why.iter().cloned().collect();
        why.extend(metric.departed.map(|since| format!("since {}", clock(since))));
        Need {
            level: metric.level,
            name: metric.name.clone(),
            why: why.join(", "),
            value: metric.value.clone().unwrap_or_default(),
        }
    });
    let services = frame.services.iter().map(|service| Need {
        level: service.level,
        name: service.name.clone(),
        why: format!("State: {}", service.state.to_lowercase()),
        value: String::new(),
    });
    metrics.chain(services).collect()
}

#[island]
pub fn Needs(platform: String, needs: Vec<Need>) -> impl IntoView {
    let summary = text(summary(&needs));
    let mut rows = Vec::new();
    let mut parts = Vec::new();
    for need in needs {
        let mark = Mark::new(need.shown());
        let [state, why, value] = [need.state(), &need.why, &need.value].map(text);
        parts.push((need.name.clone(), mark, [state, why, value]));
        rows.push(
            view! {
                <li data-need=state>
                    {mark.view()}
                    <span class="need"><strong>{need.name}</strong><span class="why">{why}</span></span>
                    <span class="number">{value}</span>
                </li>
            }
            .into_any(),
        );
    }
    hub::on_frame(platform, move |frame| {
        let needs = needs_of(frame, clock_words);
        put(summary, self::summary(&needs));
        for (name, mark, [state, why, value]) in &parts {
            let Some(need) = needs.iter().find(|need| need.name == *name) else { continue };
            mark.put(need.shown(), need.shown().word());
            put(*state, need.state());
            put(*why, need.why.as_str());
            put(*value, need.value.as_str());
        }
    });
    view! {
        <p class="empty">{summary}</p>
        <ul class="rows needs" data-part="needs">{rows}</ul>
    }
}

/// What stands there when the list is empty.
fn summary(needs: &[Need]) -> String {
    let none = "Nothing needs anybody: no metric or service is at Warning or worse.";
    if needs.iter().any(Need::is_any) { String::new() } else { none.to_owned() }
}
