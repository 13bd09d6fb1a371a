use super::*;

fn sent(way: Way) -> Attempt {
    let mut attempt = attempt(way);
    attempt.press(NOW).unwrap();
    attempt.intend(NOW).unwrap();
    attempt.end(NOW).unwrap();
    attempt.answered(Answer::Taken, BOUNCE_WINDOW, NOW).unwrap();
    attempt
}

fn in_doubt() -> Attempt {
    let mut attempt = attempt(Way::Mail);
    attempt.press(NOW).unwrap();
    attempt.intend(NOW).unwrap();
    attempt.end(NOW).unwrap();
    assert!(attempt.resume(NOW));
    attempt
}

#[track_caller]
fn check(mut attempt: Attempt, act: impl Fn(&mut Attempt) -> Result<(), NotNow>, expected: &str) {
    let before = attempt.clone();
    let said = match act(&mut attempt) {
        Ok(()) => attempt.state_word().to_owned(),
        Err(no) => {
            assert_eq!(attempt, before, "a refusal changes nothing");
            no.to_string()
        }
    };
    assert_eq!(said, expected);
}

#[test]
fn a_mail_is_delivered_when_no_bounce_comes_within_its_window() {
    let mut attempt = sent(Way::Mail);
    assert_eq!(attempt.next(), Next::AwaitBounce { until: NOW.plus(BOUNCE_WINDOW) });
    assert!(!attempt.advance(NOW.plus(BOUNCE_WINDOW - 1)));
    assert!(attempt.advance(NOW.plus(2 * HOUR)));
    let at = NOW.plus(BOUNCE_WINDOW);
    assert_eq!(attempt.state, AttemptState::Delivered { at, how: Arrival::NoBounce });
    check(attempt, |attempt| attempt.reported(Report::Bounced, NOW.plus(3 * HOUR)), "failed");
    check(sent(Way::Mail), |attempt| attempt.reported(Report::Delivered, NOW), "delivered");
    check(sent(Way::Mail), |attempt| attempt.reported(Report::Bounced, NOW), "failed");
}

#[test]
fn a_provider_that_is_faster_than_our_own_record_is_heard() {
    let mut ending = attempt(Way::Mail);
    ending.press(NOW).unwrap();
    ending.intend(NOW).unwrap();
    check(
        ending.clone(),
        |attempt| attempt.reported(Report::Bounced, NOW),
        "Nothing was waited for from it.",
    );
    ending.end(NOW).unwrap();
    for (report, expected) in [(Report::Bounced, "failed"), (Report::Delivered, "delivered")] {
        check(ending.clone(), |attempt| attempt.reported(report, NOW), expected);
        let both = |attempt: &mut Attempt| {
            attempt.reported(report, NOW)?;
            attempt.answered(Answer::Taken, BOUNCE_WINDOW, NOW)
        };
        check(ending.clone(), both, expected);
    }
}

#[test]
fn a_doubt_ends_by_a_person_or_by_what_the_provider_tells() {
    check(in_doubt(), |attempt| attempt.decide(true, person("ada"), NOW), "delivered");
    check(in_doubt(), |attempt| attempt.decide(false, person("ada"), NOW), "failed");
    check(in_doubt(), |attempt| attempt.reported(Report::Delivered, NOW), "delivered");
    check(in_doubt(), |attempt| attempt.intend(NOW), "Nothing was waited for from it.");
    check(
        in_doubt(),
        |attempt| attempt.press(NOW),
        "It has been sent off already; a second press sends nothing.",
    );
    check(
        sent(Way::Mail),
        |attempt| attempt.decide(true, person("ada"), NOW),
        "It is known what became of it; there is nothing to decide.",
    );
}

#[test]
fn it_is_taken_back_only_before_anything_has_left() {
    let queued = {
        let mut attempt = attempt(Way::Mail);
        attempt.press(NOW).unwrap();
        attempt
    };
    check(attempt(Way::Mail), |attempt| attempt.withdraw(person("ada"), NOW), "withdrawn");
    check(queued.clone(), |attempt| attempt.withdraw(person("ada"), NOW), "withdrawn");
    check(
        queued,
        |attempt| attempt.press(NOW),
        "It has been sent off already; a second press sends nothing.",
    );
    check(
        sent(Way::Mail),
        |attempt| attempt.withdraw(person("ada"), NOW),
        "It cannot be called back any more.",
    );
    check(
        attempt(Way::Mail),
        |attempt| attempt.reported(Report::Bounced, NOW),
        "Nothing was waited for from it.",
    );
}

