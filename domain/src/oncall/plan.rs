//! Who hears of what, and when: the plan that escalation follows.

use serde::{Deserialize, Serialize};

use crate::monitoring::Level;

/// Who hears of one level, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// In order of time; the first is at once.
    pub steps: Vec<Step>,
    /// After the last step a page that nobody acknowledges is repeated this often, in milliseconds.
    pub repeat_every: i64,
    /// An acknowledgement without a note, a run or an improvement lapses after this, in milliseconds.
    pub acknowledged_for: i64,
}

/// One step of the escalation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Milliseconds after the beginning.
    pub after: i64,
    pub calls: Vec<Call>,
}

/// Whom a step tells, in one tier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Call {
    pub tier: u8,
    pub channel: bool,
    pub people: People,
}

/// When the people of a tier are called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum People {
    Never,
    Always,
    /// When the warning is past its alert line.
    WhenUrgent,
    /// When a wedding is hit.
    WhenWedding,
}

/// How bad a departure is and what that asks for. The later fields only say more of the same level, and count as a
/// rise too: somebody else has to hear.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Severity {
    pub level: Level,
    /// Past its alert line: a warning that calls somebody at once. Always so from critical on.
    pub urgent: bool,
    /// An emergency that hits a wedding of today or an open crisis.
    pub wedding: bool,
}

impl Severity {
    /// Says only what its level leaves open.
    pub fn new(level: Level, urgent: bool, wedding: bool) -> Severity {
        Severity {
            level,
            urgent: level >= Level::Critical || (urgent && level == Level::Warning),
            wedding: wedding && level == Level::Emergency,
        }
    }
}
