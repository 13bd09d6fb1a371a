//! Steps that ask people, on both databases: what they are written, what their answers do, and what too late ones do not.

use domain::{
    audit::Origin,
    crises::{Outsider, StepKey, StepState, Wait},
    delivery::{Asks, Message},
    time::{HOUR, MINUTE},
};
use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::delivery;

/// Three planners without an account; so many of them are enough.
async fn desks(enough: usize) -> Vec<Desk> {
    let mut desks = Vec::new();
    for world in testing::worlds().await {
        let change = |config: &mut Config| {
            let planners = config.crises.people.get_mut("planners").unwrap();
            planners.tiers.clear();
            planners.enough = enough;
            planners.outside = ["Marta", "Ola", "Per"].map(outsider).into();
        };
        desks.push(Desk::with(world, keys(KEY), change).await);
    }
    desks
}

fn outsider(name: &str) -> Outsider {
    let mail = domain::access::EmailAddress::parse(&format!("marked-person-{name}@example.com")).unwrap();
    Outsider { name: name.to_owned(), mail }
}

fn key(step: &str) -> StepKey {
    StepKey::parse(step).unwrap()
}

/// What waits to be sent or was stopped: to whom, what, and the state.
async fn outbox(desk: &Desk) -> Vec<(String, Message, String)> {
    let rows = testing::outbox(&desk.world.db).await;
    let read = |text: &str| serde_json::from_str(text).unwrap();
    rows.into_iter().map(|(to, message, state)| (to, read(&message), state)).collect()
}

/// The token that stands in a message when it leaves.
async fn token(desk: &Desk, asks: &Asks) -> SecretString {
    let link = delivery::answer_link(&desk.world.db, "", asks, desk.clock.now()).await.unwrap();
    SecretString::from(link.expose_secret().strip_prefix("/yes/").unwrap())
}

async fn tokens(desk: &Desk) -> Vec<SecretString> {
    let mut tokens = Vec::new();
    for (_, message, _) in outbox(desk).await {
        tokens.push(token(desk, &message.asks.unwrap()).await);
    }
    tokens
}

async fn say_yes(desk: &Desk, token: &SecretString) -> Option<YesStanding> {
    desk.cases.say_yes(token, Origin::default()).await.unwrap().map(|yes| yes.standing)
}

async fn standing(desk: &Desk, token: &SecretString) -> Option<YesStanding> {
    desk.cases.yes(token).await.unwrap().map(|yes| yes.standing)
}

/// A case of a known couple whose planners have been asked.
async fn asked(desk: &Desk) -> CaseId {
    desk.take_in(&[crisis("CR-1")]).await;
    let id = desk.only().await.case.id;
    desk.cases.ask(&desk.work(), &id, &key("deploy_planners")).await.unwrap();
    id
}

fn state(stored: &Stored, step: &str) -> StepState {
    stored.case.step(&key(step)).unwrap().state.clone()
}

#[tokio::test]
async fn each_is_written_to_without_a_word_about_the_couple_and_the_case_waits() {
    for desk in desks(1).await {
        let id = asked(&desk).await;
        let outbox = outbox(&desk).await;
        let to: Vec<&str> = outbox.iter().map(|(to, ..)| to.as_str()).collect();
        assert_eq!(to, ["planners: Marta", "planners: Ola", "planners: Per"]);
        let mut asks = BTreeSet::new();
        for (_, message, _) in &outbox {
            assert_eq!(message.title, "An emergency planner is needed: case CR-1");
            assert_eq!(message.path, format!("/crises/{id}"));
            assert!(message.lines[0].starts_with("Vendor cancelled, ceremony "), "{:?}", message.lines);
            assert!(
                message.lines[1].starts_with("priya asks for an emergency planner"),
                "{:?}",
                message.lines
            );
            let whole = serde_json::to_string(message).unwrap().to_lowercase();
            for private in ["elena", "marcus", "lindqvist", "borg", "rosengard", "example.com", "123 41 18"] {
                assert!(!whole.contains(private), "{private}");
            }
            let of = message.asks.clone().unwrap();
            assert_eq!((of.answer.as_str(), of.until), ("Yes, on my way", START.plus(2 * HOUR)));
            asks.insert(of.id);
        }
        assert_eq!(asks.len(), 3, "each has a link of their own");
        assert_eq!(
            desk.story(&id).await.last().unwrap(),
            "Send an emergency planner: priya asked Marta, Ola and Per."
        );
        assert_eq!(desk.sentences().await[0], "Priya (by a test) asked people for case CR-1");
        let again = desk.cases.ask(&desk.work(), &id, &key("deploy_planners")).await.unwrap_err();
        assert_eq!(again.to_string(), "The step has been begun, and is being waited for.");
        assert_eq!(self::outbox(&desk).await.len(), 3, "a second press asks nobody");
    }
}

