//! A server that cannot be sent to, for all connections to it. While it cannot, nothing is taken up: no try is lost on it,
//! and what waits keeps its order.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::time::Millis;

use super::standing::Outage;

/// As long as the first pause of an attempt, so that what was cut off is due again when the server is tried again.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Who waits for an answer does not wait long for the end of a pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(super) struct Outages(Mutex<Option<Pause>>);

struct Pause {
    outage: Outage,
    until: Instant,
}

impl Outages {
    /// As it stands; `None` when nothing is known to be wrong.
    pub fn now(&self) -> Option<Outage> {
        self.pause().as_ref().map(|pause| pause.outage.clone())
    }

    /// For so long nobody tries.
    pub fn pause_left(&self) -> Option<Duration> {
        let pause = self.pause();
        let left = pause.as_ref()?.until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// It could not be sent to. Those who find the same at the same time count once.
    pub fn found(&self, why: String, now: Millis) {
        let mut pause = self.pause();
        if pause.as_ref().is_some_and(|pause| pause.until > Instant::now()) {
            return;
        }
        let (since, tries) =
            pause.as_ref().map_or((now, 0), |pause| (pause.outage.since, pause.outage.tries));
        let wait = FIRST_PAUSE.saturating_mul(1 << tries.min(6)).min(LONGEST_PAUSE);
        tracing::warn!(why, tries = tries + 1, "notices cannot be handed to the mail server");
        *pause = Some(Pause {
            outage: Outage { since, why, tries: tries.saturating_add(1) },
            until: Instant::now() + wait,
        });
    }

    /// It can be sent to.
    pub fn over(&self) {
        if self.pause().take().is_some() {
            tracing::info!("notices can be handed to the mail server again");
        }
    }

    fn pause(&self) -> std::sync::MutexGuard<'_, Option<Pause>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
