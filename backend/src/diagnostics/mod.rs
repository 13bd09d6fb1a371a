//! Looking closer at a platform: read-only looks, each by itself, each with its deadline, each of which can be pinned to
//! an alert as evidence. Nothing here changes anything on the platform.

mod eyes;
mod following;
mod keeping;
mod looking;
mod pinning;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    actions::Kind,
    diagnostics::{Question, Report, Unseen},
    time::Millis,
};
use tokio::sync::Semaphore;

use self::{eyes::Eyes, keeping::Kept};
pub use self::{
    following::{Followed, NotFollowed},
    keeping::LookId,
    pinning::NotPinned,
};
use crate::{
    access::{HandleAlerts, Missing, Permission, Permit},
    actions::Actions,
    alerts::Alerts,
    clock::Clock,
    config::Config,
};

/// For each look of a whole page.
pub const GLANCE: Duration = Duration::from_millis(2_500);
/// For a look alone. The clients' own deadlines are below it.
pub const LONG_LOOK: Duration = Duration::from_secs(10);
/// So many logs are followed at once, by everybody together.
const MOST_FOLLOWED: usize = 24;

/// Everything that diagnostics need. Cheap to clone.
#[derive(Clone)]
pub struct Diagnostics(Arc<Inner>);

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnostics").finish_non_exhaustive()
    }
}

struct Inner {
    clock: Clock,
    actions: Actions,
    alerts: Alerts,
    /// Of each platform, by its name.
    eyes: BTreeMap<String, Eyes>,
    kept: Mutex<Kept>,
    followers: Arc<Semaphore>,
}

/// A connection that cannot be set up as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("{platform}: {why}")]
pub struct SetUpTrouble {
    platform: String,
    why: String,
}

/// What is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    pub platform: String,
    /// The key of a service; `None` is the platform as a whole.
    pub service: Option<String>,
}

/// One look and what it came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Look {
    /// By which it can be pinned for some minutes; `None` when nothing was seen.
    pub id: Option<LookId>,
    /// What was asked, with what was left open filled in.
    pub question: Question,
    pub at: Millis,
    pub took: Duration,
    pub seen: Result<Report, Unseen>,
}

impl Diagnostics {
    /// # Errors
    /// When a connection to a platform cannot be set up as it is configured.
    pub fn new(
        clock: Clock,
        config: &Config,
        actions: Actions,
        alerts: Alerts,
    ) -> Result<Diagnostics, SetUpTrouble> {
        let mut eyes = BTreeMap::new();
        for platform in &config.platforms {
            let own =
                Eyes::new(platform).map_err(|why| SetUpTrouble { platform: platform.name.clone(), why })?;
            eyes.insert(platform.name.clone(), own);
        }
        Ok(Diagnostics(Arc::new(Inner {
            clock,
            actions,
            alerts,
            eyes,
            kept: Mutex::default(),
            followers: Arc::new(Semaphore::new(MOST_FOLLOWED)),
        })))
    }

    /// The deployments that stand behind a service, by the catalogue of actions: those that it scales or restarts for
    /// this service alone. None for the platform as a whole.
    pub fn deployments(&self, scope: &Scope) -> Vec<String> {
        let Some(service) = &scope.service else { return Vec::new() };
        let Some(catalogue) = self.0.actions.catalogue(&scope.platform) else { return Vec::new() };
        let own = catalogue.iter().filter(|action| action.services.as_slice() == [service.clone()]);
        let names = own.filter_map(|action| match &action.does {
            Kind::KubernetesScale { deployment, .. } | Kind::KubernetesRestart { deployment } => {
                Some(deployment.name.as_str().to_owned())
            }
            _ => None,
        });
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn eyes(&self, platform: &str) -> Option<&Eyes> {
        self.0.eyes.get(platform)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who may handle the alerts of a scope may look at it.
fn check(permit: &Permit<HandleAlerts>, scope: &Scope) -> Result<(), Missing> {
    let covered = match &scope.service {
        Some(service) => permit.covers(service),
        None => permit.viewer().services.is_none(),
    };
    if covered {
        return Ok(());
    }
    let service = scope.service.clone().unwrap_or_else(|| "of the platform as a whole".to_owned());
    Err(Missing { permission: Permission::HandleAlerts, service: Some(service) })
}
