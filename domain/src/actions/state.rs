//! Where a run stands, and what each of its steps came to.

use serde::{Deserialize, Serialize};

use super::{Actor, Changed, Mark, OldValue, RunId, Sighting, Step};
use crate::time::Millis;

/// Where in its life a run is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Waits for a second person.
    Requested {
        until: Millis,
    },
    /// Nothing has been sent yet.
    Approved {
        until: Millis,
    },
    Running {
        since: Millis,
        phase: Phase,
        /// Somebody wants it to stop: no other step begins.
        stopping: Option<Stop>,
    },
    Succeeded {
        at: Millis,
    },
    /// It is known what happened, and it is not what was wanted.
    Failed {
        at: Millis,
        why: Failure,
    },
    /// It is not known what happened. A person decides.
    Unknown {
        at: Millis,
        why: String,
    },
    /// Taken back by another run.
    Undone {
        at: Millis,
        by: RunId,
    },
    Refused {
        at: Millis,
        by: Actor,
        comment: String,
    },
    /// Not approved, or approved and not begun, in time.
    Lapsed {
        at: Millis,
    },
    Cancelled {
        at: Millis,
        by: Actor,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stop {
    pub by: Actor,
    pub at: Millis,
}

/// Where in its present step a run is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// The step is to begin.
    Ready,
    /// It was refused before it took effect, and is tried again.
    Waiting { attempt: u32, until: Millis, said: String },
    /// The request may be on its way. This is on disk before it leaves.
    Intended { intent: Intent },
    /// The effect is looked for. Nothing is ever sent again from here, unless an answer says that nothing happened.
    Observing {
        intent: Intent,
        answer: Known,
        from: Millis,
        until: Millis,
        /// The last look, and when it was.
        looked: Option<(Millis, Sighting)>,
        /// Of what goes in batches: the fewest that were seen to be left, and when first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fewest: Option<(Millis, u64)>,
    },
}

/// That a step is about to be sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// Its place, counted from 0.
    pub step: usize,
    /// Counted from 1.
    pub attempt: u32,
    pub at: Millis,
    /// As it was just before.
    pub old: Option<OldValue>,
}

/// What the answer told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "known", rename_all = "snake_case")]
pub enum Known {
    Taken {
        said: String,
    },
    InDoubt {
        said: String,
    },
    /// The console stopped before it had the answer.
    Lost,
}

/// What a step came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepRecord {
    /// When the last attempt of it was begun.
    pub began: Millis,
    pub ended: Millis,
    pub attempts: u32,
    /// What an undo puts back.
    pub old: Option<OldValue>,
    pub end: StepEnd,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum StepEnd {
    /// Seen in place, or told by a person who looked.
    InPlace {
        said: String,
        decided_by: Option<Actor>,
    },
    /// Nothing has happened.
    NotDone {
        said: String,
        decided_by: Option<Actor>,
    },
    /// It was taken, and its effect was not seen in time.
    NoEffect {
        said: String,
    },
    /// It happened and went wrong.
    Broke {
        said: String,
    },
    Partly {
        said: String,
    },
    Unknown {
        said: String,
    },
}

/// Why a run failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    /// Of the step that was to begin: nothing was sent.
    ChecksFail {
        said: Vec<String>,
    },
    /// What it rested on was not so any more: nothing was sent.
    NoLongerTrue {
        changed: Vec<Changed>,
    },
    NotDone {
        said: String,
        attempts: u32,
    },
    NoEffect {
        said: String,
    },
    Broke {
        said: String,
    },
    Partly {
        said: String,
    },
    /// Once it was not known what happened; a person said what did.
    Decided {
        by: Actor,
    },
}

/// What to send, and nothing else: the intent is in the run that has to be stored first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispatch {
    pub step: usize,
    pub attempt: u32,
    /// Left behind by the step, so that it can be found.
    pub mark: Mark,
    pub what: Step,
    pub old: Option<OldValue>,
}
