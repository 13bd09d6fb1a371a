//! What it came to: requests, errors, figures of days and hours, feedback.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer;
use crate::chance::{Stream, unit};
use crate::figures::{Figures, Told};
use crate::platform::Platform;
use crate::world::{World, day_of};

/// (code, message, service, share of all errors)
const ERRORS: [(&str, &str, &str, f64); 5] = [
    ("MODEL_TIMEOUT", "The model did not answer in time", "ai-optimization-engine", 0.38),
    ("RATE_LIMITED", "The language model refused: too many requests", "ai-recommendation-engine", 0.22),
    (
        "VALIDATION_FAILED",
        "A recommendation broke the couple's constraints",
        "ai-recommendation-engine",
        0.18,
    ),
    ("CACHE_UNREACHABLE", "cache-cluster did not answer", "ai-optimization-engine", 0.12),
    ("VENDOR_FEED_STALE", "The vendor feed is older than an hour", "ai-crisis-manager", 0.10),
];
const LONGEST_RECENT_MINUTES: u16 = 1_440;
const LONGEST_FEEDBACK_HOURS: u16 = 720;

#[derive(Deserialize)]
pub struct Minutes {
    minutes: Option<u16>,
}

#[derive(Deserialize)]
pub struct Hours {
    hours: Option<u16>,
}

#[derive(Deserialize)]
pub struct Day {
    date: Option<Date>,
}

#[derive(Serialize)]
struct OfDay {
    date: Date,
    #[serde(flatten)]
    told: Told,
}

#[derive(Serialize)]
struct OfHour {
    hour: u8,
    #[serde(flatten)]
    told: Told,
}

/// The commonest errors of an hour at the present rate, so that a change shows at once.
pub async fn errors(State(platform): State<Arc<Platform>>) -> Response {
    let (world, now) = platform.world();
    let vitals = world.vitals_in_turn(now, world.good_turn());
    let all = vitals.requests_a_minute * 60.0 * vitals.error_rate;
    let errors: Vec<_> = ERRORS
        .iter()
        .enumerate()
        .map(|(index, (code, message, service, share))| {
            let count = (all * share).round() as u64;
            let chance = unit(world.seed, Stream::Errors, now.as_second().div_euclid(60) * 8 + index as i64);
            let ago = (chance * 3_600.0 / (count + 1) as f64) as i64;
            let last_seen = Timestamp::from_second(now.as_second() - ago).unwrap_or(now);
            json!({ "code": code, "message": message, "service": service, "count": count, "last_seen": last_seen })
        })
        .filter(|error| error["count"] != 0)
        .collect();
    answer::ok(&json!({ "errors": errors }))
}

/// Requests and errors of the last minutes.
pub async fn recent(
    State(platform): State<Arc<Platform>>,
    query: Result<Query<Minutes>, BadQuery>,
) -> Response {
    let minutes = match query {
        Ok(Query(Minutes { minutes })) => minutes.unwrap_or(5),
        Err(error) => return bad_query(&error),
    };
    if !(1..=LONGEST_RECENT_MINUTES).contains(&minutes) {
        return answer::refuse(StatusCode::BAD_REQUEST, "minutes: expected 1 to 1440");
    }
    let (world, now) = platform.world();
    let (mut requests, mut errors) = (0.0, 0.0);
    for slice in 0..i64::from(minutes) * 6 {
        let Ok(at) = Timestamp::from_second(now.as_second() - slice * 10) else { continue };
        let vitals = world.vitals(at);
        requests += vitals.requests_a_minute / 6.0;
        errors += vitals.requests_a_minute / 6.0 * vitals.error_rate;
    }
    answer::ok(&json!({ "requests": requests.round() as u64, "errors": errors.round() as u64 }))
}

