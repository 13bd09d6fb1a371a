//! Why something was not done to a run.

use domain::actions::{FieldError, NotPlanned, Refusal};

use crate::{access::Missing, db::DbError};

#[derive(Debug, thiserror::Error)]
pub enum ActionRefused {
    /// By the rules, in the words that the person reads.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// In the fields of its form.
    #[error("{}", .0.iter().map(FieldError::to_string).collect::<Vec<_>>().join(" "))]
    Fields(Vec<FieldError>),
    #[error(transparent)]
    NotPlanned(#[from] NotPlanned),
    #[error("There is no such action or run.")]
    Unknown,
    #[error("Somebody else changed it at the same moment. Look at it again.")]
    Changed,
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Vec<FieldError>> for ActionRefused {
    fn from(errors: Vec<FieldError>) -> ActionRefused {
        ActionRefused::Fields(errors)
    }
}
