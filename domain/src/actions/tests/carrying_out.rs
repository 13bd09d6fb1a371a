use super::*;

const SCALE: &str = "scale-optimization";

fn not_connected() -> Answer {
    Answer::NotDone { why: NotDone::NotConnected, said: "connection refused".to_owned() }
}

/// A run whose first step was sent at `NOW`.
fn sent(action: &str) -> Run {
    let mut run = requested(action);
    let dispatch = begin(&mut run, NOW).unwrap();
    assert_eq!((dispatch.step, dispatch.attempt, dispatch.mark.as_str()), (0, 1, "r1-1"));
    assert_eq!(run.next(), Next::AwaitAnswer { step: 0, since: NOW });
    run
}

#[test]
fn a_run_succeeds_when_its_effect_is_seen() {
    let mut run = sent(SCALE);
    let at = |seconds: i64| NOW.plus(seconds * SECOND);
    let mut happened = run.answered((0, 1), done(), 0.0, at(1)).unwrap();
    assert_eq!(run.next(), Next::Observe { step: 0, at: at(1) });
    happened.extend(run.observed(not_yet(), at(1)).unwrap());
    assert_eq!(run.next(), Next::Observe { step: 0, at: at(1).plus(500) });
    assert_eq!(
        wording::known(&run, clock),
        [
            "Scale the optimization engine: sent at T+0s, taken; looking until T+600s whether every replica runs the \
             newest version and is ready."
        ]
    );
    happened.extend(run.observed(seen(), at(30)).unwrap());
    assert_eq!(run.state, State::Succeeded { at: at(30) });
    assert_eq!(
        story(&run, &happened),
        ["It was taken.", "Scale the optimization engine: In place.", "It succeeded."]
    );
    assert_eq!(run.next(), Next::Done);
    assert_eq!(wording::known(&run, clock), ["Scale the optimization engine: in place (T+30s)."]);
}

#[test]
fn each_step_is_seen_before_the_next_begins() {
    let mut run = sent("clear-stale-cache");
    run.answered((0, 1), done(), 0.0, NOW).unwrap();
    assert!(run.begin_step(&StepPreview::default(), &Board::default(), &Automation::On, NOW).is_err());
    run.observed(seen(), NOW).unwrap();
    assert_eq!(run.next(), Next::Begin { step: 1, not_before: None });
    // The number of keys may be another by now: the step before was there for that.
    let mut fresh = run.preview.steps[1].clone();
    fresh.rests_on[0].value = "emptier".to_owned();
    let begun = run.begin_step(&fresh, &Board::default(), &Automation::On, NOW).unwrap();
    assert_eq!(begun.send.unwrap().mark.as_str(), "r1-2");
    run.answered((1, 1), done(), 0.0, NOW).unwrap();
    run.observed(seen(), NOW).unwrap();
    // Of the last step only the answer tells.
    begin(&mut run, NOW).unwrap();
    run.answered((2, 1), done(), 0.0, NOW).unwrap();
    assert_eq!(run.state_word(), "succeeded");
}

#[test]
fn what_is_no_longer_true_is_not_sent() {
    let mut run = requested(SCALE);
    let mut fresh = run.preview.steps[0].clone();
    fresh.rests_on[0].value = "restarting".to_owned();
    let begun = run.begin_step(&fresh, &Board::default(), &Automation::On, NOW).unwrap();
    assert_eq!(begun.send, None);
    assert_eq!(
        story(&run, &begun.happened),
        [
            "It failed: Nothing was sent, because the preview was no longer true: The state was calm and is restarting \
             now."
        ]
    );
    assert_eq!(run.next(), Next::Done);
    assert_eq!(
        wording::known(&run, clock),
        ["Scale the optimization engine: never begun; nothing was sent."]
    );

    let mut run = requested(SCALE);
    let mut fresh = run.preview.steps[0].clone();
    fresh.checks[0].found = Found::Fails("The autoscaler is at its maximum.".to_owned());
    let begun = run.begin_step(&fresh, &Board::default(), &Automation::On, NOW).unwrap();
    assert_eq!((begun.send, run.changed_something()), (None, false));
}

