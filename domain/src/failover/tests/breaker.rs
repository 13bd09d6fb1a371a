use super::*;
use crate::monitoring::EngineState;

#[test]
fn the_fifth_failure_running_opens_it() {
    let mut breaker = breaker();
    for second in 1..=4 {
        let turned = breaker.take_in(&RULE, &[failed(&format!("f{second}"), second)], at(second));
        assert_eq!((turned, breaker.position()), (vec![], Position::Closed));
    }
    assert_eq!(wording::standing(&breaker, clock), "Closed: calls go through; 4 failures running.");
    let last = outcome("f5", 5, Came::of_status(503));
    let turned = breaker.take_in(&RULE, &[last], at(5));
    assert_eq!(
        wording::told("the optimization engine", &turned[0], clock),
        "The breaker of the optimization engine opened: 5 failures running; the last one was a status of 503."
    );
    assert_eq!(
        wording::standing(&breaker, clock),
        "Open since T+5s: calls are kept away; the next probe is at T+65s."
    );
    assert_eq!((breaker.view().next_probe, breaker.openings), (Some(at(65)), 1));
}

#[test]
fn a_success_begins_the_count_anew_and_a_4xx_does_nothing() {
    let mut breaker = breaker();
    let four: Vec<Outcome> = (1..=4).map(|second| failed(&format!("f{second}"), second)).collect();
    breaker.take_in(&RULE, &four, at(4));
    breaker.take_in(&RULE, &[outcome("c", 5, Came::of_status(404))], at(5));
    assert_eq!(breaker.view().failures, 4);
    breaker.take_in(&RULE, &[well("s", 6)], at(6));
    assert_eq!(breaker.view().failures, 0);
    breaker.take_in(&RULE, &[failed("f6", 7)], at(7));
    assert_eq!(breaker.view().failures, 1);
    let counts = Counts { successes: 1, failures: 5, neither: 1, set_aside: 0 };
    assert_eq!(breaker.view().counts, counts);
}

#[test]
fn polls_and_statuses_are_failures_where_the_policy_says_so() {
    let unanswered = Came::Failure { how: Fault::Unanswered };
    let down = Came::Failure { how: Fault::EngineDown };
    for (poll, came) in [
        (Poll::Unanswered, unanswered),
        (Poll::Answered(Some(EngineState::Down)), down),
        (Poll::Answered(Some(EngineState::Degraded)), Came::Success),
        (Poll::Answered(Some(EngineState::Operational)), Came::Success),
        (Poll::Answered(None), Came::Neither),
    ] {
        assert_eq!(Came::of_poll(poll), came, "{poll:?}");
    }
    for (status, failure) in
        [(200, false), (302, false), (400, false), (404, false), (429, false), (500, true)]
    {
        assert_eq!(matches!(Came::of_status(status), Came::Failure { .. }), failure, "{status}");
    }
    assert_eq!(Came::of_status(499), Came::Neither);
    assert_eq!(Came::of_status(0), Came::Neither);
}

#[test]
fn what_is_told_late_twice_or_out_of_order_counts_by_its_time_and_once() {
    // Four failures, told in the wrong order and twice.
    let mut breaker = breaker();
    let told = [failed("c", 3), failed("a", 1), failed("d", 4), failed("a", 1), failed("b", 2)];
    breaker.take_in(&RULE, &told, at(5));
    breaker.take_in(&RULE, &told, at(6));
    assert_eq!(breaker.view().failures, 4);
    // A success from between them comes late: it leaves those after it.
    breaker.take_in(&RULE, &[well("s", 2)], at(7));
    assert_eq!(breaker.view().failures, 2);
    // A failure from before it comes later still.
    breaker.take_in(&RULE, &[failed("z", 1)], at(8));
    assert_eq!(breaker.view().failures, 2);
    // What is older than five minutes, or than this breaker, is no news.
    breaker.take_in(&RULE, &[failed("old", 10), failed("older", -10)], at(400));
    assert_eq!(breaker.view().failures, 2);
    // A clock that goes before ours makes nothing newer than now.
    breaker.take_in(&RULE, &[failed("future", 9_000)], at(400));
    breaker.take_in(&RULE, &[well("now", 401)], at(401));
    assert_eq!(breaker.view().failures, 0);
}

