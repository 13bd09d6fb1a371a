//! Alerts from outside, on both databases: what they open, change and end, and what a repetition does.

use std::sync::Arc;

use domain::{
    access::Permission,
    alerts::{AlertId, AlertState},
    delivery::Occasion,
    monitoring::Level,
    time::{MINUTE, Millis},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

use super::*;
use crate::{
    access::{HandleAlerts, Permit},
    alerts::{
        everybody,
        outside::{NotReceived, Received},
    },
    clock::Clock,
    connect::inbound_pagerduty::read_pagerduty,
    testing::{self, World},
};

const START: Millis = Millis(1_795_021_500_000);

struct Intake {
    alerts: Alerts,
    clock: Clock,
    permit: Permit<HandleAlerts>,
    world: World,
}

async fn intakes() -> Vec<Intake> {
    let mut intakes = Vec::new();
    for world in testing::worlds().await {
        intakes.push(intake(world, |_| {}).await);
    }
    intakes
}

async fn intake(world: World, change: impl FnOnce(&mut Config)) -> Intake {
    let clock = Clock::held(START);
    let viewer = testing::signed_in(&world.db, &clock, "operator", change).await;
    assert!(viewer.permissions.has(Permission::HandleAlerts));
    let config = Arc::new(crate::config::load(None, std::iter::empty()).unwrap());
    let alerts = Alerts::new(world.db.clone(), clock.clone(), config);
    Intake { alerts, clock, permit: viewer.permit().unwrap(), world }
}

fn alert(status: &str, fingerprint: &str, severity: &str) -> Value {
    json!({"status": status, "fingerprint": fingerprint, "startsAt": "2026-11-18T17:00:00Z",
        "labels": {"alertname": format!("Alert {fingerprint}"), "severity": severity}})
}

impl Intake {
    async fn receive(&self, alerts: &[Value]) -> Received {
        let payload = json!({"version": "4", "alerts": alerts}).to_string();
        self.alerts.receive_alertmanager(&self.permit, payload.into_bytes()).await.unwrap()
    }

    async fn event(&self, action: &str, key: &str) -> Received {
        let event = json!({"routing_key": "k", "event_action": action, "dedup_key": key,
            "payload": {"summary": "Disk full", "source": "db", "severity": "warning"}});
        let event = read_pagerduty(event.to_string().as_bytes()).unwrap();
        self.alerts.receive_event(&self.permit, event.report(key)).await.unwrap()
    }

    async fn open(&self) -> Vec<Stored> {
        self.alerts.open(100_000).await.unwrap()
    }

    async fn kinds(&self, id: &AlertId) -> Vec<String> {
        let story = store::story(self.world.db.read(), id).await.unwrap();
        let kind =
            |happening| serde_json::to_value(happening).unwrap()["happened"].as_str().unwrap().to_owned();
        story.into_iter().map(|(_, happening)| kind(happening)).collect()
    }
}

#[tokio::test]
async fn an_alert_from_outside_fires_rises_falls_and_resolves_as_its_sender_says() {
    for intake in intakes().await {
        let name = intake.world.name;
        let mut disk = alert("firing", "disk", "warning");
        disk["labels"]["service"] = json!("Optimization engine");
        disk["labels"]["platform"] = json!("another");
        let received = intake.receive(&[disk.clone(), alert("resolved", "gone", "warning")]).await;
        assert_eq!(received, Received { opened: 1, unchanged: 1, ..Received::default() }, "{name}");
        let open = intake.open().await;
        let key = &open[0].alert.key;
        assert_eq!(
            (key.platform.as_str(), key.service.as_deref(), key.metric.as_str()),
            ("wedsync", Some("optimization"), "am:disk")
        );
        assert_eq!(open[0].alert.began_at, Millis(1_795_021_200_000));
        assert_eq!(open[0].alert.severity, domain::alerts::Severity::new(Level::Warning, false, false));
        assert_eq!(open[0].labels.as_ref().unwrap()["platform"], "another");
        let id = open[0].id.clone();
        assert!(intake.alerts.resolve(&intake.permit, &id, "").await.is_err(), "its sender says it is bad");

        intake.clock.advance(MINUTE);
        assert_eq!(intake.receive(&[disk.clone()]).await.unchanged, 1);
        disk["labels"]["severity"] = json!("page");
        assert_eq!(intake.receive(&[disk.clone()]).await.changed, 1);
        assert_eq!(intake.open().await[0].alert.highest, Level::Emergency);
        disk["labels"]["severity"] = json!("info");
        disk["annotations"] = json!({"summary": "Nearly well"});
        intake.receive(&[disk.clone()]).await;
        assert_eq!(intake.open().await[0].title, "Nearly well");
        disk["status"] = json!("resolved");
        assert_eq!(intake.receive(&[disk.clone()]).await.resolved, 1);
        assert_eq!(intake.receive(&[disk.clone()]).await.unchanged, 1);
        assert!(intake.open().await.is_empty());
        assert_eq!(intake.kinds(&id).await, ["fired", "rose", "fell", "resolved"], "{name}");

        disk["status"] = json!("firing");
        intake.receive(&[disk]).await;
        assert_ne!(intake.open().await[0].id, id, "a new departure is a new alert");
        let log = testing::on_record(&intake.world.db).await;
        let payloads = log.iter().filter(|line| line.starts_with("alerts.received done by operator")).count();
        assert_eq!(payloads, 7, "one record for each payload: {log:#?}");
    }
}

#[tokio::test]
async fn a_list_goes_out_until_somebody_has_all_that_it_names() {
    for intake in intakes().await {
        let name = intake.world.name;
        let config = crate::config::load(None, std::iter::empty()).unwrap();
        crate::oncall::seed(&intake.world.db, &config, intake.clock.now()).await.unwrap();
        let all: Vec<Value> =
            (0..12).map(|number| alert("firing", &format!("n{number}"), "critical")).collect();
        intake.receive(&all).await;
        intake.alerts.pass().await.unwrap();
        let open = intake.open().await;
        let (first, rest) = open.split_first().unwrap();
        let fates = async |stored: &Stored| {
            let deliveries = intake.alerts.deliveries(&stored.id).await.unwrap();
            let storms = deliveries.iter().filter(|one| one.occasion == Occasion::Storm);
            storms.map(|one| format!("{} {:?}", one.to_words, one.state)).collect::<Vec<_>>()
        };
        assert_eq!(fates(first).await, ["the channel ai-ops-alerts Open"], "{name}");
        for stored in rest {
            intake.alerts.acknowledge(&intake.permit, &stored.id, "").await.unwrap();
        }
        assert_eq!(fates(first).await, ["the channel ai-ops-alerts Open"], "{name}: one is nobody's yet");
        intake.alerts.acknowledge(&intake.permit, &first.id, "").await.unwrap();
        assert_eq!(fates(first).await, ["the channel ai-ops-alerts Stopped"], "{name}");
    }
}

#[tokio::test]
async fn the_last_word_on_a_fingerprint_counts_and_bad_ones_are_named() {
    for intake in intakes().await {
        let received = intake
            .receive(&[
                alert("firing", "a", "critical"),
                json!({"status": "nonsense", "fingerprint": "b"}),
                alert("firing", "a", "warning"),
                alert("firing", "c", "critical"),
                alert("resolved", "c", "critical"),
            ])
            .await;
        assert_eq!((received.opened, received.unchanged, received.refused.len()), (1, 1, 1));
        assert_eq!(received.refused[0].place, 1);
        assert_eq!(intake.open().await[0].alert.severity.level, Level::Warning);
        let nothing = intake.alerts.receive_alertmanager(&intake.permit, b"{}".to_vec()).await;
        assert!(matches!(nothing, Err(NotReceived::Unreadable(_))));
    }
}

#[tokio::test]
async fn events_open_acknowledge_and_resolve_and_what_is_not_open_is_dropped() {
    for intake in intakes().await {
        assert_eq!(intake.event("acknowledge", "k").await.unchanged, 1);
        assert_eq!(intake.event("resolve", "k").await.unchanged, 1);
        assert_eq!(intake.event("trigger", "k").await.opened, 1);
        assert_eq!(intake.event("trigger", "k").await.unchanged, 1);
        assert_eq!(intake.event("acknowledge", "k").await.acknowledged, 1);
        assert_eq!(intake.event("acknowledge", "k").await.unchanged, 1);
        let open = intake.open().await;
        let AlertState::Acknowledged { by, .. } = &open[0].alert.state else { panic!("{open:?}") };
        assert_eq!((by.person.as_ref(), by.name.as_str()), (None, "operator (by a test)"));
        assert_eq!(intake.event("resolve", "k").await.resolved, 1);
        intake.event("trigger", "k").await;
        let again = intake.open().await;
        assert_ne!(again[0].id, open[0].id);
        assert_eq!((again.len(), again[0].source), (1, Source::Pagerduty));
    }
}

#[tokio::test]
async fn a_role_of_one_service_takes_only_its_alerts() {
    let limited = |config: &mut Config| {
        let operator = config.access.roles.iter_mut().find(|role| role.name == "operator").unwrap();
        operator.services = Some(vec!["optimization".to_owned()]);
    };
    let intake = intake(testing::sqlite().await, limited).await;
    let of = |fingerprint: &str, service: &str| {
        let mut alert = alert("firing", fingerprint, "info");
        alert["labels"]["service"] = json!(service);
        alert
    };
    let received =
        intake.receive(&[of("a", "optimization"), of("b", "crisis"), alert("firing", "c", "info")]).await;
    assert_eq!((received.opened, received.refused.len()), (1, 2));
}

#[tokio::test]
async fn many_alerts_are_one_transaction_one_record_and_one_message_to_each_channel() {
    for intake in intakes().await {
        let many = |status: &str| -> Vec<Value> {
            (0..300).map(|n| alert(status, &format!("f{n}"), "critical")).collect()
        };
        assert_eq!(intake.receive(&many("firing")).await.opened, 300);
        assert_eq!(intake.receive(&many("firing")).await.unchanged, 300);
        intake.alerts.pass().await.unwrap();
        assert_eq!(intake.alerts.counts().await.unwrap(), [0, 0, 300, 0]);
        assert_eq!(intake.receive(&many("resolved")).await.resolved, 300);
        assert!(intake.open().await.is_empty());
    }
}

#[tokio::test]
async fn two_payloads_at_once_open_each_alert_once() {
    for intake in intakes().await {
        let alerts: Vec<Value> = (0..50).map(|n| alert("firing", &format!("f{n}"), "warning")).collect();
        let all = futures::future::join_all((0..4).map(|_| intake.receive(&alerts))).await;
        let opened: usize = all.iter().map(|received| received.opened).sum();
        assert_eq!((opened, intake.open().await.len()), (50, 50), "{}", intake.world.name);
    }
}

/// The worker sleeps until something is due, with many alerts open as with few, and after a restart.
#[tokio::test]
async fn escalation_comes_when_it_is_due_with_five_thousand_open_alerts() {
    let intake = intake(testing::sqlite().await, |_| {}).await;
    let many: Vec<Value> = (0..5_000).map(|n| alert("firing", &format!("f{n}"), "critical")).collect();
    assert_eq!(intake.receive(&many).await.opened, 5_000);
    intake.alerts.call_in_tests(everybody());
    intake.alerts.pass().await.unwrap();
    let first = intake.open().await;
    // One that fires a minute later is called about a minute later.
    intake.clock.advance(MINUTE);
    intake.receive(&[alert("firing", "late", "critical")]).await;
    intake.alerts.pass().await.unwrap();

    // A new worker, as after a restart: ten minutes after the first page it calls the next tier about all of them.
    let config = Arc::new(crate::config::load(None, std::iter::empty()).unwrap());
    let again = Alerts::new(intake.world.db.clone(), intake.clock.clone(), config);
    again.call_in_tests(everybody());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (_failed, failed) = tokio::sync::watch::channel(());
    let worker = tokio::spawn(run(again.clone(), failed, stopped));
    intake.clock.advance(9 * MINUTE - 1);
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    assert_eq!(intake.kinds(&first[0].id).await.len(), 3, "not a millisecond before");
    intake.clock.advance(1);
    let mut changes = again.changes();
    tokio::time::timeout(std::time::Duration::from_secs(30), changes.changed()).await.unwrap().unwrap();
    for stored in [&first[0], &first[2_500], &first[4_999]] {
        let story = store::story(intake.world.db.read(), &stored.id).await.unwrap();
        let (at, last) = story.last().unwrap();
        assert_eq!(at.since(START), 10 * MINUTE, "{last:?}");
    }
    let late = intake.open().await.into_iter().find(|stored| stored.title == "Alert late").unwrap();
    assert_eq!(intake.kinds(&late.id).await.len(), 3, "its own time has not come");
    stop.send(true).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), worker).await.unwrap().unwrap();
}

/// Whatever comes, a payload that is taken twice changes nothing more, and nothing is open twice.
#[tokio::test]
async fn taking_a_payload_twice_changes_nothing_more() {
    let words = || prop_oneof![Just("critical"), Just("warning"), Just("info"), Just("page"), Just("odd")];
    let one = (prop_oneof![Just("firing"), Just("resolved"), Just("odd")], 0..6_u8, words());
    let payloads = prop::collection::vec(prop::collection::vec(one, 0..8), 1..6);
    for intake in intakes().await {
        let mut runner = TestRunner::deterministic();
        for round in 0..8 {
            let told = payloads.new_tree(&mut runner).unwrap().current();
            for payload in told {
                let alerts: Vec<Value> = payload
                    .iter()
                    .map(|(status, n, severity)| alert(status, &format!("{round}-{n}"), severity))
                    .collect();
                intake.receive(&alerts).await;
                let before = intake.open().await;
                let again = intake.receive(&alerts).await;
                assert_eq!((again.opened, again.changed, again.resolved), (0, 0, 0), "{payload:?}");
                assert_eq!(intake.open().await, before);
            }
        }
    }
}
