//! Around every route: who asks, and whether they may.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use backend::{
    access::{Missing, Permission, Restricted, Viewer, Who},
    db::DbError,
};
use domain::audit::Origin;
use secrecy::SecretString;

use super::{
    asked::{Asked, Refusal, Visitor, encoded, own_address, page_of, see},
    origin,
    sign_in::retry_after,
};
use crate::{
    http::State,
    pages::{self, Trouble},
    routes::Needs,
};

/// Lets the request through with a `Visitor` in it, or says why not.
pub async fn admit(
    state: &State,
    needs: Option<Needs>,
    route: &str,
    request: &mut Parts,
    request_id: Option<&str>,
) -> Result<(), Response> {
    let Some(needs) = needs else {
        // The fallbacks: pages that say that there is nothing here. They show who is signed in.
        let visitor = identify(state, request, request_id).await;
        request.extensions.insert(visitor.unwrap_or_else(|_| Visitor::nobody()));
        return Ok(());
    };
    if needs == Needs::Nothing {
        return Ok(());
    }
    let address = address(state, request);
    if let Some(Err(seconds)) = address.map(|address| state.floods.admit(&request.method, route, address)) {
        return Err(too_often(state, request, seconds));
    }
    let is_near = peer(request).is_some_and(|peer| origin::is_from_here(peer, &request.headers));
    if matches!(needs, Needs::Nearby(_)) && is_near {
        return Ok(());
    }
    let visitor = match identify(state, request, request_id).await {
        Ok(visitor) => visitor,
        Err(Unknown::Token(words)) => return Err(problem(StatusCode::UNAUTHORIZED, &words)),
        Err(Unknown::TooOften(seconds)) => return Err(too_often(state, request, seconds)),
        Err(Unknown::Db(error)) => {
            return Err(asked(state, request, Visitor::nobody())
                .refuse(Refusal::Inside(error.to_string()))
                .await);
        }
    };
    let refused = judge(needs, &visitor.who);
    match refused {
        Ok(()) => {
            request.extensions.insert(visitor);
            Ok(())
        }
        Err(why) => Err(say(state, request, visitor, why).await),
    }
}

/// Why somebody is not let through.
enum NotAdmitted {
    SignIn,
    SecondFactor,
    SetUpSecondFactor,
    Missing(Missing),
    TokenOnly,
}

fn judge(needs: Needs, who: &Who) -> Result<(), NotAdmitted> {
    let permission = match needs {
        Needs::Nothing | Needs::Anybody => return Ok(()),
        Needs::Account | Needs::Token => None,
        Needs::Nearby(permission) | Needs::Permission(permission) => Some(permission),
    };
    let viewer = match who {
        Who::Nobody => return Err(NotAdmitted::SignIn),
        Who::HalfWay(_) => return Err(NotAdmitted::SecondFactor),
        Who::SignedIn(viewer) => viewer,
    };
    match (needs, permission) {
        (Needs::Token, _) if viewer.session().is_some() => Err(NotAdmitted::TokenOnly),
        // A machine has no profile, no sessions, no second factor.
        (Needs::Account, _) if viewer.session().is_none() => Err(NotAdmitted::SignIn),
        (_, Some(permission)) => allowed(viewer, permission),
        _ => Ok(()),
    }
}

fn allowed(viewer: &Viewer, permission: Permission) -> Result<(), NotAdmitted> {
    if viewer.permissions.has(permission) {
        return Ok(());
    }
    match viewer.restricted {
        Some(Restricted::NeedsSecondFactor) => Err(NotAdmitted::SetUpSecondFactor),
        _ => Err(NotAdmitted::Missing(Missing { permission, service: None })),
    }
}

async fn say(state: &State, request: &Parts, visitor: Visitor, why: NotAdmitted) -> Response {
    let (method, path) = (&request.method, request.uri.path());
    let is_page = wants_page(path, &request.headers);
    let reads = *method == Method::GET || *method == Method::HEAD;
    let next =
        if reads { own_address(request.uri.path_and_query().map_or("/", |all| all.as_str())) } else { "/" };
    match why {
        NotAdmitted::SignIn if is_page => see(&format!("/sign-in?next={}", encoded(next))),
        NotAdmitted::SecondFactor if is_page => see(&format!("/sign-in/code?next={}", encoded(next))),
        NotAdmitted::SetUpSecondFactor if is_page => see("/settings/second-factor"),
        NotAdmitted::SignIn | NotAdmitted::SecondFactor | NotAdmitted::SetUpSecondFactor => {
            problem(StatusCode::UNAUTHORIZED, "sign in first, or send a token: Authorization: Bearer bwt_…")
        }
        NotAdmitted::TokenOnly => problem(StatusCode::FORBIDDEN, "only a machine with a token may send this"),
        NotAdmitted::Missing(missing) if is_page => asked(state, request, visitor).forbid(&missing).await,
        NotAdmitted::Missing(missing) => {
            let words = missing.to_string();
            // The record first; the page is not used.
            asked(state, request, visitor).forbid(&missing).await;
            problem(StatusCode::FORBIDDEN, &words)
        }
    }
}

