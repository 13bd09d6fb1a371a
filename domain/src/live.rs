//! What an open page hears when something changes: one frame for one platform, the same for every viewer.
//!
//! All text is already in the words of the pages; times are epoch milliseconds.

use serde::{Deserialize, Serialize};

use crate::monitoring::Level;

/// How one platform stands, for every viewer alike. Sent as the data of a `frame` event whose id is
/// the revision.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Frame {
    pub revision: u64,
    pub platform: String,
    /// When the newest poll was made, whatever came of it.
    pub polled_at: Option<i64>,
    /// When the newest usable answer arrived: the age on the pages counts from here.
    pub answered_at: Option<i64>,
    /// Milliseconds between polls; over three of them without an answer is stale.
    pub poll_every: i64,
    pub level: Option<Level>,
    pub sentence: String,
    pub metrics: Vec<MetricFrame>,
    pub services: Vec<ServiceFrame>,
    pub weddings_today: Option<u32>,
    pub crises: usize,
    /// Why the newest poll brought nothing, or which of its fields were refused.
    pub trouble: Option<String>,
}

/// One metric's card.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MetricFrame {
    pub key: String,
    pub name: String,
    /// With unit; `None` is unknown.
    pub value: Option<String>,
    pub level: Option<Level>,
    /// "target < 5 s"
    pub target: Option<String>,
    /// "normal 2.1 s"
    pub normal: Option<String>,
    pub why: Option<String>,
    /// Since when the target has been missed.
    pub departed: Option<i64>,
    /// SVG path data of the last hour in a box of 100 by 34; gaps are gaps. Empty without values.
    pub spark: String,
}

/// One watched part of the platform.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ServiceFrame {
    pub key: String,
    pub name: String,
    /// "Operational", "Degraded", "Down", "Unknown".
    pub state: String,
    pub level: Option<Level>,
    pub known: bool,
}

/// How the alerts stand, for every viewer alike. Sent as the data of an `alerts` event.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AlertsFrame {
    /// Counts up with each change of an alert.
    pub changes: u64,
    /// How many are open.
    pub open: i64,
    /// How many of those nobody has acknowledged.
    pub firing: i64,
    /// Of the open ones.
    pub worst: Option<Level>,
    /// Those that fired last, the newest first; at most `NEWS` of them.
    pub newest: Vec<AlertNews>,
}

/// So many alerts are named in a frame.
pub const NEWS: i64 = 20;

/// An open alert, as far as it is announced.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AlertNews {
    pub id: String,
    /// "Response time 12.7 s"
    pub title: String,
    pub level: Option<Level>,
}

impl AlertsFrame {
    /// "Alerts: 2 open": what is said beside the number.
    pub fn words(&self) -> String {
        match (self.open, self.firing) {
            (0, _) => "No open alerts".to_owned(),
            (open, 0) => format!("{open} open, all acknowledged"),
            (open, firing) => format!("{open} open, {firing} not acknowledged"),
        }
    }
}

impl Frame {
    /// Whether the values are too old to be shown as the present.
    pub fn is_stale(&self, now: i64) -> bool {
        self.answered_at.is_none_or(|answered_at| now - answered_at > 3 * self.poll_every)
    }
}

/// SVG path data through these points of time and value, in a box of 100 by 34 from `from` to `to`.
/// A pause longer than `gap` milliseconds starts a new piece: gaps are gaps, never bridged.
pub fn spark(points: &[(i64, f64)], from: i64, to: i64, gap: i64) -> String {
    const PIECES: i64 = 60;
    let finite =
        || points.iter().copied().filter(|(at, value)| value.is_finite() && (from..=to).contains(at));
    let (low, high) =
        finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, v)| (low.min(v), high.max(v)));
    let span = (to - from).max(1);
    let mut path = String::new();
    let mut last: Option<(i64, i64)> = None;
    for (at, value) in finite() {
        let piece = (at - from) * PIECES / span;
        if last.is_some_and(|(_, last_piece)| last_piece == piece) {
            continue;
        }
        let x = (at - from) as f64 * 100.0 / span as f64;
        // A flat line lies in the middle; anything else fills the height.
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        let command =
            if last.is_some_and(|(before, _)| at - before <= gap.max(span / PIECES * 2)) { 'L' } else { 'M' };
        path.push_str(&format!("{command}{x:.1} {:.1}", 32.0 - share * 30.0));
        last = Some((at, piece));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spark_bridges_no_gap() {
        let points: Vec<_> =
            (0..120).filter(|i| !(40..80).contains(i)).map(|i| (i * 30_000, i as f64)).collect();
        let path = spark(&points, 0, 3_600_000, 90_000);
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert!(path.starts_with("M0.0 32.0"), "{path}");
    }

    #[test]
    fn a_spark_of_nothing_or_of_nonsense_is_empty() {
        assert_eq!(spark(&[], 0, 100, 10), "");
        assert_eq!(spark(&[(5, f64::NAN), (6, f64::INFINITY)], 0, 100, 10), "");
        assert_eq!(spark(&[(0, 4.0)], 0, 0, 10), "M0.0 17.0");
    }

    #[test]
    fn values_are_stale_after_three_polls() {
        let frame = Frame { answered_at: Some(0), poll_every: 30_000, ..Frame::default() };
        assert!(!frame.is_stale(90_000));
        assert!(frame.is_stale(90_001));
        assert!(Frame::default().is_stale(0));
    }
}