#[test]
fn where_nothing_can_have_happened_it_is_tried_again_and_not_for_ever() {
    let mut run = sent(SCALE);
    let mut now = NOW;
    for attempt in 1..MOST_ATTEMPTS {
        run.answered((0, attempt), not_connected(), 1.0, now).unwrap();
        let Next::Begin { step: 0, not_before: Some(again) } = run.next() else { panic!("{:?}", run.next()) };
        let fresh = run.preview.steps[0].clone();
        let early = run.begin_step(&fresh, &Board::default(), &Automation::On, again.minus(1));
        assert_eq!(early, Err(Refusal::TooEarly { at: again }));
        now = again;
        let dispatch = begin(&mut run, now).unwrap();
        assert_eq!((dispatch.attempt, dispatch.mark.as_str()), (attempt + 1, "r1-1"));
    }
    let happened = run.answered((0, MOST_ATTEMPTS), not_connected(), 1.0, now).unwrap();
    assert_eq!(
        story(&run, &happened),
        [
            "No connection could be made, so nothing was sent: Connection refused.",
            "Scale the optimization engine: Nothing has happened: connection refused.",
            "It failed: Nothing has happened in the last step, tried 4 times: connection refused."
        ]
    );
    assert!(!run.changed_something());
}

#[test]
fn a_refusal_that_would_come_again_ends_it_at_once() {
    for why in [NotDone::Conflict, NotDone::Forbidden, NotDone::NotFound, NotDone::Invalid] {
        let mut run = sent(SCALE);
        run.answered((0, 1), Answer::NotDone { why, said: String::new() }, 0.0, NOW).unwrap();
        assert_eq!((run.state_word(), run.changed_something()), ("failed", false), "{why:?}");
    }
}

#[test]
fn a_cut_connection_is_looked_after_and_never_sent_again() {
    let mut run = sent(SCALE);
    let happened = run.answered((0, 1), in_doubt(), 0.0, NOW).unwrap();
    assert_eq!(
        story(&run, &happened),
        [
            "It is not known whether it took effect (the connection was cut). It is not sent again; its effect is looked \
             for."
        ]
    );
    run.observed(seen(), NOW.plus(SECOND)).unwrap();
    assert_eq!(run.state_word(), "succeeded");

    let mut run = sent(SCALE);
    run.answered((0, 1), in_doubt(), 0.0, NOW).unwrap();
    run.observed(not_yet(), NOW.plus(SECOND)).unwrap();
    run.observed(not_yet(), NOW.plus(10 * MINUTE)).unwrap();
    assert_eq!(run.state_word(), "unknown");
    assert_eq!(run.next(), Next::AskAPerson { step: 0, why: "2 of 10 replicas are ready".to_owned() });
}

#[test]
fn after_a_crash_it_is_seen_in_place_or_a_person_decides() {
    let mut run = sent(SCALE);
    let stored = serde_json::to_string(&run).unwrap();
    run = serde_json::from_str(&stored).unwrap();
    let happened = run.resume(NOW.plus(MINUTE));
    assert_eq!(
        story(&run, &happened),
        [
            "Scale the optimization engine: the console was stopped while its request may have been on its way. It is not \
             sent again; its effect is looked for."
        ]
    );
    assert_eq!(run.resume(NOW.plus(MINUTE)), []);
    let again = run.begin_step(&StepPreview::default(), &Board::default(), &Automation::On, NOW);
    assert_eq!(again, Err(Refusal::CannotBegin { state: "running" }));
    let mut other = run.clone();
    run.observed(seen(), NOW.plus(2 * MINUTE)).unwrap();
    assert_eq!(run.state_word(), "succeeded");

    other.observed(not_yet(), NOW.plus(10 * MINUTE)).unwrap();
    assert_eq!(other.state_word(), "unknown");
    assert_eq!(other.decide(person("ben"), true, " ", NOW), Err(Refusal::NeedsReason));
    let happened = other.decide(person("ben"), true, "ten pods are there", NOW.plus(20 * MINUTE)).unwrap();
    assert_eq!(
        story(&other, &happened),
        ["ben looked, and says that it took effect: Ten pods are there.", "It succeeded."]
    );
    assert_eq!(other.decide(person("ben"), false, "x", NOW), Err(Refusal::NothingToDecide));
}

