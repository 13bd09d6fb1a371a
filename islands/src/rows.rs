//! Lists that a frame changes in place: the services with their states, and what somebody has to look at.

use domain::{live::Frame, monitoring::Level};
#[cfg(not(target_arch = "wasm32"))]
use leptos::prelude::*;

#[cfg(not(target_arch = "wasm32"))]
use crate::shape::level_view;
use crate::shape::{Shown, said};

/// One line. All lines are in the page and those that say nothing now are hidden: so nothing ever changes places.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    shown: Shown,
    /// Beside the shape.
    word: String,
    name: String,
    /// "past the alert line of 10 s, since 02:56"
    why: String,
    value: String,
    open: bool,
    /// An alert beside it says the same.
    alerted: bool,
}

impl Row {
    /// By this value the stylesheet hides the row.
    fn state(&self) -> &'static str {
        if self.open { "open" } else { "none" }
    }

    /// Not to be said a second time when its name is among these.
    #[must_use]
    pub fn said_by(self, alerts: &std::collections::BTreeSet<String>) -> Row {
        Row { alerted: alerts.contains(&self.name), ..self }
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
        alerted: false,
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
            alerted: false,
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
///
/// The lines stay, and `listen` puts new words into them.
#[cfg(not(target_arch = "wasm32"))]
pub fn rows_view(platform: String, needs: bool, rows: Vec<Row>) -> AnyView {
    let words = summary(&rows);
    let items: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let (state, name) = (row.state(), row.name.clone());
            view! {
                <li data-row=state data-name=row.name data-alerted=row.alerted.then_some("")>
                    {level_view(row.shown, &row.word)}
                    <span class="what"><span class="name">{name}</span><span class="why">{row.why}</span></span>
                    <span class="number">{row.value}</span>
                </li>
            }
        })
        .collect();
    let part = if needs { "needs" } else { "services" };
    view! {
        <div data-rows=part data-platform-of=platform>
            <p class="empty" data-said=said(words)>{words}</p>
            <ul class="rows" data-part=part>{items}</ul>
        </div>
    }
    .into_any()
}

/// Puts what each frame says into the lists of the page.
#[cfg(target_arch = "wasm32")]
pub fn listen() {
    use crate::{
        browser::{each, each_in, say, set},
        shape::put_level,
    };

    each("[data-rows]", |list| {
        let needs = list.get_attribute("data-rows").as_deref() == Some("needs");
        crate::hub::on_frame(list.get_attribute("data-platform-of").unwrap_or_default(), move |frame| {
            let rows = if needs { needs_of(frame, crate::browser::clock_words) } else { services_of(frame) };
            let words = summary(&rows);
            each_in(&list, ".empty", |part| {
                set(&part, "data-said", said(words));
                say(&part, words);
            });
            each_in(&list, "li", |item| {
                let name = item.get_attribute("data-name").unwrap_or_default();
                let Some(row) = rows.iter().find(|row| row.name == name) else { return };
                set(&item, "data-row", row.state());
                put_level(&item, row.shown, &row.word);
                for (part, words) in [(".why", &row.why), (".number", &row.value)] {
                    each_in(&item, part, |part| say(&part, words));
                }
            });
        });
    });
}

/// What stands there when the list shows nothing.
fn summary(rows: &[Row]) -> &'static str {
    let none = "Nothing needs anybody: no metric or service is at Warning or worse.";
    if rows.iter().any(|row| row.open) { "" } else { none }
}
