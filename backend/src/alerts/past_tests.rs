use std::sync::Arc;

use domain::{
    access::Permission,
    alerts::AlertId,
    monitoring::{Level, Outcome, PlatformStatus, Sample, Unit},
    time::{HOUR, MINUTE, Millis, SECOND},
    windows::{Scope, Window, WindowKind},
};

use super::*;
use crate::{
    access::Access,
    config,
    testing::{self, World},
    tick::Console,
};

const POLL: i64 = 30 * SECOND;

/// A console that saw a slow hour: the response time twice, with the queue beside it the second time.
struct Seen {
    world: World,
    clock: Clock,
    console: Console,
}

impl Seen {
    async fn all() -> Vec<Seen> {
        let mut all = Vec::new();
        for world in testing::worlds().await {
            let clock = Clock::held(Millis(1_795_478_400_000));
            let config = config::load(None, std::iter::empty()).unwrap();
            let console = Console::start(world.db.clone(), clock.clone(), Arc::new(config)).await.unwrap();
            let seen = Seen { world, clock, console };
            seen.poll(16_000.0, 3.0).await;
            for _ in 0..5 {
                seen.poll(2_000.0, 3.0).await;
            }
            seen.clock.advance(40 * MINUTE);
            seen.poll(16_000.0, 3.0).await;
            seen.poll(16_000.0, 120.0).await;
            all.push(seen);
        }
        all
    }

    async fn poll(&self, response: f64, queue: f64) {
        self.clock.advance(POLL);
        let mut sample = Sample::empty(self.clock.now(), Outcome::Answered);
        sample.status = Some(PlatformStatus::Healthy);
        sample.take_in("response_time_ms".into(), Unit::Milliseconds, response);
        sample.take_in("queue_length".into(), Unit::Count, queue);
        self.console.poll_for_tests(sample).await;
    }

    async fn found(&self, wanted: &Past) -> Vec<String> {
        let found = self.console.alerts.search(wanted, None, 10).await.unwrap();
        found.iter().map(|stored| stored.title.replace('\u{a0}', " ")).collect()
    }
}

