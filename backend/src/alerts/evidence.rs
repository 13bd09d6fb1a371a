//! Evidence: what somebody saw, pinned to an alert with its line in the story and its record, in one transaction.

use domain::{
    alerts::{AlertId, Evidence, Happening, PinnedEvidence},
    time::Millis,
};

use super::{
    AlertRefused, Alerts, evidence_store as store,
    verbs::{Deed, text, who},
};
use crate::access::{HandleAlerts, Permit};

/// So many pieces of one alert are shown.
const MOST: i64 = 200;
/// How often it is tried again when somebody else changed the alert at that moment.
const TRIES: usize = 4;

/// What came of pinning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pinned {
    Now,
    /// It hangs there since before: a double click, or a page that was sent again.
    Already,
}

impl Alerts {
    /// Pins what was seen to an alert, open or over. Whoever acknowledged it is thereby at work.
    ///
    /// # Errors
    /// When there is no such alert, the role does not hold for its service, or the note is too long.
    pub async fn pin(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        evidence: Evidence,
        note: &str,
    ) -> Result<Pinned, AlertRefused> {
        let note = text(note)?;
        for tries_left in (0..TRIES).rev() {
            if store::has(self.0.db.read(), id, &evidence.look).await? {
                return Ok(Pinned::Already);
            }
            match self.pin_once(permit, id, &evidence, &note).await {
                Ok(()) => return Ok(Pinned::Now),
                Err(AlertRefused::IsPinned) => return Ok(Pinned::Already),
                Err(AlertRefused::Changed) if tries_left > 0 => {}
                Err(refused) => return Err(refused),
            }
        }
        Err(AlertRefused::Changed)
    }

    async fn pin_once(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        evidence: &Evidence,
        note: &str,
    ) -> Result<(), AlertRefused> {
        let by = who(permit);
        let pinned = PinnedEvidence {
            evidence: evidence.clone(),
            at: Millis(0),
            by: by.clone(),
            note: note.to_owned(),
        };
        let deed = Deed {
            verb: "alert.pinned",
            occasion: None,
            reason: Some(note.to_owned()),
            evidence: Some(pinned),
        };
        let (kind, title, note) = (evidence.kind.clone(), evidence.title.clone(), note.to_owned());
        self.change(permit, id, deed, move |stored, policy, now| {
            stored.alert.work(policy, now);
            let mut happened = vec![Happening::Pinned { by: by.clone(), kind, title }];
            if !note.is_empty() {
                happened.push(Happening::Noted { by, text: note });
            }
            Ok(happened)
        })
        .await?;
        Ok(())
    }

    /// What is pinned to an alert, oldest first; at most 200 pieces.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn evidence(&self, id: &AlertId) -> Result<Vec<PinnedEvidence>, crate::db::DbError> {
        store::of(self.0.db.read(), id, MOST).await
    }
}
