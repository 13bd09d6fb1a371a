//! What people do to an attempt that there is: take it back, or say whether it arrived.

use domain::{actions::Actor, notices::AttemptId, time::Millis};

use super::{NoticeRefused, Notices, store, store::Stored};
use crate::{
    access::{Permit, WorkCases},
    crises::{by, covers_all},
    db::DbError,
};

impl Notices {
    /// Takes back what has not left.
    ///
    /// # Errors
    /// When something of it may have left, or it is settled.
    pub async fn withdraw(&self, permit: &Permit<WorkCases>, id: &AttemptId) -> Result<(), NoticeRefused> {
        self.change(permit, "notice.took_back_a_notice_to_the_couple_of", id, |stored, by, now| {
            Ok(stored.attempt.withdraw(by, now)?)
        })
        .await
    }

    /// Says whether one that is in doubt arrived, after looking.
    ///
    /// # Errors
    /// When it is not in doubt.
    pub async fn decide(
        &self,
        permit: &Permit<WorkCases>,
        id: &AttemptId,
        arrived: bool,
    ) -> Result<(), NoticeRefused> {
        let verb = match arrived {
            true => "notice.found_arrived_a_notice_to_the_couple_of",
            false => "notice.found_lost_a_notice_to_the_couple_of",
        };
        self.change(permit, verb, id, move |stored, by, now| Ok(stored.attempt.decide(arrived, by, now)?))
            .await
    }

    async fn change(
        &self,
        permit: &Permit<WorkCases>,
        verb: &'static str,
        id: &AttemptId,
        act: impl FnOnce(&mut Stored, Actor, Millis) -> Result<(), NoticeRefused> + Send + 'static,
    ) -> Result<(), NoticeRefused> {
        covers_all(permit)?;
        let (notices, id, by, entry) = (self.clone(), id.clone(), by(permit), permit.entry(verb));
        let changing = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            let mut tx = cases.db().begin().await?;
            let mut stored = store::one(&mut *tx, &id).await?.ok_or(NoticeRefused::Unknown)?;
            let before = stored.attempt.state.clone();
            act(&mut stored, by, now)?;
            notices.settle(&mut tx, &mut stored, &before, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(())
        });
        changing.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }
}
