//! What is pressed about notices on the page of a case: a call is recorded, one in doubt is decided, one is taken back or read,
//! the couple's page is made or taken back. Each is a plain form, then back to the page of the case.

use app::{
    access::Troubles,
    crises::{CallForm, PromiseForm},
};
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use backend::{
    access::{SeePersonalData, SeeStatus, WorkCases},
    notices::{Called, NoticeRefused},
};
use domain::{
    crises::{CaseId, Refusal as OfCase},
    notices::{AttemptId, Purpose, Refusal as NotBegun},
};

use super::{
    refused,
    section::Saying,
    write::{moment, zone},
};
use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    crises::{self, draw},
};

/// `POST /crises/{id}/notices/called`
pub(super) async fn called(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<WorkCases>()?;
            let case = CaseId(id);
            let [purpose, reached, text, reason] =
                ["purpose", "reached", "text", "reason"].map(|field| fields.text(field));
            let form = CallForm { purpose, reached, text, reason, troubles: Troubles::default() };
            let (field, why) = match read(&form, &case) {
                Err(why) => why,
                Ok(call) => match asked.state.notices.called(&permit, call).await {
                    Ok(_) => return Ok(see(&done(&case, "called"))),
                    Err(why) => {
                        let field = match &why {
                            NoticeRefused::Refusal(NotBegun::IsTold | NotBegun::LongReason) => "reason",
                            NoticeRefused::Case(backend::crises::CaseRefused::Refusal(OfCase::LongText)) => {
                                "text"
                            }
                            other if is_said(other) => "",
                            _ => return Err(refused(why)),
                        };
                        (field, why.to_string())
                    }
                },
            };
            let status =
                if field.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            let call = CallForm { troubles: Troubles::default().and(field, why), ..form };
            say(&asked, &case, status, Saying { call, ..Saying::default() }).await
        })
        .await
}

fn read(form: &CallForm, case: &CaseId) -> Result<Called, (&'static str, String)> {
    let purpose = Purpose::from_word(&form.purpose)
        .ok_or_else(|| ("purpose", "Choose what they were to be told.".to_owned()))?;
    let reached = match form.reached.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(("reached", "Say whether you reached them.".to_owned())),
    };
    Ok(Called {
        case: case.clone(),
        purpose,
        reached,
        to: None,
        said: form.text.clone(),
        promised_at: None,
        reason: form.reason.clone(),
    })
}

/// `POST /crises/{id}/notices/{attempt}/{what}`: it arrived, it did not, or it is taken back.
pub(super) async fn decide(
    asked: Asked,
    Path((id, attempt, what)): Path<(String, String, String)>,
) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<WorkCases>()?;
            let (case, attempt) = (CaseId(id), AttemptId(attempt));
            belongs(&asked, &case, &attempt).await?;
            let notices = &asked.state.notices;
            let done_to = match what.as_str() {
                "arrived" => notices.decide(&permit, &attempt, true).await,
                "not-arrived" => notices.decide(&permit, &attempt, false).await,
                "withdraw" => notices.withdraw(&permit, &attempt).await,
                _ => return Err(Refusal::NotFound),
            };
            match done_to {
                Ok(()) => Ok(see(&done(&case, &what))),
                Err(why) => no(&asked, &case, why).await,
            }
        })
        .await
}

/// `POST /crises/{id}/notices/{attempt}/read`: the page of the case with what this one says. That somebody looked is on record
/// before they see it.
pub(super) async fn read_one(asked: Asked, Path((id, attempt)): Path<(String, String)>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeePersonalData>()?;
            let (case, attempt) = (CaseId(id), AttemptId(attempt));
            belongs(&asked, &case, &attempt).await?;
            match asked.state.notices.read(&permit, &attempt).await {
                Ok(read) => {
                    let saying = Saying { read: Some(read), ..Saying::default() };
                    say(&asked, &case, StatusCode::OK, saying).await
                }
                Err(why) => no(&asked, &case, why).await,
            }
        })
        .await
}

/// `POST /crises/{id}/link/{what}`: the couple's page.
pub(super) async fn link(
    asked: Asked,
    Path((id, what)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    asked
        .answer(|asked| async move {
            let viewer = asked.viewer()?;
            let permit = viewer.permit::<WorkCases>()?;
            let case = CaseId(id);
            let notices = &asked.state.notices;
            let done_to = match what.as_str() {
                "make" => {
                    let personal = viewer.permit::<SeePersonalData>()?;
                    notices.share_page(&permit, &personal, &case).await.map(|_| ())
                }
                "revoke" => notices.revoke_page(&permit, &case).await,
                "promise" => {
                    let typed = fields.text("promised");
                    let see_status = viewer.permit::<SeeStatus>()?;
                    let stored =
                        asked.state.cases.stored(&see_status, &case).await.map_err(crises::refused)?;
                    let why = match moment(&typed, &zone(&asked, &stored)) {
                        Ok(Some(at)) => match notices.promise(&permit, &case, at).await {
                            Ok(()) => return Ok(see(&done(&case, "promise"))),
                            Err(why @ NoticeRefused::PastPromise) => why.to_string(),
                            Err(why) => return no(&asked, &case, why).await,
                        },
                        Ok(None) => "Say when they hear from us again.".to_owned(),
                        Err(why) => why,
                    };
                    let troubles = Troubles::default().and("promised", why);
                    let promise = PromiseForm { at: typed, troubles, ..PromiseForm::default() };
                    let saying = Saying { promise, ..Saying::default() };
                    return say(&asked, &case, StatusCode::UNPROCESSABLE_ENTITY, saying).await;
                }
                _ => return Err(Refusal::NotFound),
            };
            match done_to {
                Ok(()) => Ok(see(&done(&case, if what == "make" { "link-made" } else { "link-revoked" }))),
                Err(why) => no(&asked, &case, why).await,
            }
        })
        .await
}

fn done(case: &CaseId, what: &str) -> String {
    format!("/crises/{case}?done={what}#notices")
}

/// An attempt of another case is none of this one's; one of a double of it is.
async fn belongs(asked: &Asked, case: &CaseId, attempt: &AttemptId) -> Result<(), Refusal> {
    let see_status = asked.viewer()?.permit::<SeeStatus>()?;
    let told = asked.state.notices.of_case(&see_status, None, case).await.map_err(refused)?;
    if told.rows.iter().any(|row| row.attempt.id == *attempt) { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Whether the page says it, rather than that something went wrong.
fn is_said(why: &NoticeRefused) -> bool {
    matches!(
        why,
        NoticeRefused::Refusal(_)
            | NoticeRefused::NotNow(_)
            | NoticeRefused::NotReady(_)
            | NoticeRefused::Locked(_)
            | NoticeRefused::Conflict
            | NoticeRefused::Case(backend::crises::CaseRefused::Refusal(_))
    )
}

/// Nothing was done, and the page says why above its notices.
async fn no(asked: &Asked, case: &CaseId, why: NoticeRefused) -> Result<Response, Refusal> {
    if !is_said(&why) {
        return Err(refused(why));
    }
    let troubles = Troubles::default().and("", why.to_string());
    say(asked, case, StatusCode::CONFLICT, Saying { troubles, ..Saying::default() }).await
}

async fn say(asked: &Asked, case: &CaseId, status: StatusCode, notices: Saying) -> Result<Response, Refusal> {
    draw(asked, case, status, crises::Saying { notices, ..crises::Saying::default() }).await
}
