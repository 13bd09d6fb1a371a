//! `GET /c/{token}`: a couple's own page. Whoever has the link sees it; nobody is asked who they are, and nothing of the answer
//! is kept anywhere on its way.

use app::notices::{couple_gone_page, couple_page};
use axum::{
    extract::{Path, State as Extract},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use domain::notices::Language;
use secrecy::SecretString;

use crate::{http::State, pages};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// More languages than these nobody reads.
const MOST_WISHED: usize = 10;

pub(super) async fn show(
    Extract(state): Extract<State>,
    Path(token): Path<SecretString>,
    headers: HeaderMap,
) -> Response {
    let page = match state.notices.page(&token).await {
        Ok(page) => page,
        Err(error) => {
            tracing::error!(%error, "a couple's page cannot be read");
            let gone = couple_gone_page(&state.assets, &wished(&headers));
            return dressed(StatusCode::SERVICE_UNAVAILABLE, gone);
        }
    };
    match page {
        Some(page) => dressed(StatusCode::OK, couple_page(&state.assets, &page)),
        // One that never was looks like one that is over: nobody learns by trying.
        None => dressed(StatusCode::GONE, couple_gone_page(&state.assets, &wished(&headers))),
    }
}

/// The address is a key: it is told to nobody, and no search engine keeps what it leads to.
fn dressed(status: StatusCode, page: String) -> Response {
    let mut response = pages::plain(status, page);
    let answer = response.headers_mut();
    answer.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    response
}

/// The languages that a browser asks for, the one that it would rather have first.
fn wished(headers: &HeaderMap) -> Vec<Language> {
    let told = headers.get(header::ACCEPT_LANGUAGE).and_then(|told| told.to_str().ok()).unwrap_or_default();
    let mut wished: Vec<(f32, Language)> = told
        .split(',')
        .take(MOST_WISHED)
        .filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            let weight = weight.filter(|weight| *weight > 0.0)?;
            Some((weight, Language::parse(tag).ok()?))
        })
        .collect();
    wished.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    wished.into_iter().map(|(_, language)| language).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_as_browsers_wish_them() {
        let read = |told: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(told).unwrap());
            wished(&headers).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(read("de-AT,en;q=0.5"), ["de-at", "en"]);
        assert_eq!(read("en;q=0.2, sv;q=0.9, *;q=0.1"), ["sv", "en"]);
        assert_eq!(read("fr;q=0, es"), ["es"]);
        for nothing in ["", "*", ";;;,,", "<script>", "en;q=NaN", "en;q=x"] {
            assert_eq!(read(nothing), Vec::<String>::new(), "{nothing}");
        }
        assert_eq!(wished(&HeaderMap::new()), []);
    }
}
