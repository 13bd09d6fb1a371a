//! Alertmanager's webhook, version 4. Fields that are not named here are passed over: every release has more of them.

use std::collections::BTreeMap;

use domain::{
    alerts::outside::{
        LONGEST_TITLE, LONGEST_WHY, Report, ReportTold, SeverityWords, bounded, cleaned, fingerprint,
        is_time, key_of,
    },
    time::Millis,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::inbound::{MOST_ALERTS, Read, RefusedReport, Unreadable, read_one};

const VERSION: &str = "4";
/// Annotations that say why, the first that is there.
const WHY: [&str; 2] = ["description", "message"];
/// Annotations that are links.
const LINKS: [&str; 2] = ["runbook_url", "dashboard_url"];

#[derive(Deserialize)]
struct Payload<'a> {
    version: Option<Value>,
    #[serde(borrow, default)]
    alerts: Option<Vec<&'a RawValue>>,
    #[serde(rename = "externalURL", default)]
    external_url: Option<String>,
}

#[derive(Deserialize)]
struct Alert {
    status: Option<String>,
    labels: Option<BTreeMap<String, Value>>,
    annotations: Option<BTreeMap<String, Value>>,
    #[serde(rename = "startsAt")]
    starts_at: Option<String>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
    fingerprint: Option<String>,
}

/// Reads a payload. An alert that cannot be read is named and left out; the others count.
///
/// # Errors
/// When it is no JSON, of another version, or has too many alerts.
pub fn read_alertmanager(bytes: &[u8], words: &SeverityWords) -> Result<Read, Unreadable> {
    let payload: Payload<'_> = serde_json::from_slice(bytes).map_err(|error| Unreadable::of(&error))?;
    let is_known = match &payload.version {
        Some(Value::String(version)) => version == VERSION,
        Some(Value::Number(version)) => version.as_u64() == Some(4),
        _ => false,
    };
    if !is_known {
        let told = payload.version.map_or_else(|| "none".to_owned(), |version| version.to_string());
        let told = cleaned(&told, 40);
        return Err(Unreadable::Other(format!("the version is {told}; expected \"4\"")));
    }
    let Some(alerts) = payload.alerts else {
        return Err(Unreadable::Other("there is no list \"alerts\"".to_owned()));
    };
    if alerts.len() > MOST_ALERTS {
        let count = alerts.len();
        return Err(Unreadable::Other(format!("{count} alerts at once; expected {MOST_ALERTS} at the most")));
    }
    let mut read = Read::default();
    for (place, raw) in alerts.into_iter().enumerate() {
        match read_one(raw).and_then(|alert| report(alert, payload.external_url.as_deref(), words)) {
            Ok(report) => read.reports.push((place, report)),
            Err(why) => read.refused.push(RefusedReport { place, why }),
        }
    }
    Ok(read)
}

fn report(alert: Alert, external_url: Option<&str>, words: &SeverityWords) -> Result<Report, String> {
    let labels = texts("labels", alert.labels)?;
    let mut annotations = texts("annotations", alert.annotations)?;
    let known_by = match alert.fingerprint.filter(|told| !told.trim().is_empty()) {
        Some(told) => told,
        None if labels.is_empty() => return Err("it has neither a fingerprint nor labels".to_owned()),
        None => fingerprint(&labels),
    };
    let label = |name: &str| labels.get(name).map(String::as_str).filter(|value| !value.trim().is_empty());
    let told = match alert.status.as_deref() {
        Some("resolved") => ReportTold::Resolved,
        Some("firing") => {
            let title = annotations.get("summary").map(String::as_str).or(label("alertname"));
            let title = title.map_or_else(String::new, |title| cleaned(title, LONGEST_TITLE));
            let why = WHY.iter().find_map(|name| annotations.get(*name));
            let why = why.map_or_else(String::new, |why| cleaned(why, LONGEST_WHY));
            let level = words.level(label("severity"));
            // `endsAt` is the year 1 while it fires, or a guess of when it will end: it says nothing either way.
            let began_at = alert.starts_at.as_deref().and_then(time);
            let (platform, service) = (owned(label("platform")), owned(label("service")));
            let links =
                LINKS.into_iter().filter_map(|name| Some((name.to_owned(), annotations.remove(name)?)));
            let own =
                [("generatorURL", alert.generator_url), ("externalURL", external_url.map(str::to_owned))];
            let own = own.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url?)));
            let links: Vec<_> = links.chain(own).collect();
            let told = ReportTold::Firing {
                level,
                title: if title.is_empty() { "An alert without a name".to_owned() } else { title },
                why: if why.is_empty() { "its sender says no more".to_owned() } else { why },
                labels: bounded(labels.into_iter().chain(links)),
                began_at,
            };
            return Ok(Report { metric: key_of("am", &known_by), platform, service, told });
        }
        Some(other) => {
            return Err(format!("the status is {:?}; expected firing or resolved", cleaned(other, 40)));
        }
        None => return Err("it has no status; expected firing or resolved".to_owned()),
    };
    let (platform, service) = (owned(label("platform")), owned(label("service")));
    Ok(Report { metric: key_of("am", &known_by), platform, service, told })
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
}

/// Labels are texts; a number or a yes is taken as one.
fn texts(what: &str, values: Option<BTreeMap<String, Value>>) -> Result<BTreeMap<String, String>, String> {
    let mut texts = BTreeMap::new();
    for (name, value) in values.unwrap_or_default() {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("{what}.{} is no text", cleaned(&name, 40)));
            }
        };
        texts.insert(name, text);
    }
    Ok(texts)
}

/// `None` for what is no time, and for the year 1, which means "not yet".
pub(super) fn time(text: &str) -> Option<Millis> {
    let at: jiff::Timestamp = text.trim().parse().ok()?;
    Some(Millis(at.as_millisecond())).filter(|at| is_time(*at))
}
