use super::*;
use crate::{
    crises::{Case, Couple, Holder, State, Wedding},
    notices::bulk::{Addressee, Progress, list},
};

fn case() -> Case {
    let types = built_in().unwrap();
    let holder = Holder { id: PersonId::new("ada"), name: "ada".to_owned() };
    let id = CaseId("c1".to_owned());
    Case::by_hand(id, holder, types.read("weather"), Wedding::default(), NOW).0
}

fn couple(emails: &[&str]) -> Couple {
    let emails = emails.iter().map(|email| Private::new(*email)).collect();
    Couple { emails, language: Some(language("fr")), ..Couple::default() }
}

#[track_caller]
fn check(case: &Case, couple: &Couple, notice: Option<&Notice>, given: &Given, expected: &str) {
    let templates = Templates::shipped_and(Vec::new()).unwrap();
    let everybody = [Addressee { case, couple, notice, given }];
    let listed = list(Purpose::WeKnow, &templates, everybody);
    let said = listed[0]
        .ready
        .as_ref()
        .map_or_else(ToString::to_string, |ready| ready.letter.subject.expose().to_owned());
    assert_eq!((listed.len(), said.as_str()), (1, expected));
}

#[test]
fn everybody_is_listed_with_their_own_text_or_with_what_keeps_it_back() {
    let (one, given) = (couple(&["a@example.com"]), given());
    let subject = "La météo de votre grand jour : nous nous en occupons";
    check(&case(), &one, None, &given, subject);
    check(&case(), &couple(&[]), None, &given, "There is no address that can be used.");
    let two = couple(&["a@example.com", "b@example.com"]);
    check(&case(), &two, None, &given, "There are 2 addresses: somebody has to say which.");
    check(
        &case(),
        &one,
        None,
        &Given::default(),
        "Not known yet: names, promised_time, contact, status_page.",
    );
    let mut pressed = Notice { attempts: vec![attempt(Way::Mail)], ..notice() };
    pressed.press(&id(1), &Contact::Allowed, NOW).unwrap();
    check(&case(), &one, Some(&pressed), &given, "One is on its way: a second would tell them twice.");
    let mut silent = case();
    silent.set_contact(false, person("ada"), "they asked", NOW).unwrap();
    check(&silent, &one, None, &given, "The couple is not to be contacted.");
    let over = Case { state: State::Resolved { by: person("ada"), at: NOW }, ..case() };
    check(&over, &one, None, &given, "The case is resolved.");
}

#[test]
fn progress_tells_failures_apart() {
    let mut queued = attempt(Way::Mail);
    queued.press(NOW).unwrap();
    let mut failed = queued.clone();
    failed.intend(NOW).unwrap();
    failed.answered(Answer::Never { code: 550 }, 0, NOW).unwrap();
    let progress = Progress::of(&[queued.clone(), queued, failed]);
    assert_eq!(progress.words(), "2 waiting, 1 failed");
    assert_eq!((progress.count(Fate::Waiting), progress.count(Fate::Sent), progress.all()), (2, 0, 3));
    let counted = [(Fate::Waiting, 1), (Fate::Failed, 1), (Fate::Waiting, 1)];
    assert_eq!(Progress::counted(counted), progress);
    assert_eq!(Progress::of(&[]).words(), "nobody is to be told");
}

#[test]
fn a_couples_page_says_what_is_known_and_when_they_hear_of_us() {
    let zone = jiff::tz::TimeZone::get("Europe/Stockholm").unwrap();
    let promise = Promise { at: Some(NOW.plus(30 * MINUTE)), contact: "Priya, +46 8 123" };
    let page =
        |case: &Case, tag: &str, now: Millis| StatusPage::of(case, &language(tag), promise, &zone, now);
    let mut case = case();
    let first = page(&case, "de-AT", NOW);
    assert_eq!(first.stage, "Wir wissen, was geschehen ist, und ein Mensch arbeitet gerade daran.");
    assert_eq!(first.next.as_deref(), Some("Ihr hört von uns bis 05:33 Uhr am 20.06.2026."));
    assert_eq!(first.call.as_deref(), Some("So erreicht ihr uns: Priya, +46 8 123"));
    let late = page(&case, "sv", NOW.plus(HOUR));
    assert!(late.is_overdue && late.next.unwrap().contains("Vi ber om ursäkt"));
    case.notice_sent(Purpose::WeHaveAPlan, Way::Mail, &person("ada"), NOW);
    assert_eq!(page(&case, "xx", NOW).stage, "We have a plan, and are carrying it out.");
    case.state = State::Resolved { by: person("ada"), at: NOW };
    let solved = page(&case, "en", NOW.plus(5 * SECOND));
    assert_eq!((solved.stage.as_str(), solved.next), ("It is solved.", None));
    // Nothing of how we work is on it.
    let shown = format!("{:?}", page(&case, "en", NOW)).to_lowercase();
    for internal in ["ada", "c1", "emergency team", "weather", "manual"] {
        assert!(!shown.contains(internal), "{shown}");
    }
}
