//! Trying policies on the stored past, on both databases.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    alerts::Debounce,
    monitoring::{Level, Outcome as Polled, Sample, Unit},
    time::{DAY, HOUR, Millis, SECOND},
};

use super::*;
use crate::{
    alerts::backtest::{Edited, Outcome},
    clock::Clock,
    monitoring::recording,
    testing,
};

const NOW: Millis = Millis(1_795_478_400_000);
const POLL: i64 = 30 * SECOND;

fn poll(at: Millis, response_time: f64) -> Sample {
    let mut sample = Sample::empty(at, Polled::Answered);
    sample.take_in("response_time_ms".into(), Unit::Milliseconds, response_time);
    sample.weddings_today = Some(0);
    sample
}

/// Three days at two seconds; on the last one twenty minutes at six.
fn past() -> Vec<Sample> {
    let from = NOW.minus(3 * DAY);
    (0..3 * DAY / POLL)
        .map(|number| {
            let at = from.plus(number * POLL);
            let slow = (NOW.minus(4 * HOUR)..NOW.minus(4 * HOUR).plus(40 * POLL)).contains(&at);
            poll(at, if slow { 6_000.0 } else { 2_000.0 })
        })
        .collect()
}

async fn alerts(world: &testing::World) -> Alerts {
    let config = Arc::new(crate::config::load(None, std::iter::empty()).unwrap());
    Alerts::new(world.db.clone(), Clock::held(NOW), config)
}

fn shape(outcome: &Outcome) -> (Vec<(Level, i64, Option<i64>)>, usize, [usize; 4]) {
    let alerts = outcome.alerts.iter().map(|tried| {
        let since = |at: Millis| at.since(NOW.minus(4 * HOUR)) / POLL;
        (tried.highest.level, since(tried.fired_at), tried.resolved_at.map(since))
    });
    (alerts.collect(), outcome.pages, outcome.by_level)
}

#[tokio::test]
async fn an_edited_policy_makes_other_alerts_of_the_same_past() {
    for world in testing::worlds().await {
        let mut tx = world.db.begin().await.unwrap();
        recording::record(&mut tx, "wedsync", &past()).await.unwrap();
        tx.commit().await.unwrap();
        let alerts = alerts(&world).await;
        let lines = |lines: [Option<f64>; 3], debounce: Debounce| Edited {
            lines: BTreeMap::from([("response_time_ms".to_owned(), lines)]),
            debounce,
        };

        // As it is: over its target, so a warning at the third sample, which calls nobody; good again after five.
        let lower = lines([Some(3_000.0), Some(5_000.0), Some(5_500.0)], Debounce::default());
        let tried = alerts.backtest("wedsync", 3, Some(&lower)).await.unwrap();
        assert_eq!(tried.samples, 8_640, "{}", world.name);
        assert_eq!(shape(&tried.as_is), (vec![(Level::Warning, 2, Some(44))], 0, [0, 1, 0, 0]));
        // With lower lines it is critical at once: tier 1 at once, tier 2 after ten minutes, tier 3 after twenty.
        let edited = tried.edited.unwrap();
        assert_eq!(shape(&edited), (vec![(Level::Critical, 0, Some(44))], 3, [0, 0, 1, 0]));

        // With higher ones it is nothing but worse than normal, which the seven days before say.
        let higher = lines([Some(8_000.0), Some(9_000.0), Some(10_000.0)], Debounce::default());
        let edited = alerts.backtest("wedsync", 3, Some(&higher)).await.unwrap().edited.unwrap();
        assert_eq!(shape(&edited), (vec![(Level::Information, 4, Some(44))], 0, [1, 0, 0, 0]));

        // And a debounce that is longer than the trouble makes none.
        let patient =
            lines([Some(5_000.0), Some(10_000.0), None], Debounce { warning: 60, ..Debounce::default() });
        let edited = alerts.backtest("wedsync", 3, Some(&patient)).await.unwrap().edited.unwrap();
        assert_eq!(edited.by_level, [1, 0, 0, 0], "{edited:?}");
        assert!(tried.happened.is_empty());
        assert!(alerts.backtest("nowhere", 3, None).await.is_err());
    }
}
