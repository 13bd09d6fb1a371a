//! The platform's API: who may ask, what stands in the way of an answer, and the log of what was told.

pub mod actions;
pub mod control;
pub mod crisis;
pub mod emergency;
pub mod health;
pub mod k8s;
pub mod metrics;
pub mod weddings;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};
use serde_json::json;

use crate::answer::{self, Said};
use crate::cluster::refusal::Refusal;
use crate::effects::{Applied, Effect};
use crate::faults::{Fault, When};
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
        .route("/k8s/{*path}", any(k8s::serve))
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
    // What changes something goes on to its end, also when whoever asked has hung up.
    let changes = request.method() != Method::GET;
    let answer = answer(platform.clone(), fate, request, next);
    let mut response = if changes {
        tokio::spawn(answer)
            .await
            .unwrap_or_else(|_| answer::refuse(StatusCode::INTERNAL_SERVER_ERROR, "the simulator failed"))
    } else {
        answer.await
    };
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

/// First the token, then what was ordered against this route, then the outage, then the route itself. Whatever the
/// route has done is an effect, also where a fault then spoils the answer.
async fn answer(platform: Arc<Platform>, fate: Fate, request: Request, next: Next) -> Response {
    let (platform, fate) = (platform.as_ref(), &fate);
    if !is_allowed(request.headers(), &platform.token) {
        let why = "a valid bearer token is needed";
        let mut refusal = if is_k8s(request.uri().path()) {
            Refusal::unauthorized().answer()
        } else {
            answer::refuse(StatusCode::UNAUTHORIZED, why)
        };
        refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return refusal;
    }
    let path = request.uri().path().to_owned();
    let fault = lock(&platform.faults).take(request.method().as_str(), &path);
    let (before, after) = match fault {
        Some(fault) if fault.when == When::After => (None, Some(fault)),
        fault => (fault, None),
    };
    if let Some(fault) = before {
        sleep_ms(fault.delay_ms.unwrap_or_default()).await;
        if let Some(spoiled) = spoil(&fault, fate, &path) {
            return spoiled;
        }
    }
    if is_ai(&path) {
        let delay_ms = lock(&platform.world).order().delay_ms();
        sleep_ms(delay_ms).await;
        if let Some(nothing) = outage(platform, fate, &path) {
            return nothing;
        }
    }
    let response = done(platform, request, next).await;
    if let Some(fault) = after {
        sleep_ms(fault.delay_ms.unwrap_or_default()).await;
        if let Some(spoiled) = spoil(&fault, fate, &path) {
            return spoiled;
        }
    }
    response
}

/// Lets the route answer and writes down what it did.
async fn done(platform: &Platform, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let route = request.uri().path().to_owned();
    let request_id = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    let request_id = request_id.map(str::to_owned);
    let mut response = next.run(request).await;
    if let Some(Applied { what, changed }) = response.extensions_mut().remove() {
        let at = platform.clock.now();
        platform.effects.add(Effect { n: 0, at, request_id, method, route, what, changed });
    }
    response
}

fn is_k8s(path: &str) -> bool {
    path.starts_with("/k8s/")
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

fn spoil(fault: &Fault, fate: &Fate, path: &str) -> Option<Response> {
    if fault.drop || fault.reset {
        let what = if fault.reset { "reset" } else { "drop" };
        return Some(answer::nothing(fate, fault.reset, format!("fault: {what}")));
    }
    if fault.status.is_none() && fault.body.is_none() {
        return None;
    }
    let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let body = match &fault.body {
        Some(body) => body.clone(),
        None if is_k8s(path) => Refusal::ordered(status.as_u16(), fault.retry_after).status().to_string(),
        None => json!({ "error": "as ordered" }).to_string(),
    };
    let content_type = fault.content_type.as_deref().unwrap_or("application/json");
    let mut spoiled = answer::text(status, content_type, body, Some("fault".into()));
    if let Some(seconds) = fault.retry_after {
        spoiled.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Some(spoiled)
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
