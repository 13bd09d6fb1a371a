//! How the platform is at one moment: what `/ai/health` and the history are told from.

use jiff::Timestamp;
use serde::Serialize;

use crate::chance::{Stream, jitter, unit, wander};
use crate::past::{self, Incident};
use crate::seasons;

/// The word that the platform uses for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Healthy,
    Degraded,
    Down,
}

impl Status {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// The word that the platform uses for one of its three engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Operational,
    Degraded,
    Down,
}

/// The platform at one moment, before rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Vitals {
    pub optimization: Engine,
    pub recommendation: Engine,
    pub crisis_manager: Engine,
    pub response_time_ms: f64,
    /// Share of right answers, 0 to 1.
    pub accuracy_rate: f64,
    /// Share of the time that it answers, 0 to 1.
    pub availability: f64,
    /// Share of failed requests, 0 to 1.
    pub error_rate: f64,
    pub queue_length: f64,
    pub requests_a_minute: f64,
}

impl Vitals {
    /// A day like any other. Response and queue are flat through the day and lower at night, the error rate is flat, so
    /// that "5 % worse than normal" stays rare.
    #[must_use]
    pub fn calm(seed: u64, at: Timestamp) -> Self {
        let second = at.as_second();
        let load = seasons::load(at);
        let night = seasons::night(load);
        let spike = unit(seed, Stream::ResponseSpike, second);
        let spike = if spike > 0.9985 { 120.0 + (spike - 0.9985) * 500_000.0 } else { 0.0 };
        Self {
            optimization: Engine::Operational,
            recommendation: Engine::Operational,
            crisis_manager: Engine::Operational,
            response_time_ms: 250.0 - 34.0 * night
                + 2.0 * (load - 1.0)
                + 4.0 * wander(seed, Stream::Response, second, 5_400)
                + 14.0 * jitter(seed, Stream::Response, second)
                + spike,
            accuracy_rate: past::model_accuracy(at)
                + 0.004 * wander(seed, Stream::Accuracy, second, 10_800)
                + 0.0015 * jitter(seed, Stream::Accuracy, second),
            availability: 0.9994
                + 0.0002 * wander(seed, Stream::Availability, second, 7_200)
                + 0.0002 * jitter(seed, Stream::Availability, second),
            error_rate: 0.0020 + 0.00012 * jitter(seed, Stream::ErrorRate, second),
            queue_length: 2.9 - 1.6 * night + 1.3 * jitter(seed, Stream::Queue, second),
            requests_a_minute: seasons::REQUESTS_A_MINUTE
                * load
                * (1.0 + 0.08 * wander(seed, Stream::Requests, second, 3_600)),
        }
    }

    /// Makes it what it was in an incident of the past.
    pub fn suffer(&mut self, incident: Incident, seed: u64, at: Timestamp) {
        let second = at.as_second();
        match incident {
            Incident::Slowness { depth } => {
                self.response_time_ms +=
                    depth.powi(2) * (11_600.0 + 900.0 * jitter(seed, Stream::Response, second));
                self.queue_length += depth.powi(2) * 84.0;
                self.error_rate += depth * 0.013;
                self.availability -= depth * 0.0035;
                self.optimization = if depth > 0.3 { Engine::Degraded } else { self.optimization };
            }
            Incident::Outage => {
                self.response_time_ms = 24_000.0 + 4_000.0 * jitter(seed, Stream::Response, second);
                self.queue_length = 160.0 + 12.0 * jitter(seed, Stream::Queue, second);
                self.error_rate = 0.61 + 0.08 * jitter(seed, Stream::ErrorRate, second);
                self.availability = 0.943 + 0.006 * jitter(seed, Stream::Availability, second);
                self.all_engines(Engine::Down);
            }
            Incident::Recovery { left } => {
                self.response_time_ms += left.powi(2) * 9_500.0;
                self.queue_length += left * 150.0;
                self.error_rate += left.powi(2) * 0.04;
                self.availability -= left * 0.02;
                self.optimization = if left > 0.25 { Engine::Degraded } else { self.optimization };
            }
            Incident::Drift { depth } => {
                self.accuracy_rate -= depth * 0.128;
                self.recommendation = if depth > 0.6 { Engine::Degraded } else { self.recommendation };
            }
        }
    }

