use super::*;

/// What happens to a case that is changed so; a refusal leaves it as it was.
#[track_caller]
fn check(mut case: Case, act: impl Fn(&mut Case) -> Result<Vec<Line>, Refusal>, expected: &[&str]) -> Case {
    let before = case.clone();
    let said = match act(&mut case) {
        Ok(lines) => story(&lines),
        Err(refused) => {
            assert_eq!(case, before, "a refusal changes nothing");
            vec![refused.to_string()]
        }
    };
    assert_eq!(said, expected);
    case
}

fn resolve(case: &mut Case) -> Result<Vec<Line>, Refusal> {
    case.resolve(person("ada"), "", &[], NOW.plus(HOUR))
}

#[test]
fn a_case_goes_from_its_detection_to_its_review() {
    let case = check(case(), |case| case.acknowledge(holder("ada"), NOW), &["ada acknowledged it."]);
    let case = check(case, |case| case.begin(&holder("ada"), NOW), &["ada is at work on it."]);
    assert_eq!(case.state_word(), "working");
    let case = check(all_done(), resolve, &["ada resolved it."]);
    let (mut case, findings) = (case, Findings { helped: Private::new(" calm "), ..Findings::default() });
    let (findings, lines) = case.review(person("ben"), findings, NOW.plus(2 * HOUR)).unwrap();
    assert_eq!((findings.helped.expose(), story(&lines)), ("calm", vec!["ben reviewed it.".to_owned()]));
    assert_eq!(case.state_word(), "reviewed");
    assert_eq!(case.review(person("ben"), findings, NOW), Err(Refusal::IsReviewed));
}

#[test]
fn one_person_has_it_and_hands_it_over_with_a_word() {
    check(working(), |case| case.acknowledge(holder("ben"), NOW), &["ada has it already."]);
    check(working(), |case| case.begin(&holder("ben"), NOW), &["ada has it already."]);
    check(case(), |case| case.begin(&holder("ben"), NOW), &["It is nobody's: acknowledge it first."]);
    let over =
        |note: &'static str| move |case: &mut Case| case.hand_over(person("ada"), holder("ben"), note, NOW);
    check(working(), over("  "), &["Write what the next person has to know."]);
    let case = check(working(), over("call at 4"), &["ada handed it over to ben: call at 4"]);
    assert_eq!(case.holder(), Some(&holder("ben")));
    check(case, over("again"), &["ben has it already."]);
    check(
        working(),
        |case| case.hand_over(person("ben"), holder("ben"), "ada sleeps", NOW),
        &["ben took it over: ada sleeps"],
    );
    let case = check(
        working(),
        |case| case.release(person("ada"), "I am ill", NOW),
        &["ada gave it back: it is nobody\u{2019}s: I am ill"],
    );
    assert_eq!(case.call_due(), Some(NOW.plus(MINUTE)));
}

#[test]
fn whoever_has_it_and_does_something_is_at_work() {
    let held = check(case(), |case| case.acknowledge(holder("ada"), NOW), &["ada acknowledged it."]);
    let done = |by: &'static str| {
        move |case: &mut Case| case.done(&key("choose_replacement"), person(by).into(), NOW.plus(MINUTE))
    };
    let name = "Offer the couple replacements near the venue";
    let case = check(held.clone(), done("ada"), &["ada is at work on it.", &format!("{name}: done by ada.")]);
    assert_eq!(case.state_word(), "working");
    let case = check(held, done("ben"), &[&format!("{name}: done by ben.")]);
    assert_eq!(case.state_word(), "acknowledged");
    check(case, done("ben"), &["The step is settled already."]);
}

#[test]
fn a_step_that_is_not_needed_says_why_and_may_be_needed_after_all() {
    let not = |why: &'static str| {
        move |case: &mut Case| {
            case.not_needed(&key("tell_executives"), person("ada"), why, NOW.plus(31 * MINUTE))
        }
    };
    check(working(), not(" "), &["Say why."]);
    let case = check(
        working(),
        not("it is small"),
        &["Tell the executives: not needed, says ada, 1 min late: it is small"],
    );
    let case = check(
        case,
        |case| case.not_done(&key("tell_executives"), person("ben"), "it grew", NOW.plus(HOUR)),
        &["Tell the executives: opened again by ben: it grew"],
    );
    assert_eq!(case.late_steps(NOW.plus(32 * MINUTE)), 9);
    check(working(), |case| case.done(&key("nothing"), person("ada").into(), NOW), &["It has no such step."]);
}

