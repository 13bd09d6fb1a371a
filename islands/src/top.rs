//! At the top of every page: the worst of all platforms, weddings today, and how old that is. The age counts
//! by itself: silence never looks like health.

use domain::{monitoring::Level, time::lasting};
#[cfg(not(target_arch = "wasm32"))]
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::shape::Shown;
#[cfg(not(target_arch = "wasm32"))]
use crate::shape::level_view;

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

/// `now` is when the page was made; `as_of` is the oldest answer's time in words. `data-clocks` is what
/// `listen` begins from.
#[cfg(not(target_arch = "wasm32"))]
#[component]
pub fn Top(clocks: Vec<Standing>, now: i64, as_of: Option<String>) -> impl IntoView {
    let stale = clocks.iter().any(|clock| clock.is_stale(now)).then_some("");
    let shown = worst(&clocks);
    // Numbers, texts and flags: nothing in it can fail to be written.
    let facts = serde_json::to_string(&clocks).unwrap_or_default();
    view! {
        <p class="badge">
            {level_view(shown, shown.word())}
            <span class="weddings" data-part="weddings">{weddings_words(&clocks)}</span>
        </p>
        <p class="freshness" data-part="freshness" data-stale=stale data-clocks=facts>
            <span class="dot" aria-hidden="true"></span>
            <span data-part="age">{age_words(&clocks, now)}</span>
            <span class="late" role="status">{late_words(&clocks, now, |_| as_of.unwrap_or_default())}</span>
        </p>
    }
}

/// Keeps the age counting, and the rest as the frames say.
#[cfg(target_arch = "wasm32")]
pub fn listen() {
    use crate::{
        browser::{self, each, read, say},
        hub,
        shape::put_level,
    };
    use std::{cell::RefCell, rc::Rc};

    let mut found: Vec<Standing> = Vec::new();
    each("[data-clocks]", |top| {
        found = serde_json::from_str(&read(&top, "data-clocks")).unwrap_or_default();
    });
    // A page that shows no platform has nothing to count.
    if found.is_empty() {
        return;
    }
    let clocks = Rc::new(RefCell::new(found));
    let count = {
        let clocks = clocks.clone();
        move || {
            let clocks = clocks.borrow();
            let now = hub::now();
            let texts = [
                (".freshness [data-part=age]", age_words(&clocks, now)),
                (".freshness .late", late_words(&clocks, now, browser::clock_words)),
                (".badge .weddings", weddings_words(&clocks)),
            ];
            for (part, words) in texts {
                each(part, |part| say(&part, &words));
            }
            let worst = worst(&clocks);
            each(".badge", |badge| put_level(&badge, worst, worst.word()));
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
