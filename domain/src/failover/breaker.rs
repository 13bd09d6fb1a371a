//! The circuit breaker that guards one service: a pure machine, with the time as an argument.

use serde::{Deserialize, Serialize};

use super::{Came, Fault, Outcome};
use crate::{
    actions::Actor,
    time::{MINUTE, Millis, SECOND},
};

/// Later than this after its time nothing is counted any more: whoever tells it was cut off, and the news is old.
pub const LATE_AFTER: i64 = 5 * MINUTE;
/// A probe of which nothing is heard for this long is lost. Longer than a health poll may take.
pub const PROBE_WITHIN: i64 = 30 * SECOND;

/// The numbers of the policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Failures running that open it.
    pub failures: u8,
    /// Milliseconds until the next probe.
    pub open_for: i64,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule { failures: 5, open_for: MINUTE }
    }
}

/// Stored as it is, so that a restart changes nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Breaker {
    /// The key of the service.
    pub service: String,
    #[serde(flatten)]
    pub state: BreakerState,
    /// How often it has opened from closed: the number of the present outage.
    pub openings: u64,
    /// How many probes were handed out; the number of the newest.
    pub probes: u64,
    pub counts: Counts,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BreakerState {
    Closed {
        since: Millis,
        /// Those since the last success, by their own times: fewer than open it.
        failures: Vec<Failed>,
        /// The time of the newest success. A failure from before it does not count, however late it is told.
        succeeded: Option<Millis>,
    },
    Open {
        since: Millis,
        /// Of the next probe.
        until: Millis,
    },
    HalfOpen {
        since: Millis,
        probe: Probe,
    },
    /// A person decides, and outcomes are only counted.
    Held {
        position: Position,
        since: Millis,
        until: Millis,
        by: Actor,
        reason: String,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Failed {
    pub id: String,
    pub at: Millis,
    #[serde(flatten)]
    pub how: Fault,
}

/// The one call that is let through.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "probe", rename_all = "snake_case")]
pub enum Probe {
    /// Nobody has it yet.
    Free,
    Taken {
        id: String,
        at: Millis,
    },
}

/// What callers are to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Call it.
    Closed,
    /// Do not call it.
    Open,
    /// Do not call it, but for one probe.
    HalfOpen,
}

/// Everything that was told, since there is a breaker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub successes: u64,
    pub failures: u64,
    /// Answers of 4xx.
    pub neither: u64,
    /// Told twice, too late, or of a time that has no say: while it is open, or in the place of the probe.
    pub set_aside: u64,
}

/// One change of position, to be told and stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transition {
    pub from: Position,
    pub to: Position,
    pub at: Millis,
    #[serde(flatten)]
    pub why: Why,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    Failures {
        count: u8,
        last: Fault,
    },
    /// The wait is over: one probe may be made.
    Waited,
    ProbeSucceeded,
    ProbeFailed {
        #[serde(flatten)]
        how: Fault,
    },
    ProbeLost,
    Held {
        by: Actor,
        reason: String,
        until: Millis,
    },
    HoldEnded,
    Released {
        by: Actor,
    },
}

impl Breaker {
    pub fn new(service: &str, now: Millis) -> Breaker {
        Breaker {
            service: service.to_owned(),
            state: BreakerState::closed(now),
            openings: 0,
            probes: 0,
            counts: Counts::default(),
        }
    }

    pub fn position(&self) -> Position {
        match self.state {
            BreakerState::Closed { .. } => Position::Closed,
            BreakerState::Open { .. } => Position::Open,
            BreakerState::HalfOpen { .. } => Position::HalfOpen,
            BreakerState::Held { position, .. } => position,
        }
    }

    pub fn is_held(&self) -> bool {
        matches!(self.state, BreakerState::Held { .. })
    }

    /// Whether a restart must not forget how this differs from what is stored. All else is how often things were told,
    /// and when a call last went well: it is stored along with the next change.
    pub fn must_be_stored(&self, stored: &Breaker) -> bool {
        let lasting = |breaker: &Breaker| {
            let mut breaker = breaker.clone();
            breaker.counts = Counts::default();
            if let BreakerState::Closed { succeeded, .. } = &mut breaker.state {
                *succeeded = None;
            }
            breaker
        };
        lasting(self) != lasting(stored)
    }

    /// A call went well at this moment. For what was told before a restart, and may not have been stored.
    pub fn succeeded(&mut self, at: Millis) {
        if let BreakerState::Closed { since, failures, succeeded } = &mut self.state
            && at >= *since
        {
            let newest = succeeded.map_or(at, |before| before.max(at));
            *succeeded = Some(newest);
            failures.retain(|failed| failed.at > newest);
        }
    }

