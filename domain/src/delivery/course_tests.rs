//! The course of a delivery under every kind of luck.

use proptest::prelude::*;

use super::{Again, Course, DeliveryState, Occasion, Outcome, Strategy as Order, WayState};
use crate::time::{HOUR, Millis, SECOND};

const START: Millis = Millis(1_000_000);
const LATER: Outcome = Outcome::Failed(Again::Later { not_before: None });
const NEVER: Outcome = Outcome::Failed(Again::Never);

/// Each step: the way that is tried, and what came of it.
#[track_caller]
fn check(order: Order, ways: usize, steps: &[(usize, Outcome)], expected: &str) {
    let mut course = Course::begin(Occasion::Page, order, &vec![true; ways], START);
    let mut now = START;
    for (position, outcome) in steps {
        if let WayState::Due(at) = course.ways[*position].state {
            now = now.max(at);
        }
        assert!(course.claim(*position, now), "way {position} is not due: {course:?}");
        course.after(*position, *outcome, now, 1.0);
    }
    assert_eq!(in_words(&course, now), expected);
}

fn in_words(course: &Course, now: Millis) -> String {
    let ways = course.ways.iter().map(|way| match way.state {
        WayState::Due(at) => format!("due in {} ms", at.since(now)),
        state => format!("{state:?}").to_lowercase(),
    });
    let stuck = if course.stuck { " (stuck)" } else { "" };
    let state = format!("{:?}", course.state).to_lowercase();
    format!("{state}{stuck}: {}", ways.collect::<Vec<_>>().join(", "))
}

#[test]
fn the_next_way_goes_at_once_when_one_fails_and_the_first_that_takes_it_ends_it() {
    check(Order::InTurn, 3, &[], "open: due in 0 ms, waiting, waiting");
    check(Order::InTurn, 3, &[(0, LATER)], "open: due in 1000 ms, due in 0 ms, waiting");
    check(Order::InTurn, 3, &[(0, NEVER), (1, Outcome::Sent)], "sent: failed, sent, unneeded");
    check(Order::InTurn, 2, &[(0, LATER), (1, Outcome::Sent)], "sent: unneeded, sent");
}

#[test]
fn at_once_goes_by_every_way_whatever_comes_of_the_others() {
    check(Order::AtOnce, 2, &[(1, Outcome::Sent)], "sent: due in 0 ms, sent");
    check(Order::AtOnce, 2, &[(1, Outcome::Sent), (0, LATER)], "sent: due in 1000 ms, sent");
    check(Order::AtOnce, 2, &[(1, NEVER), (0, NEVER)], "exhausted (stuck): failed, failed");
}

#[test]
fn a_page_that_no_way_takes_is_soon_somebody_elses() {
    check(Order::InTurn, 0, &[], "exhausted (stuck): ");
    check(Order::InTurn, 1, &[(0, NEVER)], "exhausted (stuck): failed");
    check(Order::InTurn, 1, &[(0, LATER)], "open: due in 1000 ms");
    check(Order::InTurn, 1, &[(0, LATER), (0, LATER)], "open (stuck): due in 2000 ms");
    let busy = Outcome::Failed(Again::Later { not_before: Some(30 * SECOND) });
    check(Order::InTurn, 1, &[(0, busy)], "open (stuck): due in 30000 ms");
    // It is still tried, and may still arrive.
    check(Order::InTurn, 1, &[(0, busy), (0, Outcome::Sent)], "sent (stuck): sent");
    let for_hours = Outcome::Failed(Again::Later { not_before: Some(2 * HOUR) });
    check(Order::InTurn, 1, &[(0, for_hours)], "exhausted (stuck): failed");
}

#[test]
fn tries_are_bounded() {
    let seven = [(0, LATER); 7];
    check(Order::InTurn, 1, &seven, "open (stuck): due in 30000 ms");
    check(Order::InTurn, 1, &[(0, LATER); 8], "exhausted (stuck): failed");
}

#[test]
fn a_stop_holds_also_for_what_is_just_being_sent() {
    let mut course = Course::begin(Occasion::Page, Order::InTurn, &[true, true], START);
    assert!(course.claim(0, START));
    course.stop();
    assert_eq!(in_words(&course, START), "stopped: sending, stopped");
    let mut arrived = course.clone();
    course.after(0, LATER, START, 0.5);
    assert_eq!(in_words(&course, START), "stopped: stopped, stopped");
    // It could not be called back: then that is what is told.
    arrived.after(0, Outcome::Sent, START, 0.5);
    assert_eq!(in_words(&arrived, START), "sent: sent, stopped");
}

