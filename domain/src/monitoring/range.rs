//! The stretch of time that a page or chart shows, and the roll-up it is read from.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::time::{DAY, HOUR, MINUTE, Millis};

/// How wide one stored point is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Width {
    /// A single poll.
    Raw,
    FiveMinutes,
    Hour,
    Day,
}

impl Width {
    pub const ROLLED_UP: [Width; 3] = [Width::FiveMinutes, Width::Hour, Width::Day];

    /// Milliseconds; a poll counts as 30 s, its default interval.
    pub fn milliseconds(self) -> i64 {
        match self {
            Width::Raw => 30_000,
            Width::FiveMinutes => 5 * MINUTE,
            Width::Hour => HOUR,
            Width::Day => DAY,
        }
    }

    /// How it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Width::Raw => "raw",
            Width::FiveMinutes => "5m",
            Width::Hour => "1h",
            Width::Day => "1d",
        }
    }

    /// How it is said: "each point is 5 minutes".
    pub fn words(self) -> &'static str {
        match self {
            Width::Raw => "one poll",
            Width::FiveMinutes => "5 minutes",
            Width::Hour => "1 hour",
            Width::Day => "1 day",
        }
    }

    /// The coarsest width that still has a point for each of `columns` pixel columns.
    pub fn for_span(span: i64, columns: i64) -> Width {
        Width::ROLLED_UP
            .into_iter()
            .rev()
            .find(|width| span / width.milliseconds() >= columns)
            .unwrap_or(Width::Raw)
    }
}

/// The ranges with a button of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Preset {
    Hour,
    SixHours,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Preset {
    pub const ALL: [Preset; 7] = [
        Preset::Hour,
        Preset::SixHours,
        Preset::Day,
        Preset::Week,
        Preset::Month,
        Preset::Quarter,
        Preset::Year,
    ];

    /// As in `?range=6h`.
    pub fn code(self) -> &'static str {
        match self {
            Preset::Hour => "1h",
            Preset::SixHours => "6h",
            Preset::Day => "24h",
            Preset::Week => "7d",
            Preset::Month => "30d",
            Preset::Quarter => "90d",
            Preset::Year => "1y",
        }
    }

    /// As on its button: "6 h".
    pub fn label(self) -> &'static str {
        match self {
            Preset::Hour => "1 h",
            Preset::SixHours => "6 h",
            Preset::Day => "24 h",
            Preset::Week => "7 d",
            Preset::Month => "30 d",
            Preset::Quarter => "90 d",
            Preset::Year => "1 y",
        }
    }

    /// In full words, for sentences: "6 hours".
    pub fn words(self) -> &'static str {
        match self {
            Preset::Hour => "hour",
            Preset::SixHours => "6 hours",
            Preset::Day => "24 hours",
            Preset::Week => "7 days",
            Preset::Month => "30 days",
            Preset::Quarter => "90 days",
            Preset::Year => "year",
        }
    }

    pub fn milliseconds(self) -> i64 {
        match self {
            Preset::Hour => HOUR,
            Preset::SixHours => 6 * HOUR,
            Preset::Day => DAY,
            Preset::Week => 7 * DAY,
            Preset::Month => 30 * DAY,
            Preset::Quarter => 90 * DAY,
            Preset::Year => 365 * DAY,
        }
    }

    fn from_code(code: &str) -> Option<Preset> {
        Preset::ALL.into_iter().find(|preset| preset.code() == code)
    }
}

/// `[from, to)`. At least a minute, at most five years; it may not begin in the future.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Range {
    pub from: Millis,
    pub to: Millis,
    pub preset: Option<Preset>,
}

/// Why a range in an address cannot be shown. The text is for the person who typed it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RangeError {
    #[error("\u{201c}{0}\u{201d} is not a range. Use one of 1h, 6h, 24h, 7d, 30d, 90d, 1y.")]
    Unknown(String),
    #[error(
        "\u{201c}{0}\u{201d} is not a time. Write it like 2026-11-24T03:00, or with a zone: 2026-11-24T03:00:00Z."
    )]
    NotATime(String),
    #[error("A range needs both from and to.")]
    Half,
    #[error("Use either range, or from and to, not both.")]
    Both,
    #[error("The range ends before it begins.")]
    Backwards,
    #[error("The range is shorter than a minute.")]
    TooShort,
    #[error("The range is longer than five years.")]
    TooLong,
    #[error("The range begins in the future.")]
    Future,
}

impl Range {
    pub fn last(preset: Preset, now: Millis) -> Range {
        Range { from: now.minus(preset.milliseconds()), to: now, preset: Some(preset) }
    }

