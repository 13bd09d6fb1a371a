//! `/weddings`: the calendar, by date, words and page.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, civil::Date};
use serde::Deserialize;
use serde_json::{Value, json};

use super::metrics::bad_query;
use crate::answer;
use crate::platform::Platform;
use crate::world::day_of;

const PAGE: usize = 200;
const LONGEST_DAYS: i64 = 400;
const USUAL_DAYS: i64 = 30;

#[derive(Deserialize)]
pub struct Asked {
    /// Today when left out.
    from: Option<Date>,
    /// Inclusive; thirty days after `from` when left out.
    to: Option<Date>,
    /// Part of a name, a venue or an id.
    q: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

pub async fn weddings(
    State(platform): State<Arc<Platform>>,
    query: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let asked = match query {
        Ok(Query(asked)) => asked,
        Err(error) => return bad_query(&error),
    };
    let (world, now) = platform.world();
    let today = day_of(now);
    let from = asked.from.unwrap_or(today);
    let to = asked.to.unwrap_or_else(|| from.saturating_add(SignedDuration::from_hours(24 * USUAL_DAYS)));
    if to < from || to.duration_since(from) > SignedDuration::from_hours(24 * LONGEST_DAYS) {
        return answer::refuse(StatusCode::BAD_REQUEST, "expected from <= to, and at most 400 days");
    }
    let wanted = asked.q.unwrap_or_default().to_lowercase();
    let after = asked.cursor.unwrap_or_default();
    let mut found = Vec::new();
    let mut date = from;
    while date <= to && found.len() <= PAGE {
        let of_day = world.weddings_on(date, now);
        found.extend(of_day.into_iter().filter(|wedding| wedding.id > after && wedding.matches(&wanted)));
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map_or(Value::Null, |wedding| wedding.id.clone().into());
    let listed: Vec<_> = found.iter().map(|wedding| wedding.listed(today)).collect();
    answer::ok(&json!({ "weddings": listed, "next": next }))
}
