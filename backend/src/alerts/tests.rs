use std::sync::Arc;

use domain::{
    alerts::{AlertState, Refusal},
    monitoring::{Level, Outcome, PlatformStatus, Sample, Unit},
    time::{MINUTE, Millis, SECOND},
};

use super::*;
use crate::{
    access::{HandleAlerts, Permit},
    config,
    testing::{self, World},
    tick::Console,
};

const POLL: i64 = 30 * SECOND;

/// A console that is told what it polled, with a clock that is moved.
struct Watching {
    world: World,
    clock: Clock,
    console: Console,
}

async fn watchings() -> Vec<Watching> {
    let mut all = Vec::new();
    for world in testing::worlds().await {
        let clock = Clock::held(Millis(1_795_478_400_000));
        let console = console(&world, &clock).await;
        all.push(Watching { world, clock, console });
    }
    all
}

async fn console(world: &World, clock: &Clock) -> Console {
    let config = config::load(None, std::iter::empty()).unwrap();
    Console::start(world.db.clone(), clock.clone(), Arc::new(config)).await.unwrap()
}

impl Watching {
    async fn response(&self, value: f64) {
        self.clock.advance(POLL);
        let mut sample = Sample::empty(self.clock.now(), Outcome::Answered);
        sample.status = Some(PlatformStatus::Healthy);
        sample.take_in("response_time_ms".into(), Unit::Milliseconds, value);
        self.console.poll_for_tests(sample).await;
    }

    async fn restart(&mut self) {
        self.console = console(&self.world, &self.clock).await;
    }

    async fn permit(&self, name: &str) -> Permit<HandleAlerts> {
        testing::viewer(&self.world.db, &self.clock, name, "operator").await.permit().unwrap()
    }

    async fn only(&self) -> Stored {
        let mut open = self.console.alerts.open(10).await.unwrap();
        assert_eq!(open.len(), 1, "{}", self.world.name);
        open.remove(0)
    }

    async fn story(&self, id: &AlertId) -> Vec<String> {
        let told = self.console.alerts.story(id).await.unwrap();
        let line = |happening| {
            domain::alerts::wording::told(
                happening,
                |id| told.names[id].clone(),
                |at| format!("+{} min", at.since(told.stored.alert.fired_at) / MINUTE),
            )
        };
        told.story.iter().map(|(_, happening)| line(happening)).collect()
    }
}

#[tokio::test]
async fn a_departure_is_one_alert_with_its_story_and_its_record_across_a_restart() {
    for mut watching in watchings().await {
        watching.response(6_000.0).await;
        watching.response(6_000.0).await;
        assert!(watching.console.alerts.open(10).await.unwrap().is_empty());
        watching.restart().await;
        watching.response(6_000.0).await;
        let stored = watching.only().await;
        assert_eq!(stored.title, "Response time 6\u{a0}s");
        assert_eq!((stored.alert.severity.level, stored.alert.state), (Level::Warning, AlertState::Firing));
        watching.restart().await;
        watching.response(16_000.0).await;
        assert_eq!(watching.only().await.alert.severity.level, Level::Critical);
        for _ in 0..5 {
            watching.response(250.0).await;
        }
        let shown = watching.console.alerts.shown(None, 10).await.unwrap();
        assert_eq!((shown.open.len(), shown.ended.len(), shown.counts), (0, 1, [0; 4]));
        let ended = &shown.ended[0].stored;
        assert_eq!(ended.alert.highest, Level::Critical);
        assert_eq!(
            watching.story(&ended.id).await,
            [
                "Fired at level 2 Warning.",
                "Rose from 2 Warning to 3 Critical.",
                "Resolved by itself: it is well again."
            ]
        );
        assert_eq!(
            testing::on_record(&watching.world.db).await,
            [
                "alert.fired done by watching about Response time 6\u{a0}s",
                "alert.rose done by watching about Response time 16\u{a0}s",
                "alert.recovered done by watching about Response time 16\u{a0}s"
            ],
            "{}",
            watching.world.name
        );
    }
}

#[tokio::test]
async fn of_two_who_acknowledge_at_once_one_has_it_and_the_other_is_told() {
    for watching in watchings().await {
        watching.response(16_000.0).await;
        let id = watching.only().await.id;
        let (ada, ben) = (watching.permit("ada").await, watching.permit("ben").await);
        let alerts = &watching.console.alerts;
        let (first, second) =
            tokio::join!(alerts.acknowledge(&ada, &id, ""), alerts.acknowledge(&ben, &id, ""));
        let refused: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 1, "{}", watching.world.name);
        let told = matches!(
            &refused[0],
            AlertRefused::Refusal(Refusal::IsAcknowledged { .. }) | AlertRefused::Changed
        );
        assert!(told, "{:?}", refused[0]);
        let acknowledged: Vec<String> = testing::on_record(&watching.world.db).await;
        let acknowledged = acknowledged.iter().filter(|line| line.starts_with("alert.acknowledged")).count();
        assert_eq!(acknowledged, 1);
        assert_eq!(watching.story(&id).await.len(), 2, "and nothing else changed");
    }
}

#[tokio::test]
async fn a_bad_alert_is_resolved_with_a_reason_only_and_stays_closed() {
    for watching in watchings().await {
        watching.response(16_000.0).await;
        let id = watching.only().await.id;
        let (ada, alerts) = (watching.permit("ada").await, &watching.console.alerts);
        let refused = alerts.resolve(&ada, &id, " ").await.unwrap_err();
        assert!(matches!(refused, AlertRefused::Refusal(Refusal::NeedsReason)), "{refused:?}");
        assert!(watching.only().await.alert.is_open(), "a refused change leaves it as it was");
        alerts.resolve(&ada, &id, "known, and accepted until the release").await.unwrap();
        watching.response(16_000.0).await;
        watching.response(16_000.0).await;
        assert!(alerts.open(10).await.unwrap().is_empty());
        alerts.reopen(&ada, &id).await.unwrap();
        assert!(matches!(alerts.reopen(&ada, &id).await, Err(AlertRefused::Refusal(Refusal::IsOpen))));
        assert_eq!(
            watching.story(&id).await,
            [
                "Fired at level 3 Critical.",
                "ada resolved it: Known, and accepted until the release.",
                "ada opened it again."
            ]
        );
    }
}

#[tokio::test]
async fn notes_keep_a_promise_alive_and_it_lapses_without_them() {
    for watching in watchings().await {
        watching.response(16_000.0).await;
        let id = watching.only().await.id;
        let (ada, alerts) = (watching.permit("ada").await, &watching.console.alerts);
        alerts.acknowledge(&ada, &id, "looking at the pods").await.unwrap();
        watching.clock.advance(20 * MINUTE);
        alerts.note(&ada, &id, "scaled out").await.unwrap();
        assert!(matches!(alerts.note(&ada, &id, "  ").await, Err(AlertRefused::EmptyNote)));
        watching.clock.advance(29 * MINUTE);
        alerts.pass().await.unwrap();
        assert!(matches!(watching.only().await.alert.state, AlertState::Acknowledged { .. }));
        watching.clock.advance(MINUTE);
        alerts.pass().await.unwrap();
        assert_eq!(watching.only().await.alert.state, AlertState::Firing);
        let story = watching.story(&id).await;
        assert!(
            story.contains(&"Nothing was heard of ada since the acknowledgement: paging goes on.".to_owned()),
            "{story:?}"
        );
    }
}
