//! A step of a checklist: what is to be done, until when, and what became of it. Late is late for ever.

use serde::{Deserialize, Serialize};

use super::StepKey;
use crate::{
    actions::{ActionKey, Actor},
    notices::Purpose,
    time::{MINUTE, Millis},
};

/// The end of the first stage, and of the second, after the detection.
pub(super) const FIRST_MINUTES: i64 = 5 * MINUTE;
pub(super) const HALF_HOUR: i64 = 30 * MINUTE;

/// A step as the configuration has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepDeclaration {
    pub key: StepKey,
    /// "Alert the emergency team"
    pub name: String,
    pub stage: Stage,
    /// Milliseconds after the detection.
    pub within: i64,
    /// The case cannot be resolved while it is open.
    #[serde(default)]
    pub required: bool,
    /// It runs by itself at a level 4 crisis failure.
    #[serde(default)]
    pub automatic: bool,
    #[serde(flatten)]
    pub how: How,
}

/// Under which heading it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    FirstMinutes,
    HalfHour,
    Later,
}

impl Stage {
    pub const ALL: [Stage; 3] = [Stage::FirstMinutes, Stage::HalfHour, Stage::Later];

    /// Of a step that is to be done within so many milliseconds.
    pub fn of(within: i64) -> Stage {
        if within <= FIRST_MINUTES {
            Stage::FirstMinutes
        } else if within <= HALF_HOUR {
            Stage::HalfHour
        } else {
            Stage::Later
        }
    }

    /// As a heading.
    pub fn words(self) -> &'static str {
        match self {
            Stage::FirstMinutes => "First 5 minutes",
            Stage::HalfHour => "5 to 30 minutes",
            Stage::Later => "After that",
        }
    }
}

/// How it is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// By a run of an action of the catalogue. It changes the platform, so one run serves every case that waits for it.
    Action { action: ActionKey },
    /// The people under this name in the configuration are written to, and one of them answers.
    AsksPeople { people: String },
    /// The couple is sent a notice.
    Notice { purpose: Purpose },
    /// Somebody does it, and says so.
    ByHand,
}

/// A step of one case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// As it was declared when the case was opened: a later change of the configuration does not reach it.
    #[serde(flatten)]
    pub declared: StepDeclaration,
    pub due: Millis,
    pub state: StepState,
    /// The run for it that came to nothing last; none once it is begun again or settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_run: Option<crate::actions::RunId>,
}

/// `late_by` is in milliseconds; 0 is in time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepState {
    Open,
    /// Begun, and something has to come back.
    Waiting {
        by: By,
        since: Millis,
        wait: Wait,
    },
    Done {
        by: By,
        at: Millis,
        late_by: i64,
    },
    /// The reason is personal, so it stands beside the line of the story.
    NotNeeded {
        by: By,
        at: Millis,
        late_by: i64,
    },
}

/// What has to come back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "wait", rename_all = "snake_case")]
pub enum Wait {
    /// The end of this run.
    Run { run: crate::actions::RunId },
    /// Answers of so many of those who were asked.
    Answer {
        asked: usize,
        #[serde(default)]
        answered: usize,
        /// So many yeses do it, or all of them where fewer were asked.
        #[serde(default = "one")]
        enough: usize,
        /// When the last link to answer by is over; it waits no longer.
        #[serde(default)]
        until: Option<Millis>,
    },
    /// The mail server's answer to the notice.
    Notice,
}

fn one() -> usize {
    1
}

/// Who did something to a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum By {
    Staff {
        actor: Actor,
    },
    /// Somebody of the configuration who answered without an account.
    Asked {
        name: String,
    },
    Platform,
}

impl By {
    pub fn name(&self) -> &str {
        match self {
            By::Staff { actor } => actor.name(),
            By::Asked { name } => name,
            By::Platform => "The platform",
        }
    }

    pub fn is_automatic(&self) -> bool {
        matches!(self, By::Staff { actor } if actor.is_automatic())
    }
}

impl From<Actor> for By {
    fn from(actor: Actor) -> By {
        By::Staff { actor }
    }
}

impl Step {
    /// A step of a case that was detected then.
    pub fn of(declared: StepDeclaration, detected_at: Millis) -> Step {
        Step { due: detected_at.plus(declared.within), declared, state: StepState::Open, failed_run: None }
    }

    pub fn key(&self) -> &StepKey {
        &self.declared.key
    }

    /// Whether people were asked for it, and it waits for what they say.
    pub fn waits_for_answers(&self) -> bool {
        matches!(self.state, StepState::Waiting { wait: Wait::Answer { .. }, .. })
    }

    pub fn is_settled(&self) -> bool {
        matches!(self.state, StepState::Done { .. } | StepState::NotNeeded { .. })
    }

    /// By how many milliseconds it was, or by now is, late; 0 is in time. It never becomes less.
    pub fn late_by(&self, now: Millis) -> i64 {
        match self.state {
            StepState::Open | StepState::Waiting { .. } => self.late_at(now),
            StepState::Done { late_by, .. } | StepState::NotNeeded { late_by, .. } => late_by,
        }
    }

    /// How late it is when it is settled then.
    pub(super) fn late_at(&self, at: Millis) -> i64 {
        at.since(self.due).max(0)
    }
}
