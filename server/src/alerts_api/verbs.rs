//! What programs do to alerts: each verb a sub-path, as people press the buttons.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{
    access::{HandleAlerts, Permit},
    alerts::{AlertRefused, Alerts, Stored},
};
use domain::{
    alerts::AlertId,
    time::Millis,
    windows::{Scope, Window, WindowKind},
};
use serde::de::DeserializeOwned;

use super::{
    failure::Failure,
    shapes::{
        Acknowledge, AcknowledgeMany, AcknowledgedMany, Alert, Note, Nothing, Problem, RefusedOne, Resolve,
        Silence, Silenced, rfc3339,
    },
};
use crate::access::asked::Asked;

const MANY: usize = 500;

pub type Sent = Result<Bytes, BytesRejection>;

/// Takes an alert on: nobody else is called while that holds.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge", tag = "alerts", params(("id" = String, Path,)),
    request_body(content = Option<Acknowledge>), responses(
    (status = 200, body = Alert), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, description = "is_resolved, is_acknowledged, changed", body = Problem),
))]
pub async fn acknowledge(asked: Asked, Path(id): Path<String>, sent: Sent) -> Response {
    act(asked, id, sent, async |alerts: &Alerts, permit, id, Acknowledge { note }| {
        alerts.acknowledge(permit, id, &note).await
    })
    .await
}

/// Takes the acknowledgement back: paging goes on where it stood.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/unacknowledge", tag = "alerts", params(("id" = String, Path,)),
    request_body(content = Option<Nothing>), responses(
    (status = 200, body = Alert), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, description = "not_acknowledged, changed", body = Problem),
))]
pub async fn unacknowledge(asked: Asked, Path(id): Path<String>, sent: Sent) -> Response {
    act(asked, id, sent, async |alerts: &Alerts, permit, id, Nothing {}| {
        alerts.unacknowledge(permit, id).await
    })
    .await
}

/// Ends an alert; while it is bad, with a reason.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/resolve", tag = "alerts", params(("id" = String, Path,)),
    request_body(content = Option<Resolve>), responses(
    (status = 200, body = Alert), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, description = "is_resolved, changed", body = Problem),
    (status = 422, description = "needs_reason, too_long", body = Problem),
))]
pub async fn resolve(asked: Asked, Path(id): Path<String>, sent: Sent) -> Response {
    act(asked, id, sent, async |alerts: &Alerts, permit, id, Resolve { reason }| {
        alerts.resolve(permit, id, &reason).await
    })
    .await
}

/// Opens an alert again that ended within the last day.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/reopen", tag = "alerts", params(("id" = String, Path,)),
    request_body(content = Option<Nothing>), responses(
    (status = 200, body = Alert), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, description = "is_open, too_long_ago, another_is_open, changed", body = Problem),
))]
pub async fn reopen(asked: Asked, Path(id): Path<String>, sent: Sent) -> Response {
    act(asked, id, sent, async |alerts: &Alerts, permit, id, Nothing {}| alerts.reopen(permit, id).await)
        .await
}

/// Writes into the story; whoever acknowledged the alert is thereby at work.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/note", tag = "alerts", params(("id" = String, Path,)),
    request_body = Note, responses(
    (status = 200, body = Alert), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 422, description = "empty_note, too_long", body = Problem),
))]
pub async fn note(asked: Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let permit = permit(&asked);
    let done = async {
        let Note { text } = read(sent)?;
        Ok(asked.state.console.alerts.note(&permit?, &AlertId(id), &text).await?)
    };
    let done: Result<Stored, Failure> = done.await;
    answer(&asked, done).await
}

