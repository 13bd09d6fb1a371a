//! Routes and what lies around every one of them.

use std::sync::Arc;

use app::Assets;
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{Redirect, Response},
    routing::{get, post},
};
use backend::tick::Console;
use base64_hash::sha256_base64;
use bytes::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tower_http::{csrf::CsrfLayer, limit::RequestBodyLimitLayer};

use crate::{assets, charts, health, live, pages};

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

pub struct Shared {
    pub console: Console,
    pub prometheus: PrometheusHandle,
    pub stop: watch::Receiver<bool>,
    pub assets: Assets,
    pub build: String,
    pub drawn: charts::Drawn,
    pub made: pages::Made,
    policy: HeaderValue,
}

impl std::ops::Deref for State {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    pub fn new(console: Console, prometheus: PrometheusHandle, stop: watch::Receiver<bool>) -> State {
        let assets = assets::built();
        State(Arc::new(Shared {
            console,
            prometheus,
            stop,
            build: assets::BUILD.to_owned(),
            policy: content_security_policy(&assets),
            assets,
            drawn: charts::Drawn::new(),
            made: pages::Made::new(),
        }))
    }
}

impl Shared {
    /// The first event of every stream: which build serves (an open page of another one reloads), and
    /// what time it is here, so that ages are right on a machine whose clock is not.
    pub fn hello(&self) -> Bytes {
        let (build, now) = (&self.build, self.console.clock.now());
        Bytes::from(format!("retry: 2000\nevent: hello\ndata: {{\"build\":\"{build}\",\"now\":{now}}}\n\n"))
    }
}

/// The start script is the same on every page, so its hash stands for it: no nonce has to be minted,
/// and a page can be shared by many viewers.
fn content_security_policy(assets: &Assets) -> HeaderValue {
    let script = app::start_script(assets);
    let start =
        if script.is_empty() { String::new() } else { format!(" 'sha256-{}'", sha256_base64(&script)) };
    let policy = format!(
        "default-src 'none'; script-src 'self'{start} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

pub fn router(state: State) -> Router {
    let around = state.clone();
    Router::new()
        .route("/", get(pages::now))
        .route("/performance", get(pages::performance))
        .route("/ai-performance", get(|| async { Redirect::permanent("/performance") }))
        .route("/theme", post(pages::theme))
        .route("/charts/{name}", get(charts::file))
        .route("/live", get(live::stream))
        .route("/pkg/{name}", get(assets::serve))
        .route("/favicon.ico", get(pages::favicon))
        .route("/healthz", get(health::alive))
        .route("/-/healthy", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/-/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(RequestBodyLimitLayer::new(1 << 20))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(move |request, next| guarded(around.clone(), request, next)))
        .with_state(state)
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Around every request: an id, the security headers, a count by route.
async fn guarded(state: State, request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .filter(|id| id.len() <= 64 && id.to_str().is_ok_and(|id| id.bytes().all(|b| b.is_ascii_graphic())))
        .cloned()
        .or_else(|| HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).ok());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let mut response = next.run(request).await;
    let status = response.status();
    metrics::counter!("bellwether_requests_total", "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    let written_id = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or("");
    if status.is_server_error() {
        tracing::error!(request.id = written_id, %method, route, status = status.as_u16(), "answered with an error");
    } else {
        tracing::debug!(request.id = written_id, %method, route, status = status.as_u16(), "answered");
    }
    let answer = response.headers_mut();
    if let Some(id) = id {
        answer.insert(REQUEST_ID, id);
    }
    answer.insert(header::CONTENT_SECURITY_POLICY, state.policy.clone());
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not no-referrer: a form without script goes back to where it came from.
    answer.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    answer.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    answer.insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    answer.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

mod base64_hash {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};

    pub fn sha256_base64(text: &str) -> String {
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    }
}
