//! One alert from its first page to its end: what state it is in, and what may be done to it then.

use serde::{Deserialize, Serialize};

use super::{AlertKey, Policy, Severity};
use crate::{
    access::PersonId,
    monitoring::Level,
    oncall::{Effect, Paging, Roster},
    time::{DAY, Millis, lasting},
};

/// How long after its end an alert may be opened again.
pub const REOPEN_WITHIN: i64 = DAY;

/// One lasting departure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alert {
    pub key: AlertKey,
    /// Now.
    pub severity: Severity,
    /// The worst that it has been.
    pub highest: Level,
    /// The first bad sample.
    pub began_at: Millis,
    pub fired_at: Millis,
    pub state: AlertState,
    pub paging: Paging,
}

/// Where in its life an alert is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AlertState {
    Firing,
    /// A promise with an end: it lapses at `until`.
    Acknowledged {
        by: Who,
        at: Millis,
        until: Millis,
    },
    Resolved {
        how: Resolution,
        at: Millis,
    },
}

/// Somebody, with the name that they had then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Who {
    /// `None` for a machine.
    pub person: Option<PersonId>,
    pub name: String,
}

/// How an alert ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Resolution {
    /// By good samples, or because its sender said so.
    Recovered,
    /// By a person, with a reason.
    ByPerson { by: Who, reason: String },
}

/// Why something cannot be done to an alert, in the words that the person reads.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("It is resolved already, so there is nothing to acknowledge.")]
    IsResolved,
    #[error("{by} acknowledged it already.")]
    IsAcknowledged { by: String },
    #[error("Nobody has acknowledged it.")]
    NotAcknowledged,
    #[error("It is still bad: say why it should be resolved all the same.")]
    NeedsReason,
    #[error("It is open, so it need not be opened again.")]
    IsOpen,
    #[error("It ended more than {} ago: a new departure opens a new alert.", lasting(REOPEN_WITHIN))]
    TooLongAgo,
    #[error("Another alert for the same is open by now.")]
    AnotherIsOpen,
}

/// One thing in the story of an alert.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "happened", content = "facts", rename_all = "snake_case")]
pub enum Happening {
    Fired(Severity),
    Rose {
        from: Severity,
        to: Severity,
    },
    Fell {
        from: Severity,
        to: Severity,
    },
    /// Worse than when it was acknowledged, so that it holds no longer.
    Unacknowledged {
        by: Option<Who>,
    },
    Acknowledged {
        by: Who,
        until: Millis,
    },
    /// Nothing was heard of whoever acknowledged it.
    Lapsed {
        by: Who,
    },
    Resolved(Resolution),
    Reopened {
        by: Who,
    },
    /// Given to somebody by somebody.
    HandedOver {
        by: Who,
        to: Who,
        until: Millis,
    },
    Noted {
        by: Who,
        text: String,
    },
    /// What somebody saw while looking closer.
    Pinned {
        by: Who,
        /// "Pods"
        kind: String,
        title: String,
    },
    /// A page that nobody could be reached with: by name, and why.
    Unreachable {
        who: String,
        why: String,
    },
    Paged(Effect),
}

impl Alert {
    /// An alert that fires at `at`; its first page is due at once.
    pub fn fire(key: AlertKey, severity: Severity, began_at: Millis, at: Millis) -> (Alert, Vec<Happening>) {
        let alert = Alert {
            key,
            severity,
            highest: severity.level,
            began_at,
            fired_at: at,
            state: AlertState::Firing,
            paging: Paging::begin(at),
        };
        (alert, vec![Happening::Fired(severity)])
    }

    pub fn is_open(&self) -> bool {
        !matches!(self.state, AlertState::Resolved { .. })
    }

    /// Takes a new severity in. A rise takes an acknowledgement back and pages by the plan of the new level.
    pub fn judge(&mut self, policy: &Policy, severity: Severity, at: Millis) -> Vec<Happening> {
        let from = std::mem::replace(&mut self.severity, severity);
        self.highest = self.highest.max(severity.level);
        if !self.is_open() || severity == from {
            return Vec::new();
        }
        if severity < from {
            // An improvement keeps a promise alive.
            self.work(policy, at);
            return vec![Happening::Fell { from, to: severity }];
        }
        let mut happened = vec![Happening::Rose { from, to: severity }];
        if let AlertState::Acknowledged { .. } = self.state {
            self.state = AlertState::Firing;
            happened.push(Happening::Unacknowledged { by: None });
        }
        self.paging = Paging::begin(at);
        happened
    }

    /// Somebody takes it on: nobody else is called while the promise holds.
    ///
    /// # Errors
    /// When it is resolved, or somebody else has it; the alert is then as it was.
    pub fn acknowledge(&mut self, policy: &Policy, by: Who, at: Millis) -> Result<Vec<Happening>, Refusal> {
        match &self.state {
            AlertState::Resolved { .. } => Err(Refusal::IsResolved),
            AlertState::Acknowledged { by, .. } => Err(Refusal::IsAcknowledged { by: by.name.clone() }),
            AlertState::Firing => {
                let until = self.promised(policy, by.clone(), at);
                Ok(vec![Happening::Acknowledged { by, until }])
            }
        }
    }

