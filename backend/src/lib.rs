//! What the console does: storage, connections to the outside, workers. No HTML.

pub mod clock;
pub mod config;
pub mod connect;
pub mod monitoring;
