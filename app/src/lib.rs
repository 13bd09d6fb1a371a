//! What a person sees: whole pages as text, drawn from what the backend hands over.
//!
//! Pure functions: no I/O, no clock. The server loads, calls one of these, and sends what it returns.

pub mod access;
pub mod actions;
pub mod alerts;
pub mod audit;
pub mod charts;
pub mod crises;
pub mod delivery;
pub mod diagnostics;
mod document;
mod error_page;
pub mod failover;
mod filtering;
mod monitoring;
pub mod notices;
mod now;
pub mod oncall;
mod shell;
#[cfg(test)]
mod well_made;
mod when;

pub use document::{Assets, Theme, start_script};
pub use error_page::error_page;
pub use monitoring::{ChartDrawing, RefusedRange, refused_range_page, samples};
pub use now::{now_page, performance_page};
pub use shell::{OpenCrises, Shell, ShellViewer, encoded};
pub use when::{full, weekday};
