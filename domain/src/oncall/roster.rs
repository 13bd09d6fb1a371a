//! Who is on call at one moment, tier by tier: what escalation decides from.

use serde::{Deserialize, Serialize};

use crate::access::PersonId;

/// The tiers with whoever is on call in each at one moment, in the order of their numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Roster {
    pub tiers: Vec<RosterTier>,
}

/// A step of the escalation chain at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RosterTier {
    /// 1 to 4 in the built-in configuration.
    pub number: u8,
    /// In words: "Platform engineering on-call".
    pub name: String,
    /// The channel of the configuration that the tier reads, when it has one: `ai-ops-alerts`.
    pub channel: Option<String>,
    pub on_call: OnCall,
}

/// Whom a tier's page goes to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "on_call", rename_all = "snake_case")]
pub enum OnCall {
    /// At least one.
    People { people: Vec<PersonId> },
    /// Another tier answers for this one, which is not staffed now: outside the wedding seasons.
    StandIn { tier: u8, people: Vec<PersonId>, why: String },
    /// A value, not an error: the tier is skipped, and `why` is said.
    Nobody { why: String },
}

impl OnCall {
    /// Empty when nobody is on call.
    pub fn people(&self) -> &[PersonId] {
        match self {
            OnCall::People { people } | OnCall::StandIn { people, .. } => people,
            OnCall::Nobody { .. } => &[],
        }
    }
}

impl Roster {
    pub fn tier(&self, number: u8) -> Option<&RosterTier> {
        self.tiers.iter().find(|tier| tier.number == number)
    }
}
