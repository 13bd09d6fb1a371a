//! One execution of an action: what was asked, who agreed, what each step came to, and where it stands.

use serde::{Deserialize, Serialize};

use super::{Actor, Answer, Failure, Phase, Plan, Preview, RunId, State, StepEnd, StepRecord};
use crate::{
    alerts::AlertId,
    time::{MINUTE, Millis, SECOND},
};

/// How long it waits for a second person.
pub const APPROVE_WITHIN: i64 = 30 * MINUTE;
/// An approval that nothing came of (the console was down, another run was in the way) is no order for later.
pub const BEGIN_WITHIN: i64 = 10 * MINUTE;
/// After an answer that came late there is still time for one look.
pub(super) const LAST_LOOK: i64 = 10 * SECOND;

/// Stored as a document; a change of it is stored with what follows from it, in one transaction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    pub requested: Requested,
    /// What was seen when it was asked for; its plan is what is carried out.
    pub preview: Preview,
    /// `None` until somebody has agreed.
    pub approval: Option<Approval>,
    /// Those that came to an end, in order. The next one is at the place after them.
    pub steps: Vec<StepRecord>,
    pub state: State,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requested {
    pub by: Actor,
    pub at: Millis,
    /// May be empty where the action is not dangerous.
    pub reason: String,
    /// The run that it takes back.
    pub undoes: Option<RunId>,
    /// From whose page it was asked for.
    pub alert: Option<AlertId>,
}

/// By what right it goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "approval", rename_all = "snake_case")]
pub enum Approval {
    /// One person is enough.
    NotNeeded,
    Given {
        by: Actor,
        at: Millis,
        comment: String,
    },
    /// One person alone, while a level 4 was open.
    BrokenGlass {
        by: Actor,
        at: Millis,
        emergency: AlertId,
        review: Review,
    },
}

/// What became of the review that breaking the glass asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "review", rename_all = "snake_case")]
pub enum Review {
    Waiting,
    Done { by: Actor, at: Millis, comment: String },
}

/// What is to be done for a run next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    AwaitApproval {
        until: Millis,
    },
    /// Observe the preconditions of the step again, and begin it; not before this moment.
    Begin {
        step: usize,
        not_before: Option<Millis>,
    },
    /// Whoever sent the step waits for its answer. If that was the console before it stopped: `resume`.
    AwaitAnswer {
        step: usize,
        since: Millis,
    },
    /// Look for the effect of the step.
    Observe {
        step: usize,
        at: Millis,
    },
    /// Nobody can know but somebody who looks.
    AskAPerson {
        step: usize,
        why: String,
    },
    /// It is over, and not as it was wanted; what is in place may be taken back.
    OfferUndo,
    Done,
}

/// One thing in the story of a run. Steps are counted from 0.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "happened", content = "facts", rename_all = "snake_case")]
pub enum Happening {
    Requested { by: Actor, reason: String, waits_until: Option<Millis> },
    Approved { by: Actor, comment: String },
    GlassBroken { by: Actor, emergency: AlertId },
    Refused { by: Actor, comment: String },
    Lapsed,
    Stopping { by: Actor },
    Cancelled { by: Actor },
    Began { step: usize, attempt: u32 },
    Answered { step: usize, answer: Answer },
    WillTryAgain { step: usize, at: Millis },
    Resumed { step: usize },
    Ended { step: usize, end: StepEnd },
    Succeeded,
    Failed { why: Failure },
    BecameUnknown { why: String },
    Decided { by: Actor, in_place: bool, comment: String },
    Undone { by: RunId },
    Reviewed { by: Actor, comment: String },
}

impl Run {
    pub fn plan(&self) -> &Plan {
        &self.preview.plan
    }

    /// Whether nothing more happens by itself.
    pub fn is_over(&self) -> bool {
        !matches!(self.state, State::Requested { .. } | State::Approved { .. } | State::Running { .. })
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }

    /// Whether something on the platform is, or may be, other than before.
    pub fn changed_something(&self) -> bool {
        self.steps.iter().any(|record| !matches!(record.end, StepEnd::NotDone { .. }))
    }

    /// Whether whoever carries out a long step should leave off between two batches.
    pub fn is_stopping(&self) -> bool {
        matches!(self.state, State::Running { stopping: Some(_), .. })
    }

    /// Until when the same action rests after it; `None` when it is not over, or changed nothing.
    pub fn rests_until(&self) -> Option<Millis> {
        let ended = self.steps.last()?.ended;
        (self.is_over() && self.changed_something()).then(|| ended.plus(self.plan().cooldown))
    }

    /// Whether the glass was broken for it and nobody has looked at that yet.
    pub fn waits_for_review(&self) -> bool {
        matches!(self.approval, Some(Approval::BrokenGlass { review: Review::Waiting, .. }))
    }

    /// As people read it, and as it is stored beside the document.
    pub fn state_word(&self) -> &'static str {
        match self.state {
            State::Requested { .. } => "requested",
            State::Approved { .. } => "approved",
            State::Running { .. } => "running",
            State::Succeeded { .. } => "succeeded",
            State::Failed { .. } => "failed",
            State::Unknown { .. } => "unknown",
            State::Undone { .. } => "undone",
            State::Refused { .. } => "refused",
            State::Lapsed { .. } => "lapsed",
            State::Cancelled { .. } => "cancelled",
        }
    }

    /// What is to be done for it now.
    pub fn next(&self) -> Next {
        let step = self.steps.len();
        match &self.state {
            State::Requested { until } => Next::AwaitApproval { until: *until },
            State::Approved { .. } => Next::Begin { step, not_before: None },
            State::Running { phase, .. } => match phase {
                Phase::Ready => Next::Begin { step, not_before: None },
                Phase::Waiting { until, .. } => Next::Begin { step, not_before: Some(*until) },
                Phase::Intended { intent } => Next::AwaitAnswer { step, since: intent.at },
                Phase::Observing { from, until, looked, .. } => {
                    let at = looked.as_ref().map_or(*from, |(at, _)| at.plus(look_every(at.since(*from))));
                    Next::Observe { step, at: at.min(*until) }
                }
            },
            State::Unknown { why, .. } => Next::AskAPerson { step: step.saturating_sub(1), why: why.clone() },
            State::Failed { .. } | State::Cancelled { .. } if self.changed_something() => Next::OfferUndo,
            _ => Next::Done,
        }
    }
}

/// Often at first, when somebody is looking, and seldom for what takes hours. In milliseconds.
fn look_every(elapsed: i64) -> i64 {
    match elapsed {
        ..5_000 => SECOND / 2,
        5_000..60_000 => 2 * SECOND,
        60_000..600_000 => 10 * SECOND,
        _ => 30 * SECOND,
    }
}
