use super::*;
use crate::alerts::AlertId;

const REROUTE: &str = "reroute-to-backup-region";

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>, expected: &Refusal) {
    assert_eq!(&result.unwrap_err(), expected);
}

fn request(change: impl FnOnce(&mut Asked)) -> Result<(Run, Vec<Happening>), Refusal> {
    let mut asked = ask(REROUTE, person("ada"));
    change(&mut asked);
    Run::request(asked, &Board::default(), &Automation::On, NOW)
}

#[test]
fn what_is_dangerous_needs_a_reason_and_the_password() {
    refused(request(|asked| asked.reason = "  ".to_owned()), &Refusal::NeedsReason);
    refused(request(|asked| asked.reason = "x".repeat(501)), &Refusal::LongReason);
    refused(request(|asked| asked.proven = None), &Refusal::NeedsProof);
    refused(request(|asked| asked.proven = Some(NOW.minus(5 * MINUTE))), &Refusal::NeedsProof);
    let token = Actor::Token { name: "ci".to_owned(), made_by: Some(PersonId::new("ada")) };
    refused(request(|asked| asked.by = token), &Refusal::NeedsPerson);
    let mut plain = ask("warm-cache", person("ada"));
    (plain.reason, plain.proven) = (String::new(), None);
    assert!(Run::request(plain, &Board::default(), &Automation::On, NOW).is_ok());
}

#[test]
fn what_was_seen_has_to_be_what_is() {
    let seen = Fingerprint::from_form("0000");
    refused(request(|asked| asked.seen = seen), &Refusal::NoLongerTrue(vec![]));
    let failing = Found::Fails("Nothing is ready there.".to_owned());
    let result = request(|asked| asked.preview.steps[0].checks[0].found = failing);
    refused(result, &Refusal::CheckFails(vec!["Nothing is ready there.".to_owned()]));
}

/// A run that waits, and somebody who wants to approve it.
#[track_caller]
fn approves(by: Actor, account: &Account, requester: &Account, expected: Result<(), Refusal>) {
    let mut run = requested(REROUTE);
    let before = run.clone();
    let second = Second { by, account, requester: Some(requester) };
    let preview = run.preview.clone();
    let result = run.approve(&second, "", &preview, NOW.plus(MINUTE));
    assert_eq!(result.map(|_| ()), expected);
    match expected {
        Ok(()) => assert_eq!(run.state_word(), "approved"),
        Err(_) => assert_eq!(run, before, "a refused approval changes nothing"),
    }
}

#[test]
fn the_second_person_is_another_person() {
    let (ada, ben) = (account("ada"), account("ben"));
    let token =
        |made_by: Option<&str>| Actor::Token { name: "bot".to_owned(), made_by: made_by.map(PersonId::new) };
    approves(person("ben"), &ben, &ada, Ok(()));
    approves(person("ada"), &ada, &ada, Err(Refusal::OwnRequest));
    let same = || Err(Refusal::SamePerson { name: "ada".to_owned() });
    let mut other = account("ada2");
    other.email = Some(EmailAddress::parse("ADA@Example.com").unwrap());
    approves(person("ada2"), &other, &ada, same());
    let mut linked = account("ada3");
    linked.linked.insert(PersonId::new("ada"));
    approves(person("ada3"), &linked, &ada, same());
    let mut links = ada.clone();
    links.linked.insert(PersonId::new("ada3"));
    approves(person("ada3"), &account("ada3"), &links, same());
    approves(token(Some("ada")), &ada, &ada, Err(Refusal::OwnToken));
    approves(token(Some("ada2")), &other, &ada, same());
    approves(token(Some("ben")), &ben, &ada, Ok(()));
    approves(token(None), &ben, &ada, Err(Refusal::NobodyKnown));
    approves(person("ben"), &ada, &ada, Err(Refusal::NobodyKnown));
    approves(Actor::Console { rule: "failover".to_owned() }, &ben, &ada, Err(Refusal::NobodyKnown));
    approves(person("ben"), &ben, &ben, Err(Refusal::RequesterUnknown));
}

