//! What became of one call of a service, told by a poll or by whoever called.

use serde::{Deserialize, Serialize};

use crate::{monitoring::EngineState, time::Millis};

/// No more are taken in one report.
pub const MOST_OUTCOMES: usize = 1_000;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// One of a kind, chosen by whoever tells it: told twice, it counts once.
    pub id: String,
    /// When the call ended, by the clock of whoever called.
    pub at: Millis,
    pub came: Came,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "came", rename_all = "snake_case")]
pub enum Came {
    Success,
    Failure {
        #[serde(flatten)]
        how: Fault,
    },
    /// A 4xx: the service answered, but to a question that was wrong. It says nothing for the service and nothing
    /// against it, so it neither counts nor starts the count anew; else one caller's mistake could keep a broken
    /// service in use, or take a sound one out.
    Neither,
}

/// How a call failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Fault {
    TimeOut,
    Connection,
    /// 500 to 599.
    Status {
        status: u16,
    },
    /// The platform did not answer a poll.
    Unanswered,
    /// The platform answered, and said that the engine is down.
    EngineDown,
}

impl Fault {
    /// As it goes on after "the last one was".
    pub fn words(self) -> String {
        match self {
            Fault::TimeOut => "a time-out".to_owned(),
            Fault::Connection => "a connection error".to_owned(),
            Fault::Status { status } => format!("a status of {status}"),
            Fault::Unanswered => "a poll without an answer".to_owned(),
            Fault::EngineDown => "the platform's own word that the engine is down".to_owned(),
        }
    }
}

impl Came {
    /// By the status of an answer.
    pub fn of_status(status: u16) -> Came {
        match status {
            200..=399 => Came::Success,
            500..=599 => Came::Failure { how: Fault::Status { status } },
            _ => Came::Neither,
        }
    }

    /// By a health poll.
    pub fn of_poll(poll: Poll) -> Came {
        match poll {
            Poll::Unanswered => Came::Failure { how: Fault::Unanswered },
            Poll::Answered(Some(EngineState::Down)) => Came::Failure { how: Fault::EngineDown },
            Poll::Answered(Some(EngineState::Operational | EngineState::Degraded)) => Came::Success,
            Poll::Answered(None) => Came::Neither,
        }
    }
}

/// What a health poll told of one service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Poll {
    Unanswered,
    /// What was said of its engine; `None` when that was left out.
    Answered(Option<EngineState>),
}
