//! `POST /api/v1/slack/interactions`: a button was pressed in Slack. Believed only when Slack signed it; whoever pressed
//! acts as the person who has noted that Slack name in their profile.

use axum::{
    Json,
    extract::State as Extract,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use backend::{clock::Clock, connect::chat::is_signed, db::DbError};
use bytes::Bytes;
use domain::delivery::forms::slack::{ACKNOWLEDGE, RESOLVE};
use serde::Deserialize;

use super::answers::{self, NotDone, Wish};
use crate::{
    access::{asked::Asked, guard::problem},
    alerts_api::Problem,
    http::State,
};

const THROUGH: &str = "a button in Slack";
const LINK_ACCOUNT: &str = "Nothing was done: this Slack account is not linked to one of Bellwether. Note your Slack \
    member id as a way to reach you in your settings there, and press again.";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload {
    #[serde(rename = "type")]
    kind: String,
    user: Named,
    channel: Named,
    actions: Vec<Action>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Action {
    action_id: String,
    value: String,
}

#[derive(Deserialize)]
struct Form {
    payload: String,
}

/// A button was pressed in Slack. Answers with what was done, as a text that only whoever pressed sees.
#[utoipa::path(post, path = "/api/v1/slack/interactions", tag = "from outside", security(()),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded",
        description = "`payload`, as Slack sends and signs it"),
    responses((status = 200, body = Object), (status = 401, description = "Not signed by Slack", body = Problem),
        (status = 404, description = "No Slack app is configured", body = Problem)))]
pub async fn interaction(
    Extract(state): Extract<State>,
    asked: Asked,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(app) = &state.console.config().delivery.slack_app else {
        return problem(StatusCode::NOT_FOUND, "no Slack app is configured");
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (timestamp, signature) = (header("x-slack-request-timestamp"), header("x-slack-signature"));
    let now = Clock::system().now().0 / 1_000;
    if !is_signed(&app.signing_secret, timestamp, signature, &body, now) {
        return problem(StatusCode::UNAUTHORIZED, "this was not signed by Slack, or too long ago");
    }
    let payload = serde_urlencoded::from_bytes::<Form>(&body).ok();
    let payload = payload.and_then(|form| serde_json::from_str::<Payload>(&form.payload).ok());
    let Some(payload) = payload.filter(|payload| payload.kind == "block_actions") else {
        return problem(StatusCode::BAD_REQUEST, "expected a payload of the type block_actions");
    };
    let wish = payload.actions.iter().find_map(|action| {
        let wish = match action.action_id.as_str() {
            ACKNOWLEDGE => Wish::Acknowledge,
            RESOLVE => Wish::Resolve,
            _ => return None,
        };
        Some((wish, action.value.clone()))
    });
    // The link "Open in Bellwether" and the like need no answer.
    let Some((wish, alert)) = wish else { return StatusCode::OK.into_response() };
    match act(&state, &asked, &payload.user.id, &alert, wish).await {
        Ok(said) => {
            whisper(&state, payload, said.clone());
            Json(serde_json::json!({ "response_type": "ephemeral", "replace_original": false, "text": said }))
                .into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a button pressed in Slack could not be answered");
            problem(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be used now; press again")
        }
    }
}

async fn act(state: &State, asked: &Asked, user: &str, alert: &str, wish: Wish) -> Result<String, DbError> {
    let Some(person) = state.access.by_chat_name(user).await? else { return Ok(LINK_ACCOUNT.to_owned()) };
    let origin = asked.visitor.origin.clone();
    let Some(viewer) = state.access.acting_by_message(&person, origin, THROUGH).await? else {
        return Ok("Nothing was done: your account is disabled.".to_owned());
    };
    let said = answers::carry_out(state, &viewer, alert, wish).await?;
    Ok(said.unwrap_or_else(NotDone::into_words))
}

/// Slack shows no text that answers a press: it is told by the app, which nobody waits for.
fn whisper(state: &State, payload: Payload, text: String) {
    let courier = state.courier.clone();
    tokio::spawn(async move {
        if let Err(reason) = courier.whisper(&payload.channel.id, &payload.user.id, &text).await {
            tracing::info!(%reason, "whoever pressed a button in Slack was not told what it did");
        }
    });
}
