//! A person holds a breaker open or closed: nothing that is told moves it until the end that they gave.

use super::{Breaker, BreakerState, Position, Transition, Why};
use crate::{
    actions::Actor,
    time::{DAY, MINUTE, Millis, lasting},
};

/// What should stay so for longer belongs into the configuration.
pub const LONGEST_HOLD: i64 = DAY;
const SHORTEST_HOLD: i64 = MINUTE;
const LONGEST_REASON: usize = 500;

/// Why a breaker is not held, or not let go, in the words that the person reads.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HoldRefused {
    #[error("Say why it should be held: others will wonder why nothing moves it.")]
    NeedsReason,
    #[error("The reason is longer than {LONGEST_REASON} characters.")]
    LongReason,
    #[error("It can be held open or closed.")]
    NotAPosition,
    #[error("It can be held for {} to {}.", lasting(SHORTEST_HOLD), lasting(LONGEST_HOLD))]
    Span,
    #[error("{by} holds it already; let it go first.")]
    IsHeld { by: String },
    #[error("Nobody holds it.")]
    NotHeld,
}

impl Breaker {
    /// Holds it from now until `until`.
    ///
    /// # Errors
    /// Without a reason or a sensible end, or when somebody holds it already. It is then as it was.
    pub fn hold(
        &mut self,
        position: Position,
        by: Actor,
        reason: &str,
        until: Millis,
        now: Millis,
    ) -> Result<Transition, HoldRefused> {
        let reason = reason.trim();
        if let BreakerState::Held { by, until, .. } = &self.state
            && now < *until
        {
            return Err(HoldRefused::IsHeld { by: by.name().to_owned() });
        }
        if position == Position::HalfOpen {
            return Err(HoldRefused::NotAPosition);
        }
        if reason.is_empty() {
            return Err(HoldRefused::NeedsReason);
        }
        if reason.chars().count() > LONGEST_REASON {
            return Err(HoldRefused::LongReason);
        }
        if !(SHORTEST_HOLD..=LONGEST_HOLD).contains(&until.since(now)) {
            return Err(HoldRefused::Span);
        }
        let reason = reason.to_owned();
        let why = Why::Held { by: by.clone(), reason: reason.clone(), until };
        Ok(self.turn(BreakerState::Held { position, since: now, until, by, reason }, why, now))
    }

    /// Lets it go before its end: open, it is probed; closed, it counts anew.
    ///
    /// # Errors
    /// When nobody holds it.
    pub fn release(&mut self, by: Actor, now: Millis) -> Result<Transition, HoldRefused> {
        let BreakerState::Held { position, .. } = self.state else { return Err(HoldRefused::NotHeld) };
        Ok(self.turn(BreakerState::after_hold(position, now), Why::Released { by }, now))
    }
}
