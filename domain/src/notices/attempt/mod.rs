//! One try to tell a couple something, by one way. It leads to one message or none, or says that it is in doubt.
//!
//! What is on disk decides what is done after a crash. Two records stand before what cannot be taken back: `Intended`
//! before anything leaves, and `Ending` just before the last byte of a mail (of a request, for a text message). A mail
//! server takes nothing before the last byte, so that until then the whole may be sent again; after it only the server
//! knows, and nothing is sent again unless a person has decided.

mod id;
mod state;

use serde::{Deserialize, Serialize};

pub use self::{
    id::AttemptId,
    state::{Answer, Arrival, AttemptState, Doubt, Failure, Next, NotNow, Report},
};
use super::{Purpose, Way};
use crate::{
    actions::Actor,
    time::{HOUR, MINUTE, Millis, SECOND},
};

/// A mail is delivered when no bounce came for so long, unless the configuration says otherwise.
pub const BOUNCE_WINDOW: i64 = HOUR;
/// Between two tries, at the most: who waits for an answer does not wait for the end of a long pause.
const LONGEST_WAIT: i64 = 5 * MINUTE;
const FIRST_WAIT: i64 = 5 * SECOND;

/// Address and text are stored sealed, beside it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    pub id: AttemptId,
    pub purpose: Purpose,
    pub way: Way,
    pub by: Actor,
    pub made_at: Millis,
    pub state: AttemptState,
}

impl Attempt {
    /// Somebody has seen it in full and presses.
    ///
    /// # Errors
    /// When it was pressed before, or is settled.
    pub fn press(&mut self, now: Millis) -> Result<(), NotNow> {
        match self.state {
            AttemptState::Drafted => {
                self.state = AttemptState::Queued { since: now, tries: 0, not_before: now };
                Ok(())
            }
            _ if self.is_settled() => Err(NotNow::IsSettled),
            _ => Err(NotNow::IsQueued),
        }
    }

    /// It is taken back before anything has left.
    ///
    /// # Errors
    /// When something may have left, or it is settled.
    pub fn withdraw(&mut self, by: Actor, now: Millis) -> Result<(), NotNow> {
        match self.state {
            AttemptState::Drafted | AttemptState::Queued { .. } => {
                self.state = AttemptState::Withdrawn { at: now, by };
                Ok(())
            }
            _ if self.is_settled() => Err(NotNow::IsSettled),
            _ => Err(NotNow::HasLeft),
        }
    }

    /// To be on disk before anything leaves.
    ///
    /// # Errors
    /// When it is not its turn.
    pub fn intend(&mut self, now: Millis) -> Result<(), NotNow> {
        match self.state {
            AttemptState::Queued { since, tries, not_before } if not_before <= now => {
                self.state = AttemptState::Intended { since, tries: tries.saturating_add(1), at: now };
                Ok(())
            }
            AttemptState::Queued { .. } => Err(NotNow::TooEarly),
            _ => Err(NotNow::NotWaitedFor),
        }
    }

    /// To be on disk before the last byte leaves.
    ///
    /// # Errors
    /// When it was not intended.
    pub fn end(&mut self, now: Millis) -> Result<(), NotNow> {
        let AttemptState::Intended { since, tries, .. } = self.state else {
            return Err(NotNow::NotWaitedFor);
        };
        self.state = AttemptState::Ending { since, tries, at: now };
        Ok(())
    }

    /// What came of it. `window` is how long a bounce is waited for, in milliseconds.
    ///
    /// # Errors
    /// When nothing was waited for.
    pub fn answered(&mut self, answer: Answer, window: i64, now: Millis) -> Result<(), NotNow> {
        let (since, tries, last_byte) = match self.state {
            AttemptState::Intended { since, tries, .. } => (since, tries, false),
            AttemptState::Ending { since, tries, .. } => (since, tries, true),
            // The provider was faster.
            AttemptState::Delivered { how: Arrival::Provider, .. }
            | AttemptState::Failed { why: Failure::Bounced, .. } => return Ok(()),
            _ => return Err(NotNow::NotWaitedFor),
        };
        self.state = match (answer, last_byte) {
            (Answer::Taken, true) => AttemptState::Sent { at: now, window_ends: now.plus(window.max(0)) },
            // An answer to a mail that has not ended is none to the mail.
            (Answer::Taken | Answer::Cut | Answer::Later, false) | (Answer::Later, true) => {
                AttemptState::Queued { since, tries, not_before: now.plus(wait(tries)) }
            }
            (Answer::Cut, true) => AttemptState::InDoubt { at: now, why: Doubt::NoAnswer },
            (Answer::Never { code }, _) => AttemptState::Failed { at: now, why: Failure::Refused { code } },
        };
        Ok(())
    }

    /// The console begins anew. True when that changed it.
    pub fn resume(&mut self, now: Millis) -> bool {
        self.state = match self.state {
            AttemptState::Intended { since, tries, .. } => {
                AttemptState::Queued { since, tries, not_before: now }
            }
            AttemptState::Ending { .. } => AttemptState::InDoubt { at: now, why: Doubt::Stopped },
            _ => return false,
        };
        true
    }

