use std::{collections::BTreeMap, sync::Arc};

use domain::{
    access::PersonId,
    alerts::{AlertState, Refusal},
    monitoring::{Level, Outcome, PlatformStatus, Sample, Unit},
    time::{MINUTE, Millis, SECOND},
};

use super::*;
use crate::{
    access::{HandleAlerts, Permit},
    config, delivery, oncall,
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

/// Ada in tier 1, Ben in tier 2, Cleo in tier 3.
async fn staffed(watching: &Watching) -> BTreeMap<&'static str, PersonId> {
    let (db, clock) = (&watching.world.db, &watching.clock);
    let config = config::load(None, std::iter::empty()).unwrap();
    oncall::seed(db, &config, clock.now()).await.unwrap();
    let mut people = BTreeMap::new();
    let mut wanted = Vec::new();
    for (tier, name) in [(1, "ada"), (2, "ben"), (3, "cleo")] {
        let person = testing::viewer(db, clock, name, "operator").await.person.clone();
        wanted.push((tier, oncall::WrittenStaffing::People { people: vec![person.clone()] }));
        people.insert(name, person);
    }
    assert_eq!(oncall::seed_staffing(db, wanted, clock.now()).await.unwrap(), 3);
    people
}

async fn paged(watching: &Watching, id: &AlertId) -> Vec<String> {
    let deliveries = delivery::of_alert(&watching.world.db, id.as_str(), &[]).await.unwrap();
    deliveries.iter().map(|one| format!("{:?} {}: {:?}", one.occasion, one.to_words, one.state)).collect()
}

#[tokio::test]
async fn pages_are_written_once_tier_by_tier_and_an_acknowledgement_stops_what_is_not_sent() {
    for mut watching in watchings().await {
        staffed(&watching).await;
        watching.response(16_000.0).await;
        let id = watching.only().await.id;
        for _ in 0..2 {
            watching.console.alerts.pass().await.unwrap();
        }
        let first = ["Page ada: Open", "Page the channel ai-ops-alerts: Open"];
        assert_eq!(paged(&watching, &id).await, first, "{}", watching.world.name);
        watching.clock.advance(10 * MINUTE);
        watching.restart().await;
        watching.console.alerts.pass().await.unwrap();
        let pages = paged(&watching, &id).await;
        assert_eq!(pages.len(), 4, "{pages:?}");
        assert!(
            pages.contains(&"Page ben: Open".to_owned()) && pages.contains(&"Reminder ada: Open".to_owned())
        );
        let dee = watching.permit("dee").await;
        watching.console.alerts.acknowledge(&dee, &id, "").await.unwrap();
        let stopped: Vec<String> = paged(&watching, &id).await;
        assert_eq!(stopped.iter().filter(|page| page.ends_with("Stopped")).count(), 4, "{stopped:?}");
        assert_eq!(stopped.last().unwrap(), "Acknowledged the channel ai-ops-alerts: Open");
    }
}

#[tokio::test]
async fn whoever_was_called_may_acknowledge_and_nobody_else_without_the_permission() {
    let watching = watchings().await.remove(0);
    let (db, clock) = (&watching.world.db, &watching.clock);
    let config = config::load(None, std::iter::empty()).unwrap();
    oncall::seed(db, &config, clock.now()).await.unwrap();
    let called = testing::viewer(db, clock, "eve", "support").await;
    let other = testing::viewer(db, clock, "finn", "support").await;
    let people = vec![called.person.clone()];
    let staffing = vec![(1, oncall::WrittenStaffing::People { people })];
    oncall::seed_staffing(db, staffing, clock.now()).await.unwrap();
    watching.response(16_000.0).await;
    let id = watching.only().await.id;
    watching.console.alerts.pass().await.unwrap();
    let refused = watching.console.alerts.acknowledge_called(&other, &id).await.unwrap_err();
    assert!(matches!(refused, AlertRefused::Missing(_)), "{refused:?}");
    watching.console.alerts.acknowledge_called(&called, &id).await.unwrap();
    assert!(matches!(watching.only().await.alert.state, AlertState::Acknowledged { .. }));
}

#[tokio::test]
async fn a_silence_holds_pages_back_and_ending_it_lets_them_go() {
    for watching in watchings().await {
        staffed(&watching).await;
        let dee = watching.permit("dee").await;
        let alerts = &watching.console.alerts;
        let window = domain::windows::Window {
            kind: domain::windows::WindowKind::Silence,
            over: domain::windows::Scope::default(),
            from: watching.clock.now(),
            until: watching.clock.now().plus(60 * MINUTE),
            emergencies: false,
            reason: "known".to_owned(),
        };
        let silence = alerts.silence(&dee, window).await.unwrap();
        watching.response(16_000.0).await;
        let id = watching.only().await.id;
        alerts.pass().await.unwrap();
        assert!(paged(&watching, &id).await.is_empty());
        watching.clock.advance(MINUTE);
        alerts.end_silence(&dee, &silence.id).await.unwrap();
        alerts.pass().await.unwrap();
        assert_eq!(paged(&watching, &id).await.len(), 2, "{}", watching.world.name);
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
