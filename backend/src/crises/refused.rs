//! Why something was not done to a case.

use domain::crises::Refusal;

use super::FileRefused;
use crate::{
    access::Missing,
    actions::ActionRefused,
    db::DbError,
    sealing::{Locked, SealingError},
};

#[derive(Debug, thiserror::Error)]
pub enum CaseRefused {
    #[error("There is no such case.")]
    Unknown,
    /// By the rules, in the words that the person reads.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    #[error("There is no such type of crisis.")]
    NoSuchType,
    #[error("There is no platform of that name.")]
    NoSuchPlatform,
    #[error("Say whose wedding it is: names, or the day.")]
    NoWedding,
    #[error("There is nobody of that name who may work on cases.")]
    NoSuchPerson,
    #[error("There is no such alert.")]
    NoSuchAlert,
    #[error("The step is not done by an action.")]
    NoAction,
    #[error("The step asks nobody.")]
    AsksNobody,
    #[error("There is nobody of that name who could be asked.")]
    NobodySuch,
    #[error(transparent)]
    File(#[from] FileRefused),
    /// It cannot be read, or nothing can be written without writing it in plain.
    #[error(transparent)]
    Locked(#[from] Locked),
    #[error("Somebody else changed it this moment; look at it again.")]
    Changed,
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(transparent)]
    Action(#[from] ActionRefused),
    /// The journal of erasures cannot be kept.
    #[error("It was not erased: {0}.")]
    NotErased(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<SealingError> for CaseRefused {
    fn from(error: SealingError) -> CaseRefused {
        match error {
            SealingError::Locked(why) => CaseRefused::Locked(why),
            SealingError::Database(error) => CaseRefused::Db(error),
            other => CaseRefused::NotErased(other.to_string()),
        }
    }
}
