//! The platform's answers, read strictly and without a connection: bytes in, what is known out.

use std::collections::BTreeSet;

use domain::{
    crises::Told,
    monitoring::{EngineState, Metric, Outcome, PlatformStatus, Sample, SeriesKey},
    time::Millis,
};
use serde_json::{Value, json};

use super::{
    ConnectError,
    fields::{Fields, Read, quoted},
};
use crate::{
    config::Service,
    monitoring::{models::Model, shown::ErrorCount},
};

/// The metric that we measure ourselves.
pub const HEALTH_ANSWER: &str = "health_answer_ms";
const WEDDINGS_TODAY: &str = "weddings_today";

/// Reads an answer to `/ai/health`. What is absent is unknown; a field that cannot be believed makes only itself
/// unknown, and is named in the sample's faults; what is no JSON object is a bad sample.
pub fn read_health(bytes: &[u8], metrics: &[Metric], services: &[Service], at: Millis) -> Sample {
    match Fields::of(bytes) {
        Ok(fields) => health(&fields, metrics, services, at).0,
        Err(why) => Sample::bad(at, why),
    }
}

/// The same, with the names of the metrics (and `weddings_today`) that are absent and not merely wrong: another
/// address may know them.
pub(super) fn read_health_and_gaps(
    bytes: &[u8],
    metrics: &[Metric],
    services: &[Service],
    at: Millis,
) -> (Sample, BTreeSet<String>) {
    match Fields::of(bytes) {
        Ok(fields) => health(&fields, metrics, services, at),
        Err(why) => (Sample::bad(at, why), BTreeSet::new()),
    }
}

fn health(
    fields: &Fields<'_>,
    metrics: &[Metric],
    services: &[Service],
    at: Millis,
) -> (Sample, BTreeSet<String>) {
    let mut sample = Sample::empty(at, Outcome::Answered);
    let mut gaps = BTreeSet::new();
    let status = fields.text("status").and_then(|word| match word.as_str() {
        "healthy" => Ok(PlatformStatus::Healthy),
        "degraded" => Ok(PlatformStatus::Degraded),
        "down" => Ok(PlatformStatus::Down),
        _ => Err(format!("{} is not a status", quoted(&word))),
    });
    sample.status = known(&mut sample, "status", status);
    for service in services {
        let state = fields.text(&service.field).and_then(|word| match word.as_str() {
            "operational" => Ok(EngineState::Operational),
            "degraded" => Ok(EngineState::Degraded),
            "down" => Ok(EngineState::Down),
            _ => Err(format!("{} is not a state", quoted(&word))),
        });
        if let Some(state) = known(&mut sample, &service.field, state) {
            sample.services.insert(service.key.clone(), state);
        }
    }
    for metric in metrics.iter().filter(|metric| metric.key.as_str() != HEALTH_ANSWER) {
        let key = metric.key.as_str();
        match fields.number(key) {
            Read::Absent => {
                gaps.insert(key.to_owned());
            }
            Read::Wrong(why) => sample.faults.push(format!("{key}: {why}")),
            Read::Value(number) => sample.take_in(SeriesKey::platform(&metric.key), metric.unit, number),
        }
    }
    let weddings = fields.whole(WEDDINGS_TODAY).and_then(|count| {
        u32::try_from(count).map_err(|_| format!("{count} is beyond anything measured here"))
    });
    if weddings == Read::Absent {
        gaps.insert(WEDDINGS_TODAY.to_owned());
    }
    sample.weddings_today = known(&mut sample, WEDDINGS_TODAY, weddings);
    (sample, gaps)
}

/// The value; what is wrong with it goes to the faults.
fn known<T>(sample: &mut Sample, name: &str, read: Read<T>) -> Option<T> {
    if let Read::Wrong(why) = &read {
        sample.faults.push(format!("{name}: {why}"));
    }
    read.value()
}

/// The error rate of the last minutes; `None` when nothing was asked of the platform, because nothing divided by
/// nothing is not a rate of 0.
///
/// # Errors
/// When the answer cannot be read, or tells of more errors than requests.
pub fn read_error_rate(bytes: &[u8]) -> Result<Option<f64>, ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    let requests = required(fields.whole("requests"), "requests")?;
    let errors = required(fields.whole("errors"), "errors")?;
    if errors > requests {
        return Err(bad("errors: more than there were requests"));
    }
    Ok((requests > 0).then(|| errors as f64 / requests as f64))
}

/// How many requests wait.
///
/// # Errors
/// When the answer cannot be read.
pub fn read_queue(bytes: &[u8]) -> Result<u64, ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    required(fields.whole("pending"), "pending")
}

/// How many weddings stand on one page of the calendar, and the cursor of the next one.
///
/// # Errors
/// When the answer cannot be read.
pub fn read_weddings(bytes: &[u8]) -> Result<(usize, Option<String>), ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    let weddings = required(fields.list("weddings"), "weddings")?;
    Ok((weddings.len(), next(&fields)?))
}

