//! What is sent and answered, as JSON. Described in `/api/v1/openapi.json` from here.

use std::collections::BTreeMap;

use backend::alerts::{Received, Source, Stored, Told};
use domain::{
    alerts::{AlertState, Happening, PinnedEvidence, Resolution, wording},
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One alert.
#[derive(Serialize, ToSchema)]
pub struct Alert {
    pub id: String,
    /// firing, acknowledged or resolved.
    pub state: &'static str,
    /// From 1 (Information) to 4 (Emergency), as it is now.
    pub level: u8,
    /// The level in words.
    pub level_word: &'static str,
    /// The worst level that it has been.
    pub highest_level: u8,
    pub platform: String,
    /// Of a service; null is the platform as a whole.
    pub service: Option<String>,
    /// A metric's key; of an alert from outside "am:" or "pd:" and what its sender knows it by.
    pub metric: String,
    /// watch, alertmanager or pagerduty.
    pub source: &'static str,
    pub title: String,
    pub why: String,
    /// In the metric's unit.
    pub value: Option<f64>,
    /// What a sender from outside said of it.
    pub labels: Option<BTreeMap<String, String>>,
    /// RFC 3339, as every time here.
    pub began_at: String,
    pub fired_at: String,
    pub acknowledged_at: Option<String>,
    pub acknowledged_by: Option<String>,
    /// When the acknowledgement lapses.
    pub acknowledged_until: Option<String>,
    pub resolved_at: Option<String>,
    /// Nobody when it recovered by itself.
    pub resolved_by: Option<String>,
    pub resolved_reason: Option<String>,
    /// Its page.
    pub url: String,
}

/// A page of alerts, the newest first.
#[derive(Serialize, ToSchema)]
pub struct Alerts {
    pub alerts: Vec<Alert>,
    /// To be sent as `cursor` for the next page; null on the last one.
    pub next: Option<String>,
}

/// One alert and its story, oldest first.
#[derive(Serialize, ToSchema)]
pub struct AlertWithStory {
    #[serde(flatten)]
    pub alert: Alert,
    pub story: Vec<StoryLine>,
}

/// One thing that happened to an alert.
#[derive(Serialize, ToSchema)]
pub struct StoryLine {
    pub at: String,
    /// fired, rose, fell, paged, acknowledged, …
    pub happened: String,
    pub text: String,
}

/// What is pinned to an alert.
#[derive(Serialize, ToSchema)]
pub struct Evidence {
    pub evidence: Vec<Piece>,
}

/// One thing that somebody saw and pinned. It is never changed.
#[derive(Serialize, ToSchema)]
pub struct Piece {
    /// "Pods"
    pub kind: String,
    /// What was looked at.
    pub of: String,
    pub seen_at: String,
    /// What was seen, in a sentence.
    pub title: String,
    /// All of it as text; what is secret or personal is masked.
    pub content: String,
    pub pinned_at: String,
    pub pinned_by: String,
    /// What they said of it; null where nothing.
    pub note: Option<String>,
}

/// May come with an acknowledgement.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    #[serde(default)]
    pub note: String,
}

/// Many alerts that are acknowledged together; at most 500.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeMany {
    pub ids: Vec<String>,
    #[serde(default)]
    pub note: String,
}

/// What became of each.
#[derive(Serialize, ToSchema)]
pub struct AcknowledgedMany {
    pub acknowledged: Vec<String>,
    pub refused: Vec<RefusedOne>,
}

#[derive(Serialize, ToSchema)]
pub struct RefusedOne {
    pub id: String,
    pub error: String,
    pub code: &'static str,
}

/// A reason is needed while the alert is bad.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    #[serde(default)]
    pub reason: String,
}

/// Nothing is to be said.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    pub text: String,
}

/// Nobody is called for this alert, and what is like it, while the silence lasts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// RFC 3339. This or `for`.
    #[serde(default)]
    pub until: Option<String>,
    /// "30m", "2h 30m". This or `until`.
    #[serde(default, rename = "for")]
    pub lasting: Option<String>,
    pub reason: String,
    /// For level 4 too: at most an hour, and not on a day with weddings.
    #[serde(default)]
    pub emergencies: bool,
}

/// A silence that was made.
#[derive(Serialize, ToSchema)]
pub struct Silenced {
    pub id: String,
    pub from: String,
    pub until: String,
    pub over: String,
}

