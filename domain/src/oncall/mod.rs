//! Who is called: rotations, tiers, and the roster of a moment.

mod chain;
mod escalation;
mod hours;
mod plan;
mod roster;
mod rotation;
mod season;
mod shift;
#[cfg(test)]
mod tests;
mod written;

pub use chain::{Chain, Staffing, Tier};
pub use escalation::{Effect, Paging};
pub use hours::{Hours, Share};
pub use plan::{Call, People, Plan, Severity, Step};
pub use roster::{OnCall, Roster, RosterTier};
pub use rotation::{Gap, Left, Override, Rotation, Who};
pub use season::{NotASeason, Season, Seasons};
pub use shift::Shift;
pub use written::{Document, DocumentError, Fault, Field, MOST_PEOPLE, MOST_WEEKS, Written};
