//! `/crises/{id}/notices/new`: one notice before it goes, and the press that sends what was seen.

mod drawing;
mod moments;
mod typed;

use app::{access::Troubles, notices::WriteForm};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{Permit, SeePersonalData, WorkCases},
    crises::Stored,
    notices::NoticeRefused,
};
use domain::{crises::CaseId, notices::Refusal as NotBegun};
use serde::Deserialize;

pub(super) use self::{
    drawing::addresses,
    moments::{moment, near, typed_moment, zone},
};
use self::{
    drawing::draw,
    typed::{Writing, read, wish, writing},
};
use super::{refused, section, sentence};
use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    crises::Context,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    purpose: String,
    way: String,
}

/// Why it is shown again.
#[derive(Default)]
struct Again {
    changed: Vec<String>,
    troubles: Troubles,
    needs_reason: bool,
}

/// `GET`
pub(super) async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let (purpose, way) = read(&wanted.purpose, &wanted.way)?;
            let case = CaseId(id);
            let form = WriteForm { promised: first_promise(&asked, &case).await?, ..WriteForm::default() };
            let writing = Writing { case, purpose, way, form, edited: None, reveals: false };
            draw(&asked, StatusCode::OK, writing, Again::default()).await
        })
        .await
}

/// `POST`: the same with what was typed.
pub(super) async fn again(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            draw(&asked, StatusCode::OK, writing(id, &fields)?, Again::default()).await
        })
        .await
}

/// `POST /crises/{id}/notices/send`
pub(super) async fn send(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let (work, personal) = permits(&asked)?;
            let writing = writing(id, &fields)?;
            let stored = stored(&asked, &writing.case).await?;
            let wish = match wish(&asked, &writing, &stored) {
                Ok(wish) => wish,
                Err(troubles) => {
                    let again = Again { troubles, ..Again::default() };
                    return draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, writing, again).await;
                }
            };
            let why = match asked.state.notices.send(&work, &personal, wish, &fields.text("seen")).await {
                Ok(_) => return Ok(see(&format!("/crises/{}?done=notice#notices", writing.case))),
                Err(why) => why,
            };
            let (status, again) = match why {
                NoticeRefused::Changed(parts) => {
                    let changed = parts.iter().map(|part| format!("{} changed.", sentence(part))).collect();
                    (StatusCode::CONFLICT, Again { changed, ..Again::default() })
                }
                NoticeRefused::Refusal(why @ (NotBegun::IsTold | NotBegun::LongReason)) => {
                    let troubles = Troubles::default().and("reason", why.to_string());
                    (
                        StatusCode::UNPROCESSABLE_ENTITY,
                        Again { troubles, needs_reason: true, ..Again::default() },
                    )
                }
                NoticeRefused::Conflict => {
                    let troubles = Troubles::default().and("", NoticeRefused::Conflict.to_string());
                    (StatusCode::CONFLICT, Again { troubles, ..Again::default() })
                }
                // What keeps it from going is said by the page itself.
                NoticeRefused::Refusal(_)
                | NoticeRefused::NotReady(_)
                | NoticeRefused::NotALetter(_)
                | NoticeRefused::NoSuchAddress
                | NoticeRefused::NoSuchLanguage
                | NoticeRefused::NoNumber
                | NoticeRefused::SeveralNumbers(_)
                | NoticeRefused::NotConfigured(_)
                | NoticeRefused::NotNow(_)
                | NoticeRefused::PastPromise
                | NoticeRefused::Locked(_) => (StatusCode::CONFLICT, Again::default()),
                other => return Err(refused(other)),
            };
            draw(&asked, status, writing, again).await
        })
        .await
}

fn permits(asked: &Asked) -> Result<(Permit<WorkCases>, Permit<SeePersonalData>), Refusal> {
    let viewer = asked.viewer()?;
    Ok((viewer.permit::<WorkCases>()?, viewer.permit::<SeePersonalData>()?))
}

async fn stored(asked: &Asked, id: &CaseId) -> Result<Stored, Refusal> {
    let context = Context::of(asked)?;
    asked.state.cases.stored(&context.see, id).await.map_err(crate::crises::refused)
}

/// What was promised before, as long as it is to come.
async fn first_promise(asked: &Asked, case: &CaseId) -> Result<String, Refusal> {
    let context = Context::of(asked)?;
    let stored = stored(asked, case).await?;
    let promised = section::of_case(asked, &context, case).await?.promised;
    let at = promised.filter(|at| *at > context.now).unwrap_or_else(|| near(context.now));
    Ok(typed_moment(at, &zone(asked, &stored)))
}
