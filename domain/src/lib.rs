//! What the rules are: levels, degradation, roll-ups, ranges and the sentences that say them.
//!
//! No I/O, no clock, no async: everything here is a function of its arguments, and compiles for the browser too.

pub mod access;
pub mod actions;
pub mod alerts;
pub mod audit;
pub mod crises;
pub mod delivery;
pub mod diagnostics;
pub mod failover;
pub mod live;
pub mod monitoring;
pub mod notices;
pub mod oncall;
pub mod schedule;
pub mod sealing;
pub mod time;
pub mod windows;
pub mod words;
