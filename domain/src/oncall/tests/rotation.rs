use super::*;
use crate::time::DAY;

#[track_caller]
fn check(
    rotation: &Rotation,
    overrides: &[Override],
    left: &Left,
    (from, to): (&str, &str),
    expected: &[&str],
) {
    assert_eq!(told(&rotation.shifts(overrides, left, at(from), at(to))), expected);
}

#[test]
fn turns_follow_each_other_across_the_change_of_the_clocks() {
    let rotation = weekly("Europe/Stockholm", "2026-01-05", "09:00", "a b c");
    let expected = [
        "2026-03-23T00:00:00Z b",
        "2026-03-23T08:00:00Z c",
        "2026-03-30T07:00:00Z a",
        "2026-04-06T07:00:00Z b",
        "2026-04-07T00:00:00Z",
    ];
    check(&rotation, &[], &Left::new(), ("2026-03-23T00:00:00Z", "2026-04-07T00:00:00Z"), &expected);
}

#[test]
fn a_handover_in_a_skipped_hour_comes_that_much_later() {
    // In Stockholm 02:00 to 03:00 is skipped on the 29th of March: 02:30 becomes 03:30, which is 01:30 in UTC.
    let rotation = weekly("Europe/Stockholm", "2026-03-22", "02:30", "a b");
    let expected = ["2026-03-28T12:00:00Z a", "2026-03-29T01:30:00Z b", "2026-03-30T00:00:00Z"];
    check(&rotation, &[], &Left::new(), ("2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z"), &expected);
}

#[test]
fn a_handover_in_a_repeated_hour_happens_the_first_time() {
    let rotation = weekly("Europe/Stockholm", "2026-10-18", "02:30", "a b");
    let expected = ["2026-10-24T12:00:00Z a", "2026-10-25T00:30:00Z b", "2026-10-26T00:00:00Z"];
    check(&rotation, &[], &Left::new(), ("2026-10-24T12:00:00Z", "2026-10-26T00:00:00Z"), &expected);
}

#[test]
fn the_half_hour_of_lord_howe_moves_a_handover_by_half_an_hour() {
    // At 02:00 the clocks go to 02:30: 02:15 becomes 02:45, in UTC+11.
    let rotation = weekly("Australia/Lord_Howe", "2026-09-27", "02:15", "a b");
    let expected = ["2026-10-03T00:00:00Z a", "2026-10-03T15:45:00Z b", "2026-10-04T00:00:00Z"];
    check(&rotation, &[], &Left::new(), ("2026-10-03T00:00:00Z", "2026-10-04T00:00:00Z"), &expected);
}

#[test]
fn the_day_that_apia_left_out_hands_over_a_day_later() {
    // The 30th of December 2011 is not there: its 09:00 becomes that of the 31st, 19:00 UTC of the 30th.
    let rotation = weekly("Pacific/Apia", "2011-12-23", "09:00", "a b");
    let expected = ["2011-12-29T00:00:00Z a", "2011-12-30T19:00:00Z b", "2012-01-01T00:00:00Z"];
    check(&rotation, &[], &Left::new(), ("2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z"), &expected);
}

#[test]
fn of_overlapping_overrides_the_latest_made_wins_wherever_it_stands() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a b");
    let late = covering("2026-01-06T00:00:00Z", "2026-01-08T00:00:00Z", "late", "2026-01-03T00:00:00Z");
    let early = covering("2026-01-07T00:00:00Z", "2026-01-09T00:00:00Z", "early", "2026-01-02T00:00:00Z");
    let expected = [
        "2026-01-05T09:00:00Z a",
        "2026-01-06T00:00:00Z late",
        "2026-01-08T00:00:00Z early",
        "2026-01-09T00:00:00Z a",
        "2026-01-10T00:00:00Z",
    ];
    let range = ("2026-01-05T09:00:00Z", "2026-01-10T00:00:00Z");
    check(&rotation, &[late.clone(), early.clone()], &Left::new(), range, &expected);
    check(&rotation, &[early, late], &Left::new(), range, &expected);
}

#[test]
fn of_two_overrides_made_at_once_the_later_in_the_list_wins() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a");
    let made = |name| covering("2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z", name, "2026-01-01T00:00:00Z");
    assert_eq!(
        rotation.who(&[made("first"), made("second")], &Left::new(), at("2026-01-06T12:00:00Z")),
        Who::On(person("second"))
    );
}

