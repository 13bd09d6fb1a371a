use super::*;
use crate::actions::{ActionKey, Automation};

fn key(text: &str) -> ActionKey {
    ActionKey::parse(text).unwrap()
}

fn settings(mode: Mode) -> Settings {
    Settings {
        failover: Some(key("enable-fallback")),
        failback: Some(key("disable-fallback")),
        on_open: mode,
        on_recovery: mode,
    }
}

fn off() -> Automation {
    Automation::On.turn_off(ada(), "testing", NOW).unwrap()
}

/// Opened for the nth time at this moment.
fn opened(openings: u64, now: Millis) -> Breaker {
    let state = BreakerState::Open { since: now, until: now.plus(MINUTE) };
    Breaker { state, openings, ..breaker() }
}

fn closed(openings: u64, since: Millis) -> Breaker {
    let state = BreakerState::Closed { since, failures: vec![], succeeded: None };
    Breaker { state, openings, ..breaker() }
}

fn looked(in_effect: InEffect) -> Looked {
    Looked { in_effect, recovery: Recovery::Complete }
}

fn words(decision: &Decision) -> String {
    let name = |action: &ActionKey| match action.as_str() {
        "enable-fallback" => "Enable fallback".to_owned(),
        _ => "Disable fallback".to_owned(),
    };
    wording::decided("the optimization engine", decision, name, clock)
}

#[test]
fn an_opening_runs_the_failover_once_where_that_is_configured() {
    let mut automatic = Automatic::default();
    let mut decide = |breaker: &Breaker, now| {
        automatic.decide(breaker, &settings(Mode::Automatic), &looked(InEffect::No), &Automation::On, now)
    };
    let decision = decide(&opened(1, at(5)), at(5)).unwrap();
    assert_eq!(
        words(&decision),
        "The breaker of the optimization engine opened. \"Enable fallback\" is run automatically."
    );
    assert_eq!(decide(&opened(1, at(5)), at(6)), None, "each opening is decided once");
    // It closed, and opens again within a quarter of an hour.
    assert_eq!(decide(&closed(1, at(70)), at(70)), None);
    let decision = decide(&opened(2, at(600)), at(600)).unwrap();
    assert_eq!(
        words(&decision),
        "The breaker of the optimization engine opened. \"Enable fallback\" is not run automatically, because the last \
         automatic failover was at T+5s: somebody has to look."
    );
    let late = at(5).plus(BETWEEN_FAILOVERS);
    let early = decide(&opened(3, late.minus(1)), late.minus(1));
    assert!(matches!(early, Some(Decision::AskAPerson { .. })), "{early:?}");
    assert_eq!(
        decide(&opened(4, late), late),
        Some(Decision::RunFailover { action: key("enable-fallback") })
    );
}

#[test]
fn it_is_only_offered_by_default_and_while_the_switch_is_off() {
    let mut automatic = Automatic::default();
    let decision = automatic.decide(
        &opened(1, NOW),
        &settings(Mode::Propose),
        &looked(InEffect::No),
        &Automation::On,
        NOW,
    );
    assert_eq!(
        words(&decision.unwrap()),
        "The breaker of the optimization engine opened. \"Enable fallback\" waits for somebody to press it."
    );
    let decision =
        automatic.decide(&opened(2, NOW), &settings(Mode::Automatic), &looked(InEffect::No), &off(), NOW);
    assert_eq!(
        words(&decision.unwrap()),
        "The breaker of the optimization engine opened. \"Enable fallback\" waits for somebody to press it. It is not \
         done by itself, because everything automatic is off."
    );
    let decision =
        automatic.decide(&opened(3, NOW), &Settings::default(), &looked(InEffect::No), &Automation::On, NOW);
    assert_eq!(
        words(&decision.unwrap()),
        "The breaker of the optimization engine opened. No failover is configured for it: somebody has to look."
    );
    assert_eq!(automatic.last_failover, None);
}

#[test]
fn two_services_that_fail_together_fail_over_once() {
    let mut automatic = Automatic::default();
    let settings = settings(Mode::Automatic);
    let mut other = opened(1, at(6));
    other.service = "recommendation".to_owned();
    let first = automatic.decide(&opened(1, at(5)), &settings, &looked(InEffect::No), &Automation::On, at(5));
    assert!(matches!(first, Some(Decision::RunFailover { .. })));
    let decision =
        automatic.decide(&other, &settings, &looked(InEffect::Yes), &Automation::On, at(6)).unwrap();
    assert!(words(&decision).ends_with("\"Enable fallback\" is in place already."), "{}", words(&decision));
    assert!(!decision.needs_a_person());
    let mut third = other.clone();
    third.service = "crisis".to_owned();
    let asked = automatic.decide(&third, &settings, &looked(InEffect::No), &Automation::On, at(7));
    assert!(matches!(asked, Some(Decision::AskAPerson { why: Asked::TooSoon { .. } })), "{asked:?}");
}

#[test]
fn ten_steady_minutes_bring_it_back_once() {
    let mut automatic = Automatic::default();
    let settings = settings(Mode::Automatic);
    automatic.decide(&opened(1, at(5)), &settings, &looked(InEffect::No), &Automation::On, at(5));
    let well = closed(1, at(70));
    let mut decide = |breaker: &Breaker, in_effect, recovery, now| {
        automatic.decide(breaker, &settings, &Looked { in_effect, recovery }, &Automation::On, now)
    };
    let late = at(70).plus(STEADY);
    assert_eq!(decide(&well, InEffect::Yes, Recovery::NotSteady, late), None);
    assert_eq!(decide(&well, InEffect::NotKnown, Recovery::Complete, late), None);
    let decision = decide(&well, InEffect::Yes, Recovery::Complete, late).unwrap();
    assert_eq!(
        words(&decision),
        "The optimization engine has been well for 10 minutes. \"Disable fallback\" is run automatically."
    );
    let decided_again = decide(&well, InEffect::Yes, Recovery::Complete, late.plus(1));
    assert_eq!(decided_again, None, "once for each recovery");
    assert_eq!(decide(&well, InEffect::No, Recovery::Complete, late.plus(2)), None);
    assert_eq!(
        automatic.services["optimization"],
        Course { decided_for: 1, ..Course::default() },
        "it is back"
    );
}

