//! The course of one delivery: which of its ways is tried when, and when it has come to its end. Every delivery ends:
//! sent, stopped, or exhausted.

use super::Occasion;
use crate::time::{HOUR, MINUTE, Millis, SECOND};

/// In which order the ways are tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strategy {
    /// The next one when one fails.
    InTurn,
    /// All of them, whatever comes of the others.
    AtOnce,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeliveryState {
    /// A way may still take it.
    Open,
    /// At least one way has taken it.
    Sent,
    Stopped,
    /// Every way has failed for good.
    Exhausted,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WayState {
    /// Its turn has not come.
    Waiting,
    /// To be sent at that time, or as soon after it as its worker is free.
    Due(Millis),
    Sending,
    Sent,
    /// Given up.
    Failed,
    /// Another way took it.
    Unneeded,
    Stopped,
}

/// One way of a delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    pub state: WayState,
    /// How often it was tried, with the present try.
    pub tries: u32,
}

/// What came of one try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Sent,
    Failed(Again),
}

/// Whether to try again after a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Again {
    /// The same would be refused again.
    Never,
    /// Not before so many milliseconds, when the other side said so.
    Later { not_before: Option<i64> },
}

/// A delivery under way. Ways are named by their position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Course {
    pub strategy: Strategy,
    /// Whether somebody is called: then it is tried faster, and given up sooner.
    pub calls: bool,
    pub state: DeliveryState,
    /// Every way has failed often enough that somebody else should be called. Stays once it is so.
    pub stuck: bool,
    /// Nothing more of it may go out, also where a way had taken it before.
    pub stopped: bool,
    pub ways: Vec<Way>,
}

/// How patiently a way is tried.
struct Patience {
    first_wait: i64,
    longest_wait: i64,
    most_tries: u32,
    /// A longer wait than this is not waited for.
    longest_not_before: i64,
}

const CALLING: Patience = Patience {
    first_wait: SECOND,
    longest_wait: 30 * SECOND,
    most_tries: 8,
    longest_not_before: 10 * MINUTE,
};
const TELLING: Patience =
    Patience { first_wait: 2 * SECOND, longest_wait: 5 * MINUTE, most_tries: 10, longest_not_before: HOUR };

/// A way that failed so often, or that waits for longer than this, is not what a call may wait for.
const STUCK_TRIES: u32 = 2;
const STUCK_WAIT: i64 = 5 * SECOND;

impl Course {
    /// From `now` on, over these ways; one that is not usable has failed from the beginning. Without any that is
    /// usable it is exhausted at once.
    pub fn begin(occasion: Occasion, strategy: Strategy, usable: &[bool], now: Millis) -> Course {
        let first = usable.iter().position(|usable| *usable);
        let state = |(position, usable): (usize, &bool)| match strategy {
            _ if !usable => WayState::Failed,
            Strategy::InTurn if Some(position) != first => WayState::Waiting,
            Strategy::InTurn | Strategy::AtOnce => WayState::Due(now),
        };
        let ways = usable.iter().enumerate().map(state).map(|state| Way { state, tries: 0 });
        let mut course = Course {
            strategy,
            calls: occasion.calls(),
            state: DeliveryState::Open,
            stuck: false,
            stopped: false,
            ways: ways.collect(),
        };
        course.look(now);
        course
    }

    /// A worker takes the way. False when it is not to be sent (any more).
    #[must_use]
    pub fn claim(&mut self, position: usize, now: Millis) -> bool {
        match self.ways.get_mut(position) {
            Some(way) if matches!(way.state, WayState::Due(at) if at <= now) => {
                *way = Way { state: WayState::Sending, tries: way.tries + 1 };
                true
            }
            _ => false,
        }
    }

