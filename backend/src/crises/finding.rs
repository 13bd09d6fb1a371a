//! Whose wedding it is, looked for while they are on the telephone: in the platform's calendar, and among the cases.

use std::time::Duration;

use domain::{
    audit::{Facts, Object},
    crises::{Couple, Private, States, Wedding},
    time::{DAY, HOUR, Millis},
};
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

use super::{CaseRefused, Cases, Stored, board::finds, board_store, store, verbs::covers_all};
use crate::{
    access::{Permit, SeePersonalData, WorkCases},
    audit,
    connect::{ConnectError, Deadlines, PlatformClient},
    db::DbError,
    sealing::{Locked, SealingError},
};

/// More are looked for more narrowly.
const MOST: usize = 20;
/// By a name alone so many days are looked through, from yesterday on.
const AHEAD: i64 = 365;
/// Nobody waits on the telephone for a platform that is in trouble itself.
const DEADLINES: Deadlines = Deadlines {
    connect: Duration::from_secs(2),
    request: Duration::from_secs(3),
    health: Duration::from_secs(3),
};
/// Somewhere on earth a day begins so long before it does in UTC, and ends so long after it.
const FIRST_PLACE: i64 = 14 * HOUR;
const LAST_PLACE: i64 = 12 * HOUR;

/// What was found; the longer it is, the less is left out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Found {
    /// In the platform's calendar, by day; at most 20.
    pub weddings: Vec<FoundWedding>,
    pub more: bool,
    /// Cases of any state, at most 20, the most urgent first.
    pub cases: Vec<Stored>,
    /// What could not be looked through, and why.
    pub missing: Vec<String>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct FoundWedding {
    pub wedding: Wedding,
    pub names: Private,
    pub venue: Private,
}

impl Cases {
    /// Looks for a wedding by part of a name, by its day, or by both. That somebody looked is on record, without what they
    /// looked for.
    ///
    /// # Errors
    /// When nothing is given, there is no such platform, or the database refuses. A platform that does not answer is
    /// none: the cases are looked through all the same.
    pub async fn find_weddings(
        &self,
        work: &Permit<WorkCases>,
        see: &Permit<SeePersonalData>,
        platform: &str,
        (name, day): (&str, Option<Date>),
    ) -> Result<Found, CaseRefused> {
        covers_all(work)?;
        let name = name.trim();
        if name.is_empty() && day.is_none() {
            return Err(CaseRefused::NoWedding);
        }
        let mut found = Found::default();
        let (calendar, cases) = tokio::join!(self.calendar(platform, name, day), self.cases_of(name, day));
        match calendar {
            Ok((weddings, more)) => (found.weddings, found.more) = (weddings, more),
            Err(None) => return Err(CaseRefused::NoSuchPlatform),
            Err(Some(why)) => {
                found.missing.push(format!("The platform\u{2019}s calendar cannot be read: {why}."))
            }
        }
        let (cases, locked) = cases?;
        found.cases = cases;
        found.missing.extend(locked.map(|why| format!("Names of cases cannot be looked for: {why}")));
        let count = found.weddings.len();
        let entry = see.entry("crisis.looked_at_the_names_of");
        let facts = Facts::from([("cases".to_owned(), found.cases.len().to_string())]);
        let object = Object::new("weddings", count.to_string(), format!("{count} weddings"));
        let entry = entry.about(object).changed(Facts::new(), facts);
        let mut tx = self.0.db.begin().await?;
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(found)
    }

    /// The inner error is missing where there is no such platform.
    async fn calendar(
        &self,
        platform: &str,
        name: &str,
        day: Option<Date>,
    ) -> Result<(Vec<FoundWedding>, bool), Option<ConnectError>> {
        let platform = self.0.config.platforms.iter().find(|own| own.name == platform).ok_or(None)?;
        let client = PlatformClient::with_deadlines(platform, DEADLINES).map_err(Some)?;
        let now = self.now();
        let days = match day {
            Some(day) => (day, day),
            None => from_yesterday(now),
        };
        let (told, more) = client.calendar(days, name, now).await.map_err(Some)?;
        let mut weddings: Vec<FoundWedding> = told
            .into_iter()
            .map(|told| {
                let Couple { names, venue, .. } = told.couple;
                FoundWedding { wedding: told.wedding, names, venue }
            })
            .collect();
        weddings.sort_by_key(|found| found.wedding.date);
        let more = more || weddings.len() > MOST;
        weddings.truncate(MOST);
        Ok((weddings, more))
    }

    async fn cases_of(
        &self,
        name: &str,
        day: Option<Date>,
    ) -> Result<(Vec<Stored>, Option<Locked>), DbError> {
        let mut tx = self.0.db.snapshot().await?;
        let mut locked = None;
        let mut wanted = board_store::Wanted {
            states: States::All,
            number: (!name.is_empty()).then(|| name.to_owned()),
            ceremony: day.and_then(somewhere),
            now: self.now(),
            ..Default::default()
        };
        if !name.is_empty() {
            match self.0.sealing.index_to_search(&mut tx).await {
                Ok(index) => wanted.finds = finds(&index, name),
                Err(SealingError::Database(error)) => return Err(error),
                // Nothing is indexed before the first couple is sealed.
                Err(SealingError::Locked(Locked::NoDataKey { .. })) => {}
                Err(SealingError::Locked(why)) => locked = Some(why),
                Err(other) => return Err(DbError::Stored(other.to_string())),
            }
        }
        let (_, ids) = board_store::page(&mut tx, &wanted, 5 * MOST as i64, 0).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut cases = store::these(&mut tx, &ids).await?;
        cases.sort_by_key(|stored| ids.iter().position(|id| *id == stored.case.id.as_str()));
        // The moments of a day are other ones in each place.
        cases.retain(|stored| day.is_none() || stored.case.wedding.date == day);
        cases.truncate(MOST);
        Ok((cases, locked))
    }
}

/// Whoever calls about a wedding of yesterday may still be at it.
fn from_yesterday(now: Millis) -> (Date, Date) {
    let today = Timestamp::from_millisecond(now.0).map(|at| at.to_zoned(TimeZone::UTC).date());
    let today = today.unwrap_or(Date::MIN);
    let span = |days: i64| Span::new().days(days);
    (today.saturating_sub(span(1)), today.saturating_add(span(AHEAD)))
}

/// The moments at which it is this day anywhere on earth.
fn somewhere(day: Date) -> Option<(Millis, Millis)> {
    let begins = day.to_zoned(TimeZone::UTC).ok()?;
    let begins = Millis(begins.timestamp().as_millisecond());
    Some((begins.minus(FIRST_PLACE), begins.plus(DAY + LAST_PLACE)))
}
