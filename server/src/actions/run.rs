//! `/runs/{id}`, its parts, and everything that people do to a run: a plain form each, then back to its page.

use app::{
    access::Troubles,
    actions::{RunPart, RunView, Typed, run_page, run_part},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::{
    access::Approve,
    actions::{ActionRefused, RunPermit},
};
use domain::actions::{Refusal as Refused, Run, RunId};
use serde::Deserialize;

use super::{Context, is_proven, refused, rights, services_of};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    done: String,
}

pub(super) async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let mut view = view(&asked, &RunId(id), Typed::default()).await?;
            view.done = done(&wanted.done);
            Ok(asked.page(StatusCode::OK, run_page(&asked.shell(), &view)))
        })
        .await
}

/// `GET /runs/{id}/part/{part}`: one part of the page alone, for a page that draws it anew.
pub(super) async fn part(asked: Asked, Path((id, part)): Path<(String, String)>) -> Response {
    asked
        .answer(|asked| async move {
            let Some(part) = RunPart::from_word(&part) else { return Err(Refusal::NotFound) };
            let view = view(&asked, &RunId(id), Typed::default()).await?;
            Ok(Html(run_part(&view, part)).into_response())
        })
        .await
}

/// `POST /runs/{id}/{what}`: one verb each.
pub(super) async fn press(
    asked: Asked,
    Path((id, what)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    asked
        .answer(|asked| async move {
            let id = RunId(id);
            let comment = fields.text("comment");
            match act(&asked, &id, &what, &fields, comment.clone()).await? {
                Ok(_) => Ok(see(&format!("/runs/{id}?done={what}"))),
                Err(why) => no(&asked, &id, what, comment, why).await,
            }
        })
        .await
}

async fn act(
    asked: &Asked,
    id: &RunId,
    what: &str,
    fields: &Fields,
    comment: String,
) -> Result<Result<Run, ActionRefused>, Refusal> {
    let (viewer, actions) = (asked.viewer()?, &asked.state.actions);
    // Whoever may nothing of it hears that there is no such run before they hear what they may not.
    let told = actions.told_of(&Context::of(asked)?.see, id).await.map_err(refused)?;
    let permit = || match &told.action {
        Some(action) => Ok(RunPermit::of(viewer, action)?),
        None => Err(Refusal::NotFound),
    };
    Ok(match what {
        "approve" => actions.approve(&viewer.permit::<Approve>()?, id, comment).await,
        "refuse" => actions.refuse(&viewer.permit::<Approve>()?, id, comment).await,
        "review" => actions.review(&viewer.permit::<Approve>()?, id, comment).await,
        "break-glass" => {
            let permit = permit()?;
            if !is_proven(asked) {
                return Err(Refusal::NeedsProof { next: format!("/runs/{id}?done=proven") });
            }
            actions.break_glass(&permit, id).await
        }
        "cancel" => actions.cancel(&permit()?, id).await,
        "decide" => match fields.text("in_place").as_str() {
            "yes" => actions.decide(&permit()?, id, true, comment).await,
            "no" => actions.decide(&permit()?, id, false, comment).await,
            _ => return Err(Refusal::NotFound),
        },
        _ => return Err(Refusal::NotFound),
    })
}

/// Nothing was done: the page says why, with what was typed.
async fn no(
    asked: &Asked,
    id: &RunId,
    what: String,
    comment: String,
    why: ActionRefused,
) -> Result<Response, Refusal> {
    let field = match &why {
        ActionRefused::Unknown => return Err(Refusal::NotFound),
        ActionRefused::Missing(missing) => return Err(Refusal::Missing(missing.clone())),
        ActionRefused::Db(error) => return Err(Refusal::Inside(error.to_string())),
        ActionRefused::Refusal(Refused::NeedsProof) => {
            return Err(Refusal::NeedsProof { next: format!("/runs/{id}?done=proven") });
        }
        ActionRefused::Refusal(Refused::NeedsComment | Refused::NeedsReason | Refused::LongReason) => {
            Some("comment")
        }
        _ => None,
    };
    let words = match &why {
        ActionRefused::Refusal(Refused::NeedsReason) => {
            "Say what you saw or think: it is read later.".to_owned()
        }
        other => other.to_string(),
    };
    let status = if field.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    let troubles = Troubles::default().and(field.unwrap_or_default(), words);
    let view = view(asked, id, Typed { what, comment, troubles }).await?;
    Ok(asked.page(status, run_page(&asked.shell(), &view)))
}

async fn view(asked: &Asked, id: &RunId, typed: Typed) -> Result<RunView, Refusal> {
    let context = Context::of(asked)?;
    let told = asked.state.actions.told_of(&context.see, id).await.map_err(refused)?;
    Ok(RunView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        zone: context.zone,
        services: services_of(asked, told.action.as_ref()),
        rights: rights(asked, told.action.as_ref())?,
        proven: is_proven(asked),
        told,
        typed,
        done: None,
    })
}

fn done(what: &str) -> Option<String> {
    let words = match what {
        "approve" => "You approved it. It goes on by itself.",
        "refuse" => "You refused it. Whoever asked reads why.",
        "break-glass" => "It goes on with you alone. Everybody who may approve hears of it.",
        "cancel" => "It is to stop.",
        "decide" => "What you saw is in its story.",
        "review" => "The review is in its story.",
        "already" => "It was asked for a moment ago already: this is that run. There is no second one.",
        "proven" => "Thank you. Now press the button again.",
        _ => return None,
    };
    Some(words.to_owned())
}
