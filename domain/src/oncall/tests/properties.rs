//! At each instant exactly one person, or a gap that is told: over twenty zones and everything that their clocks did.

use std::ops::RangeInclusive;

use jiff::{ToSpan, civil::DateTime, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::{
    oncall::Gap,
    time::{DAY, HOUR, MINUTE},
};

/// Half hours, quarter hours, midnight changes, a missing day, negative summer time, none at all.
const ZONES: [&str; 20] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Caracas",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Stockholm",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
];
const YEARS: RangeInclusive<i16> = 2011..=2035;

struct Change {
    at: Timestamp,
    /// Seconds that the clocks went forward by.
    forward: i64,
}

/// Every moment from 2011 to 2035 at which the clocks of a zone were or will be changed.
fn changes(zone: &TimeZone) -> Vec<Change> {
    let begin: Timestamp = "2011-01-01T00:00:00Z".parse().unwrap();
    let offset = |at: Timestamp| i64::from(zone.to_offset(at).seconds());
    zone.following(begin)
        .map(|transition| transition.timestamp())
        .take_while(|at| YEARS.contains(&at.to_zoned(TimeZone::UTC).year()))
        .map(|at| Change { at, forward: offset(at) - offset(at - 1.nanosecond()) })
        .filter(|change| change.forward != 0)
        .collect()
}

/// When the clocks of the zone first show this, found by looking at each minute; `None` when they never do.
fn first_shown(zone: &TimeZone, shown: DateTime) -> Option<Millis> {
    let about = shown.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond();
    // No zone is further away than 14 hours.
    (-15 * 60..=15 * 60)
        .map(|minutes| about + minutes * MINUTE)
        .map(Millis)
        .find(|at| Timestamp::from_millisecond(at.0).unwrap().to_zoned(zone.clone()).datetime() == shown)
}

#[test]
fn the_zones_change_their_clocks_often_enough_to_be_a_test() {
    let all: Vec<_> = ZONES.map(|name| changes(&TimeZone::get(name).unwrap()).len()).to_vec();
    assert!(all.iter().sum::<usize>() > 500, "{all:?}");
    assert_eq!(
        all.iter().filter(|number| **number == 0).count(),
        2,
        "only Kathmandu and UTC stand still: {all:?}"
    );
}

/// For every change of the clocks: a handover just before it, in the middle of what it skips or repeats, and just after
/// it begins at the minute that policy, section 4, says.
#[test]
fn every_handover_at_every_change_of_the_clocks_is_where_the_policy_says() {
    let mut looked_at = 0;
    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        for Change { at: change, forward } in changes(&zone) {
            let before = (change - 1.nanosecond()).to_zoned(zone.clone()).offset();
            // What the clocks show at the change, were they not changed.
            let edge = before.to_datetime(change);
            let middle = forward.abs() / 120;
            let first = if forward > 0 { middle } else { -middle };
            for minutes in [-forward.abs() / 60 - 1, first, 1] {
                let wanted = edge + minutes.minutes();
                let skipped = first_shown(&zone, wanted).is_none();
                let expected = match skipped {
                    true => first_shown(&zone, wanted + forward.seconds()),
                    false => first_shown(&zone, wanted),
                };
                let expected = expected.unwrap_or_else(|| panic!("{name} {wanted} is nowhere"));
                let first_day = (wanted.date() - 14.days()).to_string();
                let time = wanted.time().strftime("%H:%M").to_string();
                let rotation = weekly(name, &first_day, &time, "a b c");
                let story = format!("{name}: handover at {wanted}, expected {expected:?}");
                let who = |at| rotation.who(&[], &Left::new(), at);
                assert_eq!(who(expected.minus(1)), Who::On(person("b")), "{story}");
                assert_eq!(who(expected), Who::On(person("c")), "{story}");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 1_500, "{looked_at}");
}

/// Around every change of the clocks, whenever the handover is: the range is covered once, and the shifts tell what is asked
/// for one moment.
#[test]
fn around_every_change_of_the_clocks_there_is_exactly_one() {
    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        let rotation = weekly(name, "2010-12-20", "02:30", "a b c");
        for Change { at: change, .. } in changes(&zone) {
            let change = Millis(change.as_millisecond());
            let (from, to) = (change.minus(8 * DAY), change.plus(8 * DAY));
            let shifts = rotation.shifts(&[], &Left::new(), from, to);
            covers(&shifts, from, to);
            assert!((3..=4).contains(&shifts.len()), "{name} {change:?}: {shifts:?}");
            let mut moment = from;
            while moment < to {
                let there: Vec<_> =
                    shifts.iter().filter(|one| one.from <= moment && moment < one.to).collect();
                assert_eq!(there.len(), 1);
                assert_eq!(there[0].on, rotation.who(&[], &Left::new(), moment));
                assert!(matches!(there[0].on, Who::On(_)));
                moment = moment.plus(6 * HOUR + MINUTE);
            }
        }
    }
}

#[track_caller]
fn covers(shifts: &[Shift<Who>], from: Millis, to: Millis) {
    assert_eq!(shifts.first().map(|shift| shift.from), Some(from));
    assert_eq!(shifts.last().map(|shift| shift.to), Some(to));
    for shift in shifts {
        assert!(shift.from < shift.to, "{shift:?}");
    }
    for pair in shifts.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "one follows the other");
        assert_ne!(pair[0].on, pair[1].on, "neighbours of one person are one shift");
    }
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

fn begin() -> Millis {
    at("2011-01-01T00:00:00Z")
}

