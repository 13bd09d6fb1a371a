//! Routes and what lies around every one of them.

use std::sync::Arc;

use app::Assets;
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{Redirect, Response},
};
use backend::{
    access::{Access, Permission},
    tick::Console,
};
use base64_hash::sha256_base64;
use bytes::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tower_http::{csrf::CsrfLayer, limit::RequestBodyLimitLayer};

use crate::{
    access::{self, cookies::Cookies, guard},
    assets, audit, charts, health, live, pages,
    routes::{Needs, Routes, Table},
};

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
    pub access: Access,
    pub cookies: Cookies,
    pub routes: Table,
    /// What the last walk along the audit log's chain found.
    pub walked: audit::Walked,
    policy: HeaderValue,
}

impl std::ops::Deref for State {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    pub fn new(
        console: Console,
        access: Access,
        prometheus: PrometheusHandle,
        stop: watch::Receiver<bool>,
    ) -> State {
        let cookies = Cookies::new(&console.config().server.public_url);
        let assets = assets::built();
        State(Arc::new(Shared {
            console,
            prometheus,
            stop,
            build: assets::BUILD.to_owned(),
            policy: content_security_policy(&assets),
            assets,
            access,
            cookies,
            walked: audit::Walked::default(),
            routes: routes().into_parts().1,
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

/// Every route, with what it needs.
pub fn routes() -> Routes {
    let status = Needs::Permission(Permission::SeeStatus);
    let routes = Routes::default()
        .get("/", status, pages::now)
        .get("/performance", status, pages::performance)
        .get("/ai-performance", Needs::Nothing, || async { Redirect::permanent("/performance") })
        .post("/theme", Needs::Nothing, pages::theme)
        .get("/charts/{name}", status, charts::file)
        .get("/live", status, live::stream)
        .get("/pkg/{name}", Needs::Nothing, assets::serve)
        .get("/favicon.ico", Needs::Nothing, pages::favicon)
        .get("/healthz", Needs::Nothing, health::alive)
        .get("/-/healthy", Needs::Nothing, health::alive)
        .get("/readyz", Needs::Nothing, health::ready)
        .get("/-/ready", Needs::Nothing, health::ready)
        .get("/metrics", Needs::Nearby(Permission::SeeStatus), health::metrics);
    audit::routes(access::routes(routes))
}

pub fn router(state: State) -> Router {
    let around = state.clone();
    routes()
        .into_parts()
        .0
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(RequestBodyLimitLayer::new(1 << 20))
        .layer(csrf(&state))
        .layer(middleware::from_fn(move |request, next| guarded(around.clone(), request, next)))
        .with_state(state)
}

/// Behind a proxy the host that browsers name is the public one.
fn csrf(state: &State) -> CsrfLayer {
    let public = &state.console.config().server.public_url;
    CsrfLayer::new().add_trusted_origin(public).unwrap_or_else(|_| CsrfLayer::new())
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
    let needs = state.routes.needs(&route, &method);
    let written_id = id.as_ref().and_then(|id| id.to_str().ok());
    let (mut parts, body) = request.into_parts();
    let mut response = match guard::admit(&state, needs, &mut parts, written_id).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => refused,
    };
    let status = response.status();
    metrics::counter!("bellwether_requests_total", "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    let written_id = written_id.unwrap_or("");
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
    if state.cookies.over_tls() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        answer.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
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
