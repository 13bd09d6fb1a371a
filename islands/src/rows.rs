//! Lists that a frame changes in place: the services with their states, and what somebody has to look at.

use domain::{live::Frame, monitoring::Level};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    browser::clock_words,
    hub,
    shape::{Mark, Shown, put, said, text},
};

/// One line. All lines are in the page and those that say nothing now are hidden: so nothing ever changes places.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Row {
    shown: Shown,
    /// Beside the shape.
    word: String,
    name: String,
    /// "past the alert line of 10 s, since 02:56"
    why: String,
    value: String,
    open: bool,
}

impl Row {
    /// By this value the stylesheet hides the row.
    fn state(&self) -> &'static str {
        if self.open { "open" } else { "none" }
    }
}

/// Every service with its state.
pub fn services_of(frame: &Frame) -> Vec<Row> {
    let row = |service: &domain::live::ServiceFrame| Row {
        shown: Shown::of(service.level, service.known),
        word: service.state.clone(),
        name: service.name.clone(),
        why: String::new(),
        value: String::new(),
        open: true,
    };
    frame.services.iter().map(row).collect()
}

/// All metrics and services, open at Warning or worse. `clock` writes a moment as the page does.
pub fn needs_of(frame: &Frame, clock: impl Fn(i64) -> String) -> Vec<Row> {
    let row = |level: Option<Level>, name: &str, why: String, value: Option<String>| {
        let shown = Shown::of(level, true);
        Row {
            shown,
            word: shown.word().to_owned(),
            name: name.to_owned(),
            why,
            value: value.unwrap_or_default(),
            open: level >= Some(Level::Warning),
        }
    };
    let metrics = frame.metrics.iter().map(|metric| {
        let mut why = metric.why.clone().unwrap_or_default();
        if let Some(since) = metric.departed {
            why = format!("{why}, since {}", clock(since));
        }
        row(metric.level, &metric.name, why, metric.value.clone())
    });
    let services = frame.services.iter().map(|service| {
        row(service.level, &service.name, format!("State: {}", service.state.to_lowercase()), None)
    });
    metrics.chain(services).collect()
}

/// The services, or what needs somebody (`needs`).
#[island]
pub fn Rows(platform: String, needs: bool, rows: Vec<Row>) -> impl IntoView {
    let words = summary(&rows);
    let has_summary = text(said(words));
    let summary = text(words);
    let mut items = Vec::new();
    let mut parts = Vec::new();
    for row in rows {
        let mark = Mark::worded(row.shown, &row.word);
        let [state, why, value] = [row.state(), &row.why, &row.value].map(text);
        parts.push((row.name.clone(), mark, [state, why, value]));
        items.push(
            view! {
                <li data-row=state>
                    {mark.view()}
                    <span class="what"><span class="name">{row.name}</span><span class="why">{why}</span></span>
                    <span class="number">{value}</span>
                </li>
            }
            .into_any(),
        );
    }
    hub::on_frame(platform, move |frame| {
        let rows = if needs { needs_of(frame, clock_words) } else { services_of(frame) };
        let words = self::summary(&rows);
        put(has_summary, said(words));
        put(summary, words);
        for (name, mark, [state, why, value]) in &parts {
            let Some(row) = rows.iter().find(|row| row.name == *name) else { continue };
            mark.put(row.shown, &row.word);
            put(*state, row.state());
            put(*why, row.why.as_str());
            put(*value, row.value.as_str());
        }
    });
    view! {
        <p class="empty" data-said=has_summary>{summary}</p>
        <ul class="rows" data-part=if needs { "needs" } else { "services" }>{items}</ul>
    }
}

/// What stands there when the list shows nothing.
fn summary(rows: &[Row]) -> &'static str {
    let none = "Nothing needs anybody: no metric or service is at Warning or worse.";
    if rows.iter().any(|row| row.open) { "" } else { none }
}