#[tokio::test]
async fn a_link_answers_once_and_only_when_it_is_pressed() {
    for desk in desks(1).await {
        let id = asked(&desk).await;
        let tokens = tokens(&desk).await;
        for _ in 0..3 {
            let looked = desk.cases.yes(&tokens[0]).await.unwrap().unwrap();
            assert_eq!((looked.name.as_str(), looked.standing), ("Marta", YesStanding::Awaited));
            assert_eq!(
                (looked.case.as_str(), looked.step.as_str()),
                ("case CR-1", "Send an emergency planner")
            );
        }
        assert!(matches!(state(&desk.only().await, "deploy_planners"), StepState::Waiting { .. }));
        desk.clock.advance(7 * MINUTE);
        let said = Some(YesStanding::Said { at: START.plus(7 * MINUTE) });
        assert_eq!(say_yes(&desk, &tokens[0]).await, said);
        let story = desk.story(&id).await;
        assert_eq!(story.last().unwrap(), "Send an emergency planner: Marta says yes, so it is done.");
        assert_eq!(desk.sentences().await[0], "Somebody not signed in answered yes for case CR-1");
        let StepState::Done { by, at, late_by: 0 } = state(&desk.only().await, "deploy_planners") else {
            panic!("done")
        };
        assert_eq!((by.name(), at), ("Marta", START.plus(7 * MINUTE)));
        // Once more, and by others: what happened stays what it was.
        desk.clock.advance(MINUTE);
        assert_eq!(say_yes(&desk, &tokens[0]).await, said);
        assert_eq!(standing(&desk, &tokens[0]).await, said);
        assert_eq!(standing(&desk, &tokens[1]).await, Some(YesStanding::NotNeeded));
        assert_eq!(say_yes(&desk, &tokens[1]).await, Some(YesStanding::NotNeeded));
        assert_eq!(desk.story(&id).await, story);
        let answers = desk.sentences().await.into_iter().filter(|line| line.contains("answered yes")).count();
        assert_eq!(answers, 1);
        // What has not left is not sent any more to those who need not come.
        let states: Vec<String> = outbox(&desk).await.into_iter().map(|(.., state)| state).collect();
        assert_eq!(states, ["queued", "stopped", "stopped"]);
        let shown = desk.cases.asked_of(&desk.priya.permit().unwrap(), &id).await.unwrap();
        let answers: Vec<_> = shown.iter().map(|asked| (asked.name.as_str(), asked.answered_at)).collect();
        assert_eq!(answers, [("Marta", Some(START.plus(7 * MINUTE))), ("Ola", None), ("Per", None)]);
    }
}

#[tokio::test]
async fn a_link_that_is_over_or_never_was_leads_nowhere_and_the_step_is_open_again() {
    for desk in desks(1).await {
        let id = asked(&desk).await;
        let tokens = tokens(&desk).await;
        let never = SecretString::from("marked-token-that-never-was");
        assert_eq!((standing(&desk, &never).await, say_yes(&desk, &never).await), (None, None));
        desk.clock.advance(2 * HOUR - 1);
        assert_eq!(standing(&desk, &tokens[2]).await, Some(YesStanding::Awaited));
        desk.clock.advance(1);
        assert_eq!((standing(&desk, &tokens[2]).await, say_yes(&desk, &tokens[2]).await), (None, None));
        desk.cases.pass().await.unwrap();
        assert_eq!(state(&desk.only().await, "deploy_planners"), StepState::Open);
        let came = "Send an emergency planner: came to nothing, and is open again.";
        assert!(desk.story(&id).await.iter().any(|line| line == came));
        // Others can be asked now, or the same.
        desk.cases.ask(&desk.work(), &id, &key("deploy_planners")).await.unwrap();
        let shown = desk.cases.asked_of(&desk.priya.permit().unwrap(), &id).await.unwrap();
        assert_eq!(shown.iter().map(|asked| asked.times).collect::<Vec<_>>(), [2, 2, 2]);
    }
}

#[tokio::test]
async fn where_all_are_needed_all_count_also_those_who_answer_at_the_same_moment() {
    for desk in desks(3).await {
        let id = asked(&desk).await;
        let tokens = tokens(&desk).await;
        let presses = tokens.iter().chain(&tokens).map(|token| say_yes(&desk, token));
        let said = futures::future::join_all(presses).await;
        assert_eq!(said, vec![Some(YesStanding::Said { at: START }); 6]);
        let story = desk.story(&id).await;
        let yes = story.iter().filter(|line| line.ends_with("says yes.")).count();
        let done = story.iter().filter(|line| line.ends_with("says yes, so it is done.")).count();
        assert_eq!((yes, done), (2, 1), "{story:?}");
        let answers = desk.sentences().await.iter().filter(|line| line.contains("answered yes")).count();
        assert_eq!(answers, 3);
    }
}

