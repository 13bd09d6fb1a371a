//! Whether the console itself is well: for machines.

use axum::{
    extract::State as Extract,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::http::State;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: it can serve: the database can be written to, and its tables are up to date.
pub async fn ready(Extract(state): Extract<State>) -> Response {
    match tokio::time::timeout(std::time::Duration::from_secs(3), state.console.db.check()).await {
        Ok(Ok(())) => "ready\ndatabase: can be written to\nmigrations: up to date\n".into_response(),
        Ok(Err(error)) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\ndatabase: {error}\n")).into_response()
        }
        Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\ndatabase: busy for over 3 s\n").into_response()
        }
    }
}

/// `GET /metrics`: Prometheus.
pub async fn metrics(Extract(state): Extract<State>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.prometheus.render())
        .into_response()
}
