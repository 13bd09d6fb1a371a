//! What may go wrong, and what then has to be said of a run.

use std::fmt;

/// Of a request that changes something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    Nothing,
    /// No connection comes about.
    Refused,
    /// The connection is reset, and the request has not come through.
    ResetBefore,
    /// What was asked for is done; then the connection is reset.
    ResetAfter,
    /// The other side answers that it failed, without having done anything.
    Error,
    /// Nothing comes through, and no answer comes.
    TimeOutBefore,
    /// What was asked for is done, and no answer comes.
    TimeOutAfter,
    /// The console is killed when its intent is on disk and nothing has left it.
    KilledBefore,
    /// The console is killed when the request has arrived, and its effect has not.
    KilledDuring,
    /// The console is killed when it is done, and the answer has not come.
    KilledAfter,
    /// Something else happens there in the moment before each request arrives. Stands in no table: what is right depends on
    /// what happens.
    Crossed,
}

impl Fault {
    pub const ALL: [Fault; 10] = [
        Fault::Nothing,
        Fault::Refused,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Error,
        Fault::TimeOutBefore,
        Fault::TimeOutAfter,
        Fault::KilledBefore,
        Fault::KilledDuring,
        Fault::KilledAfter,
    ];

    pub fn kills(self) -> bool {
        matches!(self, Fault::KilledBefore | Fault::KilledDuring | Fault::KilledAfter)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Fault::Nothing => "no fault",
            Fault::Refused => "refused",
            Fault::ResetBefore => "reset before",
            Fault::ResetAfter => "reset after",
            Fault::Error => "error answered",
            Fault::TimeOutBefore => "timeout before",
            Fault::TimeOutAfter => "timeout after",
            Fault::KilledBefore => "killed before",
            Fault::KilledDuring => "killed during",
            Fault::KilledAfter => "killed after",
            Fault::Crossed => "crossed",
        })
    }
}

/// How much of what a run is for is so on the platform.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    Nothing,
    Part,
    Whole,
}

/// What the platform knows.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub done: Done,
    /// Whether the step that the fault is for is done, of a run with several.
    pub step_done: bool,
    /// How often the one effect was brought about that was brought about most often.
    pub most: u64,
}

/// How it can be seen whether a request took effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// By looking: what is there is there. What is not there may still be on its way, and only the network knows.
    InPlace,
    /// By looking, also that it is not done: what is left is left, and nobody is at work on it any more.
    Remainder,
    /// By its answer alone.
    Answered,
}

/// The one state that is honest. `late` says whether what was under way at the kill goes on to its end by itself,
/// `refuses` whether an error that is answered is a refusal; elsewhere it may come from half-way.
pub fn honest(fault: Fault, seen: Seen, late: bool, refuses: bool) -> &'static str {
    let not_there = if seen == Seen::Remainder { "failed" } else { "unknown" };
    let there = if seen == Seen::Answered { "unknown" } else { "succeeded" };
    match fault {
        Fault::Nothing => "succeeded",
        Fault::Refused => "failed",
        Fault::Error if refuses => "failed",
        Fault::KilledDuring if late => there,
        Fault::ResetBefore
        | Fault::Error
        | Fault::TimeOutBefore
        | Fault::KilledBefore
        | Fault::KilledDuring
        | Fault::Crossed => not_there,
        Fault::ResetAfter | Fault::TimeOutAfter | Fault::KilledAfter => there,
    }
}