    /// It is read from a backup: what waited then may have left since. It is taken as one that had begun to end, so that it
    /// is in doubt as soon as a console resumes it, and is never sent by itself. True when that changed it.
    pub fn may_have_left(&mut self, now: Millis) -> bool {
        let (AttemptState::Queued { since, tries, .. } | AttemptState::Intended { since, tries, .. }) =
            self.state
        else {
            return false;
        };
        self.state = AttemptState::Ending { since, tries, at: now };
        true
    }

    /// What the provider tells. It counts whenever it comes: also after the window, and it ends a doubt.
    ///
    /// # Errors
    /// When nothing of it can have left, or it says what is known.
    pub fn reported(&mut self, report: Report, now: Millis) -> Result<(), NotNow> {
        match (&self.state, report) {
            // It may come before the server's answer is recorded.
            (AttemptState::Ending { .. } | AttemptState::Sent { .. } | AttemptState::InDoubt { .. }, _)
            | (AttemptState::Delivered { .. }, Report::Bounced) => {}
            (
                AttemptState::Delivered { .. } | AttemptState::Failed { .. } | AttemptState::Withdrawn { .. },
                _,
            ) => {
                return Err(NotNow::IsSettled);
            }
            _ => return Err(NotNow::NotWaitedFor),
        }
        self.state = match report {
            Report::Delivered => AttemptState::Delivered { at: now, how: Arrival::Provider },
            Report::Bounced => AttemptState::Failed { at: now, why: Failure::Bounced },
        };
        Ok(())
    }

    /// Somebody has looked, and says whether it arrived.
    ///
    /// # Errors
    /// When it is not in doubt.
    pub fn decide(&mut self, arrived: bool, by: Actor, now: Millis) -> Result<(), NotNow> {
        let AttemptState::InDoubt { .. } = self.state else { return Err(NotNow::NothingToDecide) };
        self.state = by_person(arrived, by, now);
        Ok(())
    }

    /// Somebody has called, and says whether they were reached.
    ///
    /// # Errors
    /// When it is not by telephone, or was said before.
    pub fn called(&mut self, reached: bool, now: Millis) -> Result<(), NotNow> {
        match (self.way, &self.state) {
            (Way::Telephone, AttemptState::Drafted) => {
                self.state = by_person(reached, self.by.clone(), now);
                Ok(())
            }
            (Way::Telephone, _) => Err(NotNow::IsSettled),
            _ => Err(NotNow::NotWaitedFor),
        }
    }

    /// What time brings: the window is over. True when that changed it.
    pub fn advance(&mut self, now: Millis) -> bool {
        let AttemptState::Sent { window_ends, .. } = self.state else { return false };
        if now < window_ends {
            return false;
        }
        self.state = AttemptState::Delivered { at: window_ends, how: Arrival::NoBounce };
        true
    }

    pub fn next(&self) -> Next {
        match self.state {
            AttemptState::Drafted => Next::Press,
            AttemptState::Queued { not_before, .. } => Next::Send { not_before },
            AttemptState::Intended { .. } | AttemptState::Ending { .. } => Next::AwaitAnswer,
            AttemptState::Sent { window_ends, .. } => Next::AwaitBounce { until: window_ends },
            AttemptState::InDoubt { .. } => Next::AskAPerson,
            _ => Next::Nothing,
        }
    }

    /// Since when it waits to be sent; `None` when it does not.
    pub fn waits_since(&self) -> Option<Millis> {
        match self.state {
            AttemptState::Queued { since, .. }
            | AttemptState::Intended { since, .. }
            | AttemptState::Ending { since, .. } => Some(since),
            _ => None,
        }
    }

    pub fn is_settled(&self) -> bool {
        matches!(
            self.state,
            AttemptState::Delivered { .. } | AttemptState::Failed { .. } | AttemptState::Withdrawn { .. }
        )
    }

    /// Whether it may still lead to a message, so that no second may begin.
    pub fn is_live(&self) -> bool {
        matches!(
            self.state,
            AttemptState::Drafted
                | AttemptState::Queued { .. }
                | AttemptState::Intended { .. }
                | AttemptState::Ending { .. }
                | AttemptState::InDoubt { .. }
        )
    }

    /// As people read it, and as it is stored beside the document.
    pub fn state_word(&self) -> &'static str {
        match self.state {
            AttemptState::Drafted => "drafted",
            AttemptState::Queued { .. } => "queued",
            AttemptState::Intended { .. } | AttemptState::Ending { .. } => "sending",
            AttemptState::Sent { .. } => "sent",
            AttemptState::InDoubt { .. } => "in doubt",
            AttemptState::Delivered { .. } => "delivered",
            AttemptState::Failed { .. } => "failed",
            AttemptState::Withdrawn { .. } => "withdrawn",
        }
    }
}

fn by_person(arrived: bool, by: Actor, at: Millis) -> AttemptState {
    if arrived {
        AttemptState::Delivered { at, how: Arrival::Person { by } }
    } else {
        AttemptState::Failed { at, why: Failure::Person { by } }
    }
}

/// How long after so many tries, in milliseconds. A server that is down for an hour is tried until it is back.
fn wait(tries: u32) -> i64 {
    FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(10)).min(LONGEST_WAIT)
}
