//! The running platform: everything that the routes share.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::clock::Clock;
use crate::effects::Effects;
use crate::faults::Faults;
use crate::sinks::Sinks;
use crate::truth::Truth;
use crate::world::World;

#[derive(Debug)]
pub struct Platform {
    pub clock: Clock,
    /// What `Authorization: Bearer` must say.
    pub token: String,
    pub address: SocketAddr,
    pub world: Mutex<World>,
    pub faults: Mutex<Faults>,
    pub truth: Truth,
    pub effects: Effects,
    pub sinks: Mutex<Sinks>,
}

impl Platform {
    /// The world and the time, for as long as the guard is held. Its cluster is brought to that time.
    pub fn world(&self) -> (MutexGuard<'_, World>, Timestamp) {
        let mut world = lock(&self.world);
        let now = self.clock.now();
        world.cluster.advance(now);
        (world, now)
    }
}

/// Locks. A panic elsewhere leaves the simulator usable: there is nothing here that could be half changed for long.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
