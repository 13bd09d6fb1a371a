//! What became of each message to staff, on the page of its alert; and the page by which a link in a mail acknowledges.

mod acknowledge;
mod fates;
pub mod samples;
#[cfg(test)]
mod tests;

pub use acknowledge::{Acknowledge, Acknowledged, acknowledge_page, acknowledged_page, link_over_page};
pub use fates::{Fates, fates};
