//! The looks themselves.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::diagnostics::{
    self, Dependency, DependencySeen, LogAsked, Panel, PodSeen, Question, Report, Thing, Unseen,
};
use futures::future::join_all;

use super::{
    Diagnostics, GLANCE, LONG_LOOK, Look, Scope, check,
    eyes::{Eyes, not_configured, unanswered, unseen},
};
use crate::{
    access::{HandleAlerts, Missing, Permit},
    connect::{
        kubernetes::{self, Described},
        postgres::{ACTIVE_CRISES, ACTIVE_STATEMENTS, FEEDBACK, QUALITY_GAPS, SLOWEST_STATEMENTS, TableOf},
        redis::{CacheFacts, Role},
    },
};

/// Lines that are read of a log; a search goes through more of them.
const LINES: u32 = 200;
const LINES_SEARCHED: u32 = 2_000;
/// Lines of a log among other looks.
const LINES_AT_A_GLANCE: usize = 12;
/// Of the time of a look, what its client gets at the most: it can then still say what went wrong.
const LEFT_TO_SAY_SO: Duration = Duration::from_millis(200);

impl Diagnostics {
    /// One look, with its deadline. What goes wrong is the look's own.
    ///
    /// # Errors
    /// When the role does not hold for the scope.
    pub async fn look(
        &self,
        permit: &Permit<HandleAlerts>,
        scope: &Scope,
        question: &Question,
        within: Duration,
    ) -> Result<Look, Missing> {
        check(permit, scope)?;
        let begun = Instant::now();
        let mut question = question.clone();
        let asked = tokio::time::timeout(within, self.seen(permit, scope, &mut question, within)).await;
        let late = || Unseen::Late { milliseconds: u64::try_from(within.as_millis()).unwrap_or(u64::MAX) };
        let seen = asked.unwrap_or_else(|_| Err(late()));
        let (at, took) = (self.0.clock.now(), begun.elapsed());
        let id = seen.as_ref().ok().map(|report| self.keep(permit, scope, question.panel(), report, at));
        Ok(Look { id, question, at, took, seen })
    }

    /// Every look that concerns a scope, side by side, in the order of the panels.
    ///
    /// # Errors
    /// When the role does not hold for the scope.
    pub async fn glance(&self, permit: &Permit<HandleAlerts>, scope: &Scope) -> Result<Vec<Look>, Missing> {
        check(permit, scope)?;
        let panels = Panel::ALL.into_iter().filter(|panel| self.concerns(*panel, scope));
        let looks =
            panels.map(|panel| async move { self.look(permit, scope, &Question::of(panel), GLANCE).await });
        join_all(looks).await.into_iter().collect()
    }

    /// The names of the scope's pods; none when they cannot be listed, which a look says in full.
    ///
    /// # Errors
    /// When the role does not hold for the scope.
    pub async fn pod_names(
        &self,
        permit: &Permit<HandleAlerts>,
        scope: &Scope,
    ) -> Result<Vec<String>, Missing> {
        check(permit, scope)?;
        let Some(eyes) = self.eyes(&scope.platform) else { return Ok(Vec::new()) };
        let pods = tokio::time::timeout(LONG_LOOK, self.pods(eyes, scope)).await;
        Ok(pods.ok().and_then(Result::ok).unwrap_or_default().into_iter().map(|pod| pod.name).collect())
    }

    /// A single deployment is described; of the platform as a whole there are too many.
    fn concerns(&self, panel: Panel, scope: &Scope) -> bool {
        panel != Panel::Describe || !self.deployments(scope).is_empty()
    }

