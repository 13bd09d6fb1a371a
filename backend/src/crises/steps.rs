//! What people do to the steps of a case.

use std::collections::BTreeMap;

use domain::{
    actions::{ActionKey, Fingerprint, RunId, State},
    crises::{By, CaseId, How, Refusal, StepKey, StepState},
};

use super::{
    CaseRefused, Cases, Stored,
    verbs::{by, covers_all},
};
use crate::{
    access::{Permit, WorkCases},
    actions::{ActionRefused, Asking, RunPermit},
    audit,
    db::DbError,
};

impl Cases {
    /// Somebody says that it is done.
    ///
    /// # Errors
    /// When the case is over, the step is settled, or only a notice can do it.
    pub async fn step_done(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
    ) -> Result<Stored, CaseRefused> {
        let (by, step) = (By::from(by(permit)), step.clone());
        self.change(permit, "crisis.did_a_step_of", id, move |case, now| Ok(case.done(&step, by, now)?)).await
    }

    /// # Errors
    /// When the case is over, the step is settled, or no reason is given.
    pub async fn step_not_needed(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
        reason: &str,
    ) -> Result<Stored, CaseRefused> {
        let (by, step, reason) = (by(permit), step.clone(), reason.to_owned());
        self.change(permit, "crisis.left_out_a_step_of", id, move |case, now| {
            Ok(case.not_needed(&step, by, &reason, now)?)
        })
        .await
    }

    /// It was not done, or is needed, after all.
    ///
    /// # Errors
    /// When the case is over, the step is not settled, only a notice can do it, or no reason is given.
    pub async fn step_not_done(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
        reason: &str,
    ) -> Result<Stored, CaseRefused> {
        let (by, step, reason) = (by(permit), step.clone(), reason.to_owned());
        self.change(permit, "crisis.reopened_a_step_of", id, move |case, now| {
            Ok(case.not_done(&step, by, &reason, now)?)
        })
        .await
    }

    /// Which action does a step, and on which platform: for its preview.
    ///
    /// # Errors
    /// When there is no such case or step, or no action does it.
    pub async fn action_of(&self, id: &CaseId, step: &StepKey) -> Result<(String, ActionKey), CaseRefused> {
        let stored = super::store::one(self.0.db.read(), id).await?.ok_or(CaseRefused::Unknown)?;
        let found = stored.case.step(step).ok_or(Refusal::NoSuchStep)?;
        match &found.declared.how {
            How::Action { action } => Ok((stored.platform.clone(), action.clone())),
            _ => Err(CaseRefused::NoAction),
        }
    }

    /// Begins the run of a step, as the person who presses: the run, its record, and what the case says of it are one
    /// transaction. A run of the same action that is going on for another case serves this one too.
    ///
    /// # Errors
    /// When they may not run it, the preview is not what they saw, something is in its way, or the step is not open.
    pub async fn run_step(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
        (seen, reason): (Fingerprint, String),
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (platform, key) = self.action_of(id, step).await?;
        let action = self.0.actions.action(&platform, &key).ok_or(ActionRefused::Unknown)?;
        let run_permit = RunPermit::of(permit.viewer(), action)?;
        if let Some(run) = self.going_on(&platform, &key).await? {
            let (by, step) = (By::from(by(permit)), step.clone());
            return self
                .change(permit, "crisis.began_a_step_of", id, move |case, now| {
                    Ok(case.run_began(&step, by, run, now)?)
                })
                .await;
        }
        let asking = Asking { platform, action: key, typed: BTreeMap::new(), reason, seen, alert: None };
        let prepared = self.0.actions.prepare(&run_permit, asking).await?;
        let (cases, id, step) = (self.clone(), id.clone(), step.clone());
        let (by, entry) = (By::from(by(permit)), permit.entry("crisis.began_a_step_of"));
        let done = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            if stored.case.step(&step).is_none_or(|step| step.state != StepState::Open) {
                // Nothing is begun for a step that waits already.
                return Err(Refusal::StepIsWaiting.into());
            }
            let run = match cases.0.actions.request_in(&mut tx, prepared.clone(), now).await? {
                Ok(run) => run,
                Err(refusal) => {
                    let refused = prepared.refused(&refusal);
                    audit::record(&mut tx, now, &refused).await?;
                    tx.commit().await.map_err(DbError::from)?;
                    return Err(ActionRefused::from(refusal).into());
                }
            };
            let lines = stored.case.run_began(&step, by, run.id, now)?;
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.0.actions.stir();
            cases.told();
            Ok(stored)
        });
        done.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// A run of this action that waits or is at work.
    pub(super) async fn going_on(&self, platform: &str, key: &ActionKey) -> Result<Option<RunId>, DbError> {
        let open = self.0.actions.open().await?;
        let same = open.into_iter().find(|stored| {
            let plan = stored.run.plan();
            let goes_on = matches!(stored.run.state, State::Approved { .. } | State::Running { .. });
            goes_on
                && plan.platform == platform
                && plan.action == *key
                && stored.run.requested.undoes.is_none()
        });
        Ok(same.map(|stored| stored.run.id))
    }
}
