//! Why something cannot be done to a case, in the words that the person reads.

use super::{CaseId, Private, Unsettled, cleaning};

/// Of a note, a reason, a finding.
pub(super) const LONGEST_TEXT: usize = 4_000;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("{name} has it already.")]
    IsHeld { name: String },
    #[error("It is nobody's: acknowledge it first.")]
    IsNobodys,
    #[error("It is {state}: open it again first.")]
    IsOver { state: &'static str },
    #[error("It is open, so it need not be opened again.")]
    IsOpen,
    #[error("It went into case {into}: go on there.")]
    IsMerged { into: CaseId },
    #[error("It is so already.")]
    IsSoAlready,
    #[error("Write what the next person has to know.")]
    NeedsNote,
    #[error("Say why.")]
    NeedsReason,
    #[error("The text is longer than {LONGEST_TEXT} characters.")]
    LongText,

    #[error("It has no such step.")]
    NoSuchStep,
    #[error("The step is settled already.")]
    StepIsSettled,
    #[error("The step is not settled yet.")]
    StepNotSettled,
    #[error("The step has been begun, and is being waited for.")]
    StepIsWaiting,
    #[error("The step is not being waited for.")]
    StepNotWaiting,
    #[error("Everybody who was asked has answered.")]
    EverybodyAnswered,
    #[error("They were asked less than a minute ago.")]
    AskedJustNow,
    #[error(
        "There is nobody whom the step could ask: the configuration names nobody, or nobody of them is there now."
    )]
    NobodyToAsk,
    #[error("The step is done by sending the couple its notice.")]
    DoneByNotice,

    #[error("{}", not_resolved(steps, notices))]
    NotResolved { steps: Vec<String>, notices: Vec<Unsettled> },
    #[error("It is not resolved yet, so it cannot be reviewed.")]
    NotYetResolved,
    #[error("It has been reviewed already.")]
    IsReviewed,
    #[error("Write what helped, or what to change: a review that says nothing teaches nothing.")]
    NeedsFindings,
    #[error("Every task needs an owner and says what is to be done.")]
    EmptyTask,
    #[error("There is no such task.")]
    NoSuchTask,

    #[error("A case cannot go into itself.")]
    IntoItself,
    #[error("They are of different weddings.")]
    OtherWedding,
    #[error("{}", not_merged(.0))]
    NoticesOpen(Vec<Unsettled>),
}

fn not_resolved(steps: &[String], notices: &[Unsettled]) -> String {
    let steps = steps.iter().map(|name| format!("the step \u{201c}{name}\u{201d} is open"));
    let notices = notices.iter().map(Unsettled::words);
    let why: Vec<String> = steps.chain(notices).collect();
    format!("It cannot be resolved yet: {}.", why.join("; "))
}

fn not_merged(notices: &[Unsettled]) -> String {
    let why: Vec<String> = notices.iter().map(Unsettled::words).collect();
    format!("It cannot go into another case yet: {}.", why.join("; "))
}

/// A text that somebody wrote, without blanks around it.
pub(super) fn checked(text: &str, missing: Refusal) -> Result<Private, Refusal> {
    if text.trim().chars().count() > LONGEST_TEXT {
        return Err(Refusal::LongText);
    }
    let (text, _) = cleaning::lines(text, LONGEST_TEXT);
    if text.trim().is_empty() { Err(missing) } else { Ok(Private::new(text)) }
}