/// Who could not be found out.
pub enum Unknown {
    Token(String),
    /// Too many wrong tokens; whole seconds to wait.
    TooOften(u32),
    Db(DbError),
}

async fn identify(state: &State, request: &Parts, request_id: Option<&str>) -> Result<Visitor, Unknown> {
    let headers = &request.headers;
    let session = state.cookies.session(headers);
    let bearer = bearer(headers);
    let address = address(state, request);
    let origin = address.map(|address| origin::origin(address, headers, request_id));
    // One for all who keep it while the request lasts.
    let origin = Arc::new(origin.unwrap_or_default());
    let who = match &bearer {
        Some(bearer) => Who::SignedIn(by_token(state, bearer, address, Origin::clone(&origin)).await?),
        None => state.access.who(session.as_ref(), origin.clone()).await.map_err(Unknown::Db)?,
    };
    Ok(Visitor { who, origin, session, bearer })
}

/// Who shows this token, wherever in a request it stands; wrong ones are counted by network address.
///
/// # Errors
/// When it is nobody's any more, or too many wrong ones came from there.
pub async fn by_token(
    state: &State,
    bearer: &SecretString,
    address: Option<IpAddr>,
    origin: Origin,
) -> Result<Viewer, Unknown> {
    let mut counted = Ok(());
    let count = || {
        counted = address.map_or(Ok(()), |address| state.floods.token_refused(address));
        counted.is_ok()
    };
    let checked = state.access.check_token_in_a_flood(bearer, origin, count).await;
    checked.map_err(|refused| match (refused, counted) {
        (backend::access::TokenRefused::Db(error), _) => Unknown::Db(error),
        (_, Err(seconds)) => Unknown::TooOften(seconds),
        (refused, Ok(())) => Unknown::Token(refused.to_string()),
    })
}

fn asked(state: &State, request: &Parts, visitor: Visitor) -> Asked {
    Asked {
        state: state.clone(),
        visitor,
        path_and_query: request.uri.to_string(),
        page: page_of(state, request),
        theme: pages::theme_of(&request.headers),
        known_browser: None,
    }
}

fn address(state: &State, request: &Parts) -> Option<IpAddr> {
    let trusted = &state.console.config().access.trusted_proxies;
    peer(request).map(|peer| origin::address(peer, &request.headers, trusted))
}

fn too_often(state: &State, request: &Parts, seconds: u32) -> Response {
    let trouble = Trouble::TooOften(seconds);
    let response = if wants_page(request.uri.path(), &request.headers) {
        pages::trouble_page(&asked(state, request, Visitor::nobody()), &trouble)
    } else {
        problem(StatusCode::TOO_MANY_REQUESTS, "too many tries from this network address")
    };
    retry_after(response, seconds)
}

/// 429, for a handler that looks at tokens itself.
pub fn too_often_for_programs(seconds: u32) -> Response {
    retry_after(problem(StatusCode::TOO_MANY_REQUESTS, "too many tries from this network address"), seconds)
}

fn peer(request: &Parts) -> Option<SocketAddr> {
    request.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer)
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token.trim().to_owned()))
}

/// A program that asks is answered in words that it can read, not with a page.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let for_machines = ["/api/", "/v2/", "/charts/"].iter().any(|start| path.starts_with(start))
        || ["/live", "/metrics"].contains(&path);
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    !for_machines && accepts.is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"))
}

/// RFC 9457, in its smallest form, with the words once more as `error` and a `code` for programs.
pub fn problem(status: StatusCode, words: &str) -> Response {
    problem_of(status, code_of(status), words)
}

/// What a program asks for when nothing more exact is known.
fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "bad_request",
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNPROCESSABLE_ENTITY => "unprocessable",
        StatusCode::TOO_MANY_REQUESTS => "too_often",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        _ => "failed",
    }
}

/// The same with a code of its own.
pub fn problem_of(status: StatusCode, code: &str, words: &str) -> Response {
    let body = serde_json::json!({
        "status": status.as_u16(), "title": status.canonical_reason(), "detail": words, "error": words, "code": code,
    });
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
