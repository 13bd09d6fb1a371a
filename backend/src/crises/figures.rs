//! The cases of each month in numbers.

use domain::{
    crises::{Month, by_month},
    time::Millis,
};
use jiff::{Span, Timestamp, tz::TimeZone};

use super::{Cases, figures_store};
use crate::{
    access::{Permit, SeeStatus},
    db::DbError,
};

/// So many months before this one.
const MONTHS: i64 = 12;

impl Cases {
    /// This month and the twelve before it, as months are in the zone; the newest first, and those without a case left out.
    /// Nothing of it is personal, so that it outlives the erasure of couples.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn figures(&self, _: &Permit<SeeStatus>, zone: &TimeZone) -> Result<Vec<Month>, DbError> {
        let now = self.now();
        let figures = figures_store::since(self.0.db.read(), first(now, zone), now).await?;
        Ok(by_month(&figures, zone))
    }
}

/// When the first of these months begins.
fn first(now: Millis, zone: &TimeZone) -> Millis {
    let first = Timestamp::from_millisecond(now.0).ok().and_then(|now| {
        let month = now.to_zoned(zone.clone()).date().first_of_month();
        month.checked_sub(Span::new().months(MONTHS)).ok()?.to_zoned(zone.clone()).ok()
    });
    first.map_or(Millis(0), |first| Millis(first.timestamp().as_millisecond()))
}