#[tokio::test]
async fn the_silent_are_asked_again_after_a_rest_and_somebody_else_too() {
    for desk in desks(2).await {
        let id = asked(&desk).await;
        let step = key("deploy_planners");
        let tokens = tokens(&desk).await;
        say_yes(&desk, &tokens[1]).await;
        let soon = desk.cases.ask_again(&desk.work(), &id, &step).await.unwrap_err();
        assert_eq!(soon.to_string(), "They were asked less than a minute ago.");
        desk.clock.advance(MINUTE);
        desk.cases.ask_again(&desk.work(), &id, &step).await.unwrap();
        let story = desk.story(&id).await;
        assert_eq!(story.last().unwrap(), "Send an emergency planner: priya asked Marta and Per again.");
        // The link of the first message answers as well as that of the second.
        let ben = desk.viewer("ben", "operator").await;
        let whom = format!("person/{}", ben.person.as_str());
        assert!(desk.cases.who_can_be_asked().await.unwrap().iter().any(|one| one.whom == whom));
        desk.cases.ask_somebody(&desk.work(), &id, &step, &whom).await.unwrap();
        let soon = desk.cases.ask_somebody(&desk.work(), &id, &step, &whom).await.unwrap_err();
        assert_eq!(soon.to_string(), "They were asked less than a minute ago.");
        let nobody = desk.cases.ask_somebody(&desk.work(), &id, &step, "person/none").await.unwrap_err();
        assert_eq!(nobody.to_string(), "There is nobody of that name who could be asked.");
        let last = outbox(&desk).await.pop().unwrap();
        assert_eq!(last.0, ben.person.as_str());
        let bens = token(&desk, &last.1.asks.unwrap()).await;
        say_yes(&desk, &bens).await;
        assert_eq!(desk.sentences().await[0], "Ben answered yes for case CR-1");
        assert!(matches!(state(&desk.only().await, "deploy_planners"), StepState::Done { .. }));
        let over = desk.cases.ask_again(&desk.work(), &id, &step).await.unwrap_err();
        assert_eq!(over.to_string(), "The step is not being waited for.");
    }
}

#[tokio::test]
async fn people_of_the_console_are_asked_by_their_role_and_nobody_where_there_is_nobody() {
    for desk in super::desks().await {
        desk.take_in(&[crisis("CR-1")]).await;
        let id = desk.only().await.case.id;
        let ask = async |step: &str| desk.cases.ask(&desk.work(), &id, &key(step)).await;
        let nobody = "There is nobody whom the step could ask: the configuration names nobody, or nobody of them is there now.";
        assert_eq!(
            ask("tell_executives").await.unwrap_err().to_string(),
            nobody,
            "there are no executives yet"
        );
        assert_eq!(ask("deploy_planners").await.unwrap_err().to_string(), nobody, "nobody is on call");
        assert_eq!(ask("manual_mode").await.unwrap_err().to_string(), "The step asks nobody.");
        assert_eq!(ask("nothing").await.unwrap_err().to_string(), "It has no such step.");
        let eve = desk.viewer("eve", "executive").await;
        ask("tell_executives").await.unwrap();
        let outbox = outbox(&desk).await;
        assert_eq!(outbox.len(), 1);
        assert_eq!(
            (outbox[0].0.as_str(), outbox[0].1.asks.as_ref().unwrap().answer.as_str()),
            (eve.person.as_str(), "I have read it")
        );
    }
}

#[tokio::test]
async fn at_a_crisis_failure_a_question_goes_by_itself_once_where_its_type_says_so() {
    for world in testing::worlds().await {
        let change = |config: &mut Config| {
            let planners = config.crises.people.get_mut("planners").unwrap();
            planners.outside = vec![outsider("Marta")];
            let types = config.crises.types.iter().cloned().map(|mut of| {
                for step in &mut of.checklist {
                    step.automatic = step.key.as_str() == "deploy_planners";
                }
                of
            });
            config.crises.types = domain::crises::CaseTypes::new(types.collect()).unwrap();
        };
        let desk = Desk::with(world, keys(KEY), change).await;
        desk.take_in(&[crisis("CR-1")]).await;
        let id = desk.only().await.case.id;
        let mut tried = super::super::running::Tried::new();
        assert!(!desk.cases.run_automatic(&mut tried).await.unwrap(), "no crisis failure is open");
        desk.cases.set_failing("wedsync", true);
        assert!(desk.cases.run_automatic(&mut tried).await.unwrap());
        assert!(!desk.cases.run_automatic(&mut tried).await.unwrap());
        assert_eq!(outbox(&desk).await.len(), 1);
        assert_eq!(
            desk.story(&id).await.last().unwrap(),
            "Send an emergency planner: the console asked Marta."
        );
        let wait = state(&desk.only().await, "deploy_planners");
        assert!(
            matches!(&wait, StepState::Waiting { by, wait: Wait::Answer { asked: 1, .. }, .. } if by.is_automatic()),
            "{wait:?}"
        );
    }
}
