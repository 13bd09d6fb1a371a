//! Lasting departures from what is well: how one begins, is judged, acknowledged and resolved.

mod alert;
mod evidence;
mod finding;
mod history;
mod key;
mod memory;
pub mod outside;
mod policy;
mod storm;
#[cfg(test)]
mod tests;
mod track;
pub mod wording;

pub use crate::oncall::{Call, People, Plan, Severity, Step};
pub use alert::{Alert, AlertState, Happening, REOPEN_WITHIN, Refusal, Resolution, Who};
pub use evidence::{Evidence, PinnedEvidence};
pub use finding::Context;
pub use history::{History, World, apply};
pub use key::{AlertId, AlertKey, CRISIS_RESPONSE, ENGINE_STATE, UNANSWERED};
pub use memory::{Change, ChangeOf, Memory, Pending};
pub use policy::{Debounce, Policy};
pub use storm::{Lately, STORM_OVER, STORM_WITHIN, Sending, fold};
