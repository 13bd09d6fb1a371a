//! What was seen and pinned to an alert.

use super::Who;
use crate::time::Millis;

/// What somebody saw while looking closer, as they saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The name of the look: pinned twice it is there once.
    pub look: String,
    /// "Pods"
    pub kind: String,
    /// What was looked at: "wedsync, optimization".
    pub of: String,
    pub seen_at: Millis,
    /// "2 of 3 pods are ready; …"
    pub title: String,
    /// All of it as text, masked and bounded.
    pub content: String,
}

/// Evidence as it hangs on an alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PinnedEvidence {
    pub evidence: Evidence,
    pub at: Millis,
    pub by: Who,
    /// Empty where nothing was said.
    pub note: String,
}
