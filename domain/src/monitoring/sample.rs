//! One poll's answer.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{MetricKey, Unit};
use crate::time::Millis;

/// What is measured of what: a metric of the platform (`response_time_ms`) or of one of its
/// services (`optimization/response_time_ms`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeriesKey(pub String);

impl SeriesKey {
    pub fn platform(metric: &MetricKey) -> SeriesKey {
        SeriesKey(metric.0.clone())
    }

    pub fn service(service: &str, metric: &MetricKey) -> SeriesKey {
        SeriesKey(format!("{service}/{metric}"))
    }
}

impl From<&str> for SeriesKey {
    fn from(key: &str) -> Self {
        SeriesKey(key.to_owned())
    }
}

impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What came of a poll.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// An answer that could be read. Single fields of it may still be unknown: see `Sample::faults`.
    Answered,
    /// No answer: time-out, refused connection, reset, or a 5xx.
    Missed { reason: String },
    /// Something came that is not an answer: HTML, too large, not JSON, a redirect.
    Bad { reason: String },
}

impl Outcome {
    /// The word in storage, in `bellwether_polls_total{outcome}` and in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Answered => "answered",
            Outcome::Missed { .. } => "missed",
            Outcome::Bad { .. } => "bad",
        }
    }

    pub fn reason(&self) -> Option<&str> {
        match self {
            Outcome::Answered => None,
            Outcome::Missed { reason } | Outcome::Bad { reason } => Some(reason),
        }
    }
}

/// What the platform says of itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformStatus {
    Healthy,
    Degraded,
    Down,
}

/// What the platform says of one of its services.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineState {
    Operational,
    Degraded,
    Down,
}

/// One poll of one platform: a time, what came of it, and the values that are known. What is not
/// known is absent; it is never zero.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    pub at: Millis,
    pub outcome: Outcome,
    pub status: Option<PlatformStatus>,
    /// By service key: `optimization`, `recommendation`, `crisis`.
    pub services: BTreeMap<String, EngineState>,
    /// Finite and in range for the metric's unit.
    pub readings: BTreeMap<SeriesKey, f64>,
    /// Fields that were refused, each with its reason: "accuracy_rate: 1.7 is above 1".
    pub faults: Vec<String>,
    pub weddings_today: Option<u32>,
}

impl Sample {
    /// A poll with nothing in it yet.
    pub fn empty(at: Millis, outcome: Outcome) -> Sample {
        Sample {
            at,
            outcome,
            status: None,
            services: BTreeMap::new(),
            readings: BTreeMap::new(),
            faults: Vec::new(),
            weddings_today: None,
        }
    }

    pub fn missed(at: Millis, reason: impl Into<String>) -> Sample {
        Sample::empty(at, Outcome::Missed { reason: reason.into() })
    }

    pub fn bad(at: Millis, reason: impl Into<String>) -> Sample {
        Sample::empty(at, Outcome::Bad { reason: reason.into() })
    }

    pub fn is_answered(&self) -> bool {
        self.outcome == Outcome::Answered
    }

    pub fn reading(&self, metric: &MetricKey) -> Option<f64> {
        self.readings.get(metric.as_str()).copied()
    }

    /// Takes a value in when it is possible for its unit; otherwise the value stays unknown and the
    /// reason is kept.
    pub fn take_in(&mut self, key: SeriesKey, unit: Unit, value: f64) {
        match unit.accept(value) {
            Ok(value) => {
                self.readings.insert(key, value);
            }
            Err(why) => self.faults.push(format!("{key}: {why}")),
        }
    }
}

impl std::borrow::Borrow<str> for SeriesKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Why a number cannot be a value of its unit.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum OutOfRange {
    #[error("not a finite number")]
    NotFinite,
    #[error("{0} is below 0")]
    Negative(f64),
    #[error("{0} is above 1")]
    AboveOne(f64),
    #[error("{0} is beyond anything measured here")]
    TooLarge(f64),
}

impl Unit {
    /// The value itself when it can be one of this unit.
    ///
    /// # Errors
    /// NaN and infinities, negative values, a ratio above 1, and numbers past 10^15.
    pub fn accept(self, value: f64) -> Result<f64, OutOfRange> {
        if !value.is_finite() {
            Err(OutOfRange::NotFinite)
        } else if value < 0.0 {
            Err(OutOfRange::Negative(value))
        } else if self == Unit::Ratio && value > 1.0 {
            Err(OutOfRange::AboveOne(value))
        } else if value > 1e15 {
            Err(OutOfRange::TooLarge(value))
        } else {
            // -0.0 is stored as 0.0, so that equal values have one text.
            Ok(value + 0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_values_stay_unknown_and_say_why() {
        let mut sample = Sample::empty(Millis(0), Outcome::Answered);
        sample.take_in("accuracy_rate".into(), Unit::Ratio, 1.7);
        sample.take_in("response_time_ms".into(), Unit::Milliseconds, -4.0);
        sample.take_in("queue_length".into(), Unit::Count, f64::NAN);
        sample.take_in("availability".into(), Unit::Ratio, 1.0);
        assert_eq!(
            sample.faults,
            [
                "accuracy_rate: 1.7 is above 1",
                "response_time_ms: -4 is below 0",
                "queue_length: not a finite number"
            ]
        );
        assert_eq!(sample.readings.len(), 1);
        assert_eq!(sample.reading(&"availability".into()), Some(1.0));
    }
}
