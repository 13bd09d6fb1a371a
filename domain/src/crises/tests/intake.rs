use super::*;

/// What a second reading, changed so, comes to; and that the case is otherwise as it was.
#[track_caller]
fn check(changes: Value, expected: &str) {
    let before = case();
    let after = read(Some(before.clone()), &with(changes), NOW.plus(5 * SECOND));
    let said = match &after {
        Intake::New { .. } => "new".to_owned(),
        Intake::Unchanged => "unchanged".to_owned(),
        Intake::Changed { lines, .. } => story(lines).join(" "),
        Intake::AnotherCouple { lines, .. } => story(lines).join(" "),
        Intake::StatusOnly { .. } => "status only".to_owned(),
    };
    assert_eq!(said, expected);
    if let Intake::Changed { case, .. } = after {
        assert_eq!((case.id, case.detected_at, case.steps), (before.id, before.detected_at, before.steps));
        assert_eq!(case.state, before.state);
    }
}

#[test]
fn a_crisis_is_one_case_however_often_it_is_read() {
    let Intake::New { case, lines } = read(None, &crisis(), NOW.plus(2 * SECOND)) else { panic!("new") };
    assert_eq!(story(&lines), ["Opened from the platform, which detected it at T+0s."]);
    assert_eq!((case.detected_at, case.ai), (NOW, Ai::Awaited));
    assert_eq!(case.state, State::Detected { since: NOW });
    assert_eq!(read(Some(*case), &crisis(), NOW.plus(HOUR)), Intake::Unchanged);
}

#[test]
fn what_changes_is_named_without_its_text() {
    check(json!({}), "unchanged");
    check(json!({"summary": "The florist and the band."}), "The platform changed the summary.");
    check(
        json!({"couple": {"phone": "+46701111111"}, "wedding_time": "15:00"}),
        "The platform changed the time of the ceremony and telephone number.",
    );
    check(json!({"couple": {"names": "Ada and Nils Lindqvist"}}), "The platform changed the names.");
    check(json!({"status": "ai_failed"}), "The AI\u{2019}s handling failed.");
    check(json!({"status": "manual"}), "");
    check(json!({"crisis_type": "weather"}), "The platform changed the type.");
}

#[test]
fn the_same_id_with_another_couple_is_refused_and_flagged_once() {
    let refused = "The platform gave the same crisis with another couple; that was not taken in.";
    check(json!({"wedding_id": "w-2"}), refused);
    let others = json!({"names": "Eve and Ida", "email": "eve@example.com", "phone": "+46709999999"});
    check(json!({"couple": others}), refused);
    check(
        json!({"couple": {"names": "Eve and Ida", "email": "eve@example.com"}}),
        "The platform changed the names and e-mail address.",
    );
    let other = with(json!({"wedding_id": "w-2", "couple": {"names": "Eve"}}));
    let before = case();
    let Intake::AnotherCouple { case: Some(flagged), .. } = read(Some(before.clone()), &other, NOW) else {
        panic!("refused")
    };
    assert_eq!(flagged.wedding, before.wedding);
    assert_eq!(wording::warnings(&flagged, NOW, clock).len(), 1);
    let again = read(Some(*flagged), &other, NOW.plus(5 * SECOND));
    assert_eq!(again, Intake::AnotherCouple { case: None, lines: Vec::new() });
}

#[test]
fn what_is_resolved_or_gone_upstream_is_shown_and_stays_open() {
    let resolved = read(Some(working()), &with(json!({"status": "resolved"})), NOW.plus(4 * SECOND));
    let Intake::Changed { case: mut resolved, lines, .. } = resolved else { panic!("changed") };
    assert_eq!(story(&lines), ["The AI answered.", "The platform says that it is resolved."]);
    assert!(resolved.is_open());
    assert_eq!(vanish(&mut resolved, NOW), [], "what is over is expected to go");

    let mut case = working();
    assert_eq!(
        story(&vanish(&mut case, NOW)),
        ["The platform does not have it among its active crises any more."]
    );
    assert_eq!(vanish(&mut case, NOW), []);
    assert!(case.is_open());
    assert_eq!(
        wording::warnings(&case, NOW, clock),
        ["Since T+0s the platform does not have it among its active crises any more. It stays open here."]
    );
    let Intake::Changed { case, lines, .. } = read(Some(case), &crisis(), NOW) else { panic!("changed") };
    assert_eq!(story(&lines), ["The platform has it among its active crises again."]);
    assert_eq!(wording::warnings(&case, NOW, clock), [""; 0]);
}

#[test]
fn of_an_erased_couple_only_the_status_is_taken_in() {
    let mut case = working();
    assert_eq!(case.erase(person("eve"), NOW).len(), 1);
    assert_eq!(case.erase(person("eve"), NOW), []);
    assert_eq!(read(Some(case.clone()), &crisis(), NOW), Intake::Unchanged);
    let changed = with(json!({"status": "ai_failed", "wedding_id": "w-2"}));
    let Intake::StatusOnly { case, .. } = read(Some(case), &changed, NOW) else { panic!("status only") };
    assert_eq!(case.ai, Ai::Failed { at: NOW });
    let Origin::Platform { marks, .. } = &case.origin else { panic!("platform") };
    assert_eq!(*marks, Marks::default());
}

#[test]
fn the_ai_has_ten_seconds_and_is_late_for_ever() {
    let mut case = case();
    assert_eq!(case.due_at(), Some(NOW.plus(10 * SECOND + 1)));
    assert_eq!(wording::ai_clock(&case, NOW.plus(4 * SECOND)).unwrap(), "The AI has 6 s left to answer");
    assert_eq!(case.ai_waits(NOW.plus(10 * SECOND)), []);
    assert_eq!(story(&case.ai_waits(NOW.plus(10 * SECOND + 1))), ["The AI gave no answer in 10 s."]);
    assert_eq!(case.ai_waits(NOW.plus(HOUR)), []);
    let later = read(Some(case), &with(json!({"status": "resolved"})), NOW.plus(70 * SECOND));
    let Intake::Changed { case, .. } = later else { panic!("changed") };
    assert!(case.is_ai_late(NOW.plus(70 * SECOND)));
    assert_eq!(wording::ai_clock(&case, NOW).unwrap(), "The AI answered 1 min late");
}

#[test]
fn one_that_is_read_late_is_late_at_once_and_a_clock_that_runs_ahead_gives_no_time() {
    let Intake::New { case, lines } = read(None, &crisis(), NOW.plus(6 * MINUTE)) else { panic!("new") };
    assert_eq!(story(&lines)[1], "The AI gave no answer in 10 s.");
    assert_eq!(case.late_steps(NOW.plus(6 * MINUTE)), 3);
    assert!(case.call_due().unwrap() <= NOW.plus(6 * MINUTE));
    let ahead = with(json!({"created_at": "2027-01-01T00:00:00Z"}));
    let Intake::New { case, .. } = read(None, &ahead, NOW) else { panic!("new") };
    assert_eq!(case.detected_at, NOW);
}