    /// What the question leaves open is filled in: a second look is at the same.
    async fn seen(
        &self,
        permit: &Permit<HandleAlerts>,
        scope: &Scope,
        question: &mut Question,
        within: Duration,
    ) -> Result<Report, Unseen> {
        let eyes = self.eyes(&scope.platform).ok_or_else(no_platform)?;
        let now = || self.0.clock.now();
        match question {
            Question::Pods => Ok(diagnostics::pods(&self.pods(eyes, scope).await?, now())),
            Question::Describe(thing) => self.described(eyes, scope, thing).await,
            Question::Log(asked) => self.log(permit, eyes, scope, asked, within).await,
            Question::Call => Ok(diagnostics::call(&eyes.timed.call(less(within)).await)),
            Question::Dependencies => Ok(diagnostics::dependencies(&outside(eyes, less(within)).await)),
            Question::Models => {
                let models = eyes.api.models().await.map_err(|error| unanswered(&error))?;
                let models: Vec<_> = models.into_iter().map(model).collect();
                Ok(diagnostics::models(&models, now()))
            }
            Question::Cache => {
                let facts = eyes.cache()?.observe().await.map_err(|failure| unseen(&failure))?;
                Ok(diagnostics::cache(&cache(facts)))
            }
            Question::Active => Ok(diagnostics::active(&read(eyes, ACTIVE_STATEMENTS).await?)),
            Question::Slowest => Ok(diagnostics::slowest(&read(eyes, SLOWEST_STATEMENTS).await?)),
            Question::Feedback => Ok(diagnostics::feedback(&read(eyes, FEEDBACK).await?)),
            Question::Quality => Ok(diagnostics::quality(&read(eyes, QUALITY_GAPS).await?)),
            Question::Crises => Ok(diagnostics::crises(&read(eyes, ACTIVE_CRISES).await?)),
        }
    }

