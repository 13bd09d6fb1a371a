//! `GET /api/v1/openapi.json`: what `/api/v1` takes and answers, as OpenAPI 3.1.

use std::sync::OnceLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{reading, shapes, verbs, webhook};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bellwether",
        description = "Programs send an API token, made in the settings, as a bearer token. It allows what it was \
                       given, and never more than its owner may. Errors are application/problem+json with `error` in \
                       words and `code` for programs.",
    ),
    paths(
        document,
        reading::list, reading::one, reading::evidence, verbs::acknowledge, verbs::unacknowledge, verbs::resolve, verbs::reopen,
        verbs::note, verbs::silence, verbs::acknowledge_many, webhook::receive, webhook::receive_by_path,
        crate::actions_api::reading::list, crate::actions_api::reading::run, crate::actions_api::asking::request,
        crate::breakers::api::list, crate::breakers::api::report,
        crate::audit::events, crate::delivery::slack::interaction, crate::notices::hooks::report,
    ),
    components(schemas(shapes::Problem)),
    modifiers(&ByToken),
    security(("token" = [])),
)]
struct Described;

struct ByToken;

impl Modify for ByToken {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("token", scheme);
    }
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
#[expect(dead_code, reason = "names the route in the description; `serve` answers it")]
fn document() {}

/// The same for everybody, so it is written once.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| Described::openapi().to_json().unwrap_or_default())
}

pub async fn serve() -> Response {
    let mut response = text().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
