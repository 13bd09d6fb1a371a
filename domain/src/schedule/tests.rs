use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::time::{DAY, HOUR, MINUTE, Millis};

fn at(text: &str) -> Millis {
    Millis(text.parse::<Timestamp>().unwrap().as_millisecond())
}

fn rule(written: &str, zone: &str) -> Rule {
    Rule::parse(written, &TimeZone::get(zone).unwrap()).unwrap()
}

#[track_caller]
fn check(written: &str, zone: &str, after: &str, expected: &[&str]) {
    let rule = rule(written, zone);
    let mut moment = at(after);
    let mut found = Vec::new();
    for _ in expected {
        moment = rule.next(moment).unwrap();
        found.push(Timestamp::from_millisecond(moment.0).unwrap().to_string());
    }
    assert_eq!(found, expected);
}

#[test]
fn rules_in_words_are_due_when_they_say() {
    let start = "2026-11-24T12:00:00Z";
    check("every Monday at 09:00", "UTC", start, &["2026-11-30T09:00:00Z", "2026-12-07T09:00:00Z"]);
    check(
        "first Saturday of the month at 02:00",
        "UTC",
        start,
        &["2026-12-05T02:00:00Z", "2027-01-02T02:00:00Z"],
    );
    check(
        "last Friday of the month at 16:30",
        "UTC",
        start,
        &["2026-11-27T16:30:00Z", "2026-12-25T16:30:00Z"],
    );
    check("day 1 of the month at 09:00", "UTC", start, &["2026-12-01T09:00:00Z", "2027-01-01T09:00:00Z"]);
    check("every day at 18:00", "UTC", start, &["2026-11-24T18:00:00Z", "2026-11-25T18:00:00Z"]);
    check("every hour", "UTC", start, &["2026-11-24T13:00:00Z", "2026-11-24T14:00:00Z"]);
    check("0 9 * * MON", "Europe/Stockholm", start, &["2026-11-30T08:00:00Z"]);
    check("day 29 of the month at 00:00", "UTC", "2027-01-30T00:00:00Z", &["2027-03-29T00:00:00Z"]);
}

#[test]
fn a_rule_that_is_none_is_refused_with_what_to_write() {
    for wrong in [
        "",
        "every",
        "every Moonday at 09:00",
        "every Monday at 9:00",
        "every Monday at 25:00",
        "sixth Monday of the month at 09:00",
        "day x of the month at 09:00",
        "day 40 of the month at 09:00",
        "0 9 * *",
        "0 9 * * * *",
        "99 * * * *",
        "@daily",
    ] {
        let error = Rule::parse(wrong, &TimeZone::UTC).unwrap_err();
        assert!(error.to_string().contains("every Monday at 09:00"), "{wrong}: {error}");
    }
    let never = Rule::parse("0 0 30 2 *", &TimeZone::UTC).unwrap_err();
    assert_eq!(never, NotARule::Never { written: "0 0 30 2 *".to_owned() });
}

#[test]
fn a_daily_time_that_the_clocks_skip_comes_once_and_one_that_they_repeat_comes_once() {
    check(
        "every day at 02:30",
        "Europe/Stockholm",
        "2026-03-28T12:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    );
    check(
        "every day at 02:30",
        "Europe/Stockholm",
        "2026-10-24T12:00:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    );
    // Each hour that there is: 02:00 comes twice.
    check(
        "every hour",
        "Europe/Stockholm",
        "2026-10-24T23:30:00Z",
        &["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"],
    );
    // Half an hour is skipped.
    check(
        "every day at 02:15",
        "Australia/Lord_Howe",
        "2026-10-03T00:00:00Z",
        &["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
    );
}

#[test]
fn the_day_that_apia_left_out_does_not_end_a_rule() {
    let rule = rule("every day at 09:00", "Pacific/Apia");
    let mut moment = at("2011-12-28T00:00:00Z");
    let mut found = Vec::new();
    while moment < at("2012-01-03T00:00:00Z") {
        moment = rule.next(moment).unwrap();
        found.push(moment);
    }
    // At 19:00 UTC of each day, whichever day it is in Apia.
    for day in ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"] {
        assert!(found.contains(&at(&format!("{day}T19:00:00Z"))), "{day}: {found:?}");
    }
}

#[test]
fn nothing_is_due_before_its_time() {
    let rule = rule("every day at 09:00", "UTC");
    let considered = at("2026-11-24T09:00:00Z");
    assert_eq!(catch_up(&rule, considered, at("2026-11-25T08:59:59Z"), HOUR), CatchUp::default());
    let due = at("2026-11-25T09:00:00Z");
    assert_eq!(catch_up(&rule, considered, due, HOUR), CatchUp { missed: vec![], now: Some(due) });
    assert_eq!(catch_up(&rule, due, due, HOUR), CatchUp::default(), "once");
}

#[test]
fn after_a_standstill_the_newest_is_done_and_what_came_before_it_is_missed() {
    let rule = rule("every day at 09:00", "UTC");
    let considered = at("2026-11-21T09:00:00Z");
    let days = ["2026-11-22", "2026-11-23", "2026-11-24"].map(|day| at(&format!("{day}T09:00:00Z")));
    let now = at("2026-11-24T11:00:00Z");
    assert_eq!(
        catch_up(&rule, considered, now, 2 * HOUR),
        CatchUp { missed: days[..2].to_vec(), now: Some(days[2]) }
    );
    assert_eq!(catch_up(&rule, considered, now, 2 * HOUR - 1), CatchUp { missed: days.to_vec(), now: None });
}

#[test]
fn a_standstill_of_years_keeps_the_newest_missed_ones() {
    let rule = rule("every hour", "UTC");
    let begin = at("2020-01-01T00:00:00Z");
    let found = catch_up(&rule, begin, begin.plus(1_000 * DAY), MINUTE);
    assert_eq!(found.now, Some(begin.plus(1_000 * DAY)));
    assert_eq!(found.missed.len(), MOST_MISSED);
    assert_eq!(found.missed.last(), Some(&begin.plus(1_000 * DAY - HOUR)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However it is looked at, each due time is done or missed once, in order.
    #[test]
    fn every_due_time_is_done_or_missed_exactly_once(
        looks in prop::collection::vec(MINUTE..3 * DAY, 1..30),
        grace in 0..DAY,
        pattern in prop::sample::select(vec!["0 * * * *", "30 2 * * *", "0 9 * * MON", "15 */6 * * *"]),
        zone in prop::sample::select(vec!["UTC", "Europe/Stockholm", "Australia/Lord_Howe", "America/St_Johns"]),
        begin in 0..400 * DAY,
    ) {
        let rule = rule(pattern, zone);
        let begin = at("2026-01-01T00:00:00Z").plus(begin);
        let (mut considered, mut seen) = (begin, Vec::new());
        for look in looks {
            let now = considered.plus(look);
            let found = catch_up(&rule, considered, now, grace);
            seen.extend(found.missed.iter().copied());
            if let Some(due) = found.now {
                prop_assert!(due <= now && now.since(due) <= grace);
                seen.push(due);
            }
            considered = now;
        }
        let mut expected = Vec::new();
        let mut moment = begin;
        while let Some(due) = rule.next(moment).filter(|due| *due <= considered) {
            expected.push(due);
            moment = due;
        }
        prop_assert_eq!(seen, expected);
    }
}
