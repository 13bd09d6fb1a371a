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

/// Asks these for the planners at this minute, for an hour; so many are enough.
fn ask(
    people: &'static [&'static str],
    enough: usize,
    minute: i64,
) -> impl Fn(&mut Case) -> Result<Vec<Line>, Refusal> {
    move |case| {
        let at = NOW.plus(minute * MINUTE);
        case.asked(&key("deploy_planners"), person("ada").into(), asking(people, enough, at), at)
    }
}

fn asking(people: &[&str], enough: usize, at: Millis) -> Asking {
    let people = people.iter().map(|name| (*name).to_owned()).collect();
    Asking { people, enough, until: at.plus(HOUR) }
}

fn again(people: &'static [&'static str], minute: i64) -> impl Fn(&mut Case) -> Result<Vec<Line>, Refusal> {
    move |case| {
        let at = NOW.plus(minute * MINUTE);
        case.asked_again(&key("deploy_planners"), person("ada").into(), asking(people, 1, at), at)
    }
}

fn yes(who: &'static str, minute: i64) -> impl Fn(&mut Case) -> Result<Vec<Line>, Refusal> {
    move |case| case.answered(&key("deploy_planners"), who, NOW.plus(minute * MINUTE))
}

fn beside(case: &Case, minute: i64) -> String {
    wording::step_clock(case.step(&key("deploy_planners")).unwrap(), NOW.plus(minute * MINUTE), clock)
}

#[test]
fn one_yes_of_those_who_were_asked_does_the_step() {
    let asked = check(
        working(),
        ask(&["Marta", "Ola"], 1, 1),
        &["Send an emergency planner: ada asked Marta and Ola."],
    );
    assert_eq!(beside(&asked, 40), "2 people asked, no answer yet since T+60s, 10 min late");
    let case = check(
        asked,
        yes("Marta", 42),
        &["Send an emergency planner: Marta says yes, so it is done, 12 min late."],
    );
    assert_eq!(beside(&case, 120), "T+2520s \u{b7} Marta, 12 min late");
    check(case.clone(), yes("Ola", 43), &["The step is not being waited for."]);
    check(case, ask(&["Ola"], 1, 43), &["The step is settled already."]);
}

#[test]
fn where_more_are_needed_it_waits_for_all_of_them() {
    let case = check(
        working(),
        ask(&["Marta", "Ola", "Per"], 2, 1),
        &["Send an emergency planner: ada asked Marta, Ola and Per."],
    );
    let case = check(case, yes("Ola", 2), &["Send an emergency planner: Ola says yes."]);
    assert_eq!(beside(&case, 3), "1 of 2 said yes, waiting since T+60s");
    check(case, yes("Per", 4), &["Send an emergency planner: Per says yes, so it is done."]);
    // Of fewer than are enough, all.
    let case = check(working(), ask(&["Marta"], 5, 1), &["Send an emergency planner: ada asked Marta."]);
    assert_eq!(beside(&case, 2), "1 person asked, no answer yet since T+60s");
    check(case, yes("Marta", 2), &["Send an emergency planner: Marta says yes, so it is done."]);
}

#[test]
fn others_are_asked_too_and_those_who_are_silent_again() {
    let case = check(working(), ask(&["Marta"], 1, 1), &["Send an emergency planner: ada asked Marta."]);
    let case = check(case, again(&["Marta"], 5), &["Send an emergency planner: ada asked Marta again."]);
    let case = check(case, ask(&["Ola"], 1, 6), &["Send an emergency planner: ada asked Ola."]);
    assert_eq!(beside(&case, 7), "2 people asked, no answer yet since T+60s");
    check(case.clone(), again(&[], 7), &["Everybody who was asked has answered."]);
    check(case, yes("Marta", 8), &["Send an emergency planner: Marta says yes, so it is done."]);
    check(working(), again(&["Marta"], 1), &["The step is not being waited for."]);
}

