//! What follows when a breaker opens or has recovered.

use std::collections::BTreeMap;

use domain::{
    actions::{ActionKey, Automation, Preview, Run, State},
    audit::{Actor, Entry, Facts, Object, Origin},
    failover::{BreakerState, Decision, InEffect, Looked, Matter, Poll, Proposed, Recovery, Settings},
    time::Millis,
};

use super::{Failover, Offered, Stored, store, word_of};
use crate::{
    actions, audit,
    db::{DbError, Tx},
    monitoring,
};

const FAILOVER: &str = "automatic failover";
const FAILBACK: &str = "automatic failback";

/// What has come that something may be decided for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A breaker may have opened: nothing else is decided from one second to the next.
    Moment,
    /// A poll, or a run that has gone on: the platform may look otherwise than before.
    News,
}

/// One pass over the services of a platform. One action often answers for several services: it is looked for once.
struct Pass<'a> {
    platform: &'a str,
    breakers: &'a BTreeMap<String, Stored>,
    runs: Vec<actions::Stored>,
    in_effect: BTreeMap<ActionKey, InEffect>,
    now: Millis,
}

impl Pass<'_> {
    /// Whether there is a run of this action that is under way, or, if it may wait for somebody, one that has not ended.
    fn has_run_of(&self, action: &ActionKey, may_wait: bool) -> bool {
        self.runs.iter().any(|stored| {
            let plan = stored.run.plan();
            let goes_on = matches!(stored.run.state, State::Approved { .. } | State::Running { .. });
            (goes_on || may_wait) && plan.platform == self.platform && plan.action == *action
        })
    }
}

impl Failover {
    /// Decides for every service of a platform for which there is something to decide, and takes back what was offered
    /// and needs nobody any more.
    pub(super) async fn decide(&self, platform: &str, occasion: Occasion) -> Result<(), DbError> {
        let _one_at_a_time = self.0.deciding.lock().await;
        let breakers = self.of_platform(platform).await?;
        let automatic = {
            let mut tx = self.0.db.snapshot().await?;
            store::automatic(&mut tx, platform).await?.0
        };
        let matters = breakers.values().filter_map(|stored| {
            let matter = automatic.matter(&stored.breaker);
            let wanted = match occasion {
                Occasion::Moment => matter == Some(Matter::Opening),
                Occasion::News => matter.is_some() || stored.offered.is_some(),
            };
            wanted.then_some((stored, matter))
        });
        let matters: Vec<(&Stored, Option<Matter>)> = matters.collect();
        if matters.is_empty() {
            return Ok(());
        }
        let (runs, now) = (self.0.actions.open().await?, self.0.clock.now());
        let mut pass = Pass { platform, breakers: &breakers, runs, in_effect: BTreeMap::new(), now };
        for (stored, matter) in matters {
            let settings = self.settings(platform, &stored.breaker.service);
            // While it is being carried out nobody knows yet whether it helps the others too.
            let failover_goes_on =
                settings.failover.as_ref().is_some_and(|action| pass.has_run_of(action, false));
            if matter == Some(Matter::Opening) && failover_goes_on {
                continue;
            }
            // The platform is looked at before the transaction, so that nobody waits for it inside one.
            let looked = self.look(&mut pass, stored, &settings).await?;
            let mut after = automatic.clone();
            // As if nothing were switched off: how that stands is read in the transaction.
            let most = after.decide(&stored.breaker, &settings, &looked, &Automation::On, now);
            let is_over = |offered: &Offered| offered.decision.is_over(&stored.breaker.state, &looked);
            if most.is_none() && after == automatic && !stored.offered.as_ref().is_some_and(is_over) {
                continue;
            }
            let preview = match most {
                Some(Decision::RunFailover { action } | Decision::RunFailback { action }) => {
                    self.0.actions.preview_of(platform, &action).await.ok()
                }
                _ => None,
            };
            self.decide_one(platform, stored.clone(), settings, looked, preview).await?;
            // What was begun for this service may answer for the next.
            pass.runs = self.0.actions.open().await?;
            pass.in_effect.clear();
        }
        Ok(())
    }

