//! The stored past once more, poll by poll, for trying on it what would have happened.

use std::collections::BTreeMap;

use domain::{
    monitoring::{
        EngineState, Outcome, PlatformStatus, Sample, SeriesKey, Width,
        rollup::{NORMAL_OVER, Normals},
    },
    time::{DAY, HOUR, Millis},
};

use super::{replay_store, store};
use crate::db::{Db, DbError};

/// Polls that are read at once: some hundred kilobytes.
const AT_ONCE: i64 = 2_000;

/// Some polls, in order of time, not yet taken apart: that is work for another thread.
#[derive(Clone, Debug)]
pub struct Page {
    last: Millis,
    text: String,
}

/// The first polls from `from` on, before `to`; `None` when there are none.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(db: &Db, platform: &str, from: Millis, to: Millis) -> Result<Option<Page>, DbError> {
    let read = replay_store::polls(db, platform, from, to, AT_ONCE).await?;
    Ok(read.map(|(last, text)| Page { last: Millis(last), text }))
}

impl Page {
    /// The time of its last poll.
    pub fn last(&self) -> Millis {
        self.last
    }

    /// The polls without reasons and faults, which judge nothing.
    pub fn samples(&self) -> impl Iterator<Item = Result<Sample, DbError>> + '_ {
        // Twenty-thousand polls have the same few answers of what the services are.
        let mut services_before: (&str, BTreeMap<String, EngineState>) = ("{}", BTreeMap::new());
        self.text.lines().map(move |line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().ok_or_else(|| unreadable(line));
            let at = field()?.parse().map_err(|_| unreadable(line))?;
            let outcome = match field()? {
                "answered" => Outcome::Answered,
                "missed" => Outcome::Missed { reason: String::new() },
                _ => Outcome::Bad { reason: String::new() },
            };
            let mut sample = Sample::empty(Millis(at), outcome);
            sample.status = match field()? {
                "healthy" => Some(PlatformStatus::Healthy),
                "degraded" => Some(PlatformStatus::Degraded),
                "down" => Some(PlatformStatus::Down),
                _ => None,
            };
            sample.weddings_today = field()?.parse().ok();
            let services = field()?;
            if services_before.0 != services {
                services_before = (services, store::read_json(services)?);
            }
            sample.services.clone_from(&services_before.1);
            sample.readings = store::read_json(field()?)?;
            Ok(sample)
        })
    }
}

fn unreadable(line: &str) -> DbError {
    let at: String = line.chars().take_while(char::is_ascii_digit).collect();
    DbError::Stored(format!("the poll at {at}"))
}

/// What was normal in each hour of `[from, to)`: by the hour's start, the medians of the hourly roll-ups of the seven
/// days before it.
///
/// # Errors
/// When the database cannot be read.
pub async fn normals(
    db: &Db,
    platform: &str,
    from: Millis,
    to: Millis,
) -> Result<BTreeMap<Millis, BTreeMap<SeriesKey, f64>>, DbError> {
    let mut hour = from.floor_to(HOUR);
    let mut known = Normals::default();
    let mut found = BTreeMap::new();
    // A day at a time, so that no more than a week of sketches is held.
    let mut read_to = hour.minus(NORMAL_OVER);
    while hour < to {
        while read_to < hour {
            let until = read_to.plus(DAY);
            for bucket in store::buckets(db.read(), platform, Width::Hour, read_to, until).await? {
                known.add(bucket);
            }
            read_to = until;
        }
        found.insert(hour, known.at(hour));
        hour = hour.plus(HOUR);
    }
    Ok(found)
}
