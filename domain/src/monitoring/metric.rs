//! What is measured, and the lines it is judged by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a metric in configuration, storage, addresses and API: `response_time_ms`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricKey(pub String);

impl MetricKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for MetricKey {
    fn from(key: &str) -> Self {
        MetricKey(key.to_owned())
    }
}

impl fmt::Display for MetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which direction is good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Lower,
    Higher,
}

/// What the stored number means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Milliseconds; shown as ms or s.
    Milliseconds,
    /// 0 to 1; shown in per cent.
    Ratio,
    /// A whole number of things.
    Count,
}

/// A metric and the values it is measured against, all in the metric's own unit. Times in
/// milliseconds, rates from 0 to 1.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Metric {
    pub key: MetricKey,
    /// In words: "Response time".
    pub name: String,
    pub unit: Unit,
    pub better: Better,
    pub target: Option<f64>,
    pub alert: Option<f64>,
    pub critical: Option<f64>,
    /// Degradation is measured against the larger of normal and this, so that a normal near zero
    /// does not make every ripple a disaster.
    pub floor: f64,
    /// Whether a value exactly on the target meets it (availability: the healthy answer shows 0.999).
    pub met_at_target: bool,
    /// Whether degradation from normal counts at all (not for availability: 99.9 to 99.5 is 0.4 %).
    pub degrades: bool,
    /// Whether doubling within five minutes while missing the target is past the alert line (queues).
    pub doubling_alerts: bool,
    /// Where it is written what to do: a web address, or a path of the console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
}

impl Metric {
    /// A metric without lines, judged by degradation alone.
    pub fn plain(key: &str, name: &str, unit: Unit, better: Better) -> Metric {
        Metric {
            key: key.into(),
            name: name.to_owned(),
            unit,
            better,
            target: None,
            alert: None,
            critical: None,
            floor: 0.0,
            met_at_target: false,
            degrades: true,
            doubling_alerts: false,
            procedure: None,
        }
    }

    fn lines(mut self, target: f64, alert: f64, critical: f64) -> Metric {
        self.target = Some(target);
        self.alert = Some(alert);
        self.critical = Some(critical);
        self
    }

    /// The lines that exist, worst last, with their names.
    pub fn named_lines(&self) -> impl Iterator<Item = (&'static str, f64)> {
        [("target", self.target), ("alert", self.alert), ("critical", self.critical)]
            .into_iter()
            .filter_map(|(name, line)| line.map(|line| (name, line)))
    }
}

/// The five metrics of the AI performance page, in their order there, with the lines of the built-in policy.
pub fn five() -> Vec<Metric> {
    vec![
        Metric {
            floor: 100.0,
            ..Metric::plain("response_time_ms", "Response time", Unit::Milliseconds, Better::Lower)
        }
        .lines(5_000.0, 10_000.0, 15_000.0),
        Metric::plain("accuracy_rate", "Accuracy", Unit::Ratio, Better::Higher).lines(0.85, 0.80, 0.70),
        Metric {
            met_at_target: true,
            degrades: false,
            ..Metric::plain("availability", "Availability", Unit::Ratio, Better::Higher)
        }
        .lines(0.999, 0.995, 0.990),
        Metric { floor: 0.001, ..Metric::plain("error_rate", "Error rate", Unit::Ratio, Better::Lower) }
            .lines(0.005, 0.01, 0.02),
        Metric {
            floor: 5.0,
            doubling_alerts: true,
            ..Metric::plain("queue_length", "Queue", Unit::Count, Better::Lower)
        }
        .lines(10.0, 50.0, 100.0),
    ]
}

/// Our own round trip to the health address: the same lines as the platform's own response time.
pub fn health_answer() -> Metric {
    let mut metric = five().swap_remove(0);
    metric.key = "health_answer_ms".into();
    metric.name = "Health answer".to_owned();
    metric
}

/// All metrics of the built-in configuration: the five, then our own round trip.
pub fn defaults() -> Vec<Metric> {
    let mut metrics = five();
    metrics.push(health_answer());
    metrics
}
