//! A case that is nobody's calls for somebody.

use serde::{Deserialize, Serialize};

use super::{Case, CaseId, Happening, Line, State};
use crate::time::{MINUTE, Millis};

/// A case may be nobody's for so long.
pub const CALL_WITHIN: i64 = MINUTE;
/// Then again so often, while it still is.
const AGAIN_SOON: i64 = 2 * MINUTE;
const AGAIN: i64 = 5 * MINUTE;
/// So many times soon.
const SOON: u32 = 3;

/// The calls since it is nobody's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "calling", rename_all = "snake_case")]
pub enum Calling {
    #[default]
    NotYet,
    Called {
        last: Millis,
        times: u32,
    },
}

/// One call for all that are nobody's: a wave of crises is one page that lists them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// In the order in which they were given, each with what its story says of the call.
    pub cases: Vec<(CaseId, Vec<Line>)>,
    /// How often the most often called of them has been called for by now, with this one.
    pub times: u32,
}

impl Case {
    /// When somebody is to be called for it; `None` when somebody has it, or it is over.
    pub fn call_due(&self) -> Option<Millis> {
        let State::Detected { since } = self.state else { return None };
        Some(match self.calling {
            Calling::NotYet => since.plus(CALL_WITHIN),
            Calling::Called { last, times } if times <= SOON => last.plus(AGAIN_SOON),
            Calling::Called { last, .. } => last.plus(AGAIN),
        })
    }

    /// Notes that somebody is called for it now; nothing when that is not due.
    pub fn call(&mut self, now: Millis) -> Vec<Line> {
        let (State::Detected { since }, Some(due)) = (&self.state, self.call_due()) else {
            return Vec::new();
        };
        if now < due {
            return Vec::new();
        }
        let times = match self.calling {
            Calling::NotYet => 1,
            Calling::Called { times, .. } => times.saturating_add(1),
        };
        let unheld_for = now.since(*since);
        self.calling = Calling::Called { last: now, times };
        vec![Happening::Called { unheld_for, times }.into()]
    }
}

impl Call {
    /// Calls for every case that is due, in one. `None` when none is.
    pub fn for_all(cases: &mut [Case], now: Millis) -> Option<Call> {
        let mut call = Call { cases: Vec::new(), times: 0 };
        for case in cases {
            let lines = case.call(now);
            if let (false, Calling::Called { times, .. }) = (lines.is_empty(), case.calling) {
                call.times = call.times.max(times);
                call.cases.push((case.id.clone(), lines));
            }
        }
        (!call.cases.is_empty()).then_some(call)
    }
}
