//! `POST /api/v1/actions/{key}`: a program asks for a run.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{
    access::SeeStatus,
    actions::{ActionRefused, Asking, RunPermit},
};
use domain::{
    actions::{ActionKey, Refusal},
    alerts::AlertId,
};

use super::{
    failure::failure,
    reading::platform,
    shapes::{Request, Run},
};
use crate::{
    access::asked::Asked,
    alerts_api::{Problem, failure::Failure, read},
};

/// Asks for a run of an action that is not dangerous. It rests on how things stand at that moment: its checks are made then,
/// and again just before each step.
#[utoipa::path(post, path = "/api/v1/actions/{key}", tag = "actions", params(("key" = String, Path,)),
    request_body(content = Option<Request>), responses(
    (status = 201, description = "The run; it goes on by itself, or waits for a second person", body = Run),
    (status = 403, description = "A permission is missing, or needs_person: it is dangerous", body = Problem),
    (status = 404, description = "There is no such action", body = Problem),
    (status = 409, description = "check_fails, overlaps, already_asked, decide_first, cooling_down", body = Problem),
    (status = 422, description = "wrong_values, too_long", body = Problem),
))]
pub async fn request(asked: Asked, Path(key): Path<String>, sent: Result<Bytes, BytesRejection>) -> Response {
    match ask(&asked, &key, sent).await {
        Ok(run) => (StatusCode::CREATED, Json(run)).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

async fn ask(asked: &Asked, key: &str, sent: Result<Bytes, BytesRejection>) -> Result<Run, Failure> {
    let wanted: Request = match sent {
        Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => Request::default(),
        sent => read(sent)?,
    };
    let actions = &asked.state.actions;
    let platform = platform(asked, Some(&wanted.platform))?;
    let unknown = || failure(ActionRefused::Unknown);
    let key = ActionKey::parse(key).map_err(|_| unknown())?;
    let action = actions.action(&platform, &key).ok_or_else(unknown)?;
    let viewer = asked.viewer()?;
    let permit = RunPermit::of(viewer, action)?;
    if action.danger.is_dangerous() && viewer.session().is_some() {
        // Of a token the rules say so themselves, and it is on record.
        return Err(failure(ActionRefused::Refusal(Refusal::NeedsPerson)));
    }
    let see = viewer.permit::<SeeStatus>()?;
    let looked = actions.look(&see, &platform, &key, &wanted.with).await.map_err(failure)?;
    let asking = Asking {
        platform,
        action: key,
        typed: wanted.with,
        reason: wanted.reason,
        seen: looked.preview.fingerprint(),
        alert: wanted.alert.map(AlertId),
    };
    let run = actions.request(&permit, asking).await.map_err(failure)?;
    asked.state.failover.run_asked_for(&run).await?;
    Ok(Run::new(&run, &asked.state.console.config().server.public_url))
}
