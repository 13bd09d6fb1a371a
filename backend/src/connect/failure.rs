//! What is known after a request to the platform that did not go well: that nothing was done, or that nobody can tell
//! without looking.

use std::time::Duration;

use super::fields::quoted;

/// Why a request did not do what it was sent for. The sentences are ours; of the other side's words only few stand in
/// them, in quotes and cut off.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing was changed: it was not sent, or it was refused. Trying again does no harm.
    #[error("{why}")]
    NothingHappened {
        because: Because,
        /// A sentence for a person.
        why: String,
        /// How long the other side asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It was sent, and what became of it is not known: it must be observed, not repeated.
    #[error("{why}")]
    MayHaveHappened { why: String },
}

/// What stood in the way when nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Because {
    /// There was no connection, or no answer to a question that changes nothing.
    Unreachable,
    /// Too much is asked of the other side.
    Busy,
    /// The credentials are not known there.
    NotSignedIn,
    /// The credentials are known, and this right is missing: "patch deployments/scale in ai-services".
    Forbidden {
        right: String,
    },
    NotFound,
    /// Somebody else changed it since it was looked at.
    Changed,
    /// It is there already.
    AlreadyThere,
    /// The other side does not take it as it is, or it cannot be done in the present state.
    Invalid,
    /// The connection cannot be set up as it is configured.
    Setup,
}

impl Failure {
    pub fn nothing(because: Because, why: impl Into<String>) -> Failure {
        Failure::NothingHappened { because, why: why.into(), retry_after: None }
    }

    pub fn setup(why: impl Into<String>) -> Failure {
        Failure::nothing(Because::Setup, why)
    }

    pub fn invalid(why: impl Into<String>) -> Failure {
        Failure::nothing(Because::Invalid, why)
    }

    pub fn changed(why: impl Into<String>) -> Failure {
        Failure::nothing(Because::Changed, why)
    }

    pub fn forbidden(right: impl Into<String>, why: impl Into<String>) -> Failure {
        Failure::nothing(Because::Forbidden { right: right.into() }, why)
    }

    pub fn unknown(why: impl Into<String>) -> Failure {
        Failure::MayHaveHappened { why: why.into() }
    }

    /// A question that got no answer: whatever went wrong, it has changed nothing.
    pub(super) fn of_a_question(self) -> Failure {
        match self {
            Failure::MayHaveHappened { why } => Failure::nothing(Because::Unreachable, why),
            nothing => nothing,
        }
    }

    pub fn because(&self) -> Option<&Because> {
        match self {
            Failure::NothingHappened { because, .. } => Some(because),
            Failure::MayHaveHappened { .. } => None,
        }
    }

    pub fn is_certain(&self) -> bool {
        matches!(self, Failure::NothingHappened { .. })
    }
}

/// How long a sentence of the other side may become.
const LONGEST_SENTENCE: usize = 240;

/// A sentence of the other side in quotes. Longer than a word of `quoted`, since its reasons are the point.
pub(super) fn said(text: &str) -> String {
    if text.chars().count() <= LONGEST_SENTENCE {
        return format!("{text:?}");
    }
    let short: String = text.chars().take(LONGEST_SENTENCE).collect();
    format!("{:?}", format!("{short}…"))
}

/// A name that stands in addresses: nothing in it may lead elsewhere.
///
/// # Errors
/// When it is not what Kubernetes takes for a name.
pub(super) fn checked_name(name: &str) -> Result<&str, Failure> {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let fits = !name.is_empty()
        && name.len() <= 253
        && name.starts_with(inner)
        && name.ends_with(inner)
        && name.chars().all(|letter| inner(letter) || letter == '-' || letter == '.');
    if fits { Ok(name) } else { Err(Failure::invalid(format!("{} is no name of an object", quoted(name)))) }
}
