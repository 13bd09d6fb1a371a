//! What happened before: two incidents and a model change in every 84 days, at fixed places of the calendar.
//!
//! They hang on the calendar and not on "now", so that the history of a date is the same whenever it is written. An
//! incident that would still be going on when the history ends is left out: the present begins calm. Any 90 days
//! therefore hold at least one whole outage, one whole drift and one model change.

use jiff::Timestamp;

/// Twelve weeks, so that each event keeps its weekday.
const CYCLE_SECONDS: i64 = 84 * 86_400;
/// 2026-08-09T03:00:00Z, a Sunday in the maintenance window: version 2.0 was deployed.
const FIRST_MODEL_CHANGE: i64 = 1_786_244_400;
/// Wednesday 2026-10-14T13:10:00Z, seen from the change before it.
const OUTAGE_AFTER: i64 = 66 * 86_400 + 10 * 3_600 + 600;
const OUTAGE_SECONDS: i64 = 3 * 3_600 + 600;
/// Tuesday 2026-09-22T06:00:00Z.
const DRIFT_AFTER: i64 = 44 * 86_400 + 3 * 3_600;
const DRIFT_SECONDS: i64 = 86 * 3_600;

/// One thing that went wrong, and how far it has got.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Incident {
    /// It grows slow, `depth` from 0 to 1.
    Slowness { depth: f64 },
    /// Hardly an answer.
    Outage,
    /// The backlog of an outage is worked off, `left` from 1 to 0.
    Recovery { left: f64 },
    /// A changed input makes the answers worse, `depth` from 0 to 1.
    Drift { depth: f64 },
}

/// The incident of the past that `at` falls into, as it is known at `known`.
#[must_use]
pub fn incident(at: Timestamp, known: Timestamp) -> Option<Incident> {
    let second = at.as_second();
    let cycle_start = second - within_cycle(second);
    let running = |after: i64, length: i64| {
        let start = cycle_start + after;
        (start..start + length).contains(&second) && start + length <= known.as_second()
    };
    if running(OUTAGE_AFTER, OUTAGE_SECONDS) {
        let minute = (second - cycle_start - OUTAGE_AFTER) as f64 / 60.0;
        return Some(if minute < 50.0 {
            Incident::Slowness { depth: minute / 50.0 }
        } else if minute < 130.0 {
            Incident::Outage
        } else {
            Incident::Recovery { left: (190.0 - minute) / 60.0 }
        });
    }
    if running(DRIFT_AFTER, DRIFT_SECONDS) {
        let hour = (second - cycle_start - DRIFT_AFTER) as f64 / 3_600.0;
        let depth = if hour < 60.0 {
            hour / 60.0
        } else if hour < 80.0 {
            1.0
        } else {
            (86.0 - hour) / 6.0
        };
        return Some(Incident::Drift { depth });
    }
    None
}

/// The share of right answers that the present model gives: best when it is new, then slowly worse.
#[must_use]
pub fn model_accuracy(at: Timestamp) -> f64 {
    0.926 - 0.020 * within_cycle(at.as_second()) as f64 / CYCLE_SECONDS as f64
}

/// A model that was put to work: its version, and when it was trained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelChange {
    pub version: String,
    pub at: Timestamp,
}

/// The model in use at `at`.
#[must_use]
pub fn model(at: Timestamp) -> ModelChange {
    let second = at.as_second();
    let number = (second - FIRST_MODEL_CHANGE).div_euclid(CYCLE_SECONDS);
    let version = format!("v{}.{}", (2 + number.div_euclid(10)).max(0), number.rem_euclid(10));
    let at = Timestamp::from_second(second - within_cycle(second)).unwrap_or(at);
    ModelChange { version, at }
}

fn within_cycle(second: i64) -> i64 {
    (second - FIRST_MODEL_CHANGE).rem_euclid(CYCLE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_calendar_holds_what_it_says() {
        let known = at("2026-11-24T00:00:00Z");
        assert_eq!(incident(at("2026-10-14T13:10:00Z"), known), Some(Incident::Slowness { depth: 0.0 }));
        assert_eq!(incident(at("2026-10-14T14:30:00Z"), known), Some(Incident::Outage));
        assert!(matches!(incident(at("2026-10-14T15:30:00Z"), known), Some(Incident::Recovery { .. })));
        assert_eq!(incident(at("2026-10-14T16:20:00Z"), known), None);
        assert_eq!(incident(at("2026-09-25T00:00:00Z"), known), Some(Incident::Drift { depth: 1.0 }));
        assert_eq!(incident(at("2026-11-20T14:30:00Z"), known), None);
        let model_change = at("2026-11-01T03:00:00Z");
        assert_eq!(model(model_change), ModelChange { version: "v2.1".into(), at: model_change });
        assert_eq!(model(at("2026-11-01T02:59:59Z")).version, "v2.0");
        assert!(model_accuracy(model_change) - model_accuracy(at("2026-11-01T02:59:59Z")) > 0.019);
    }

    #[test]
    fn an_incident_that_is_not_over_is_not_told() {
        let during = at("2026-10-14T14:30:00Z");
        assert_eq!(incident(during, during), None);
        assert_eq!(incident(during, at("2026-10-14T16:20:00Z")), Some(Incident::Outage));
    }

    #[test]
    fn any_ninety_days_hold_an_outage_a_drift_and_a_model_change() {
        let first = at("2026-11-24T00:00:00Z").as_second();
        for days in 0..100 {
            let until = Timestamp::from_second(first + days * 86_400 + 7_777).unwrap();
            let hours: Vec<Timestamp> = (0..90 * 24 * 2)
                .map(|half| Timestamp::from_second(until.as_second() - half * 1_800).unwrap())
                .collect();
            let has = |wanted: fn(&Incident) -> bool| {
                hours.iter().any(|at| incident(*at, until).is_some_and(|i| wanted(&i)))
            };
            assert!(has(|i| matches!(i, Incident::Outage)), "no outage before {until}");
            assert!(
                has(|i| matches!(i, Incident::Drift { depth } if *depth > 0.99)),
                "no drift before {until}"
            );
            assert_ne!(
                model(hours[0]).version,
                model(hours[hours.len() - 1]).version,
                "no model change before {until}"
            );
        }
    }
}
