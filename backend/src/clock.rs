//! The one clock. Everything below `server` takes its time from here, so that a demo can run fast
//! and a test can stand still.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::time::Millis;

/// Where the present comes from. Cheap to clone; clones agree.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// From `start`, `times` faster than the system's monotonic clock.
    Fast {
        start: Millis,
        begun: Instant,
        times: u32,
    },
    Held(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// Runs `times` faster than real time, from the present on.
    pub fn fast(times: u32) -> Clock {
        if times <= 1 {
            return Clock::system();
        }
        Clock(Source::Fast { start: system_now(), begun: Instant::now(), times })
    }

    /// Stands still until it is moved.
    pub fn held(at: Millis) -> Clock {
        Clock(Source::Held(Arc::new(AtomicI64::new(at.0))))
    }

    pub fn now(&self) -> Millis {
        match &self.0 {
            Source::System => system_now(),
            Source::Fast { start, begun, times } => {
                start.plus((begun.elapsed().as_millis() as i64).saturating_mul(i64::from(*times)))
            }
            Source::Held(at) => Millis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a held clock; others are not moved.
    pub fn advance(&self, milliseconds: i64) {
        if let Source::Held(at) = &self.0 {
            at.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }

    /// The real time to wait until `span` has gone by on this clock.
    pub fn real(&self, span: Duration) -> Duration {
        match &self.0 {
            Source::Fast { times, .. } => span / *times,
            Source::System | Source::Held(_) => span,
        }
    }

    /// How much goes by on this clock in so many real milliseconds.
    pub fn span(&self, real: i64) -> i64 {
        match &self.0 {
            Source::Fast { times, .. } => real.saturating_mul(i64::from(*times)),
            Source::System | Source::Held(_) => real,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system clock")]
fn system_now() -> Millis {
    Millis(jiff::Timestamp::now().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_only_when_told() {
        let clock = Clock::held(Millis(5));
        let other = clock.clone();
        other.advance(10);
        assert_eq!(clock.now(), Millis(15));
        assert_eq!(clock.real(Duration::from_secs(30)), Duration::from_secs(30));
        assert_eq!((clock.span(2_000), Clock::fast(60).span(2_000)), (2_000, 120_000));
        assert_eq!(Clock::fast(60).real(Duration::from_secs(30)), Duration::from_millis(500));
    }
}
