//! Answers, each with a note for the truth of what it said.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use crate::wire::Fate;

/// What an answer said, carried beside it to the log of the truth.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// JSON as JSON, anything else as (the beginning of) its text.
    pub body: Value,
    /// The fault or lie that was behind it.
    pub fault: Option<String>,
    /// Nothing arrived: the connection was broken instead.
    pub broken: bool,
}

/// A JSON answer.
#[must_use]
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // The text comes from the body itself and not from the value, which has forgotten the order of the fields.
    match serde_json::to_string(body).and_then(|text| Ok((text, serde_json::to_value(body)?))) {
        Ok((text, value)) => {
            with(status, "application/json", Body::from(text), Said { body: value, ..Said::default() })
        }
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// 200 with JSON.
#[must_use]
pub fn ok(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// A refusal that says why: `{"error": why}`.
#[must_use]
pub fn refuse(status: StatusCode, why: &str) -> Response {
    let value = json!({ "error": why });
    with(status, "application/json", Body::from(value.to_string()), Said { body: value, ..Said::default() })
}

/// Any text, as it is.
#[must_use]
pub fn text(status: StatusCode, content_type: &str, text: String, fault: Option<String>) -> Response {
    let body =
        serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.chars().take(2_000).collect()));
    with(status, content_type, Body::from(text), Said { body, fault, broken: false })
}

/// No answer: the connection is dropped, or reset.
#[must_use]
pub fn nothing(fate: &Fate, reset: bool, fault: String) -> Response {
    if reset {
        fate.reset();
    } else {
        fate.hang_up();
    }
    let said = Said { body: Value::Null, fault: Some(fault), broken: true };
    with(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", Body::empty(), said)
}

/// An answer with everything given. A content type that cannot be a header is left out.
#[must_use]
pub fn with(status: StatusCode, content_type: &str, body: Body, said: Said) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(content_type) = content_type.parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response.extensions_mut().insert(said);
    response
}