    pub fn all_engines(&mut self, engine: Engine) {
        self.optimization = engine;
        self.recommendation = engine;
        self.crisis_manager = engine;
    }

    /// Rounds each value to what the platform tells: whole milliseconds, four decimals, a whole queue.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        let share = |value: f64| (value.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0;
        self.response_time_ms = self.response_time_ms.max(1.0).round();
        self.accuracy_rate = share(self.accuracy_rate);
        self.availability = share(self.availability);
        self.error_rate = share(self.error_rate);
        self.queue_length = self.queue_length.max(0.0).round();
        self
    }

    /// What the platform says of itself: down when nothing works, degraded when an engine is or a value is far off.
    #[must_use]
    pub fn status(&self) -> Status {
        let engines = [self.optimization, self.recommendation, self.crisis_manager];
        let far_off = self.response_time_ms > 10_000.0
            || self.accuracy_rate < 0.80
            || self.availability < 0.995
            || self.error_rate > 0.01
            || self.queue_length > 50.0;
        if engines.iter().all(|engine| *engine == Engine::Down) {
            Status::Down
        } else if far_off || engines.iter().any(|engine| *engine != Engine::Operational) {
            Status::Degraded
        } else {
            Status::Healthy
        }
    }
}

/// Whether the poll of this moment found nobody: most of them in an outage of the past, hardly one otherwise.
#[must_use]
pub fn poll_lost(seed: u64, at: Timestamp, incident: Option<Incident>) -> bool {
    let share = match incident {
        Some(Incident::Outage) => 0.7,
        Some(Incident::Slowness { depth }) => 0.06 * depth,
        Some(Incident::Recovery { left }) => 0.10 * left,
        Some(Incident::Drift { .. }) | None => 0.0003,
    };
    unit(seed, Stream::LostPoll, at.as_second()) < share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week() -> impl Iterator<Item = Vitals> {
        let end: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        (0..7 * 2_880).map(move |poll| {
            Vitals::calm(7, Timestamp::from_second(end.as_second() - poll * 30).unwrap()).rounded()
        })
    }

    #[test]
    fn a_calm_week_meets_every_target() {
        for vitals in week() {
            assert_eq!(vitals.status(), Status::Healthy, "{vitals:?}");
            assert!(vitals.response_time_ms < 1_500.0, "{vitals:?}");
            assert!((0.91..0.935).contains(&vitals.accuracy_rate), "{vitals:?}");
            assert!((0.999..1.0).contains(&vitals.availability), "{vitals:?}");
            assert!((0.001..0.0025).contains(&vitals.error_rate), "{vitals:?}");
            assert!((0.0..6.0).contains(&vitals.queue_length), "{vitals:?}");
        }
    }

    /// Five samples running, 5 % worse than the median, are "Information": a calm platform hardly ever says so.
    #[test]
    fn a_calm_week_is_hardly_ever_five_percent_worse_than_normal() {
        check_runs("response", 100.0, |vitals| vitals.response_time_ms);
        check_runs("errors", 0.001, |vitals| vitals.error_rate);
        check_runs("queue", 5.0, |vitals| vitals.queue_length);
    }

    #[track_caller]
    fn check_runs(what: &str, floor: f64, value: fn(&Vitals) -> f64) {
        let values: Vec<f64> = week().map(|vitals| value(&vitals)).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let normal = sorted[sorted.len() / 2];
        let worse = |value: &f64| (value - normal) / normal.max(floor) >= 0.05;
        let runs = values.windows(5).filter(|five| five.iter().all(worse)).count();
        assert!(runs <= 7, "{what}: normal {normal}, {runs} runs in a week");
    }

    #[test]
    fn a_drift_costs_accuracy_and_an_outage_costs_everything() {
        let at: Timestamp = "2026-10-14T14:30:00Z".parse().unwrap();
        let mut drift = Vitals::calm(7, at);
        drift.suffer(Incident::Drift { depth: 1.0 }, 7, at);
        assert!((0.77..0.80).contains(&drift.accuracy_rate));
        assert_eq!(drift.status(), Status::Degraded);
        let mut outage = Vitals::calm(7, at);
        outage.suffer(Incident::Outage, 7, at);
        assert_eq!(outage.status(), Status::Down);
    }
}