/// A moment from 2011 to 2035.
fn moments() -> impl Strategy<Value = Millis> {
    (0..25 * 365 * DAY / MINUTE).prop_map(|minutes| begin().plus(minutes * MINUTE))
}

fn rotations() -> impl Strategy<Value = Rotation> {
    let day = 0..20 * 365_i64;
    (0..ZONES.len(), day, 0..24_u8, 0..60_u8, 1..=5_i64, 1..=NAMES.len()).prop_map(
        |(zone, day, hour, minute, length_weeks, number)| {
            let first = Timestamp::from_millisecond(begin().plus(day * DAY).0).unwrap();
            let written = Written {
                zone: ZONES[zone].to_owned(),
                first_day: first.to_zoned(TimeZone::UTC).date().to_string(),
                handover_time: format!("{hour:02}:{minute:02}"),
                length_weeks,
                people: people(&NAMES[..number].join(" ")),
            };
            written.check().unwrap()
        },
    )
}

fn overrides(around: Millis) -> impl Strategy<Value = Vec<Override>> {
    // Some by people of the rotation, some by others; many overlap, some were made at the same time.
    let one = (-40 * 24..40 * 24_i64, 1..200_i64, 0..7_usize, 0..4_i64).prop_map(
        move |(hours, length, name, made)| Override {
            from: around.plus(hours * HOUR),
            to: around.plus((hours + length) * HOUR),
            person: person(["a", "b", "c", "d", "e", "x", "y"][name]),
            made_at: Millis(made),
        },
    );
    prop::collection::vec(one, 0..12)
}

fn leavers(around: Millis) -> impl Strategy<Value = Left> {
    let since = -60 * 24..60 * 24_i64;
    prop::collection::btree_map(0..6_usize, since, 0..5).prop_map(move |left| {
        let name = |index: usize| person(["a", "b", "c", "d", "e", "x"][index]);
        left.into_iter().map(|(index, hours)| (name(index), around.plus(hours * HOUR))).collect()
    })
}

fn worlds() -> impl Strategy<Value = (Rotation, Millis, Vec<Override>, Left)> {
    (rotations(), moments()).prop_flat_map(|(rotation, around)| {
        (Just(rotation), Just(around), overrides(around), leavers(around))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn at_each_instant_exactly_one_person_or_a_gap_that_is_told(
        (rotation, around, overrides, left) in worlds(),
        steps in prop::collection::vec(0..100 * DAY, 20),
    ) {
        let (from, to) = (around.minus(50 * DAY), around.plus(50 * DAY));
        let shifts = rotation.shifts(&overrides, &left, from, to);
        covers(&shifts, from, to);
        // Anywhere, and at every edge and just before it.
        let edges = shifts.iter().flat_map(|shift| [shift.from, shift.to.minus(1)]);
        for moment in steps.into_iter().map(|step| from.plus(step)).chain(edges) {
            let there: Vec<_> = shifts.iter().filter(|one| one.from <= moment && moment < one.to).collect();
            prop_assert_eq!(there.len(), 1);
            prop_assert_eq!(&there[0].on, &rotation.who(&overrides, &left, moment));
        }
    }

    #[test]
    fn nobody_who_left_is_ever_on_call_and_a_gap_has_its_reason(
        (rotation, around, overrides, left) in worlds(),
        step in -50 * DAY..50 * DAY,
    ) {
        let moment = around.plus(step);
        let gone = |person: &PersonId| left.get(person).is_some_and(|since| *since <= moment);
        let covered = overrides.iter().any(|one| one.from <= moment && moment < one.to && !gone(&one.person));
        match rotation.who(&overrides, &left, moment) {
            Who::On(person) => prop_assert!(!gone(&person)),
            Who::Gap(gap) => {
                prop_assert!(!covered);
                match gap {
                    Gap::AllLeft => prop_assert!(rotation.people().iter().all(gone)),
                    Gap::NotBegun => prop_assert!(rotation.next_handover(moment).is_some_and(|first| first > moment)),
                }
            }
        }
    }

    #[test]
    fn a_part_of_a_range_tells_the_same_as_the_whole(
        (rotation, around, overrides, left) in worlds(),
        (first, second) in (0..100 * DAY, 0..100 * DAY),
    ) {
        let whole = rotation.shifts(&overrides, &left, around.minus(50 * DAY), around.plus(50 * DAY));
        let (from, to) = (first.min(second), first.max(second) + 1);
        let (from, to) = (around.minus(50 * DAY).plus(from), around.minus(50 * DAY).plus(to));
        let part = rotation.shifts(&overrides, &left, from, to);
        let cut: Vec<_> = whole
            .into_iter()
            .filter(|shift| shift.from < to && shift.to > from)
            .map(|shift| Shift { from: shift.from.max(from), to: shift.to.min(to), on: shift.on })
            .filter(|shift| shift.from < shift.to)
            .collect();
        prop_assert_eq!(part, cut);
    }

    #[test]
    fn without_overrides_and_leavers_a_turn_lasts_from_handover_to_handover(
        rotation in rotations(),
        moment in moments(),
    ) {
        let none = Left::new();
        let Who::On(now) = rotation.who(&[], &none, moment) else { return Ok(()) };
        let handover = rotation.next_handover(moment).unwrap();
        prop_assert!(handover > moment);
        prop_assert_eq!(rotation.who(&[], &none, handover.minus(1)), Who::On(now.clone()));
        let Who::On(next) = rotation.who(&[], &none, handover) else { panic!("a gap after the first turn") };
        let place = |wanted: &PersonId| rotation.people().iter().position(|one| one == wanted).unwrap();
        prop_assert_eq!(place(&next), (place(&now) + 1) % rotation.people().len());
    }
}
