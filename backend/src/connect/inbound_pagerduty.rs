//! PagerDuty's Events API, version 2, as a sender speaks it: one event a request.

use std::collections::BTreeMap;

use domain::{
    alerts::outside::{LONGEST_TITLE, OWN_LINK, Report, ReportTold, bounded, cleaned, key_of},
    monitoring::Level,
};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::inbound_alertmanager::time;

const LONGEST_KEY: usize = 255;
const ACTIONS: &str = "trigger, acknowledge, resolve";
const SEVERITIES: &str = "critical, error, warning, info";
/// Parts of the payload that are kept as labels.
const KEPT: [&str; 4] = ["source", "component", "group", "class"];

/// An event, read and in order.
#[derive(Debug)]
pub struct Event {
    /// Who sends: one of our tokens.
    pub routing_key: SecretString,
    /// `None` when a key is to be made, which is possible for a trigger only.
    pub dedup_key: Option<String>,
    report: Report,
}

impl Event {
    /// What it tells, under this key.
    pub fn report(self, dedup_key: &str) -> Report {
        Report { metric: key_of("pd", dedup_key), ..self.report }
    }
}

#[derive(Deserialize)]
struct Told {
    routing_key: Option<Value>,
    event_action: Option<Value>,
    dedup_key: Option<Value>,
    payload: Option<Value>,
    client: Option<Value>,
    client_url: Option<Value>,
    links: Option<Value>,
}

/// Reads an event.
///
/// # Errors
/// Everything that is wrong with it, as PagerDuty says it.
pub fn read_pagerduty(bytes: &[u8]) -> Result<Event, Vec<String>> {
    let told: Told = serde_json::from_slice(bytes)
        .map_err(|error| vec![format!("Invalid JSON: {}", super::inbound::shortly(&error))])?;
    let mut errors = Vec::new();
    let routing_key = text(told.routing_key.as_ref()).filter(|key| !key.is_empty());
    if routing_key.is_none() {
        errors.push("'routing_key' is missing or blank".to_owned());
    }
    let dedup_key = match &told.dedup_key {
        None | Some(Value::Null) => None,
        Some(Value::String(key)) if key.is_empty() => None,
        Some(Value::String(key)) if key.chars().count() <= LONGEST_KEY => Some(key.clone()),
        Some(Value::String(_)) => {
            errors.push(format!("'dedup_key' is longer than {LONGEST_KEY} characters"));
            None
        }
        Some(_) => {
            errors.push("'dedup_key' is invalid (must be a string)".to_owned());
            None
        }
    };
    let had_key = told.dedup_key.as_ref().is_some_and(|key| !key.is_null() && key.as_str() != Some(""));
    let report = match text(told.event_action.as_ref()).as_deref() {
        Some("trigger") => trigger(&told, &mut errors),
        Some(action @ ("acknowledge" | "resolve")) => {
            if !had_key {
                errors.push(format!("'dedup_key' is missing or blank; '{action}' needs one"));
            }
            let told = if action == "resolve" { ReportTold::Resolved } else { ReportTold::Acknowledged };
            Some(Report { metric: String::new(), platform: None, service: None, told })
        }
        Some("") | None => {
            errors.push("'event_action' is missing or blank".to_owned());
            None
        }
        Some(_) => {
            errors.push(format!("'event_action' is invalid (must be one of the following: {ACTIONS})"));
            None
        }
    };
    match (routing_key, report) {
        (Some(routing_key), Some(report)) if errors.is_empty() => {
            Ok(Event { routing_key: SecretString::from(routing_key), dedup_key, report })
        }
        _ => Err(errors),
    }
}

fn trigger(told: &Told, errors: &mut Vec<String>) -> Option<Report> {
    let payload = match &told.payload {
        Some(Value::Object(payload)) => payload,
        Some(_) => {
            errors.push("'payload' is invalid (must be an object)".to_owned());
            return None;
        }
        None => {
            errors.push("'payload' is missing".to_owned());
            return None;
        }
    };
    let summary = text(payload.get("summary")).filter(|summary| !summary.is_empty());
    match &summary {
        None => errors.push("'payload.summary' is missing or blank".to_owned()),
        Some(summary) if summary.chars().count() > LONGEST_TITLE => {
            errors.push(format!("'payload.summary' is longer than {LONGEST_TITLE} characters"));
        }
        Some(_) => {}
    }
    if text(payload.get("source")).is_none_or(|source| source.is_empty()) {
        errors.push("'payload.source' is missing or blank".to_owned());
    }
    let level = match text(payload.get("severity")).as_deref() {
        Some("critical" | "error") => Some(Level::Critical),
        Some("warning") => Some(Level::Warning),
        Some("info") => Some(Level::Information),
        Some("") | None => {
            errors.push("'payload.severity' is missing or blank".to_owned());
            None
        }
        Some(_) => {
            errors
                .push(format!("'payload.severity' is invalid (must be one of the following: {SEVERITIES})"));
            None
        }
    };
    let details = payload.get("custom_details");
    let detail = |name: &str| text(details.and_then(|details| details.get(name)));
    let title = cleaned(summary.as_deref().unwrap_or_default(), LONGEST_TITLE);
    let why = KEPT.iter().filter_map(|name| {
        Some(format!("{name} {}", text(payload.get(*name)).filter(|text| !text.is_empty())?))
    });
    let why: Vec<String> = why.collect();
    Some(Report {
        metric: String::new(),
        platform: detail("platform"),
        service: detail("service").or_else(|| text(payload.get("component"))),
        told: ReportTold::Firing {
            level: level?,
            title: if title.is_empty() { "An event without a summary".to_owned() } else { title },
            why: cleaned(&why.join(", "), LONGEST_TITLE),
            labels: labels(told, payload, details),
            began_at: text(payload.get("timestamp")).as_deref().and_then(time),
        },
    })
}

fn labels(told: &Told, payload: &Map<String, Value>, details: Option<&Value>) -> BTreeMap<String, String> {
    let mut labels: Vec<(String, String)> = Vec::new();
    if let Some(details) = details {
        match details {
            Value::Object(details) => {
                labels.extend(
                    details.iter().filter_map(|(name, value)| Some((name.clone(), text(Some(value))?))),
                );
            }
            other => labels.extend(text(Some(other)).map(|text| ("custom_details".to_owned(), text))),
        }
    }
    labels.extend(KEPT.iter().filter_map(|name| Some(((*name).to_owned(), text(payload.get(*name))?))));
    labels.extend(text(told.client.as_ref()).map(|client| ("client".to_owned(), client)));
    labels.extend(text(told.client_url.as_ref()).map(|url| ("client_url".to_owned(), url)));
    let links = told.links.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, link) in links.iter().take(10).enumerate() {
        if let Some(href) = text(link.get("href")) {
            let name = text(link.get("text")).filter(|text| !text.trim().is_empty());
            let name = name.unwrap_or_else(|| format!("link {}", index + 1));
            labels.push((format!("{OWN_LINK}{name}"), href));
        }
    }
    bounded(labels)
}

/// A text, or what reads as one; `None` for lists and objects.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
