//! Alerts on an open page: the number beside their name, lists that are drawn anew, what is announced, clocks that
//! count on their own, and the keys of a list.

use domain::time::{SECOND, lasting};
#[cfg(not(target_arch = "wasm32"))]
use {crate::Shown, domain::live::AlertsFrame, leptos::prelude::*};

/// "16 min left", "over": what a clock says that ends at a moment.
pub fn clock_left(until: i64, now: i64) -> String {
    if until - now < SECOND { "over".to_owned() } else { format!("{} left", lasting(until - now)) }
}

/// How many are open, beside the name of their page; the stylesheet shows no nought.
#[cfg(not(target_arch = "wasm32"))]
pub fn alerts_count_view(alerts: &AlertsFrame) -> AnyView {
    view! {
        <span
            class="count"
            data-alerts-count=alerts.open.to_string()
            data-changes=alerts.changes.to_string()
            data-level=Shown::of(alerts.worst, true).code()
        >
            <span data-part="count">{alerts.open}</span>
            <span class="unseen">" open"</span>
        </span>
    }
    .into_any()
}

#[cfg(target_arch = "wasm32")]
pub use moving::{acknowledge, start, step};

#[cfg(target_arch = "wasm32")]
mod moving {
    use std::{cell::Cell, collections::BTreeSet, rc::Rc};

    use domain::{live::AlertsFrame, monitoring::Level, time::lasting};
    use wasm_bindgen::JsCast;

    use crate::{
        Shown,
        browser::{self, each, each_in, read, say, set},
        drawing, hub,
    };

    /// A list stays as it is for so long after a finger or a pointer was on it, in milliseconds.
    const TOUCHED_FOR: i64 = 4_000;
    const CHANGED: &str = "Changed \u{2013} show";

    pub fn start() {
        browser::every(1_000, count_clocks);
        let known = Rc::new(Cell::new(None::<(u64, BTreeSet<String>)>));
        // What the page was made with: the first event may say nothing new.
        let mut made_with = None;
        each("[data-changes]", |count| made_with = read(&count, "data-changes").parse::<u64>().ok());
        watch_touches();
        browser::each("[data-alerts-bar] button", |button| {
            browser::on(&button, "click", |_| {
                draw_lists(true);
                // The button goes away with its bar: the focus stays on the page.
                each("#main", |main| {
                    if let Ok(main) = main.dyn_into::<web_sys::HtmlElement>() {
                        let _ = main.focus();
                    }
                });
            });
        });
        hub::on_alerts(move |frame| {
            say_count(frame);
            let ids: BTreeSet<String> = frame.newest.iter().map(|news| news.id.clone()).collect();
            let before = known.take();
            let last = before.as_ref().map(|(changes, _)| *changes).or(made_with);
            let changed = last != Some(frame.changes);
            if let Some((_, before)) = &before {
                announce(frame, before);
            }
            known.set(Some((frame.changes, ids)));
            if changed {
                lists_changed(frame);
            }
        });
    }

    fn say_count(frame: &AlertsFrame) {
        each("[data-alerts-count]", |count| {
            set(&count, "data-alerts-count", &frame.open.to_string());
            set(&count, "data-level", Shown::of(frame.worst, true).code());
            each_in(&count, "[data-part=count]", |part| say(&part, &frame.open.to_string()));
        });
        each("[data-alerts-title]", |_| {
            if let Some(document) = browser::document() {
                let firing = if frame.firing > 0 {
                    format!("\u{25cf} {} firing \u{2013} ", frame.firing)
                } else {
                    String::new()
                };
                document.set_title(&format!("{firing}Alerts \u{2013} Bellwether"));
            }
        });
    }

    /// Only an emergency interrupts.
    fn announce(frame: &AlertsFrame, before: &BTreeSet<String>) {
        let fresh: Vec<_> = frame.newest.iter().filter(|news| !before.contains(&news.id)).collect();
        let Some(worst) = fresh.iter().max_by_key(|news| news.level) else { return };
        let more = if fresh.len() > 1 { format!(", and {} more", fresh.len() - 1) } else { String::new() };
        let level = worst.level.map(Level::word).unwrap_or_default();
        let words = format!("New alert: {level}, {}{more}.", worst.title);
        let place = if worst.level == Some(Level::Emergency) { "assertive" } else { "polite" };
        each(&format!("[data-alerts-said={place}]"), |part| say(&part, &words));
    }

    /// Lists are drawn anew, unless somebody is at one: then a bar says what is new.
    fn lists_changed(frame: &AlertsFrame) {
        let mut busy = false;
        each("[data-alerts-list]", |list| busy |= is_used(&list));
        if !busy {
            draw_lists(false);
            return;
        }
        let mut shown = BTreeSet::new();
        each("[data-alerts-list] [data-alert]", |row| {
            shown.insert(read(&row, "data-alert"));
        });
        // The page of one alert has no list to which a new one would be added.
        let mut is_list = true;
        each("[data-alert-page]", |_| is_list = false);
        let fresh = frame.newest.iter().filter(|news| is_list && !shown.contains(&news.id)).count();
        let words = if fresh > 0 { format!("{fresh} new \u{2013} show") } else { CHANGED.to_owned() };
        show_bar(&words);
    }

