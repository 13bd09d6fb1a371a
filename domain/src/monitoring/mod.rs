//! Watching: metrics with their lines, samples, roll-ups, what is normal, and the level that follows.

pub mod judge;
pub mod level;
pub mod metric;
pub mod overall;
pub mod policy_cases;
pub mod range;
pub mod rollup;
pub mod sample;
pub mod sketch;
pub mod standing;
pub mod wording;

pub use judge::{Reading, Verdict, Zone, judge};
pub use level::Level;
pub use metric::{Better, Metric, MetricKey, Unit};
pub use overall::{Overall, Reason, Situation, overall};
pub use range::{Preset, Range, Width};
pub use rollup::{Bucket, Series, Stats};
pub use sample::{EngineState, Outcome, PlatformStatus, Sample, SeriesKey};
pub use sketch::Sketch;
pub use standing::{Standing, standings};
