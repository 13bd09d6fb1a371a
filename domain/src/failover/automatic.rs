//! What follows from a breaker: failover when it opens, failback when it has been closed and steady. Each is a decision
//! with its reason; what is decided is carried out as a run of an action like any other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Breaker, BreakerState, Recovery};
use crate::{
    actions::{ActionKey, Automation},
    time::{MINUTE, Millis},
};

/// At most one automatic failover in so long, over all services of a platform: what comes after it is not one failure,
/// and wants somebody who looks.
pub const BETWEEN_FAILOVERS: i64 = 15 * MINUTE;
/// So long it has to be closed, without a failure running, and its engine well, before traffic comes back.
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

/// What there is to decide for a service. That is known before the platform is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Matter {
    /// It opened, and nothing was decided for that yet.
    Opening,
    /// It is closed, and was failed over: whether that is over, or may be brought back.
    WayBack { failed_over: FailedOver, since: Millis },
}

/// What was looked at before something is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Looked {
    /// Of the service's failover.
    pub in_effect: InEffect,
    /// The least of all services that the same failover answers for.
    pub recovery: Recovery,
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
    pub fn is_over(&self, state: &BreakerState, looked: &Looked) -> bool {
        let in_effect = looked.in_effect;
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
            | Decision::AskAPerson { why: Asked::NoFailback } => {
                !closed || in_effect == InEffect::No || looked.recovery == Recovery::Unwell
            }
        }
    }
}

impl Automatic {
    /// What there is to decide for a service, if anything. A breaker that a person holds is left to that person.
    pub fn matter(&self, breaker: &Breaker) -> Option<Matter> {
        let course = self.services.get(&breaker.service);
        match &breaker.state {
            BreakerState::Held { .. } => None,
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => {
                let decided_for = course.map_or(0, |course| course.decided_for);
                (breaker.openings > decided_for).then_some(Matter::Opening)
            }
            BreakerState::Closed { since, .. } => {
                Some(Matter::WayBack { failed_over: course?.failed_over?, since: *since })
            }
        }
    }

    /// Asked after every change of a breaker, and from time to time: each opening, and each recovery, is decided once.
    pub fn decide(
        &mut self,
        breaker: &Breaker,
        settings: &Settings,
        looked: &Looked,
        automation: &Automation,
        now: Millis,
    ) -> Option<Decision> {
        let matter = self.matter(breaker)?;
        let course = self.services.entry(breaker.service.clone()).or_default();
        course.decided_for = breaker.openings;
        match matter {
            Matter::Opening => {
                let Some(action) = settings.failover.clone() else {
                    return Some(Decision::AskAPerson { why: Asked::NoFailover });
                };
                if looked.in_effect == InEffect::Yes {
                    return Some(Decision::InPlace { action });
                }
                self.failover(&breaker.service, action, settings.on_open, automation, now)
            }
            Matter::WayBack { failed_over, since } => {
                match (looked.in_effect, looked.recovery) {
                    // It is back, by whomever.
                    (InEffect::No, _) => {
                        (course.failed_over, course.failback_for) = (None, None);
                        return None;
                    }
                    // Once it is well again, that is another recovery.
                    (_, Recovery::Unwell) => {
                        course.failback_for = None;
                        return None;
                    }
                    (InEffect::NotKnown, _) | (_, Recovery::NotSteady) => return None,
                    (InEffect::Yes, Recovery::Complete) => {}
                }
                // Where somebody failed over while all was well, that is theirs.
                if failed_over.at > since || course.failback_for == Some(since) {
                    return None;
                }
                course.failback_for = Some(since);
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

    /// The failover was not begun after all.
    pub fn not_failed_over(&mut self, service: &str) {
        if let Some(course) = self.services.get_mut(service) {
            course.failed_over = None;
        }
    }
}