    async fn look(
        &self,
        pass: &mut Pass<'_>,
        stored: &Stored,
        settings: &Settings,
    ) -> Result<Looked, DbError> {
        let Some(action) = &settings.failover else {
            return Ok(Looked { in_effect: InEffect::NotKnown, recovery: Recovery::Unwell });
        };
        let is_closed = matches!(stored.breaker.state, BreakerState::Closed { .. });
        // One that was asked for and has not ended may yet take effect.
        let in_effect = if is_closed && pass.has_run_of(action, true) {
            InEffect::NotKnown
        } else if let Some(known) = pass.in_effect.get(action) {
            *known
        } else {
            let seen: InEffect = self.0.actions.in_effect(pass.platform, action).await.into();
            pass.in_effect.insert(action.clone(), seen);
            seen
        };
        let recovery = if is_closed { self.recovery(pass, action).await? } else { Recovery::Unwell };
        Ok(Looked { in_effect, recovery })
    }

    /// How far all services have got that an action answers for.
    async fn recovery(&self, pass: &Pass<'_>, action: &ActionKey) -> Result<Recovery, DbError> {
        let found = self.0.config.platforms.iter().find(|one| one.name == pass.platform);
        let every =
            found.map_or(0, |platform| i64::try_from(platform.poll_every.as_millis()).unwrap_or(i64::MAX));
        let from = Recovery::known_from(every, pass.now);
        let mut samples = monitoring::polls(&self.0.db, pass.platform, from, pass.now.plus(1)).await?;
        // The newest is told before it is stored.
        let newest = self.0.newest.lock().ok().and_then(|newest| newest.get(pass.platform).cloned());
        if let Some(newest) = newest {
            samples.retain(|sample| sample.at != newest.at);
            samples.push(newest);
            samples.sort_by_key(|sample| sample.at);
        }
        let of = |service: &String| {
            let breaker = &pass.breakers.get(service)?.breaker;
            let polls: Vec<(Millis, Poll)> =
                samples.iter().map(|sample| (sample.at, word_of(sample, service))).collect();
            Some(Recovery::of(breaker, &polls, every, pass.now))
        };
        let services = self.services_of(pass.platform, action);
        Ok(services.iter().filter_map(of).min().unwrap_or(Recovery::Unwell))
    }

    async fn decide_one(
        &self,
        platform: &str,
        stored: Stored,
        settings: Settings,
        looked: Looked,
        preview: Option<Preview>,
    ) -> Result<(), DbError> {
        let (failover, platform) = (self.clone(), platform.to_owned());
        let deciding = tokio::spawn(async move {
            failover.decide_whole(&platform, stored, &settings, looked, preview).await
        });
        deciding.await.map_err(|_| DbError::Lost)?
    }

    /// The decision, the run that it begins, and their record: in one transaction.
    async fn decide_whole(
        &self,
        platform: &str,
        seen: Stored,
        settings: &Settings,
        looked: Looked,
        preview: Option<Preview>,
    ) -> Result<(), DbError> {
        let now = self.0.clock.now();
        let service = seen.breaker.service.clone();
        let _keeping = self.0.keeping.lock().await;
        let Some(mut stored) = self.of_platform(platform).await?.remove(&service) else { return Ok(()) };
        if stored.version != seen.version {
            return Err(DbError::Conflict("a breaker was changed meanwhile"));
        }
        let mut tx = self.0.db.begin().await?;
        let automation = self.0.actions.automation_in(&mut tx).await?;
        let (mut automatic, version) = store::automatic(&mut tx, platform).await?;
        let before = automatic.clone();
        let mut decision = automatic.decide(&stored.breaker, settings, &looked, &automation, now);
        let mut run: Option<Run> = None;
        let mut offered = None;
        match decision.clone() {
            Some(Decision::RunFailover { action }) => {
                match self.begin(&mut tx, preview, FAILOVER, now).await? {
                    Ok(begun) => run = Some(begun),
                    Err(why) => {
                        // What cannot be done by itself is offered with its reason, and not counted as done.
                        automatic.not_failed_over(&service);
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
                    Ok(begun) => run = Some(begun),
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
        let is_over = |offered: &Offered| offered.decision.is_over(&stored.breaker.state, &looked);
        let waits = match &decision {
            Some(decision) => {
                decision.needs_a_person().then(|| Offered { decision: decision.clone(), at: now })
            }
            None => stored.offered.clone().filter(|offered| !is_over(offered)),
        };
        if automatic == before && decision.is_none() && waits == stored.offered {
            return Ok(());
        }
        if automatic != before && !store::save_automatic(&mut tx, platform, &automatic, version).await? {
            return Err(DbError::Conflict("a failover was decided meanwhile"));
        }
        if waits != stored.offered {
            stored.offered = waits;
            if !store::save(&mut tx, platform, &stored).await? {
                return Err(DbError::Conflict("a breaker was changed meanwhile"));
            }
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
        tx: &mut Tx,
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
