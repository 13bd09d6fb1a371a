//! The pages: read the address, load, draw, compress. Made once for all who look at the same second.

use std::io::Write;

use app::{RefusedRange, Shell, ShellViewer, Theme};
use axum::{
    Form,
    body::Body,
    extract::{Query, State as Extract},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use backend::{
    access::{Permissions, Who},
    tick::ShowError,
};
use bytes::Bytes;
use domain::{
    monitoring::{Range, range::RangeError},
    time::SECOND,
};
use serde::Deserialize;

use crate::{
    access::asked::{Asked, Eyes, own_address},
    actions, alerts, breakers,
    cache::{Cache, Stamp},
    charts, crises,
    http::State,
    oncall,
};

/// Whole pages by address, theme, coding and who looks.
pub type Made = Cache<(String, Theme, Coding, Eyes), Bytes>;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Coding {
    Plain,
    Gzip,
    Brotli,
}

/// Why there is another page than the one that was asked for.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// The address cannot be understood; the words say how to write it.
    Request(String),
    NotFound,
    WrongMethod,
    /// A form as large as no person fills one in.
    TooLarge,
    /// A form that was sent from a page of another host.
    OtherSite,
    /// Too many tries from one network address; whole seconds until the next.
    TooOften(u32),
    /// For the log; the person sees none of it.
    Inside(String),
}

impl From<RangeError> for Trouble {
    fn from(error: RangeError) -> Self {
        Trouble::Request(error.to_string())
    }
}

impl From<ShowError> for Trouble {
    fn from(error: ShowError) -> Self {
        match error {
            ShowError::NoPlatform => Trouble::NotFound,
            ShowError::Db(error) => Trouble::Inside(error.to_string()),
        }
    }
}

#[derive(Deserialize)]
pub struct PerformanceQuery {
    platform: Option<String>,
    range: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn now(asked: Asked, headers: HeaderMap) -> Response {
    let drawing = asked.clone();
    respond(&asked, &headers, move || async move {
        let (open, standing) = alerts::for_now(&drawing).await?;
        let on_call = oncall::card(&drawing).await;
        let mut shell = drawing.shell();
        shell.alerts = standing;
        let runs = actions::for_now(&drawing).await?;
        let cases = crises::for_now(&drawing).await?;
        let breakers = breakers::for_now(&drawing).await?;
        let view = drawing.state.console.now_page();
        Ok(app::now_page(&shell, &view, &cases, &open, &runs, &breakers, on_call.as_ref()))
    })
    .await
}

pub async fn performance(
    asked: Asked,
    headers: HeaderMap,
    query: Result<Query<PerformanceQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let wanted = match query {
        Ok(Query(query)) => query,
        Err(error) => {
            let words = format!("The address cannot be read: {}.", error.body_text());
            return trouble_page(&asked, &Trouble::Request(words));
        }
    };
    let platform = match platform(&asked.state, wanted.platform.as_deref()) {
        Ok(platform) => platform,
        Err(trouble) => return trouble_page(&asked, &trouble),
    };
    let shell = asked.shell();
    let now = asked.state.console.clock.now();
    let PerformanceQuery { range, from, to, .. } = wanted;
    let range = match Range::parse(range.as_deref(), from.as_deref(), to.as_deref(), &shell.zone, now) {
        Ok(range) => range,
        Err(why) => {
            let [from, to] = [from, to].map(Option::unwrap_or_default);
            let page = app::refused_range_page(&shell, &RefusedRange { platform, from, to, why }, now);
            return plain(StatusCode::BAD_REQUEST, page);
        }
    };
    let (state, drawing) = (asked.state.clone(), asked.clone());
    respond(&asked, &headers, move || async move {
        let drawn = charts::drawings(&state, &platform, range, &shell.zone).await?;
        let mut view = state.console.performance(Some(&platform), range).await?;
        view.charts = drawn.charts.clone();
        let breakers = breakers::for_performance(&drawing, &platform).await?;
        Ok(app::performance_page(&shell, &view, &drawn.drawings, &breakers))
    })
    .await
}

/// The platform of that name, or the first.
pub fn platform(state: &State, wanted: Option<&str>) -> Result<String, Trouble> {
    let mut names = state.console.platforms().into_iter();
    match wanted {
        None | Some("") => names.next(),
        Some(wanted) => names.find(|name| name == wanted),
    }
    .ok_or(Trouble::NotFound)
}

/// Answers with the page of this second, made by the first who asks for it.
async fn respond<F>(asked: &Asked, headers: &HeaderMap, draw: impl FnOnce() -> F + Send + 'static) -> Response
where
    F: Future<Output = Result<String, Trouble>> + Send + 'static,
{
    let state = &asked.state;
    let coding = coding(headers);
    let stamp = Stamp {
        // They only ever count up, so the sum is the same when all are.
        revision: state
            .console
            .hub
            .revision()
            .saturating_add(alerts::revision(state))
            .saturating_add(actions::revision(state))
            .saturating_add(breakers::revision(state))
            .saturating_add(crises::revision(state)),
        second: state.console.clock.now().0.div_euclid(SECOND),
    };
    let key = (asked.path_and_query.clone(), asked.theme, coding, asked.eyes());
    let make = move || async move {
        let html = draw().await?;
        let packed = tokio::task::spawn_blocking(move || pack(html, coding)).await;
        packed
            .map_err(|error| Trouble::Inside(error.to_string()))?
            .map_err(|error| Trouble::Inside(error.to_string()))
    };
    match state.made.get(&key, stamp, make).await {
        Ok(body) => html(StatusCode::OK, body, coding),
        Err(trouble) => trouble_page(asked, &trouble),
    }
}

/// A page for one person at one moment.
pub fn plain(status: StatusCode, page: String) -> Response {
    html(status, Bytes::from(page), Coding::Plain)
}

fn html(status: StatusCode, body: Bytes, coding: Coding) -> Response {
    let mut response = (status, Body::from(body)).into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    match coding {
        Coding::Plain => None,
        Coding::Gzip => answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        Coding::Brotli => answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br")),
    };
    response
}

fn pack(html: String, coding: Coding) -> std::io::Result<Bytes> {
    match coding {
        Coding::Plain => Ok(Bytes::from(html)),
        Coding::Gzip => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(5));
            packer.write_all(html.as_bytes())?;
            Ok(Bytes::from(packer.finish()?))
        }
        Coding::Brotli => {
            let mut packed = Vec::with_capacity(html.len() / 5);
            let settings = brotli::enc::BrotliEncoderParams { quality: 7, lgwin: 20, ..Default::default() };
            brotli::BrotliCompress(&mut html.as_bytes(), &mut packed, &settings)?;
            Ok(Bytes::from(packed))
        }
    }
}

