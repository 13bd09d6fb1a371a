//! What is due now, and what is too late for it.

use super::Rule;
use crate::time::Millis;

/// No more are put on record one by one after a long standstill; of more, the newest.
pub const MOST_MISSED: usize = 1_000;

/// What has become due since it was last looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CatchUp {
    /// Due too long ago, or followed by a later one: these are not done any more. In order.
    pub missed: Vec<Millis>,
    /// To be done now.
    pub now: Option<Millis>,
}

/// Looks at every due time after `considered`, until and with `now`. The newest is done when it was due no longer than
/// `grace` ago; those before it are missed, because doing one thing several times in a row helps nobody.
pub fn catch_up(rule: &Rule, considered: Millis, now: Millis, grace: i64) -> CatchUp {
    let mut found = CatchUp::default();
    let mut moment = considered;
    while let Some(due) = rule.next(moment).filter(|due| *due <= now) {
        found.missed.push(due);
        if found.missed.len() > 2 * MOST_MISSED {
            found.missed.drain(..MOST_MISSED);
        }
        moment = due;
    }
    if found.missed.last().is_some_and(|due| now.since(*due) <= grace) {
        found.now = found.missed.pop();
    }
    let surplus = found.missed.len().saturating_sub(MOST_MISSED);
    found.missed.drain(..surplus);
    found
}