    fn show_bar(words: &str) {
        each("[data-alerts-bar]", |bar| {
            each_in(&bar, "button", |button| say(&button, words));
            let _ = bar.remove_attribute("hidden");
        });
    }

    thread_local! {
        static TOUCHED: Cell<i64> = const { Cell::new(0) };
    }

    fn watch_touches() {
        each("[data-alerts-list]", |list| {
            for event in ["pointerdown", "pointermove", "touchmove"] {
                browser::on(&list, event, |_| TOUCHED.set(js_sys::Date::now() as i64));
            }
        });
    }

    /// Touched, focused, or with something chosen, opened or typed in it.
    fn is_used(list: &web_sys::Element) -> bool {
        let mut used = list.matches(":focus-within").unwrap_or(false);
        each_in(list, "input:checked, details[open]", |_| used = true);
        each_in(list, "textarea, input", |field| {
            let says = |what: &str| js_sys::Reflect::get(&field, &what.into()).ok();
            used |= says("value") != says("defaultValue");
        });
        used || drawing::is_pressed(list) || js_sys::Date::now() as i64 - TOUCHED.get() < TOUCHED_FOR
    }

    /// `wanted`: by the bar, whatever somebody is at.
    fn draw_lists(wanted: bool) {
        each("[data-alerts-bar]", |bar| set(&bar, "hidden", ""));
        each("[data-alerts-list]", |list| {
            let address = read(&list, "data-alerts-list");
            let place = list.clone();
            let draw = move |html: Option<String>| {
                let Some(html) = html else { return };
                // Somebody may have begun to type since it was asked for.
                if !wanted && is_used(&place) {
                    show_bar(CHANGED);
                    return;
                }
                if let Some(fresh) = drawing::news(&place, &html) {
                    drawing::put(&place, &fresh);
                    mark_alerted();
                }
            };
            browser::fetch_text(&address, Box::new(draw));
        });
    }

    /// What an alert says already need not be said a second time below it.
    fn mark_alerted() {
        let mut said = BTreeSet::new();
        each("[data-alerts-list] [data-about]", |row| {
            said.insert(read(&row, "data-about"));
        });
        each("[data-rows=needs] li", |row| {
            let is_said = said.contains(&read(&row, "data-name"));
            let _ = row.toggle_attribute_with_force("data-alerted", is_said);
        });
    }

    fn count_clocks() {
        let now = hub::now();
        each("[data-until]", |clock| {
            if let Ok(until) = read(&clock, "data-until").parse() {
                say(&clock, &super::clock_left(until, now));
            }
        });
        each("[data-since]", |clock| {
            if let Ok(since) = read(&clock, "data-since").parse::<i64>() {
                say(&clock, &lasting(now - since));
            }
        });
    }

    /// Presses the button of the alert that has the focus, else of the one that the page is about. Never anything else.
    pub fn acknowledge() {
        let focused = browser::document().and_then(|document| document.active_element());
        let row = focused.and_then(|focused| focused.closest("[data-alert]").ok().flatten());
        let mut within = row;
        if within.is_none() {
            each("[data-alert-page]", |page| within = Some(page));
        }
        let Some(within) = within else { return };
        if let Ok(Some(button)) = within.query_selector("button[data-acknowledge]")
            && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
        {
            button.click();
        }
    }

    /// To the link of the next alert of the page's list, or of the one before.
    pub fn step(by: i32) {
        let mut links = Vec::new();
        each("[data-alert] a[data-part=alert-link]", |link| links.push(link));
        let focused = browser::document().and_then(|document| document.active_element());
        let row = focused.and_then(|focused| focused.closest("[data-alert]").ok().flatten());
        let here = links.iter().position(|link| row.as_ref().is_some_and(|row| row.contains(Some(link))));
        let next = match (here, by) {
            (None, _) => 0,
            (Some(here), 1) => here + 1,
            (Some(here), _) => here.saturating_sub(1),
        };
        if let Some(link) = links.get(next.min(links.len().saturating_sub(1)))
            && let Ok(link) = link.clone().dyn_into::<web_sys::HtmlElement>()
        {
            let _ = link.focus();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_counts_down_and_then_says_that_it_is_over() {
        assert_eq!(clock_left(16 * 60_000, 0), "16 min left");
        assert_eq!(clock_left(59_000, 0), "59 s left");
        assert_eq!(clock_left(900, 0), "over");
        assert_eq!(clock_left(0, 60_000), "over");
    }
}
