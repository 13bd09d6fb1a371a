//! What follows from a breaker: failover when it opens, failback when it has been closed and steady. Each is a decision
//! with its reason; what is decided is carried out as a run of an action like any other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Breaker, BreakerState, Position};
use crate::{
    actions::{ActionKey, Automation},
    time::{MINUTE, Millis},
};

/// At most one automatic failover in so long, over all services of a platform: what comes after it is not one failure,
/// and wants somebody who looks.
pub const BETWEEN_FAILOVERS: i64 = 15 * MINUTE;
/// So long it has to be closed, without a failure running, before traffic comes back.
pub const STEADY: i64 = 10 * MINUTE;

/// What the configuration says for one service.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub failover: Option<ActionKey>,
    pub failback: Option<ActionKey>,
    pub on_open: Mode,
    pub on_recovery: Mode,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One button, for a person.
    #[default]
    Propose,
    Automatic,
}

/// What was decided for one platform. Stored as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Automatic {
    /// The last failover that the console began by itself.
    pub last_failover: Option<Millis>,
    pub services: BTreeMap<String, Course>,
}

/// How far one service has got.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Course {
    /// The number of the last opening that something was decided for.
    pub decided_for: u64,
    pub failed_over: Option<FailedOver>,
    /// Since when it was closed when failback was decided: once for each recovery.
    pub failback_for: Option<Millis>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FailedOver {
    /// When it was asked for.
    pub at: Millis,
    /// By the console itself. What a person did the console never takes back by itself.
    pub automatic: bool,
}

/// Whether the effect of the failover is in place, as it was last observed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InEffect {
    Yes,
    No,
    NotKnown,
}

impl From<Option<bool>> for InEffect {
    fn from(seen: Option<bool>) -> InEffect {
        match seen {
            Some(true) => InEffect::Yes,
            Some(false) => InEffect::No,
            None => InEffect::NotKnown,
        }
    }
}

/// What is to be done about one service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// Begin a run of this action now.
    RunFailover {
        action: ActionKey,
    },
    /// Offer it as one button.
    ProposeFailover {
        action: ActionKey,
        why: Proposed,
    },
    RunFailback {
        action: ActionKey,
    },
    ProposeFailback {
        action: ActionKey,
        why: Proposed,
    },
    /// What would be done is in place already, by another service's failover or by a person.
    InPlace {
        action: ActionKey,
    },
    /// Somebody has to look: nothing can be offered, or too much has happened already.
    AskAPerson {
        why: Asked,
    },
}

/// Why it is only offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposed {
    Configured,
    /// Everything automatic is off.
    SwitchedOff,
    /// A person failed over, so a person decides when it comes back.
    ByAPerson,
    /// It was to be done by itself, and could not be begun.
    NotBegun,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Asked {
    TooSoon { last: Millis, action: ActionKey },
    NoFailover,
    NoFailback,
}

impl Decision {
    /// Whether somebody has to do what was decided.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Decision::ProposeFailover { .. }
            | Decision::ProposeFailback { .. }
            | Decision::AskAPerson { .. } => true,
            Decision::RunFailover { .. } | Decision::RunFailback { .. } | Decision::InPlace { .. } => false,
        }
    }

    /// Whether what was offered needs nobody any more: it is as it should be, or things have turned.
    pub fn is_over(&self, state: &BreakerState, in_effect: InEffect) -> bool {
        let closed = match state {
            BreakerState::Closed { .. } => true,
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => false,
            // A person decides, and decides of this as well.
            BreakerState::Held { .. } => return false,
        };
        match self {
            Decision::InPlace { .. } => true,
            Decision::RunFailover { .. }
            | Decision::ProposeFailover { .. }
            | Decision::AskAPerson { why: Asked::TooSoon { .. } } => closed || in_effect == InEffect::Yes,
            Decision::AskAPerson { why: Asked::NoFailover } => closed,
            Decision::RunFailback { .. }
            | Decision::ProposeFailback { .. }
            | Decision::AskAPerson { why: Asked::NoFailback } => !closed || in_effect == InEffect::No,
        }
    }
}

