//! The one switch that stops everything that the console would do by itself: failover, failback, scheduled actions.

use serde::{Deserialize, Serialize};

use super::{Actor, Refusal, refusal::checked_reason};
use crate::time::Millis;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "automation", rename_all = "snake_case")]
pub enum Automation {
    #[default]
    On,
    /// Seen on every page while it is so.
    Off { by: Actor, at: Millis, reason: String },
}

impl Automation {
    pub fn is_on(&self) -> bool {
        *self == Automation::On
    }

    /// # Errors
    /// Without a reason, or when it is off already.
    pub fn turn_off(&self, by: Actor, reason: &str, now: Millis) -> Result<Automation, Refusal> {
        match self {
            Automation::Off { by, .. } => Err(Refusal::AutomaticIsOff { by: by.name().to_owned() }),
            Automation::On => Ok(Automation::Off { by, at: now, reason: checked_reason(reason, true)? }),
        }
    }

    /// What is said on every page; `None` while everything is as it should be.
    pub fn banner(&self, clock: impl Fn(Millis) -> String) -> Option<String> {
        match self {
            Automation::On => None,
            Automation::Off { by, at, reason } => Some(format!(
                "Nothing is done automatically: {} turned it off at {}, because: {reason}",
                by.name(),
                clock(*at)
            )),
        }
    }
}