fn coding(headers: &HeaderMap) -> Coding {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let takes = |coding: &str| {
        accepted.split(',').any(|part| {
            let mut pieces = part.trim().split(';');
            pieces.next() == Some(coding) && pieces.all(|piece| piece.trim() != "q=0")
        })
    };
    if takes("br") {
        Coding::Brotli
    } else if takes("gzip") {
        Coding::Gzip
    } else {
        Coding::Plain
    }
}

pub fn shell_of(state: &State, path_and_query: &str, theme: Theme, who: &Who) -> Shell {
    let viewer = match who {
        Who::SignedIn(viewer) => Some(viewer),
        Who::Nobody | Who::HalfWay(_) => None,
    };
    let zone = viewer.and_then(|viewer| viewer.zone.clone()).unwrap_or_else(|| state.console.zone().clone());
    let now = state.console.clock.now();
    Shell {
        assets: state.assets.clone(),
        build: state.build.clone(),
        // Said to those who may see how things stand.
        automation: viewer.and_then(|_| state.switch.automation().banner(|at| app::weekday(at, now, &zone))),
        zone,
        theme,
        path_and_query: path_and_query.to_owned(),
        platforms: state.console.platforms(),
        viewer: Some(ShellViewer {
            name: viewer.map(|viewer| viewer.name.clone()).unwrap_or_default(),
            permissions: viewer.map_or(Permissions::NONE, |viewer| viewer.permissions),
            services: viewer.and_then(|viewer| viewer.services.clone()),
        })
        .filter(|_| viewer.is_some()),
        alerts: state.console.hub.alerts().borrow().frame.clone(),
        crises: state.crises.now(),
    }
}

pub fn theme_of(headers: &HeaderMap) -> Theme {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let chosen = cookies
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix("theme="));
    match chosen {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

#[derive(Deserialize)]
pub struct ThemeForm {
    theme: String,
    #[serde(default)]
    back: String,
}

/// `POST /theme`: keeps the choice for a year and goes back.
pub async fn theme(Form(form): Form<ThemeForm>) -> Response {
    let theme = match form.theme.as_str() {
        "light" => "light",
        "dark" => "dark",
        _ => "system",
    };
    let back = own_address(&form.back);
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let mut response = Redirect::to(back).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

pub async fn favicon(Extract(state): Extract<State>) -> Response {
    match &state.assets.favicon {
        Some(name) => Redirect::temporary(&format!("/pkg/{name}")).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

pub async fn not_found(asked: Asked) -> Response {
    trouble_page(&asked, &Trouble::NotFound)
}

pub async fn wrong_method(asked: Asked) -> Response {
    trouble_page(&asked, &Trouble::WrongMethod)
}

/// The page that says what happened, what it means and what to do next.
pub fn trouble_page(asked: &Asked, trouble: &Trouble) -> Response {
    let (status, title, happened, next) = match trouble {
        Trouble::Request(words) => (
            StatusCode::BAD_REQUEST,
            "This address cannot be shown",
            words.clone(),
            "Correct the address, or choose a range on the performance page.",
        ),
        Trouble::NotFound => (
            StatusCode::NOT_FOUND,
            "There is no such page",
            "Nothing is kept under this address.".to_owned(),
            "Go to Now, or check the address for a slip.",
        ),
        Trouble::WrongMethod => (
            StatusCode::METHOD_NOT_ALLOWED,
            "That cannot be done here",
            "This address does not take that kind of request.".to_owned(),
            "Go back and use the buttons of the page.",
        ),
        Trouble::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is too much at once",
            "What was sent is larger than any form of the console.".to_owned(),
            "Go back and shorten what you typed.",
        ),
        Trouble::OtherSite => (
            StatusCode::FORBIDDEN,
            "This was sent from another site",
            "Nothing was changed: the console takes forms only from its own pages.".to_owned(),
            "Open the console under its own address and press the button there.",
        ),
        Trouble::TooOften(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries",
            format!(
                "From your network there were too many tries in a short time. The next is possible in {seconds} s."
            ),
            "Wait a moment, then go back and try again.",
        ),
        Trouble::Inside(innards) => {
            let path = asked.path_and_query.split('?').next().unwrap_or("/");
            tracing::error!(error = innards, path, "a page could not be made");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "This page cannot be made just now",
                "The console could not read its database. Watching goes on.".to_owned(),
                "Try again in a moment; /readyz says more.",
            )
        }
    };
    plain(status, app::error_page(&asked.shell(), status.as_u16(), title, &happened, next))
}