/// Makes a silence over what the alert is about.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/silence", tag = "alerts", params(("id" = String, Path,)),
    request_body = Silence, responses(
    (status = 201, body = Silenced), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 422, description = "silence_refused: no reason, no end, too long, or weddings today", body = Problem),
))]
pub async fn silence(asked: Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let permit = permit(&asked);
    let done = async {
        let silence: Silence = read(sent)?;
        let permit = permit?;
        let alerts = &asked.state.console.alerts;
        let key = alerts.one(&AlertId(id)).await?.alert.key;
        let now = asked.state.console.clock.now();
        let window = Window {
            kind: WindowKind::Silence,
            over: Scope { platform: Some(key.platform), service: key.service, metric: Some(key.metric) },
            from: now,
            until: until(&silence, now)?,
            emergencies: silence.emergencies,
            reason: silence.reason,
        };
        let made = alerts.silence(&permit, window).await?;
        Ok(Silenced {
            id: made.id,
            from: rfc3339(made.window.from),
            until: rfc3339(made.window.until),
            over: backend::windows::in_words(&made.window),
        })
    };
    let done: Result<Silenced, Failure> = done.await;
    match done {
        Ok(made) => (StatusCode::CREATED, Json(made)).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

/// Acknowledges many; each that cannot be is named.
#[utoipa::path(post, path = "/api/v1/alerts/acknowledge", tag = "alerts", request_body = AcknowledgeMany, responses(
    (status = 200, body = AcknowledgedMany), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub async fn acknowledge_many(asked: Asked, sent: Sent) -> Response {
    let permit = permit(&asked);
    let done = async {
        let AcknowledgeMany { ids, note } = read(sent)?;
        if ids.is_empty() || ids.len() > MANY {
            let words = format!("ids holds 1 to {MANY} alerts; it held {}", ids.len());
            return Err(Failure::unprocessable("too_many", words));
        }
        let permit = permit?;
        let mut done = AcknowledgedMany { acknowledged: Vec::new(), refused: Vec::new() };
        for id in ids {
            match asked.state.console.alerts.acknowledge(&permit, &AlertId(id.clone()), &note).await {
                Ok(_) => done.acknowledged.push(id),
                Err(refused) => {
                    let failure = Failure::from(refused);
                    done.refused.push(RefusedOne { id, error: failure.words(), code: failure.code() });
                }
            }
        }
        Ok(done)
    };
    match done.await {
        Ok(done) => Json(done).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

fn permit(asked: &Asked) -> Result<Permit<HandleAlerts>, Failure> {
    Ok(asked.viewer()?.permit::<HandleAlerts>()?)
}

async fn act<B: DeserializeOwned + Default>(
    asked: Asked,
    id: String,
    sent: Sent,
    verb: impl AsyncFnOnce(&Alerts, &Permit<HandleAlerts>, &AlertId, B) -> Result<Stored, AlertRefused>,
) -> Response {
    let body = match sent {
        Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => Ok(B::default()),
        sent => read(sent),
    };
    let done = match (body, permit(&asked)) {
        (Ok(body), Ok(permit)) => {
            let done = verb(&asked.state.console.alerts, &permit, &AlertId(id), body).await;
            done.map_err(Failure::from)
        }
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    };
    answer(&asked, done).await
}

async fn answer(asked: &Asked, done: Result<Stored, Failure>) -> Response {
    match done {
        Ok(stored) => {
            Json(Alert::of(&stored, &asked.state.console.config().server.public_url)).into_response()
        }
        Err(failure) => failure.answer(asked).await,
    }
}

/// The JSON of a request.
///
/// # Errors
/// When it is none, or not of this shape.
pub fn read<B: DeserializeOwned>(sent: Sent) -> Result<B, Failure> {
    let bytes = sent.map_err(|error| Failure::Said {
        status: error.status(),
        code: "bad_request",
        words: error.body_text(),
    })?;
    serde_json::from_slice(&bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Failure::unprocessable("unprocessable", error.to_string()),
        _ => Failure::request(format!("this is not JSON: {error}")),
    })
}

fn until(silence: &Silence, now: Millis) -> Result<Millis, Failure> {
    let refuse = |words: &str| Failure::unprocessable("silence_refused", words);
    match (&silence.until, &silence.lasting) {
        (Some(until), None) => {
            let until: jiff::Timestamp =
                until.parse().map_err(|_| refuse("until is a time as 2026-11-24T18:00:00Z"))?;
            Ok(Millis(until.as_millisecond()))
        }
        (None, Some(lasting)) => {
            let lasting: jiff::SignedDuration =
                lasting.parse().map_err(|_| refuse("for is a span as 30m or 2h 30m"))?;
            Ok(now.plus(i64::try_from(lasting.as_millis()).unwrap_or(i64::MAX)))
        }
        _ => Err(refuse("say either until when or for how long: until or for")),
    }
}
