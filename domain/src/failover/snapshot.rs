//! What callers are told of a breaker, so that they can follow it.

use serde::{Deserialize, Serialize};

use super::{Breaker, BreakerState, Counts, Position, Probe};
use crate::time::Millis;

/// One breaker as `GET /api/v1/breakers` shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BreakerView {
    pub service: String,
    /// `closed`: call it. `open`: do not. `half_open`: do not, but for the one probe.
    pub state: Position,
    pub since: Millis,
    /// Failures running; while it is closed.
    pub failures: usize,
    pub next_probe: Option<Millis>,
    /// Whether the probe is still to be had.
    pub probe_free: bool,
    pub held: Option<HoldView>,
    pub counts: Counts,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HoldView {
    pub by: String,
    pub reason: String,
    pub until: Millis,
}

impl Breaker {
    pub fn view(&self) -> BreakerView {
        let mut view = BreakerView {
            service: self.service.clone(),
            state: self.position(),
            since: self.state.since(),
            failures: 0,
            next_probe: None,
            probe_free: false,
            held: None,
            counts: self.counts,
        };
        match &self.state {
            BreakerState::Closed { failures, .. } => view.failures = failures.len(),
            BreakerState::Open { until, .. } => view.next_probe = Some(*until),
            BreakerState::HalfOpen { since, probe } => {
                view.next_probe = Some(*since);
                view.probe_free = *probe == Probe::Free;
            }
            BreakerState::Held { by, reason, until, .. } => {
                view.held =
                    Some(HoldView { by: by.name().to_owned(), reason: reason.clone(), until: *until });
            }
        }
        view
    }
}
