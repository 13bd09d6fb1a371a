//! All attempts to tell one couple one thing. Of these one at a time is live.

use serde::{Deserialize, Serialize};

use super::{
    Purpose, Way,
    attempt::{Attempt, AttemptId, AttemptState, NotNow},
};
use crate::{
    actions::Actor,
    crises::{CaseId, Contact, Private, Unsettled},
    time::Millis,
};

/// Of one case and purpose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    pub case: CaseId,
    pub purpose: Purpose,
    /// In the order in which they were made.
    pub attempts: Vec<Attempt>,
}

/// Why nobody may begin another attempt, in the words that the person reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("The couple is not to be contacted.")]
    NotWanted,
    #[error("One is drafted already: send that, or take it back.")]
    IsDrafted,
    #[error("One is on its way: a second would tell them twice.")]
    IsOnItsWay,
    #[error("One is in doubt: say first whether it arrived.")]
    IsInDoubt,
    #[error("They have been told this. Say why they should be told again.")]
    IsTold,
    #[error("The reason is longer than 500 characters.")]
    LongReason,
}

impl Notice {
    pub fn new(case: CaseId, purpose: Purpose) -> Notice {
        Notice { case, purpose, attempts: Vec::new() }
    }

    /// Another attempt, as a draft. The reason, which may be empty where the couple has not been told, is to be stored
    /// sealed beside it.
    ///
    /// # Errors
    /// When they are not to be contacted, one is live, or they have been told and no reason is given.
    pub fn draft(
        &mut self,
        id: AttemptId,
        way: Way,
        by: Actor,
        reason: &str,
        contact: &Contact,
        now: Millis,
    ) -> Result<(&mut Attempt, Option<Private>), Refusal> {
        if !contact.is_allowed() {
            return Err(Refusal::NotWanted);
        }
        let reason = reason.trim();
        if reason.chars().count() > 500 {
            return Err(Refusal::LongReason);
        }
        self.may_begin(reason)?;
        let state = AttemptState::Drafted;
        let attempt = Attempt { id, purpose: self.purpose, way, by, made_at: now, state };
        let place = self.attempts.len();
        self.attempts.push(attempt);
        Ok((&mut self.attempts[place], (!reason.is_empty()).then(|| Private::new(reason))))
    }

    /// # Errors
    /// When one is live, or they have been told and no reason is given.
    pub fn may_begin(&self, reason: &str) -> Result<(), Refusal> {
        for attempt in &self.attempts {
            match attempt.state {
                AttemptState::Drafted => return Err(Refusal::IsDrafted),
                AttemptState::InDoubt { .. } => return Err(Refusal::IsInDoubt),
                _ if attempt.is_live() => return Err(Refusal::IsOnItsWay),
                _ => {}
            }
        }
        if self.is_told() && reason.is_empty() {
            return Err(Refusal::IsTold);
        }
        Ok(())
    }

    /// Presses: the couple is sent this attempt.
    ///
    /// # Errors
    /// When it is not theirs to be sent, was pressed before, or they are not to be contacted.
    pub fn press(&mut self, id: &AttemptId, contact: &Contact, now: Millis) -> Result<(), NotNow> {
        if !contact.is_allowed() {
            return Err(NotNow::NotWanted);
        }
        self.attempt_mut(id).ok_or(NotNow::NotWaitedFor)?.press(now)
    }

    pub fn attempt_mut(&mut self, id: &AttemptId) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|attempt| attempt.id == *id)
    }

    /// Whether one of them went out and did not come back.
    pub fn is_told(&self) -> bool {
        let told = |attempt: &Attempt| {
            matches!(attempt.state, AttemptState::Sent { .. } | AttemptState::Delivered { .. })
        };
        self.attempts.iter().any(told)
    }

    /// Why its case cannot be resolved; `None` when it does not stand in the way. A draft is no attempt, and what was
    /// taken back is none any more.
    pub fn unsettled(&self) -> Option<Unsettled> {
        let tried: Vec<&Attempt> = self
            .attempts
            .iter()
            .filter(|attempt| {
                !matches!(attempt.state, AttemptState::Drafted | AttemptState::Withdrawn { .. })
            })
            .collect();
        if tried.iter().any(|attempt| matches!(attempt.state, AttemptState::InDoubt { .. })) {
            return Some(Unsettled::InDoubt(self.purpose));
        }
        if tried.iter().any(|attempt| attempt.is_live()) {
            return Some(Unsettled::Queued(self.purpose));
        }
        let all_failed = tried.iter().all(|attempt| matches!(attempt.state, AttemptState::Failed { .. }));
        (tried.len() == 1 && all_failed).then_some(Unsettled::Failed(self.purpose))
    }
}

/// What of all notices of a case keeps it open.
pub fn unsettled<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Vec<Unsettled> {
    notices.into_iter().filter_map(Notice::unsettled).collect()
}
