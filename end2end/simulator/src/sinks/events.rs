//! PagerDuty's events, and webhooks of any kind.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;

use super::{Kind, read, take_in};
use crate::answer;
use crate::platform::Platform;
use crate::wire::Fate;

type Shared = State<Arc<Platform>>;

/// Events API v2.
pub async fn enqueue(
    State(platform): Shared,
    ConnectInfo(fate): ConnectInfo<Fate>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = read(&body);
    if body["routing_key"].as_str().is_none_or(str::is_empty) || body["event_action"].as_str().is_none() {
        let why = json!({ "status": "invalid event", "errors": ["routing_key and event_action are needed"] });
        return answer::json(StatusCode::BAD_REQUEST, &why);
    }
    if let Err(spoiled) = take_in(&platform, &fate, Kind::PagerDuty, "/v2/enqueue", &headers, &body).await {
        return spoiled;
    }
    let taken =
        json!({ "status": "success", "message": "Event processed", "dedup_key": body["dedup_key"].clone() });
    answer::json(StatusCode::ACCEPTED, &taken)
}

pub async fn webhook(
    State(platform): Shared,
    ConnectInfo(fate): ConnectInfo<Fate>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("/webhooks/{name}");
    match take_in(&platform, &fate, Kind::Webhook, &path, &headers, &read(&body)).await {
        Ok(()) => answer::json(StatusCode::ACCEPTED, &json!({ "taken": true })),
        Err(spoiled) => spoiled,
    }
}