#[test]
fn where_there_is_nothing_to_look_at_doubt_is_told_at_once() {
    let mut run = sent("send-emergency-alert");
    run.answered((0, 1), in_doubt(), 0.0, NOW).unwrap();
    assert_eq!(run.state_word(), "unknown");
    let mut run = sent("send-emergency-alert");
    run.resume(NOW);
    assert_eq!(run.state_word(), "unknown");
    run.decide(person("ben"), false, "nobody there had it", NOW).unwrap();
    assert_eq!((run.state_word(), run.changed_something()), ("failed", false));
    let mut run = sent("send-emergency-alert");
    run.answered((0, 1), done(), 0.0, NOW).unwrap();
    assert_eq!(run.state_word(), "succeeded");
}

#[test]
fn a_late_answer_that_tells_is_taken_and_one_that_comes_twice_is_not() {
    let mut run = sent(SCALE);
    run.resume(NOW);
    run.answered((0, 1), done(), 0.0, NOW.plus(SECOND)).unwrap();
    assert_eq!(run.answered((0, 1), done(), 0.0, NOW), Err(Refusal::NotWaitedFor));
    assert_eq!(run.answered((0, 2), done(), 0.0, NOW), Err(Refusal::NotWaitedFor));
    // It is known to have been taken, so that a deadline without effect is a failure and no riddle.
    let happened = run.observed(not_yet(), NOW.plus(10 * MINUTE)).unwrap();
    assert_eq!(run.state_word(), "failed");
    assert_eq!(
        story(&run, &happened)[1],
        "It failed: The effect was not seen in time: 2 of 10 replicas are ready."
    );
    assert_eq!(run.next(), Next::OfferUndo);
    assert_eq!(run.answered((0, 1), done(), 0.0, NOW), Err(Refusal::IsOver { state: "failed" }));
    // After the deadline there is still time for one look.
    let mut run = sent(SCALE);
    run.answered((0, 1), done(), 0.0, NOW.plus(20 * MINUTE)).unwrap();
    run.observed(not_yet(), NOW.plus(20 * MINUTE)).unwrap();
    assert_eq!(run.state_word(), "running");
}

#[test]
fn what_cannot_be_looked_at_is_unknown_and_what_went_wrong_is_known() {
    let blind = Sighting::CannotSee { why: "the cluster does not answer".to_owned() };
    let mut run = sent(SCALE);
    run.answered((0, 1), done(), 0.0, NOW).unwrap();
    run.observed(blind, NOW.plus(10 * MINUTE)).unwrap();
    assert_eq!(run.state_word(), "unknown");
    for resumed in [true, false] {
        let mut run = sent("backup-models");
        if resumed {
            run.resume(NOW);
        } else {
            run.answered((0, 1), done(), 0.0, NOW).unwrap();
        }
        run.observed(Sighting::Broke { said: "exit code 1".to_owned() }, NOW.plus(SECOND)).unwrap();
        assert_eq!(run.state_word(), "failed");
    }
    let mut run = sent("clean-old-optimizations");
    run.resume(NOW);
    let left = Sighting::Partly { said: "120 rows are left".to_owned(), left: Some(120) };
    run.observed(left, NOW.plus(2 * 60 * MINUTE)).unwrap();
    assert_eq!(
        wording::known(&run, clock),
        ["Delete old optimizations: not all of it has happened: 120 rows are left (T+7200s)."]
    );
    assert_eq!(run.state_word(), "failed");
}

