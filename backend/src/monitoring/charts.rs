//! Charts: the points of one metric over a range, read from the coarsest roll-up that still has one
//! for each pixel column.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    monitoring::{Metric, MetricKey, Range, Stats, Width},
    time::{HOUR, MINUTE, Millis},
};
use serde::Deserialize;

use super::{
    recording,
    shown::{Chart, Point, Slower, Summary},
    store,
};
use crate::db::{Db, DbError};

/// Pixel columns of the widest drawing.
const COLUMNS: i64 = 720;

/// What a chart of one platform is drawn from besides its points.
pub struct Frame<'a> {
    pub platform: &'a str,
    pub metrics: &'a [Metric],
    pub normals: &'a BTreeMap<domain::monitoring::SeriesKey, f64>,
    /// Milliseconds between polls.
    pub poll_every: i64,
    pub now: Millis,
}

/// One chart for each of the frame's metrics, all from one read.
pub async fn charts(db: &Db, frame: &Frame<'_>, range: Range) -> Result<Vec<Arc<Chart>>, DbError> {
    let width = stored_width(Width::for_span(range.span(), COLUMNS), range.from, frame.now);
    let Columns { points, polls, missed, slower } = match width {
        Width::Raw => raw(db, frame, range).await?,
        _ => rolled_up(db, frame, range, width).await?,
    };
    let before = before(db, frame, range.before()).await?;
    let gap = match width {
        Width::Raw => 3 * frame.poll_every,
        _ => width.milliseconds() * 3 / 2,
    };
    Ok(frame
        .metrics
        .iter()
        .zip(points)
        .map(|(metric, points)| {
            Arc::new(Chart {
                platform: frame.platform.to_owned(),
                metric: metric.clone(),
                range,
                width,
                summary: summary(&points),
                points,
                gap,
                slower: slower.clone(),
                before: before.get(&metric.key).copied(),
                normal: frame.normals.get(metric.key.as_str()).copied(),
                polls,
                missed,
                bands: Vec::new(),
            })
        })
        .collect())
}

/// A range that begins before the wanted width is kept takes the next coarser one.
fn stored_width(wanted: Width, from: Millis, now: Millis) -> Width {
    match wanted {
        Width::Raw | Width::FiveMinutes if from < now.minus(recording::FIVE_MINUTES_FOR) => Width::Hour,
        Width::Raw if from < now.minus(recording::RAW_FOR) => Width::FiveMinutes,
        width => width,
    }
}

/// The points of each metric, and what the polls among them come to.
struct Columns {
    points: Vec<Vec<Point>>,
    polls: u64,
    missed: u64,
    slower: Vec<Slower>,
}

async fn raw(db: &Db, frame: &Frame<'_>, range: Range) -> Result<Columns, DbError> {
    let rows = store::readings(db.read(), frame.platform, range.from, range.to).await?;
    let mut points = vec![Vec::with_capacity(rows.len()); frame.metrics.len()];
    let mut missed = 0;
    for (at, outcome, readings) in &rows {
        missed += u64::from(outcome != "answered");
        let values: Borrowed<'_, f64> = read(readings)?;
        for (metric, points) in frame.metrics.iter().zip(&mut points) {
            if let Some(value) = values.get(metric.key.as_str()) {
                points.push(Point { at: Millis(*at), mean: *value, min: *value, max: *value, count: 1 });
            }
        }
    }
    let times: Vec<i64> = rows.iter().map(|(at, ..)| *at).collect();
    Ok(Columns { points, polls: rows.len() as u64, missed, slower: slower(&times, frame.poll_every) })
}

/// Polls among which the usual pause is looked for.
const NEIGHBOURS: usize = 20;

/// Where polls usually came more seldom than they do now: history that was imported, or a configuration of before.
/// A poll without a value counts as a poll, so an outage is not taken for slowness.
fn slower(times: &[i64], poll_every: i64) -> Vec<Slower> {
    let mut found: Vec<Slower> = Vec::new();
    let mut begin = 0;
    while begin + 1 < times.len() {
        let end = (begin + NEIGHBOURS).min(times.len() - 1);
        let stretch = times.get(begin..=end).unwrap_or_default();
        let mut pauses: Vec<i64> =
            stretch.iter().zip(stretch.iter().skip(1)).map(|(one, next)| next - one).collect();
        pauses.sort_unstable();
        let usual = pauses.get(pauses.len() / 2).copied().unwrap_or(0);
        if let (true, Some(from), Some(to)) = (usual > poll_every, stretch.first(), stretch.last()) {
            let (from, to, gap) = (Millis(*from), Millis(*to), 3 * usual);
            match found.last_mut().filter(|last| last.to == from && (last.gap - gap).abs() <= usual) {
                Some(last) => last.to = to,
                None => found.push(Slower { from, to, gap }),
            }
        }
        begin = end;
    }
    found
}

