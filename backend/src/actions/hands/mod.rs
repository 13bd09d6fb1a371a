//! What touches the platform: each step is looked at, sent, and looked for. What can be known of an answer is said, and
//! no more than that.

mod cache;
mod checks;
mod cluster;
mod database;
mod http;
mod progress;

use std::{fmt, sync::Arc};

use domain::actions::{
    Answer, Catalogue, Dispatch, Intent, Mark, NotDone, PlannedStep, RunId, Sighting, Step, StepPreview,
};
use tokio::sync::OnceCell;

pub use self::progress::Progress;
use crate::{
    clock::Clock,
    config::{Kubernetes, Platform},
    connect::{
        failure::{Because, Failure},
        kubernetes::Cluster,
        platform::PlatformClient,
        postgres::{PlatformDatabase, Use},
        redis::Cache,
    },
    db::Db,
};

/// A connection that cannot be set up as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("{platform}: {why}")]
pub struct SetUpTrouble {
    platform: String,
    why: String,
}

/// The connections to one platform, by which it is changed.
pub struct Hands {
    platform: String,
    db: Db,
    clock: Clock,
    http: PlatformClient,
    kubernetes: Option<Kubernetes>,
    /// Made at its first use: reading a kubeconfig may ask a program.
    cluster: OnceCell<Arc<Cluster>>,
    cache: Option<Cache>,
    database: Option<PlatformDatabase>,
    old_rows: Vec<crate::config::OldRows>,
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hands").field("platform", &self.platform).finish_non_exhaustive()
    }
}

impl Hands {
    pub(super) fn new(platform: &Platform, db: &Db, clock: &Clock) -> Result<Hands, SetUpTrouble> {
        let trouble = |why: String| SetUpTrouble { platform: platform.name.clone(), why };
        let cache = platform.redis.as_ref().map(Cache::new).transpose();
        let database =
            platform.postgres.as_ref().map(|url| PlatformDatabase::new(url, Use::Upkeep)).transpose();
        Ok(Hands {
            platform: platform.name.clone(),
            db: db.clone(),
            clock: clock.clone(),
            http: PlatformClient::new(platform).map_err(|error| trouble(error.to_string()))?,
            kubernetes: platform.kubernetes.clone(),
            cluster: OnceCell::new(),
            cache: cache.map_err(|failure| trouble(failure.to_string()))?,
            database: database.map_err(|failure| trouble(failure.to_string()))?,
            old_rows: platform.old_rows.clone(),
        })
    }

    /// Looks at what a step would change, and whether what has to be so before it is so. Changes nothing.
    pub(super) async fn before(&self, catalogue: &Catalogue, planned: &PlannedStep) -> StepPreview {
        let mut preview = StepPreview::default();
        let seen = match &planned.step {
            Step::Http { .. } => self.http_before(planned, &mut preview).await,
            Step::KubernetesScale { .. }
            | Step::KubernetesRestart { .. }
            | Step::KubernetesIngressBackend { .. }
            | Step::KubernetesJobFromCronjob { .. } => self.cluster_before(&planned.step, &mut preview).await,
            Step::RedisFlush { .. } | Step::RedisDeletePattern { .. } => {
                self.cache_before(&planned.step, &mut preview).await
            }
            Step::SqlBatchDelete { .. } | Step::SqlAnalyze { .. } => {
                self.database_before(&planned.step, &mut preview).await
            }
        };
        preview.unseen = seen.err().map(|failure| failure.to_string());
        let mut checks = self.checks(catalogue, planned, preview.unseen.as_deref()).await;
        checks.append(&mut preview.checks);
        preview.checks = checks;
        preview
    }

    /// Sends a step, once. The intent is on disk by now.
    pub(super) async fn apply(
        &self,
        planned: &PlannedStep,
        dispatch: &Dispatch,
        progress: &Progress,
    ) -> Answer {
        match &dispatch.what {
            step @ Step::Http { .. } => self.http_apply(step, &dispatch.mark).await,
            step @ (Step::KubernetesScale { .. }
            | Step::KubernetesRestart { .. }
            | Step::KubernetesIngressBackend { .. }
            | Step::KubernetesJobFromCronjob { .. }) => self.cluster_apply(step, dispatch).await,
            step @ (Step::RedisFlush { .. } | Step::RedisDeletePattern { .. }) => {
                self.cache_apply(step, &dispatch.mark, progress).await
            }
            step @ (Step::SqlBatchDelete { .. } | Step::SqlAnalyze { .. }) => {
                self.database_apply(step, planned, progress).await
            }
        }
    }

