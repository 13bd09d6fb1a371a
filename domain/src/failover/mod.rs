//! What guards a service that fails, and what is done about it: breakers, failover and failback.

mod automatic;
mod breaker;
mod hold;
mod outcome;
mod recovery;
mod snapshot;
#[cfg(test)]
mod tests;
pub mod wording;

pub use automatic::{
    Asked, Automatic, BETWEEN_FAILOVERS, Course, Decision, FailedOver, InEffect, Looked, Matter, Mode,
    Proposed, STEADY, Settings,
};
pub use breaker::{
    Breaker, BreakerState, Counts, Failed, LATE_AFTER, PROBE_WITHIN, Position, Probe, Rule, Transition, Why,
};
pub use hold::{HoldRefused, LONGEST_HOLD};
pub use outcome::{Came, Fault, MOST_OUTCOMES, Outcome, Poll};
pub use recovery::Recovery;
pub use snapshot::{BreakerView, HoldView};
