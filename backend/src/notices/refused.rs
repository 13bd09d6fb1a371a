//! Why a couple is not told something.

use domain::{
    crises::Refusal as OfCase,
    notices::{NotALetter, NotNow, Refusal, Way, bulk::NotReady},
};

use crate::{
    access::Missing,
    crises::CaseRefused,
    db::DbError,
    sealing::{Locked, SealingError},
};

#[derive(Debug, thiserror::Error)]
pub enum NoticeRefused {
    #[error("There is no such notice.")]
    Unknown,
    /// Of its case: there is none, or it is not to be changed.
    #[error(transparent)]
    Case(CaseRefused),
    /// Nothing new may begin, by the rules.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// What there is cannot be done to it now.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// What is missing, or keeps this couple from being written to.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    #[error(transparent)]
    NotALetter(#[from] NotALetter),
    #[error("There is no such address among those of the couple.")]
    NoSuchAddress,
    #[error("There is no text for this in that language.")]
    NoSuchLanguage,
    #[error("There is no telephone number that can be used.")]
    NoNumber,
    #[error("There are {0} telephone numbers: somebody has to say which.")]
    SeveralNumbers(usize),
    #[error("Nothing can leave by {}: none is configured.", .0.label())]
    NotConfigured(Way),
    #[error("A call is recorded once it was made.")]
    NotCalled,
    #[error("The promised time is over.")]
    PastPromise,
    /// What somebody saw is not what would go now. Nothing was sent.
    #[error("Nothing was sent, because it is not what you saw any more: {} changed. Look at it again.", .0.join(", "))]
    Changed(Vec<&'static str>),
    /// Of many couples: those of whom it is so, by the names of their cases.
    #[error("Nothing was sent, because what you saw changed for {}. Look at it again.", .0.join(", "))]
    SomeChanged(Vec<String>),
    #[error("Nobody of them can be told this now.")]
    Nobody,
    #[error("More than {0} couples at once: choose fewer.")]
    TooMany(usize),
    /// It cannot be read, or nothing can be written without writing it in plain.
    #[error(transparent)]
    Locked(#[from] Locked),
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error("Somebody else changed it this moment; look at it again.")]
    Conflict,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<CaseRefused> for NoticeRefused {
    fn from(refused: CaseRefused) -> NoticeRefused {
        match refused {
            CaseRefused::Db(error) => NoticeRefused::Db(error),
            CaseRefused::Locked(why) => NoticeRefused::Locked(why),
            CaseRefused::Missing(missing) => NoticeRefused::Missing(missing),
            CaseRefused::Changed => NoticeRefused::Conflict,
            other => NoticeRefused::Case(other),
        }
    }
}

impl From<OfCase> for NoticeRefused {
    fn from(refusal: OfCase) -> NoticeRefused {
        NoticeRefused::Case(refusal.into())
    }
}

impl From<SealingError> for NoticeRefused {
    fn from(error: SealingError) -> NoticeRefused {
        CaseRefused::from(error).into()
    }
}

impl NoticeRefused {
    /// Whether trying again may do: two were in each other's way.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            NoticeRefused::Conflict => true,
            NoticeRefused::Db(error) => error.is_conflict(),
            _ => false,
        }
    }
}
