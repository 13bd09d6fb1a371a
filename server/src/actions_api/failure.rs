//! Why a program does not get what it asked for of an action: a status, a code and words.

use axum::http::StatusCode;
use backend::actions::ActionRefused;
use domain::actions::Refusal;

use crate::alerts_api::failure::Failure;

pub fn failure(refused: ActionRefused) -> Failure {
    let words = refused.to_string();
    let said = |status, code| Failure::Said { status, code, words: words.clone() };
    let (conflict, unprocessable) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
    match refused {
        ActionRefused::Unknown => said(StatusCode::NOT_FOUND, "unknown"),
        ActionRefused::Fields(_) | ActionRefused::NotPlanned(_) => said(unprocessable, "wrong_values"),
        ActionRefused::Refusal(refusal) => match refusal {
            Refusal::NeedsReason => said(unprocessable, "needs_reason"),
            Refusal::LongReason => said(unprocessable, "too_long"),
            Refusal::NeedsPerson | Refusal::NeedsProof => said(StatusCode::FORBIDDEN, "needs_person"),
            Refusal::NoLongerTrue(_) => said(conflict, "no_longer_true"),
            Refusal::CheckFails(_) | Refusal::NothingToDo => said(conflict, "check_fails"),
            Refusal::Overlaps { .. } => said(conflict, "overlaps"),
            Refusal::AlreadyAsked { .. } => said(conflict, "already_asked"),
            Refusal::DecideFirst { .. } => said(conflict, "decide_first"),
            Refusal::CoolingDown { .. } => said(conflict, "cooling_down"),
            _ => said(conflict, "refused"),
        },
        ActionRefused::Changed => said(conflict, "changed"),
        ActionRefused::Missing(missing) => Failure::Missing(missing),
        ActionRefused::Db(error) => error.into(),
    }
}
