//! How long couples are kept: then they are erased, and the case stays for the statistics.

use domain::{
    actions,
    audit::{Actor, Entry, Origin},
    crises::Refusal,
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
            for id in ids {
                let months = self.0.config.crises.keep_months;
                let because = format!("kept for {months} months");
                let entry =
                    Entry::new("crisis.erased_the_couple_of", Actor::console(RULE), Origin::default())
                        .because(because.clone());
                let by = actions::Actor::Console { rule: RULE.to_owned() };
                match self.erase_by(&id, by, entry, because).await {
                    Ok(_) => erased += 1,
                    // Somebody else was faster, or changes it now: the next look sees to it.
                    Err(CaseRefused::Refusal(Refusal::IsSoAlready) | CaseRefused::Changed) => {
                        return Ok(erased);
                    }
                    Err(CaseRefused::Db(error)) => return Err(error),
                    Err(other) => return Err(DbError::Stored(other.to_string())),
                }
            }
        }
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
