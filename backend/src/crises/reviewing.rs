//! Looking back at a case. What was found is sealed: it says what happened to somebody.

use domain::crises::{CaseId, Findings, Refusal};

use super::{
    CaseRefused, Cases, Stored,
    columns::place,
    couple, couple_store,
    verbs::{by, covers_all},
};
use crate::{
    access::{Permit, WorkCases},
    db::{DbError, Tx},
    sealing::{Locked, OpeningKey},
};

const FINDINGS: &str = "findings";

impl Cases {
    /// Writes down what was found.
    ///
    /// # Errors
    /// When the case is not resolved or has been reviewed, the findings do not hold, or they cannot be sealed.
    pub async fn review(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        findings: Findings,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (cases, id, by) = (self.clone(), id.clone(), by(permit));
        let entry = permit.entry("crisis.reviewed");
        let reviewing = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            let (findings, lines) = stored.case.review(by, findings, now)?;
            cases.put_findings(&mut tx, &id, &findings).await?;
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        reviewing.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// A task of the review is done.
    ///
    /// # Errors
    /// When there is no such task, or it is done.
    pub async fn task_done(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        task: usize,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (cases, id, by) = (self.clone(), id.clone(), by(permit));
        let entry = permit.entry("crisis.did_a_task_of");
        let doing = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            let sealed = couple_store::findings(&mut tx, &id).await?.ok_or(Refusal::NoSuchTask)?;
            let key = cases.0.sealing.open_key(&mut tx, id.as_str()).await?;
            let mut findings = open(&key, &id, &sealed)?;
            let lines = findings.task_done(task, by, now)?;
            cases.put_findings(&mut tx, &id, &findings).await?;
            // The version of the case is what shows that two did it at once.
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        doing.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    async fn put_findings(&self, tx: &mut Tx, id: &CaseId, findings: &Findings) -> Result<(), CaseRefused> {
        let key = self.0.sealing.make_key(tx, id.as_str()).await?;
        let written = couple::json(findings)?.unwrap_or_default();
        let sealed = key.seal(place(FINDINGS, id.as_str()), written.as_bytes());
        couple_store::put_findings(tx, id, &sealed).await?;
        Ok(())
    }
}

pub(super) fn open(key: &OpeningKey, id: &CaseId, sealed: &str) -> Result<Findings, Locked> {
    let opened = key.open(place(FINDINGS, id.as_str()), sealed)?;
    serde_json::from_slice(&opened).map_err(|_| Locked::Tampered {
        table: "crisis_case".to_owned(),
        column: FINDINGS.to_owned(),
        row: id.as_str().to_owned(),
    })
}