    fn promised(&mut self, policy: &Policy, by: Who, at: Millis) -> Millis {
        let until = at.plus(promise(policy, self.severity.level));
        self.state = AlertState::Acknowledged { by, at, until };
        until
    }

    /// Somebody else takes it over from whoever acknowledged it.
    ///
    /// # Errors
    /// When it is resolved.
    pub fn hand_over(
        &mut self,
        policy: &Policy,
        by: Who,
        to: Who,
        at: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        if !self.is_open() {
            return Err(Refusal::IsResolved);
        }
        let until = self.promised(policy, to.clone(), at);
        Ok(vec![Happening::HandedOver { by, to, until }])
    }

    /// The promise is taken back: paging goes on where it stood.
    ///
    /// # Errors
    /// When nobody has acknowledged it.
    pub fn unacknowledge(&mut self, by: Who, at: Millis) -> Result<Vec<Happening>, Refusal> {
        let AlertState::Acknowledged { .. } = self.state else { return Err(Refusal::NotAcknowledged) };
        self.state = AlertState::Firing;
        self.paging = self.paging.clone().resume(at);
        Ok(vec![Happening::Unacknowledged { by: Some(by) }])
    }

    /// A note or a run: whoever acknowledged it is at work.
    pub fn work(&mut self, policy: &Policy, at: Millis) {
        if let AlertState::Acknowledged { until, .. } = &mut self.state {
            *until = (*until).max(at.plus(promise(policy, self.severity.level)));
        }
    }

    /// Ends by itself.
    pub fn recover(&mut self, at: Millis) -> Vec<Happening> {
        if !self.is_open() {
            return Vec::new();
        }
        self.state = AlertState::Resolved { how: Resolution::Recovered, at };
        vec![Happening::Resolved(Resolution::Recovered)]
    }

    /// Ends by a person. `good` says that its newest sample is good.
    ///
    /// # Errors
    /// When it is resolved, or bad and no reason is given.
    pub fn resolve(
        &mut self,
        by: Who,
        reason: &str,
        good: bool,
        at: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        if !self.is_open() {
            return Err(Refusal::IsResolved);
        }
        let reason = reason.trim();
        if reason.is_empty() && !good {
            return Err(Refusal::NeedsReason);
        }
        let how = Resolution::ByPerson { by, reason: reason.to_owned() };
        self.state = AlertState::Resolved { how: how.clone(), at };
        Ok(vec![Happening::Resolved(how)])
    }

    /// Opens it again, as it was, and calls by its plan anew.
    ///
    /// # Errors
    /// When it is open, or ended too long ago.
    pub fn reopen(&mut self, by: Who, at: Millis) -> Result<Vec<Happening>, Refusal> {
        let AlertState::Resolved { at: ended, .. } = self.state else { return Err(Refusal::IsOpen) };
        if at.since(ended) > REOPEN_WITHIN {
            return Err(Refusal::TooLongAgo);
        }
        self.state = AlertState::Firing;
        self.paging = Paging::begin(at);
        Ok(vec![Happening::Reopened { by }])
    }

    /// Somebody who was called cannot be reached on any way.
    pub fn unreachable(&mut self, policy: &Policy, now: Millis) {
        if let (AlertState::Firing, Some(plan)) = (&self.state, policy.plan(self.severity.level)) {
            self.paging = self.paging.clone().unreachable(plan, now);
        }
    }

    /// When time alone changes something: the next page, or the end of a promise. `None` when nothing is waited for.
    pub fn due_at(&self, policy: &Policy) -> Option<Millis> {
        let plan = policy.plan(self.severity.level)?;
        match &self.state {
            AlertState::Firing => Some(self.paging.due_at(plan)),
            AlertState::Acknowledged { until, .. } => Some(*until),
            AlertState::Resolved { .. } => None,
        }
    }

    /// What time brings: promises lapse, and the plan goes on. `quiet_until` is the end of a silence or window that
    /// covers it.
    pub fn advance(
        &mut self,
        policy: &Policy,
        roster: &Roster,
        quiet_until: Option<Millis>,
        now: Millis,
    ) -> Vec<Happening> {
        let mut happened = Vec::new();
        let Some(plan) = policy.plan(self.severity.level) else { return happened };
        if let AlertState::Acknowledged { by, until, .. } = &self.state
            && now >= *until
        {
            happened.push(Happening::Lapsed { by: by.clone() });
            self.state = AlertState::Firing;
            self.paging = self.paging.clone().resume(now);
        }
        if self.state == AlertState::Firing {
            let (paging, effects) =
                self.paging.clone().advance(plan, self.severity, roster, quiet_until, now);
            self.paging = paging;
            happened.extend(effects.into_iter().map(Happening::Paged));
        }
        happened
    }
}

/// How long an acknowledgement holds, in milliseconds.
fn promise(policy: &Policy, level: Level) -> i64 {
    // Of a level that nobody is called for, a promise holds as long as any.
    let plan = policy.plan(level).or_else(|| policy.plan(Level::Warning));
    plan.map_or(DAY, |plan| plan.acknowledged_for)
}
