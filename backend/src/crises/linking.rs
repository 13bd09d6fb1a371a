//! The alert that caused a case.

use domain::{alerts::AlertId, crises::CaseId};

use super::{CaseRefused, Cases, Stored, verbs::by};
use crate::{
    access::{Permit, WorkCases},
    alerts,
};

impl Cases {
    /// Names the alert that caused it, in the place of another.
    ///
    /// # Errors
    /// When there is no such alert, the case names it already, or went into another.
    pub async fn link(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        alert: &AlertId,
    ) -> Result<Stored, CaseRefused> {
        if !alerts::is_there(&self.0.db, alert).await? {
            return Err(CaseRefused::NoSuchAlert);
        }
        let (by, alert) = (by(permit), alert.clone());
        self.change(permit, "crisis.linked_an_alert_to", id, move |case, _| Ok(case.link(by, alert)?)).await
    }

    /// The alert did not cause it after all.
    ///
    /// # Errors
    /// When the case names none, or went into another.
    pub async fn unlink(&self, permit: &Permit<WorkCases>, id: &CaseId) -> Result<Stored, CaseRefused> {
        let by = by(permit);
        self.change(permit, "crisis.unlinked_an_alert_from", id, move |case, _| Ok(case.unlink(by)?)).await
    }
}
