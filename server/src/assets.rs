//! Script, stylesheet and pictures, embedded in the binary under names that change with their content.

use app::Assets;
use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Site;

#[derive(Deserialize)]
struct Manifest {
    output_name: String,
    style: String,
    #[serde(default)]
    files: std::collections::BTreeMap<String, String>,
}

/// The name of this build, see `build.rs`: another one draws its pages otherwise.
pub const BUILD: &str = env!("BELLWETHER_BUILD");

/// The names of what was built; empty before the first build of the site.
pub fn built() -> Assets {
    let manifest =
        Site::get("manifest.json").and_then(|file| serde_json::from_slice::<Manifest>(&file.data).ok());
    match manifest {
        Some(manifest) => Assets {
            output_name: Some(manifest.output_name),
            style: Some(manifest.style),
            favicon: manifest.files.get("favicon.svg").cloned(),
        },
        None => Assets { output_name: None, style: None, favicon: None },
    }
}

/// `GET /pkg/{name}`: for ever the same under its name. The compressed copies were made at build time.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let content_type = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let takes = |coding: &str| accepted.split(',').any(|part| part.trim().split(';').next() == Some(coding));
    let coded = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, ending)| Some((Site::get(&format!("pkg/{name}.{ending}"))?, Some(coding))));
    let Some((file, coding)) = coded.or_else(|| Some((Site::get(&format!("pkg/{name}"))?, None))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = body.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    answer.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    answer.insert(header::VARY, header::HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        answer.insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(coding));
    }
    response
}
