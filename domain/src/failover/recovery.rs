//! Whether what was failed over may come back. A closed breaker alone does not tell: calls that go well may be the
//! fallback's, while the engine behind it is still down. So its own engine has to be well too, by the platform's word.

use serde::{Deserialize, Serialize};

use super::{Breaker, BreakerState, Poll, Position, STEADY};
use crate::{
    monitoring::EngineState,
    time::{Millis, SECOND},
};

/// When this many polls running say nothing of an engine, nothing is known of it any more: as with an outage, which is
/// three polls or 90 s.
const POLLS_WITHOUT_A_WORD: i64 = 3;
const LEAST_GAP: i64 = 90 * SECOND;

/// How far the services have got that one failover answers for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// An engine has not been well for long enough, or nobody knows. What was offered does not hold any more.
    Unwell,
    /// The engines are well; a breaker is not closed and steady yet.
    NotSteady,
    Complete,
}

impl Recovery {
    /// Of one service: its breaker, and what the health polls told of its engine, oldest first, `every` milliseconds
    /// apart. A breaker that a person holds open counts as open.
    pub fn of(breaker: &Breaker, polls: &[(Millis, Poll)], every: i64, now: Millis) -> Recovery {
        let is_steady = match &breaker.state {
            BreakerState::Closed { since, failures, .. } => {
                failures.is_empty() && now.since(*since) >= STEADY
            }
            BreakerState::Held { position, .. } => *position == Position::Closed,
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => false,
        };
        match (engine_is_well(polls, every, now), is_steady) {
            (false, _) => Recovery::Unwell,
            (true, false) => Recovery::NotSteady,
            (true, true) => Recovery::Complete,
        }
    }

    /// From when on polls have to be known, to judge at `now`.
    pub fn known_from(every: i64, now: Millis) -> Millis {
        now.minus(STEADY + longest_gap(every))
    }
}

fn longest_gap(every: i64) -> i64 {
    POLLS_WITHOUT_A_WORD.saturating_mul(every).max(LEAST_GAP)
}

/// Whether an engine has been operational for ten minutes, without a gap. Degraded is not well: so a platform says it of
/// an engine for which the fallback answers. A poll that was not answered, or left the engine out, says nothing.
fn engine_is_well(polls: &[(Millis, Poll)], every: i64, now: Millis) -> bool {
    let longest = longest_gap(every);
    let mut known_back_to = now;
    for (at, poll) in polls.iter().rev().filter(|(at, _)| *at <= now) {
        match poll {
            Poll::Unanswered | Poll::Answered(None) => {}
            Poll::Answered(Some(EngineState::Operational)) => {
                if known_back_to.since(*at) > longest {
                    return false;
                }
                known_back_to = *at;
                if now.since(*at) >= STEADY {
                    return true;
                }
            }
            Poll::Answered(Some(EngineState::Degraded | EngineState::Down)) => return false,
        }
    }
    false
}
