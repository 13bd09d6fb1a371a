//! The scenarios that `/control` switches, and what each does to the platform.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chance::{Stream, jitter};
use crate::lies::Lie;
use crate::vitals::{Engine, Vitals};

/// How the platform behaves from the next answer on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    Calm,
    /// Answers late, by its own account, with a growing queue.
    Slow,
    Inaccurate,
    Errors,
    Queue,
    /// 503 and dropped connections on `/ai/...`.
    Outage,
    /// New crises, some of which wait and some of which the AI fails.
    CrisisWave,
    /// Many weddings today and one open crisis.
    WeddingDay,
    /// Good and bad by turns, from one `/ai/health` to the next.
    Flapping,
    /// `/ai/health` tells one lie after the other.
    Lying,
}

impl Scenario {
    pub const ALL: [Self; 10] = [
        Self::Calm,
        Self::Slow,
        Self::Inaccurate,
        Self::Errors,
        Self::Queue,
        Self::Outage,
        Self::CrisisWave,
        Self::WeddingDay,
        Self::Flapping,
        Self::Lying,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Slow => "slow",
            Self::Inaccurate => "inaccurate",
            Self::Errors => "errors",
            Self::Queue => "queue",
            Self::Outage => "outage",
            Self::CrisisWave => "crisis-wave",
            Self::WeddingDay => "wedding-day",
            Self::Flapping => "flapping",
            Self::Lying => "lying",
        }
    }

    /// Makes `vitals` what they are in this scenario. `good_turn` matters to `flapping` only. There is no ramp: a switch
    /// is whole at the next poll.
    pub fn afflict(self, vitals: &mut Vitals, seed: u64, at: Timestamp, good_turn: bool) {
        let second = at.as_second();
        let about = |stream, middle: f64, spread: f64| middle + spread * jitter(seed, stream, second);
        match self {
            Self::Calm | Self::Lying => {}
            Self::Slow => {
                vitals.response_time_ms = about(Stream::Response, 12_700.0, 40.0);
                vitals.queue_length = about(Stream::Queue, 64.0, 2.0);
                vitals.error_rate = about(Stream::ErrorRate, 0.014, 0.001);
                vitals.availability = about(Stream::Availability, 0.9962, 0.0004);
                vitals.optimization = Engine::Degraded;
            }
            Self::Inaccurate => {
                vitals.accuracy_rate = about(Stream::Accuracy, 0.78, 0.005);
                vitals.recommendation = Engine::Degraded;
            }
            Self::Errors => {
                vitals.error_rate = about(Stream::ErrorRate, 0.034, 0.003);
                vitals.availability = about(Stream::Availability, 0.9885, 0.001);
                vitals.response_time_ms = about(Stream::Response, 420.0, 40.0);
                vitals.optimization = Engine::Degraded;
            }
            Self::Queue => {
                vitals.queue_length = about(Stream::Queue, 88.0, 6.0);
                vitals.response_time_ms = about(Stream::Response, 3_900.0, 300.0);
                vitals.optimization = Engine::Degraded;
            }
            Self::Outage => {
                vitals.response_time_ms = about(Stream::Response, 30_000.0, 0.0);
                vitals.queue_length = about(Stream::Queue, 180.0, 10.0);
                vitals.error_rate = about(Stream::ErrorRate, 0.93, 0.03);
                vitals.availability = about(Stream::Availability, 0.92, 0.01);
                vitals.all_engines(Engine::Down);
            }
            Self::CrisisWave => {
                vitals.response_time_ms = about(Stream::Response, 900.0, 80.0);
                vitals.crisis_manager = Engine::Degraded;
            }
            Self::WeddingDay => {
                vitals.requests_a_minute *= 1.6;
                vitals.response_time_ms += 40.0;
                vitals.queue_length += 2.0;
            }
            Self::Flapping => {
                if !good_turn {
                    Self::Slow.afflict(vitals, seed, at, true);
                }
            }
        }
    }

    /// The real delay of an answer of `/ai/...` when no other is asked for.
    #[must_use]
    pub fn usual_delay_ms(self) -> u64 {
        if self == Self::Slow { 200 } else { 0 }
    }
}

/// What ends what a scenario does to the platform, before the next scenario does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cure {
    /// A restart of the optimization engine, to the last pod.
    Restart,
}

/// What `POST /control/scenario` takes, as JSON or as a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub scenario: Scenario,
    /// Real milliseconds before each answer of `/ai/...`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_delay_ms: Option<u64>,
    /// `crisis-wave`: so many crises (100,000 at most), all at once, in place of 24 that arrive over some minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crises: Option<u32>,
    /// `lying`: only this lie, in place of all by turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lie: Option<Lie>,
    /// `lying`: where the redirect leads; by default to the same port of 127.0.0.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_to: Option<String>,
    /// What ends it; nothing but the next scenario when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<Cure>,
    /// Leaves `error_rate`, `queue_length` and `weddings_today` out of `/ai/health`.
    #[serde(default)]
    pub minimal: bool,
}

impl Order {
    #[must_use]
    pub fn plain(scenario: Scenario) -> Self {
        Self {
            scenario,
            real_delay_ms: None,
            crises: None,
            lie: None,
            redirect_to: None,
            cure: None,
            minimal: false,
        }
    }

    #[must_use]
    pub fn delay_ms(&self) -> u64 {
        self.real_delay_ms.unwrap_or_else(|| self.scenario.usual_delay_ms())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_wire() {
        for scenario in Scenario::ALL {
            assert_eq!(serde_json::to_value(scenario).unwrap(), scenario.word());
        }
    }

    #[test]
    fn slow_is_12_7_seconds_with_a_queue_of_64() {
        let at: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let mut vitals = Vitals::calm(7, at);
        Scenario::Slow.afflict(&mut vitals, 7, at, true);
        assert!((12_650.0..12_750.0).contains(&vitals.response_time_ms), "{vitals:?}");
        assert!((62.0..=66.0).contains(&vitals.queue_length), "{vitals:?}");
    }

    #[test]
    fn an_order_says_which_word_it_does_not_know() {
        let error = serde_json::from_str::<Order>(r#"{"scenario":"sunny"}"#).unwrap_err().to_string();
        assert!(error.contains("unknown variant `sunny`") && error.contains("crisis-wave"), "{error}");
    }
}
