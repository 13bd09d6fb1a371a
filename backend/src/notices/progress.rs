//! How far many notices are that one press sent off, and everybody in it.

use domain::{
    notices::{Purpose, bulk},
    time::Millis,
};

use super::{NoticeRefused, Notices, ToldRow, batch_store};
use crate::access::{Permit, SeePersonalData, SeeStatus};

/// So many stand on one page.
pub const ON_A_PAGE: usize = 100;

/// How far one press of many is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// `None` of a press that there is not.
    pub purpose: Option<Purpose>,
    /// Of everybody.
    pub counts: bulk::Progress,
    /// Of one page: those that failed first, then those in doubt, on their way, sent, delivered.
    pub rows: Vec<ToldRow>,
    pub page: u32,
    /// Since when the oldest waits.
    pub oldest: Option<Millis>,
    pub now: Millis,
}

impl Notices {
    /// How far a press of many is, with a page of everybody in it, from 0; what needs somebody stands first. Of a press that there
    /// is not, nobody is to be told; a page beyond the last one is the last one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn progress(
        &self,
        _: &Permit<SeeStatus>,
        personal: Option<&Permit<SeePersonalData>>,
        batch: &str,
        page: u32,
    ) -> Result<Progress, NoticeRefused> {
        let mut tx = self.0.cases.db().snapshot().await?;
        let (counts, oldest) = batch_store::counts(&mut tx, batch).await?;
        let last = u32::try_from(counts.all().saturating_sub(1) / ON_A_PAGE).unwrap_or_default();
        let page = page.min(last);
        let found = batch_store::page(&mut tx, batch, ON_A_PAGE, page).await?;
        Ok(Progress {
            purpose: found.first().map(|stored| stored.attempt.purpose),
            counts,
            rows: self.rows(&mut tx, found, personal.is_some(), &mut Vec::new()).await?,
            page,
            oldest,
            now: self.0.cases.now(),
        })
    }
}
