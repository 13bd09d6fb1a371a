//! From the request to the approval: nobody approves their own, and nobody approves what is no longer true.

use super::{
    Actor, Approval, Automation, Board, Fingerprint, Happening, Preview, Refusal, Requested, Review, Run,
    RunId, Second, State,
    refusal::checked_reason,
    run::{APPROVE_WITHIN, BEGIN_WITHIN},
};
use crate::{access::is_proof_fresh, alerts::AlertId, time::Millis};

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: RunId,
    pub by: Actor,
    pub reason: String,
    /// When the password was last given.
    pub proven: Option<Millis>,
    /// Of the preview that was on the page.
    pub seen: Fingerprint,
    /// As it is now.
    pub preview: Preview,
    pub undoes: Option<RunId>,
    pub alert: Option<AlertId>,
}

impl Run {
    /// A run that waits for a second person, or for its first step.
    ///
    /// # Errors
    /// With what is missing or in the way; there is then no run.
    pub fn request(
        asked: Asked,
        board: &Board,
        automation: &Automation,
        now: Millis,
    ) -> Result<(Run, Vec<Happening>), Refusal> {
        let Asked { id, by, reason, proven, seen, preview, undoes, alert } = asked;
        let plan = &preview.plan;
        if plan.steps.is_empty() {
            return Err(Refusal::NothingToDo);
        }
        may_act_alone(&by, automation)?;
        let dangerous = plan.danger.is_dangerous();
        let reason = checked_reason(&reason, dangerous)?;
        if dangerous {
            is_proven(&by, proven, now)?;
        }
        if seen != preview.fingerprint() || preview.steps.len() != plan.steps.len() {
            return Err(Refusal::NoLongerTrue(Vec::new()));
        }
        holds(&preview)?;
        board.may_request(plan, undoes.as_ref(), now)?;

        let (state, approval) = if plan.two_person {
            (State::Requested { until: now.plus(APPROVE_WITHIN) }, None)
        } else {
            (State::Approved { until: now.plus(BEGIN_WITHIN) }, Some(Approval::NotNeeded))
        };
        let waits_until = plan.two_person.then(|| now.plus(APPROVE_WITHIN));
        let happened = Happening::Requested { by: by.clone(), reason: reason.clone(), waits_until };
        let requested = Requested { by, at: now, reason, undoes, alert };
        Ok((Run { id, requested, preview, approval, steps: Vec::new(), state }, vec![happened]))
    }

    /// A second person agrees. `fresh` is the preview as it is now: the checks run again.
    ///
    /// # Errors
    /// When it does not wait for that (any more), it is the same person, or the preview is no longer true. It is then as
    /// it was.
    pub fn approve(
        &mut self,
        second: &Second<'_>,
        comment: &str,
        fresh: &Preview,
        now: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        self.waits_for_approval(now)?;
        second.is_another_than(&self.requested.by)?;
        let comment = checked_reason(comment, false)?;
        self.still_true(fresh)?;
        let by = second.by.clone();
        self.approval = Some(Approval::Given { by: by.clone(), at: now, comment: comment.clone() });
        self.state = State::Approved { until: now.plus(BEGIN_WITHIN) };
        Ok(vec![Happening::Approved { by, comment }])
    }

    /// One person alone goes on, because a level 4 is open: everybody hears of it, and it is reviewed afterwards.
    ///
    /// # Errors
    /// When no level 4 is open, and as `approve`. A token cannot do it.
    pub fn break_glass(
        &mut self,
        by: Actor,
        proven: Option<Millis>,
        emergency: Option<&AlertId>,
        fresh: &Preview,
        now: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        self.waits_for_approval(now)?;
        let emergency = emergency.ok_or(Refusal::NoEmergency)?.clone();
        if !matches!(by, Actor::Person { .. }) {
            return Err(Refusal::NeedsPerson);
        }
        is_proven(&by, proven, now)?;
        self.still_true(fresh)?;
        self.approval = Some(Approval::BrokenGlass {
            by: by.clone(),
            at: now,
            emergency: emergency.clone(),
            review: Review::Waiting,
        });
        self.state = State::Approved { until: now.plus(BEGIN_WITHIN) };
        Ok(vec![Happening::GlassBroken { by, emergency }])
    }

    /// Somebody says no.
    ///
    /// # Errors
    /// Without a comment, or when it does not wait for an approval.
    pub fn refuse(&mut self, by: Actor, comment: &str, now: Millis) -> Result<Vec<Happening>, Refusal> {
        self.waits_for_approval(now)?;
        let comment = checked_reason(comment, true).map_err(|refusal| match refusal {
            Refusal::NeedsReason => Refusal::NeedsComment,
            other => other,
        })?;
        self.state = State::Refused { at: now, by: by.clone(), comment: comment.clone() };
        Ok(vec![Happening::Refused { by, comment }])
    }

    /// What time alone brings: an approval that did not come, or that nothing came of.
    pub fn lapse(&mut self, now: Millis) -> Vec<Happening> {
        match self.state {
            State::Requested { until } | State::Approved { until } if now >= until => {
                self.state = State::Lapsed { at: until };
                vec![Happening::Lapsed]
            }
            _ => Vec::new(),
        }
    }

    /// Somebody else has looked at why the glass was broken. It changes nothing of the run itself.
    ///
    /// # Errors
    /// When it waits for no review, it is the same person, or nothing is said.
    pub fn review(
        &mut self,
        second: &Second<'_>,
        comment: &str,
        now: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        let Some(Approval::BrokenGlass { by, review: review @ Review::Waiting, .. }) = &mut self.approval
        else {
            return Err(Refusal::NothingToReview);
        };
        second.is_another_than(&self.requested.by)?;
        if by.hands() == second.by.hands() {
            return Err(Refusal::OwnRequest);
        }
        let comment = checked_reason(comment, true)?;
        let by = second.by.clone();
        *review = Review::Done { by: by.clone(), at: now, comment: comment.clone() };
        Ok(vec![Happening::Reviewed { by, comment }])
    }

    fn waits_for_approval(&self, now: Millis) -> Result<(), Refusal> {
        match &self.state {
            State::Requested { until } if now < *until => Ok(()),
            State::Requested { .. } | State::Lapsed { .. } => Err(Refusal::HasLapsed),
            _ => Err(Refusal::NotWaiting { state: self.state_word() }),
        }
    }

    fn still_true(&self, fresh: &Preview) -> Result<(), Refusal> {
        let changed = self.preview.changed_in(fresh);
        if !changed.is_empty() {
            return Err(Refusal::NoLongerTrue(changed));
        }
        holds(fresh)
    }
}

fn holds(preview: &Preview) -> Result<(), Refusal> {
    let failing = preview.failing();
    if failing.is_empty() { Ok(()) } else { Err(Refusal::CheckFails(failing)) }
}

/// Whether the one switch lets it act: it stops only what nobody asked for.
fn may_act_alone(by: &Actor, automation: &Automation) -> Result<(), Refusal> {
    match automation {
        Automation::Off { by: off, .. } if by.is_automatic() => {
            Err(Refusal::AutomaticIsOff { by: off.name().to_owned() })
        }
        Automation::On | Automation::Off { .. } => Ok(()),
    }
}

fn is_proven(by: &Actor, proven: Option<Millis>, now: Millis) -> Result<(), Refusal> {
    match by {
        Actor::Person { .. } if is_proof_fresh(proven, now) => Ok(()),
        Actor::Person { .. } => Err(Refusal::NeedsProof),
        Actor::Token { .. } => Err(Refusal::NeedsPerson),
        // The configuration is what allows it.
        Actor::Console { .. } => Ok(()),
    }
}
