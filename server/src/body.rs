//! How much may be sent to the console in one request.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt;

use crate::{
    access::{asked::Asked, guard::problem},
    alerts_api::pagerduty,
    http::State,
    pages::{self, Trouble},
};

/// Bytes of a form: a long note fits, a megabyte of password does not.
const FORM: usize = 64 * 1024;
/// Bytes of a form with a letter to a couple, or with many couples: a letter of the longest text in any script.
const LETTER: usize = 256 * 1024;
/// Bytes of a form with a file of a case: the largest that is kept, and what a form has around it.
const FILE: usize = backend::crises::LARGEST_FILE + FORM;
/// Bytes that a machine may send.
const MACHINE: usize = 1024 * 1024;
/// Bytes of one payload of alerts from outside.
const ALERTS: usize = 16 * 1024 * 1024;
/// Bytes of one event in PagerDuty's form, as PagerDuty has it.
const EVENT: usize = 512 * 1024;
/// A browser that is still sending reads no answer: so much is taken and thrown away first.
const DRAINED: usize = 4 * 1024 * 1024;
/// The same of a sender of alerts, whose payload is larger from the beginning.
const DRAINED_ALERTS: usize = 64 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(2);
/// A sender of alerts that has not sent its payload by then is sent away.
const WHOLE_WITHIN: Duration = Duration::from_secs(60);

/// The most bytes that this route takes.
pub fn most(route: &str) -> usize {
    match route {
        "/api/v1/alerts/webhook" | "/api/v1/alerts/webhook/{token}" => ALERTS,
        "/v2/enqueue" => EVENT,
        "/crises/{id}/files" => FILE,
        "/crises/{id}/notices/new"
        | "/crises/{id}/notices/send"
        | "/crises/notices"
        | "/crises/notices/send" => LETTER,
        _ if is_for_machines(route) => MACHINE,
        _ => FORM,
    }
}

/// The most bytes that are taken from the connection: a handler that counts by itself still takes what is to be thrown
/// away.
pub fn most_taken(route: &str) -> usize {
    let counts_itself = route == "/v2/enqueue" || route.starts_with("/api/v1/alerts/webhook");
    if counts_itself { most(route) + DRAINED_ALERTS } else { most(route) }
}

/// Why a body did not come whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotWhole {
    TooLarge,
    /// It broke off, or took too long.
    BrokenOff,
}

/// The whole of a body of at most `most` bytes. What is beyond is taken and thrown away, so that the sender reads the
/// answer.
///
/// # Errors
/// When there is more, or it breaks off.
pub async fn whole(mut body: Body, most: usize) -> Result<Vec<u8>, NotWhole> {
    let taking = async {
        let mut whole = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(NotWhole::BrokenOff) };
            let Some(data) = frame.data_ref() else { continue };
            if whole.len() + data.len() > most {
                throw_away(&mut body, DRAINED_ALERTS).await;
                return Err(NotWhole::TooLarge);
            }
            whole.extend_from_slice(data);
        }
        Ok(whole)
    };
    tokio::time::timeout(WHOLE_WITHIN, taking).await.unwrap_or(Err(NotWhole::BrokenOff))
}

/// How many bytes are to come, when that is told.
pub fn told(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

pub async fn drain(mut body: Body, route: &str) {
    let most = if most(route) == ALERTS { DRAINED_ALERTS } else { DRAINED };
    throw_away(&mut body, most).await;
}

async fn throw_away(body: &mut Body, most: usize) {
    let taking = async {
        let mut taken = 0;
        while let Some(Ok(frame)) = body.frame().await {
            taken += frame.data_ref().map_or(0, |data| data.len());
            if taken > most {
                break;
            }
        }
    };
    tokio::time::timeout(DRAINED_WITHIN, taking).await.ok();
}

/// 413
pub fn too_large(state: &State, route: &str) -> Response {
    if route == "/v2/enqueue" {
        return pagerduty::invalid(
            StatusCode::PAYLOAD_TOO_LARGE,
            &["Event is larger than 512 KB".to_owned()],
        );
    }
    if is_for_machines(route) {
        let words = format!("send at most {} MiB at once", most(route) / MACHINE);
        return problem(StatusCode::PAYLOAD_TOO_LARGE, &words);
    }
    pages::trouble_page(&Asked::by_nobody(state), &Trouble::TooLarge)
}

fn is_for_machines(route: &str) -> bool {
    route.starts_with("/api/") || route.starts_with("/v2/")
}
