//! Roll-ups: what many polls come to. A bucket is always computed anew from what lies under it, so
//! late, doubled and out-of-order samples cannot make it wrong.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Sample, SeriesKey, Sketch, Width};
use crate::time::Millis;

/// Count, sum, smallest and largest of the values in a bucket. Stored as `[count, sum, min, max]`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "(u64, f64, f64, f64)", into = "(u64, f64, f64, f64)")]
pub struct Stats {
    pub count: u64,
    pub sum: f64,
    pub min: f64,
    pub max: f64,
}

impl From<(u64, f64, f64, f64)> for Stats {
    fn from((count, sum, min, max): (u64, f64, f64, f64)) -> Self {
        Stats { count, sum, min, max }
    }
}

impl From<Stats> for (u64, f64, f64, f64) {
    fn from(stats: Stats) -> Self {
        (stats.count, stats.sum, stats.min, stats.max)
    }
}

impl Stats {
    pub fn of(value: f64) -> Stats {
        Stats { count: 1, sum: value, min: value, max: value }
    }

    pub fn merge(&mut self, other: &Stats) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

/// One series within a bucket.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    pub stats: Stats,
    pub sketch: Sketch,
}

/// All polls of one platform within `[starts_at, starts_at + width)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Bucket {
    pub width: Width,
    pub starts_at: Millis,
    pub polls: u64,
    /// Polls without a usable answer.
    pub missed: u64,
    pub series: BTreeMap<SeriesKey, Series>,
}

impl Bucket {
    pub fn empty(width: Width, starts_at: Millis) -> Bucket {
        Bucket { width, starts_at, polls: 0, missed: 0, series: BTreeMap::new() }
    }

    /// The bucket of these samples, which all lie in it and are distinct polls.
    pub fn of<'a>(width: Width, starts_at: Millis, samples: impl IntoIterator<Item = &'a Sample>) -> Bucket {
        let mut bucket = Bucket::empty(width, starts_at);
        for sample in samples {
            bucket.polls += 1;
            bucket.missed += u64::from(!sample.is_answered());
            for (key, value) in &sample.readings {
                bucket.add(key, &Stats::of(*value), |sketch| sketch.add(*value));
            }
        }
        bucket
    }

    /// The wider bucket over these narrower ones, which all lie in it and do not overlap.
    pub fn over<'a>(
        width: Width,
        starts_at: Millis,
        narrower: impl IntoIterator<Item = &'a Bucket>,
    ) -> Bucket {
        let mut bucket = Bucket::empty(width, starts_at);
        for part in narrower {
            bucket.polls += part.polls;
            bucket.missed += part.missed;
            for (key, series) in &part.series {
                bucket.add(key, &series.stats, |sketch| sketch.merge(&series.sketch));
            }
        }
        bucket
    }

    fn add(&mut self, key: &SeriesKey, stats: &Stats, into_sketch: impl FnOnce(&mut Sketch)) {
        match self.series.get_mut(key) {
            Some(series) => {
                series.stats.merge(stats);
                into_sketch(&mut series.sketch);
            }
            None => {
                let mut sketch = Sketch::default();
                into_sketch(&mut sketch);
                self.series.insert(key.clone(), Series { stats: *stats, sketch });
            }
        }
    }
}

/// History under this is too short to say what is normal.
pub const NORMAL_NEEDS: i64 = crate::time::DAY;
/// Normal looks back this far.
pub const NORMAL_OVER: i64 = 7 * crate::time::DAY;

/// What each series normally is: the median over these buckets, which cover the last seven days
/// without alerts and maintenance windows. A series with under 24 hours of values has no normal.
pub fn normals<'a>(buckets: impl IntoIterator<Item = &'a Bucket>) -> BTreeMap<SeriesKey, f64> {
    let mut seen: BTreeMap<&SeriesKey, (i64, Sketch)> = BTreeMap::new();
    for bucket in buckets {
        for (key, series) in &bucket.series {
            let (covered, sketch) = seen.entry(key).or_default();
            *covered += bucket.width.milliseconds();
            sketch.merge(&series.sketch);
        }
    }
    seen.into_iter()
        .filter(|(_, (covered, _))| *covered >= NORMAL_NEEDS)
        .filter_map(|(key, (_, sketch))| sketch.median().map(|median| (key.clone(), median)))
        .collect()
}

