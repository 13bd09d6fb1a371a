//! The worst of all platforms, and how many weddings there are today, at the top of every page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{hub, shape::Shown, shape::level_mark};

/// One platform's share of the badge.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlatformLevel {
    pub platform: String,
    pub shown: Shown,
    pub weddings: Option<u32>,
}

#[island]
pub fn LevelBadge(platforms: Vec<PlatformLevel>) -> impl IntoView {
    let platforms = RwSignal::new(platforms);
    hub::on_frame(String::new(), move |frame| {
        platforms.update(|platforms| {
            for own in platforms.iter_mut().filter(|own| own.platform == frame.platform) {
                own.shown = Shown::of(frame.level, frame.answered_at.is_some());
                own.weddings = frame.weddings_today;
            }
        });
    });
    let worst = move || platforms.with(|all| all.iter().map(|own| own.shown).max().unwrap_or_default());
    let weddings = move || {
        let count = platforms.with(|all| all.iter().filter_map(|own| own.weddings).reduce(|a, b| a + b));
        match count {
            None => String::new(),
            Some(1) => "1 wedding today".to_owned(),
            Some(count) => format!("{count} weddings today"),
        }
    };
    view! {
        <p class="badge">
            {level_mark(worst)}
            <span class="weddings" data-part="weddings">{weddings}</span>
        </p>
    }
}