#[test]
fn nobody_can_be_asked_for_what_is_over_waits_for_something_else_or_has_nobody() {
    let nobody = "There is nobody whom the step could ask: the configuration names nobody, or nobody of them is there now.";
    check(working(), ask(&[], 1, 1), &[nobody]);
    let mut over = all_done();
    over.resolve(person("ada"), "", &[], NOW).unwrap();
    check(over.clone(), ask(&["Marta"], 1, 1), &["It is resolved: open it again first."]);
    check(over, yes("Marta", 1), &["It is resolved: open it again first."]);
    let mut runs = working();
    runs.run_began(&key("manual_mode"), person("ada").into(), crate::actions::RunId("r1".to_owned()), NOW)
        .unwrap();
    let ask_for = |case: &mut Case| {
        case.asked(&key("manual_mode"), person("ada").into(), asking(&["Marta"], 1, NOW), NOW)
    };
    check(runs.clone(), ask_for, &["The step has been begun, and is being waited for."]);
    check(
        runs,
        |case| case.answered(&key("manual_mode"), "Marta", NOW),
        &["The step is not being waited for."],
    );
}

#[test]
fn answers_are_waited_for_as_long_as_the_newest_link_holds() {
    let mut case = check(working(), ask(&["Marta"], 1, 1), &["Send an emergency planner: ada asked Marta."]);
    case = check(case, again(&["Marta"], 20), &["Send an emergency planner: ada asked Marta again."]);
    let end = NOW.plus(80 * MINUTE);
    let lapse = |at: Millis| move |case: &mut Case| Ok(case.answers_lapse(at));
    check(case.clone(), lapse(end.minus(1)), &[]);
    // The AI's answer is due earlier; it has nothing to do with this.
    case.ai = Ai::NotAsked;
    assert_eq!(case.due_at(), Some(end));
    let case = check(case, lapse(end), &["Send an emergency planner: came to nothing, and is open again."]);
    assert_eq!((case.due_at(), beside(&case, 90)), (None, "1 h 00 min late".to_owned()));
    check(case.clone(), lapse(end), &[]);
    check(case, ask(&["Ola"], 1, 90), &["Send an emergency planner: ada asked Ola."]);
}

#[test]
fn a_case_that_waited_before_more_was_known_of_answers_is_read() {
    let old = r#"{"wait": "answer", "asked": 2}"#;
    let wait: Wait = serde_json::from_str(old).unwrap();
    assert_eq!(wait, Wait::Answer { asked: 2, answered: 0, enough: 1, until: None });
}

#[test]
fn the_built_in_people_are_those_whom_the_checklists_ask() {
    let people = built_in_people("Wedding Day Support").unwrap();
    let asked = types().iter().flat_map(|of| of.checklist.iter()).filter_map(|step| match &step.how {
        How::AsksPeople { people } => Some(people.as_str()),
        _ => None,
    });
    let asked: std::collections::BTreeSet<&str> = asked.collect();
    let known = people.iter().map(|people| people.key.as_str()).collect();
    assert_eq!(asked, known);
    let facts =
        Asked { case: "case C-1", crisis: "Weather, ceremony in 2 hours", step: "S", by: "Ada", until: NOW };
    for people in &people {
        assert!(!people.is_nobody());
        assert!(people.subject.fill(&facts, clock).contains("case C-1"), "{}", people.key);
        assert!(people.text.fill(&facts, clock).starts_with("Weather, ceremony in 2 hours.\n"));
    }
}

#[track_caller]
fn check_saying(text: &str, expected: &str) {
    let facts = Asked { case: "case 1", crisis: "Weather", step: "Ask", by: "{{case}}", until: NOW };
    let said = Saying::text(text).map(|saying| saying.fill(&facts, clock));
    assert_eq!(said.unwrap_or_else(|flaw| flaw.to_string()), expected);
}

#[test]
fn what_people_are_written_names_only_what_there_is() {
    check_saying(" {{case}}: {{ crisis }}, {{step}} until {{until}} ", "case 1: Weather, Ask until T+0s");
    // What stands for a name is not read again.
    check_saying("{{asked_by}}\r\nasks", "{{case}}\nasks");
    check_saying(
        "{{names}}",
        "there is no {{names}}; there are {{case}}, {{crisis}}, {{step}}, {{asked_by}}, {{until}}",
    );
    check_saying("{{case", "{{ is opened and not closed with }}");
    check_saying(
        "a\u{202e}b",
        "it has a sign that cannot be seen, which could write another header into a mail or turn its text round",
    );
    assert_eq!(Saying::subject("a\nBcc: b"), Err(FlawOfPeople::Unseen));
    assert_eq!(Saying::subject(&"a".repeat(121)), Err(FlawOfPeople::TooLong(120)));
}