/// What became of a payload of alerts.
#[derive(Serialize, ToSchema)]
pub struct Payload {
    pub opened: usize,
    pub changed: usize,
    pub resolved: usize,
    /// What was known already, and the end of what is not open.
    pub unchanged: usize,
    /// The alerts that could not be taken; the first 100 of them.
    pub refused: Vec<RefusedAlert>,
    /// How many were refused.
    pub refused_count: usize,
}

#[derive(Serialize, ToSchema)]
pub struct RefusedAlert {
    /// Its place in the payload, from 0.
    pub index: usize,
    pub error: String,
}

/// Every error.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    pub status: u16,
    pub title: String,
    /// What happened, in words.
    pub error: String,
    /// The same, for programs.
    pub code: String,
    /// As `error` (RFC 9457).
    pub detail: String,
}

const REFUSED_SHOWN: usize = 100;

impl Payload {
    pub fn of(received: &Received) -> Payload {
        let refused = received.refused.iter().take(REFUSED_SHOWN);
        Payload {
            opened: received.opened,
            changed: received.changed,
            resolved: received.resolved,
            unchanged: received.unchanged,
            refused: refused
                .map(|refused| RefusedAlert { index: refused.place, error: refused.why.clone() })
                .collect(),
            refused_count: received.refused.len(),
        }
    }
}

impl Alert {
    pub fn of(stored: &Stored, public_url: &str) -> Alert {
        let alert = &stored.alert;
        let mut shape = Alert {
            id: stored.id.to_string(),
            state: "firing",
            level: alert.severity.level.number(),
            level_word: alert.severity.level.word(),
            highest_level: alert.highest.number(),
            platform: alert.key.platform.clone(),
            service: alert.key.service.clone(),
            metric: alert.key.metric.clone(),
            source: Source::word(stored.source),
            title: stored.title.clone(),
            why: stored.why.clone(),
            value: stored.value,
            labels: stored.labels.clone(),
            began_at: rfc3339(alert.began_at),
            fired_at: rfc3339(alert.fired_at),
            acknowledged_at: None,
            acknowledged_by: None,
            acknowledged_until: None,
            resolved_at: None,
            resolved_by: None,
            resolved_reason: None,
            url: format!("{public_url}/alerts/{}", stored.id),
        };
        match &alert.state {
            AlertState::Firing => {}
            AlertState::Acknowledged { by, at, until } => {
                shape.state = "acknowledged";
                shape.acknowledged_at = Some(rfc3339(*at));
                shape.acknowledged_by = Some(by.name.clone());
                shape.acknowledged_until = Some(rfc3339(*until));
            }
            AlertState::Resolved { how, at } => {
                shape.state = "resolved";
                shape.resolved_at = Some(rfc3339(*at));
                if let Resolution::ByPerson { by, reason } = how {
                    shape.resolved_by = Some(by.name.clone());
                    shape.resolved_reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
                }
            }
        }
        shape
    }
}

impl AlertWithStory {
    pub fn of(told: &Told, public_url: &str) -> AlertWithStory {
        let name = |id: &_| told.names.get(id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
        let line = |(at, happening): &(Millis, Happening)| StoryLine {
            at: rfc3339(*at),
            happened: kind_of(happening),
            text: wording::told(happening, name, rfc3339),
        };
        AlertWithStory {
            alert: Alert::of(&told.stored, public_url),
            story: told.story.iter().map(line).collect(),
        }
    }
}

impl Evidence {
    pub fn of(pinned: &[PinnedEvidence]) -> Evidence {
        let piece = |pinned: &PinnedEvidence| {
            let seen = pinned.evidence.clone();
            Piece {
                kind: seen.kind,
                of: seen.of,
                seen_at: rfc3339(seen.seen_at),
                title: seen.title,
                content: seen.content,
                pinned_at: rfc3339(pinned.at),
                pinned_by: pinned.by.name.clone(),
                note: Some(pinned.note.clone()).filter(|note| !note.is_empty()),
            }
        };
        Evidence { evidence: pinned.iter().map(piece).collect() }
    }
}

/// "fired", as it is stored.
fn kind_of(happening: &Happening) -> String {
    let written = serde_json::to_value(happening).unwrap_or_default();
    written.get("happened").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
}

pub fn rfc3339(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.to_string(), |timestamp| timestamp.to_string())
}
