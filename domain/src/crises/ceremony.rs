//! When the ceremony is, in the couple's own zone, and how urgent that makes a case.

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::PlatformId;
use crate::time::{DAY, HOUR, Millis};

/// A celebration goes on for so long after its ceremony has begun.
const GOES_ON: i64 = 12 * HOUR;

/// What is known of the wedding. Nothing of it is personal: where it is and who marries stands with the couple.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Wedding {
    /// What the platform calls it.
    pub id: Option<PlatformId>,
    pub date: Option<Date>,
    pub time: Option<Time>,
    /// The name of its zone: `Europe/Stockholm`.
    pub zone: Option<String>,
}

/// What is taken for what nobody said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assumptions {
    /// When ceremonies begin.
    pub time: Time,
    pub zone: TimeZone,
}

impl Default for Assumptions {
    /// Early rather than late: who believes to have more time than there is comes too late.
    fn default() -> Assumptions {
        Assumptions { time: Time::constant(12, 0, 0, 0), zone: TimeZone::UTC }
    }
}

/// The moment of a ceremony, and what of it was assumed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ceremony {
    pub at: Millis,
    pub zone: TimeZone,
    pub time_assumed: bool,
    pub zone_assumed: bool,
}

/// How urgent a case is by the time that is left. The first is the most urgent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// The ceremony is within three hours, or the celebration is going on.
    Now,
    /// Within a day, or nobody knows when.
    Day,
    Week,
    Later,
    /// It is over.
    Past,
}

impl Priority {
    pub const ALL: [Priority; 5] =
        [Priority::Now, Priority::Day, Priority::Week, Priority::Later, Priority::Past];

    /// So much time left; `None` where nobody knows.
    pub fn of(left: Option<i64>) -> Priority {
        const NOW: i64 = 3 * HOUR;
        const WEEK: i64 = 7 * DAY;
        match left {
            None => Priority::Day,
            Some(left) if left < -GOES_ON => Priority::Past,
            Some(..=NOW) => Priority::Now,
            Some(..=DAY) => Priority::Day,
            Some(..=WEEK) => Priority::Week,
            Some(_) => Priority::Later,
        }
    }

    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Priority::Now => "now",
            Priority::Day => "within a day",
            Priority::Week => "within a week",
            Priority::Later => "later",
            Priority::Past => "past",
        }
    }
}

impl Wedding {
    /// `None` where nobody knows the day.
    pub fn ceremony(&self, assumed: &Assumptions) -> Option<Ceremony> {
        let known = self.zone.as_deref().and_then(zone);
        let zone = known.clone().unwrap_or_else(|| assumed.zone.clone());
        let time = self.time.unwrap_or(assumed.time);
        // An hour that the clocks leave out or have twice is the one that comes first of what it may be.
        let at = zone.to_ambiguous_zoned(self.date?.to_datetime(time)).earlier().ok()?;
        Some(Ceremony {
            at: Millis(at.timestamp().as_millisecond()),
            zone,
            time_assumed: self.time.is_none(),
            zone_assumed: known.is_none(),
        })
    }
}

impl Ceremony {
    /// Milliseconds until it begins; negative when it has begun.
    pub fn left(&self, now: Millis) -> i64 {
        self.at.since(now)
    }
}

/// The zone with this name. What is no name of the time zone database (`UTC+2`, `CEST`) is none.
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some())
}
