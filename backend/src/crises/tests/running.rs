//! Steps that an action does, against a pretended platform that counts what was done to it.

use std::time::Duration;

use domain::crises::{StepKey, StepState};

use super::{super::running::Tried, *};
use crate::actions::{self, testing::Stand};

async fn stand(world: World) -> (Stand, Cases, Viewer) {
    let stand = Stand::with(world, Clock::fast(10), |_| {}).await;
    let erasures = stand.world.folder().join("erasures.ndjson");
    let sealing =
        config::Sealing { keys: keys(KEY), keys_file: None, fault: None, erasures, backups_kept: None };
    let sealing = Sealing::new(stand.world.db.clone(), stand.clock.clone(), &sealing);
    let with = (stand.access.clone(), stand.actions.clone());
    let cases = Cases::new(stand.world.db.clone(), stand.clock.clone(), stand.config.clone(), with, sealing);
    let priya = testing::viewer(&stand.world.db, &stand.clock, "priya", "support").await;
    let now = stand.clock.now();
    let told = ["CR-1", "CR-2"].map(|id| with_time(id, now));
    cases.take_in("wedsync", told.into(), true).await.unwrap();
    (stand, cases, priya)
}

fn with_time(id: &str, now: Millis) -> Told {
    let mut one = crisis(id);
    one["created_at"] = json!(now.0);
    Told::parse(&one, now).unwrap()
}

async fn rows(cases: &Cases, viewer: &Viewer) -> Vec<Stored> {
    cases.board(&viewer.permit().unwrap(), None, &Default::default(), 0).await.unwrap().rows
}

fn state(stored: &Stored, key: &str) -> StepState {
    stored.case.step(&StepKey::parse(key).unwrap()).unwrap().state.clone()
}

/// Until every run has ended and the cases say so.
async fn settled(stand: &Stand, cases: &Cases) {
    let (stopping, stop) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(actions::run(stand.actions.clone(), stop));
    for _ in 0..300 {
        if stand.actions.open().await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(cases.settle_runs().await.unwrap());
    assert!(!cases.settle_runs().await.unwrap());
    stopping.send(true).unwrap();
    worker.await.unwrap();
}

#[tokio::test]
async fn one_run_begun_by_the_console_serves_every_case_that_waits() {
    for world in testing::worlds().await {
        let (stand, cases, priya) = stand(world).await;
        let mut tried = Tried::new();
        assert!(!cases.run_automatic(&mut tried).await.unwrap(), "no crisis failure is open");
        cases.set_failing("wedsync", true);
        assert!(cases.run_automatic(&mut tried).await.unwrap());
        assert_eq!(stand.actions.open().await.unwrap().len(), 2);
        assert!(!cases.run_automatic(&mut tried).await.unwrap());
        let waiting = rows(&cases, &priya).await;
        assert_eq!(waiting.len(), 2);
        assert_eq!(state(&waiting[0], "manual_mode"), state(&waiting[1], "manual_mode"));
        assert!(matches!(state(&waiting[0], "alert_emergency_team"), StepState::Waiting { .. }));
        settled(&stand, &cases).await;
        for stored in rows(&cases, &priya).await {
            for key in ["manual_mode", "alert_emergency_team"] {
                let state = state(&stored, key);
                assert!(
                    matches!(&state, StepState::Done { by, .. } if by.is_automatic()),
                    "{key}: {state:?}"
                );
            }
        }
        assert_eq!(stand.effects().len(), 2, "{:?}", stand.effects());
    }
}

#[tokio::test]
async fn a_person_begins_the_run_of_a_step_and_another_case_joins_it() {
    for world in testing::worlds().await {
        let (stand, cases, priya) = stand(world).await;
        let work: Permit<WorkCases> = priya.permit().unwrap();
        let all = rows(&cases, &priya).await;
        let step = StepKey::parse("manual_mode").unwrap();
        let (platform, action) = cases.action_of(&all[0].case.id, &step).await.unwrap();
        let typed = BTreeMap::new();
        let looked = stand.actions.look(&priya.permit().unwrap(), &platform, &action, &typed).await.unwrap();
        let seen = looked.preview.fingerprint();
        let press = async |of: usize| {
            let asked = (seen.clone(), "the AI does not answer".to_owned());
            cases.run_step(&work, &all[of].case.id, &step, asked).await
        };
        press(0).await.unwrap();
        assert_eq!(
            press(0).await.unwrap_err().to_string(),
            "The step has been begun, and is being waited for."
        );
        press(1).await.unwrap();
        assert_eq!(stand.actions.open().await.unwrap().len(), 1);
        settled(&stand, &cases).await;
        for stored in rows(&cases, &priya).await {
            assert!(matches!(state(&stored, "manual_mode"), StepState::Done { .. }));
        }
        assert_eq!(stand.effects().len(), 1);
    }
}

#[tokio::test]
async fn a_run_that_fails_opens_its_step_again_and_is_shown_with_it() {
    for world in testing::worlds().await {
        let (stand, cases, priya) = stand(world).await;
        let work: Permit<WorkCases> = priya.permit().unwrap();
        let id = rows(&cases, &priya).await[0].case.id.clone();
        let step = StepKey::parse("alert_emergency_team").unwrap();
        let (platform, action) = cases.action_of(&id, &step).await.unwrap();
        let press = async || {
            let typed = BTreeMap::new();
            let looked =
                stand.actions.look(&priya.permit().unwrap(), &platform, &action, &typed).await.unwrap();
            let asked = (looked.preview.fingerprint(), "nobody has been alerted".to_owned());
            cases.run_step(&work, &id, &step, asked).await.unwrap()
        };
        stand.fault(json!({ "route": "/alerts/emergency", "status": 403 }));
        let begun = press().await;
        let StepState::Waiting { wait: domain::crises::Wait::Run { run }, .. } = state(&begun, step.as_str())
        else {
            panic!("it waits for its run")
        };
        settled(&stand, &cases).await;
        let failed = rows(&cases, &priya).await.into_iter().find(|stored| stored.case.id == id).unwrap();
        let found = failed.case.step(&step).unwrap();
        assert_eq!((&found.state, found.failed_run.as_ref()), (&StepState::Open, Some(&run)));
        assert_eq!(stand.effects(), []);
        // Once it can be done it is begun anew.
        stand.simulator.platform.faults.lock().unwrap().clear();
        press().await;
        settled(&stand, &cases).await;
        let done = rows(&cases, &priya).await.into_iter().find(|stored| stored.case.id == id).unwrap();
        assert!(matches!(state(&done, step.as_str()), StepState::Done { .. }));
        assert_eq!(done.case.step(&step).unwrap().failed_run, None);
        assert_eq!(stand.effects().len(), 1);
    }
}