    /// What time alone brings.
    pub fn advance(&mut self, rule: &Rule, now: Millis) -> Vec<Transition> {
        match &self.state {
            // A clock that was set back must not leave it open for longer than the rule says.
            BreakerState::Open { until, .. } if now >= *until || until.since(now) > rule.open_for => {
                vec![self.turn(BreakerState::half_open(now), Why::Waited, now)]
            }
            BreakerState::HalfOpen { probe: Probe::Taken { at, .. }, .. }
                if !(-PROBE_WITHIN..PROBE_WITHIN).contains(&now.since(*at)) =>
            {
                vec![self.turn(BreakerState::open(rule, now), Why::ProbeLost, now)]
            }
            BreakerState::Held { position, until, .. } if now >= *until => {
                let after = BreakerState::after_hold(*position, now);
                vec![self.turn(after, Why::HoldEnded, now)]
            }
            _ => Vec::new(),
        }
    }

    /// Hands out the one probe: its outcome has to be told with this id. `None` when there is none to be made, or
    /// somebody has it.
    pub fn take_probe(&mut self, now: Millis) -> Option<String> {
        let BreakerState::HalfOpen { probe: probe @ Probe::Free, .. } = &mut self.state else { return None };
        self.probes += 1;
        let id = format!("probe-{}-{}", self.service, self.probes);
        *probe = Probe::Taken { id: id.clone(), at: now };
        Some(id)
    }

    /// Takes a report in, in whatever order it came. What follows from it is told in the order in which it happened.
    pub fn take_in(&mut self, rule: &Rule, outcomes: &[Outcome], now: Millis) -> Vec<Transition> {
        let mut transitions = self.advance(rule, now);
        let mut in_order: Vec<&Outcome> = outcomes.iter().collect();
        in_order.sort_by_key(|outcome| outcome.at);
        for outcome in in_order {
            transitions.extend(self.take_one(rule, outcome, now));
        }
        transitions
    }

    fn take_one(&mut self, rule: &Rule, outcome: &Outcome, now: Millis) -> Option<Transition> {
        match outcome.came {
            Came::Success => self.counts.successes += 1,
            Came::Failure { .. } => self.counts.failures += 1,
            Came::Neither => self.counts.neither += 1,
        }
        // A clock that goes before ours cannot make an outcome newer than now.
        let at = outcome.at.min(now);
        match &mut self.state {
            BreakerState::Closed { since, .. } if at < *since || now.since(at) > LATE_AFTER => {
                self.counts.set_aside += 1;
                None
            }
            BreakerState::Closed { failures, succeeded, .. } => match outcome.came {
                Came::Neither => None,
                Came::Success => {
                    self.succeeded(at);
                    None
                }
                Came::Failure { how } => {
                    let counts = succeeded.is_none_or(|success| at > success)
                        && !failures.iter().any(|failed| failed.id == outcome.id);
                    if !counts {
                        self.counts.set_aside += 1;
                        return None;
                    }
                    failures.push(Failed { id: outcome.id.clone(), at, how });
                    failures.sort_by_key(|failed| failed.at);
                    let last = failures.last().map_or(how, |failed| failed.how);
                    let count = u8::try_from(failures.len()).unwrap_or(u8::MAX);
                    if count < rule.failures.max(1) {
                        return None;
                    }
                    self.openings += 1;
                    Some(self.turn(BreakerState::open(rule, now), Why::Failures { count, last }, now))
                }
            },
            BreakerState::HalfOpen { probe, .. } => {
                let is_probe = matches!(probe, Probe::Taken { id, .. } if *id == outcome.id);
                match outcome.came {
                    _ if !is_probe => {
                        self.counts.set_aside += 1;
                        None
                    }
                    Came::Success => Some(self.turn(BreakerState::closed(now), Why::ProbeSucceeded, now)),
                    Came::Failure { how } => {
                        Some(self.turn(BreakerState::open(rule, now), Why::ProbeFailed { how }, now))
                    }
                    // It told nothing, so another may be made.
                    Came::Neither => {
                        *probe = Probe::Free;
                        None
                    }
                }
            }
            BreakerState::Open { .. } | BreakerState::Held { .. } => {
                self.counts.set_aside += 1;
                None
            }
        }
    }

    pub(super) fn turn(&mut self, to: BreakerState, why: Why, now: Millis) -> Transition {
        let from = self.position();
        self.state = to;
        Transition { from, to: self.position(), at: now, why }
    }
}

impl BreakerState {
    pub(super) fn closed(since: Millis) -> BreakerState {
        BreakerState::Closed { since, failures: Vec::new(), succeeded: None }
    }

    fn open(rule: &Rule, since: Millis) -> BreakerState {
        BreakerState::Open { since, until: since.plus(rule.open_for) }
    }

    fn half_open(since: Millis) -> BreakerState {
        BreakerState::HalfOpen { since, probe: Probe::Free }
    }

    /// What was held open is tried before it is trusted.
    pub(super) fn after_hold(position: Position, now: Millis) -> BreakerState {
        match position {
            Position::Closed => BreakerState::closed(now),
            Position::Open | Position::HalfOpen => BreakerState::half_open(now),
        }
    }

    pub fn since(&self) -> Millis {
        match self {
            BreakerState::Closed { since, .. }
            | BreakerState::Open { since, .. }
            | BreakerState::HalfOpen { since, .. }
            | BreakerState::Held { since, .. } => *since,
        }
    }
}