#[test]
fn after_a_minute_one_probe_decides() {
    let mut breaker = open();
    assert_eq!(breaker.take_probe(at(60)), None);
    assert_eq!(breaker.advance(&RULE, at(64)), []);
    let turned = breaker.advance(&RULE, at(65));
    assert_eq!(
        wording::told("it", &turned[0], clock),
        "The breaker of it is half-open: one call may probe it."
    );
    assert!(breaker.view().probe_free);
    let probe = breaker.take_probe(at(66)).unwrap();
    assert_eq!(breaker.take_probe(at(66)), None, "there is one probe");
    assert!(!breaker.view().probe_free);
    // Others do not decide.
    breaker.take_in(&RULE, &[well("x", 67), failed("y", 67)], at(67));
    assert_eq!(breaker.position(), Position::HalfOpen);
    let mut lost = breaker.clone();
    let mut bad = breaker.clone();

    let turned = breaker.take_in(&RULE, &[well(&probe, 68)], at(68));
    assert_eq!(
        (wording::told("it", &turned[0], clock).as_str(), breaker.position()),
        ("The breaker of it closed: the probe succeeded.", Position::Closed)
    );
    // A failure from before it closed comes late.
    breaker.take_in(&RULE, &[failed("late", 67)], at(69));
    assert_eq!(breaker.view().failures, 0);

    let turned = bad.take_in(&RULE, &[failed(&probe, 68)], at(68));
    assert_eq!(
        wording::told("it", &turned[0], clock),
        "The breaker of it is open again: the probe failed with a time-out."
    );
    assert_eq!((bad.view().next_probe, bad.openings), (Some(at(128)), 1), "one outage, another minute");

    assert_eq!(lost.advance(&RULE, at(95)), []);
    let turned = lost.advance(&RULE, at(96));
    assert_eq!(
        wording::told("it", &turned[0], clock),
        "The breaker of it is open again: nothing was heard of the probe."
    );
    lost.take_in(&RULE, &[well(&probe, 97)], at(97));
    assert_eq!(lost.position(), Position::Open, "its time was over");
}

#[test]
fn a_probe_that_tells_nothing_is_made_again() {
    let mut breaker = open();
    breaker.advance(&RULE, at(65));
    let probe = breaker.take_probe(at(65)).unwrap();
    breaker.take_in(&RULE, &[outcome(&probe, 66, Came::Neither)], at(66));
    let again = breaker.take_probe(at(67)).unwrap();
    assert_ne!(again, probe);
}

#[test]
fn a_restart_changes_nothing() {
    let mut half_open = open();
    half_open.advance(&RULE, at(65));
    let mut held = open();
    held.hold(Position::Closed, ada(), "the probe is wrong", at(3_600), at(6)).unwrap();
    for breaker in [breaker(), open(), half_open, held] {
        let stored = serde_json::to_string(&breaker).unwrap();
        assert_eq!(serde_json::from_str::<Breaker>(&stored).unwrap(), breaker, "{stored}");
        let view = serde_json::to_string(&breaker.view()).unwrap();
        assert_eq!(serde_json::from_str::<BreakerView>(&view).unwrap(), breaker.view());
    }
}