/// The console was killed between two batches, or lost its connection: nobody carries them on.
#[test]
fn a_batch_that_nobody_carries_on_is_over_when_nothing_of_it_moves() {
    let left = |left: u64| Sighting::Partly { said: format!("{left} rows are left"), left: Some(left) };
    let lost = |in_doubt: bool| {
        let mut run = sent("clean-old-optimizations");
        if in_doubt {
            run.answered((0, 1), Answer::InDoubt { said: "cut off".to_owned() }, 0.0, NOW).unwrap();
        } else {
            run.resume(NOW);
        }
        run
    };
    for in_doubt in [true, false] {
        let mut run = lost(in_doubt);
        for (second, count) in [(0, 500), (2, 400), (15, 400), (20, 390), (39, 390)] {
            run.observed(left(count), NOW.plus(second * SECOND)).unwrap();
            assert_eq!(run.state_word(), "running", "at {second} s");
        }
        // It is kept over another restart, and others may add to what is left.
        let mut run: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
        run.resume(NOW.plus(39 * SECOND));
        run.observed(left(395), NOW.plus(40 * SECOND)).unwrap();
        assert_eq!(run.state_word(), "failed");
        assert_eq!(
            wording::known(&run, clock),
            ["Delete old optimizations: not all of it has happened: 395 rows are left (T+40s)."]
        );
    }
    let mut run = lost(false);
    run.observed(left(7), NOW).unwrap();
    run.observed(Sighting::InPlace { said: "no row is left".to_owned() }, NOW.plus(SECOND)).unwrap();
    assert_eq!(run.state_word(), "succeeded", "the last batch was on its way");
    // What cannot be seen stands as little still as it moves.
    let mut run = lost(false);
    run.observed(left(7), NOW).unwrap();
    run.observed(Sighting::CannotSee { why: "no connection".to_owned() }, NOW.plus(60 * SECOND)).unwrap();
    assert_eq!(run.state_word(), "running");
}

#[test]
fn somebody_who_wants_it_to_stop_stops_what_was_not_sent() {
    let mut run = sent("clear-stale-cache");
    assert!(!run.is_stopping());
    run.cancel(person("ada"), NOW).unwrap();
    assert!(run.is_stopping());
    assert_eq!(run.cancel(person("ada"), NOW), Err(Refusal::IsStopping));
    let half = Answer::Partly { said: "3000 of 9000 keys".to_owned() };
    let happened = run.answered((0, 1), half, 0.0, NOW).unwrap();
    assert_eq!(
        story(&run, &happened),
        [
            "It was stopped half-way: 3000 of 9000 keys.",
            "Step 1 of 3, Clear cached answers of the AI: Not all of it has happened: 3000 of 9000 keys.",
            "ada stopped it. 0 of 3 steps are in place."
        ]
    );
    assert_eq!(run.next(), Next::OfferUndo);

    let mut run = sent(SCALE);
    run.answered((0, 1), not_connected(), 0.0, NOW).unwrap();
    run.cancel(person("ada"), NOW).unwrap();
    assert_eq!((run.state_word(), run.changed_something()), ("cancelled", false));
}

#[test]
fn two_runs_of_one_target_are_never_both_under_way() {
    let mut first = sent(SCALE);
    let asked = |action: &str, id: &str| Asked { id: RunId(id.to_owned()), ..ask(action, person("ben")) };
    let request =
        |action: &str, board: &Board, now| Run::request(asked(action, "r2"), board, &Automation::On, now);
    let overlaps = Refusal::Overlaps { run: first.id.clone(), name: first.plan().name.clone() };
    assert_eq!(
        overlaps.to_string(),
        "Scale the optimization engine (run r1) is going on at the same target; wait until it has ended."
    );
    let board = Board::of([&first]);
    assert_eq!(request("restart-optimization", &board, NOW).unwrap_err(), overlaps);
    assert!(request("restart-recommendation", &board, NOW).is_ok());
    // Both were asked for at the same instant: only one begins.
    let (mut second, _) = request("restart-optimization", &Board::default(), NOW).unwrap();
    let fresh = second.preview.steps[0].clone();
    assert_eq!(second.begin_step(&fresh, &board, &Automation::On, NOW), Err(overlaps));
    first.answered((0, 1), done(), 0.0, NOW).unwrap();
    first.observed(seen(), NOW).unwrap();
    assert!(second.begin_step(&fresh, &Board::of([&first]), &Automation::On, NOW).is_ok());

    let waiting = requested("reroute-to-backup-region");
    let board = Board::of([&waiting]);
    let twice = request("reroute-to-backup-region", &board, NOW).unwrap_err();
    assert_eq!(twice, Refusal::AlreadyAsked { run: waiting.id.clone() });
    assert!(request("fail-over-to-backup-infrastructure", &board, NOW).is_ok());
}

