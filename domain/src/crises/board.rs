//! Many cases at once: in which order they are looked at, and what runs for all of them by itself.

use std::cmp::Ordering;

use super::{Assumptions, By, Case, CaseId, How, Priority, Step, StepKey, StepState};
use crate::{
    actions::{Actor, Automation},
    monitoring::{Level, overall::Reason},
    time::Millis,
};

/// The clocks of a case as the board shows them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lateness {
    /// Steps that are or were late, the AI's answer among them.
    pub late: usize,
    /// Of these, those that are still open.
    pub open: usize,
}

impl Case {
    /// Milliseconds until the ceremony; negative when it has begun, `None` where nobody knows.
    pub fn time_left(&self, assumed: &Assumptions, now: Millis) -> Option<i64> {
        self.wedding.ceremony(assumed).map(|ceremony| ceremony.left(now))
    }

    pub fn priority(&self, assumed: &Assumptions, now: Millis) -> Priority {
        Priority::of(self.time_left(assumed, now))
    }

    pub fn lateness(&self, now: Millis) -> Lateness {
        let mut lateness = Lateness { late: self.late_steps(now), open: 0 };
        lateness.open = self.steps.iter().filter(|step| !step.is_settled() && step.late_by(now) > 0).count();
        lateness.late += usize::from(self.is_ai_late(now));
        lateness
    }

    /// From when on the couple should know something by the checklist that they have not been told: at once while they know
    /// nothing and their first notice has not gone, and each other notice when its time is over. `None` where they know what
    /// they should, are not to be contacted, or the case is over.
    pub fn untold_from(&self) -> Option<Millis> {
        if !self.is_open() || !self.contact.is_allowed() {
            return None;
        }
        let notices = || {
            self.steps.iter().filter_map(|step| match step.declared.how {
                How::Notice { purpose } => Some((step, purpose)),
                _ => None,
            })
        };
        let first = notices().map(|(step, _)| step.due).min()?;
        let owed = notices().filter(|(step, purpose)| !step.is_settled() && !self.told.contains_key(purpose));
        let from = owed.map(|(step, _)| {
            // Like every step, one of the others is late when its time is over.
            let is_first = self.told.is_empty() && step.due == first;
            if is_first { self.detected_at } else { step.due.plus(1) }
        });
        from.min()
    }

    /// Whether the couple should know something now that they have not been told.
    pub fn is_untold(&self, now: Millis) -> bool {
        self.untold_from().is_some_and(|from| from <= now)
    }

    /// The steps that were settled late. What is not settled when a case is over is nobody's any more, and not late.
    pub fn settled_late(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| match step.state {
            StepState::Done { late_by, .. } | StepState::NotNeeded { late_by, .. } => late_by > 0,
            StepState::Open | StepState::Waiting { .. } => false,
        })
    }

    /// Whether the AI did not answer in time, or failed.
    pub fn is_ai_late(&self, now: Millis) -> bool {
        match self.ai {
            super::Ai::Awaited => now > self.ai_due(),
            super::Ai::Late | super::Ai::Failed { .. } => true,
            super::Ai::Answered { late_by, .. } => late_by > 0,
            super::Ai::NotAsked => false,
        }
    }
}

/// By the time that is left, then by severity, then by how long it has been known. What is open comes before what is
/// over, what nobody knows the day of with what is today, and weddings that are past at the end.
pub fn board_order(one: &Case, other: &Case, assumed: &Assumptions, now: Millis) -> Ordering {
    let key = |case: &Case| {
        let left = case.time_left(assumed, now);
        let is_past = Priority::of(left) == Priority::Past;
        (!case.is_open(), is_past, left.unwrap_or(0), std::cmp::Reverse(case.severity), case.detected_at)
    };
    key(one).cmp(&key(other)).then_with(|| one.id.cmp(&other.id))
}

/// Whether it is a level 4 because crises are not answered: what lets automatic steps run.
pub fn is_crisis_failure(reasons: &[(Level, Reason)]) -> bool {
    reasons.iter().any(|(level, reason)| {
        *level == Level::Emergency
            && matches!(
                reason,
                Reason::CrisisFailed { .. } | Reason::CrisisWaiting { .. } | Reason::CrisisManager { .. }
            )
    })
}

/// Something that runs by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Automatic {
    pub how: How,
    /// The steps that it does. An action changes the platform, so that one run of it serves all that wait for it; people
    /// are asked for each case.
    pub serves: Vec<(CaseId, StepKey)>,
}

/// What runs by itself now, in the order in which it is due. Nothing while no crisis failure of level 4 is open, or
/// everything automatic is off.
pub fn automatic_steps<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    crisis_failure: bool,
    automation: &Automation,
) -> Vec<Automatic> {
    if !crisis_failure || !automation.is_on() {
        return Vec::new();
    }
    let mut due: Vec<(&Case, &Step)> = Vec::new();
    for case in cases.into_iter().filter(|case| case.is_open()) {
        let waits = |step: &&Step| step.declared.automatic && step.state == StepState::Open;
        due.extend(case.steps.iter().filter(waits).map(|step| (case, step)));
    }
    due.sort_by(|(one, a), (other, b)| (a.due, &one.id, a.key()).cmp(&(b.due, &other.id, b.key())));
    let mut automatic: Vec<Automatic> = Vec::new();
    for (case, step) in due {
        let served = (case.id.clone(), step.key().clone());
        match (&step.declared.how, automatic.iter_mut().find(|one| one.how == step.declared.how)) {
            (How::Action { .. }, Some(one)) => one.serves.push(served),
            (How::Action { .. } | How::AsksPeople { .. }, _) => {
                automatic.push(Automatic { how: step.declared.how.clone(), serves: vec![served] });
            }
            // A notice is seen by a person before it goes.
            (How::Notice { .. } | How::ByHand, _) => {}
        }
    }
    automatic
}

impl Automatic {
    /// In whose name it is done.
    pub fn by() -> By {
        By::Staff { actor: Actor::Console { rule: "crisis failure".to_owned() } }
    }
}