#[test]
fn a_person_holds_it_with_a_reason_and_an_end() {
    let mut breaker = open();
    let mut hold = |reason: &str, position, until| breaker.hold(position, ada(), reason, until, at(10));
    assert_eq!(hold(" ", Position::Closed, at(600)), Err(HoldRefused::NeedsReason));
    assert_eq!(hold(&"x".repeat(501), Position::Closed, at(600)), Err(HoldRefused::LongReason));
    assert_eq!(hold("x", Position::HalfOpen, at(600)), Err(HoldRefused::NotAPosition));
    assert_eq!(hold("x", Position::Closed, at(10)), Err(HoldRefused::Span));
    let refused = hold("x", Position::Closed, at(10).plus(LONGEST_HOLD + 1)).unwrap_err();
    assert_eq!(refused.to_string(), "It can be held for 1 min to 1 d.");
    let turned = hold("the probe is wrong", Position::Closed, at(600)).unwrap();
    assert_eq!((turned.from, turned.to), (Position::Open, Position::Closed));
    assert_eq!(
        wording::told("it", &turned, clock),
        "Ada holds the breaker of it closed until T+600s, because: the probe is wrong"
    );
    assert_eq!(hold("x", Position::Open, at(600)), Err(HoldRefused::IsHeld { by: "Ada".to_owned() }));

    let failures: Vec<Outcome> = (0..20).map(|n| failed(&format!("h{n}"), 20 + n)).collect();
    assert_eq!(breaker.take_in(&RULE, &failures, at(60)), []);
    assert_eq!(breaker.view().held.unwrap().reason, "the probe is wrong");
    let turned = breaker.advance(&RULE, at(600));
    assert_eq!(
        wording::told("it", &turned[0], clock),
        "The breaker of it is held no longer: its time is over. It is closed now."
    );
    assert_eq!(breaker.view().failures, 0);
}

#[test]
fn what_was_held_open_is_probed_before_it_is_trusted() {
    let mut breaker = breaker();
    assert_eq!(breaker.release(ada(), NOW), Err(HoldRefused::NotHeld));
    breaker.hold(Position::Open, ada(), "maintenance", at(600), NOW).unwrap();
    assert_eq!((breaker.position(), breaker.openings), (Position::Open, 0));
    assert_eq!(breaker.take_probe(at(100)), None);
    let turned = breaker.release(ada(), at(100)).unwrap();
    assert_eq!(wording::told("it", &turned, clock), "Ada let the breaker of it go. It is half-open now.");
    assert!(breaker.take_probe(at(100)).is_some());
}

#[test]
fn a_clock_that_was_set_back_leaves_nothing_open_for_ever() {
    let mut breaker = open();
    let turned = breaker.advance(&RULE, NOW.minus(HOUR));
    assert_eq!(turned[0].to, Position::HalfOpen);
    breaker.take_probe(NOW.minus(HOUR)).unwrap();
    let turned = breaker.advance(&RULE, NOW.minus(2 * HOUR));
    assert_eq!(turned[0].why, Why::ProbeLost);
}

#[test]
fn only_what_a_restart_must_not_forget_is_stored_at_once() {
    let stored = breaker();
    let after = |outcomes: &[Outcome]| {
        let mut breaker = stored.clone();
        breaker.take_in(&RULE, outcomes, at(60));
        breaker
    };
    assert!(!after(&[well("a", 1), well("b", 2)]).must_be_stored(&stored), "that calls go well");
    assert!(!after(&[outcome("a", 1, Came::Neither)]).must_be_stored(&stored));
    let failing = after(&[failed("a", 1)]);
    assert!(failing.must_be_stored(&stored), "a failure counts");
    let mut again = failing.clone();
    again.take_in(&RULE, &[failed("a", 1)], at(61));
    assert!(!again.must_be_stored(&failing), "told twice");
    again.take_in(&RULE, &[well("b", 2)], at(62));
    assert!(again.must_be_stored(&failing), "the count begins anew");
    assert!(open().must_be_stored(&stored));
    let mut tried = open();
    tried.take_in(&RULE, &[failed("late", 6)], at(7));
    assert!(!tried.must_be_stored(&open()), "while it is open things are only counted");
    // What a success did is done again by its moment alone.
    let mut recalled = failing.clone();
    recalled.succeeded(at(2));
    assert!(!recalled.must_be_stored(&again));
    recalled.take_in(&RULE, &[failed("late", 1)], at(63));
    assert_eq!(recalled.view().failures, 0, "from before the success");
}
