//! What the console does: storage, connections to the outside, workers. No HTML.

pub mod access;
pub mod actions;
pub mod alerts;
pub mod audit;
pub mod backup;
pub mod clock;
pub mod config;
pub mod connect;
pub mod crises;
pub mod db;
pub mod delivery;
pub mod diagnostics;
pub mod failover;
pub mod live;
pub mod monitoring;
pub mod notices;
pub mod oncall;
pub mod schedule;
pub mod sealing;
#[cfg(test)]
mod testing;
pub mod tick;
pub mod windows;
