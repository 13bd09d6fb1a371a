//! What may be done to the platform: fallback, manual mode, a warm cache.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::answer;
use crate::platform::Platform;

type Shared = State<Arc<Platform>>;

pub async fn warm(State(platform): Shared) -> Response {
    let (mut world, now) = platform.world();
    let number = world.warm(now);
    answer::json(StatusCode::ACCEPTED, &json!({ "job": format!("warm-{number:04}") }))
}

pub async fn fallback(State(platform): Shared) -> Response {
    answer::ok(&platform.world().0.fallback.position())
}

pub async fn enable_fallback(State(platform): Shared) -> Response {
    turn_fallback(&platform, true)
}

pub async fn disable_fallback(State(platform): Shared) -> Response {
    turn_fallback(&platform, false)
}

fn turn_fallback(platform: &Platform, on: bool) -> Response {
    let (mut world, now) = platform.world();
    world.fallback.turn(now, on);
    answer::ok(&world.fallback.position())
}

pub async fn manual_mode(State(platform): Shared) -> Response {
    answer::ok(&platform.world().0.manual_mode.position())
}

pub async fn enable_manual_mode(State(platform): Shared) -> Response {
    turn_manual_mode(&platform, true)
}

pub async fn disable_manual_mode(State(platform): Shared) -> Response {
    turn_manual_mode(&platform, false)
}

fn turn_manual_mode(platform: &Platform, on: bool) -> Response {
    let (mut world, now) = platform.world();
    world.manual_mode.turn(now, on);
    answer::ok(&world.manual_mode.position())
}
