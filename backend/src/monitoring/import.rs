//! History from files: CSV or NDJSON samples, NDJSON daily figures. Streaming, and repeatable without doubling.

use std::{collections::BTreeMap, io::BufRead};

use domain::{
    monitoring::{EngineState, Metric, Outcome, PlatformStatus, Sample, SeriesKey},
    time::Millis,
};
use serde::Deserialize;

use super::{recording, store};
use crate::db::{Db, DbError, Tx};

/// Samples in one transaction, unless everything or nothing is wanted.
const AT_ONCE: usize = 5_000;

/// What an import did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    pub rows: u64,
    /// Bad lines: number and reason. The first hundred are kept.
    pub bad: Vec<(u64, String)>,
    pub bad_count: u64,
}

impl Imported {
    fn refuse(&mut self, line: u64, reason: String) {
        self.bad_count += 1;
        if self.bad.len() < 100 {
            self.bad.push((line, reason));
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    #[error("line 1: {0}")]
    Header(String),
    /// With `--strict`: nothing was imported.
    #[error("line {0}: {1}; nothing was imported")]
    Strict(u64, String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Whether one bad line stops everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strictness {
    SkipBadLines,
    AllOrNothing,
}

/// Imports samples from CSV (with a header) or NDJSON; which of the two the first byte tells.
/// `progress` hears the rows so far.
///
/// # Errors
/// See `ImportError`. Without strictness bad lines are skipped and told in the result.
pub async fn samples(
    db: &Db,
    metrics: &[Metric],
    mut file: impl BufRead + Send,
    strictness: Strictness,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Imported, ImportError> {
    let mut done = Imported::default();
    let mut lines = Lines::new(&mut file);
    let mut reader = None;
    let mut batch: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let mut waiting = 0;
    // All or nothing is one transaction; otherwise each batch is.
    let mut whole = match strictness {
        Strictness::AllOrNothing => Some(db.begin().await?),
        Strictness::SkipBadLines => None,
    };
    while let Some((number, line)) = lines.next()? {
        if line.trim().is_empty() {
            continue;
        }
        let Some(format) = &reader else {
            reader = Some(if line.trim_start().starts_with('{') {
                Format::Ndjson
            } else {
                Format::csv(&line, metrics).map_err(ImportError::Header)?
            });
            if matches!(reader, Some(Format::Ndjson)) {
                take(&mut batch, &mut done, number, ndjson(&line, metrics));
            }
            continue;
        };
        let read = match format {
            Format::Ndjson => ndjson(&line, metrics),
            Format::Csv(columns) => csv_row(&line, columns, metrics),
        };
        waiting += 1;
        take(&mut batch, &mut done, number, read);
        if let (Strictness::AllOrNothing, Some((line, reason))) = (strictness, done.bad.first()) {
            return Err(ImportError::Strict(*line, reason.clone()));
        }
        if waiting >= AT_ONCE {
            flush(db, &mut batch, whole.as_mut()).await?;
            waiting = 0;
            progress(done.rows);
        }
    }
    if let (Strictness::AllOrNothing, Some((line, reason))) = (strictness, done.bad.first()) {
        return Err(ImportError::Strict(*line, reason.clone()));
    }
    flush(db, &mut batch, whole.as_mut()).await?;
    if let Some(tx) = whole {
        tx.commit().await.map_err(DbError::from)?;
    }
    progress(done.rows);
    Ok(done)
}

/// Imports daily figures from NDJSON. A day that is there already is replaced when it differs.
///
/// # Errors
/// See `ImportError`.
pub async fn figures(
    db: &Db,
    mut file: impl BufRead + Send,
    strictness: Strictness,
    now: Millis,
) -> Result<Imported, ImportError> {
    let mut done = Imported::default();
    let mut lines = Lines::new(&mut file);
    let mut rows: BTreeMap<(String, String), String> = BTreeMap::new();
    while let Some((number, line)) = lines.next()? {
        if line.trim().is_empty() {
            continue;
        }
        match figures_line(&line) {
            Ok((platform, day, document)) => {
                done.rows += 1;
                rows.insert((platform, day), document);
            }
            Err(reason) if strictness == Strictness::AllOrNothing => {
                return Err(ImportError::Strict(number, reason));
            }
            Err(reason) => done.refuse(number, reason),
        }
    }
    let rows: Vec<_> =
        rows.into_iter().map(|((platform, day), document)| (platform, day, document)).collect();
    let mut tx = db.begin().await?;
    store::save_figures(&mut tx, &rows, now).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(done)
}

fn take(
    batch: &mut BTreeMap<String, Vec<Sample>>,
    done: &mut Imported,
    line: u64,
    read: Result<(String, Sample), String>,
) {
    match read {
        Ok((platform, sample)) => {
            done.rows += 1;
            batch.entry(platform).or_default().push(sample);
        }
        Err(reason) => done.refuse(line, reason),
    }
}

async fn flush(
    db: &Db,
    batch: &mut BTreeMap<String, Vec<Sample>>,
    whole: Option<&mut Tx>,
) -> Result<(), DbError> {
    let batch = std::mem::take(batch);
    match whole {
        Some(tx) => record_all(tx, &batch).await,
        None => {
            let mut tx = db.begin().await?;
            record_all(&mut tx, &batch).await?;
            Ok(tx.commit().await?)
        }
    }
}

async fn record_all(tx: &mut Tx, batch: &BTreeMap<String, Vec<Sample>>) -> Result<(), DbError> {
    for (platform, samples) in batch {
        recording::record(tx, platform, samples).await?;
    }
    Ok(())
}

/// Lines with their numbers, counted from 1. A line is at most 1 MiB: more is not a row.
struct Lines<'a, R> {
    file: &'a mut R,
    number: u64,
    buffer: Vec<u8>,
}

impl<'a, R: BufRead> Lines<'a, R> {
    fn new(file: &'a mut R) -> Self {
        Lines { file, number: 0, buffer: Vec::new() }
    }

    fn next(&mut self) -> Result<Option<(u64, String)>, std::io::Error> {
        self.buffer.clear();
        let read = std::io::Read::take(&mut *self.file, 1 << 20).read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let text = String::from_utf8_lossy(&self.buffer);
        Ok(Some((self.number, text.trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}').to_owned())))
    }
}

enum Format {
    Ndjson,
    Csv(Vec<Column>),
}

enum Column {
    At,
    Platform,
    Status,
    Service(String),
    Reading(SeriesKey, usize),
    Unknown,
}

impl Format {
    fn csv(header: &str, metrics: &[Metric]) -> Result<Format, String> {
        let columns: Vec<Column> = fields(header)?
            .iter()
            .map(|name| match name.trim() {
                "at" => Column::At,
                "platform" => Column::Platform,
                "status" => Column::Status,
                name => match (metric_of(name, metrics), name.strip_prefix("service:")) {
                    (Some(index), _) => Column::Reading(name.into(), index),
                    (None, Some(service)) => Column::Service(service.to_owned()),
                    (None, None) => Column::Unknown,
                },
            })
            .collect();
        let has = |wanted: fn(&Column) -> bool| columns.iter().any(wanted);
        if !has(|column| matches!(column, Column::At)) || !has(|column| matches!(column, Column::Platform)) {
            return Err("the header needs the columns at and platform".to_owned());
        }
        Ok(Format::Csv(columns))
    }
}

/// The metric that a series name ends in: `queue_length` or `optimization/queue_length`.
fn metric_of(name: &str, metrics: &[Metric]) -> Option<usize> {
    let key = name.rsplit('/').next()?;
    metrics.iter().position(|metric| metric.key.as_str() == key)
}

fn fields(line: &str) -> Result<csv::StringRecord, String> {
    if !line.contains('"') {
        return Ok(line.split(',').collect());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).map_err(|error| error.to_string())?;
    Ok(record)
}

fn csv_row(line: &str, columns: &[Column], metrics: &[Metric]) -> Result<(String, Sample), String> {
    let fields = fields(line)?;
    if fields.len() != columns.len() {
        return Err(format!("{} fields, expected {}", fields.len(), columns.len()));
    }
    let (mut at, mut platform) = (None, None);
    let mut sample = Sample::empty(Millis(0), Outcome::Answered);
    let mut anything = false;
    for (column, field) in columns.iter().zip(fields.iter()) {
        let field = field.trim();
        if field.is_empty() {
            continue;
        }
        match column {
            Column::At => at = Some(time(field)?),
            Column::Platform => platform = Some(field.to_owned()),
            Column::Status => sample.status = Some(status(field)?),
            Column::Service(service) => {
                sample.services.insert(service.clone(), engine(field)?);
            }
            Column::Reading(key, index) => {
                let value: f64 =
                    field.parse().map_err(|_| format!("{key} is {field:?}, expected a number"))?;
                let value = metrics[*index].unit.accept(value).map_err(|why| format!("{key}: {why}"))?;
                sample.readings.insert(key.clone(), value);
            }
            Column::Unknown => continue,
        }
        anything |= !matches!(column, Column::At | Column::Platform);
    }
    sample.at = at.ok_or("at is empty")?;
    if !anything {
        sample.outcome = Outcome::Missed { reason: "no answer".to_owned() };
    }
    Ok((platform.ok_or("platform is empty")?, sample))
}

fn ndjson(line: &str, metrics: &[Metric]) -> Result<(String, Sample), String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(line).map_err(|error| format!("not a JSON object: {error}"))?;
    let text = |key: &str| object.get(key).and_then(serde_json::Value::as_str);
    let at = time(text("at").ok_or("at is missing")?)?;
    let platform = text("platform").ok_or("platform is missing")?.to_owned();
    let mut sample = Sample::empty(at, Outcome::Answered);
    sample.status = text("status").map(status).transpose()?;
    for (name, value) in &object {
        if let (Some(index), false) = (metric_of(name, metrics), value.is_null()) {
            let value = value.as_f64().ok_or_else(|| format!("{name} is {value}, expected a number"))?;
            let value = metrics[index].unit.accept(value).map_err(|why| format!("{name}: {why}"))?;
            sample.readings.insert(name.as_str().into(), value);
        }
    }
    if sample.readings.is_empty() && sample.status.is_none() {
        sample.outcome = Outcome::Missed { reason: "no answer".to_owned() };
    }
    Ok((platform, sample))
}

#[derive(Deserialize)]
struct FiguresLine {
    date: jiff::civil::Date,
    platform: String,
}

fn figures_line(line: &str) -> Result<(String, String, String), String> {
    let mut document: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let named: FiguresLine = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
    if let Some(members) = document.as_object_mut() {
        members.remove("platform");
        members.remove("date");
    }
    Ok((named.platform, named.date.to_string(), document.to_string()))
}

fn time(text: &str) -> Result<Millis, String> {
    let timestamp: jiff::Timestamp =
        text.parse().map_err(|_| format!("at is {text:?}, expected a time like 2026-11-01T00:00:30Z"))?;
    Ok(Millis(timestamp.as_millisecond()))
}

fn status(text: &str) -> Result<PlatformStatus, String> {
    match text {
        "healthy" => Ok(PlatformStatus::Healthy),
        "degraded" => Ok(PlatformStatus::Degraded),
        "down" => Ok(PlatformStatus::Down),
        text => Err(format!("status is {text:?}, expected healthy, degraded or down")),
    }
}

fn engine(text: &str) -> Result<EngineState, String> {
    match text {
        "operational" => Ok(EngineState::Operational),
        "degraded" => Ok(EngineState::Degraded),
        "down" => Ok(EngineState::Down),
        text => Err(format!("{text:?} is not a state, expected operational, degraded or down")),
    }
}
