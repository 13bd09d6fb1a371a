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
    shown::{Chart, Point, Summary},
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
    let (points, polls, missed) = match width {
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
                before: before.get(&metric.key).copied(),
                normal: frame.normals.get(metric.key.as_str()).copied(),
                polls,
                missed,
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

type Columns = (Vec<Vec<Point>>, u64, u64);

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
    Ok((points, rows.len() as u64, missed))
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
    Ok((points, polls, missed))
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
    let (points, ..) = match width {
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