#[tokio::test]
async fn what_was_is_found_by_each_filter_and_by_nothing_else() {
    for seen in Seen::all().await {
        let name = seen.world.name;
        let any = || Past { state: PastState::Any, ..Past::default() };
        assert_eq!(
            seen.found(&any()).await,
            ["Queue 120", "Response time 16 s", "Response time 16 s"],
            "{name}"
        );
        assert_eq!(
            seen.found(&Past::default()).await,
            ["Response time 16 s"],
            "{name}: only what is resolved"
        );
        let firing = Past { state: PastState::Firing, ..Past::default() };
        assert_eq!(seen.found(&firing).await.len(), 2, "{name}");
        let metric = Past { metric: Some("queue_length".to_owned()), ..any() };
        assert_eq!(seen.found(&metric).await, ["Queue 120"], "{name}");
        for (text, count) in [("QUEUE", 1), ("critical line", 3), ("%", 0), ("100_", 0)] {
            let text = Past { text: Some(text.to_owned()), ..any() };
            assert_eq!(seen.found(&text).await.len(), count, "{name}: {text:?}");
        }
        for (service, count) in [("", 3), ("optimization", 0)] {
            let of = Past { service: Some(service.to_owned()), ..any() };
            assert_eq!(seen.found(&of).await.len(), count, "{name}: {service:?}");
        }
        let level = |level| Past { level: Some(level), ..any() };
        assert_eq!(seen.found(&level(Level::Critical)).await.len(), 3, "{name}");
        assert!(seen.found(&level(Level::Warning)).await.is_empty(), "{name}");
        let half_an_hour_ago = seen.clock.now().minus(30 * MINUTE);
        assert_eq!(seen.found(&Past { from: Some(half_an_hour_ago), ..any() }).await.len(), 2, "{name}");
        assert_eq!(seen.found(&Past { to: Some(half_an_hour_ago), ..any() }).await.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_and_without_showing_one_twice() {
    for seen in Seen::all().await {
        let any = Past { state: PastState::Any, ..Past::default() };
        let mut before: Option<PastPlace> = None;
        let mut ids: Vec<AlertId> = Vec::new();
        while let Some(one) = seen.console.alerts.search(&any, before.as_ref(), 1).await.unwrap().pop() {
            before = Some(PastPlace::of(&one).to_string().parse().unwrap());
            ids.push(one.id);
        }
        let whole = seen.console.alerts.search(&any, None, 10).await.unwrap();
        assert_eq!(ids, whole.into_iter().map(|one| one.id).collect::<Vec<_>>(), "{}", seen.world.name);
        assert_eq!(ids.len(), 3);
        assert!("1795478400000".parse::<PastPlace>().is_err() && "x.y".parse::<PastPlace>().is_err());
    }
}

#[tokio::test]
async fn open_pages_are_told_how_many_are_open_and_which_are_new() {
    for seen in Seen::all().await {
        let frame = seen.console.alerts.standing().await.unwrap();
        assert_eq!((frame.open, frame.firing, frame.worst), (2, 2, Some(Level::Critical)));
        assert_eq!(frame.newest.iter().map(|news| news.title.as_str()).collect::<Vec<_>>()[0], "Queue 120");
        let operator = testing::viewer(&seen.world.db, &seen.clock, "ada", "operator").await;
        let id = AlertId(frame.newest[0].id.clone());
        seen.console.alerts.acknowledge(&operator.permit().unwrap(), &id, "").await.unwrap();
        let after = seen.console.alerts.standing().await.unwrap();
        assert_eq!((after.open, after.firing), (2, 1));
        assert!(after.changes > frame.changes, "an open page sees that something changed");
        let ended = seen.console.alerts.last_resolved().await.unwrap().unwrap();
        assert!(seen.clock.now().since(ended) < HOUR);
    }
}

#[tokio::test]
async fn around_an_alert_stand_what_began_with_it_and_what_changed_before() {
    for seen in Seen::all().await {
        let operator = testing::viewer(&seen.world.db, &seen.clock, "ada", "operator").await;
        let silence = |metric: &str| Window {
            kind: WindowKind::Silence,
            over: Scope { metric: Some(metric.to_owned()), ..Scope::default() },
            from: seen.clock.now(),
            until: seen.clock.now().plus(HOUR),
            emergencies: false,
            reason: "load test".to_owned(),
        };
        let permit = operator.permit().unwrap();
        for metric in ["response_time_ms", "error_rate"] {
            seen.console.alerts.silence(&permit, silence(metric)).await.unwrap();
        }
        seen.clock.advance(MINUTE);
        let any =
            Past { state: PastState::Any, metric: Some("response_time_ms".to_owned()), ..Past::default() };
        let newest = seen.console.alerts.search(&any, None, 1).await.unwrap().remove(0);
        let around = seen.console.alerts.around(&newest).await.unwrap();
        let titles = |stored: &[Stored]| stored.iter().map(|one| one.title.clone()).collect::<Vec<_>>();
        assert_eq!(titles(&around.beside), ["Queue 120"], "{}", seen.world.name);
        assert_eq!(around.ended_before.len(), 1, "{}", seen.world.name);
        let covering: Vec<_> =
            around.windows.iter().map(|one| one.window.over.metric.clone().unwrap()).collect();
        assert_eq!(covering, ["response_time_ms"], "{}", seen.world.name);
        assert_eq!(newest.band().to, None);
    }
}

#[tokio::test]
async fn an_alert_is_handed_only_to_who_can_sign_in_and_may_handle_it() {
    for world in testing::worlds().await {
        let clock = Clock::held(Millis(1_795_478_400_000));
        let config = config::load(None, std::iter::empty()).unwrap();
        let access = Access::new(world.db.clone(), &config, clock.clone()).unwrap();
        for (name, role) in [("ada", "operator"), ("ben", "viewer"), ("cleo", "lead")] {
            testing::viewer(&world.db, &clock, name, role).await;
        }
        let holders = access.holders(Permission::HandleAlerts, None).await.unwrap();
        let names: Vec<&str> = holders.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["ada"], "{}: a lead needs a second factor first", world.name);
        testing::run(&world.db, "UPDATE person SET disabled_at = 1 WHERE name = 'ada'").await;
        assert!(access.holders(Permission::HandleAlerts, None).await.unwrap().is_empty());
    }
}
