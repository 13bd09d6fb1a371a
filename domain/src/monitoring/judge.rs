//! The level of one metric in one sample: its zone between the lines, and how far from normal.

use serde::{Deserialize, Serialize};

use super::{Better, Level, Metric, wording};
use crate::time::MINUTE;

/// How long a value may stay past its alert line before it is critical.
pub const LASTING_PAST_ALERT: i64 = 15 * MINUTE;

/// Rounding in binary fractions must not push a value over a limit that it lies exactly on:
/// (0.011 - 0.0088) / 0.0088 is 25 %, not a little more.
const ROUNDING: f64 = 1e-9;

/// Where a value lies between the metric's lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// No lines are configured.
    Unlined,
    MeetsTarget,
    MissesTarget,
    PastAlert,
    PastCritical,
}

/// One value and what is known around it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reading {
    /// In the metric's unit; finite.
    pub value: f64,
    /// What it usually is; `None` under 24 hours of history.
    pub normal: Option<f64>,
    /// How long, in milliseconds, it has been past its alert line without a break; 0 when it is not.
    pub past_alert_for: i64,
    /// Five minutes ago, for metrics whose doubling counts.
    pub five_minutes_ago: Option<f64>,
    /// A wedding of today, or an open crisis, is affected.
    pub wedding_affected: bool,
}

impl Reading {
    pub fn of(value: f64, normal: Option<f64>) -> Reading {
        Reading { value, normal, past_alert_for: 0, five_minutes_ago: None, wedding_affected: false }
    }
}

/// What the policy says of a reading, with the facts it rests on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    pub level: Option<Level>,
    pub zone: Zone,
    /// How much worse than normal, relative to normal: 0.25 is 25 % worse; negative is better.
    pub degradation: Option<f64>,
    /// In words, for people: "past the alert line of 10 s, 400 % worse than normal".
    pub why: String,
}

/// Judges one reading by the policy. Pure; the same reading always gets the same verdict.
pub fn judge(metric: &Metric, reading: &Reading) -> Verdict {
    let zone = zone_of(metric, reading);
    let degradation = degradation_of(metric, reading);
    let worse_than = |limit: f64| degradation.is_some_and(|d| d > limit + ROUNDING);
    let worse_by = |limit: f64| degradation.is_some_and(|d| d >= limit - ROUNDING);
    let lasted = reading.past_alert_for >= LASTING_PAST_ALERT;

    let level = match zone {
        Zone::MeetsTarget => worse_by(0.05).then_some(Level::Information),
        Zone::MissesTarget => Some(Level::Warning),
        Zone::PastAlert if worse_than(0.25) || lasted => Some(Level::Critical),
        Zone::PastAlert => Some(Level::Warning),
        Zone::PastCritical => Some(Level::Critical),
        Zone::Unlined if worse_than(0.25) => Some(Level::Critical),
        Zone::Unlined if worse_by(0.10) => Some(Level::Warning),
        Zone::Unlined if worse_by(0.05) => Some(Level::Information),
        Zone::Unlined => None,
    };
    let raised = level == Some(Level::Critical) && reading.wedding_affected;
    let level = if raised { Some(Level::Emergency) } else { level };
    let why = wording::why(
        metric,
        &wording::Why {
            zone,
            degradation,
            by_doubling: zone == Zone::PastAlert && !past(metric.alert, metric, reading.value),
            lasted: zone == Zone::PastAlert && lasted,
            wedding: raised,
        },
    );
    Verdict { level, zone, degradation, why }
}

pub(crate) fn zone_of(metric: &Metric, reading: &Reading) -> Zone {
    let value = reading.value;
    let past = |line| past(line, metric, value);
    let meets = |target: f64| match metric.better {
        _ if value == target => metric.met_at_target,
        Better::Lower => value < target,
        Better::Higher => value > target,
    };
    if past(metric.critical) {
        Zone::PastCritical
    } else if past(metric.alert) {
        Zone::PastAlert
    } else {
        match metric.target {
            Some(target) if meets(target) => Zone::MeetsTarget,
            Some(_) if has_doubled(metric, reading) => Zone::PastAlert,
            Some(_) => Zone::MissesTarget,
            None if metric.alert.is_some() || metric.critical.is_some() => Zone::MeetsTarget,
            None => Zone::Unlined,
        }
    }
}

/// "<" and ">" mean what they say: exactly on the line is not past it.
fn past(line: Option<f64>, metric: &Metric, value: f64) -> bool {
    line.is_some_and(|line| match metric.better {
        Better::Lower => value > line,
        Better::Higher => value < line,
    })
}

fn has_doubled(metric: &Metric, reading: &Reading) -> bool {
    metric.doubling_alerts
        && reading.five_minutes_ago.is_some_and(|before| before > 0.0 && reading.value >= 2.0 * before)
}

fn degradation_of(metric: &Metric, reading: &Reading) -> Option<f64> {
    if !metric.degrades {
        return None;
    }
    let normal = reading.normal?;
    let measured_against = normal.abs().max(metric.floor);
    if measured_against == 0.0 {
        return None;
    }
    let worse_by = match metric.better {
        Better::Lower => reading.value - normal,
        Better::Higher => normal - reading.value,
    };
    Some(worse_by / measured_against)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::monitoring::metric::{Metric, Unit, five};

    #[test]
    fn a_queue_that_doubled_and_misses_its_target_is_past_its_alert_line() {
        let queue = &five()[4];
        let reading = |value, before| Reading { five_minutes_ago: before, ..Reading::of(value, Some(value)) };
        assert_eq!(judge(queue, &reading(20.0, Some(10.0))).zone, Zone::PastAlert);
        assert_eq!(judge(queue, &reading(19.0, Some(10.0))).zone, Zone::MissesTarget);
        assert_eq!(judge(queue, &reading(8.0, Some(2.0))).zone, Zone::MeetsTarget);
        assert_eq!(judge(queue, &reading(20.0, None)).zone, Zone::MissesTarget);
    }

    #[test]
    fn without_lines_degradation_alone_decides() {
        let metric = Metric::plain("p50", "p50", Unit::Milliseconds, Better::Lower);
        for (value, level) in [
            (104.0, None),
            (105.0, Some(Level::Information)),
            (110.0, Some(Level::Warning)),
            (125.0, Some(Level::Warning)),
            (126.0, Some(Level::Critical)),
        ] {
            assert_eq!(judge(&metric, &Reading::of(value, Some(100.0))).level, level, "{value}");
        }
        assert_eq!(judge(&metric, &Reading::of(1e9, None)).level, None);
    }

    proptest! {
        #[test]
        fn worse_is_never_judged_better(
            index in 0usize..5, normal in proptest::option::of(0.0f64..20_000.0),
            a in 0.0f64..20_000.0, b in 0.0f64..20_000.0, wedding: bool, past in 0i64..2_000_000,
        ) {
            let metric = &five()[index];
            let (better, worse) = match metric.better {
                Better::Lower => (a.min(b), a.max(b)),
                Better::Higher => (a.max(b), a.min(b)),
            };
            let reading = |value| Reading { value, normal, past_alert_for: past, five_minutes_ago: None, wedding_affected: wedding };
            prop_assert!(judge(metric, &reading(better)).level <= judge(metric, &reading(worse)).level);
        }

        #[test]
        fn meeting_the_target_is_never_more_than_information(value in 0.0f64..4_999.0, normal in 0.001f64..5_000.0) {
            prop_assert!(judge(&five()[0], &Reading::of(value, Some(normal))).level <= Some(Level::Information));
        }
    }
}
