//! Routes and what lies around every one of them.

use std::sync::Arc;

use app::Assets;
use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Redirect, Response},
};
use backend::{
    access::{Access, Permission},
    actions::Actions,
    crises::Cases,
    delivery::Courier,
    diagnostics::Diagnostics,
    failover::Failover,
    notices::Notices,
    tick::Console,
};
use base64_hash::sha256_base64;
use bytes::Bytes;
use http_body_util::Limited;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::{
    access::{self, asked::Asked, cookies::Cookies, floods::Floods, guard},
    actions, actions_api, alerts, alerts_api, assets, audit, body, breakers, charts, crises, delivery,
    diagnostics, health, live, notices, oncall,
    pages::{self, Trouble},
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
    pub actions: Actions,
    pub failover: Failover,
    pub diagnostics: Diagnostics,
    pub cases: Cases,
    pub notices: Notices,
    /// How many crises are open, for every page.
    pub crises: crises::Count,
    /// What was looked for on their board.
    pub searches: crises::Searches,
    /// How the switch for everything automatic stands, for every page.
    pub switch: actions::Switch,
    pub courier: Courier,
    pub cookies: Cookies,
    pub floods: Floods,
    pub routes: Table,
    /// What the last walk along the audit log's chain found.
    pub walked: audit::Walked,
    policy: HeaderValue,
}

/// What a state is made of.
pub struct Parts {
    pub console: Console,
    pub access: Access,
    pub actions: Actions,
    pub failover: Failover,
    pub diagnostics: Diagnostics,
    pub cases: Cases,
    pub notices: Notices,
    pub courier: Courier,
    pub prometheus: PrometheusHandle,
    pub stop: watch::Receiver<bool>,
}

impl std::ops::Deref for State {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    pub fn new(parts: Parts) -> State {
        let Parts {
            console,
            access,
            actions,
            failover,
            diagnostics,
            cases,
            notices,
            courier,
            prometheus,
            stop,
        } = parts;
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
            actions,
            failover,
            diagnostics,
            cases,
            notices,
            crises: crises::Count::default(),
            searches: crises::Searches::default(),
            switch: actions::Switch::default(),
            courier,
            cookies,
            floods: Floods::default(),
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
    let routes = oncall::routes(delivery::routes(audit::routes(access::routes(routes))));
    let routes = alerts::routes(alerts_api::routes(routes));
    let routes = diagnostics::routes(breakers::routes(actions::routes(actions_api::routes(routes))));
    notices::routes(crises::routes(routes))
}

pub fn router(state: State) -> Router {
    let (inside, outside) = (state.clone(), state.clone());
    routes()
        .into_parts()
        .0
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(middleware::from_fn(move |request, next| admitted(inside.clone(), request, next)))
        .layer(csrf(&state))
        .layer(middleware::from_fn(move |request, next| around(outside.clone(), request, next)))
        .with_state(state)
}

/// Before anybody is looked at: a page of another host makes a browser do nothing here, not even a refusal on record.
/// Behind a proxy the host that browsers name is the public one.
fn csrf(state: &State) -> CsrfLayer<impl FnMut(ProtectionError) -> Response + Clone + use<>> {
    let public = &state.console.config().server.public_url;
    let layer = CsrfLayer::new().add_trusted_origin(public).unwrap_or_else(|_| CsrfLayer::new());
    let state = state.clone();
    layer
        .with_rejection_response(move |_| pages::trouble_page(&Asked::by_nobody(&state), &Trouble::OtherSite))
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, as it is answered and on record.
#[derive(Clone)]
struct RequestId(HeaderValue);

impl RequestId {
    fn of(request: &Request) -> RequestId {
        let told = request.headers().get(&REQUEST_ID).filter(|id| {
            id.len() <= 64 && id.to_str().is_ok_and(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
        });
        let own = || HeaderValue::from_str(&uuid::Uuid::now_v7().to_string());
        RequestId(told.cloned().or_else(|| own().ok()).unwrap_or(HeaderValue::from_static("none")))
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

fn route_of(request: &Request) -> String {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned())
}

/// Around every request: an id, the security headers, a count by route.
async fn around(state: State, mut request: Request, next: Next) -> Response {
    let (id, route, method) = (RequestId::of(&request), route_of(&request), request.method().clone());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    let status = response.status();
    metrics::counter!("bellwether_requests_total", "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    if status.is_server_error() {
        tracing::error!(request.id = id.as_str(), %method, route, status = status.as_u16(), "answered with an error");
    } else {
        tracing::debug!(request.id = id.as_str(), %method, route, status = status.as_u16(), "answered");
    }
    let answer = response.headers_mut();
    answer.insert(REQUEST_ID, id.0);
    answer.insert(header::CONTENT_SECURITY_POLICY, state.policy.clone());
    if state.cookies.over_tls() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        answer.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not no-referrer: a form without script goes back to where it came from. A page whose address is a key says so itself.
    answer.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    answer.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    answer.insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    answer.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The last step before a handler: whether whoever asks may, and whether what they sent is small enough.
async fn admitted(state: State, request: Request, next: Next) -> Response {
    let route = route_of(&request);
    let needs = state.routes.needs(&route, request.method());
    let id = request.extensions().get::<RequestId>().cloned();
    let (mut parts, body) = request.into_parts();
    let id = id.as_ref().map(RequestId::as_str);
    if let Err(refused) = guard::admit(&state, needs, &route, &mut parts, id).await {
        return refused;
    }
    let most = body::most(&route);
    if body::told(&parts.headers).is_some_and(|bytes| bytes > most) {
        body::drain(body, &route).await;
        return body::too_large(&state, &route);
    }
    if parts.method == axum::http::Method::GET {
        state.switch.look(&state.actions, state.access.now()).await;
        state.crises.look(&state.cases).await;
    }
    let body = Body::new(Limited::new(body, body::most_taken(&route)));
    let response = next.run(Request::from_parts(parts, body)).await;
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => body::too_large(&state, &route),
        _ => response,
    }
}

mod base64_hash {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};

    pub fn sha256_base64(text: &str) -> String {
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    }
}
