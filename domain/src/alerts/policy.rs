//! When a departure becomes an alert, and who hears of it when. The numbers are defaults of the configuration.

use serde::{Deserialize, Serialize};

use crate::{
    monitoring::Level,
    oncall::{Call, People, Plan, Step},
    time::{HOUR, MINUTE},
};

/// The rules from samples to pages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    pub debounce: Debounce,
    /// For levels 2, 3 and 4, in this order; nobody hears of level 1.
    pub plans: [Plan; 3],
}

/// How many samples running it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Debounce {
    pub information: u8,
    pub warning: u8,
    /// A warning past its alert line.
    pub warning_past_alert: u8,
    pub critical: u8,
    pub emergency: u8,
    /// Good samples until it is resolved.
    pub resolve: u8,
}

impl Default for Debounce {
    fn default() -> Debounce {
        Debounce { information: 5, warning: 3, warning_past_alert: 1, critical: 1, emergency: 1, resolve: 5 }
    }
}

impl Debounce {
    /// Samples running that a level needs.
    pub fn needs(&self, level: Level, urgent: bool) -> u8 {
        match level {
            Level::Information => self.information,
            Level::Warning if urgent => self.warning_past_alert,
            Level::Warning => self.warning,
            Level::Critical => self.critical,
            Level::Emergency => self.emergency,
        }
    }
}

impl Default for Policy {
    fn default() -> Policy {
        let people = |tier, people| Call { tier, channel: false, people };
        let with_channel = |people| Call { tier: 1, channel: true, people };
        let step = |after, calls: &[Call]| Step { after, calls: calls.to_vec() };
        let plan = |steps: &[Step], repeat_every, acknowledged_for| Plan {
            steps: steps.to_vec(),
            repeat_every,
            acknowledged_for,
        };
        Policy {
            debounce: Debounce::default(),
            plans: [
                plan(
                    &[
                        step(0, &[with_channel(People::WhenUrgent)]),
                        step(4 * HOUR, &[people(2, People::Always)]),
                    ],
                    4 * HOUR,
                    4 * HOUR,
                ),
                plan(
                    &[
                        step(0, &[with_channel(People::Always)]),
                        step(10 * MINUTE, &[people(2, People::Always)]),
                        step(20 * MINUTE, &[people(3, People::Always)]),
                    ],
                    10 * MINUTE,
                    30 * MINUTE,
                ),
                plan(
                    &[
                        step(
                            0,
                            &[
                                with_channel(People::Always),
                                people(2, People::Always),
                                people(4, People::WhenWedding),
                            ],
                        ),
                        step(5 * MINUTE, &[people(3, People::Always)]),
                    ],
                    5 * MINUTE,
                    15 * MINUTE,
                ),
            ],
        }
    }
}

impl Policy {
    /// `None` for what nobody hears of.
    pub fn plan(&self, level: Level) -> Option<&Plan> {
        let [warning, critical, emergency] = &self.plans;
        match level {
            Level::Information => None,
            Level::Warning => Some(warning),
            Level::Critical => Some(critical),
            Level::Emergency => Some(emergency),
        }
    }
}
