//! The few parts of the pages that move in the browser. Each renders on the server from the same facts that
//! later arrive as frames, so a page without a script says all that it knew when it was asked for.
//!
//! The only crate that is compiled for the browser: it knows `domain` and addresses, nothing else.

mod badge;
mod browser;
mod card;
#[cfg(target_arch = "wasm32")]
mod chart;
mod freshness;
mod headline;
mod hub;
#[cfg(target_arch = "wasm32")]
mod keys;
mod needs;
mod services;
mod shape;

pub use badge::{LevelBadge, PlatformLevel};
pub use card::MetricCard;
pub use freshness::{Clock, Freshness, age_words};
pub use headline::Headline;
pub use needs::{Need, Needs, needs_of};
pub use services::Services;
pub use shape::Shown;

/// Called once by the page's script, before any island.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    hub::start();
    chart::start();
    keys::start();
}
