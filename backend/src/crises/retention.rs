//! How long couples are kept: then they are erased, and the case stays for the statistics. And those that were erased
//! already, in a database that was put back from a backup.

use domain::{
    actions,
    audit::{Actor, Entry, Origin},
    crises::{CaseId, Refusal},
    time::Millis,
};
use jiff::{Timestamp, ToSpan};

use super::{CaseRefused, Cases, store};
use crate::db::DbError;

const AT_ONCE: i64 = 100;
const RULE: &str = "retention";

impl Cases {
    /// Erases the couples of cases that are over and were opened longer ago than they are kept. Says of how many.
    ///
    /// # Errors
    /// When the database refuses; those that were erased are.
    pub async fn retain(&self) -> Result<usize, DbError> {
        let before = self.kept_since();
        let mut erased = 0;
        loop {
            let ids = store::to_erase(self.0.db.read(), before, AT_ONCE).await?;
            if ids.is_empty() {
                return Ok(erased);
            }
            let because = format!("kept for {} months", self.0.config.crises.keep_months);
            let (some, is_all) = self.erase_all(&ids, RULE, &because).await?;
            erased += some;
            if !is_all {
                return Ok(erased);
            }
        }
    }

    /// Finishes what the journal of erasures began in a database that was put back, where it destroyed data keys: the
    /// couples of those cases are found by nothing any more, and their pages are gone. Says of how many.
    ///
    /// # Errors
    /// When the database refuses; those that were erased are.
    pub async fn finish_erasures(&self) -> Result<usize, DbError> {
        let mut erased = 0;
        loop {
            let ids = store::erased_unawares(self.0.db.read(), AT_ONCE).await?;
            if ids.is_empty() {
                return Ok(erased);
            }
            let because = "the journal of erasures names it";
            let (some, is_all) = self.erase_all(&ids, "the journal of erasures", because).await?;
            erased += some;
            if !is_all {
                return Ok(erased);
            }
        }
    }

    /// How many were erased, and whether those are all: where somebody else was faster, or changes one now, the next look
    /// sees to it.
    async fn erase_all(
        &self,
        ids: &[CaseId],
        rule: &'static str,
        because: &str,
    ) -> Result<(usize, bool), DbError> {
        let mut erased = 0;
        for id in ids {
            let entry = Entry::new("crisis.erased_the_couple_of", Actor::console(rule), Origin::default())
                .because(because);
            let by = actions::Actor::Console { rule: rule.to_owned() };
            match self.erase_by(id, by, entry, because.to_owned()).await {
                Ok(_) => erased += 1,
                Err(CaseRefused::Refusal(Refusal::IsSoAlready) | CaseRefused::Changed) => {
                    return Ok((erased, false));
                }
                Err(CaseRefused::Db(error)) => return Err(error),
                Err(other) => return Err(DbError::Stored(other.to_string())),
            }
        }
        Ok((erased, true))
    }

    /// The same time of day so many months ago, in the console's zone.
    fn kept_since(&self) -> Millis {
        let now = self.now();
        let months = i64::from(self.0.config.crises.keep_months);
        let at = Timestamp::from_millisecond(now.0).unwrap_or_default();
        let since = at.to_zoned(self.0.config.server.zone.clone()).checked_sub(months.months());
        since.map_or(Millis(i64::MIN), |since| Millis(since.timestamp().as_millisecond()))
    }
}
