//! What failed sign-ins cost: a wait that grows, never a locked door. Somebody who is guessing is slowed down to a few
//! hundred guesses a day; the owner comes in by a browser they used before, or with a right second factor.

use crate::time::{HOUR, MINUTE, Millis, SECOND};

/// Failures are forgotten when there has been none for this long.
const FORGOTTEN: i64 = HOUR;
const LONGEST: i64 = 5 * MINUTE;

/// The failures of one account, browser or address, as they are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Failures {
    pub count: u32,
    pub last: Millis,
}

impl Failures {
    /// With one more.
    #[must_use]
    pub fn and_one(self, now: Millis) -> Failures {
        Failures { count: self.counted(now).saturating_add(1), last: now }
    }

    /// How many still count.
    pub fn counted(self, now: Millis) -> u32 {
        if now.since(self.last) >= FORGOTTEN { 0 } else { self.count }
    }
}

/// How many failures are free before each further one costs a wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delay {
    pub free: u32,
}

impl Delay {
    /// For one account, one known browser, one person's codes.
    pub const ACCOUNT: Delay = Delay { free: 5 };
    /// For one network address, behind which a whole office may sit.
    pub const ADDRESS: Delay = Delay { free: 30 };

    /// Until when the next try is refused; `None` when it may be made now.
    pub fn wait_until(self, failures: Failures, now: Millis) -> Option<Millis> {
        let costly = failures.counted(now).checked_sub(self.free)?;
        let wait = SECOND.checked_shl(costly.min(20)).unwrap_or(LONGEST).min(LONGEST);
        let until = failures.last.plus(wait);
        // A clock that was set back must not turn a wait of minutes into one of years.
        (until > now && until.since(now) <= LONGEST).then_some(until)
    }
}
