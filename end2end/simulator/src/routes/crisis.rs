//! Crises: the list that is read every five seconds, and what is done to one.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::metrics::bad_query;
use crate::answer;
use crate::crises::{CrisisStatus, Refusal};
use crate::effects;
use crate::platform::Platform;
use crate::world::World;

const PAGE: usize = 500;

#[derive(Deserialize)]
pub struct Asked {
    since: Option<Timestamp>,
    cursor: Option<String>,
}

/// Without `since` all that are not resolved; with it all that began or changed their status then or later, resolved
/// ones too. Oldest first.
pub async fn active(
    State(platform): State<Arc<Platform>>,
    query: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let asked = match query {
        Ok(Query(asked)) => asked,
        Err(error) => return bad_query(&error),
    };
    let after = asked.cursor.unwrap_or_default();
    if !after.is_empty() && !after.starts_with("cr-") {
        return answer::refuse(StatusCode::BAD_REQUEST, "cursor: expected the next of the page before");
    }
    let (world, now) = platform.world();
    let mut crises = world.crises(now);
    crises.retain(|crisis| {
        crisis.id > after
            && match asked.since {
                Some(since) => crisis.changed_at >= since,
                None => crisis.status != CrisisStatus::Resolved,
            }
    });
    let more = crises.len() > PAGE;
    crises.truncate(PAGE);
    let next = crises.last().filter(|_| more).map_or(Value::Null, |crisis| crisis.id.clone().into());
    answer::ok(&json!({ "next": next, "crises": crises }))
}

#[derive(Default, Deserialize)]
struct Assignment {
    #[serde(alias = "to", alias = "assigned_to")]
    assignee: Option<String>,
}

/// Gives it to a person, by name if the body has one: `{"assignee": "..."}`.
pub async fn assign(State(platform): State<Arc<Platform>>, Path(id): Path<String>, body: Bytes) -> Response {
    let assignment: Assignment = match serde_json::from_slice(&body) {
        Ok(assignment) => assignment,
        Err(_) if body.is_empty() => Assignment::default(),
        Err(error) => return answer::refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let to = assignment.assignee.unwrap_or_else(|| "crisis team".into());
    let (mut world, now) = platform.world();
    let World { crises, manual_mode, .. } = &mut *world;
    let done = crises.assign(&id, &to, now, manual_mode);
    told(&world, &id, now, done, "assigned")
}

pub async fn resolve(State(platform): State<Arc<Platform>>, Path(id): Path<String>) -> Response {
    let (mut world, now) = platform.world();
    let World { crises, manual_mode, .. } = &mut *world;
    let done = crises.resolve(&id, now, manual_mode);
    told(&world, &id, now, done, "resolved")
}

/// The crisis as it now stands, or why nothing was done.
fn told(world: &World, id: &str, now: Timestamp, done: Result<(), Refusal>, verb: &str) -> Response {
    match done.and_then(|()| world.crises.find(id, now, &world.manual_mode)) {
        Ok(crisis) => effects::applied(answer::ok(&crisis), format!("{verb} the crisis {id}"), true),
        Err(Refusal::Unknown) => answer::refuse(StatusCode::NOT_FOUND, "no such crisis"),
        Err(Refusal::AlreadyResolved) => answer::refuse(StatusCode::CONFLICT, "this crisis is resolved"),
    }
}
