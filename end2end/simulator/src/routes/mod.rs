//! The platform's API: who may ask, what stands in the way of an answer, and the log of what was told.

pub mod actions;
pub mod control;
pub mod crisis;
pub mod emergency;
pub mod health;
pub mod metrics;
pub mod weddings;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

use crate::answer::{self, Said};
use crate::faults::Fault;
use crate::platform::{Platform, lock};
use crate::sinks;
use crate::truth::Told;
use crate::wire::Fate;

/// Every address: the API behind the bearer token, and `/control`, which is open.
pub fn router(platform: Arc<Platform>) -> Router {
    let api = Router::new()
        .route("/ai/health", get(health::health))
        .route("/ai/models/health", get(health::models))
        .route("/ai/queue", get(health::queue))
        .route("/ai/errors/recent", get(metrics::errors))
        .route("/ai/metrics/recent", get(metrics::recent))
        .route("/ai/metrics/daily", get(metrics::daily))
        .route("/ai/metrics/hourly", get(metrics::hourly))
        .route("/ai/feedback/summary", get(metrics::feedback))
        .route("/ai/cache/warm", post(actions::warm))
        .route("/ai/fallback", get(actions::fallback))
        .route("/ai/fallback/enable", post(actions::enable_fallback))
        .route("/ai/fallback/disable", post(actions::disable_fallback))
        .route("/weddings", get(weddings::weddings))
        .route("/crisis/active", get(crisis::active))
        .route("/crisis/manual-mode", get(actions::manual_mode))
        .route("/crisis/manual-mode/enable", post(actions::enable_manual_mode))
        .route("/crisis/manual-mode/disable", post(actions::disable_manual_mode))
        .route("/crisis/{id}/assign", post(crisis::assign))
        .route("/crisis/{id}/resolve", post(crisis::resolve))
        .route("/alerts/emergency", post(emergency::emergency))
        .fallback(async || answer::refuse(StatusCode::NOT_FOUND, "no such address"))
        .method_not_allowed_fallback(async || {
            answer::refuse(StatusCode::METHOD_NOT_ALLOWED, "not by this method")
        })
        .layer(from_fn_with_state(platform.clone(), tell));
    control::router().merge(sinks::router()).merge(api).with_state(platform)
}

/// Lets the answer be made and writes down what it said.
async fn tell(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(fate): ConnectInfo<Fate>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().to_string();
    let route = request.uri().path().to_owned();
    let query = request.uri().query().map(str::to_owned);
    let mut response = answer(&platform, &fate, request, next).await;
    let said = response.extensions_mut().remove::<Said>().unwrap_or_default();
    platform.truth.tell(Told {
        n: 0,
        at: platform.clock.now(),
        method,
        route,
        query,
        status: (!said.broken).then(|| response.status().as_u16()),
        body: said.body,
        fault: said.fault,
    });
    response
}

/// First the token, then what was ordered against this route, then the outage, then the route itself.
async fn answer(platform: &Platform, fate: &Fate, request: Request, next: Next) -> Response {
    if !is_allowed(request.headers(), &platform.token) {
        let mut refusal = answer::refuse(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
        refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return refusal;
    }
    let path = request.uri().path().to_owned();
    let fault = lock(&platform.faults).take(&path);
    if let Some(fault) = fault {
        sleep_ms(fault.delay_ms.unwrap_or_default()).await;
        if let Some(spoiled) = spoil(&fault, fate) {
            return spoiled;
        }
    }
    if !is_ai(&path) {
        return next.run(request).await;
    }
    let delay_ms = lock(&platform.world).order().delay_ms();
    sleep_ms(delay_ms).await;
    match outage(platform, fate, &path) {
        Some(nothing) => nothing,
        None => next.run(request).await,
    }
}

fn is_allowed(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, given)| scheme.eq_ignore_ascii_case("bearer") && given.trim() == token)
}

/// Whether `path` is answered by the AI itself: the switch of the fallback must work in an outage.
fn is_ai(path: &str) -> bool {
    path.starts_with("/ai/") && !path.starts_with("/ai/fallback")
}

fn spoil(fault: &Fault, fate: &Fate) -> Option<Response> {
    if fault.drop || fault.reset {
        let what = if fault.reset { "reset" } else { "drop" };
        return Some(answer::nothing(fate, fault.reset, format!("fault: {what}")));
    }
    if fault.status.is_none() && fault.body.is_none() {
        return None;
    }
    let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let body = fault.body.clone().unwrap_or_else(|| json!({ "error": "as ordered" }).to_string());
    let content_type = fault.content_type.as_deref().unwrap_or("application/json");
    Some(answer::text(status, content_type, body, Some("fault".into())))
}

/// In an outage two of three get 503, the third nothing at all.
fn outage(platform: &Platform, fate: &Fate, path: &str) -> Option<Response> {
    let (mut world, now) = platform.world();
    if !world.is_out(now) {
        return None;
    }
    if world.ask(path) % 3 == 2 {
        return Some(answer::nothing(fate, false, "outage: drop".into()));
    }
    let down = if path == "/ai/health" {
        json!({
            "status": "down", "optimization_engine": "down", "recommendation_engine": "down", "crisis_manager": "down",
        })
    } else {
        json!({ "error": "service unavailable" })
    };
    Some(answer::json(StatusCode::SERVICE_UNAVAILABLE, &down))
}

async fn sleep_ms(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}