#[test]
fn somebody_who_left_is_skipped_from_that_moment() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a b c");
    let expected = [
        "2026-01-12T09:00:00Z b",
        "2026-01-15T00:00:00Z c",
        // Their own turn comes all the same, then a, and of b's turn c has the whole.
        "2026-01-26T09:00:00Z a",
        "2026-02-02T09:00:00Z c",
        "2026-02-16T09:00:00Z",
    ];
    let range = ("2026-01-12T09:00:00Z", "2026-02-16T09:00:00Z");
    check(&rotation, &[], &left("b", "2026-01-15T00:00:00Z"), range, &expected);
}

#[test]
fn an_override_by_somebody_who_left_counts_until_they_leave() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a");
    let help = [covering("2026-01-06T00:00:00Z", "2026-01-08T00:00:00Z", "helper", "2026-01-01T00:00:00Z")];
    let expected = [
        "2026-01-05T09:00:00Z a",
        "2026-01-06T00:00:00Z helper",
        "2026-01-07T00:00:00Z a",
        "2026-01-09T00:00:00Z",
    ];
    let range = ("2026-01-05T09:00:00Z", "2026-01-09T00:00:00Z");
    check(&rotation, &help, &left("helper", "2026-01-07T00:00:00Z"), range, &expected);
}

#[test]
fn before_the_first_turn_and_after_everybody_left_there_is_a_gap() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a");
    let expected = [
        "2026-01-01T00:00:00Z nobody: the first turn has not begun",
        "2026-01-05T09:00:00Z a",
        "2026-01-20T00:00:00Z nobody: everybody in the rotation has left",
        "2026-02-01T00:00:00Z",
    ];
    let range = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    check(&rotation, &[], &left("a", "2026-01-20T00:00:00Z"), range, &expected);
}

#[test]
fn an_override_covers_a_gap() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a");
    let help = [covering("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "b", "2026-01-01T00:00:00Z")];
    assert_eq!(rotation.who(&help, &Left::new(), at("2026-01-02T12:00:00Z")), Who::On(person("b")));
}

#[test]
fn a_range_of_no_length_has_no_shifts_and_the_end_of_the_calendar_is_no_trouble() {
    let rotation = weekly("UTC", "2026-01-05", "09:00", "a b");
    let begin = at("2026-01-06T00:00:00Z");
    assert_eq!(rotation.shifts(&[], &Left::new(), begin, begin), []);
    assert_eq!(rotation.shifts(&[], &Left::new(), begin, begin.minus(1)), []);
    for far in [i64::MIN, i64::MAX] {
        rotation.who(&[], &Left::new(), Millis(far));
    }
    assert_eq!(rotation.who(&[], &Left::new(), Millis(i64::MIN)), Who::Gap(super::super::Gap::NotBegun));
}

#[test]
fn the_next_handover_is_told() {
    let rotation = weekly("Europe/Stockholm", "2026-01-05", "09:00", "a b");
    let first = at("2026-01-05T08:00:00Z");
    assert_eq!(rotation.next_handover(at("2025-01-01T00:00:00Z")), Some(first));
    assert_eq!(rotation.next_handover(first), Some(first.plus(7 * DAY)));
    assert_eq!(rotation.next_handover(first.plus(1)), Some(first.plus(7 * DAY)));
}

/// Not a bound that fails: the number is told, to be compared with the 10 ms that it may take.
#[test]
fn a_years_calendar_is_made_at_once() {
    let rotation = weekly("Europe/Stockholm", "2026-01-05", "02:30", "a b c d e f");
    let begin = at("2026-01-01T00:00:00Z");
    let overrides: Vec<_> = (0..100)
        .map(|day| Override {
            from: begin.plus(day * 3 * DAY),
            to: begin.plus(day * 3 * DAY + DAY),
            person: person("helper"),
            made_at: begin,
        })
        .collect();
    let begun = std::time::Instant::now();
    let shifts = rotation.shifts(&overrides, &Left::new(), begin, begin.plus(365 * DAY));
    println!("a year's calendar with 100 overrides: {:?}", begun.elapsed());
    assert!(shifts.len() > 200, "{}", shifts.len());
}