#[test]
fn after_a_crash_it_is_due_at_once() {
    let mut course = Course::begin(Occasion::Page, Order::InTurn, &[true, true], START);
    assert!(course.claim(0, START));
    course.after_crash(0, START.plus(SECOND));
    assert_eq!(in_words(&course, START.plus(SECOND)), "open: due in 0 ms, due in 0 ms");
    assert_eq!(course.ways[0].tries, 1);
}

#[test]
fn a_way_that_cannot_be_used_is_passed_over() {
    let course = |usable: &[bool]| Course::begin(Occasion::Page, Order::InTurn, usable, START);
    assert_eq!(in_words(&course(&[false, true, true]), START), "open: failed, due in 0 ms, waiting");
    assert_eq!(in_words(&course(&[false]), START), "exhausted (stuck): failed");
    let mut gone = course(&[true, true]);
    gone.without(0, START);
    assert_eq!(in_words(&gone, START), "open: failed, due in 0 ms");
}

fn outcome() -> impl proptest::strategy::Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Sent),
        Just(NEVER),
        Just(LATER),
        (0..2 * HOUR).prop_map(|ms| Outcome::Failed(Again::Later { not_before: Some(ms) })),
    ]
}

#[derive(Clone, Debug)]
enum Event {
    Try(usize, Outcome),
    Crash(usize),
    Stop,
    Gone(usize),
    Wait(i64),
}

fn event() -> impl proptest::strategy::Strategy<Value = Event> {
    prop_oneof![
        8 => (0..4usize, outcome()).prop_map(|(way, outcome)| Event::Try(way, outcome)),
        2 => (0..4usize).prop_map(Event::Crash),
        1 => Just(Event::Stop),
        1 => (0..4usize).prop_map(Event::Gone),
        4 => (0..60_000i64).prop_map(Event::Wait),
    ]
}

proptest! {
    /// Never forgotten, never for ever: whatever happens, somebody who goes on with what is due comes to an end.
    #[test]
    fn a_delivery_ends_sent_stopped_or_exhausted(
        in_turn in any::<bool>(),
        calls in any::<bool>(),
        ways in 0..4usize,
        events in prop::collection::vec(event(), 0..40),
        luck in outcome(),
        chance in 0.0..=1.0f64,
    ) {
        let order = if in_turn { Order::InTurn } else { Order::AtOnce };
        let occasion = if calls { Occasion::Page } else { Occasion::Resolved };
        let mut now = START;
        let mut course = Course::begin(occasion, order, &vec![true; ways], now);
        for event in events {
            match event {
                Event::Try(way, outcome) => {
                    let was = course.clone();
                    if course.claim(way, now) {
                        prop_assert!(!was.stopped, "sent after a stop: {was:?}");
                        course.after(way, outcome, now, chance);
                    } else {
                        prop_assert_eq!(&was, &course, "a refused claim changes nothing");
                    }
                }
                Event::Crash(way) => if course.claim(way, now) {
                    course.after_crash(way, now);
                },
                Event::Stop => course.stop(),
                Event::Gone(way) => course.without(way, now),
                Event::Wait(span) => now = now.plus(span),
            }
        }
        let mut tries = 0;
        while let Some(position) = course.ways.iter().position(|way| matches!(way.state, WayState::Due(_))) {
            let WayState::Due(at) = course.ways[position].state else { unreachable!() };
            now = now.max(at);
            prop_assert!(course.claim(position, now));
            course.after(position, luck, now, chance);
            tries += 1;
            prop_assert!(tries <= 10 * ways.max(1), "it is tried for ever: {course:?}");
        }
        prop_assert!(course.is_settled(), "forgotten: {course:?}");
        let taken = course.ways.iter().any(|way| way.state == WayState::Sent);
        prop_assert!(course.state != DeliveryState::Exhausted || !taken);
        prop_assert!(course.state != DeliveryState::Exhausted || course.stuck, "nobody would be told");
        let waits = course.ways.iter().any(|way| matches!(way.state, WayState::Waiting | WayState::Sending));
        prop_assert!(!waits, "a way is left over: {course:?}");
    }
}