#[test]
fn a_call_is_recorded_as_a_notice_too() {
    check(attempt(Way::Telephone), |attempt| attempt.called(true, NOW), "delivered");
    check(attempt(Way::Telephone), |attempt| attempt.called(false, NOW), "failed");
    check(attempt(Way::Mail), |attempt| attempt.called(true, NOW), "Nothing was waited for from it.");
}

#[track_caller]
fn check_draft(attempts: Vec<Attempt>, reason: &str, contact: &Contact, expected: &str) {
    let mut notice = Notice { attempts, ..notice() };
    let before = notice.clone();
    let made = notice.draft(id(9), Way::Sms, person("ben"), reason, contact, NOW);
    let said = made.as_ref().map_or_else(ToString::to_string, |(attempt, _)| attempt.state_word().to_owned());
    assert_eq!(said, expected);
    if said != "drafted" {
        assert_eq!(notice, before, "a refusal changes nothing");
    }
}

#[test]
fn a_second_way_is_another_attempt_when_the_first_failed_or_somebody_says_why() {
    let yes = &Contact::Allowed;
    let failed = |attempt: Attempt| Attempt {
        state: AttemptState::Failed { at: NOW, why: Failure::Bounced },
        ..attempt
    };
    check_draft(vec![], "", yes, "drafted");
    check_draft(vec![failed(sent(Way::Mail))], "", yes, "drafted");
    check_draft(vec![attempt(Way::Mail)], "", yes, "One is drafted already: send that, or take it back.");
    check_draft(vec![in_doubt()], "they ask", yes, "One is in doubt: say first whether it arrived.");
    let told = "They have been told this. Say why they should be told again.";
    check_draft(vec![sent(Way::Mail)], " ", yes, told);
    check_draft(vec![sent(Way::Mail)], "they do not read mail", yes, "drafted");
    let mut queued = attempt(Way::Mail);
    queued.press(NOW).unwrap();
    check_draft(vec![queued], "hurry", yes, "One is on its way: a second would tell them twice.");
    let no = &Contact::NotWanted { by: person("ada"), at: NOW };
    check_draft(vec![], "", no, "The couple is not to be contacted.");
    let mut drafted = Notice { attempts: vec![attempt(Way::Mail)], ..notice() };
    assert_eq!(drafted.press(&id(1), no, NOW), Err(NotNow::NotWanted));
    assert_eq!(drafted.press(&id(1), yes, NOW), Ok(()));
    assert_eq!(drafted.press(&id(1), yes, NOW), Err(NotNow::IsQueued));
}

#[track_caller]
fn check_unsettled(attempts: Vec<Attempt>, expected: Option<Unsettled>) {
    assert_eq!(Notice { attempts, ..notice() }.unsettled(), expected);
}

#[test]
fn a_notice_keeps_its_case_open_while_it_is_queued_in_doubt_or_failed_alone() {
    let of = Purpose::WeKnow;
    let failed =
        || Attempt { state: AttemptState::Failed { at: NOW, why: Failure::Bounced }, ..sent(Way::Mail) };
    let mut queued = attempt(Way::Mail);
    queued.press(NOW).unwrap();
    check_unsettled(vec![], None);
    check_unsettled(vec![attempt(Way::Mail)], None);
    check_unsettled(vec![queued.clone()], Some(Unsettled::Queued(of)));
    queued.intend(NOW).unwrap();
    check_unsettled(vec![queued], Some(Unsettled::Queued(of)));
    check_unsettled(vec![in_doubt()], Some(Unsettled::InDoubt(of)));
    check_unsettled(vec![sent(Way::Mail)], None);
    check_unsettled(vec![failed()], Some(Unsettled::Failed(of)));
    check_unsettled(vec![failed(), attempt(Way::Sms)], Some(Unsettled::Failed(of)));
    check_unsettled(vec![failed(), sent(Way::Sms)], None);
    check_unsettled(vec![failed(), failed()], None);
    let notices = [Notice { attempts: vec![failed()], ..notice() }, notice()];
    assert_eq!(unsettled(&notices), [Unsettled::Failed(of)]);
}

#[test]
fn a_message_names_its_attempt_and_nothing_else() {
    let id = AttemptId("0199a0b1-0000-7000-8000-000000000001".to_owned());
    let message_id = id.message_id("console.example.com");
    assert_eq!(message_id, "<notice.0199a0b1-0000-7000-8000-000000000001@console.example.com>");
    assert_eq!(AttemptId::of_message_id(&message_id), Some(id.clone()));
    assert_eq!(AttemptId::of_message_id(message_id.trim_matches(['<', '>'])), Some(id));
    for other in ["", "<x@y>", "<notice.@y>", "<notice.a b@y>", "notice.a"] {
        assert_eq!(AttemptId::of_message_id(other), None, "{other}");
    }
}
