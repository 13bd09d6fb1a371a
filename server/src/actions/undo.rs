//! `/runs/{id}/undo`: a look at what would take a run back, and the request of it.

use app::{
    access::Troubles,
    actions::{Proof, Seen, UndoView, changed_since, undo_page},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::actions::ActionRefused;
use domain::actions::{Fingerprint, Refusal as Refused, RunId};
use serde::Deserialize;

use super::{Context, is_proven, refused, rights, services_of};
use crate::access::{
    asked::{Asked, Refusal, encoded, own_address, see},
    form::Fields,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    reason: String,
}

pub(super) async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let typed = Typed { reason: wanted.reason, ..Typed::default() };
            draw(&asked, &RunId(id), StatusCode::OK, typed).await
        })
        .await
}

/// `POST /runs/{id}/undo`
pub(super) async fn press(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked.answer(|asked| async move { request(asked, &RunId(id), &fields).await }).await
}

async fn request(asked: Asked, id: &RunId, fields: &Fields) -> Result<Response, Refusal> {
    let reason = fields.text("reason");
    let fingerprint = Fingerprint::from_form(&fields.text("seen"));
    let next = || {
        let whole = format!("/runs/{id}/undo?reason={}", encoded(&reason));
        if own_address(&whole) == whole { whole } else { format!("/runs/{id}/undo") }
    };
    let asking = asked.state.actions.undo(asked.viewer()?, id, reason.clone(), fingerprint);
    let (status, field, words) = match asking.await {
        Ok(run) => return Ok(see(&format!("/runs/{}", run.id))),
        Err(ActionRefused::Refusal(Refused::NeedsProof)) => return Err(Refusal::NeedsProof { next: next() }),
        Err(ActionRefused::Refusal(why @ (Refused::NeedsReason | Refused::LongReason))) => {
            // The reason is asked for first, the password only once there is one.
            (StatusCode::UNPROCESSABLE_ENTITY, "reason", why.to_string())
        }
        Err(why @ (ActionRefused::Unknown | ActionRefused::Missing(_) | ActionRefused::Db(_))) => {
            return Err(refused(why));
        }
        Err(why) => (StatusCode::CONFLICT, "", why.to_string()),
    };
    let typed = Typed {
        reason,
        seen: Some(Seen::from_field(&fields.text("was"))),
        troubles: Troubles::default().and(field, words),
    };
    draw(&asked, id, status, typed).await
}

/// What came with a press.
#[derive(Default)]
struct Typed {
    reason: String,
    /// `None` where nothing was pressed.
    seen: Option<Seen>,
    troubles: Troubles,
}

async fn draw(asked: &Asked, id: &RunId, status: StatusCode, typed: Typed) -> Result<Response, Refusal> {
    let context = Context::of(asked)?;
    let actions = &asked.state.actions;
    let (stored, looked) = actions.look_at_undo(&context.see, id).await.map_err(refused)?;
    let plan = looked.as_ref().map_or_else(|_| stored.run.plan(), |looked| &looked.preview.plan);
    let action = actions.action(&plan.platform, &plan.action);
    let changed = match (&looked, &typed.seen) {
        (Ok(looked), Some(seen)) => changed_since(seen, &looked.preview),
        _ => Vec::new(),
    };
    let view = UndoView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        zone: context.zone,
        services: services_of(asked, action),
        may: rights(asked, action)?.run,
        proof: Proof::of(&plan.danger, is_proven(asked)),
        changed,
        looked: looked.map_err(|why| why.to_string()),
        stored,
        reason: typed.reason,
        troubles: typed.troubles,
    };
    Ok(asked.page(status, undo_page(&asked.shell(), &view)))
}
