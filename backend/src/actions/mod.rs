//! Acting on the platform: asked for, agreed to, carried out, watched. What the rules of `domain` decide is carried out
//! here; nothing is sent from within a request of a page.

mod agreeing;
mod asking;
mod carrying;
mod hands;
mod permits;
mod refused;
mod restored;
mod shown;
mod store;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, OnceLock},
};

use domain::actions::{Action, ActionKey, Catalogue, Run, RunId};
use tokio::sync::{Notify, watch};

pub(crate) use self::restored::hold_back;
pub use self::{
    asking::{Asking, Looked, Prepared},
    carrying::run,
    hands::{Hands, SetUpTrouble},
    permits::{RunPermit, actor},
    refused::ActionRefused,
    shown::{Entry, Listed, RunShown, Told},
};
use crate::{access::Access, alerts::Alerts, clock::Clock, config::Config, db::Db, delivery::Courier};

/// Everything that actions need. Cheap to clone.
#[derive(Clone)]
pub struct Actions(Arc<Inner>);

impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actions").finish_non_exhaustive()
    }
}

struct Inner {
    db: Db,
    clock: Clock,
    config: Arc<Config>,
    access: Access,
    alerts: Alerts,
    /// One for each platform, by its name.
    catalogues: BTreeMap<String, Catalogue>,
    hands: BTreeMap<String, Arc<Hands>>,
    /// Something is to be done for a run.
    due: Notify,
    /// Runs that a task of this process is at work on.
    in_hand: Mutex<BTreeSet<RunId>>,
    changed: watch::Sender<u64>,
    /// Carries what is told; there once the console serves.
    courier: OnceLock<Courier>,
}

/// A run as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    pub run: Run,
    /// How far a long step has come: "12,000 of about 90,000 keys".
    pub progress: Option<String>,
    pub version: i64,
}

impl Actions {
    /// # Errors
    /// When a connection to a platform cannot be set up as it is configured.
    pub fn new(
        db: Db,
        clock: Clock,
        config: Arc<Config>,
        access: Access,
        alerts: Alerts,
    ) -> Result<Actions, SetUpTrouble> {
        let mut hands = BTreeMap::new();
        for platform in &config.platforms {
            hands.insert(platform.name.clone(), Arc::new(Hands::new(platform, &db, &clock)?));
        }
        let catalogues = config.catalogues.clone();
        let (changed, _) = watch::channel(0);
        Ok(Actions(Arc::new(Inner {
            db,
            clock,
            config,
            access,
            alerts,
            catalogues,
            hands,
            due: Notify::new(),
            in_hand: Mutex::default(),
            changed,
            courier: OnceLock::new(),
        })))
    }

    /// Hands what is told to this courier from now on.
    pub fn deliver_by(&self, courier: Courier) {
        self.0.courier.set(courier).ok();
    }

    /// The number rises with each change of a run or of the switch.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// The catalogue of a platform; `None` when there is no such platform.
    pub fn catalogue(&self, platform: &str) -> Option<&Catalogue> {
        self.0.catalogues.get(platform)
    }

    /// An action of the catalogue of a platform.
    pub fn action(&self, platform: &str, key: &ActionKey) -> Option<&Action> {
        self.catalogue(platform)?.get(key)
    }

    /// Something changed: open pages look again, and so does whoever carries runs out.
    fn told(&self) {
        self.0.changed.send_modify(|changes| *changes += 1);
        self.0.due.notify_one();
        if let Some(courier) = self.0.courier.get() {
            courier.wake();
        }
    }
}