#[test]
fn only_a_notice_tells_the_couple_and_one_that_comes_back_opens_the_step_again() {
    let tell = key("tell_the_couple");
    check(
        working(),
        |case| case.done(&key("tell_the_couple"), person("ada").into(), NOW),
        &["The step is done by sending the couple its notice."],
    );
    let mut case = working();
    assert!(case.is_untold(NOW));
    let queued = case.notice_queued(Purpose::WeKnow, Way::Mail, person("ada"), NOW.plus(MINUTE));
    assert_eq!(story(&queued), ["ada sends the notice \u{201c}we know\u{201d} by e-mail."]);
    assert_eq!(
        story(&case.notice_sent(Purpose::WeKnow, Way::Mail, &person("ada"), NOW.plus(2 * MINUTE))),
        ["The notice \u{201c}we know\u{201d} by e-mail has gone out.", "Tell the couple: done by ada."]
    );
    assert_eq!(case.to_tell().collect::<Vec<_>>(), [Purpose::WeHaveAPlan, Purpose::Solved]);
    assert_eq!(case.time_to_tell(), Some(2 * MINUTE));
    assert_eq!(
        story(&case.notice_failed(Purpose::WeKnow, Way::Mail)),
        [
            "The notice \u{201c}we know\u{201d} by e-mail failed.",
            "Tell the couple: came to nothing, and is open again."
        ]
    );
    assert!(!case.step(&tell).unwrap().is_settled() && case.is_untold(NOW.plus(2 * MINUTE)));
    assert_eq!(case.next_step().unwrap().key().as_str(), "alert_emergency_team");
    case.set_contact(false, person("ada"), "they asked us", NOW).unwrap();
    assert_eq!(case.to_tell().count(), 0);
}

#[test]
fn a_case_is_not_resolved_while_anything_is_left() {
    check(case(), resolve, &["It is nobody's: acknowledge it first."]);
    let mut nearly = all_done();
    nearly.not_done(&key("manual_mode"), person("ada"), "it was off", NOW).unwrap();
    check(
        nearly,
        |case| {
            let left = [
                Unsettled::Queued(Purpose::WeKnow),
                Unsettled::InDoubt(Purpose::WeHaveAPlan),
                Unsettled::Failed(Purpose::Solved),
            ];
            case.resolve(person("ada"), "", &left, NOW)
        },
        &[
            "It cannot be resolved yet: the step \u{201c}Switch to manual crisis management\u{201d} is open; the notice \
           \u{201c}we know\u{201d} is still to be sent; the notice \u{201c}we have a plan\u{201d} is in doubt: somebody has to \
           say whether it arrived; the notice \u{201c}it is solved\u{201d} failed, and no other attempt was made.",
        ],
    );
    let over = check(all_done(), resolve, &["ada resolved it."]);
    check(over.clone(), resolve, &["It is resolved: open it again first."]);
    let reopen = |why: &'static str| move |case: &mut Case| case.reopen(person("ben"), why, NOW);
    check(over.clone(), reopen(""), &["Say why."]);
    let again =
        check(over, reopen("the new florist cancelled"), &["ben opened it again: the new florist cancelled"]);
    assert_eq!(again.holder(), Some(&holder("ben")));
    check(again, reopen("x"), &["It is open, so it need not be opened again."]);
}