async fn rolled_up(db: &Db, frame: &Frame<'_>, range: Range, width: Width) -> Result<Columns, DbError> {
    let rows = store::bucket_stats(
        db.read(),
        frame.platform,
        width,
        range.from.floor_to(width.milliseconds()),
        range.to,
    )
    .await?;
    let mut points = vec![Vec::with_capacity(rows.len()); frame.metrics.len()];
    let (mut polls, mut missed) = (0, 0);
    for (starts_at, bucket_polls, bucket_missed, stats) in &rows {
        polls += bucket_polls.max(&0).unsigned_abs();
        missed += bucket_missed.max(&0).unsigned_abs();
        let stats: Borrowed<'_, Stats> = read(stats)?;
        for (metric, points) in frame.metrics.iter().zip(&mut points) {
            if let Some(stats) = stats.get(metric.key.as_str()) {
                points.push(Point {
                    at: Millis(*starts_at),
                    mean: stats.mean(),
                    min: stats.min,
                    max: stats.max,
                    count: stats.count,
                });
            }
        }
    }
    Ok(Columns { points, polls, missed, slower: Vec::new() })
}

/// The period before needs no points, only what it comes to: from hours where they are fine enough.
async fn before(db: &Db, frame: &Frame<'_>, range: Range) -> Result<BTreeMap<MetricKey, Summary>, DbError> {
    let width = match range.span() {
        span if span >= 30 * 24 * HOUR => Width::Day,
        span if span >= 24 * HOUR => Width::Hour,
        span if span >= 30 * MINUTE => Width::FiveMinutes,
        _ => Width::Raw,
    };
    let width = stored_width(width, range.from, frame.now);
    let Columns { points, .. } = match width {
        Width::Raw => raw(db, frame, range).await?,
        _ => rolled_up(db, frame, range, width).await?,
    };
    let summaries = frame.metrics.iter().zip(points);
    Ok(summaries.filter_map(|(metric, points)| Some((metric.key.clone(), summary(&points)?))).collect())
}

fn summary(points: &[Point]) -> Option<Summary> {
    let mut points = points.iter();
    let first = points.next()?;
    let mut total =
        Stats { count: first.count, sum: first.mean * first.count as f64, min: first.min, max: first.max };
    for point in points {
        let sum = point.mean * point.count as f64;
        total.merge(&Stats { count: point.count, sum, min: point.min, max: point.max });
    }
    Some(Summary { mean: total.mean(), min: total.min, max: total.max, count: total.count })
}

/// The members of a stored document, in its order. A handful: looking through beats building a map.
struct Borrowed<'a, T>(Vec<(&'a str, T)>);

impl<T> Borrowed<'_, T> {
    fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<Borrowed<'a, T>, DbError> {
    struct Members<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Members<T> {
        type Value = Vec<(&'de str, T)>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of plain names")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::with_capacity(8);
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    serde::Deserializer::deserialize_map(&mut reader, Members(std::marker::PhantomData))
        .map(Borrowed)
        .map_err(|error| DbError::Stored(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(from: i64, pause: i64, count: i64) -> impl Iterator<Item = i64> {
        (0..count).map(move |n| from + n * pause)
    }

    #[test]
    fn polls_that_came_more_seldom_are_no_gaps() {
        let times: Vec<i64> = every(0, 30_000, 100).chain(every(3_000_000, 1_000, 100)).collect();
        let found = slower(&times, 1_000);
        assert_eq!(found.first().map(|first| (first.from, first.gap)), Some((Millis(0), 90_000)));
        assert!(
            found.iter().all(|slower| slower.gap == 90_000 && slower.to <= Millis(3_020_000)),
            "{found:?}"
        );
        assert!(slower(&times, 30_000).is_empty());
    }

    #[test]
    fn a_pause_among_regular_polls_stays_a_gap() {
        let times: Vec<i64> = every(0, 1_000, 50).chain(every(120_000, 1_000, 50)).collect();
        assert!(slower(&times, 1_000).is_empty());
        let times: Vec<i64> = every(0, 30_000, 50).chain(every(9_000_000, 30_000, 50)).collect();
        assert!(slower(&times, 1_000).iter().all(|slower| slower.gap == 90_000));
    }
}
