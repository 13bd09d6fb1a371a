//! The parts of each year in which a tier is staffed.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::time::Millis;

/// The same days of every year, both of them in it; it may go over the turn of the year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Season {
    /// Month and day.
    from: (i8, i8),
    to: (i8, i8),
}

/// When a tier is staffed, and which one answers for it at other times.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seasons {
    /// At least one.
    pub seasons: Vec<Season>,
    /// Whose midnights count.
    pub zone: TimeZone,
    pub stand_in: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("write a season as two days of the year, as in \"05-01 to 09-30\"")]
pub struct NotASeason;

impl FromStr for Season {
    type Err = NotASeason;

    fn from_str(text: &str) -> Result<Season, NotASeason> {
        let (from, to) = text.split_once(" to ").ok_or(NotASeason)?;
        Ok(Season { from: day_of_year(from)?, to: day_of_year(to)? })
    }
}

/// `05-01`. In a leap year, so that the 29th of February is a day.
fn day_of_year(text: &str) -> Result<(i8, i8), NotASeason> {
    let text = text.trim();
    let day: Date = format!("2000-{text}").parse().map_err(|_| NotASeason)?;
    if text.len() == 5 { Ok((day.month(), day.day())) } else { Err(NotASeason) }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02} to {:02}-{:02}", self.from.0, self.from.1, self.to.0, self.to.1)
    }
}

impl Season {
    /// "1 May to 30 September"
    pub fn words(self) -> String {
        let day = |(month, day): (i8, i8)| {
            Date::new(2000, month, day).map(|date| date.strftime("%-d %B").to_string()).unwrap_or_default()
        };
        format!("{} to {}", day(self.from), day(self.to))
    }

    fn holds(self, day: Date) -> bool {
        let day = (day.month(), day.day());
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }
}

impl Seasons {
    pub fn holds(&self, at: Millis) -> bool {
        let Ok(at) = Timestamp::from_millisecond(at.0) else { return false };
        let day = at.to_zoned(self.zone.clone()).date();
        self.seasons.iter().any(|season| season.holds(day))
    }

    /// "1 May to 30 September, 15 December to 5 January"
    pub fn words(&self) -> String {
        self.seasons.iter().map(|season| season.words()).collect::<Vec<_>>().join(", ")
    }

    /// Every midnight of the range at which a season begins or ends.
    pub(super) fn changes(&self, from: Millis, to: Millis) -> Vec<Millis> {
        let year = |at: Millis| {
            Timestamp::from_millisecond(at.0)
                .map(|at| at.to_zoned(self.zone.clone()).year())
                .unwrap_or_default()
        };
        let mut changes = Vec::new();
        for year in year(from).saturating_sub(1)..=year(to) {
            for season in &self.seasons {
                changes.extend(self.midnight(year, season.from, 0));
                changes.extend(self.midnight(year, season.to, 1));
            }
        }
        changes
    }

    /// The beginning of a day, or of the day after it. In a year without the 29th of February it is the 1st of March.
    fn midnight(&self, year: i16, (month, day): (i8, i8), days_after: i64) -> Option<Millis> {
        let date = match Date::new(year, month, day) {
            Ok(date) => date.checked_add(days_after.days()).ok()?,
            Err(_) => Date::new(year, month + 1, 1).ok()?,
        };
        let begins = date.to_zoned(self.zone.clone()).ok()?.timestamp();
        Some(Millis(begins.as_millisecond()))
    }
}
