//! The lies of the scenario `lying`: each is one way in which `/ai/health` can be of no use.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{self, Said};
use crate::wire::Fate;

const JSON: &str = "application/json";
const HUGE_BYTES: usize = 10 * 1024 * 1024;

/// In the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    Html,
    Huge,
    WrongTypes,
    Nan,
    AccuracyTooHigh,
    NegativeTime,
    Truncated,
    Redirect,
    ByteASecond,
    Reset,
    Empty,
    UnknownStatus,
    WrongContentType,
    ServerError,
}

impl Lie {
    pub const ALL: [Self; 14] = [
        Self::Html,
        Self::Huge,
        Self::WrongTypes,
        Self::Nan,
        Self::AccuracyTooHigh,
        Self::NegativeTime,
        Self::Truncated,
        Self::Redirect,
        Self::ByteASecond,
        Self::Reset,
        Self::Empty,
        Self::UnknownStatus,
        Self::WrongContentType,
        Self::ServerError,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Huge => "huge",
            Self::WrongTypes => "wrong-types",
            Self::Nan => "nan",
            Self::AccuracyTooHigh => "accuracy-too-high",
            Self::NegativeTime => "negative-time",
            Self::Truncated => "truncated",
            Self::Redirect => "redirect",
            Self::ByteASecond => "byte-a-second",
            Self::Reset => "reset",
            Self::Empty => "empty",
            Self::UnknownStatus => "unknown-status",
            Self::WrongContentType => "wrong-content-type",
            Self::ServerError => "server-error",
        }
    }

    /// The lie that takes the place of the `honest` answer. `elsewhere` is where the redirect leads.
    #[must_use]
    pub fn tell(self, honest: &Value, elsewhere: &str, fate: &Fate) -> Response {
        let fault = Some(format!("lie: {}", self.word()));
        let text =
            |status, content_type, text: String| answer::text(status, content_type, text, fault.clone());
        let changed = |field: &str, value: Value| {
            let mut lie = honest.clone();
            lie[field] = value;
            lie.to_string()
        };
        match self {
            Self::Html => text(
                StatusCode::OK,
                "text/html",
                "<!doctype html><title>Welcome</title><h1>It works!</h1>".into(),
            ),
            Self::Huge => {
                let body = changed("padding", Value::String("x".repeat(HUGE_BYTES)));
                let said = Said { body: json!({ "bytes": body.len() }), fault, broken: false };
                answer::with(StatusCode::OK, JSON, Body::from(body), said)
            }
            Self::WrongTypes => {
                let lie = json!({
                    "status": 5, "optimization_engine": ["operational"], "recommendation_engine": null,
                    "crisis_manager": {"is": "operational"}, "response_time_ms": "fast", "accuracy_rate": [0.92],
                    "availability": {"rate": 0.999}, "error_rate": true, "queue_length": "3", "weddings_today": 2.5,
                });
                text(StatusCode::OK, JSON, lie.to_string())
            }
            Self::Nan => {
                text(StatusCode::OK, JSON, changed("accuracy_rate", "NaN".into()).replace("\"NaN\"", "NaN"))
            }
            Self::AccuracyTooHigh => text(StatusCode::OK, JSON, changed("accuracy_rate", json!(1.7))),
            Self::NegativeTime => text(StatusCode::OK, JSON, changed("response_time_ms", json!(-250))),
            Self::Truncated => {
                let whole = honest.to_string();
                text(StatusCode::OK, JSON, whole.chars().take(whole.len() / 2).collect())
            }
            Self::Redirect => {
                let mut response = text(StatusCode::TEMPORARY_REDIRECT, JSON, String::new());
                if let Ok(elsewhere) = HeaderValue::from_str(elsewhere) {
                    response.headers_mut().insert(header::LOCATION, elsewhere);
                }
                response
            }
            Self::ByteASecond => {
                let said = Said { body: honest.clone(), fault, broken: false };
                answer::with(StatusCode::OK, JSON, byte_a_second(honest.to_string().into()), said)
            }
            Self::Reset => answer::nothing(fate, true, format!("lie: {}", self.word())),
            Self::Empty => text(StatusCode::OK, JSON, String::new()),
            Self::UnknownStatus => text(StatusCode::OK, JSON, changed("status", "splendid".into())),
            Self::WrongContentType => text(StatusCode::OK, "application/octet-stream", honest.to_string()),
            Self::ServerError => {
                text(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "Internal Server Error".into())
            }
        }
    }
}

fn byte_a_second(whole: Bytes) -> Body {
    Body::from_stream(stream::unfold(0_usize, move |at| {
        let byte = whole.get(at..=at).map(|byte| whole.slice_ref(byte));
        async move {
            let byte = byte?;
            if at > 0 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Some((Ok::<_, Infallible>(byte), at + 1))
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_wire() {
        for lie in Lie::ALL {
            assert_eq!(serde_json::to_value(lie).unwrap(), lie.word());
        }
    }
}
