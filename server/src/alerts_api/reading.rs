//! `GET /api/v1/alerts` and `GET /api/v1/alerts/{id}`.

use axum::{
    Json,
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use backend::alerts::{AlertFilter, Place, StateFilter};
use domain::{alerts::AlertId, time::Millis};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    failure::Failure,
    shapes::{Alert, AlertWithStory, Alerts, Evidence, Problem},
};
use crate::access::asked::Asked;

const USUALLY: u16 = 100;
const MOST: u16 = 500;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// open (the default: firing or acknowledged), firing, acknowledged, resolved or all.
    #[serde(default)]
    state: Option<String>,
    /// 1 to 4; several with commas between.
    #[serde(default)]
    level: Option<String>,
    #[serde(default)]
    platform: Option<String>,
    /// The key of a service.
    #[serde(default)]
    service: Option<String>,
    /// 1 to 500; 100 when left out.
    #[serde(default)]
    limit: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    cursor: Option<String>,
}

/// Alerts, the newest first.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(Filters), responses(
    (status = 200, body = Alerts), (status = 400, description = "A filter cannot be read", body = Problem),
))]
pub async fn list(
    asked: Asked,
    filters: Result<Query<Filters>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let read = filters.map_err(|error| Failure::request(error.body_text()));
    let page = async |asked: &Asked| {
        let Query(filters) = read?;
        let (filter, limit, after) = filters.read()?;
        let found = asked.state.console.alerts.listed(&filter, after.as_ref(), limit).await?;
        Ok::<_, Failure>(found)
    };
    match page(&asked).await {
        Ok((found, next)) => {
            let url = &asked.state.console.config().server.public_url;
            let alerts = found.iter().map(|stored| Alert::of(stored, url)).collect();
            let next = next.map(|(at, id)| format!("{at}_{id}"));
            Json(Alerts { alerts, next }).into_response()
        }
        Err(failure) => failure.answer(&asked).await,
    }
}

/// One alert with its story.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path,)), responses(
    (status = 200, body = AlertWithStory), (status = 404, description = "There is no such alert", body = Problem),
))]
pub async fn one(asked: Asked, Path(id): Path<String>) -> Response {
    match asked.state.console.alerts.story(&AlertId(id)).await {
        Ok(told) => {
            let url = &asked.state.console.config().server.public_url;
            Json(AlertWithStory::of(&told, url)).into_response()
        }
        Err(refused) => Failure::from(refused).answer(&asked).await,
    }
}

/// What was seen and pinned to an alert, the oldest first; at most 200 pieces.
#[utoipa::path(get, path = "/api/v1/alerts/{id}/evidence", tag = "alerts", params(("id" = String, Path,)), responses(
    (status = 200, body = Evidence), (status = 404, description = "There is no such alert", body = Problem),
))]
pub async fn evidence(asked: Asked, Path(id): Path<String>) -> Response {
    let id = AlertId(id);
    let pinned = async {
        let alerts = &asked.state.console.alerts;
        alerts.one(&id).await?;
        Ok::<_, Failure>(alerts.evidence(&id).await?)
    };
    match pinned.await {
        Ok(pinned) => Json(Evidence::of(&pinned)).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

impl Filters {
    fn read(self) -> Result<(AlertFilter, u16, Option<Place>), Failure> {
        let state = match self.state.as_deref() {
            None | Some("") => StateFilter::default(),
            Some(word) => StateFilter::from_word(word).ok_or_else(|| {
                Failure::request("state is one of open, firing, acknowledged, resolved, all")
            })?,
        };
        let mut levels = Vec::new();
        for level in self.level.iter().flat_map(|levels| levels.split(',')).filter(|level| !level.is_empty())
        {
            let level = level.trim().parse().ok().filter(|level| (1..=4).contains(level));
            levels
                .push(level.ok_or_else(|| Failure::request("level is 1 to 4; several with commas between"))?);
        }
        let limit = match self.limit.as_deref() {
            None | Some("") => USUALLY,
            Some(limit) => limit
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| Failure::request(format!("limit is 1 to {MOST}")))?,
        };
        let after = match self.cursor.as_deref() {
            None | Some("") => None,
            Some(cursor) => Some(
                place(cursor)
                    .ok_or_else(|| Failure::request("cursor is what the page before gave as next"))?,
            ),
        };
        let named = |text: Option<String>| text.filter(|text| !text.is_empty());
        let filter =
            AlertFilter { state, levels, platform: named(self.platform), service: named(self.service) };
        Ok((filter, limit, after))
    }
}

fn place(cursor: &str) -> Option<Place> {
    let (at, id) = cursor.split_once('_')?;
    let plain = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    Some((Millis(at.parse().ok()?), AlertId(id.to_owned()))).filter(|_| plain)
}
