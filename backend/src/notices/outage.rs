//! A server that cannot be sent to, for all connections to it. While it cannot, nothing is taken up: no try is lost on it,
//! and what waits keeps its order. After a pause one connection tries alone: what a server does that takes mails and cuts
//! the line is done to one of them, and not to all.

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
/// Until it is asked again whether another's try has succeeded.
const WHILE_TRIED: Duration = Duration::from_millis(250);

#[derive(Default)]
pub(super) struct Outages(Mutex<Option<Pause>>);

struct Pause {
    outage: Outage,
    until: Instant,
    /// Somebody tries.
    is_tried: bool,
}

impl Outages {
    /// As it stands; `None` when nothing is known to be wrong.
    pub fn now(&self) -> Option<Outage> {
        self.pause().as_ref().map(|pause| pause.outage.clone())
    }

    /// For so long whoever asks does not try; `None` when they are to. While something is wrong that is one at a time,
    /// who then says what came of it.
    pub fn wait(&self) -> Option<Duration> {
        let mut pause = self.pause();
        let pause = pause.as_mut()?;
        let left = pause.until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Some(left);
        }
        if pause.is_tried {
            return Some(WHILE_TRIED);
        }
        pause.is_tried = true;
        None
    }

    /// There was nothing to try it with.
    pub fn untried(&self) {
        if let Some(pause) = self.pause().as_mut() {
            pause.is_tried = false;
        }
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
            is_tried: false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tries_alone_and_those_who_find_the_same_count_once() {
        let outages = Outages::default();
        assert_eq!((outages.wait(), outages.now()), (None, None));
        outages.found("connection refused".to_owned(), Millis(5));
        outages.found("connection refused".to_owned(), Millis(6));
        let known = outages.now().unwrap();
        assert_eq!((known.since, known.tries, known.why.as_str()), (Millis(5), 1, "connection refused"));
        assert!(outages.wait().is_some_and(|left| left > Duration::from_secs(4)));

        outages.pause().as_mut().unwrap().until = Instant::now();
        assert_eq!(outages.wait(), None);
        assert_eq!(outages.wait(), Some(WHILE_TRIED));
        outages.untried();
        assert_eq!(outages.wait(), None);
        outages.found("connection refused".to_owned(), Millis(7));
        assert!(outages.wait().is_some_and(|left| left > Duration::from_secs(9)));
        assert_eq!(outages.now().unwrap().tries, 2);
        outages.over();
        assert_eq!((outages.wait(), outages.now()), (None, None));
    }
}