    /// Reads `?range=` or `?from=&to=`; nothing given means the last six hours. Times without a zone
    /// are in `zone`.
    ///
    /// # Errors
    /// In words for the person, see `RangeError`.
    pub fn parse(
        range: Option<&str>,
        from: Option<&str>,
        to: Option<&str>,
        zone: &TimeZone,
        now: Millis,
    ) -> Result<Range, RangeError> {
        // An empty field of a form is a field left out.
        let given =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        match (given(range), given(from), given(to)) {
            (None, None, None) => Ok(Range::last(Preset::SixHours, now)),
            (Some(code), None, None) => match Preset::from_code(&code) {
                Some(preset) => Ok(Range::last(preset, now)),
                None => Err(RangeError::Unknown(code.chars().take(40).collect())),
            },
            (Some(_), _, _) => Err(RangeError::Both),
            (None, Some(from), Some(to)) => {
                Range { from: read_time(&from, zone)?, to: read_time(&to, zone)?, preset: None }.checked(now)
            }
            (None, _, _) => Err(RangeError::Half),
        }
    }

    fn checked(self, now: Millis) -> Result<Range, RangeError> {
        match self.span() {
            span if span < 0 => Err(RangeError::Backwards),
            span if span < MINUTE => Err(RangeError::TooShort),
            span if span > 5 * 366 * DAY => Err(RangeError::TooLong),
            _ if self.from > now => Err(RangeError::Future),
            _ => Ok(self),
        }
    }

    /// Milliseconds.
    pub fn span(&self) -> i64 {
        self.to.since(self.from)
    }

    /// The stretch of the same length just before this one.
    pub fn before(&self) -> Range {
        Range { from: self.from.minus(self.span()), to: self.from, preset: None }
    }

    pub fn contains(&self, at: Millis) -> bool {
        self.from <= at && at < self.to
    }

    /// The query that shows exactly this again: `range=6h`, or absolute times.
    pub fn query(&self) -> String {
        match self.preset {
            Some(preset) => format!("range={}", preset.code()),
            None => format!("from={}&to={}", rfc3339(self.from), rfc3339(self.to)),
        }
    }
}

/// `2026-11-24T03:00:00Z`; the number itself when it is beyond the calendar.
pub fn rfc3339(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |timestamp| timestamp.to_string())
}

fn read_time(text: &str, zone: &TimeZone) -> Result<Millis, RangeError> {
    let refuse = || RangeError::NotATime(text.chars().take(40).collect());
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(Millis(timestamp.as_millisecond()));
    }
    let local = text
        .parse::<civil::DateTime>()
        .or_else(|_| text.parse::<civil::Date>().map(|date| date.at(0, 0, 0, 0)))
        .map_err(|_| refuse())?;
    let timestamp = zone.to_ambiguous_timestamp(local).compatible().map_err(|_| refuse())?;
    Ok(Millis(timestamp.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Millis = Millis(1_795_478_400_000);

    #[track_caller]
    fn check(range: &str, from: &str, to: &str, expected: Result<i64, RangeError>) {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let leak = |text: &str| -> &'static str { text.to_owned().leak() };
        let read = Range::parse(some(leak(range)), some(leak(from)), some(leak(to)), &TimeZone::UTC, NOW);
        assert_eq!(read.map(|range| range.span()), expected);
    }

    #[test]
    fn ranges_are_read_or_refused_in_words() {
        check("", "", "", Ok(6 * HOUR));
        check("90d", "", "", Ok(90 * DAY));
        check("", "2026-11-01", "2026-11-02", Ok(DAY));
        check("", "2026-11-01T00:00:00Z", "2026-11-01T01:30", Ok(90 * MINUTE));
        check("2h", "", "", Err(RangeError::Unknown("2h".into())));
        check("", "2026-11-02", "2026-11-01", Err(RangeError::Backwards));
        check("", "2026-11-01", "", Err(RangeError::Half));
        check("6h", "2026-11-01", "2026-11-02", Err(RangeError::Both));
        check("", "soon", "2026-11-01", Err(RangeError::NotATime("soon".into())));
        check("", "2000-01-01", "2026-11-01", Err(RangeError::TooLong));
        check("", "2027-06-01", "2027-06-02", Err(RangeError::Future));
    }

    #[test]
    fn a_chart_reads_the_coarsest_roll_up_with_a_point_for_each_column() {
        for (preset, width) in [
            (Preset::Hour, Width::Raw),
            (Preset::SixHours, Width::Raw),
            (Preset::Day, Width::Raw),
            (Preset::Week, Width::FiveMinutes),
            (Preset::Month, Width::Hour),
            (Preset::Quarter, Width::Hour),
            (Preset::Year, Width::Hour),
        ] {
            assert_eq!(Width::for_span(preset.milliseconds(), 720), width, "{preset:?}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(range in "\\PC{0,12}", from in "[0-9TZ:+-]{0,24}", to in "\\PC{0,24}") {
            if let Ok(range) = Range::parse(Some(&range), Some(&from), Some(&to), &TimeZone::UTC, NOW) {
                prop_assert!(range.span() >= MINUTE);
            }
        }
    }
}
