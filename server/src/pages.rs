//! The pages: read the address, load, draw, compress. Made once for all who look at the same second.

use std::io::Write;

use app::{RefusedRange, Shell, Theme};
use axum::{
    Form,
    body::Body,
    extract::{Query, RawQuery, State as Extract},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use backend::tick::ShowError;
use bytes::Bytes;
use domain::{
    monitoring::{Range, range::RangeError},
    time::SECOND,
};
use serde::Deserialize;

use crate::{
    cache::{Cache, Stamp},
    charts,
    http::State,
};

/// Whole pages by address, theme and coding.
pub type Made = Cache<(String, Theme, Coding), Bytes>;

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

pub async fn now(Extract(state): Extract<State>, uri: Uri, headers: HeaderMap) -> Response {
    let shell = shell(&state, &uri, &headers);
    let drawing = state.clone();
    respond(&state, &uri, &headers, move |shell_theme| async move {
        let shell = Shell { theme: shell_theme, ..shell };
        Ok(app::now_page(&shell, &drawing.console.now_page()))
    })
    .await
}

pub async fn performance(
    Extract(state): Extract<State>,
    uri: Uri,
    headers: HeaderMap,
    query: Result<Query<PerformanceQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let theme = theme_of(&headers);
    let wanted = match query {
        Ok(Query(query)) => query,
        Err(error) => {
            let trouble = Trouble::Request(format!("The address cannot be read: {}.", error.body_text()));
            return trouble_page(&state, uri.path(), theme, &trouble);
        }
    };
    let platform = match platform(&state, wanted.platform.as_deref()) {
        Ok(platform) => platform,
        Err(trouble) => return trouble_page(&state, &uri.to_string(), theme, &trouble),
    };
    let shell = shell(&state, &uri, &headers);
    let now = state.console.clock.now();
    let PerformanceQuery { range, from, to, .. } = wanted;
    let range = match Range::parse(range.as_deref(), from.as_deref(), to.as_deref(), &shell.zone, now) {
        Ok(range) => range,
        Err(why) => {
            let [from, to] = [from, to].map(Option::unwrap_or_default);
            let page = app::refused_range_page(&shell, &RefusedRange { platform, from, to, why }, now);
            return html(StatusCode::BAD_REQUEST, Bytes::from(page), Coding::Plain);
        }
    };
    let drawing = state.clone();
    respond(&state, &uri, &headers, move |theme| async move {
        let shell = Shell { theme, ..shell };
        let drawn = charts::drawings(&drawing, &platform, range).await?;
        let mut view = drawing.console.performance(Some(&platform), range).await?;
        view.charts = drawn.charts.clone();
        Ok(app::performance_page(&shell, &view, &drawn.drawings))
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
async fn respond<F>(
    state: &State,
    uri: &Uri,
    headers: &HeaderMap,
    draw: impl FnOnce(Theme) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = Result<String, Trouble>> + Send + 'static,
{
    let theme = theme_of(headers);
    let coding = coding(headers);
    let stamp = Stamp {
        revision: state.console.hub.revision(),
        second: state.console.clock.now().0.div_euclid(SECOND),
    };
    let key = (uri.to_string(), theme, coding);
    let make = move || async move {
        let html = draw(theme).await?;
        let packed = tokio::task::spawn_blocking(move || pack(html, coding)).await;
        packed
            .map_err(|error| Trouble::Inside(error.to_string()))?
            .map_err(|error| Trouble::Inside(error.to_string()))
    };
    match state.made.get(&key, stamp, make).await {
        Ok(body) => html(StatusCode::OK, body, coding),
        Err(trouble) => trouble_page(state, uri.path(), theme, &trouble),
    }
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

fn shell(state: &State, uri: &Uri, headers: &HeaderMap) -> Shell {
    shell_of(state, &uri.to_string(), theme_of(headers))
}

fn shell_of(state: &State, path_and_query: &str, theme: Theme) -> Shell {
    Shell {
        assets: state.assets.clone(),
        build: state.build.clone(),
        zone: state.console.zone().clone(),
        theme,
        path_and_query: path_and_query.to_owned(),
        platforms: state.console.platforms(),
        viewer: None,
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
    // Only to a page of our own: not to another host, however it is written.
    let ours =
        form.back.starts_with('/') && !form.back.starts_with("//") && !form.back.contains(['\\', '\n', '\r']);
    let back = if ours { form.back.as_str() } else { "/" };
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

pub async fn not_found(Extract(state): Extract<State>, uri: Uri, headers: HeaderMap) -> Response {
    trouble_page(&state, uri.path(), theme_of(&headers), &Trouble::NotFound)
}

pub async fn wrong_method(
    Extract(state): Extract<State>,
    uri: Uri,
    headers: HeaderMap,
    RawQuery(_): RawQuery,
) -> Response {
    trouble_page(&state, uri.path(), theme_of(&headers), &Trouble::WrongMethod)
}

/// The page that says what happened, what it means and what to do next.
pub fn trouble_page(state: &State, path: &str, theme: Theme, trouble: &Trouble) -> Response {
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
        Trouble::Inside(innards) => {
            tracing::error!(error = innards, path, "a page could not be made");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "This page cannot be made just now",
                "The console could not read its database. Watching goes on.".to_owned(),
                "Try again in a moment; /readyz says more.",
            )
        }
    };
    let page = app::error_page(&shell_of(state, path, theme), status.as_u16(), title, &happened, next);
    html(status, Bytes::from(page), Coding::Plain)
}
