//! PagerDuty Events API v2. One `dedup_key` through the life of an alert.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Outgoing;
use crate::{audit::harmless, delivery::Occasion, monitoring::Level};

/// Letters that a summary may have.
const LONGEST_SUMMARY: usize = 1_024;
const LONGEST_KEY: usize = 255;

/// The event; the routing key stands in it because PagerDuty wants it there.
pub fn event(outgoing: &Outgoing<'_>, routing_key: &str) -> Value {
    let message = outgoing.message;
    let action = match message.occasion {
        Occasion::Acknowledged => "acknowledge",
        Occasion::Resolved => "resolve",
        _ => "trigger",
    };
    let mut event = json!({
        "routing_key": routing_key,
        "event_action": action,
        "dedup_key": message.dedup_key.chars().take(LONGEST_KEY).collect::<String>(),
    });
    if action == "trigger" {
        let at = Timestamp::from_millisecond(outgoing.at.0).map(|at| at.to_string()).ok();
        event["payload"] = json!({
            "summary": harmless(&outgoing.headline(), LONGEST_SUMMARY),
            "source": "bellwether",
            "severity": severity(message.level),
            "timestamp": at,
            "custom_details": { "lines": outgoing.lines() },
        });
        event["links"] = json!([{ "href": outgoing.link, "text": "Open in Bellwether" }]);
        event["client"] = "Bellwether".into();
        event["client_url"] = outgoing.link.into();
    }
    event
}

fn severity(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Emergency) => "critical",
        Some(Level::Critical) => "error",
        Some(Level::Warning) => "warning",
        Some(Level::Information) | None => "info",
    }
}
