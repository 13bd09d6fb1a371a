//! What an alert is about, and how bad that is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::monitoring::Level;

/// Nothing usable has come from the platform.
pub const UNANSWERED: &str = "unanswered";
/// What the platform says of one of its services.
pub const ENGINE_STATE: &str = "engine_state";
/// A crisis waits too long for the AI's answer, or its handling failed.
pub const CRISIS_RESPONSE: &str = "crisis_response";

/// Which alert: a UUIDv7 as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(pub String);

impl AlertId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What departs: at most one alert is open for it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct AlertKey {
    pub platform: String,
    /// The key of the service; `None` is the platform as a whole.
    pub service: Option<String>,
    /// The key of a metric, one of the words above, or the fingerprint of an alert that came from outside.
    pub metric: String,
}

impl AlertKey {
    pub fn new(platform: &str, service: Option<&str>, metric: &str) -> AlertKey {
        AlertKey {
            platform: platform.to_owned(),
            service: service.map(str::to_owned),
            metric: metric.to_owned(),
        }
    }
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
