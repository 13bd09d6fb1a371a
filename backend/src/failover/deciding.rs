//! What follows when a breaker opens or has recovered.

use std::collections::BTreeMap;

use domain::{
    actions::{ActionKey, Preview, Run, State},
    audit::{Actor, Entry, Facts, Object, Origin},
    failover::{BreakerState, Decision, InEffect, Proposed, Settings, all_are_steady},
    time::Millis,
};

use super::{Failover, Offered, Stored, store};
use crate::{
    audit,
    db::{DbError, Tx},
};

const FAILOVER: &str = "automatic failover";
const FAILBACK: &str = "automatic failback";

impl Failover {
    /// Decides for every service of a platform for which there is something to decide.
    pub(super) async fn decide(&self, platform: &str) -> Result<(), DbError> {
        let _one_at_a_time = self.0.deciding.lock().await;
        let breakers = store::of_platform(self.0.db.read(), platform).await?;
        for stored in breakers.values().cloned() {
            let settings = self.settings(platform, &stored.breaker.service);
            if self.is_settled(platform, &stored).await?
                || self.has_to_wait(platform, &stored, &breakers).await?
            {
                continue;
            }
            // The platform is looked at before the transaction, so that nobody waits for it inside one.
            let in_effect = self.in_effect(platform, settings.failover.as_ref()).await;
            let wanted = match stored.breaker.state {
                BreakerState::Closed { .. } => settings.failback.clone(),
                _ => settings.failover.clone(),
            };
            let preview = match wanted {
                Some(action) => self.0.actions.preview_of(platform, &action).await.ok(),
                None => None,
            };
            self.decide_one(platform, stored, settings, in_effect, preview).await?;
        }
        Ok(())
    }

    /// Whether it is too early to decide. One action often answers for several services that fail together: while it is
    /// being carried out nobody knows yet whether it helps the others too, and it comes back when all of them are well.
    async fn has_to_wait(
        &self,
        platform: &str,
        stored: &Stored,
        breakers: &BTreeMap<String, Stored>,
    ) -> Result<bool, DbError> {
        let Some(action) = self.settings(platform, &stored.breaker.service).failover else {
            return Ok(false);
        };
        if let BreakerState::Closed { .. } = stored.breaker.state {
            let same = self.services_of(platform, &action);
            let others = same.iter().filter_map(|service| breakers.get(service)).map(|other| &other.breaker);
            return Ok(!all_are_steady(others, self.0.clock.now()));
        }
        let open = self.0.actions.open().await?;
        Ok(open.iter().any(|stored| {
            let plan = stored.run.plan();
            let goes_on = matches!(stored.run.state, State::Approved { .. } | State::Running { .. });
            goes_on && plan.platform == platform && plan.action == action
        }))
    }

    /// Takes back what was offered and needs nobody any more.
    pub(super) async fn withdraw(&self, platform: &str) -> Result<(), DbError> {
        let breakers = store::of_platform(self.0.db.read(), platform).await?;
        for mut stored in breakers.into_values() {
            let Some(offered) = &stored.offered else { continue };
            let settings = self.settings(platform, &stored.breaker.service);
            let in_effect = self.in_effect(platform, settings.failover.as_ref()).await;
            if !offered.decision.is_over(&stored.breaker.state, in_effect) {
                continue;
            }
            stored.offered = None;
            // What was failed over is back, by whomever.
            let back = settings.failover.filter(|_| in_effect == InEffect::No);
            let (failover, platform) = (self.clone(), platform.to_owned());
            let saving = tokio::spawn(async move {
                let mut tx = failover.0.db.begin().await?;
                // Where somebody changed it meanwhile, the next look sees to it.
                if store::save(&mut tx, &platform, &stored).await?
                    && failover.is_back(&mut tx, &platform, back.as_ref()).await?
                {
                    tx.commit().await?;
                    failover.told();
                }
                Ok::<_, DbError>(())
            });
            saving.await.map_err(|_| DbError::Lost)??;
        }
        Ok(())
    }

    /// No service is failed over by this action any more; says whether that could be saved.
    async fn is_back(
        &self,
        tx: &mut Tx,
        platform: &str,
        failover: Option<&ActionKey>,
    ) -> Result<bool, DbError> {
        let Some(action) = failover else { return Ok(true) };
        let (mut automatic, version) = store::automatic(tx, platform).await?;
        for service in self.services_of(platform, action) {
            automatic.failed_back(&service);
        }
        store::save_automatic(tx, platform, &automatic, version).await
    }

    async fn in_effect(&self, platform: &str, failover: Option<&ActionKey>) -> InEffect {
        match failover {
            Some(action) => self.0.actions.in_effect(platform, action).await.into(),
            None => InEffect::NotKnown,
        }
    }

    /// Whether asking would change nothing: most of the time.
    async fn is_settled(&self, platform: &str, stored: &Stored) -> Result<bool, DbError> {
        let mut tx = self.0.db.snapshot().await?;
        let (automatic, _) = store::automatic(&mut tx, platform).await?;
        let course = automatic.services.get(&stored.breaker.service);
        Ok(match &stored.breaker.state {
            BreakerState::Held { .. } => true,
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => {
                course.is_some_and(|course| stored.breaker.openings <= course.decided_for)
            }
            BreakerState::Closed { since, .. } => course
                .is_none_or(|course| course.failed_over.is_none() || course.failback_for == Some(*since)),
        })
    }

