//! What the monitoring pages and charts are drawn from.

use std::sync::Arc;

use domain::{
    live::Frame,
    monitoring::{Level, Metric, Range, Width},
    time::Millis,
};

/// One point of a chart: the values of one poll, or of one roll-up bucket.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// The poll's time, or the start of the bucket.
    pub at: Millis,
    pub mean: f64,
    pub min: f64,
    pub max: f64,
    pub count: u64,
}

/// What a stretch of time comes to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Summary {
    pub mean: f64,
    pub min: f64,
    pub max: f64,
    /// Values that went in.
    pub count: u64,
}

/// A stretch of polls, both ends included, and the pause in milliseconds beyond which there is a gap in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slower {
    pub from: Millis,
    pub to: Millis,
    pub gap: i64,
}

impl Chart {
    /// Whether the line is broken between two neighbouring points.
    pub fn is_gap(&self, one: Millis, next: Millis) -> bool {
        let pause = next.since(one);
        let is_slow = |slower: &&Slower| slower.from <= one && next <= slower.to;
        pause > self.slower.iter().filter(is_slow).map(|slower| slower.gap).fold(self.gap.max(0), i64::max)
    }
}

/// One metric of one platform over one range.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    pub platform: String,
    pub metric: Metric,
    pub range: Range,
    /// What one point stands for.
    pub width: Width,
    /// In order of time; finite. A pause of more than `gap` milliseconds is a gap.
    pub points: Vec<Point>,
    pub gap: i64,
    /// Stretches that were polled more seldom than today, with the pause that is a gap there.
    pub slower: Vec<Slower>,
    /// `None` when nothing is known in the range.
    pub summary: Option<Summary>,
    /// The same for the stretch of the same length just before; `None` when nothing is known of it.
    pub before: Option<Summary>,
    pub normal: Option<f64>,
    /// Polls in the range, and how many of them brought no usable answer.
    pub polls: u64,
    pub missed: u64,
    /// Stretches that are marked in it, in the order of their beginning.
    pub bands: Vec<Band>,
}

/// A stretch of a chart in which something was the case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Band {
    pub from: Millis,
    /// `None` while it lasts.
    pub to: Option<Millis>,
    pub level: Level,
    /// "Critical: Response time 12.7 s"
    pub title: String,
}

/// One kind of error that the platform told of in the last hour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ErrorCount {
    pub code: String,
    pub message: String,
    pub service: Option<String>,
    pub count: u64,
    pub last_seen: Option<Millis>,
}

/// `/performance` of one platform.
#[derive(Clone, Debug)]
pub struct Performance {
    /// All configured platforms, in order.
    pub platforms: Vec<String>,
    pub platform: String,
    pub frame: Arc<Frame>,
    pub range: Range,
    /// One for each metric, in the configured order.
    pub charts: Vec<Arc<Chart>>,
    /// `None` when the platform could not be asked.
    pub errors: Option<Vec<ErrorCount>>,
    pub now: Millis,
}

/// `/`: every platform, with the frame of each.
#[derive(Clone, Debug)]
pub struct Now {
    pub frames: Vec<Arc<Frame>>,
    /// The console's own troubles, in words: "The database cannot be written to; …".
    pub troubles: Vec<String>,
    pub now: Millis,
}
