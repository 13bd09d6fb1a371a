//! The stored samples of every scenario, replayed through the tick on both databases, give the same alerts, pages and
//! audit records as in memory; and the backtest of what was then stored gives the same alerts once more.

use std::collections::BTreeMap;

use domain::{
    alerts::{Alert, Context, Happening, History, Policy, World as Rules},
    delivery::Occasion,
    monitoring::{Level, Sample, overall::CrisisCounts},
    oncall::Effect,
    time::{Millis, SECOND},
};
use serde_json::json;
use simulator::{
    scenario::{Order, Scenario},
    vitals::Vitals,
    world::World,
};

use super::*;
use crate::{alerts::everybody, audit::Filter, config, connect::answers::read_health, testing};

/// A Wednesday without an incident of the simulated past.
const BEGAN: &str = "2026-11-25T12:00:00Z";
const POLL: i64 = 30 * SECOND;
/// Calm polls before the scenario, and after it.
const BEFORE: i64 = 6;
const AFTER: i64 = 14;

/// What comes from the platform at one moment.
#[derive(Clone)]
enum Step {
    Poll(Box<Sample>),
    Crises(Millis, CrisisCounts),
}

impl Step {
    fn at(&self) -> Millis {
        match self {
            Step::Poll(sample) => sample.at,
            Step::Crises(at, _) => *at,
        }
    }
}

fn moment(at: Millis) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.0).unwrap()
}