#[test]
fn what_a_person_failed_over_comes_back_by_a_person() {
    let mut automatic = Automatic::default();
    automatic.failed_over("optimization", at(10), false);
    let settings = settings(Mode::Automatic);
    let well = closed(1, at(70));
    let late = at(70).plus(STEADY);
    let decision = automatic.decide(&well, &settings, &looked(InEffect::Yes), &Automation::On, late).unwrap();
    let by_a_person = Proposed::ByAPerson;
    assert_eq!(decision, Decision::ProposeFailback { action: key("disable-fallback"), why: by_a_person });
    // Somebody failed over while all was well: that is theirs, and nothing is offered.
    let mut automatic = Automatic::default();
    automatic.failed_over("optimization", at(100), false);
    assert_eq!(automatic.decide(&well, &settings, &looked(InEffect::Yes), &Automation::On, late), None);
    // Somebody took it back by other means.
    assert_eq!(automatic.decide(&well, &settings, &looked(InEffect::No), &Automation::On, late), None);
    assert_eq!(automatic.services["optimization"].failed_over, None);
}

#[test]
fn a_breaker_that_a_person_holds_is_left_to_that_person() {
    let mut automatic = Automatic::default();
    let mut held = open();
    held.hold(Position::Open, ada(), "known", at(600), at(6)).unwrap();
    let settings = settings(Mode::Automatic);
    assert_eq!(automatic.decide(&held, &settings, &looked(InEffect::No), &Automation::On, at(6)), None);
    assert_eq!(automatic.last_failover, None);
}

/// The breaker closed because the fallback answers; the engine behind it has been down all along.
#[test]
fn a_closed_breaker_alone_brings_nothing_back() {
    for (mode, brought_back) in [
        (
            Mode::Propose,
            Decision::ProposeFailback { action: key("disable-fallback"), why: Proposed::Configured },
        ),
        (Mode::Automatic, Decision::RunFailback { action: key("disable-fallback") }),
    ] {
        let (mut automatic, settings) = (Automatic::default(), settings(mode));
        automatic.failed_over("optimization", at(10), true);
        let well = closed(1, at(70));
        let mut decide = |recovery, seconds| {
            let looked = Looked { in_effect: InEffect::Yes, recovery };
            automatic.decide(&well, &settings, &looked, &Automation::On, at(seconds))
        };
        assert_eq!(decide(Recovery::Unwell, 3_600), None);
        assert_eq!(decide(Recovery::Complete, 4_200).as_ref(), Some(&brought_back));
        // Down again before anybody pressed it: that is another recovery.
        assert_eq!(decide(Recovery::Complete, 4_230), None);
        assert_eq!(decide(Recovery::Unwell, 4_260), None);
        assert_eq!(decide(Recovery::Complete, 5_000), Some(brought_back));
    }
}

#[test]
fn there_is_something_to_decide_only_for_an_opening_or_a_way_back() {
    let mut automatic = Automatic::default();
    assert_eq!(automatic.matter(&closed(0, NOW)), None);
    assert_eq!(automatic.matter(&opened(1, at(5))), Some(Matter::Opening));
    automatic.decide(
        &opened(1, at(5)),
        &settings(Mode::Automatic),
        &looked(InEffect::No),
        &Automation::On,
        at(5),
    );
    assert_eq!(automatic.matter(&opened(1, at(5))), None);
    let failed_over = FailedOver { at: at(5), automatic: true };
    let way_back = Some(Matter::WayBack { failed_over, since: at(70) });
    assert_eq!(automatic.matter(&closed(1, at(70))), way_back);
    let mut held = closed(1, at(70));
    held.hold(Position::Closed, ada(), "mine", at(700), at(80)).unwrap();
    assert_eq!(automatic.matter(&held), None);
}

#[test]
fn what_was_offered_is_over_when_it_was_done_or_things_have_turned() {
    let failover = Decision::ProposeFailover { action: key("enable-fallback"), why: Proposed::Configured };
    let failback = Decision::ProposeFailback { action: key("disable-fallback"), why: Proposed::Configured };
    let nobody = Decision::AskAPerson { why: Asked::NoFailover };
    let (open, closed) = (opened(1, at(5)).state, closed(1, at(70)).state);
    for (decision, state, in_effect, over) in [
        (&failover, &open, InEffect::No, false),
        (&failover, &open, InEffect::NotKnown, false),
        (&failover, &open, InEffect::Yes, true),
        (&failover, &closed, InEffect::No, true),
        (&failback, &closed, InEffect::Yes, false),
        (&failback, &closed, InEffect::NotKnown, false),
        (&failback, &closed, InEffect::No, true),
        (&failback, &open, InEffect::Yes, true),
        (&nobody, &open, InEffect::NotKnown, false),
        (&nobody, &closed, InEffect::NotKnown, true),
    ] {
        assert_eq!(
            decision.is_over(state, &looked(in_effect)),
            over,
            "{decision:?}, {state:?}, {in_effect:?}"
        );
    }
    let unwell = Looked { in_effect: InEffect::Yes, recovery: Recovery::Unwell };
    assert!(failback.is_over(&closed, &unwell), "the engine is down again");
    assert!(!failover.is_over(&open, &Looked { in_effect: InEffect::No, ..unwell }));
}
