//! What the notices to couples use of cases: they are told in the same transactions in which cases change.

use std::collections::BTreeMap;

use domain::{
    crises::{CaseId, Couple, Line},
    time::Millis,
};

use super::{Cases, Stored, couple, couple_store, store};
use crate::{
    db::{Db, DbError, Tx},
    sealing::{Locked, Sealing},
};

impl Cases {
    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn sealing(&self) -> &Sealing {
        &self.0.sealing
    }

    pub(crate) fn clock(&self) -> &crate::clock::Clock {
        &self.0.clock
    }

    /// Those of these ids that there are, in no order.
    pub(crate) async fn these(&self, tx: &mut Tx, ids: &[&str]) -> Result<Vec<Stored>, DbError> {
        store::these(tx, ids).await
    }

    /// The couples of these cases by the ids of the cases, each with why it cannot be read. Of whom nobody said anything
    /// nothing is known.
    pub(crate) async fn couples(
        &self,
        tx: &mut Tx,
        ids: &[&str],
    ) -> Result<BTreeMap<String, Result<Couple, Locked>>, DbError> {
        let mut keys = self.0.sealing.open_keys(tx, ids).await?;
        let mut couples = BTreeMap::new();
        for some in ids.chunks(store::AT_ONCE) {
            for (id, sealed) in couple_store::of(tx, some).await? {
                let couple = match keys.remove(&id) {
                    Some(Ok(key)) => couple::open(&key, &id, &sealed),
                    Some(Err(Locked::NoDataKey { .. })) | None => Ok(Couple::default()),
                    Some(Err(why)) => Err(why),
                };
                couples.insert(id, couple);
            }
        }
        Ok(couples)
    }

    /// Saves what several cases have become, with their stories; their record is the caller's.
    pub(crate) async fn save_all(
        &self,
        tx: &mut Tx,
        changed: &[Stored],
        told: &[(CaseId, Vec<Line>)],
        now: Millis,
    ) -> Result<(), DbError> {
        for stored in changed {
            self.save_quietly(tx, stored).await?;
        }
        self.tell_plainly(tx, told, now).await
    }
}
