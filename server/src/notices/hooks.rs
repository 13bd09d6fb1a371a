//! `POST /api/v1/bounces/{provider}`: what became of a notice, told by whoever carried it. Believed only with the
//! proof that is configured for that provider.

use axum::{
    Json,
    extract::{Path, State as Extract},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use backend::{
    clock::Clock,
    notices::{Provider, ReportRefused, SentReport},
};
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::{access::guard::problem, alerts_api::Problem, http::State};

pub const ROUTE: &str = "/api/v1/bounces/{provider}";
/// So many reports are checked at once: nobody is looked at before that.
static AT_ONCE: Semaphore = Semaphore::const_new(8);

/// What a report came to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Heard {
    /// Of how many notices something else is known now.
    changed: usize,
}

/// Takes in what a mail provider tells of notices to couples: that they arrived, or bounced. The same once more changes
/// nothing.
#[utoipa::path(post, path = "/api/v1/bounces/{provider}", tag = "from outside", security(()),
    params(("provider" = String, Path, description = "generic, ses, sendgrid, mailgun or postmark")),
    request_body(content = Object, description = "As the provider sends and signs it; at most 1 MiB. generic: \
        `{\"message_id\": \"<…>\", \"event\": \"delivered\"}` or `\"bounced\"`, or a list of them in `events`, signed as \
        Standard Webhooks says"),
    responses((status = 200, body = Heard), (status = 400, description = "No report that can be read", body = Problem),
        (status = 401, description = "Not signed by the provider", body = Problem),
        (status = 404, description = "No such provider, or none is configured", body = Problem),
        (status = 503, description = "It cannot be checked now: send it again", body = Problem)))]
pub async fn report(
    Extract(state): Extract<State>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(provider) = Provider::from_word(&provider) else {
        return problem(StatusCode::NOT_FOUND, "there is no such provider");
    };
    let Ok(_turn) = AT_ONCE.acquire().await else {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "the console is stopping");
    };
    let now = Clock::system().now().0 / 1_000;
    let sent = SentReport { headers: &headers, body: &body, now };
    match state.notices.report(provider, &sent).await {
        Ok(changed) => Json(Heard { changed }).into_response(),
        Err(ReportRefused::Db(error)) => {
            tracing::error!(%error, "a report of a notice could not be stored");
            problem(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be used now; send it again")
        }
        Err(refused) => {
            let status = match refused {
                ReportRefused::NotConfigured(_) => StatusCode::NOT_FOUND,
                ReportRefused::NotSigned(_) => StatusCode::UNAUTHORIZED,
                ReportRefused::Unreadable => StatusCode::BAD_REQUEST,
                ReportRefused::Unavailable(_) | ReportRefused::Db(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            tracing::info!(provider = provider.word(), %refused, "a report of a notice does not count");
            problem(status, &refused.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use backend::clock::Clock;
    use base64::{Engine, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    use crate::walk::world::{Answer, Walker, World};

    const SECRET: &str = "marked-password-bounces";

    async fn told(world: &World, provider: &str, secret: &str, ago: i64) -> Answer {
        let body = r#"{"message_id":"<notice.none@console.example.com>","event":"bounced"}"#;
        let timestamp = (Clock::system().now().0 / 1_000 - ago).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("msg_1.{timestamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        // As Amazon sends: no JSON by its type.
        let headers = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
            ("content-type", "text/plain; charset=UTF-8"),
        ];
        let path = format!("/api/v1/bounces/{provider}");
        world.ask(&mut Walker::nobody("provider"), Method::POST, &path, &headers, body).await
    }

    #[tokio::test]
    async fn a_report_counts_when_whoever_sends_it_signed_it() {
        let variables = [("BELLWETHER__NOTICES__BOUNCES__SECRET", SECRET)];
        let world = World::with("", &variables).await;
        let taken = told(&world, "generic", SECRET, 0).await;
        assert_eq!((taken.status, taken.body.as_str()), (StatusCode::OK, r#"{"changed":0}"#));
        let late = told(&world, "generic", SECRET, 400).await;
        let forged = told(&world, "generic", "marked-password-other", 0).await;
        for refused in [&late, &forged] {
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
            assert!(!refused.body.contains(SECRET));
        }
        assert_eq!(told(&world, "mailgun", SECRET, 0).await.status, StatusCode::NOT_FOUND);
        assert_eq!(told(&world, "pigeon", SECRET, 0).await.status, StatusCode::NOT_FOUND);
    }
}
