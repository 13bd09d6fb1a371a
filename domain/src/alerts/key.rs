//! What an alert is about, and how bad that is.

use std::fmt;

use serde::{Deserialize, Serialize};

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
