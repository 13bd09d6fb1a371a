//! The level axis: times to label, round in the reader's zone.

use domain::{
    monitoring::Range,
    time::{DAY, Millis},
};
use jiff::{
    Timestamp, ToSpan, Zoned,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

/// No axis has more; the loops below end by it whatever the calendar says.
const MOST_STEPS: i32 = 2_000;

#[derive(Clone, Copy)]
enum Step {
    Minutes(i32),
    Days(i32),
    Weeks(i32),
    Months(i32),
}

const STEPS: [(Step, i64); 22] = [
    (Step::Minutes(1), 60_000),
    (Step::Minutes(2), 2 * 60_000),
    (Step::Minutes(5), 5 * 60_000),
    (Step::Minutes(10), 10 * 60_000),
    (Step::Minutes(15), 15 * 60_000),
    (Step::Minutes(30), 30 * 60_000),
    (Step::Minutes(60), 3_600_000),
    (Step::Minutes(120), 2 * 3_600_000),
    (Step::Minutes(180), 3 * 3_600_000),
    (Step::Minutes(240), 4 * 3_600_000),
    (Step::Minutes(360), 6 * 3_600_000),
    (Step::Minutes(720), 12 * 3_600_000),
    (Step::Days(1), DAY),
    (Step::Days(2), 2 * DAY),
    (Step::Weeks(1), 7 * DAY),
    (Step::Weeks(2), 14 * DAY),
    (Step::Months(1), 30 * DAY),
    (Step::Months(2), 61 * DAY),
    (Step::Months(3), 91 * DAY),
    (Step::Months(6), 182 * DAY),
    (Step::Months(12), 365 * DAY),
    (Step::Months(24), 730 * DAY),
];

/// One time under the chart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tick {
    pub at: Millis,
    pub label: String,
}

/// At most `most` labelled times in the range, in order. Empty when the range is beyond the calendar.
pub(super) fn ticks(range: &Range, zone: &TimeZone, most: i64) -> Vec<Tick> {
    let span = range.span().max(1);
    let step = STEPS.into_iter().find(|(_, length)| span / length < most);
    let (Some((step, _)), Some(from)) = (step, local(range.from, zone)) else { return Vec::new() };
    let mut ticks: Vec<Tick> = Vec::new();
    for index in 0..MOST_STEPS {
        let Some(moment) = nth(step, &from, index) else { break };
        // A time that the clocks skip is read as the one just after; a repeated one counts once.
        let Ok(zoned) = zone.to_ambiguous_zoned(moment).compatible() else { break };
        let at = Millis(zoned.timestamp().as_millisecond());
        if at > range.to {
            break;
        }
        if at >= range.from && ticks.last().is_none_or(|last| last.at < at) {
            ticks.push(Tick { at, label: label(&zoned, span, step) });
        }
    }
    ticks
}

/// The time in the zone; `None` beyond the calendar.
pub(super) fn local(at: Millis, zone: &TimeZone) -> Option<Zoned> {
    Timestamp::from_millisecond(at.0).ok().map(|timestamp| timestamp.to_zoned(zone.clone()))
}

/// The moment `index` steps after the round one at or before `from`.
fn nth(step: Step, from: &Zoned, index: i32) -> Option<DateTime> {
    let day: Date = from.date();
    let midnight = |date: Date| date.at(0, 0, 0, 0);
    match step {
        Step::Minutes(minutes) => {
            midnight(day).checked_add(i64::from(minutes).checked_mul(i64::from(index))?.minutes()).ok()
        }
        Step::Days(days) => day.checked_add(days.checked_mul(index)?.days()).ok().map(midnight),
        Step::Weeks(weeks) => {
            let monday = day.checked_sub(i32::from(day.weekday().since(Weekday::Monday)).days()).ok()?;
            monday.checked_add(weeks.checked_mul(index)?.weeks()).ok().map(midnight)
        }
        Step::Months(months) => {
            let january = Date::new(day.year(), 1, 1).ok()?;
            january.checked_add(months.checked_mul(index)?.months()).ok().map(midnight)
        }
    }
}

fn label(at: &Zoned, span: i64, step: Step) -> String {
    let first_of_year = at.month() == 1;
    let form = match step {
        Step::Months(12 | 24) => "%Y",
        Step::Months(_) if first_of_year => "%b %Y",
        Step::Months(_) => "%b",
        Step::Minutes(_) if span <= DAY || at.hour() != 0 => "%H:%M",
        _ if span <= 7 * DAY => "%a %-d",
        _ => "%-d %b",
    };
    at.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use domain::{
        monitoring::Preset,
        time::{HOUR, MINUTE},
    };

    use super::*;

    /// 2026-11-24T03:12:40Z.
    const NOW: Millis = Millis(1_795_489_960_000);

    #[track_caller]
    fn check(range: Range, zone: &str, expected: &str) {
        let zone = TimeZone::get(zone).unwrap();
        let labels: Vec<String> = ticks(&range, &zone, 8).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels.join(" | "), expected);
    }

    #[test]
    fn each_range_has_round_labels() {
        let zone = "Europe/London";
        check(Range::last(Preset::Hour, NOW), zone, "02:20 | 02:30 | 02:40 | 02:50 | 03:00 | 03:10");
        check(Range::last(Preset::SixHours, NOW), zone, "22:00 | 23:00 | 00:00 | 01:00 | 02:00 | 03:00");
        check(Range::last(Preset::Day, NOW), zone, "04:00 | 08:00 | 12:00 | 16:00 | 20:00 | 00:00");
        check(
            Range::last(Preset::Week, NOW),
            zone,
            "Wed 18 | Thu 19 | Fri 20 | Sat 21 | Sun 22 | Mon 23 | Tue 24",
        );
        check(Range::last(Preset::Month, NOW), zone, "26 Oct | 2 Nov | 9 Nov | 16 Nov | 23 Nov");
        check(
            Range::last(Preset::Quarter, NOW),
            zone,
            "7 Sept | 21 Sept | 5 Oct | 19 Oct | 2 Nov | 16 Nov".replace("Sept", "Sep").as_str(),
        );
        check(Range::last(Preset::Year, NOW), zone, "Jan 2026 | Mar | May | Jul | Sep | Nov");
    }

    #[test]
    fn the_hour_that_comes_twice_and_the_one_that_never_comes_are_labelled_once() {
        let around = |at: i64| Range { from: Millis(at - 2 * HOUR), to: Millis(at + 2 * HOUR), preset: None };
        // Clocks in New York go back on 2026-11-01 at 06:00Z, and forward on 2026-03-08 at 07:00Z.
        check(around(1_793_512_800_000), "America/New_York", "00:00 | 01:00 | 02:00 | 03:00");
        check(around(1_772_953_200_000), "America/New_York", "00:00 | 01:00 | 03:00 | 04:00 | 05:00");
    }

    #[test]
    fn a_range_beyond_the_calendar_has_no_labels() {
        let range = Range { from: Millis(i64::MAX - MINUTE), to: Millis(i64::MAX), preset: None };
        assert_eq!(ticks(&range, &TimeZone::UTC, 8), []);
    }
}