    async fn decide_one(
        &self,
        platform: &str,
        stored: Stored,
        settings: Settings,
        in_effect: InEffect,
        preview: Option<Preview>,
    ) -> Result<(), DbError> {
        let (failover, platform) = (self.clone(), platform.to_owned());
        let deciding = tokio::spawn(async move {
            failover.decide_whole(&platform, stored, &settings, in_effect, preview).await
        });
        deciding.await.map_err(|_| DbError::Lost)?
    }

    /// The decision, the run that it begins, and their record: in one transaction.
    async fn decide_whole(
        &self,
        platform: &str,
        mut stored: Stored,
        settings: &Settings,
        in_effect: InEffect,
        preview: Option<Preview>,
    ) -> Result<(), DbError> {
        let now = self.0.clock.now();
        let service = stored.breaker.service.clone();
        let mut tx = self.0.db.begin().await?;
        let automation = self.0.actions.automation_in(&mut tx).await?;
        let (mut automatic, version) = store::automatic(&mut tx, platform).await?;
        let before = automatic.clone();
        let mut decision = automatic.decide(&stored.breaker, settings, in_effect, &automation, now);
        let mut run: Option<Run> = None;
        let mut offered = None;
        match decision.clone() {
            Some(Decision::RunFailover { action }) => {
                match self.begin(&mut tx, preview, FAILOVER, now).await? {
                    Ok(begun) => run = Some(begun),
                    Err(why) => {
                        // What cannot be done by itself is offered with its reason, and not counted as done.
                        automatic.failed_back(&service);
                        automatic.last_failover = before.last_failover;
                        decision = Some(Decision::ProposeFailover {
                            action: action.clone(),
                            why: Proposed::NotBegun,
                        });
                        offered = Some((action, why));
                    }
                }
            }
            Some(Decision::RunFailback { action }) => {
                match self.begin(&mut tx, preview, FAILBACK, now).await? {
                    Ok(begun) => {
                        automatic.failed_back(&service);
                        run = Some(begun);
                    }
                    Err(why) => {
                        decision = Some(Decision::ProposeFailback {
                            action: action.clone(),
                            why: Proposed::NotBegun,
                        });
                        offered = Some((action, why));
                    }
                }
            }
            _ => {}
        }
        if automatic == before && decision.is_none() {
            return Ok(());
        }
        if !store::save_automatic(&mut tx, platform, &automatic, version).await? {
            return Err(DbError::Conflict("a failover was decided meanwhile"));
        }
        if let Some(decision) = decision {
            store::tell_decision(
                &mut tx,
                (platform, &service),
                now,
                &decision,
                run.as_ref().map(|run| &run.id),
            )
            .await?;
            let waits = decision.needs_a_person().then(|| Offered { decision: decision.clone(), at: now });
            if stored.offered != waits {
                stored.offered = waits;
                if !store::save(&mut tx, platform, &stored).await? {
                    return Err(DbError::Conflict("a breaker was changed meanwhile"));
                }
            }
            let entry = Entry::new("failover.decided", Actor::console("failover"), Origin::default());
            let mut facts = Facts::from([
                ("platform".to_owned(), platform.to_owned()),
                ("decision".to_owned(), word(&decision).to_owned()),
            ]);
            if let Some(run) = &run {
                facts.insert("run".to_owned(), run.id.to_string());
            }
            let mut entry =
                entry.about(Object::new("breaker", &service, &service)).changed(Facts::new(), facts);
            if let Some((action, why)) = offered {
                entry = entry.because(format!("{action} could not be begun: {why}"));
            }
            audit::record(&mut tx, now, &entry).await?;
        }
        tx.commit().await?;
        if run.is_some() {
            self.0.actions.stir();
        }
        self.told();
        Ok(())
    }

    /// Begins a run by the console itself; why not, when the rules or the platform are against it.
    async fn begin(
        &self,
        tx: &mut crate::db::Tx,
        preview: Option<Preview>,
        rule: &str,
        now: Millis,
    ) -> Result<Result<Run, String>, DbError> {
        let Some(preview) = preview else { return Ok(Err("it could not be looked at".to_owned())) };
        self.0.actions.begin_by_console(tx, preview, rule, now).await
    }

    /// What the configuration says for a service.
    pub fn settings(&self, platform: &str, service: &str) -> Settings {
        let found = self.0.config.platforms.iter().find(|one| one.name == platform);
        let settings = found.and_then(|platform| platform.failovers.get(service)).cloned();
        settings.unwrap_or_default()
    }

    /// A person asked for a run of an action: of which services it is the failover.
    pub(super) fn services_of(&self, platform: &str, action: &ActionKey) -> Vec<String> {
        let services = self.services(platform).into_iter();
        services
            .filter(|service| self.settings(platform, service).failover.as_ref() == Some(action))
            .collect()
    }
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::RunFailover { .. } => "failover is begun",
        Decision::ProposeFailover { .. } => "failover is offered",
        Decision::RunFailback { .. } => "failback is begun",
        Decision::ProposeFailback { .. } => "failback is offered",
        Decision::InPlace { .. } => "failover is in place",
        Decision::AskAPerson { .. } => "a person is asked",
    }
}
