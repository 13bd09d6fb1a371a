//! A platform that behaves, and misbehaves, on command.
//!
//! What it reports is a function of the seed, of what was switched on when, and of the time: the same three give the
//! same values, live or as history. It shares nothing with the console, so that a wrong field name cannot be wrong on
//! both sides.

pub mod answer;
pub mod chance;
pub mod clock;
pub mod cluster;
pub mod command;
pub mod control_page;
pub mod crises;
pub mod effects;
pub mod faults;
pub mod figures;
pub mod history;
pub mod lies;
pub mod order;
pub mod past;
pub mod platform;
pub mod routes;
pub mod scenario;
pub mod seasons;
pub mod serve;
pub mod sinks;
pub mod truth;
pub mod vitals;
pub mod weddings;
pub mod wire;
pub mod world;
