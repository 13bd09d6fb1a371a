//! Why a program does not get what it asked for: a status, a code and words.

use axum::{http::StatusCode, response::Response};
use backend::{access::Missing, alerts::AlertRefused, db::DbError, windows};
use domain::alerts::Refusal;

use crate::access::{
    asked::{self, Asked},
    guard::{problem, problem_of},
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    Said {
        status: StatusCode,
        code: &'static str,
        words: String,
    },
    Missing(Missing),
    /// For the log; the program hears that it may try again.
    Inside(String),
}

impl Failure {
    pub fn request(words: impl Into<String>) -> Failure {
        Failure::Said { status: StatusCode::BAD_REQUEST, code: "bad_request", words: words.into() }
    }

    pub fn unprocessable(code: &'static str, words: impl Into<String>) -> Failure {
        Failure::Said { status: StatusCode::UNPROCESSABLE_ENTITY, code, words: words.into() }
    }

    /// As it is answered. A missing permission goes on record, under the address without what is secret in it.
    pub async fn answer(self, asked: &Asked) -> Response {
        match self {
            Failure::Said { status, code, words } => problem_of(status, code, &words),
            Failure::Missing(missing) => {
                let words = missing.to_string();
                // The record; the page is not used.
                asked.forbid(&missing).await;
                problem(StatusCode::FORBIDDEN, &words)
            }
            Failure::Inside(innards) => {
                tracing::error!(error = innards, "a program could not be answered");
                problem(StatusCode::INTERNAL_SERVER_ERROR, "this did not work: try again in a moment")
            }
        }
    }

    /// What it is called among many.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Said { code, .. } => code,
            Failure::Missing(_) => "forbidden",
            Failure::Inside(_) => "failed",
        }
    }

    pub fn words(&self) -> String {
        match self {
            Failure::Said { words, .. } => words.clone(),
            Failure::Missing(missing) => missing.to_string(),
            Failure::Inside(_) => "this did not work: try again in a moment".to_owned(),
        }
    }
}

impl From<Missing> for Failure {
    fn from(missing: Missing) -> Failure {
        Failure::Missing(missing)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Failure {
        Failure::Inside(error.to_string())
    }
}

impl From<asked::Refusal> for Failure {
    fn from(refusal: asked::Refusal) -> Failure {
        match refusal {
            asked::Refusal::Missing(missing) => Failure::Missing(missing),
            asked::Refusal::Inside(innards) => Failure::Inside(innards),
            _ => Failure::Said {
                status: StatusCode::UNAUTHORIZED,
                code: "unauthorized",
                words: "sign in first, or send a token: Authorization: Bearer bwt_…".to_owned(),
            },
        }
    }
}

impl From<AlertRefused> for Failure {
    fn from(refused: AlertRefused) -> Failure {
        let words = refused.to_string();
        let said = |status, code| Failure::Said { status, code, words: words.clone() };
        let (conflict, unprocessable) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match refused {
            AlertRefused::Unknown => said(StatusCode::NOT_FOUND, "unknown_alert"),
            AlertRefused::Refusal(refusal) => match refusal {
                Refusal::IsResolved => said(conflict, "is_resolved"),
                Refusal::IsAcknowledged { .. } => said(conflict, "is_acknowledged"),
                Refusal::NotAcknowledged => said(conflict, "not_acknowledged"),
                Refusal::NeedsReason => said(unprocessable, "needs_reason"),
                Refusal::IsOpen => said(conflict, "is_open"),
                Refusal::TooLongAgo => said(conflict, "too_long_ago"),
                Refusal::AnotherIsOpen => said(conflict, "another_is_open"),
            },
            AlertRefused::Missing(missing) => Failure::Missing(missing),
            AlertRefused::EmptyNote => said(unprocessable, "empty_note"),
            AlertRefused::TooLong { .. } => said(unprocessable, "too_long"),
            AlertRefused::NoSuchPerson => said(unprocessable, "no_such_person"),
            AlertRefused::Changed => said(conflict, "changed"),
            AlertRefused::IsPinned => said(conflict, "pinned"),
            AlertRefused::Db(error) => error.into(),
        }
    }
}

impl From<windows::Refused> for Failure {
    fn from(refused: windows::Refused) -> Failure {
        let words = refused.to_string();
        match refused {
            windows::Refused::Missing(missing) => Failure::Missing(missing),
            windows::Refused::Db(error) => error.into(),
            windows::Refused::Unknown => {
                Failure::Said { status: StatusCode::NOT_FOUND, code: "unknown_silence", words }
            }
            windows::Refused::Over => Failure::Said { status: StatusCode::CONFLICT, code: "is_over", words },
            windows::Refused::Window(_) => Failure::unprocessable("silence_refused", words),
        }
    }
}