#[test]
fn nobody_approves_what_came_through_their_own_token() {
    let token = Actor::Token { name: "bot".to_owned(), made_by: Some(PersonId::new("ada")) };
    let (ada, ben) = (account("ada"), account("ben"));
    let second = |by: &str, account| Second { by: person(by), account, requester: Some(&ada) };
    assert_eq!(second("ada", &ada).is_another_than(&token), Err(Refusal::AskedByOwnToken));
    assert_eq!(second("ben", &ben).is_another_than(&token), Ok(()));
    let console = Actor::Console { rule: "failover".to_owned() };
    assert_eq!(second("ada", &ada).is_another_than(&console), Ok(()));
}

#[test]
fn an_approval_comes_within_thirty_minutes_and_only_while_it_is_true() {
    let (ada, ben) = (account("ada"), account("ben"));
    let second = Second { by: person("ben"), account: &ben, requester: Some(&ada) };
    let mut run = requested(REROUTE);
    assert_eq!(run.next(), Next::AwaitApproval { until: NOW.plus(APPROVE_WITHIN) });
    let preview = run.preview.clone();
    let mut changed = preview.clone();
    changed.steps[0].rests_on[0].value = "on fire".to_owned();
    let refusal = run.approve(&second, "", &changed, NOW).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "The preview is no longer true: The state was calm and is on fire now. Look at it again."
    );
    assert_eq!(run.lapse(NOW.plus(APPROVE_WITHIN - 1)), []);
    refused(run.approve(&second, "", &preview, NOW.plus(APPROVE_WITHIN)), &Refusal::HasLapsed);
    let happened = run.lapse(NOW.plus(APPROVE_WITHIN));
    assert_eq!(
        story(&run, &happened),
        ["It lapsed: it was not approved, or not begun, in time. Nothing was sent."]
    );
    assert_eq!(run.next(), Next::Done);
    refused(run.approve(&second, "", &preview, NOW), &Refusal::HasLapsed);
}

#[test]
fn an_approval_is_no_order_for_later() {
    let mut run = requested("warm-cache");
    assert_eq!(run.state_word(), "approved");
    let fresh = run.preview.steps[0].clone();
    let late = NOW.plus(BEGIN_WITHIN);
    refused(run.begin_step(&fresh, &Board::default(), &Automation::On, late), &Refusal::HasLapsed);
    assert_eq!(run.lapse(late), [Happening::Lapsed]);
}

#[test]
fn a_refusal_says_why_and_whoever_asked_may_take_it_back() {
    let mut run = requested(REROUTE);
    refused(run.refuse(person("ben"), " ", NOW), &Refusal::NeedsComment);
    let happened = run.refuse(person("ben"), "the region is down too", NOW).unwrap();
    assert_eq!(story(&run, &happened), ["ben refused it: The region is down too."]);
    refused(run.refuse(person("ben"), "again", NOW), &Refusal::NotWaiting { state: "refused" });

    let mut run = requested(REROUTE);
    let happened = run.cancel(person("ada"), NOW).unwrap();
    assert_eq!(story(&run, &happened), ["ada cancelled it. Nothing has happened."]);
    refused(run.cancel(person("ada"), NOW), &Refusal::IsOver { state: "cancelled" });
}

