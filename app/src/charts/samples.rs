//! Charts as they come up, for the tests.

use backend::monitoring::shown::{Chart, Point, Summary};
use domain::{
    monitoring::{Metric, Preset, Range, Width, metric::five},
    time::{MINUTE, Millis},
};

/// 2026-11-24T03:12:00Z.
pub const NOW: Millis = Millis(1_795_489_920_000);

/// A chart of `values`, evenly over the range up to now; `None` is a poll that brought nothing.
pub fn chart(metric: Metric, preset: Preset, width: Width, values: &[Option<(f64, f64, f64)>]) -> Chart {
    let range = Range::last(preset, NOW);
    let every = range.span() / (values.len().max(1) as i64);
    let points: Vec<Point> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| {
            let (mean, min, max) = (*value)?;
            let at = range.from.plus(index as i64 * every);
            Some(Point { at, mean, min, max, count: if width == Width::Raw { 1 } else { 10 } })
        })
        .collect();
    let polls = values.len() as u64;
    let missed = polls - points.len() as u64;
    Chart {
        platform: "optimization".to_owned(),
        metric,
        range,
        width,
        gap: every * 5 / 2,
        slower: Vec::new(),
        summary: summary(&points),
        before: None,
        normal: None,
        polls,
        missed,
        bands: Vec::new(),
        points,
    }
}

pub fn summary(points: &[Point]) -> Option<Summary> {
    let count = points.len();
    (count > 0).then(|| Summary {
        mean: points.iter().map(|point| point.mean).sum::<f64>() / count as f64,
        min: points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min),
        max: points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max),
        count: count as u64,
    })
}

pub fn metric(key: &str) -> Metric {
    five().into_iter().find(|metric| metric.key.as_str() == key).unwrap()
}

/// Always the same ripple, between -1 and 1.
pub fn ripple(index: usize) -> f64 {
    let mixed = (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    (mixed % 2_001) as f64 / 1_000.0 - 1.0
}

/// `count` single polls of `value`.
pub fn polls(count: usize, value: impl Fn(usize) -> Option<f64>) -> Vec<Option<(f64, f64, f64)>> {
    (0..count).map(|index| value(index).map(|value| (value, value, value))).collect()
}

/// A response time that leaves 2 s after half the range and settles near 13 s, with a gap before.
pub fn storm(count: usize) -> Chart {
    let value = |index: usize| {
        let share = index as f64 / count as f64;
        let rise = ((share - 0.6) / 0.15).clamp(0.0, 1.0);
        let lost = (0.25..0.31).contains(&share);
        (!lost).then(|| 2_140.0 + 10_600.0 * rise + ripple(index) * (150.0 + 300.0 * rise))
    };
    chart(metric("response_time_ms"), Preset::SixHours, Width::Raw, &polls(count, value))
}

pub fn calm(count: usize) -> Chart {
    let value = |index: usize| Some(240.0 + 20.0 * ripple(index));
    chart(metric("response_time_ms"), Preset::SixHours, Width::Raw, &polls(count, value))
}

pub fn empty() -> Chart {
    let mut empty = chart(metric("queue_length"), Preset::Day, Width::Raw, &[]);
    empty.gap = 2 * MINUTE;
    empty
}

pub fn rolled_up(key: &str, preset: Preset, width: Width, count: usize, mean: f64, swing: f64) -> Chart {
    let values: Vec<_> = (0..count)
        .map(|index| {
            let day = (index as f64 / count as f64 * 7.0 * std::f64::consts::TAU).sin();
            let mean = mean + swing * 0.5 * (day + ripple(index) * 0.3);
            Some((mean, (mean - swing * 0.4).max(0.0), mean + swing * (0.6 + 0.4 * ripple(index + 7))))
        })
        .collect();
    chart(metric(key), preset, width, &values)
}
