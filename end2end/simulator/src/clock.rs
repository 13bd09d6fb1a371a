//! Simulated time: starts at a given moment and runs at a given speed.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// A clock that was `base` when it was made and has run `speed` times as fast as the real one since.
#[derive(Debug, Clone)]
pub struct Clock {
    base: Timestamp,
    started: Instant,
    speed: f64,
}

impl Clock {
    /// Starts a clock now, showing `base`.
    #[must_use]
    pub fn starting(base: Timestamp, speed: f64) -> Self {
        Self { base, started: Instant::now(), speed }
    }

    /// The simulated time, in whole milliseconds. At the end of representable time it stands still.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from_secs_f64(self.started.elapsed().as_secs_f64() * self.speed)
            .unwrap_or(SignedDuration::ZERO);
        let now = self.base.saturating_add(elapsed).unwrap_or(self.base);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The moment it started from.
    #[must_use]
    pub fn base(&self) -> Timestamp {
        self.base
    }

    /// How many times faster than real time it runs.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }
}

/// The real time: read once, at start, when no other start is given.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the simulator reads the real clock")]
pub fn real_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_runs_ahead_of_its_start() {
        let base: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let clock = Clock::starting(base, 10_000.0);
        std::thread::sleep(std::time::Duration::from_millis(20));
        let ahead = clock.now().as_second() - base.as_second();
        assert!(ahead >= 200, "20 ms at 10,000 times are at least 200 s, not {ahead}");
        assert_eq!(clock.base(), base);
    }
}