    /// The pods of the scope's deployments, or of the whole namespace where none are known, with what they use.
    pub(super) async fn pods(&self, eyes: &Eyes, scope: &Scope) -> Result<Vec<PodSeen>, Unseen> {
        let cluster = eyes.cluster().await?;
        let deployments = self.deployments(scope);
        let wanted: Vec<Option<&str>> = if deployments.is_empty() {
            vec![None]
        } else {
            deployments.iter().map(|name| Some(name.as_str())).collect()
        };
        let pods = join_all(wanted.into_iter().map(|deployment| cluster.pods(deployment)));
        let (pods, usage) = tokio::join!(pods, cluster.usage());
        // A cluster that measures nothing still has pods.
        let usage: BTreeMap<String, diagnostics::Usage> =
            usage.unwrap_or_default().into_iter().map(used).collect();
        let mut all = Vec::new();
        for some in pods {
            let some = some.map_err(|failure| unseen(&failure))?;
            all.extend(some.into_iter().map(|pod| PodSeen { usage: usage.get(&pod.name).copied(), ..pod }));
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all.dedup_by(|one, other| one.name == other.name);
        Ok(all)
    }

    async fn described(
        &self,
        eyes: &Eyes,
        scope: &Scope,
        asked: &mut Option<Thing>,
    ) -> Result<Report, Unseen> {
        let own = || self.deployments(scope).into_iter().next().map(Thing::Deployment);
        *asked = asked.take().or_else(own);
        let thing = asked.clone().ok_or_else(|| Unseen::Failed {
            why: "there is no single deployment to describe: choose a service or a pod".to_owned(),
        })?;
        let kind = match &thing {
            Thing::Pod(_) => Described::Pod,
            Thing::Deployment(_) => Described::Deployment,
        };
        let cluster = eyes.cluster().await?;
        let found = cluster.describe(kind, thing.name()).await.map_err(|failure| unseen(&failure))?;
        let seen = diagnostics::ThingSeen {
            thing,
            facts: found.facts,
            conditions: found.conditions,
            events: found.events,
        };
        Ok(diagnostics::thing(&seen, self.0.clock.now()))
    }

    async fn log(
        &self,
        permit: &Permit<HandleAlerts>,
        eyes: &Eyes,
        scope: &Scope,
        asked: &mut LogAsked,
        within: Duration,
    ) -> Result<Report, Unseen> {
        let cluster = eyes.cluster().await?;
        let pod = self.pod_of(permit, eyes, scope, asked.pod.as_deref()).await?;
        asked.pod = Some(pod.clone());
        let lines = if asked.search.is_empty() { LINES } else { LINES_SEARCHED };
        let tail = cluster.log_tail(&pod, None, lines, asked.previous).await;
        let tail = tail.map_err(|failure| unseen(&failure))?;
        let seen = diagnostics::LogSeen {
            pod,
            previous: asked.previous,
            search: asked.search.clone(),
            lines: tail.lines,
            shown: if within <= GLANCE { LINES_AT_A_GLANCE } else { LINES_SEARCHED as usize },
        };
        Ok(diagnostics::log(&seen, self.0.clock.now()))
    }

    /// The pod whose log is read: the one that is named, or the one of the scope that needs it most. A role that is
    /// limited to services reads the logs of their deployments alone.
    pub(super) async fn pod_of(
        &self,
        permit: &Permit<HandleAlerts>,
        eyes: &Eyes,
        scope: &Scope,
        wanted: Option<&str>,
    ) -> Result<String, Unseen> {
        let limited = permit.viewer().services.is_some();
        match wanted {
            Some(pod) if !limited => return Ok(pod.to_owned()),
            _ if limited && self.deployments(scope).is_empty() => {
                return Err(Unseen::Failed {
                    why: "no deployment is known for this service, and your role reads the logs of its services only"
                        .to_owned(),
                });
            }
            _ => {}
        }
        let pods = self.pods(eyes, scope).await?;
        let found = match wanted {
            Some(wanted) => pods.into_iter().find(|pod| pod.name == wanted),
            None => pods.into_iter().rev().max_by_key(PodSeen::need),
        };
        found
            .map(|pod| pod.name)
            .ok_or_else(|| Unseen::Failed { why: "there is no such pod here".to_owned() })
    }
}

fn no_platform() -> Unseen {
    not_configured("No such platform", "[[platform]]")
}

fn less(within: Duration) -> Duration {
    within.saturating_sub(LEFT_TO_SAY_SO).max(Duration::from_millis(1))
}

async fn outside(eyes: &Eyes, within: Duration) -> Vec<DependencySeen> {
    let asked = eyes.outside.iter().map(|(name, outside)| async move {
        let state: Dependency = outside.answers(within).await;
        DependencySeen { name: name.clone(), address: outside.address(), state }
    });
    join_all(asked).await
}

async fn read(eyes: &Eyes, statement: &str) -> Result<diagnostics::Rows, Unseen> {
    let TableOf { columns, rows, notes } =
        eyes.database()?.read(statement).await.map_err(|failure| unseen(&failure))?;
    Ok(diagnostics::Rows { columns, rows, notes })
}

fn used(usage: kubernetes::PodUsage) -> (String, diagnostics::Usage) {
    let amounts = diagnostics::Usage { cpu_millicores: usage.cpu.0, memory_bytes: usage.memory.0 };
    (usage.pod, amounts)
}

fn model(model: crate::monitoring::models::Model) -> diagnostics::ModelSeen {
    diagnostics::ModelSeen {
        name: model.name,
        version: model.version,
        accuracy: model.accuracy,
        trained_at: model.trained_at,
        status: model.status,
        traffic: model.traffic_share,
    }
}

fn cache(facts: CacheFacts) -> diagnostics::CacheSeen {
    diagnostics::CacheSeen {
        version: facts.version,
        role: match facts.role {
            Role::Master => "master",
            Role::Replica => "replica",
            Role::ClusterNode => "node of a cluster",
        }
        .to_owned(),
        keys: facts.keys,
        used_bytes: facts.used_bytes,
        most_bytes: facts.most_bytes,
        hits: facts.hits,
        misses: facts.misses,
        evicted: facts.evicted,
    }
}