    /// Looks whether a step has taken effect.
    pub(super) async fn after(&self, planned: &PlannedStep, run: &RunId, intent: &Intent) -> Sighting {
        self.sight(planned, &Mark::new(run, intent.step), Some(intent)).await
    }

    /// Whether the effect of a step is in place, whoever brought it about.
    pub(super) async fn now(&self, planned: &PlannedStep) -> Sighting {
        self.sight(planned, &Mark::new(&RunId(String::new()), 0), None).await
    }

    /// `None` in place of the intent asks whether it is so already, whoever did it.
    async fn sight(&self, planned: &PlannedStep, mark: &Mark, intent: Option<&Intent>) -> Sighting {
        match &planned.step {
            Step::Http { .. } => self.http_sight(&planned.effect.look).await,
            Step::KubernetesScale { .. }
            | Step::KubernetesRestart { .. }
            | Step::KubernetesIngressBackend { .. }
            | Step::KubernetesJobFromCronjob { .. } => {
                self.cluster_sight(&planned.step, mark, intent.map(|intent| intent.at)).await
            }
            Step::RedisFlush { .. } | Step::RedisDeletePattern { .. } => {
                self.cache_sight(&planned.step, mark).await
            }
            Step::SqlBatchDelete { .. } | Step::SqlAnalyze { .. } => {
                self.database_sight(&planned.step, intent).await
            }
        }
    }
}

/// What is known from a failure, as the rules take it.
fn answer_of(failure: &Failure) -> Answer {
    let Failure::NothingHappened { because, why, retry_after } = failure else {
        return Answer::InDoubt { said: failure.to_string() };
    };
    let wait = retry_after.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    let not_done = |not_done| Answer::NotDone { why: not_done, said: why.clone() };
    match because {
        Because::Unreachable => not_done(NotDone::NotConnected),
        Because::Busy => not_done(NotDone::Busy { wait }),
        Because::NotSignedIn | Because::Forbidden { .. } => not_done(NotDone::Forbidden),
        Because::NotFound => not_done(NotDone::NotFound),
        Because::Changed => not_done(NotDone::Conflict),
        // A repeat of the same step of the same run.
        Because::AlreadyThere => Answer::Done { said: why.clone() },
        Because::Invalid | Because::Setup => not_done(NotDone::Invalid),
    }
}

/// What is known of a step that goes in parts and broke off after so many: "120 rows were deleted". The part that was under
/// way may have been the last one, so that of a broken connection only looking can tell.
fn broken_off(failure: &Failure, count: u64, done: &str) -> Answer {
    if count == 0 {
        return answer_of(failure);
    }
    let said = format!("{count} {done}, then {failure}");
    if failure.is_certain() { Answer::Partly { said } } else { Answer::InDoubt { said } }
}

fn cannot_see(failure: &Failure) -> Sighting {
    Sighting::CannotSee { why: failure.to_string() }
}

fn fact(key: &str, label: impl Into<String>, value: impl ToString) -> domain::actions::Fact {
    domain::actions::Fact { key: key.to_owned(), label: label.into(), value: value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_broke_off_half_way_is_looked_for_unless_it_is_known_what_was_done() {
        let (refused, lost) = (Failure::invalid("refused"), Failure::unknown("lost"));
        let some = |failure| broken_off(failure, 120, "rows were deleted");
        let said = |why: &str| format!("120 rows were deleted, then {why}");
        assert_eq!(some(&refused), Answer::Partly { said: said("refused") });
        // All of them may be gone.
        assert_eq!(some(&lost), Answer::InDoubt { said: said("lost") });
        let none = |failure| broken_off(failure, 0, "rows were deleted");
        assert_eq!(none(&refused), Answer::NotDone { why: NotDone::Invalid, said: "refused".to_owned() });
        assert_eq!(none(&lost), Answer::InDoubt { said: "lost".to_owned() });
    }
}
