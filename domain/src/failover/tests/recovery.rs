//! What the health polls have to say before traffic comes back.

use proptest::prelude::*;

use super::*;
use crate::monitoring::EngineState;

const EVERY: i64 = 30 * SECOND;
const WELL: Poll = Poll::Answered(Some(EngineState::Operational));
const DOWN: Poll = Poll::Answered(Some(EngineState::Down));
const DEGRADED: Poll = Poll::Answered(Some(EngineState::Degraded));

/// Closed for an hour.
fn steady(now: Millis) -> Breaker {
    Breaker { state: BreakerState::closed(now.minus(60 * MINUTE)), ..breaker() }
}

/// The newest last, and made just now.
fn polls(told: impl IntoIterator<Item = Poll>, now: Millis) -> Vec<(Millis, Poll)> {
    let told: Vec<Poll> = told.into_iter().collect();
    let newest = i64::try_from(told.len()).unwrap() - 1;
    (0..).map(|number: i64| now.minus((newest - number) * EVERY)).zip(told).collect()
}

fn recovery(told: impl IntoIterator<Item = Poll>) -> Recovery {
    Recovery::of(&steady(NOW), &polls(told, NOW), EVERY, NOW)
}

fn then(first: Poll, count: usize, last: impl IntoIterator<Item = Poll>) -> Vec<Poll> {
    std::iter::repeat_n(first, count).chain(last).collect()
}

#[test]
fn its_own_engine_has_to_be_well_for_ten_minutes() {
    // From the first to the twenty-first poll ten minutes pass.
    assert_eq!(recovery(then(WELL, 21, [])), Recovery::Complete);
    assert_eq!(recovery(then(WELL, 20, [])), Recovery::Unwell);
    assert_eq!(recovery(then(DOWN, 40, then(WELL, 20, []))), Recovery::Unwell);
    assert_eq!(recovery(then(DOWN, 40, then(WELL, 21, []))), Recovery::Complete);
    assert_eq!(recovery(then(WELL, 40, [DOWN])), Recovery::Unwell);
    assert_eq!(recovery(then(DEGRADED, 40, [])), Recovery::Unwell, "the fallback answers for it");
    assert_eq!(recovery([]), Recovery::Unwell, "nothing is known");
}

#[test]
fn a_poll_that_says_nothing_is_passed_over_and_a_gap_is_not() {
    for nothing in [Poll::Unanswered, Poll::Answered(None)] {
        let with = |gap: usize| then(WELL, 20, then(nothing, gap, [WELL]));
        assert_eq!(recovery(with(2)), Recovery::Complete);
        assert_eq!(recovery(with(3)), Recovery::Unwell, "a gap of four polls");
        assert_eq!(recovery(then(WELL, 40, then(nothing, 3, []))), Recovery::Complete);
        assert_eq!(recovery(then(WELL, 40, then(nothing, 4, []))), Recovery::Unwell);
    }
}

#[test]
fn what_answers_for_several_services_comes_back_when_all_of_them_are_well() {
    let now = at(1_000);
    let of = |breaker: &Breaker| Recovery::of(breaker, &polls(then(WELL, 30, []), now), EVERY, now);
    assert_eq!(of(&steady(now)), Recovery::Complete);
    assert_eq!(of(&open()), Recovery::NotSteady);
    let mut fresh = steady(now);
    fresh.state = BreakerState::closed(now.minus(STEADY - 1));
    assert_eq!(of(&fresh), Recovery::NotSteady);
    let mut shaky = steady(now);
    shaky.take_in(&RULE, &[failed("f", 990)], now);
    assert_eq!(of(&shaky), Recovery::NotSteady);
    let mut held = breaker();
    held.hold(Position::Open, ada(), "it moves", now.plus(MINUTE), now).unwrap();
    assert_eq!(of(&held), Recovery::NotSteady);
    let least = [Recovery::Complete, Recovery::Unwell, Recovery::NotSteady].into_iter().min();
    assert_eq!(least, Some(Recovery::Unwell));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Polls are known from so far back that more of them change nothing; and what is well was said to be well.
    #[test]
    fn nothing_comes_back_while_an_engine_is_not_well(
        gaps in prop::collection::vec((0..4 * EVERY, 0..8_u8), 0..80),
        before in prop::collection::vec((0..EVERY, 0..3_u8), 0..20),
    ) {
        let poll = |number: u8| match number {
            0 => DOWN,
            1 => DEGRADED,
            2 => Poll::Unanswered,
            3 => Poll::Answered(None),
            _ => WELL,
        };
        let mut known = Vec::new();
        let mut moment = NOW;
        for (gap, number) in &gaps {
            moment = moment.minus(*gap);
            known.push((moment, poll(*number)));
        }
        known.reverse();
        let from = Recovery::known_from(EVERY, NOW);
        known.retain(|(at, _)| *at >= from);
        let told = Recovery::of(&steady(NOW), &known, EVERY, NOW);
        let mut more: Vec<_> = before.iter().map(|(gap, number)| (from.minus(gap + 1), poll(*number))).collect();
        more.sort_by_key(|(at, _)| *at);
        more.extend(known.clone());
        prop_assert_eq!(Recovery::of(&steady(NOW), &more, EVERY, NOW), told);
        let lately = |(at, _): &&(Millis, Poll)| NOW.since(*at) < STEADY;
        if told == Recovery::Complete {
            let ill = known.iter().filter(lately).filter(|(_, poll)| matches!(*poll, DOWN | DEGRADED)).count();
            prop_assert_eq!(ill, 0);
            prop_assert!(known.iter().filter(|(_, poll)| *poll == WELL).count() >= 6, "one in 90 s at the least");
        }
    }
}
