//! How an attempt stands, what came of it, and what can be said against doing something to it.

use serde::{Deserialize, Serialize};

use crate::{actions::Actor, time::Millis};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AttemptState {
    /// Nobody has pressed yet.
    Drafted,
    /// It goes as soon as it can. `since` is its age, and its place in the order.
    Queued {
        since: Millis,
        tries: u32,
        not_before: Millis,
    },
    /// Something may be on its way, but the last byte is not.
    Intended {
        since: Millis,
        tries: u32,
        at: Millis,
    },
    /// The last byte may be on its way.
    Ending {
        since: Millis,
        tries: u32,
        at: Millis,
    },
    /// The other side took it.
    Sent {
        at: Millis,
        window_ends: Millis,
    },
    /// It may have been taken. A person decides, or the provider tells.
    InDoubt {
        at: Millis,
        why: Doubt,
    },
    Delivered {
        at: Millis,
        how: Arrival,
    },
    Failed {
        at: Millis,
        why: Failure,
    },
    /// It never left, because somebody took it back.
    Withdrawn {
        at: Millis,
        by: Actor,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The line was cut, or nothing came, between the last byte and the answer.
    NoAnswer,
    /// The console was stopped between the last byte and the record of the answer.
    Stopped,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Arrival {
    /// No bounce came within the window.
    NoBounce,
    Provider,
    /// Somebody looked, or called.
    Person {
        by: Actor,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Failure {
    /// The server would never take it, by its code.
    Refused {
        code: u16,
    },
    Bounced,
    /// Somebody looked, or called, and it did not arrive.
    Person {
        by: Actor,
    },
}

/// What came of sending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Taken,
    /// Not now (4xx), or no connection: nothing was taken.
    Later,
    /// Never (5xx): nothing was taken.
    Never {
        code: u16,
    },
    /// The line was cut, or the time was over.
    Cut,
}

/// What a provider tells of a message later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Report {
    Delivered,
    /// For good; what is only delayed is not reported.
    Bounced,
}

/// What is to be done for an attempt next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    Press,
    Send { not_before: Millis },
    AwaitAnswer,
    AwaitBounce { until: Millis },
    AskAPerson,
    Nothing,
}

/// Why it cannot be done, in the words that the person reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotNow {
    #[error("It has been sent off already; a second press sends nothing.")]
    IsQueued,
    #[error("It is settled.")]
    IsSettled,
    #[error("It is not its turn yet.")]
    TooEarly,
    #[error("Nothing was waited for from it.")]
    NotWaitedFor,
    #[error("It cannot be called back any more.")]
    HasLeft,
    #[error("It is known what became of it; there is nothing to decide.")]
    NothingToDecide,
    #[error("The couple is not to be contacted.")]
    NotWanted,
}
