//! Watching: `/` and `/performance`.

mod cards;
mod figure;
mod now;
mod performance;
mod ranges;
mod refused_range;
pub mod samples;
#[cfg(test)]
mod tests;

pub use figure::ChartDrawing;
pub(crate) use now::{Beside, now_page};
pub(crate) use performance::performance_page;
pub use refused_range::{RefusedRange, refused_range_page};

use domain::live::Frame;

/// The worst first, so that a tab among many says it.
fn title(page: &str, frames: &[std::sync::Arc<Frame>]) -> String {
    let worst = frames.iter().filter_map(|frame| frame.level).max();
    match worst {
        Some(level) => format!("{level} \u{2013} {page} \u{2013} Bellwether"),
        None => format!("{page} \u{2013} Bellwether"),
    }
}
