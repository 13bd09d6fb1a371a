use std::collections::BTreeMap;

use super::*;
use crate::monitoring::{Outcome, metric::five, standings};

fn polls(count: i64, change: impl Fn(i64, &mut Sample)) -> Vec<Sample> {
    (0..count)
        .map(|i| {
            let mut sample = Sample::empty(Millis(i * 30_000), Outcome::Answered);
            sample.status = Some(PlatformStatus::Healthy);
            for (metric, value) in five().iter().zip([250.0, 0.92, 0.9993, 0.002, 3.0]) {
                sample.take_in(metric.key.as_str().into(), metric.unit, value);
            }
            for service in ["optimization", "recommendation", "crisis"] {
                sample.services.insert(service.to_owned(), EngineState::Operational);
            }
            change(i, &mut sample);
            sample
        })
        .collect()
}

#[track_caller]
fn check(recent: &[Sample], crises: CrisisCounts, level: Option<Level>, words: &str) {
    let affected = Situation::wedding_affected(None, crises);
    let standings = standings(&five(), recent, &BTreeMap::new(), affected);
    let names = [("optimization".to_owned(), "optimization engine".to_owned())];
    let overall = overall(&Situation {
        standings: &standings,
        recent,
        crises,
        weddings_today: None,
        crisis_manager: Some(("crisis", "crisis manager")),
        service_names: &names,
    });
    assert_eq!(overall.level, level);
    assert_eq!(sentence(&overall, |at| format!("minute {}", at.0 / 60_000)), words);
}

#[test]
fn sentences_say_what_is_the_case() {
    let none = CrisisCounts::default();
    check(&[], none, None, "No answer yet: the first poll is on its way.");
    check(&polls(5, |_, _| {}), none, None, "All is well: every metric meets its target.");
    let storm = polls(20, |i, sample| {
        if i >= 4 {
            sample.readings.insert("response_time_ms".into(), 12_700.0);
        }
        if i >= 6 {
            sample.readings.insert("queue_length".into(), 64.0);
            sample.readings.insert("error_rate".into(), 0.0074);
        }
    });
    check(&storm, none, Some(Level::Warning), "Slow since minute 2; errors and queue rose with it.");
}

#[test]
fn three_polls_without_an_answer_are_an_outage_and_two_are_not() {
    let silent = |count: i64| {
        polls(10, |i, sample| {
            if i >= 10 - count {
                *sample = Sample::missed(sample.at, "timed out");
            }
        })
    };
    let none = CrisisCounts::default();
    check(&silent(3), none, Some(Level::Emergency), "No answer since minute 3 (3 polls, 1 min).");
    check(&silent(2), none, None, "All is well: every metric meets its target.");
}

#[test]
fn engines_and_crises_raise_the_level() {
    let down = |key: &'static str, from: i64| {
        polls(6, move |i, sample| {
            if i >= from {
                sample.status = Some(PlatformStatus::Degraded);
                sample.services.insert(key.to_owned(), EngineState::Down);
            }
        })
    };
    let none = CrisisCounts::default();
    check(&down("optimization", 5), none, Some(Level::Critical), "Optimization engine down.");
    check(&down("optimization", 3), none, Some(Level::Emergency), "Optimization engine down since minute 1.");
    check(&down("crisis", 5), none, Some(Level::Emergency), "Crisis down.");
    let waiting = CrisisCounts { active: 1, waiting_long: 1, failed: 0 };
    check(
        &polls(3, |_, _| {}),
        waiting,
        Some(Level::Emergency),
        "A crisis waits over 10 s for the AI\u{2019}s answer.",
    );
}
