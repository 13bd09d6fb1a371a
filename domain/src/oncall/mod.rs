//! Who is called: rotations, tiers, and the roster of a moment.

mod escalation;
mod roster;

pub use escalation::{Effect, Paging};
pub use roster::{OnCall, Roster, RosterTier};