/// The weddings of one page of the calendar, and whether there are more. Each is read by the rules by which a crisis says
/// whose wedding it is; one without an id is left out.
///
/// # Errors
/// When the answer itself cannot be read.
pub fn read_calendar(bytes: &[u8], now: Millis) -> Result<(Vec<Told>, bool), ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    let entries = required(fields.list("weddings"), "weddings")?;
    let mut weddings = Vec::with_capacity(entries.len());
    for entry in entries {
        let Ok(wedding) = serde_json::from_str::<Value>(entry.get()) else { continue };
        let of = |name: &str| wedding.get(name).cloned().unwrap_or(Value::Null);
        let told = json!({
            "id": of("id"), "wedding_id": of("id"), "wedding_date": of("date"), "wedding_time": of("time"),
            "wedding_zone": of("zone"), "venue": of("venue"), "couple": of("couple"),
        });
        weddings.extend(Told::parse(&told, now).ok());
    }
    Ok((weddings, next(&fields)?.is_some()))
}

/// One page of active crises: what could be read, how many had nothing by which they could be told apart, and the cursor of
/// the next page. What is odd about one crisis stands with that one, and keeps no other out.
///
/// # Errors
/// When the answer itself cannot be read.
pub fn read_crises(bytes: &[u8], now: Millis) -> Result<(Vec<Told>, usize, Option<String>), ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    let entries = required(fields.list("crises"), "crises")?;
    let (mut crises, mut unreadable) = (Vec::with_capacity(entries.len()), 0);
    for entry in entries {
        let read = serde_json::from_str::<Value>(entry.get()).ok();
        match read.and_then(|entry| Told::parse(&entry, now).ok()) {
            Some(told) => crises.push(told),
            None => unreadable += 1,
        }
    }
    Ok((crises, unreadable, next(&fields)?))
}

/// The errors of the last hour, as the platform counts them.
///
/// # Errors
/// When the answer, or one entry of it, cannot be read. When an entry was last seen may be unknown.
pub fn read_errors(bytes: &[u8]) -> Result<Vec<ErrorCount>, ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    let entries = required(fields.list("errors"), "errors")?;
    let mut errors = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let path = |name: &str| format!("errors[{index}].{name}");
        let error =
            Fields::of(entry.get().as_bytes()).map_err(|why| bad(format!("errors[{index}]: {why}")))?;
        errors.push(ErrorCount {
            code: required(error.text("code"), &path("code"))?,
            message: error.text("message").value().unwrap_or_default(),
            service: error.text("service").value(),
            count: required(error.whole("count"), &path("count"))?,
            last_seen: error.text("last_seen").and_then(|text| moment(&text)).value(),
        });
    }
    Ok(errors)
}

/// The platform's models.
///
/// # Errors
/// When the answer cannot be read, or an entry has no name or version. Whatever else an entry says may be unknown.
pub fn read_models(bytes: &[u8]) -> Result<Vec<Model>, ConnectError> {
    let fields = Fields::of(bytes).map_err(bad)?;
    let entries = required(fields.list("models"), "models")?;
    let mut models = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let path = |name: &str| format!("models[{index}].{name}");
        let model =
            Fields::of(entry.get().as_bytes()).map_err(|why| bad(format!("models[{index}]: {why}")))?;
        let ratio = |name: &str| model.number(name).value().filter(|ratio| (0.0..=1.0).contains(ratio));
        models.push(Model {
            name: required(model.text("name"), &path("name"))?,
            version: required(model.text("version"), &path("version"))?,
            accuracy: ratio("accuracy"),
            trained_at: model.text("trained_at").and_then(|text| moment(&text)).value(),
            status: model.text("status").value(),
            traffic_share: ratio("traffic_share"),
        });
    }
    Ok(models)
}

fn moment(text: &str) -> Result<Millis, String> {
    text.parse::<jiff::Timestamp>()
        .map(|timestamp| Millis(timestamp.as_millisecond()))
        .map_err(|_| "not a time".to_owned())
}

fn next(fields: &Fields<'_>) -> Result<Option<String>, ConnectError> {
    match fields.text("next") {
        Read::Absent => Ok(None),
        Read::Value(cursor) => Ok(Some(cursor).filter(|cursor| !cursor.is_empty())),
        Read::Wrong(why) => Err(bad(format!("next: {why}"))),
    }
}

fn required<T>(read: Read<T>, name: &str) -> Result<T, ConnectError> {
    match read {
        Read::Value(value) => Ok(value),
        Read::Absent => Err(bad(format!("{name}: missing"))),
        Read::Wrong(why) => Err(bad(format!("{name}: {why}"))),
    }
}

fn bad(why: impl Into<String>) -> ConnectError {
    ConnectError::Bad(why.into())
}
