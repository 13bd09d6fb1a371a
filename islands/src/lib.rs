//! The few parts of the pages that move in the browser. Each renders on the server from the same facts that
//! later arrive as frames, so a page without a script says all that it knew when it was asked for.
//!
//! The only crate that is compiled for the browser: it knows `domain` and addresses, nothing else.

#[cfg(target_arch = "wasm32")]
mod actions;
mod alerts;
#[cfg(target_arch = "wasm32")]
mod browser;
mod card;
#[cfg(target_arch = "wasm32")]
mod chart;
#[cfg(target_arch = "wasm32")]
mod drawing;
mod headline;
#[cfg(target_arch = "wasm32")]
mod hub;
#[cfg(target_arch = "wasm32")]
mod keys;
#[cfg(target_arch = "wasm32")]
mod log;
#[cfg(target_arch = "wasm32")]
mod reader;
#[cfg(any(target_arch = "wasm32", test))]
mod reading;
mod rows;
mod shape;
mod top;

pub use alerts::clock_left;
pub use rows::{Row, needs_of, services_of};
pub use shape::Shown;
pub use top::{Standing, age_words};

// What the server writes; the browser only puts new words into it, and needs nothing to write it with.
#[cfg(not(target_arch = "wasm32"))]
pub use alerts::alerts_count_view;
#[cfg(not(target_arch = "wasm32"))]
pub use card::MetricCard;
#[cfg(not(target_arch = "wasm32"))]
pub use headline::headline_view;
#[cfg(not(target_arch = "wasm32"))]
pub use rows::rows_view;
#[cfg(not(target_arch = "wasm32"))]
pub use shape::{level_view, shape_view};
#[cfg(not(target_arch = "wasm32"))]
pub use top::Top;

/// Called once by the page's script.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start() {
    hub::start();
    chart::start();
    top::listen();
    card::listen();
    headline::listen();
    rows::listen();
    drawing::start();
    alerts::start();
    actions::start();
    log::start();
    keys::start();
    reader::start();
}
