//! Runs from their request to their end, against a pretended platform that counts what was done to it.

use std::time::Duration;

use domain::{
    actions::{Fingerprint, State},
    alerts::AlertId,
    time::MINUTE,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{
    testing::{Stand, actions_of},
    *,
};
use crate::{
    access::Viewer,
    config,
    testing::{self, World},
};

async fn stands() -> Vec<Stand> {
    let mut stands = Vec::new();
    for world in testing::worlds().await {
        stands.push(stand(world).await);
    }
    stands
}

/// Answers and effects come when they come; a deadline of half a minute is over in three seconds.
async fn stand(world: World) -> Stand {
    Stand::with(world, Clock::fast(10), |_| {}).await
}

/// Whoever carries runs out, until it is dropped.
struct Worker(watch::Sender<bool>, JoinHandle<()>);

impl Worker {
    fn of(actions: &Actions) -> Worker {
        let (stopping, stop) = watch::channel(false);
        Worker(stopping, tokio::spawn(run(actions.clone(), stop)))
    }

    async fn end(self) {
        self.0.send(true).unwrap();
        self.1.await.unwrap();
    }
}

impl Stand {
    async fn look(&self, viewer: &Viewer, key: &str, typed: &[(&str, &str)]) -> Looked {
        let key = ActionKey::parse(key).unwrap();
        self.actions.look(&viewer.permit().unwrap(), "wedsync", &key, &fields(typed)).await.unwrap()
    }

    async fn asking(&self, viewer: &Viewer, key: &str, typed: &[(&str, &str)]) -> Asking {
        let looked = self.look(viewer, key, typed).await;
        assert_eq!(looked.preview.failing(), Vec::<String>::new(), "{key}");
        Asking {
            platform: "wedsync".to_owned(),
            action: ActionKey::parse(key).unwrap(),
            typed: fields(typed),
            reason: "the test wants it".to_owned(),
            seen: looked.preview.fingerprint(),
            alert: None,
        }
    }

    async fn request(&self, viewer: &Viewer, asking: Asking) -> Result<Run, ActionRefused> {
        let action = self.actions.action("wedsync", &asking.action).unwrap();
        self.actions.request(&RunPermit::of(viewer, action)?, asking).await
    }

    async fn ended(&self, id: &RunId) -> Run {
        for _ in 0..600 {
            let run = self.actions.stored(id).await.unwrap().run;
            if run.is_over() {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?}", self.actions.stored(id).await.unwrap().run.state);
    }
}

fn fields(typed: &[(&str, &str)]) -> BTreeMap<String, String> {
    typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_platform_has_a_catalogue() {
    let config = config::load(None, std::iter::empty()).unwrap();
    assert_eq!(config.catalogues.len(), config.platforms.len());
    assert!(config.catalogues["wedsync"].iter().count() > 20);
}

#[tokio::test]
async fn what_one_person_may_do_is_done_once_and_told() {
    for stand in stands().await {
        let name = stand.world.name;
        let worker = Worker::of(&stand.actions);
        let ada = testing::in_session(&stand.access, "ada", "operator").await;
        let asking = stand.asking(&ada, "enable-fallback", &[]).await;
        let asked = stand.request(&ada, asking.clone()).await.unwrap();
        // The button pressed twice: nothing is asked for a second time.
        assert!(stand.request(&ada, asking).await.is_err(), "{name}");
        let run = stand.ended(&asked.id).await;
        assert!(matches!(run.state, State::Succeeded { .. }), "{name}: {:?}", run.state);
        let effects = stand.effects();
        assert_eq!(effects.len(), 1, "{name}: {effects:?}");
        assert_eq!(effects[0].0, format!("{}-1", run.id), "the request carries the mark of its step");
        let told = stand.actions.told_of(&ada.permit().unwrap(), &run.id).await.unwrap();
        let kinds: Vec<String> = told
            .story
            .iter()
            .map(|(_, one)| serde_json::to_value(one).unwrap()["happened"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(kinds, ["requested", "began", "answered", "ended", "succeeded"], "{name}");
        let log = testing::on_record(&stand.world.db).await.join("\n");
        for line in
            ["run.requested done by ada", "run.requested refused by ada", "run.succeeded done by for ada"]
        {
            assert!(log.contains(line), "{name}: {line} in {log}");
        }
        // It is so now, which the next preview says.
        let again = stand.look(&ada, "enable-fallback", &[]).await;
        assert!(again.preview.failing()[0].contains("It is so already"), "{:?}", again.preview.failing());
        worker.end().await;
    }
}

#[tokio::test]
async fn two_people_are_two_people() {
    for stand in stands().await {
        let name = stand.world.name;
        let worker = Worker::of(&stand.actions);
        let lead = testing::in_session(&stand.access, "lea", "lead").await;
        let other = testing::in_session(&stand.access, "lou", "lead").await;
        let asking = stand.asking(&lead, "reroute-to-backup-region", &[]).await;
        let without_reason = Asking { reason: " ".to_owned(), ..asking.clone() };
        let refused = stand.request(&lead, without_reason).await.unwrap_err();
        assert_eq!(refused.to_string(), "It is dangerous: say why it should be done.", "{name}");
        let asked = stand.request(&lead, asking).await.unwrap();
        assert!(matches!(asked.state, State::Requested { .. }), "{name}");
        let own = stand.actions.approve(&lead.permit().unwrap(), &asked.id, String::new()).await;
        assert!(own.unwrap_err().to_string().starts_with("You asked for it yourself"), "{name}");
        assert_eq!(stand.effects(), [], "{name}: nothing before somebody has agreed");
        stand.actions.approve(&other.permit().unwrap(), &asked.id, "go".to_owned()).await.unwrap();
        let run = stand.ended(&asked.id).await;
        assert!(matches!(run.state, State::Succeeded { .. }), "{name}: {:?}", run.state);
        assert_eq!(stand.effects().len(), 1, "{name}: {:?}", stand.effects());

        // Taken back, again by two.
        let why = || "the region is well".to_owned();
        let stale = Fingerprint::from_form("0".repeat(64).as_str());
        let refused = stand.actions.undo(&other, &run.id, why(), stale).await.unwrap_err();
        assert!(refused.to_string().contains("no longer true"), "{name}: {refused}");
        let (_, looked) = stand.actions.look_at_undo(&other.permit().unwrap(), &run.id).await.unwrap();
        let seen = looked.unwrap().preview.fingerprint();
        let undo = stand.actions.undo(&other, &run.id, why(), seen).await.unwrap();
        stand.actions.approve(&lead.permit().unwrap(), &undo.id, String::new()).await.unwrap();
        assert!(matches!(stand.ended(&undo.id).await.state, State::Succeeded { .. }), "{name}");
        let first = stand.actions.stored(&run.id).await.unwrap().run;
        assert!(matches!(first.state, State::Undone { .. }), "{name}: {:?}", first.state);
        assert_eq!(stand.effects().len(), 2, "{name}");
        worker.end().await;
    }
}

#[tokio::test]
async fn what_is_not_true_any_more_is_not_done() {
    let stand = stand(testing::sqlite().await).await;
    let worker = Worker::of(&stand.actions);
    let ada = testing::in_session(&stand.access, "ada", "operator").await;
    let asking = stand.asking(&ada, "scale-recommendation", &[("replicas", "8")]).await;
    let other = Asking { seen: Fingerprint::from_form("0".repeat(64).as_str()), ..asking.clone() };
    let refused = stand.request(&ada, other).await.unwrap_err();
    assert!(refused.to_string().contains("no longer true"), "{refused}");
    for (typed, words) in
        [("-1", "replicas"), ("0", "replicas"), ("100000", "replicas"), ("eight", "replicas")]
    {
        let key = ActionKey::parse("scale-recommendation").unwrap();
        let looked = stand
            .actions
            .look(&ada.permit().unwrap(), "wedsync", &key, &fields(&[("replicas", typed)]))
            .await;
        let Err(ActionRefused::Fields(errors)) = looked else { panic!("{typed}: {looked:?}") };
        assert_eq!(errors[0].field, words, "{typed}");
    }
    assert_eq!(stand.effects(), []);
    worker.end().await;
}

/// (fault, whether the effect is applied, which ends are honest)
fn faults() -> Vec<(Value, bool, &'static [&'static str])> {
    vec![
        (json!({ "reset": true }), false, &["failed", "unknown"]),
        (json!({ "reset": true, "when": "after" }), true, &["succeeded"]),
        (json!({ "drop": true }), false, &["failed", "unknown"]),
        (json!({ "drop": true, "when": "after" }), true, &["succeeded"]),
        (json!({ "status": 500 }), false, &["failed", "unknown"]),
        (json!({ "status": 500, "when": "after" }), true, &["succeeded"]),
        (json!({ "status": 404 }), false, &["failed"]),
        (json!({ "status": 403 }), false, &["failed"]),
        (json!({ "status": 409 }), false, &["failed"]),
        // Refused without effect, and tried again.
        (json!({ "status": 429, "retry_after": 0, "times": 1 }), true, &["succeeded"]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_it_is_done_at_most_once_and_what_is_said_is_so() {
    for (fault, applied, honest) in faults() {
        let stand = stand(testing::sqlite().await).await;
        let worker = Worker::of(&stand.actions);
        let ada = testing::in_session(&stand.access, "ada", "operator").await;
        let asking = stand.asking(&ada, "enable-fallback", &[]).await;
        let mut ordered = fault.clone();
        ordered["route"] = json!("/ai/fallback/enable");
        if ordered["times"].is_null() {
            ordered["times"] = json!(4);
        }
        stand.fault(ordered);
        let asked = stand.request(&ada, asking).await.unwrap();
        let run = stand.ended(&asked.id).await;
        assert!(honest.contains(&run.state_word()), "{fault}: {:?}", run.state);
        assert_eq!(stand.effects().len(), usize::from(applied), "{fault}: {:?}", stand.effects());
        worker.end().await;
    }
}

#[tokio::test]
async fn a_console_that_was_killed_looks_and_does_not_send_again() {
    for sent in [false, true] {
        let stand = stand(testing::sqlite().await).await;
        let ada = testing::in_session(&stand.access, "ada", "operator").await;
        let asking = stand.asking(&ada, "enable-fallback", &[]).await;
        let asked = stand.request(&ada, asking).await.unwrap();
        // As far as the intent, and as one that dies then: before the request, or after it.
        let planned = asked.plan().steps[0].clone();
        let hands = stand.actions.hands("wedsync").unwrap();
        let fresh = hands.before(stand.actions.catalogue("wedsync").unwrap(), &planned).await;
        let (dispatch, _) = stand.actions.intend(&asked.id, fresh).await.unwrap();
        if sent {
            hands.apply(&planned, &dispatch.unwrap(), &hands::Progress::new()).await;
        }
        let next = actions_of(&stand.world, &stand.clock, &stand.config, &stand.access);
        let worker = Worker::of(&next);
        // Without the effect nobody can know: it is looked for until its deadline, and nothing is sent meanwhile.
        let run = stand.ended(&asked.id).await;
        assert_eq!(run.state_word(), if sent { "succeeded" } else { "unknown" }, "{:?}", run.state);
        assert_eq!(stand.effects().len(), usize::from(sent));
        worker.end().await;
    }
}

#[tokio::test]
async fn the_glass_is_broken_only_in_an_emergency_and_everybody_hears() {
    let stand = stand(testing::sqlite().await).await;
    let lead = testing::in_session(&stand.access, "lea", "lead").await;
    let other = testing::in_session(&stand.access, "lou", "lead").await;
    let asking = stand.asking(&lead, "reroute-to-backup-region", &[]).await;
    let asked = stand.request(&lead, asking).await.unwrap();
    let alone =
        stand.actions.break_glass(&stand.actions.permit_for(&lead, asked.plan()).unwrap(), &asked.id).await;
    assert_eq!(alone.unwrap_err().to_string(), "No level 4 is open: it needs a second person.");
    assert_eq!(stand.actions.emergency("wedsync").await.unwrap(), None::<AlertId>);
    let permit = other.permit().unwrap();
    let refused = stand.actions.refuse(&permit, &asked.id, "scale first".to_owned()).await.unwrap();
    assert_eq!(refused.state_word(), "refused");
    let late = stand.actions.approve(&permit, &asked.id, String::new()).await;
    assert!(late.is_err());
    assert_eq!(stand.effects(), []);
}

#[tokio::test]
async fn nothing_is_approved_after_half_an_hour() {
    let world = testing::sqlite().await;
    let mut stand = stand(world).await;
    let lead = testing::in_session(&stand.access, "lea", "lead").await;
    stand.clock = Clock::held(stand.clock.now());
    stand.actions = actions_of(&stand.world, &stand.clock, &stand.config, &stand.access);
    let asking = stand.asking(&lead, "reroute-to-backup-region", &[]).await;
    let asked = stand.request(&lead, asking).await.unwrap();
    stand.clock.advance(30 * MINUTE);
    let worker = Worker::of(&stand.actions);
    assert_eq!(stand.ended(&asked.id).await.state_word(), "lapsed");
    worker.end().await;
}

#[tokio::test]
async fn one_switch_stops_what_nobody_asked_for() {
    for stand in stands().await {
        let ada = testing::in_session(&stand.access, "ada", "operator").await;
        let permit = ada.permit().unwrap();
        let refused = stand.actions.turn_automation(&permit, false, String::new()).await;
        assert!(refused.is_err(), "{}: it needs a reason", stand.world.name);
        stand.actions.turn_automation(&permit, false, "we move the cluster".to_owned()).await.unwrap();
        assert!(!stand.actions.automation().await.unwrap().is_on());
        stand.actions.turn_automation(&permit, true, String::new()).await.unwrap();
        assert!(stand.actions.automation().await.unwrap().is_on());
        let log = testing::on_record(&stand.world.db).await.join("\n");
        assert!(
            log.contains("automation.turned_off done by ada about everything automatic: we move"),
            "{log}"
        );
        assert!(log.contains("automation.turned_off refused by ada about everything automatic"), "{log}");
    }
}

/// It was carried out after the backup was made, which the backup does not know.
#[tokio::test]
async fn what_was_open_in_a_backup_is_not_carried_out_again() {
    for stand in stands().await {
        let ada = testing::in_session(&stand.access, "ada", "operator").await;
        let asking = stand.asking(&ada, "enable-fallback", &[]).await;
        let asked = stand.request(&ada, asking).await.unwrap();
        let mut tx = stand.world.db.begin().await.unwrap();
        assert_eq!(hold_back(&mut tx, stand.actions.0.clock.now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let worker = Worker::of(&stand.actions);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let run = stand.ended(&asked.id).await;
        assert!(matches!(run.state, State::Cancelled { .. }), "{:?}", run.state);
        assert_eq!(stand.effects().len(), 0);
        worker.end().await;
    }
}
