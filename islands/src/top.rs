//! At the top of every page: the worst of all platforms, weddings today, and how old that is. The age counts
//! by itself: silence never looks like health.

use domain::{monitoring::Level, time::lasting};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::shape::{Mark, Shown, Text, text};

/// What the top of a page knows of one platform.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Standing {
    pub platform: String,
    pub level: Option<Level>,
    /// Whether its newest answer holds anything that can be read.
    pub known: bool,
    pub weddings: Option<u32>,
    pub answered_at: Option<i64>,
    pub poll_every: i64,
}

impl Standing {
    pub fn is_stale(&self, now: i64) -> bool {
        self.answered_at.is_none_or(|answered_at| now - answered_at > 3 * self.poll_every)
    }
}

/// The age of the oldest: "12 s ago", "no answer for 4 min", "no answer yet".
pub fn age_words(clocks: &[Standing], now: i64) -> String {
    let Some(oldest) = clocks.iter().min_by_key(|clock| clock.answered_at) else { return String::new() };
    match oldest.answered_at {
        None => "no answer yet".to_owned(),
        Some(at) if oldest.is_stale(now) => format!("no answer for {}", lasting(now - at)),
        Some(at) => format!("{} ago", lasting(now - at)),
    }
}

/// "as of 03:12" when a platform is stale, nothing otherwise.
fn late_words(clocks: &[Standing], now: i64, as_of: impl FnOnce(i64) -> String) -> String {
    let oldest = clocks.iter().filter_map(|clock| clock.answered_at).min();
    let stale = clocks.iter().any(|clock| clock.is_stale(now));
    oldest.filter(|_| stale).map(|at| format!("as of {}", as_of(at))).unwrap_or_default()
}

/// `now` is when the page was made; `as_of` is the oldest answer's time in words.
#[island]
pub fn Top(clocks: Vec<Standing>, now: i64, as_of: Option<String>) -> impl IntoView {
    let stale = clocks.iter().any(|clock| clock.is_stale(now)).then_some("");
    let age = text(age_words(&clocks, now));
    let late = text(late_words(&clocks, now, |_| as_of.unwrap_or_default()));
    let mark = Mark::new(worst(&clocks));
    let weddings = text(weddings_words(&clocks));
    keep_counting(clocks, [age, late, weddings], mark);
    view! {
        <p class="badge">{mark.view()}<span class="weddings" data-part="weddings">{weddings}</span></p>
        <p class="freshness" data-part="freshness" data-stale=stale>
            <span class="dot" aria-hidden="true"></span>
            <span data-part="age">{age}</span>
            <span class="late" role="status">{late}</span>
        </p>
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn keep_counting(_clocks: Vec<Standing>, _texts: [Text; 3], _mark: Mark) {}

#[cfg(target_arch = "wasm32")]
fn keep_counting(clocks: Vec<Standing>, [age, late, weddings]: [Text; 3], mark: Mark) {
    use crate::{browser, hub, shape::put};
    use std::{cell::RefCell, rc::Rc};

    let clocks = Rc::new(RefCell::new(clocks));
    let count = {
        let clocks = clocks.clone();
        move || {
            let clocks = clocks.borrow();
            let now = hub::now();
            put(age, age_words(&clocks, now));
            put(late, late_words(&clocks, now, browser::clock_words));
            put(weddings, weddings_words(&clocks));
            let worst = worst(&clocks);
            mark.put(worst, worst.word());
            mark_stale(&clocks, now);
        }
    };
    hub::on_frame(String::new(), {
        let count = count.clone();
        move |frame| {
            for clock in clocks.borrow_mut().iter_mut().filter(|clock| clock.platform == frame.platform) {
                clock.level = frame.level;
                clock.known = Shown::of_frame(frame) != Shown::Unknown;
                clock.weddings = frame.weddings_today;
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
fn mark_stale(clocks: &[Standing], now: i64) {
    use crate::browser::{document, each};
    let set = |element: &web_sys::Element, stale: bool| {
        if element.has_attribute("data-stale") != stale {
            let _ = element.toggle_attribute_with_force("data-stale", stale);
        }
    };
    if let Some(body) = document().and_then(|document| document.body()) {
        set(&body, clocks.iter().all(|clock| clock.is_stale(now)));
    }
    each("[data-part=freshness]", |part| set(&part, clocks.iter().any(|clock| clock.is_stale(now))));
    each("[data-platform]", |part| {
        let platform = part.get_attribute("data-platform");
        if let Some(clock) = clocks.iter().find(|clock| Some(&clock.platform) == platform.as_ref()) {
            set(&part, clock.is_stale(now));
        }
    });
}

fn worst(platforms: &[Standing]) -> Shown {
    platforms.iter().map(|own| Shown::of(own.level, own.known)).max().unwrap_or_default()
}

fn weddings_words(platforms: &[Standing]) -> String {
    match platforms.iter().filter_map(|own| own.weddings).reduce(|one, other| one + other) {
        None => String::new(),
        Some(1) => "1 wedding today".to_owned(),
        Some(count) => format!("{count} weddings today"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_answer_is_the_age_of_the_page() {
        let clock = |at: Option<i64>| Standing {
            platform: String::new(),
            level: None,
            known: true,
            weddings: None,
            answered_at: at,
            poll_every: 30_000,
        };
        let now = 1_000_000;
        assert_eq!(age_words(&[clock(Some(now - 12_000)), clock(Some(now))], now), "12 s ago");
        assert_eq!(age_words(&[clock(Some(now - 240_000))], now), "no answer for 4 min");
        assert_eq!(age_words(&[clock(Some(now)), clock(None)], now), "no answer yet");
    }
}
