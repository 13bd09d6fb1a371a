//! Doubles become one case; a case names the alert that caused it.

use domain::{
    alerts::AlertId,
    crises::{CaseId, Happening, Line, Refusal},
};

use super::{
    CaseRefused, Cases, Stored,
    verbs::{by, covers_all},
};
use crate::{
    access::{Permit, WorkCases},
    db::DbError,
    notices,
};

impl Cases {
    /// A double goes into another case. Its couple, its story and its files stay with it.
    ///
    /// # Errors
    /// When either is over, they are the same or of different weddings, or a notice of the double is not settled.
    pub async fn merge(
        &self,
        permit: &Permit<WorkCases>,
        double: &CaseId,
        into: &CaseId,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (cases, double, into, by) = (self.clone(), double.clone(), into.clone(), by(permit));
        let (went, took) = (permit.entry("crisis.merged"), permit.entry("crisis.took_a_double_into"));
        let merging = tokio::spawn(async move {
            let now = cases.now();
            if double == into {
                return Err(Refusal::IntoItself.into());
            }
            let mut tx = cases.0.db.begin().await?;
            let mut double = cases.load(&mut tx, &double).await?;
            let mut into = cases.load(&mut tx, &into).await?;
            let open = notices::unsettled(&cases, &mut tx, &double.case).await?;
            let (of_double, of_into) = double.case.merge_into(&mut into.case, by, &open, now)?;
            // In the order of their ids, so that two who merge the same two do not wait for each other.
            if double.case.id < into.case.id {
                cases.save(&mut tx, &mut double, of_double, went, now).await?;
                cases.save(&mut tx, &mut into, of_into, took, now).await?;
            } else {
                cases.save(&mut tx, &mut into, of_into, took, now).await?;
                cases.save(&mut tx, &mut double, of_double, went, now).await?;
            }
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(into)
        });
        merging.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// Names the alert that caused it.
    ///
    /// # Errors
    /// When it names that one already.
    pub async fn link(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        alert: &AlertId,
    ) -> Result<Stored, CaseRefused> {
        let (by, alert) = (by(permit), alert.clone());
        self.change(permit, "crisis.linked_an_alert_to", id, move |case, _| {
            if case.alert.as_ref() == Some(&alert) {
                return Err(Refusal::IsSoAlready.into());
            }
            case.alert = Some(alert.clone());
            Ok(vec![Line::from(Happening::Linked { by, alert })])
        })
        .await
    }
}
