//! What the console does: storage, connections to the outside, workers. No HTML.

pub mod access;
pub mod audit;
pub mod clock;
pub mod config;
pub mod connect;
pub mod db;
pub mod live;
pub mod monitoring;
#[cfg(test)]
mod testing;
pub mod tick;
