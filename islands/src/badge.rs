//! The worst of all platforms, and how many weddings there are today, at the top of every page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    hub,
    shape::{Mark, Shown, put, text},
};

/// One platform's share of the badge.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlatformLevel {
    pub platform: String,
    pub shown: Shown,
    pub weddings: Option<u32>,
}

#[island]
pub fn LevelBadge(platforms: Vec<PlatformLevel>) -> impl IntoView {
    let mark = Mark::new(worst(&platforms));
    let weddings = text(weddings_words(&platforms));
    let platforms = std::cell::RefCell::new(platforms);
    hub::on_frame(String::new(), move |frame| {
        let mut platforms = platforms.borrow_mut();
        for own in platforms.iter_mut().filter(|own| own.platform == frame.platform) {
            own.shown = Shown::of(frame.level, frame.answered_at.is_some());
            own.weddings = frame.weddings_today;
        }
        let worst = worst(&platforms);
        mark.put(worst, worst.word());
        put(weddings, weddings_words(&platforms));
    });
    view! {
        <p class="badge">{mark.view()}<span class="weddings" data-part="weddings">{weddings}</span></p>
    }
}

fn worst(platforms: &[PlatformLevel]) -> Shown {
    platforms.iter().map(|own| own.shown).max().unwrap_or_default()
}

fn weddings_words(platforms: &[PlatformLevel]) -> String {
    match platforms.iter().filter_map(|own| own.weddings).reduce(|one, other| one + other) {
        None => String::new(),
        Some(1) => "1 wedding today".to_owned(),
        Some(count) => format!("{count} weddings today"),
    }
}
