//! The few parts of the pages that move in the browser. Each renders on the server from the same facts that
//! later arrive as frames, so a page without a script says all that it knew when it was asked for.
//!
//! The only crate that is compiled for the browser: it knows `domain` and addresses, nothing else.

mod browser;
mod card;
#[cfg(target_arch = "wasm32")]
mod chart;
mod headline;
mod hub;
#[cfg(target_arch = "wasm32")]
mod keys;
mod rows;
mod shape;
mod top;

pub use card::MetricCard;
pub use headline::headline_view;
pub use rows::{Row, needs_of, rows_view, services_of};
pub use shape::Shown;
pub use top::{Standing, Top, age_words};

/// Called once by the page's script, before any island.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    hub::start();
    chart::start();
    top::listen();
    card::listen();
    headline::listen();
    rows::listen();
    keys::start();
}
