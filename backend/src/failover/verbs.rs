//! What people and callers do to breakers: hold, let go, tell of outcomes, ask how they stand.

use std::collections::BTreeMap;

use domain::{
    actions::{Actor, Run},
    audit::{Entry, Facts, Object},
    failover::{BreakerView, Course, HoldRefused, MOST_OUTCOMES, Outcome, Position, Transition},
    time::Millis,
};

use super::{BreakerRefused, Failover, Occasion, Stored, new, store, tell};
use crate::{
    access::{HandleAlerts, Permit, RunOrdinaryActions, SeeStatus},
    audit,
    db::DbError,
};

impl Failover {
    /// Holds a breaker open or closed until a moment. Nothing that is told moves it meanwhile.
    ///
    /// # Errors
    /// Without a reason or a sensible end, or when somebody holds it already.
    pub async fn hold(
        &self,
        permit: &Permit<RunOrdinaryActions>,
        (platform, service): (&str, &str),
        position: Position,
        reason: String,
        until: Millis,
    ) -> Result<Stored, BreakerRefused> {
        let (by, entry) = (actor(permit), permit.entry("breaker.held").because(reason.clone()));
        self.change(platform, service, entry, move |stored, now| {
            stored.breaker.hold(position, by, &reason, until, now)
        })
        .await
    }

    /// Lets a breaker go before the end of its hold.
    ///
    /// # Errors
    /// When nobody holds it.
    pub async fn release(
        &self,
        permit: &Permit<RunOrdinaryActions>,
        (platform, service): (&str, &str),
    ) -> Result<Stored, BreakerRefused> {
        let (by, entry) = (actor(permit), permit.entry("breaker.released"));
        self.change(platform, service, entry, move |stored, now| stored.breaker.release(by, now)).await
    }

    /// Takes in what callers of a service tell.
    ///
    /// # Errors
    /// When there is no such service, or more than a thousand in one report.
    pub async fn report(
        &self,
        _: &Permit<HandleAlerts>,
        (platform, service): (&str, &str),
        outcomes: Vec<Outcome>,
    ) -> Result<BreakerView, BreakerRefused> {
        if !self.services(platform).contains(service) {
            return Err(BreakerRefused::Unknown);
        }
        if outcomes.len() > MOST_OUTCOMES {
            return Err(BreakerRefused::TooMany);
        }
        let reported = [(service.to_owned(), outcomes)].into();
        self.take_in(platform, reported, false).await?;
        let deciding = self.decide(platform, Occasion::Moment).await;
        if let Err(error) = deciding {
            tracing::error!(%error, "what follows from a breaker could not be decided");
        }
        Ok(self.one(platform, service).await?.breaker.view())
    }

    /// How the breakers of a platform stand, by their services.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn breakers(&self, _: &Permit<SeeStatus>, platform: &str) -> Result<Vec<Stored>, DbError> {
        let mut stored = self.of_platform(platform).await?;
        let now = self.0.clock.now();
        let one = |service: String| stored.remove(&service).unwrap_or_else(|| new(&service, now));
        Ok(self.services(platform).into_iter().map(one).collect())
    }

    /// Which services of a platform were failed over and not brought back yet, and since when.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn failed_over(
        &self,
        _: &Permit<SeeStatus>,
        platform: &str,
    ) -> Result<BTreeMap<String, Millis>, DbError> {
        let mut tx = self.0.db.snapshot().await?;
        let (automatic, _) = store::automatic(&mut tx, platform).await?;
        let since = |(service, course): (String, Course)| Some((service, course.failed_over?.at));
        Ok(automatic.services.into_iter().filter_map(since).collect())
    }

    /// The story of a breaker, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn story(
        &self,
        _: &Permit<SeeStatus>,
        (platform, service): (&str, &str),
        most: i64,
    ) -> Result<Vec<store::Event>, DbError> {
        store::story(self.0.db.read(), platform, service, most).await
    }

    /// A person asked for this run: where it is the failover of a service, the console will offer the way back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run_asked_for(&self, run: &Run) -> Result<(), DbError> {
        let plan = run.plan();
        let services = self.services_of(&plan.platform, &plan.action);
        if services.is_empty() || run.requested.by.is_automatic() {
            return Ok(());
        }
        let (failover, platform, at) = (self.clone(), plan.platform.clone(), run.requested.at);
        let telling = tokio::spawn(async move {
            let mut tx = failover.0.db.begin().await?;
            let (mut automatic, version) = store::automatic(&mut tx, &platform).await?;
            for service in services {
                automatic.failed_over(&service, at, false);
            }
            if !store::save_automatic(&mut tx, &platform, &automatic, version).await? {
                return Err(DbError::Conflict("a failover was decided meanwhile"));
            }
            tx.commit().await?;
            Ok(())
        });
        telling.await.map_err(|_| DbError::Lost)?
    }

    pub(super) async fn one(&self, platform: &str, service: &str) -> Result<Stored, BreakerRefused> {
        if !self.services(platform).contains(service) {
            return Err(BreakerRefused::Unknown);
        }
        let mut stored = self.of_platform(platform).await?;
        Ok(stored.remove(service).unwrap_or_else(|| new(service, self.0.clock.now())))
    }

    async fn change(
        &self,
        platform: &str,
        service: &str,
        entry: Entry,
        act: impl FnOnce(&mut Stored, Millis) -> Result<Transition, HoldRefused> + Send + 'static,
    ) -> Result<Stored, BreakerRefused> {
        let (failover, platform, service) = (self.clone(), platform.to_owned(), service.to_owned());
        let changing = tokio::spawn(async move {
            let _keeping = failover.0.keeping.lock().await;
            let now = failover.0.clock.now();
            let mut stored = failover.one(&platform, &service).await?;
            let transition = act(&mut stored, now)?;
            let mut tx = failover.0.db.begin().await?;
            if !store::save(&mut tx, &platform, &stored).await? {
                return Err(BreakerRefused::Changed);
            }
            tell(&mut tx, (&platform, &service), std::slice::from_ref(&transition)).await?;
            let facts = Facts::from([("platform".to_owned(), platform.clone())]);
            let entry = entry.about(Object::new("breaker", &service, &service)).changed(Facts::new(), facts);
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            failover.told();
            Ok(stored)
        });
        changing.await.unwrap_or(Err(BreakerRefused::Db(DbError::Lost)))
    }
}

fn actor(permit: &Permit<RunOrdinaryActions>) -> Actor {
    let viewer = permit.viewer();
    Actor::Person { id: viewer.person.clone(), name: viewer.name.clone() }
}
