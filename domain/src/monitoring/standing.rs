//! How each metric stands at the newest sample, and since when.

use super::{Metric, Reading, Sample, SeriesKey, Verdict, Zone, judge};
use crate::time::{MINUTE, Millis};
use std::collections::BTreeMap;

/// One metric of the platform as the pages show it now.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    pub metric: Metric,
    /// The newest known value and when it was sampled. `None` when no sample at hand knows it.
    pub newest: Option<(Millis, f64)>,
    pub normal: Option<f64>,
    /// Of the newest value; `None` exactly when there is none.
    pub verdict: Option<Verdict>,
    /// Since when it has missed its target without a break; unknown samples do not break it.
    pub departed: Option<Millis>,
}

impl Standing {
    pub fn level(&self) -> Option<super::Level> {
        self.verdict.as_ref().and_then(|verdict| verdict.level)
    }
}

/// How every metric stands, given the recent samples in order of time (oldest first).
///
/// The newest value of a metric counts when it stands in the newest answered sample; what that one
/// does not know is unknown now, whatever was known before.
pub fn standings(
    metrics: &[Metric],
    recent: &[Sample],
    normals: &BTreeMap<SeriesKey, f64>,
    wedding_affected: bool,
) -> Vec<Standing> {
    metrics.iter().map(|metric| standing(metric, recent, normals, wedding_affected)).collect()
}

fn standing(
    metric: &Metric,
    recent: &[Sample],
    normals: &BTreeMap<SeriesKey, f64>,
    wedding_affected: bool,
) -> Standing {
    let normal = normals.get(metric.key.as_str()).copied();
    let newest = recent
        .iter()
        .rev()
        .find(|sample| sample.is_answered())
        .and_then(|sample| Some((sample.at, sample.reading(&metric.key)?)));
    let Some((at, value)) = newest else {
        return Standing { metric: metric.clone(), newest: None, normal, verdict: None, departed: None };
    };
    let known = || recent.iter().rev().filter_map(|s| Some((s.at, s.reading(&metric.key)?)));
    let run = |zone: Zone| {
        known()
            .take_while(|(at, value)| zone_at(metric, known(), *at, *value) >= zone)
            .last()
            .map(|(since, _)| since)
    };
    let past_alert_for = run(Zone::PastAlert).map_or(0, |since| at.since(since));
    let verdict = judge(
        metric,
        &Reading {
            value,
            normal,
            past_alert_for,
            five_minutes_ago: five_minutes_before(known(), at),
            wedding_affected,
        },
    );
    let departed = run(Zone::MissesTarget).filter(|_| metric.target.is_some());
    Standing { metric: metric.clone(), newest, normal, verdict: Some(verdict), departed }
}

fn zone_at(metric: &Metric, known: impl Iterator<Item = (Millis, f64)>, at: Millis, value: f64) -> Zone {
    let five_minutes_ago = if metric.doubling_alerts { five_minutes_before(known, at) } else { None };
    super::judge::zone_of(metric, &Reading { five_minutes_ago, ..Reading::of(value, None) })
}

/// The newest value that is at least five minutes, and at most ten, older than `at`.
fn five_minutes_before(mut newest_first: impl Iterator<Item = (Millis, f64)>, at: Millis) -> Option<f64> {
    newest_first
        .find(|(earlier, _)| at.since(*earlier) >= 5 * MINUTE)
        .filter(|(earlier, _)| at.since(*earlier) <= 10 * MINUTE)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::{Level, Outcome, Unit, metric::five};

    fn timetable(key: &str, values: &[Option<f64>]) -> Vec<Sample> {
        let unit = if key == "queue_length" { Unit::Count } else { Unit::Milliseconds };
        values
            .iter()
            .enumerate()
            .map(|(i, value)| {
                let at = Millis(i as i64 * 30_000);
                value.map_or(Sample::missed(at, "no answer"), |value| {
                    let mut sample = Sample::empty(at, Outcome::Answered);
                    sample.take_in(key.into(), unit, value);
                    sample
                })
            })
            .collect()
    }

    #[track_caller]
    fn check(metric: usize, values: &[Option<f64>], level: Option<Level>, departed: Option<i64>) {
        let metric = &five()[metric];
        let samples = timetable(metric.key.as_str(), values);
        let standing = standings(std::slice::from_ref(metric), &samples, &BTreeMap::new(), false).remove(0);
        assert_eq!((standing.level(), standing.departed.map(|at| at.0)), (level, departed));
    }

    #[test]
    fn a_departure_lasts_from_its_first_sample_and_gaps_do_not_break_it() {
        let (well, slow) = (Some(250.0), Some(6_000.0));
        check(0, &[well, slow, None, slow], Some(Level::Warning), Some(30_000));
        check(0, &[slow, well, slow], Some(Level::Warning), Some(60_000));
        check(0, &[slow, slow, well], None, None);
        check(0, &[None, None], None, None);
    }

    #[test]
    fn fifteen_minutes_past_the_alert_line_is_critical() {
        check(0, &[Some(11_000.0); 30], Some(Level::Warning), Some(0));
        check(0, &[Some(11_000.0); 31], Some(Level::Critical), Some(0));
    }

    #[test]
    fn a_queue_is_compared_with_five_minutes_ago() {
        let mut values = vec![Some(11.0); 10];
        values.push(Some(22.0));
        check(4, &values, Some(Level::Warning), Some(0));
        let samples = timetable("queue_length", &values);
        let standing = standings(&five()[4..5], &samples, &BTreeMap::new(), false).remove(0);
        assert_eq!(standing.verdict.unwrap().zone, Zone::PastAlert);
    }
}
