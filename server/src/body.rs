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
    http::State,
    pages::{self, Trouble},
};

/// Bytes of a form: a long note fits, a megabyte of password does not.
const FORM: usize = 64 * 1024;
/// Bytes that a machine may send.
const MACHINE: usize = 1024 * 1024;
/// A browser that is still sending reads no answer: so much is taken and thrown away first.
const DRAINED: usize = 4 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(2);

/// The most bytes that this route takes.
pub fn most(route: &str) -> usize {
    if is_for_machines(route) { MACHINE } else { FORM }
}

/// How many bytes are to come, when that is told.
pub fn told(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

pub async fn drain(mut body: Body) {
    let taking = async {
        let mut taken = 0;
        while let Some(Ok(frame)) = body.frame().await {
            taken += frame.data_ref().map_or(0, |data| data.len());
            if taken > DRAINED {
                break;
            }
        }
    };
    tokio::time::timeout(DRAINED_WITHIN, taking).await.ok();
}

/// 413
pub fn too_large(state: &State, route: &str) -> Response {
    if is_for_machines(route) {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "send at most 1 MiB at once");
    }
    pages::trouble_page(&Asked::by_nobody(state), &Trouble::TooLarge)
}

fn is_for_machines(route: &str) -> bool {
    route.starts_with("/api/")
}
