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
    failover::{Breaker, Came, Decision, HoldRefused, LATE_AFTER, Outcome, Poll, Rule, Transition},
    monitoring::{Outcome as Polled, Sample},
    time::Millis,
};
use tokio::sync::{Mutex, mpsc, watch};

use self::deciding::Occasion;
pub use self::store::Event;
use crate::{
    access::Missing,
    actions::Actions,
    clock::Clock,
    config::Config,
    db::{Db, DbError, Tx},
    monitoring,
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
    /// One at a time reads and changes breakers.
    keeping: Mutex<()>,
    /// Breakers that differ from what is stored in nothing that a restart must not forget, by platform and service.
    quiet: std::sync::Mutex<BTreeMap<(String, String), Stored>>,
    /// The newest poll of each platform.
    newest: std::sync::Mutex<BTreeMap<String, Sample>>,
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
        Failover(Arc::new(Inner {
            db,
            clock,
            config,
            actions,
            rule: Rule::default(),
            changed,
            keeping: Mutex::default(),
            quiet: std::sync::Mutex::default(),
            newest: std::sync::Mutex::default(),
            deciding: Mutex::default(),
        }))
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
            let came = Came::of_poll(word_of(sample, &service));
            let id = format!("poll-{}", sample.at.0);
            (service, vec![Outcome { id, at: sample.at, came }])
        });
        self.take_in(platform, outcomes.collect(), true).await?;
        if let Ok(mut newest) = self.0.newest.lock() {
            newest.insert(platform.to_owned(), sample.clone());
        }
        self.decide(platform, Occasion::News).await
    }

    /// What time alone brings: the next probe, the end of a hold.
    async fn look_around(&self) -> Result<(), DbError> {
        for platform in &self.0.config.platforms {
            let services = self.services(&platform.name).into_iter().map(|service| (service, Vec::new()));
            self.take_in(&platform.name, services.collect(), false).await?;
            self.decide(&platform.name, Occasion::Moment).await?;
        }
        Ok(())
    }

    /// A run has gone on: what it was offered for may be done.
    async fn runs_changed(&self) -> Result<(), DbError> {
        for platform in &self.0.config.platforms {
            self.decide(&platform.name, Occasion::News).await?;
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
            let _keeping = failover.0.keeping.lock().await;
            let now = failover.0.clock.now();
            let stored = failover.of_platform(&platform).await?;
            let (mut changed, mut quiet) = (Vec::new(), Vec::new());
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
                if before.version == 0 || after.breaker.must_be_stored(&before.breaker) {
                    changed.push((after, transitions));
                } else if after != before {
                    quiet.push(after);
                }
            }
            failover.keep(&platform, quiet);
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
            failover.told();
            Ok(())
        });
        taking.await.map_err(|_| DbError::Lost)?
    }

    /// The breakers of a platform as they stand: as they are stored, and what came since that need not be.
    async fn of_platform(&self, platform: &str) -> Result<BTreeMap<String, Stored>, DbError> {
        let mut stored = store::of_platform(self.0.db.read(), platform).await?;
        let Ok(quiet) = self.0.quiet.lock() else { return Ok(stored) };
        for (service, stored) in &mut stored {
            let kept = quiet.get(&(platform.to_owned(), service.clone()));
            if let Some(kept) = kept.filter(|kept| kept.version == stored.version) {
                stored.clone_from(kept);
            }
        }
        Ok(stored)
    }

    fn keep(&self, platform: &str, breakers: Vec<Stored>) {
        let Ok(mut quiet) = self.0.quiet.lock() else { return };
        for stored in breakers {
            quiet.insert((platform.to_owned(), stored.breaker.service.clone()), stored);
        }
    }

    /// Stores what is only in memory: how often things were told.
    async fn store_all(&self) -> Result<(), DbError> {
        let _keeping = self.0.keeping.lock().await;
        let kept = self.0.quiet.lock().map(|mut quiet| std::mem::take(&mut *quiet)).unwrap_or_default();
        if kept.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        for ((platform, _), stored) in kept {
            // One that was stored since has all of it.
            store::save(&mut tx, &platform, &stored).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Of what went well only polls are stored each by itself: a breaker of before the restart hears of the newest.
    async fn recall(&self) -> Result<(), DbError> {
        let _keeping = self.0.keeping.lock().await;
        let now = self.0.clock.now();
        for platform in &self.0.config.platforms {
            let samples =
                monitoring::polls(&self.0.db, &platform.name, now.minus(LATE_AFTER), now.plus(1)).await?;
            let mut breakers = self.of_platform(&platform.name).await?;
            for (service, stored) in &mut breakers {
                let well = |sample: &&Sample| Came::of_poll(word_of(sample, service)) == Came::Success;
                if let Some(sample) = samples.iter().rev().find(well) {
                    stored.breaker.succeeded(sample.at);
                }
            }
            self.keep(&platform.name, breakers.into_values().collect());
        }
        Ok(())
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

/// What a poll told of the engine of a service.
fn word_of(sample: &Sample, service: &str) -> Poll {
    match &sample.outcome {
        Polled::Answered => Poll::Answered(sample.services.get(service).copied()),
        _ => Poll::Unanswered,
    }
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
    if let Err(error) = failover.recall().await {
        tracing::error!(%error, "the newest polls could not be read for the breakers");
    }
    while !*stop.borrow() {
        let done = tokio::select! {
            Ok(()) = runs.changed() => failover.runs_changed().await,
            Some((platform, sample)) = polls.recv() => failover.polled(&platform, &sample).await,
            () = tokio::time::sleep(LOOK_EVERY) => failover.look_around().await,
            _ = stop.changed() => break,
        };
        if let Err(error) = done {
            tracing::error!(%error, "breakers could not be kept");
        }
    }
    if let Err(error) = failover.store_all().await {
        tracing::error!(%error, "how often breakers were told of something could not be stored");
    }
}