/// A day's figures; those of today as far as it has got.
pub async fn daily(State(platform): State<Arc<Platform>>, query: Result<Query<Day>, BadQuery>) -> Response {
    let (world, now) = platform.world();
    let date = match asked_day(query, now) {
        Ok(date) => date,
        Err(refusal) => return *refusal,
    };
    let hours = world.hours(date, now);
    answer::ok(&OfDay { date, told: Figures::sum(hours.iter().map(|(_, hour)| hour)).told() })
}

/// A day's hours, each with the fields of a day; those of today that have begun.
pub async fn hourly(State(platform): State<Arc<Platform>>, query: Result<Query<Day>, BadQuery>) -> Response {
    let (world, now) = platform.world();
    let date = match asked_day(query, now) {
        Ok(date) => date,
        Err(refusal) => return *refusal,
    };
    let hours: Vec<OfHour> = world
        .hours(date, now)
        .iter()
        .map(|(hour, figures)| OfHour { hour: *hour, told: figures.told() })
        .collect();
    answer::ok(&json!({ "date": date, "hours": hours }))
}

/// How the couples rated what they were given, and what came of it.
pub async fn feedback(
    State(platform): State<Arc<Platform>>,
    query: Result<Query<Hours>, BadQuery>,
) -> Response {
    let hours = match query {
        Ok(Query(Hours { hours })) => hours.unwrap_or(24),
        Err(error) => return bad_query(&error),
    };
    if !(1..=LONGEST_FEEDBACK_HOURS).contains(&hours) {
        return answer::refuse(StatusCode::BAD_REQUEST, "hours: expected 1 to 720");
    }
    let (world, now) = platform.world();
    let told = Figures::sum(last_hours(&world, now, hours.into()).iter()).told();
    let average = told.satisfaction.average.unwrap_or(1.0);
    let mut groups = Vec::new();
    for rating in 1..=5_u8 {
        let rated = told.satisfaction.responses as f64 * share_of_rating(rating, average);
        let accepted = 0.15 + 0.16 * f64::from(rating);
        for (outcome, share) in [
            ("accepted", accepted),
            ("ignored", (1.0 - accepted) * 0.4),
            ("rejected", (1.0 - accepted) * 0.6),
        ] {
            let count = (rated * share).round() as u64;
            if count > 0 {
                groups.push(json!({ "rating": rating, "outcome": outcome, "count": count }));
            }
        }
    }
    answer::ok(&json!({ "groups": groups }))
}

/// Four tosses of a coin that is loaded so that the ratings come to `average`.
fn share_of_rating(rating: u8, average: f64) -> f64 {
    let heads = (average - 1.0) / 4.0;
    let ways = [1.0, 4.0, 6.0, 4.0, 1.0][usize::from(rating - 1)];
    ways * heads.powi(i32::from(rating) - 1) * (1.0 - heads).powi(5 - i32::from(rating))
}

/// The figures of the last `count` hours, the present one included.
pub(super) fn last_hours(world: &World, now: Timestamp, count: usize) -> Vec<Figures> {
    let mut hours = Vec::new();
    let mut date = day_of(now);
    while hours.len() < count {
        let of_day = world.hours(date, now);
        hours.extend(of_day.into_iter().rev().map(|(_, figures)| figures));
        match date.checked_sub(SignedDuration::from_hours(24)) {
            Ok(before) => date = before,
            Err(_) => break,
        }
    }
    hours.truncate(count);
    hours
}

type BadQuery = axum::extract::rejection::QueryRejection;

pub(super) fn bad_query(error: &BadQuery) -> Response {
    answer::refuse(StatusCode::BAD_REQUEST, &error.body_text())
}

/// The day that is asked for; today when none is. The refusal is boxed for its size.
fn asked_day(query: Result<Query<Day>, BadQuery>, now: Timestamp) -> Result<Date, Box<Response>> {
    let today = day_of(now);
    match query {
        Ok(Query(Day { date })) if date.unwrap_or(today) <= today => Ok(date.unwrap_or(today)),
        Ok(_) => Err(Box::new(answer::refuse(StatusCode::NOT_FOUND, "that day has not begun"))),
        Err(error) => Err(Box::new(bad_query(&error))),
    }
}