/// The same as time goes on: buckets come in order of time, and leave after seven days.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Normals {
    last: VecDeque<Bucket>,
    seen: BTreeMap<SeriesKey, (i64, Sketch)>,
}

impl Normals {
    pub fn add(&mut self, bucket: Bucket) {
        for (key, series) in &bucket.series {
            match self.seen.get_mut(key) {
                Some((covered, sketch)) => {
                    *covered += bucket.width.milliseconds();
                    sketch.merge(&series.sketch);
                }
                None => {
                    self.seen.insert(key.clone(), (bucket.width.milliseconds(), series.sketch.clone()));
                }
            }
        }
        self.last.push_back(bucket);
    }

    /// What is normal at `now`, which is not before the last bucket.
    pub fn at(&mut self, now: Millis) -> BTreeMap<SeriesKey, f64> {
        let oldest = now.minus(NORMAL_OVER);
        while let Some(gone) = self.last.pop_front_if(|bucket| bucket.starts_at < oldest) {
            for (key, series) in &gone.series {
                if let Some((covered, sketch)) = self.seen.get_mut(key) {
                    *covered -= gone.width.milliseconds();
                    sketch.take_out(&series.sketch);
                }
            }
        }
        let known = self.seen.iter().filter(|(_, (covered, _))| *covered >= NORMAL_NEEDS);
        known.filter_map(|(key, (_, sketch))| Some((key.clone(), sketch.median()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        monitoring::{Outcome, Unit},
        time::MINUTE,
    };

    fn sample(at: i64, value: Option<f64>) -> Sample {
        let mut sample = Sample::empty(Millis(at), Outcome::Answered);
        match value {
            Some(value) => sample.take_in("queue_length".into(), Unit::Count, value),
            None => sample = Sample::missed(Millis(at), "no answer"),
        }
        sample
    }

    proptest! {
        #[test]
        fn a_bucket_over_buckets_equals_one_over_the_samples(values in prop::collection::vec(prop::option::of(0.0f64..1e6), 1..120)) {
            let samples: Vec<Sample> = values.iter().enumerate().map(|(i, v)| sample(i as i64 * 30_000, *v)).collect();
            let narrow: Vec<Bucket> = samples
                .chunks(10)
                .map(|chunk| Bucket::of(Width::FiveMinutes, chunk[0].at.floor_to(5 * MINUTE), chunk))
                .collect();
            let wide = Bucket::over(Width::Hour, Millis(0), &narrow);
            let direct = Bucket::of(Width::Hour, Millis(0), &samples);
            prop_assert_eq!((wide.polls, wide.missed), (direct.polls, direct.missed));
            match (wide.series.values().next(), direct.series.values().next()) {
                (Some(a), Some(b)) => {
                    prop_assert_eq!(&a.sketch, &b.sketch);
                    prop_assert_eq!((a.stats.count, a.stats.min, a.stats.max), (b.stats.count, b.stats.min, b.stats.max));
                    prop_assert!((a.stats.sum - b.stats.sum).abs() <= b.stats.sum * 1e-12);
                }
                (a, b) => prop_assert!(a.is_none() && b.is_none()),
            }
        }
    }

    #[test]
    fn what_is_normal_as_time_goes_on_is_what_it_is_at_each_moment() {
        let hour = |i: i64| {
            let at = i * 3_600_000;
            Bucket::of(Width::Hour, Millis(at), &[sample(at, (i % 50 != 0).then_some((i * i % 97) as f64))])
        };
        let hours: Vec<Bucket> = (0..24 * 20).map(hour).collect();
        let mut going_on = Normals::default();
        for (index, bucket) in hours.iter().enumerate() {
            let now = bucket.starts_at;
            let week = &hours[index.saturating_sub(168)..index];
            assert_eq!(going_on.at(now), normals(week), "hour {index}");
            going_on.add(bucket.clone());
        }
    }

    #[test]
    fn normal_needs_a_day_of_history() {
        let hour = |i: i64| Bucket::of(Width::Hour, Millis(i), &[sample(i, Some(3.0))]);
        let hours: Vec<Bucket> = (0..24).map(|i| hour(i * 3_600_000)).collect();
        assert!(normals(&hours[..23]).is_empty());
        assert!((normals(&hours)["queue_length"] - 3.0).abs() < 0.01);
    }
}
