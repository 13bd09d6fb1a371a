//! Breakers on both databases, and what follows from them on a pretended platform.

mod keeping;
mod opening;
mod way_back;

use domain::{
    actions::ActionKey,
    failover::{Fault, Mode, Position},
    monitoring::{EngineState, Outcome as Answered},
    time::{MINUTE, SECOND},
};

use super::*;
use crate::{
    access::{HandleAlerts, Permit, RunOrdinaryActions, SeeStatus, Viewer},
    actions::{Asking, RunPermit, testing::Stand},
    monitoring::recording,
    testing,
};

const ALL: [&str; 3] = ["optimization", "recommendation", "crisis"];

struct Guard {
    stand: Stand,
    clock: Clock,
    failover: Failover,
}

async fn guards(on_open: Mode) -> Vec<Guard> {
    let mut guards = Vec::new();
    for world in testing::worlds().await {
        let clock = Clock::held(Clock::system().now());
        let stand = Stand::with(world, clock.clone(), |config| {
            for settings in config.platforms[0].failovers.values_mut() {
                (settings.on_open, settings.on_recovery) = (on_open, on_open);
            }
        });
        let stand = stand.await;
        let (db, config) = (stand.world.db.clone(), stand.config.clone());
        let failover = Failover::new(db, clock.clone(), config, stand.actions.clone());
        guards.push(Guard { stand, clock, failover });
    }
    guards
}

impl Guard {
    async fn polls(&self, count: usize, down: bool) {
        self.polls_of(count, &["optimization"], down).await;
    }

    async fn polls_of(&self, count: usize, services: &[&str], down: bool) {
        let state = if down { EngineState::Down } else { EngineState::Operational };
        self.polls_saying(count, services, state).await;
    }

    async fn polls_saying(&self, count: usize, services: &[&str], state: EngineState) {
        for _ in 0..count {
            self.clock.advance(30 * SECOND);
            let mut sample = Sample::empty(self.clock.now(), Answered::Answered);
            sample.services.extend(services.iter().map(|service| ((*service).to_owned(), state)));
            self.failover.polled("wedsync", &sample).await.unwrap();
            let mut tx = self.stand.world.db.begin().await.unwrap();
            recording::record(&mut tx, "wedsync", &[sample]).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// Carries out whatever was begun, to its end.
    async fn carry_out(&self) {
        let (stopping, stop) = watch::channel(false);
        let worker = tokio::spawn(crate::actions::run(self.stand.actions.clone(), stop));
        while !self.runs().await.is_empty() {
            self.clock.advance(100);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        stopping.send(true).unwrap();
        worker.await.unwrap();
    }

    async fn optimization(&self) -> Stored {
        self.failover.one("wedsync", "optimization").await.unwrap()
    }

    async fn runs(&self) -> Vec<String> {
        let open = self.stand.actions.open().await.unwrap();
        open.iter().map(|stored| stored.run.plan().action.to_string()).collect()
    }
}

/// A person looks at an action, presses its button, and it is carried out.
async fn press(guard: &Guard, viewer: &Viewer, key: &str) {
    let (actions, key) = (&guard.stand.actions, ActionKey::parse(key).unwrap());
    let looked = actions.look(&viewer.permit().unwrap(), "wedsync", &key, &BTreeMap::new()).await.unwrap();
    let asking = Asking {
        platform: "wedsync".to_owned(),
        action: key.clone(),
        typed: BTreeMap::new(),
        reason: String::new(),
        seen: looked.preview.fingerprint(),
        alert: None,
    };
    let permit = RunPermit::of(viewer, actions.action("wedsync", &key).unwrap()).unwrap();
    let run = actions.request(&permit, asking).await.unwrap();
    guard.failover.run_asked_for(&run).await.unwrap();
    guard.carry_out().await;
}
