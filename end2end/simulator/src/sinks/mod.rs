//! Where pages to staff arrive: a chat, a mail server, PagerDuty, webhooks. They check nothing and keep everything, each
//! with a page that shows what came. Faults are ordered by their paths, like those of the platform; that of the mail
//! server is `/smtp`.

pub mod chat;
pub mod events;
pub mod mail;
pub mod page;
pub mod press;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer;
use crate::clock::real_time;
use crate::platform::{Platform, lock};
use crate::wire::Fate;

/// So many of each kind are kept.
const MOST: usize = 2_000;

/// How the sinks are run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where the mail server listens; port 0 takes a free one.
    pub smtp: Option<SocketAddr>,
    /// The console that hears when a button is pressed in the chat: `http://127.0.0.1:3000`.
    pub console: Option<String>,
    /// What a press is signed with.
    pub signing_secret: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Mail,
    Chat,
    PagerDuty,
    Webhook,
}

/// One thing that arrived.
#[derive(Debug, Clone, Serialize)]
pub struct Arrived {
    pub n: u64,
    /// Real time, to the millisecond.
    pub at: Timestamp,
    pub kind: Kind,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    /// JSON as JSON, anything else as its text.
    pub body: Value,
}

/// Everything that arrived, and what the chat made of its part.
#[derive(Debug, Default)]
pub struct Sinks {
    pub settings: Settings,
    arrived: Vec<Arrived>,
    next: u64,
    pub chat: chat::Chat,
}

impl Sinks {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    pub fn add(&mut self, kind: Kind, path: &str, headers: BTreeMap<String, String>, body: Value) {
        self.next += 1;
        if self.arrived.len() >= MOST * 4 {
            self.arrived.drain(..MOST);
        }
        let at = real_time();
        self.arrived.push(Arrived { n: self.next, at, kind, path: path.to_owned(), headers, body });
    }

    /// Those of a kind, or all, from number `since` on, oldest first.
    pub fn since(&self, kind: Option<Kind>, since: u64) -> impl DoubleEndedIterator<Item = &Arrived> {
        self.arrived.iter().filter(move |one| one.n >= since && kind.is_none_or(|kind| kind == one.kind))
    }
}

pub fn router() -> Router<Arc<Platform>> {
    Router::new()
        .route("/control/arrived", get(arrived))
        .route("/mail", get(page::mail))
        .route("/chat", get(page::chat))
        .route("/chat/press", post(press::press))
        .route("/hooks/{channel}", post(chat::hook))
        .route("/api/chat.postMessage", post(chat::post_message))
        .route("/api/chat.update", post(chat::update))
        .route("/api/chat.postEphemeral", post(chat::post_ephemeral))
        .route("/pagerduty", get(page::pagerduty))
        .route("/v2/enqueue", post(events::enqueue))
        .route("/hooks", get(page::webhooks))
        .route("/webhooks/{name}", post(events::webhook))
}

#[derive(Deserialize)]
struct Wanted {
    kind: Option<Kind>,
    #[serde(default)]
    since: u64,
}

/// What arrived from number `since` on; `next` is the number to ask for next.
async fn arrived(State(platform): State<Arc<Platform>>, Query(wanted): Query<Wanted>) -> Response {
    let sinks = lock(&platform.sinks);
    let arrived: Vec<_> = sinks.since(wanted.kind, wanted.since).collect();
    answer::ok(&json!({ "next": sinks.next + 1, "arrived": arrived }))
}

/// Takes one request in: what was ordered against it first. A drop comes after it was taken, before the answer.
async fn take_in(
    platform: &Platform,
    fate: &Fate,
    kind: Kind,
    path: &str,
    headers: &HeaderMap,
    body: &Value,
) -> Result<(), Response> {
    let fault = lock(&platform.faults).take("POST", path);
    if let Some(fault) = &fault {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms.unwrap_or_default())).await;
        if let Some(status) = fault.status.and_then(|status| StatusCode::from_u16(status).ok()) {
            let body = fault.body.clone().unwrap_or_else(|| json!({ "error": "as ordered" }).to_string());
            let mut refusal = answer::text(status, "application/json", body, Some("fault".into()));
            if let Some(seconds) = fault.retry_after {
                refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            return Err(refusal);
        }
    }
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    lock(&platform.sinks).add(kind, path, headers, body.clone());
    match fault {
        Some(fault) if fault.drop || fault.reset => {
            Err(answer::nothing(fate, fault.reset, "fault: drop".to_owned()))
        }
        _ => Ok(()),
    }
}

/// JSON as JSON, anything else as its text.
fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}
