//! For the platform's own callers, who tell of outcomes and follow how a breaker stands.

use axum::{
    Json,
    extract::{Path, Query, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{
    access::{HandleAlerts, Permit, SeeStatus},
    failover::BreakerRefused,
};
use domain::{
    failover::{BreakerView, Came, Fault, Outcome, Position},
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::asked::Asked,
    alerts_api::{Problem, failure::Failure},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The first platform when left out.
    #[serde(default)]
    platform: Option<String>,
}

/// How the breakers of a platform stand.
#[derive(Serialize, ToSchema)]
pub struct Breakers {
    breakers: Vec<Breaker>,
}

/// The breaker of one service.
#[derive(Serialize, ToSchema)]
pub struct Breaker {
    service: String,
    /// closed: call it. open: do not. half_open: do not, the console probes it.
    state: &'static str,
    /// RFC 3339, as every time here.
    since: String,
    /// Failures running, while it is closed; five open it.
    failures: usize,
    /// When it is probed, while it is open.
    next_probe: Option<String>,
    /// Whether a person holds it, and until when.
    held_until: Option<String>,
    successes_told: u64,
    failures_told: u64,
}

/// What callers tell of a service.
#[derive(Deserialize, ToSchema)]
pub struct Report {
    /// At most a thousand.
    outcomes: Vec<Told>,
}

/// One call.
#[derive(Deserialize, ToSchema)]
pub struct Told {
    /// Of your choice; told twice, it counts once.
    id: String,
    /// RFC 3339: when the call ended.
    at: String,
    /// success, time_out, connection, or the status of the answer as a number, such as 503.
    #[schema(value_type = Object)]
    result: CallResult,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CallResult {
    Status(u16),
    Word(String),
}

/// How every breaker stands.
#[utoipa::path(get, path = "/api/v1/breakers", tag = "breakers", params(Which), responses(
    (status = 200, body = Breakers), (status = 404, description = "There is no such platform", body = Problem),
))]
pub async fn list(asked: Asked, Query(which): Query<Which>) -> Response {
    let listed = async {
        let platform = platform(&asked, which.platform.as_deref())?;
        let permit: Permit<SeeStatus> = asked.viewer()?.permit()?;
        let stored = asked.state.failover.breakers(&permit, &platform).await?;
        Ok::<_, Failure>(Breakers { breakers: stored.iter().map(|one| shown(&one.breaker.view())).collect() })
    };
    match listed.await {
        Ok(breakers) => Json(breakers).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

/// Tells what became of calls of a service. Five failures running open its breaker.
#[utoipa::path(post, path = "/api/v1/breakers/{service}/outcomes", tag = "breakers",
    params(("service" = String, Path,), Which), request_body = Report, responses(
    (status = 200, body = Breaker), (status = 404, description = "There is no such service", body = Problem),
    (status = 422, description = "An outcome cannot be read", body = Problem),
))]
pub async fn report(
    asked: Asked,
    Path(service): Path<String>,
    Query(which): Query<Which>,
    report: Result<Json<Report>, JsonRejection>,
) -> Response {
    let taken = async {
        let Json(report) = report.map_err(|error| Failure::request(error.body_text()))?;
        let platform = platform(&asked, which.platform.as_deref())?;
        let permit: Permit<HandleAlerts> = asked.viewer()?.permit()?;
        let outcomes = report.outcomes.iter().map(outcome).collect::<Result<Vec<_>, _>>()?;
        let view = asked.state.failover.report(&permit, (&platform, &service), outcomes).await;
        Ok::<_, Failure>(shown(&view.map_err(failure)?))
    };
    match taken.await {
        Ok(breaker) => Json(breaker).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

fn outcome(told: &Told) -> Result<Outcome, Failure> {
    let said = |words: String| Failure::Said {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code: "wrong_outcome",
        words,
    };
    let at = told.at.parse::<jiff::Timestamp>().map_err(|_| said(format!("at: {:?} is no time", told.at)))?;
    let failed = |how| Came::Failure { how };
    let came = match &told.result {
        CallResult::Status(status) => Came::of_status(*status),
        CallResult::Word(word) => match word.as_str() {
            "success" => Came::Success,
            "time_out" => failed(Fault::TimeOut),
            "connection" => failed(Fault::Connection),
            other => return Err(said(format!("result: {other:?} is none of success, time_out, connection"))),
        },
    };
    if told.id.is_empty() || told.id.len() > 200 {
        return Err(said("id: expected 1 to 200 characters".to_owned()));
    }
    Ok(Outcome { id: told.id.clone(), at: Millis(at.as_millisecond()), came })
}

fn shown(view: &BreakerView) -> Breaker {
    let time = |at: Millis| {
        jiff::Timestamp::from_millisecond(at.0)
            .map_or_else(|_| at.to_string(), |timestamp| timestamp.to_string())
    };
    Breaker {
        service: view.service.clone(),
        state: match view.state {
            Position::Closed => "closed",
            Position::Open => "open",
            Position::HalfOpen => "half_open",
        },
        since: time(view.since),
        failures: view.failures,
        next_probe: view.next_probe.map(time),
        held_until: view.held.as_ref().map(|held| time(held.until)),
        successes_told: view.counts.successes,
        failures_told: view.counts.failures,
    }
}

fn platform(asked: &Asked, wanted: Option<&str>) -> Result<String, Failure> {
    crate::actions_api::reading::platform(asked, wanted)
}

fn failure(refused: BreakerRefused) -> Failure {
    let words = refused.to_string();
    let said = |status, code| Failure::Said { status, code, words: words.clone() };
    match refused {
        BreakerRefused::Unknown => said(StatusCode::NOT_FOUND, "unknown"),
        BreakerRefused::TooMany => said(StatusCode::UNPROCESSABLE_ENTITY, "too_many"),
        BreakerRefused::Changed => said(StatusCode::CONFLICT, "changed"),
        BreakerRefused::Hold(_) => said(StatusCode::CONFLICT, "refused"),
        BreakerRefused::Missing(missing) => Failure::Missing(missing),
        BreakerRefused::Db(error) => error.into(),
    }
}