#[test]
fn an_action_rests_after_it_was_done_and_what_is_unknown_is_decided_first() {
    let mut run = sent("restart-optimization");
    run.answered((0, 1), done(), 0.0, NOW).unwrap();
    run.observed(seen(), NOW.plus(MINUTE)).unwrap();
    let request = |run: &Run, now| {
        let asked = Asked { id: RunId("r2".to_owned()), ..ask("restart-optimization", person("ben")) };
        Run::request(asked, &Board::of([run]), &Automation::On, now)
    };
    let refusal = request(&run, NOW.plus(2 * MINUTE)).unwrap_err();
    assert_eq!(refusal.to_string(), "It was done a moment ago; it may be done again in 1 min.");
    assert!(request(&run, NOW.plus(3 * MINUTE)).is_ok());

    let mut unknown = sent("send-emergency-alert");
    unknown.resume(NOW);
    let asked = Asked { id: RunId("r2".to_owned()), ..ask("send-emergency-alert", person("ben")) };
    let refusal = Run::request(asked, &Board::of([&unknown]), &Automation::On, NOW).unwrap_err();
    assert_eq!(refusal, Refusal::DecideFirst { run: unknown.id.clone() });
}

#[test]
fn an_undo_puts_back_what_was_found_and_is_a_run_of_its_own() {
    let mut run = sent(SCALE);
    assert_eq!(catalogue().plan_undo(&run), Err(NotPlanned::NothingInPlace));
    run.answered((0, 1), done(), 0.0, NOW).unwrap();
    run.observed(seen(), NOW).unwrap();
    let plan = catalogue().plan_undo(&run).unwrap();
    assert_eq!(plan.name, "Undo: Scale the optimization engine");
    let Step::KubernetesScale { replicas: 3, autoscaler: Some(_), .. } = &plan.steps[0].step else {
        panic!("{plan:?}")
    };
    let undoing = RunId("r2".to_owned());
    let happened = run.undone(undoing.clone(), NOW).unwrap();
    assert_eq!(story(&run, &happened), ["It was undone by run r2."]);
    assert_eq!(run.undone(undoing, NOW), Err(Refusal::NothingToUndo));

    let mut reroute = requested("reroute-to-backup-region");
    reroute.state = State::Approved { until: NOW.plus(MINUTE) };
    begin(&mut reroute, NOW).unwrap();
    reroute.answered((0, 1), in_doubt(), 0.0, NOW).unwrap();
    reroute.observed(not_yet(), NOW.plus(2 * MINUTE)).unwrap();
    assert_eq!(reroute.state_word(), "unknown");
    let plan = catalogue().plan_undo(&reroute).unwrap();
    let Step::KubernetesIngressBackend { from, to, .. } = &plan.steps[0].step else { panic!("{plan:?}") };
    assert_eq!((from[0].to_string(), to.to_string()), ("ai-backup:80".into(), "ai-optimization:80".into()));

    let mut fallback = sent("enable-fallback");
    fallback.answered((0, 1), done(), 0.0, NOW).unwrap();
    fallback.observed(seen(), NOW).unwrap();
    assert_eq!(catalogue().plan_undo(&fallback).unwrap().action, key("disable-fallback"));

    let mut warm = sent("warm-cache");
    warm.answered((0, 1), done(), 0.0, NOW).unwrap();
    let refused = catalogue().plan_undo(&warm).unwrap_err();
    assert_eq!(refused.to_string(), "It cannot be undone: A warm cache needs no undo.");
}
