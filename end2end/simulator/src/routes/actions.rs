//! What may be done to the platform: fallback, manual mode, a warm cache.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::answer;
use crate::effects;
use crate::platform::Platform;

type Shared = State<Arc<Platform>>;

pub async fn warm(State(platform): Shared) -> Response {
    let (mut world, now) = platform.world();
    let number = world.warm(now);
    let response = answer::json(StatusCode::ACCEPTED, &json!({ "job": format!("warm-{number:04}") }));
    effects::applied(response, "warmed the cache", true)
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
    let changed = world.fallback.is_on(now) != on;
    world.fallback.turn(now, on);
    effects::applied(answer::ok(&world.fallback.position()), switched("the fallback", on), changed)
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
    let changed = world.manual_mode.is_on(now) != on;
    world.manual_mode.turn(now, on);
    effects::applied(answer::ok(&world.manual_mode.position()), switched("manual mode", on), changed)
}

fn switched(what: &str, on: bool) -> String {
    format!("switched {what} {}", if on { "on" } else { "off" })
}
