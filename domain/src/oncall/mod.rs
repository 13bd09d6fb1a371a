//! Who is called: rotations, tiers, and the roster of a moment.

mod roster;

pub use roster::{OnCall, Roster, RosterTier};
