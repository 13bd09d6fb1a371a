//! Watching the platform: what was polled, what it comes to, what the pages and charts show.

pub mod charts;
pub mod import;
pub mod recording;
pub mod shown;
mod store;
#[cfg(test)]
mod tests;
pub mod watch;
