//! How old the page's data is. It counts by itself: silence never looks like health.

use domain::time::lasting;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One platform's newest usable answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Clock {
    pub platform: String,
    pub answered_at: Option<i64>,
    pub poll_every: i64,
}

impl Clock {
    pub fn is_stale(&self, now: i64) -> bool {
        self.answered_at.is_none_or(|answered_at| now - answered_at > 3 * self.poll_every)
    }
}

/// The age of the oldest: "12 s ago", "no answer for 4 min", "no answer yet".
pub fn age_words(clocks: &[Clock], now: i64) -> String {
    let Some(oldest) = clocks.iter().min_by_key(|clock| clock.answered_at) else { return String::new() };
    match oldest.answered_at {
        None => "no answer yet".to_owned(),
        Some(at) if oldest.is_stale(now) => format!("no answer for {}", lasting(now - at)),
        Some(at) => format!("{} ago", lasting(now - at)),
    }
}

/// `now` is when the page was made; `as_of` is the oldest answer's time in words.
#[island]
pub fn Freshness(clocks: Vec<Clock>, now: i64, as_of: Option<String>) -> impl IntoView {
    let age = RwSignal::new(age_words(&clocks, now));
    let stale = RwSignal::new(clocks.iter().any(|clock| clock.is_stale(now)));
    let as_of = RwSignal::new(as_of);
    #[cfg(target_arch = "wasm32")]
    keep_counting(clocks, age, stale, as_of);
    let late = move || {
        let as_of = stale.get().then(|| as_of.get()).flatten();
        as_of.map(|at| format!("as of {at}")).unwrap_or_default()
    };
    view! {
        <p class="freshness" data-part="freshness" data-stale=move || stale.get().then_some("")>
            <span class="dot" aria-hidden="true"></span>
            <span data-part="age">{move || age.get()}</span>
            <span class="late" role="status">{late}</span>
        </p>
    }
}

#[cfg(target_arch = "wasm32")]
fn keep_counting(
    clocks: Vec<Clock>,
    age: RwSignal<String>,
    stale: RwSignal<bool>,
    as_of: RwSignal<Option<String>>,
) {
    use crate::{browser, hub};
    use std::{cell::RefCell, rc::Rc};

    let clocks = Rc::new(RefCell::new(clocks));
    let count = {
        let clocks = clocks.clone();
        move || {
            let clocks = clocks.borrow();
            let now = hub::now();
            let words = age_words(&clocks, now);
            if age.with_untracked(|old| *old != words) {
                age.set(words);
            }
            let any = clocks.iter().any(|clock| clock.is_stale(now));
            if stale.get_untracked() != any {
                as_of.set(clocks.iter().filter_map(|c| c.answered_at).min().map(browser::clock_words));
                stale.set(any);
            }
            mark(&clocks, now);
        }
    };
    hub::on_frame(String::new(), {
        let count = count.clone();
        move |frame| {
            for clock in clocks.borrow_mut().iter_mut().filter(|clock| clock.platform == frame.platform) {
                clock.answered_at = frame.answered_at;
                clock.poll_every = frame.poll_every;
            }
            count();
        }
    });
    browser::every(1_000, count);
}

/// The stylesheet greys what stands under `data-stale`: a platform's own part, or the whole page.
#[cfg(target_arch = "wasm32")]
fn mark(clocks: &[Clock], now: i64) {
    use wasm_bindgen::JsCast;
    let Some(document) = crate::browser::document() else { return };
    let set = |element: &web_sys::Element, stale: bool| {
        if element.has_attribute("data-stale") != stale {
            let _ = element.toggle_attribute_with_force("data-stale", stale);
        }
    };
    if let Some(body) = document.body() {
        set(&body, clocks.iter().all(|clock| clock.is_stale(now)));
    }
    let Ok(parts) = document.query_selector_all("[data-platform]") else { return };
    for index in 0..parts.length() {
        let Some(part) = parts.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else {
            continue;
        };
        let platform = part.get_attribute("data-platform");
        if let Some(clock) = clocks.iter().find(|clock| Some(&clock.platform) == platform.as_ref()) {
            set(&part, clock.is_stale(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_answer_is_the_age_of_the_page() {
        let clock = |at: Option<i64>| Clock { platform: String::new(), answered_at: at, poll_every: 30_000 };
        let now = 1_000_000;
        assert_eq!(age_words(&[clock(Some(now - 12_000)), clock(Some(now))], now), "12 s ago");
        assert_eq!(age_words(&[clock(Some(now - 240_000))], now), "no answer for 4 min");
        assert_eq!(age_words(&[clock(Some(now)), clock(None)], now), "no answer yet");
    }
}