fn began() -> Millis {
    Millis(BEGAN.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

/// `polls` of a scenario between calm ones. `turn` says of the n-th whether it is a good one, for `flapping`.
fn recorded(config: &Config, scenario: Scenario, polls: i64, good_turn: impl Fn(i64) -> bool) -> Vec<Step> {
    let start = began();
    let mut world = World::new(7, "wedsync", moment(start));
    let mut steps = Vec::new();
    let begins = start.plus(BEFORE * POLL);
    let ends = begins.plus(polls * POLL);
    for number in 0..BEFORE + polls + AFTER {
        let at = start.plus(number * POLL);
        if at == begins {
            world.switch(Order::plain(scenario), moment(at));
        } else if at == ends {
            world.switch(Order::plain(Scenario::Calm), moment(at));
        }
        let lies = scenario == Scenario::Lying && (begins..ends).contains(&at);
        let sample = if lies {
            lie(config, &world, at, number)
        } else if world.is_out(moment(at)) {
            Sample::missed(at, "503 Service Unavailable")
        } else {
            let honest = honest(&world, at, good_turn(number - BEFORE));
            read_health(honest.to_string().as_bytes(), &config.metrics, &config.platforms[0].services, at)
        };
        steps.push(Step::Poll(Box::new(sample)));
        if matches!(scenario, Scenario::CrisisWave | Scenario::WeddingDay) {
            for seconds in [5, 15, 25] {
                let at = at.plus(seconds * SECOND);
                steps.push(Step::Crises(at, counts(&world, at)));
            }
        }
    }
    steps
}

fn honest(world: &World, at: Millis, good_turn: bool) -> serde_json::Value {
    let now = moment(at);
    let vitals: Vitals = world.vitals_in_turn(now, good_turn);
    json!({
        "status": vitals.status(), "optimization_engine": vitals.optimization,
        "recommendation_engine": vitals.recommendation, "crisis_manager": vitals.crisis_manager,
        "response_time_ms": vitals.response_time_ms, "accuracy_rate": vitals.accuracy_rate,
        "availability": vitals.availability, "error_rate": vitals.error_rate, "queue_length": vitals.queue_length,
        "weddings_today": world.weddings_on(simulator::world::day_of(now), now).len(),
    })
}

/// What the console takes of each lie, by turns.
fn lie(config: &Config, world: &World, at: Millis, turn: i64) -> Sample {
    let honest = honest(world, at, true);
    let changed = |field: &str, value: serde_json::Value| {
        let mut lie = honest.clone();
        lie[field] = value;
        lie.to_string()
    };
    let text = match turn % 9 {
        0 => "<!doctype html><title>Welcome</title>".to_owned(),
        1 => json!({"status": 5, "response_time_ms": "fast", "accuracy_rate": [0.92], "queue_length": "3"})
            .to_string(),
        2 => changed("accuracy_rate", json!(1.7)),
        3 => changed("response_time_ms", json!(-250)),
        4 => honest.to_string().chars().take(60).collect(),
        5 => changed("status", json!("splendid")),
        6 => return Sample::bad(at, "a redirect"),
        7 => return Sample::missed(at, "the connection was reset"),
        _ => return Sample::missed(at, "500 Internal Server Error"),
    };
    read_health(text.as_bytes(), &config.metrics, &config.platforms[0].services, at)
}

fn counts(world: &World, at: Millis) -> CrisisCounts {
    let crises = world.crises(moment(at));
    let is =
        |crisis: &simulator::crises::Crisis, word: &str| serde_json::to_value(crisis.status).unwrap() == word;
    let waits = |created: jiff::Timestamp| at.0 - created.as_millisecond() > CRISIS_ANSWER_WITHIN;
    CrisisCounts {
        active: crises.iter().filter(|crisis| !is(crisis, "resolved")).count(),
        waiting_long: crises
            .iter()
            .filter(|crisis| is(crisis, "ai_processing") && waits(crisis.created_at))
            .count(),
        failed: crises.iter().filter(|crisis| is(crisis, "ai_failed")).count(),
    }
}

fn in_memory(config: &Config, policy: &Policy, steps: &[Step]) -> History {
    let platform = &config.platforms[0];
    let services: Vec<(String, String)> =
        platform.services.iter().map(|service| (service.key.clone(), service.name.clone())).collect();
    let (normals, roster) = (BTreeMap::new(), everybody());
    let rules = Rules { policy, roster: &roster, windows: &[] };
    let mut history = History::default();
    let (mut crises, mut weddings_today) = (CrisisCounts::default(), None);
    for step in steps {
        match step {
            Step::Poll(sample) if sample.is_answered() => weddings_today = sample.weddings_today,
            Step::Poll(_) => {}
            Step::Crises(_, counts) => crises = *counts,
        }
        let context = Context {
            platform: &platform.name,
            metrics: &config.metrics,
            normals: &normals,
            services: &services,
            crisis_manager: platform.crisis_manager.as_deref(),
            crises,
            weddings_today,
        };
        match step {
            Step::Poll(sample) => history.sample(&rules, &context, sample),
            Step::Crises(at, _) => history.crises(&rules, &context, *at),
        }
    }
    history
}

async fn through_the_tick(db: &Db, config: &Arc<Config>, steps: &[Step]) -> Console {
    let clock = Clock::held(steps[0].at());
    let console = Console::start(db.clone(), clock.clone(), config.clone()).await.unwrap();
    console.alerts.call_in_tests(everybody());
    for step in steps {
        clock.advance(step.at().since(clock.now()));
        match step {
            Step::Poll(sample) => {
                console.take_in(&console.watches[0], (**sample).clone()).await;
            }
            Step::Crises(_, counts) => console.take_in_crises(&console.watches[0], *counts).await,
        }
        console.alerts.pass().await.unwrap();
        let troubles = console.now_page().troubles;
        assert!(troubles.is_empty(), "{troubles:?}");
    }
    console
}

/// What there is on record of an alert that the console itself wrote: when, what, about which.
fn expected_records(history: &History, ids: &[String]) -> Vec<(i64, String, String)> {
    let mut records = Vec::new();
    let mut passed: BTreeMap<(i64, usize), &'static str> = BTreeMap::new();
    for (at, number, happening) in &history.log {
        let verb = match happening {
            Happening::Fired(_) => "alert.fired",
            Happening::Rose { .. } => "alert.rose",
            Happening::Resolved(_) => "alert.recovered",
            Happening::Paged(Effect::Nobody) => {
                passed.insert((at.0, *number), "alert.nobody_on_call");
                continue;
            }
            Happening::Paged(Effect::Tell { .. }) => {
                passed.entry((at.0, *number)).or_insert("alert.paged");
                continue;
            }
            _ => continue,
        };
        records.push((at.0, verb.to_owned(), ids[*number].clone()));
    }
    records.extend(passed.into_iter().map(|((at, number), verb)| (at, verb.to_owned(), ids[number].clone())));
    records.sort();
    records
}

async fn check(scenario: Scenario, polls: i64, good_turn: impl Fn(i64) -> bool + Copy) -> History {
    let config = Arc::new(config::load(None, std::iter::empty()).unwrap());
    let steps = recorded(&config, scenario, polls, good_turn);
    let history = in_memory(&config, &Policy::default(), &steps);
    let mut expected: Vec<(usize, &Alert)> =
        history.ended.iter().chain(history.open.values()).map(|(number, alert)| (*number, alert)).collect();
    expected.sort_by_key(|(number, _)| *number);
    for world in testing::worlds().await {
        let what = format!("{scenario:?} on {}", world.name);
        let console = through_the_tick(&world.db, &config, &steps).await;
        let stored = console.alerts.between("wedsync", Millis(0), Millis(i64::MAX)).await.unwrap();
        // In the order of firing; of those that fired together, as the memory has them.
        let mut ids = Vec::new();
        for (number, alert) in &expected {
            let found = stored
                .iter()
                .find(|stored| stored.alert.key == alert.key && stored.alert.fired_at == alert.fired_at);
            let found = found.unwrap_or_else(|| panic!("{what}: number {number} is not stored: {alert:?}"));
            assert_eq!(&found.alert, *alert, "{what}");
            let told = console.alerts.story(&found.id).await.unwrap().story;
            let in_memory: Vec<(Millis, Happening)> = history
                .log
                .iter()
                .filter(|(_, of, _)| of == number)
                .map(|(at, _, happening)| (*at, happening.clone()))
                .collect();
            assert_eq!(told, in_memory, "{what}: {}", found.title);
            ids.push(found.id.to_string());
        }
        assert_eq!(stored.len(), expected.len(), "{what}");

        let columns = ["CAST(at AS TEXT)", "alert", "CAST(tier AS TEXT)", "recipient"];
        let pages = testing::everything_stored(&world.db, "alert_page", &columns).await;
        let mut pages: Vec<String> = pages.lines().map(str::to_owned).collect();
        let told = history.log.iter().filter_map(|(at, number, happening)| match happening {
            Happening::Paged(Effect::Tell { tier, to, .. }) => {
                Some(format!("{at} {} {tier} {}", ids[*number], serde_json::to_string(to).unwrap()))
            }
            _ => None,
        });
        let mut told: Vec<String> = told.collect();
        pages.sort();
        told.sort();
        assert_eq!(pages, told, "{what}: pages");

        let records = crate::audit::page(&world.db, &Filter::default(), None, 10_000).await.unwrap();
        let mut records: Vec<(i64, String, String)> = records
            .into_iter()
            .filter(|record| record.verb.starts_with("alert."))
            .map(|record| (record.at.0, record.verb, record.object_id.unwrap_or_default()))
            .collect();
        records.sort();
        assert_eq!(records, expected_records(&history, &ids), "{what}: audit log");

        if !steps.iter().any(|step| matches!(step, Step::Crises(..))) {
            compare_backtest(&console, &history, &expected, &what).await;
        }
    }
    history
}

/// The past as it was stored, once more.
async fn compare_backtest(console: &Console, history: &History, expected: &[(usize, &Alert)], what: &str) {
    console.clock.advance(SECOND);
    let tried = console.alerts.backtest("wedsync", 1, None).await.unwrap();
    let alerts: Vec<_> = tried
        .as_is
        .alerts
        .iter()
        .map(|tried| (&tried.key, tried.highest.level, tried.began_at, tried.fired_at))
        .collect();
    let same: Vec<_> = expected
        .iter()
        .map(|(_, alert)| (&alert.key, alert.highest, alert.began_at, alert.fired_at))
        .collect();
    assert_eq!(alerts, same, "{what}: backtest");
    assert_eq!(tried.happened.len(), expected.len(), "{what}");
    let calls = |wanted: fn(Occasion) -> bool| {
        let told = history.log.iter().filter(|(.., happening)| {
            matches!(happening, Happening::Paged(Effect::Tell { to: domain::delivery::Recipient::Person { .. }, occasion, .. })
                if wanted(*occasion))
        });
        told.count()
    };
    let counted = (tried.as_is.pages, tried.as_is.reminders);
    let expected = (calls(|o| o != Occasion::Reminder), calls(|o| o == Occasion::Reminder));
    assert_eq!(counted, expected, "{what}: pages of the backtest");
}

#[tokio::test]
async fn calm_makes_no_alert() {
    assert!(check(Scenario::Calm, 20, |_| true).await.log.is_empty());
}

#[tokio::test]
async fn slow_is_the_same_in_memory_and_on_both_databases() {
    let history = check(Scenario::Slow, 50, |_| true).await;
    assert!(history.ended.iter().any(|(_, alert)| alert.key.metric == "response_time_ms"));
}

#[tokio::test]
async fn inaccurate_is_the_same_in_memory_and_on_both_databases() {
    let history = check(Scenario::Inaccurate, 45, |_| true).await;
    assert!(history.ended.iter().any(|(_, alert)| alert.key.metric == "accuracy_rate"));
}

#[tokio::test]
async fn errors_are_the_same_in_memory_and_on_both_databases() {
    let history = check(Scenario::Errors, 45, |_| true).await;
    assert!(history.ended.iter().any(|(_, alert)| alert.highest >= Level::Critical));
}

#[tokio::test]
async fn queue_is_the_same_in_memory_and_on_both_databases() {
    let history = check(Scenario::Queue, 45, |_| true).await;
    assert!(history.ended.iter().any(|(_, alert)| alert.key.metric == "queue_length"));
}

#[tokio::test]
async fn outage_is_the_same_in_memory_and_on_both_databases() {
    let history = check(Scenario::Outage, 30, |_| true).await;
    assert!(history.ended.iter().any(|(_, alert)| alert.highest == Level::Emergency));
}

#[tokio::test]
async fn crisis_wave_is_the_same_in_memory_and_on_both_databases() {
    let history = check(Scenario::CrisisWave, 25, |_| true).await;
    assert!(history.log.iter().any(|(.., happening)| matches!(happening, Happening::Fired(_))));
}

#[tokio::test]
async fn wedding_day_is_the_same_in_memory_and_on_both_databases() {
    check(Scenario::WeddingDay, 25, |_| true).await;
}

#[tokio::test]
async fn lying_is_the_same_in_memory_and_on_both_databases() {
    check(Scenario::Lying, 36, |_| true).await;
}

/// Over the alert line for 60 s, well for 60 s, for an hour: not more than two alerts, and not none.
#[tokio::test]
async fn flapping_for_an_hour_makes_one_or_two_alerts_of_each_thing() {
    let history = check(Scenario::Flapping, 120, |number| number.rem_euclid(4) >= 2).await;
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, alert) in history.ended.iter().chain(history.open.values()) {
        *fired.entry(alert.key.metric.as_str()).or_default() += 1;
    }
    assert!(matches!(fired.get("response_time_ms"), Some(1 | 2)), "{fired:?}");
    assert!(fired.values().all(|count| *count <= 2), "{fired:?}");
}
