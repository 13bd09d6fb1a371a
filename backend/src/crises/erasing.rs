//! The erasure of a couple: the data key of the case is destroyed, and what was sealed with it is taken out besides. What
//! is in plain (its type, its clocks, its steps) stays for the statistics.

use domain::{actions::Actor, audit::Entry, crises::CaseId, time::Millis};

use super::{
    CaseRefused, Cases, CoupleState, Stored, couple_store, file_store, index_store, object, store,
    story_store,
    verbs::{by, covers_all},
};
use crate::{
    access::{Permit, WorkCases},
    audit,
    db::{DbError, Tx},
    notices,
};

/// What an erasure came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Erased {
    pub stored: Stored,
    /// Whether there was anything sealed.
    pub had_key: bool,
}

impl Cases {
    /// Erases the couple of a case, for good. The reason is on record: it must not be personal.
    ///
    /// # Errors
    /// When no reason is given, it is erased already, or the journal of erasures cannot be kept.
    pub async fn erase(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        reason: &str,
    ) -> Result<Erased, CaseRefused> {
        covers_all(permit)?;
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(domain::crises::Refusal::NeedsReason.into());
        }
        let entry = permit.entry("crisis.erased_the_couple_of").because(reason.clone());
        self.erase_by(id, by(permit), entry, reason).await
    }

    pub(super) async fn erase_by(
        &self,
        id: &CaseId,
        by: Actor,
        entry: Entry,
        because: String,
    ) -> Result<Erased, CaseRefused> {
        let (cases, id) = (self.clone(), id.clone());
        let erasing = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let erased = cases.erase_in(&mut tx, &id, by, entry, &because, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(erased)
        });
        erasing.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    async fn erase_in(
        &self,
        tx: &mut Tx,
        id: &CaseId,
        by: Actor,
        entry: Entry,
        because: &str,
        now: Millis,
    ) -> Result<Erased, CaseRefused> {
        let mut stored = self.load(tx, id).await?;
        let mut lines = stored.case.erase(by.clone(), now);
        if lines.is_empty() {
            return Err(domain::crises::Refusal::IsSoAlready.into());
        }
        lines.extend(notices::erase(tx, &mut stored.case, &by, now).await?);
        stored.couple = CoupleState::Erased;
        stored.mark.clear();
        couple_store::empty(tx, id).await?;
        story_store::empty(tx, id).await?;
        index_store::remove(tx, id).await?;
        file_store::remove(tx, id, None, now).await?;
        if !store::update(tx, &stored, &self.0.assumed).await? {
            return Err(CaseRefused::Changed);
        }
        stored.version += 1;
        self.tell(tx, &[(id.clone(), lines)], now).await?;
        audit::record(tx, now, &entry.about(object(&stored.case))).await?;
        // Last: what the journal names is erased at the next start, whatever becomes of the transaction.
        let had_key = self.0.sealing.destroy_key(tx, id.as_str(), because).await?;
        Ok(Erased { stored, had_key })
    }
}
