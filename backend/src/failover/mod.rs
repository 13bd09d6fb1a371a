//! Breakers: fed by polls and by the platform's own callers; what follows when one opens or has recovered is decided by
//! `domain`, and carried out as a run of an action like any other.

mod deciding;
mod store;
#[cfg(test)]
mod tests;
mod verbs;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use domain::{
    failover::{Breaker, Came, Decision, HoldRefused, Outcome, Poll, Rule, Transition},
    monitoring::{Outcome as Polled, Sample},
    time::Millis,
};
use tokio::sync::{Mutex, mpsc, watch};

pub use self::store::Event;
use crate::{
    access::Missing,
    actions::Actions,
    clock::Clock,
    config::Config,
    db::{Db, DbError, Tx},
};

/// What time alone brings is looked at this often.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// Everything that breakers need. Cheap to clone.
#[derive(Clone)]
pub struct Failover(Arc<Inner>);

impl fmt::Debug for Failover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failover").finish_non_exhaustive()
    }
}

struct Inner {
    db: Db,
    clock: Clock,
    config: Arc<Config>,
    actions: Actions,
    rule: Rule,
    changed: watch::Sender<u64>,
    /// One at a time decides for a platform: looking at the effect takes a while.
    deciding: Mutex<()>,
}

/// A breaker as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    pub breaker: Breaker,
    /// What waits for a person.
    pub offered: Option<Offered>,
    /// 0 for one that is not stored yet.
    pub version: i64,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Offered {
    pub decision: Decision,
    pub at: Millis,
}

/// Why something was not done to a breaker.
#[derive(Debug, thiserror::Error)]
pub enum BreakerRefused {
    #[error("There is no such service.")]
    Unknown,
    #[error(transparent)]
    Hold(#[from] HoldRefused),
    #[error("More than {} outcomes in one report.", domain::failover::MOST_OUTCOMES)]
    TooMany,
    #[error("Somebody else changed it at the same moment. Look at it again.")]
    Changed,
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Failover {
    pub fn new(db: Db, clock: Clock, config: Arc<Config>, actions: Actions) -> Failover {
        let (changed, _) = watch::channel(0);
        let (rule, deciding) = (Rule::default(), Mutex::new(()));
        Failover(Arc::new(Inner { db, clock, config, actions, rule, changed, deciding }))
    }

    /// The number rises with each change of a breaker.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Takes in what a poll told of each service of a platform, and decides what follows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn polled(&self, platform: &str, sample: &Sample) -> Result<(), DbError> {
        let outcomes = self.services(platform).into_iter().map(|service| {
            let poll = match &sample.outcome {
                Polled::Answered => Poll::Answered(sample.services.get(&service).copied()),
                _ => Poll::Unanswered,
            };
            let id = format!("poll-{}", sample.at.0);
            (service, vec![Outcome { id, at: sample.at, came: Came::of_poll(poll) }])
        });
        self.take_in(platform, outcomes.collect(), true).await?;
        self.withdraw(platform).await?;
        self.decide(platform).await
    }

    /// What time alone brings: the next probe, the end of a hold.
    async fn look_around(&self) -> Result<(), DbError> {
        for platform in &self.0.config.platforms {
            let services = self.services(&platform.name).into_iter().map(|service| (service, Vec::new()));
            self.take_in(&platform.name, services.collect(), false).await?;
            self.decide(&platform.name).await?;
        }
        Ok(())
    }

    /// A run has gone on: what it was offered for may be done.
    async fn withdraw_all(&self) -> Result<(), DbError> {
        for platform in &self.0.config.platforms {
            self.withdraw(&platform.name).await?;
        }
        Ok(())
    }

    /// One report, in one transaction. Of a service whose probe is free, a poll is the probe.
    async fn take_in(
        &self,
        platform: &str,
        outcomes: BTreeMap<String, Vec<Outcome>>,
        is_poll: bool,
    ) -> Result<(), DbError> {
        let (failover, platform) = (self.clone(), platform.to_owned());
        let taking = tokio::spawn(async move {
            let now = failover.0.clock.now();
            let stored = store::of_platform(failover.0.db.read(), &platform).await?;
            let mut changed = Vec::new();
            for (service, mut outcomes) in outcomes {
                let before = stored.get(&service).cloned().unwrap_or_else(|| new(&service, now));
                let mut after = before.clone();
                let mut transitions = after.breaker.advance(&failover.0.rule, now);
                if is_poll && let Some(probe) = after.breaker.take_probe(now) {
                    for outcome in &mut outcomes {
                        outcome.id.clone_from(&probe);
                    }
                }
                transitions.extend(after.breaker.take_in(&failover.0.rule, &outcomes, now));
                if after != before {
                    changed.push((after, transitions));
                }
            }
            if changed.is_empty() {
                return Ok(());
            }
            let mut tx = failover.0.db.begin().await?;
            for (after, transitions) in &changed {
                if !store::save(&mut tx, &platform, after).await? {
                    return Err(DbError::Conflict("a breaker was changed meanwhile"));
                }
                tell(&mut tx, (&platform, &after.breaker.service), transitions).await?;
            }
            tx.commit().await?;
            // That calls go well changes nothing that anybody sees.
            let failures = |stored: Option<&Stored>| stored.map(|stored| stored.breaker.view().failures);
            let seen = |(after, transitions): &(Stored, Vec<Transition>)| {
                !transitions.is_empty()
                    || failures(Some(after)) != failures(stored.get(&after.breaker.service))
            };
            if changed.iter().any(seen) {
                failover.told();
            }
            Ok(())
        });
        taking.await.map_err(|_| DbError::Lost)?
    }

    fn services(&self, platform: &str) -> BTreeSet<String> {
        let found = self.0.config.platforms.iter().find(|one| one.name == platform);
        let services = found.map(|platform| platform.services.as_slice()).unwrap_or_default();
        services.iter().map(|service| service.key.clone()).collect()
    }

    fn told(&self) {
        self.0.changed.send_modify(|changes| *changes += 1);
    }
}

fn new(service: &str, now: Millis) -> Stored {
    Stored { breaker: Breaker::new(service, now), offered: None, version: 0 }
}

async fn tell(tx: &mut Tx, of: (&str, &str), transitions: &[Transition]) -> Result<(), DbError> {
    for transition in transitions {
        store::tell_transition(tx, of, transition).await?;
    }
    Ok(())
}

/// Takes polls in as they come, and looks at what time alone brings, for ever.
pub async fn run(
    failover: Failover,
    mut polls: mpsc::UnboundedReceiver<(String, Sample)>,
    mut stop: watch::Receiver<bool>,
) {
    let mut runs = failover.0.actions.changes();
    while !*stop.borrow() {
        let done = tokio::select! {
            Ok(()) = runs.changed() => failover.withdraw_all().await,
            Some((platform, sample)) = polls.recv() => failover.polled(&platform, &sample).await,
            () = tokio::time::sleep(LOOK_EVERY) => failover.look_around().await,
            _ = stop.changed() => return,
        };
        if let Err(error) = done {
            tracing::error!(%error, "breakers could not be kept");
        }
    }
}