    /// What came of the try of this way. `chance` lies in 0 to 1 and spreads the waits of many deliveries.
    pub fn after(&mut self, position: usize, outcome: Outcome, now: Millis, chance: f64) {
        let patience = if self.calls { &CALLING } else { &TELLING };
        let is_stopped = self.stopped;
        let Some(way) = self.ways.get_mut(position).filter(|way| way.state == WayState::Sending) else {
            return;
        };
        match outcome {
            Outcome::Sent => {
                way.state = WayState::Sent;
                // What has arrived is sent, also when it was stopped meanwhile: the page says what happened.
                self.state = DeliveryState::Sent;
                if self.strategy == Strategy::InTurn {
                    self.end_ways(WayState::Unneeded);
                }
            }
            Outcome::Failed(_) if is_stopped => way.state = WayState::Stopped,
            Outcome::Failed(_) if self.state == DeliveryState::Sent && self.strategy == Strategy::InTurn => {
                way.state = WayState::Unneeded;
            }
            Outcome::Failed(again) => {
                way.state = match patience.next_try(way.tries, again, now, chance) {
                    Some(at) => WayState::Due(at),
                    None => WayState::Failed,
                };
                self.next_in_turn(now);
            }
        }
        self.look(now);
    }

    /// The console died while it was sending: whether it arrived is open, and it is sent again at once.
    pub fn after_crash(&mut self, position: usize, now: Millis) {
        self.after(position, Outcome::Failed(Again::Later { not_before: None }), now, 0.0);
        if let Some(way) = self.ways.get_mut(position)
            && let WayState::Due(at) = &mut way.state
        {
            *at = now;
        }
    }

    /// Nothing more of it goes out. What is just being sent cannot be called back, but is not tried again.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.end_ways(WayState::Stopped);
        if self.state == DeliveryState::Open {
            self.state = DeliveryState::Stopped;
        }
    }

    /// Its connection is gone from the configuration: it is not tried again.
    pub fn without(&mut self, position: usize, now: Millis) {
        if let Some(way) = self.ways.get_mut(position).filter(|way| matches!(way.state, WayState::Due(_))) {
            way.state = WayState::Failed;
            self.next_in_turn(now);
            self.look(now);
        }
    }

    pub fn is_settled(&self) -> bool {
        self.state != DeliveryState::Open
    }

    fn end_ways(&mut self, end: WayState) {
        for way in &mut self.ways {
            if matches!(way.state, WayState::Waiting | WayState::Due(_)) {
                way.state = end;
            }
        }
    }

    fn next_in_turn(&mut self, now: Millis) {
        if self.state == DeliveryState::Open
            && let Some(next) = self.ways.iter_mut().find(|way| way.state == WayState::Waiting)
        {
            next.state = WayState::Due(now);
        }
    }

    /// Whether it has come to its end, or is stuck.
    fn look(&mut self, now: Millis) {
        if self.state != DeliveryState::Open {
            return;
        }
        if self.ways.iter().all(|way| way.state == WayState::Failed) {
            self.state = DeliveryState::Exhausted;
            self.stuck = true;
        }
        let hopeless = |way: &Way| match way.state {
            WayState::Failed => true,
            WayState::Due(at) => way.tries >= STUCK_TRIES || (way.tries > 0 && at.since(now) > STUCK_WAIT),
            WayState::Sending => way.tries > STUCK_TRIES,
            _ => false,
        };
        self.stuck |= self.calls && self.ways.iter().all(hopeless);
    }
}

impl Patience {
    /// When to try again after so many tries; never is `None`.
    fn next_try(&self, tries: u32, again: Again, now: Millis, chance: f64) -> Option<Millis> {
        let Again::Later { not_before } = again else { return None };
        let not_before = not_before.unwrap_or(0).max(0);
        if tries >= self.most_tries || not_before > self.longest_not_before {
            return None;
        }
        let doubled = self.first_wait.saturating_mul(1 << tries.saturating_sub(1).min(16));
        // Between half and the whole of it, so that many do not come back at the same time.
        let wait = (doubled.min(self.longest_wait) as f64 * (0.5 + chance.clamp(0.0, 1.0) / 2.0)) as i64;
        Some(now.plus(wait.max(not_before)))
    }
}
