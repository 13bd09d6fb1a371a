//! Why something cannot be done to a run, in the words that the person reads.

use super::{Changed, RunId};
use crate::time::{Millis, lasting};

const LONGEST_REASON: usize = 500;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("It is dangerous: say why it should be done.")]
    NeedsReason,
    #[error("The reason is longer than {LONGEST_REASON} characters.")]
    LongReason,
    #[error("It is dangerous: give your password again.")]
    NeedsProof,
    #[error("It is dangerous, so a person has to ask for it: a token cannot give a password.")]
    NeedsPerson,
    #[error("There is nothing to do.")]
    NothingToDo,
    #[error("{}", no_longer_true(.0))]
    NoLongerTrue(Vec<Changed>),
    #[error("It may not be done now: {}", .0.join(" "))]
    CheckFails(Vec<String>),
    #[error("{name} (run {run}) is going on at the same target; wait until it has ended.")]
    Overlaps { run: RunId, name: String },
    #[error("The same has been asked for already: run {run}.")]
    AlreadyAsked { run: RunId },
    #[error("Of run {run} of the same action nobody knows what became of it: say first what happened there.")]
    DecideFirst { run: RunId },
    #[error("It was done a moment ago; it may be done again in {}.", lasting(.left + 999))]
    CoolingDown { until: Millis, left: i64 },
    #[error("{by} turned everything automatic off.")]
    AutomaticIsOff { by: String },

    #[error("You asked for it yourself: somebody else has to approve it.")]
    OwnRequest,
    #[error("{name} asked for it, and that is you with another account: somebody else has to approve it.")]
    SamePerson { name: String },
    #[error("The token was made by whoever asked for it: somebody else has to approve it.")]
    OwnToken,
    #[error("It was asked for through a token that you made: somebody else has to approve it.")]
    AskedByOwnToken,
    #[error("It is not known for whom you act, so you cannot be the second person.")]
    NobodyKnown,
    #[error("It is not known any more who asked for it, so nobody can be a second person; ask for it anew.")]
    RequesterUnknown,
    #[error("It waited longer than {} for its approval: ask for it anew.", lasting(super::APPROVE_WITHIN))]
    HasLapsed,
    #[error("It waits for no approval: it is {state}.")]
    NotWaiting { state: &'static str },
    #[error("Say why you refuse it: whoever asked has to know what to do instead.")]
    NeedsComment,
    #[error("No level 4 is open: it needs a second person.")]
    NoEmergency,
    #[error("There is nothing to review.")]
    NothingToReview,

    #[error("It cannot begin a step: it is {state}.")]
    CannotBegin { state: &'static str },
    #[error("It is tried again later.")]
    TooEarly { at: Millis },
    #[error("Nothing was waited for from that step.")]
    NotWaitedFor,
    #[error("It is over already: it is {state}.")]
    IsOver { state: &'static str },
    #[error("It is being stopped already.")]
    IsStopping,
    #[error("It is known what happened; there is nothing to decide.")]
    NothingToDecide,
    #[error("It changed nothing, so there is nothing to undo.")]
    NothingToUndo,
}

fn no_longer_true(changed: &[Changed]) -> String {
    let changes: Vec<String> = changed.iter().map(Changed::to_string).collect();
    if changes.is_empty() {
        "What you saw is no longer true. Look at it again.".to_owned()
    } else {
        format!("The preview is no longer true: {}. Look at it again.", changes.join("; "))
    }
}

/// A reason or a comment, without blanks around it.
pub(super) fn checked_reason(reason: &str, needed: bool) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() && needed {
        Err(Refusal::NeedsReason)
    } else if reason.chars().count() > LONGEST_REASON {
        Err(Refusal::LongReason)
    } else {
        Ok(reason.to_owned())
    }
}
