//! Why a schedule was not changed, in the words that the person reads.

use domain::{access::PersonId, oncall::Fault, time::Millis};

use super::WrittenStaffing;
use crate::db::DbError;

#[derive(Debug, thiserror::Error)]
pub enum OnCallRefused {
    #[error("there is no such tier")]
    NoTier,
    #[error("this tier has no rotation: its people are on call all the time")]
    NoRotation,
    /// A rotation that cannot be; at least one.
    #[error("the rotation cannot be: {}", .0.iter().map(Fault::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    #[error("nobody is in it, so nobody would be called; name at least one person")]
    NoPeople,
    /// Somebody who was not in it before.
    #[error("this person has no account that can be used, and could not be called")]
    Gone(PersonId),
    #[error("somebody else changed this tier in the meantime")]
    Conflict {
        /// As it is now.
        stored: Box<Option<WrittenStaffing>>,
        version: i64,
    },
    #[error("it has to end after it begins")]
    EndsBefore,
    #[error("it would begin in the past; what was cannot be changed any more")]
    Past,
    #[error("it lasts longer than a year")]
    TooLong,
    #[error("the reason is longer than 500 characters")]
    NoteTooLong,
    #[error("only somebody of this rotation may take its shifts; ask somebody who may change schedules")]
    NotOfTheRotation,
    #[error("two shifts of the same person cannot be swapped")]
    SamePerson,
    #[error("these two shifts overlap")]
    Overlap,
    #[error("this shift is not theirs any more; the page shows how it is now")]
    NotTheirs { from: Millis },
    #[error("there is no such override, or it is over")]
    NoOverride,
    #[error("only whoever took a shift, or somebody who may change schedules, can give it back")]
    NotYours,
    #[error("you have {most} calendars; revoke one that is not read any more")]
    TooManyFeeds { most: usize },
    #[error("there is no such calendar, or it was revoked")]
    NoFeed,
    #[error("there is no such test page, or it was answered")]
    NoTestPage,
    #[error(transparent)]
    Db(#[from] DbError),
}
