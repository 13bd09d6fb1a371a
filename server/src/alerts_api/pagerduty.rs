//! `POST /v2/enqueue`: PagerDuty's Events API, version 2, so that its senders need only another address.

use axum::{
    Json,
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::connect::inbound_pagerduty::read_pagerduty;
use serde_json::json;

use super::{
    failure::Failure,
    webhook::{NotAllowed, who},
};
use crate::{
    access::{
        asked::Asked,
        guard::{Unknown, too_often_for_programs},
    },
    body::{self, NotWhole},
};

const ROUTE: &str = "/v2/enqueue";

/// Takes in one event. Its `routing_key` is an API token that may handle alerts.
pub async fn enqueue(mut asked: Asked, sent: Body) -> Response {
    let bytes = match body::whole(sent, body::most(ROUTE)).await {
        Ok(bytes) => bytes,
        Err(NotWhole::TooLarge) => return body::too_large(&asked.state, ROUTE),
        Err(NotWhole::BrokenOff) => {
            return invalid(StatusCode::BAD_REQUEST, &["Event broke off before its end".to_owned()]);
        }
    };
    // Half a megabyte of JSON is read in a few milliseconds, which is still too long beside pages.
    let read = tokio::task::spawn_blocking(move || read_pagerduty(&bytes)).await;
    let event = match read {
        Ok(Ok(event)) => event,
        Ok(Err(errors)) => return invalid(StatusCode::BAD_REQUEST, &errors),
        Err(error) => return Failure::Inside(error.to_string()).answer(&asked).await,
    };
    let permit = match who(&mut asked, &event.routing_key).await {
        Ok(permit) => permit,
        Err(NotAllowed::Missing(failure)) => {
            let words = failure.words();
            // The record; the answer is in the form of PagerDuty.
            failure.answer(&asked).await;
            return invalid(StatusCode::FORBIDDEN, &[words]);
        }
        Err(NotAllowed::Unknown(Unknown::Token(_))) => {
            return invalid(StatusCode::BAD_REQUEST, &["'routing_key' is invalid".to_owned()]);
        }
        Err(NotAllowed::Unknown(Unknown::TooOften(seconds))) => return too_often_for_programs(seconds),
        Err(NotAllowed::Unknown(Unknown::Db(error))) => return Failure::from(error).answer(&asked).await,
    };
    let made = || uuid::Uuid::now_v7().simple().to_string();
    let dedup_key = event.dedup_key.clone().unwrap_or_else(made);
    match asked.state.console.alerts.receive_event(&permit, event.report(&dedup_key)).await {
        Ok(received) => match received.refused.first() {
            Some(refused) => invalid(StatusCode::FORBIDDEN, std::slice::from_ref(&refused.why)),
            None => {
                let body =
                    json!({ "status": "success", "message": "Event processed", "dedup_key": dedup_key });
                (StatusCode::ACCEPTED, Json(body)).into_response()
            }
        },
        Err(error) => Failure::from(error).answer(&asked).await,
    }
}

/// What PagerDuty answers to an event that it does not take.
pub fn invalid(status: StatusCode, errors: &[String]) -> Response {
    let body = json!({ "status": "invalid event", "message": "Event object is invalid", "errors": errors });
    (status, Json(body)).into_response()
}
