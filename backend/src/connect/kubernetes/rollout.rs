//! Restarting a deployment, and following a rollout until it is done.

use std::time::Duration;

use domain::time::Millis;
use k8s_openapi::api::apps::v1::Deployment;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{
    super::failure::Failure,
    Cluster,
    change::{Change, STRATEGIC_PATCH},
};

/// What `kubectl rollout restart` writes, so that both are seen by both.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
/// Which run restarted it: a repeat of the same run changes nothing, and is seen to be in place.
const RUN: &str = "bellwether/run";
/// So often a rollout is looked at. A watch would tell no more of one object, and needs more to go right.
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// How far a rollout is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rollout {
    /// All pods are of the newest template and ready.
    Done { pods: u32 },
    Going {
        wanted: u32,
        /// Pods of the newest template.
        updated: u32,
        ready: u32,
        /// Pods of an older template that still run.
        old: u32,
    },
    /// The cluster itself has given up waiting.
    Stuck { why: String },
}

impl Cluster {
    /// The request that restarts a deployment: its pods are replaced one after the other. There is no undo.
    ///
    /// # Errors
    /// When the name is none.
    pub fn restart_change(&self, deployment: &str, run: &str, at: Millis) -> Result<Change, Failure> {
        let at = jiff::Timestamp::from_millisecond(at.0)
            .map_err(|_| Failure::setup("the time is out of range"))?
            .to_string();
        let annotations = json!({ RESTARTED_AT: at, RUN: run });
        let body = json!({ "spec": { "template": { "metadata": { "annotations": annotations } } } });
        let does = format!("replaces the pods of {deployment} one after the other");
        Ok(Change::patch(self.path::<Deployment>(Some(deployment))?, STRATEGIC_PATCH, body, does))
    }

    /// Whether the restart by this run is in place, however far its rollout is.
    ///
    /// # Errors
    /// When the deployment cannot be read.
    pub async fn observe_restart(&self, deployment: &str, run: &str) -> Result<bool, Failure> {
        let found: Deployment = self.ask(&self.path::<Deployment>(Some(deployment))?, "").await?;
        let annotations = found
            .spec
            .and_then(|spec| spec.template.metadata)
            .and_then(|metadata| metadata.annotations)
            .unwrap_or_default();
        Ok(annotations.get(RUN).is_some_and(|found| found == run))
    }

    /// How far the newest rollout of a deployment is.
    ///
    /// # Errors
    /// When the deployment cannot be read.
    pub async fn observe_rollout(&self, deployment: &str) -> Result<Rollout, Failure> {
        let found: Deployment = self.ask(&self.path::<Deployment>(Some(deployment))?, "").await?;
        Ok(standing(&found))
    }

    /// Looks until the rollout is done or stuck, or `within` is over; returns what was seen last. One look that fails
    /// is not the end.
    ///
    /// # Errors
    /// The failure of the last look, when that failed.
    pub async fn follow_rollout(
        &self,
        deployment: &str,
        within: Duration,
        mut progress: impl FnMut(&Rollout),
    ) -> Result<Rollout, Failure> {
        let ends = Instant::now() + within;
        loop {
            let seen = self.observe_rollout(deployment).await;
            if let Ok(seen) = &seen {
                progress(seen);
            }
            let over = matches!(&seen, Ok(Rollout::Done { .. } | Rollout::Stuck { .. }));
            if over || Instant::now() + LOOKS_EVERY >= ends {
                return seen;
            }
            sleep(LOOKS_EVERY).await;
        }
    }
}

/// As `kubectl rollout status` decides it.
fn standing(deployment: &Deployment) -> Rollout {
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    let wanted = number(deployment.spec.as_ref().and_then(|spec| spec.replicas).or(Some(1)));
    let Some(status) = &deployment.status else {
        return Rollout::Going { wanted, updated: 0, ready: 0, old: 0 };
    };
    let (updated, ready) = (number(status.updated_replicas), number(status.available_replicas));
    let old = number(status.replicas).saturating_sub(updated);
    // Until the controller has seen the change, all the rest tells of what was before.
    let seen = status.observed_generation.unwrap_or(0) >= deployment.metadata.generation.unwrap_or(0);
    if !seen {
        return Rollout::Going { wanted, updated: 0, ready, old: number(status.replicas) };
    }
    let gave_up = status.conditions.iter().flatten().any(|condition| {
        condition.type_ == "Progressing" && condition.reason.as_deref() == Some("ProgressDeadlineExceeded")
    });
    if updated >= wanted && ready >= wanted && old == 0 {
        Rollout::Done { pods: wanted }
    } else if gave_up {
        Rollout::Stuck {
            why: format!(
                "{ready} of {wanted} pods are ready, and no new one became ready within the cluster's own deadline"
            ),
        }
    } else {
        Rollout::Going { wanted, updated, ready, old }
    }
}
