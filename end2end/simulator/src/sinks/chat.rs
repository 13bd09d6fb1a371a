//! The chat: incoming webhooks and an app's messages, as Slack takes them.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Kind, read, take_in};
use crate::answer;
use crate::platform::{Platform, lock};
use crate::wire::Fate;

/// A message as it stands in the chat.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    pub channel: String,
    pub ts: String,
    pub thread_ts: Option<String>,
    /// What is shown: `text`, `attachments`.
    pub body: Value,
    /// How often it was changed in place.
    pub updates: u32,
    /// The only one who sees it.
    pub only_for: Option<String>,
}

#[derive(Debug, Default)]
pub struct Chat {
    messages: Vec<Message>,
    next: u64,
}

impl Chat {
    /// Adds a message; says under which name.
    pub fn add(&mut self, channel: &str, body: Value, only_for: Option<String>) -> String {
        self.next += 1;
        let ts = format!("1700000000.{:06}", self.next);
        let thread_ts = body["thread_ts"].as_str().map(str::to_owned);
        let message =
            Message { channel: channel.to_owned(), ts: ts.clone(), thread_ts, body, updates: 0, only_for };
        self.messages.push(message);
        ts
    }

    /// Changes a message in place; false when there is none such.
    pub fn change(&mut self, channel: &str, ts: &str, body: Value) -> bool {
        let found = self.messages.iter_mut().find(|one| one.channel == channel && one.ts == ts);
        found.is_some_and(|message| {
            message.body = body;
            message.updates += 1;
            true
        })
    }

    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }
}

type Shared = State<Arc<Platform>>;

/// An incoming webhook; the channel stands in its address.
pub async fn hook(
    State(platform): Shared,
    ConnectInfo(fate): ConnectInfo<Fate>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = read(&body);
    if let Err(spoiled) =
        take_in(&platform, &fate, Kind::Chat, &format!("/hooks/{channel}"), &headers, &body).await
    {
        return spoiled;
    }
    lock(&platform.sinks).chat.add(&channel, body, None);
    answer::text(axum::http::StatusCode::OK, "text/plain", "ok".to_owned(), None)
}

/// `chat.postMessage`. A message to a person stands in a channel of its own, which begins with D.
pub async fn post_message(
    State(platform): Shared,
    ConnectInfo(fate): ConnectInfo<Fate>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = read(&body);
    if let Err(spoiled) =
        take_in(&platform, &fate, Kind::Chat, "/api/chat.postMessage", &headers, &body).await
    {
        return spoiled;
    }
    let Some(to) = body["channel"].as_str() else { return refused("channel_not_found") };
    let channel = to.strip_prefix('U').map_or_else(|| to.to_owned(), |rest| format!("D{rest}"));
    let ts = lock(&platform.sinks).chat.add(&channel, body, None);
    answer::ok(&json!({ "ok": true, "channel": channel, "ts": ts }))
}

pub async fn update(
    State(platform): Shared,
    ConnectInfo(fate): ConnectInfo<Fate>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = read(&body);
    if let Err(spoiled) = take_in(&platform, &fate, Kind::Chat, "/api/chat.update", &headers, &body).await {
        return spoiled;
    }
    let (channel, ts) = (body["channel"].clone(), body["ts"].clone());
    let (channel, ts) = (channel.as_str().unwrap_or_default(), ts.as_str().unwrap_or_default());
    if lock(&platform.sinks).chat.change(channel, ts, body) {
        answer::ok(&json!({ "ok": true, "channel": channel, "ts": ts }))
    } else {
        refused("message_not_found")
    }
}

pub async fn post_ephemeral(
    State(platform): Shared,
    ConnectInfo(fate): ConnectInfo<Fate>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = read(&body);
    if let Err(spoiled) =
        take_in(&platform, &fate, Kind::Chat, "/api/chat.postEphemeral", &headers, &body).await
    {
        return spoiled;
    }
    let channel = body["channel"].as_str().unwrap_or_default().to_owned();
    let user = body["user"].as_str().map(str::to_owned);
    let ts = lock(&platform.sinks).chat.add(&channel, body, user);
    answer::ok(&json!({ "ok": true, "message_ts": ts }))
}

fn refused(word: &str) -> Response {
    answer::ok(&json!({ "ok": false, "error": word }))
}
