use std::sync::Arc;

use domain::{
    alerts::{AlertId, Evidence},
    diagnostics::LONGEST_EVIDENCE,
    monitoring::{Outcome, PlatformStatus, Sample, Unit},
    time::{MINUTE, Millis, SECOND},
};

use super::*;
use crate::{
    access::{HandleAlerts, Permit},
    config,
    testing::{self, World},
    tick::Console,
};

async fn with_an_alert(world: &World) -> (Console, Clock, AlertId) {
    let clock = Clock::held(Millis(1_795_478_400_000));
    let config = config::load(None, std::iter::empty()).unwrap();
    let console = Console::start(world.db.clone(), clock.clone(), Arc::new(config)).await.unwrap();
    clock.advance(30 * SECOND);
    let mut sample = Sample::empty(clock.now(), Outcome::Answered);
    sample.status = Some(PlatformStatus::Healthy);
    sample.take_in("response_time_ms".into(), Unit::Milliseconds, 16_000.0);
    console.poll_for_tests(sample).await;
    let id = console.alerts.open(10).await.unwrap().remove(0).id;
    (console, clock, id)
}

fn evidence(look: &str) -> Evidence {
    Evidence {
        look: look.to_owned(),
        kind: "Pods".to_owned(),
        of: "wedsync, optimization".to_owned(),
        seen_at: Millis(1_795_478_400_000),
        title: "2 of 3 pods are ready.".to_owned(),
        content: "2 of 3 pods are ready.\n\nPods\na | Running".to_owned(),
    }
}

async fn operator(world: &World, clock: &Clock, name: &str) -> Permit<HandleAlerts> {
    testing::viewer(&world.db, clock, name, "operator").await.permit().unwrap()
}

#[tokio::test]
async fn evidence_is_pinned_once_with_its_line_and_its_record() {
    for world in testing::worlds().await {
        let (console, clock, id) = with_an_alert(&world).await;
        let alerts = &console.alerts;
        let permit = operator(&world, &clock, "dee").await;
        let before = alerts.story(&id).await.unwrap().story.len();
        clock.advance(MINUTE);
        let piece = evidence("look-1");
        assert_eq!(
            alerts.pin(&permit, &id, piece.clone(), " it is out of memory ").await.unwrap(),
            Pinned::Now
        );
        assert_eq!(alerts.pin(&permit, &id, piece.clone(), "").await.unwrap(), Pinned::Already);
        let pinned = alerts.evidence(&id).await.unwrap();
        assert_eq!(pinned.len(), 1, "{}", world.name);
        assert_eq!(
            (&pinned[0].evidence, pinned[0].at, pinned[0].by.name.as_str(), pinned[0].note.as_str()),
            (&piece, clock.now(), "dee", "it is out of memory")
        );
        let told = alerts.story(&id).await.unwrap().story;
        let words: Vec<String> = told[before..]
            .iter()
            .map(|(_, happening)| {
                domain::alerts::wording::told(happening, |id| id.to_string(), |_| String::new())
            })
            .collect();
        assert_eq!(
            words,
            ["dee pinned what was seen: Pods. 2 of 3 pods are ready.", "dee: it is out of memory"]
        );
        let record: Vec<String> = testing::on_record(&world.db).await;
        let record: Vec<_> = record.into_iter().filter(|line| line.starts_with("alert.pinned")).collect();
        assert_eq!(
            record,
            ["alert.pinned done by dee (by a test) about Response time 16\u{a0}s: it is out of memory"]
        );
    }
}

#[tokio::test]
async fn two_clicks_at_once_leave_one_piece() {
    for world in testing::worlds().await {
        let (console, clock, id) = with_an_alert(&world).await;
        let permit = operator(&world, &clock, "dee").await;
        let clicks = (0..8).map(|_| console.alerts.pin(&permit, &id, evidence("look-1"), ""));
        let pinned: Vec<Pinned> =
            futures::future::join_all(clicks).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(pinned.iter().filter(|one| **one == Pinned::Now).count(), 1, "{}: {pinned:?}", world.name);
        assert_eq!(console.alerts.evidence(&id).await.unwrap().len(), 1, "{}", world.name);
        let others = (0..5).map(|number| {
            let (permit, alerts, id) = (&permit, &console.alerts, &id);
            async move { alerts.pin(permit, id, evidence(&format!("other-{number}")), "").await }
        });
        let done: Vec<_> = futures::future::join_all(others).await;
        assert_eq!(
            console.alerts.evidence(&id).await.unwrap().len(),
            1 + done.iter().filter(|one| one.is_ok()).count()
        );
    }
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    for world in testing::worlds().await {
        let (console, clock, id) = with_an_alert(&world).await;
        let permit = operator(&world, &clock, "dee").await;
        let alerts = &console.alerts;
        let nowhere = alerts.pin(&permit, &AlertId("none".to_owned()), evidence("look-1"), "").await;
        assert!(matches!(nowhere, Err(AlertRefused::Unknown)));
        let long = alerts.pin(&permit, &id, evidence("look-1"), &"x".repeat(3_000)).await;
        assert!(matches!(long, Err(AlertRefused::TooLong { .. })));
        let story = alerts.story(&id).await.unwrap().story.len();
        let huge = Evidence { content: "x".repeat(LONGEST_EVIDENCE + 1), ..evidence("look-2") };
        assert!(matches!(alerts.pin(&permit, &id, huge, "").await, Err(AlertRefused::Db(_))));
        assert!(alerts.evidence(&id).await.unwrap().is_empty(), "{}", world.name);
        assert_eq!(alerts.story(&id).await.unwrap().story.len(), story);
    }
}