/// Whether what was failed over may come back as far as these breakers are concerned: those of every service that the
/// same action answers for. A breaker that a person holds open counts as open.
pub fn all_are_steady<'a>(breakers: impl IntoIterator<Item = &'a Breaker>, now: Millis) -> bool {
    breakers.into_iter().all(|breaker| match &breaker.state {
        BreakerState::Closed { since, failures, .. } => failures.is_empty() && now.since(*since) >= STEADY,
        BreakerState::Held { position, .. } => *position == Position::Closed,
        BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => false,
    })
}

impl Automatic {
    /// Asked after every change of a breaker, and from time to time: each opening, and each recovery, is decided once.
    /// A breaker that a person holds is left to that person.
    pub fn decide(
        &mut self,
        breaker: &Breaker,
        settings: &Settings,
        in_effect: InEffect,
        automation: &Automation,
        now: Millis,
    ) -> Option<Decision> {
        let course = self.services.entry(breaker.service.clone()).or_default();
        match &breaker.state {
            BreakerState::Held { .. } => None,
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => {
                if breaker.openings <= course.decided_for {
                    return None;
                }
                course.decided_for = breaker.openings;
                let Some(action) = settings.failover.clone() else {
                    return Some(Decision::AskAPerson { why: Asked::NoFailover });
                };
                if in_effect == InEffect::Yes {
                    return Some(Decision::InPlace { action });
                }
                self.failover(&breaker.service, action, settings.on_open, automation, now)
            }
            BreakerState::Closed { since, failures, .. } => {
                course.decided_for = breaker.openings;
                let failed_over = course.failed_over?;
                if in_effect == InEffect::No {
                    // Somebody took it back by other means.
                    course.failed_over = None;
                    return None;
                }
                let steady = failures.is_empty() && now.since(*since) >= STEADY && failed_over.at <= *since;
                if !steady || in_effect != InEffect::Yes || course.failback_for == Some(*since) {
                    return None;
                }
                course.failback_for = Some(*since);
                let Some(action) = settings.failback.clone() else {
                    return Some(Decision::AskAPerson { why: Asked::NoFailback });
                };
                Some(match (settings.on_recovery, automation.is_on(), failed_over.automatic) {
                    (Mode::Propose, _, _) => Decision::ProposeFailback { action, why: Proposed::Configured },
                    (Mode::Automatic, false, _) => {
                        Decision::ProposeFailback { action, why: Proposed::SwitchedOff }
                    }
                    (Mode::Automatic, true, false) => {
                        Decision::ProposeFailback { action, why: Proposed::ByAPerson }
                    }
                    (Mode::Automatic, true, true) => Decision::RunFailback { action },
                })
            }
        }
    }

    fn failover(
        &mut self,
        service: &str,
        action: ActionKey,
        mode: Mode,
        automation: &Automation,
        now: Millis,
    ) -> Option<Decision> {
        if mode == Mode::Propose {
            return Some(Decision::ProposeFailover { action, why: Proposed::Configured });
        }
        if !automation.is_on() {
            return Some(Decision::ProposeFailover { action, why: Proposed::SwitchedOff });
        }
        // One that lies in the future, by a clock that was set back, counts as well: rather a person than two.
        if let Some(last) = self.last_failover.filter(|last| now.since(*last) < BETWEEN_FAILOVERS) {
            return Some(Decision::AskAPerson { why: Asked::TooSoon { last, action } });
        }
        self.last_failover = Some(now);
        self.failed_over(service, now, true);
        Some(Decision::RunFailover { action })
    }

    /// A run of a failover action was asked for at this time, for this service. Told for those of people; of its own the
    /// console knows.
    pub fn failed_over(&mut self, service: &str, at: Millis, automatic: bool) {
        let course = self.services.entry(service.to_owned()).or_default();
        course.failed_over = Some(FailedOver { at, automatic });
    }

    /// The failback has succeeded, or the failover never took effect.
    pub fn failed_back(&mut self, service: &str) {
        if let Some(course) = self.services.get_mut(service) {
            course.failed_over = None;
        }
    }
}