#[test]
fn a_double_goes_into_the_other_and_keeps_its_story() {
    let into = |mut double: Case, mut case: Case, notices: &[Unsettled]| {
        let before = (double.clone(), case.clone());
        let went = double.merge_into(&mut case, person("ada"), notices, NOW);
        if went.is_err() {
            assert_eq!((&double, &case), (&before.0, &before.1), "a refusal changes nothing");
        }
        went.map(|(mine, theirs)| (double, case, story(&mine), story(&theirs))).map_err(|no| no.to_string())
    };
    let mut double = case();
    double.id = CaseId("c2".to_owned());
    double.told.insert(Purpose::WeKnow, NOW);
    let (went, took, mine, theirs) = into(double.clone(), working(), &[]).unwrap();
    assert_eq!(
        (mine, theirs),
        (
            vec!["ada found it a double of case c1.".to_owned()],
            vec!["ada found case c2 a double of it.".to_owned()]
        )
    );
    assert_eq!((wording::standing(&went), took.doubles.len()), ("Went into case c1".to_owned(), 1));
    assert!(took.told.contains_key(&Purpose::WeKnow));
    assert_eq!(into(case(), working(), &[]).unwrap_err(), "A case cannot go into itself.");
    assert_eq!(into(went.clone(), working(), &[]).unwrap_err(), "It went into case c1: go on there.");
    let mut other = double.clone();
    other.wedding.id = Some(PlatformId::parse("w-9").unwrap());
    assert_eq!(into(other, working(), &[]).unwrap_err(), "They are of different weddings.");
    assert!(
        into(double, working(), &[Unsettled::Queued(Purpose::WeKnow)])
            .unwrap_err()
            .contains("still to be sent")
    );
}

#[test]
fn nobodys_case_calls_after_a_minute_and_again_until_somebody_has_it() {
    let mut case = case();
    assert_eq!(case.call(NOW.plus(MINUTE - 1)), []);
    let mut called = Vec::new();
    for second in 0..1_000 {
        let now = NOW.plus(second * SECOND);
        called.extend((!case.call(now).is_empty()).then_some(second));
    }
    assert_eq!(called, [60, 180, 300, 420, 720]);
    case.acknowledge(holder("ada"), NOW).unwrap();
    assert_eq!(case.call(NOW.plus(HOUR)), []);
    assert_eq!(case.call_due(), None);
}

#[test]
fn a_wave_of_crises_is_one_call() {
    let mut cases: Vec<Case> = (0..5_000).map(|_| super::case()).chain([working()]).collect();
    let call = Call::for_all(&mut cases, NOW.plus(MINUTE)).unwrap();
    assert_eq!((call.cases.len(), call.times), (5_000, 1));
    assert_eq!(Call::for_all(&mut cases, NOW.plus(MINUTE)), None);
}

#[test]
fn a_review_finds_something_and_its_tasks_have_owners() {
    let task = |what: &str, owner: &str| Task {
        what: Private::new(what),
        owner: holder(owner),
        due: None,
        done: None,
    };
    let found = |helped: &str, tasks: Vec<Task>| {
        Findings { helped: Private::new(helped), tasks, ..Findings::default() }.checked()
    };
    assert_eq!(found(" ", Vec::new()), Err(Refusal::NeedsFindings));
    assert_eq!(found("calm", vec![task("", "ada")]), Err(Refusal::EmptyTask));
    assert_eq!(found("calm", vec![task("write it down", "")]), Err(Refusal::EmptyTask));
    let mut findings = found("calm", vec![task("write it down", "ada")]).unwrap();
    let lines = findings.task_done(0, person("ada"), NOW).unwrap();
    assert_eq!(story(&lines), ["ada did a task of the review: write it down"]);
    assert_eq!(findings.task_done(0, person("ada"), NOW), Err(Refusal::IsSoAlready));
    assert_eq!(findings.task_done(1, person("ada"), NOW), Err(Refusal::NoSuchTask));
}

#[test]
fn one_that_is_opened_by_hand_is_its_openers_at_once() {
    let types = types();
    let (case, lines) =
        Case::by_hand(CaseId("c9".to_owned()), holder("ada"), types.read("illness"), Wedding::default(), NOW);
    assert_eq!(story(&lines), ["ada opened it.", "ada acknowledged it."]);
    assert_eq!((case.call_due(), wording::ai_clock(&case, NOW)), (None, None));
    assert_eq!(wording::title(&case, &Assumptions::default(), NOW), "Illness, day of the wedding unknown");
}

#[test]
fn what_somebody_wrote_is_said_only_where_it_may_be_seen() {
    let lines = case().note(person("ada"), "Ada's number is 118").unwrap();
    assert_eq!(wording::told(&lines[0], false, clock), "ada wrote a note.");
    assert_eq!(wording::told(&lines[0], true, clock), "ada wrote a note: Ada's number is 118");
    assert_eq!(case().note(person("ada"), &"x".repeat(4_001)), Err(Refusal::LongText));
}