#[test]
fn the_glass_is_broken_only_in_an_emergency_and_somebody_else_reviews_it() {
    let mut run = requested(REROUTE);
    let preview = run.preview.clone();
    let emergency = AlertId("a1".to_owned());
    let token = Actor::Token { name: "bot".to_owned(), made_by: Some(PersonId::new("ada")) };
    refused(run.break_glass(person("ada"), Some(NOW), None, &preview, NOW), &Refusal::NoEmergency);
    refused(run.break_glass(person("ada"), None, Some(&emergency), &preview, NOW), &Refusal::NeedsProof);
    refused(run.break_glass(token, Some(NOW), Some(&emergency), &preview, NOW), &Refusal::NeedsPerson);
    assert_eq!(wording::glass_broken(&run, clock), None);
    run.break_glass(person("ada"), Some(NOW), Some(&emergency), &preview, NOW).unwrap();
    assert!(run.waits_for_review() && run.state_word() == "approved");
    let message = wording::glass_broken(&run, clock).unwrap();
    assert_eq!(message.title, "Reroute to the backup region on wedsync without a second person");
    assert_eq!(message.lines[0], "ada did it alone at T+0s, because a level 4 is open.");

    let (ada, ben) = (account("ada"), account("ben"));
    let second = |by: &str, account| Second { by: person(by), account, requester: Some(&ada) };
    refused(run.review(&second("ada", &ada), "fine", NOW), &Refusal::OwnRequest);
    refused(run.review(&second("ben", &ben), "", NOW), &Refusal::NeedsReason);
    run.review(&second("ben", &ben), "it was right", NOW).unwrap();
    assert!(!run.waits_for_review());
    refused(run.review(&second("ben", &ben), "again", NOW), &Refusal::NothingToReview);
}

#[test]
fn whoever_broke_the_glass_for_somebody_else_does_not_review_it() {
    let mut run = requested(REROUTE);
    let (preview, emergency) = (run.preview.clone(), AlertId("a1".to_owned()));
    run.break_glass(person("ben"), Some(NOW), Some(&emergency), &preview, NOW).unwrap();
    let (ada, ben) = (account("ada"), account("ben"));
    let second = Second { by: person("ben"), account: &ben, requester: Some(&ada) };
    refused(run.review(&second, "fine", NOW), &Refusal::OwnRequest);
}

#[test]
fn those_who_can_approve_are_told_what_for_and_until_when() {
    let run = requested(REROUTE);
    let State::Requested { until } = run.state else { panic!("{run:?}") };
    let message = wording::approval_wanted(&run, until, clock);
    assert_eq!(message.title, "Reroute to the backup region on wedsync waits for approval");
    assert_eq!(
        message.lines,
        ["ada asks for it, and somebody else has to approve it before T+1800s.", "Reason: Couples wait."]
    );
    assert_eq!(message.path, "/runs/r1");
}

#[test]
fn one_switch_stops_what_nobody_asked_for() {
    let console = Actor::Console { rule: "automatic failover".to_owned() };
    refused(Automation::On.turn_off(person("ben"), "", NOW), &Refusal::NeedsReason);
    let off = Automation::On.turn_off(person("ben"), "testing", NOW).unwrap();
    let is_off = Refusal::AutomaticIsOff { by: "ben".to_owned() };
    refused(off.turn_off(person("ada"), "testing", NOW), &is_off);
    assert_eq!(
        off.banner(clock).unwrap(),
        "Nothing is done automatically: ben turned it off at T+0s, because: testing"
    );
    refused(Run::request(ask("enable-fallback", console.clone()), &Board::default(), &off, NOW), &is_off);
    assert!(Run::request(ask("enable-fallback", person("ada")), &Board::default(), &off, NOW).is_ok());
    // One that was on its way is stopped before its next step.
    let asked = ask("flush-and-warm-cache", console);
    let (mut run, _) = Run::request(asked, &Board::default(), &Automation::On, NOW).unwrap();
    begin(&mut run, NOW).unwrap();
    run.answered((0, 1), done(), 0.0, NOW).unwrap();
    run.observed(seen(), NOW).unwrap();
    let fresh = run.preview.steps[1].clone();
    let begun = run.begin_step(&fresh, &Board::default(), &off, NOW).unwrap();
    assert_eq!(begun.send, None);
    assert_eq!(story(&run, &begun.happened), ["ben stopped it. 1 of 2 steps are in place."]);
}
