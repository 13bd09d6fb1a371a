//! What `/control` orders of the cluster.

use serde::{Deserialize, Serialize};

/// A right that the bearer of the token is to lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denied {
    /// `patch`; `*` is every verb.
    pub verb: String,
    /// `deployments/scale`, without its group.
    pub resource: String,
}

/// How new pods do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rollouts {
    #[default]
    Normal,
    /// A new pod never becomes ready.
    Stuck,
}

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobOutcome {
    #[default]
    Complete,
    Failed,
    /// It runs until it is deleted.
    Stuck,
}

/// What `POST /control/cluster` takes. What is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterOrder {
    /// Simulated seconds from a pod's beginning to its being ready.
    pub pod_start_seconds: Option<u32>,
    pub rollouts: Option<Rollouts>,
    /// Takes the place of all rights denied so far.
    pub deny: Option<Vec<Denied>>,
    /// The ingress is told in the form of `extensions/v1beta1`, with `serviceName`.
    pub old_ingress: Option<bool>,
    /// Forgets all changes: whoever watches from before is told 410.
    #[serde(default)]
    pub forget: bool,
    /// Kills the container of this pod: it starts again.
    pub crash: Option<String>,
}

/// What `POST /control/job` takes: how jobs of this CronJob end from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobOrder {
    pub cronjob: String,
    #[serde(default)]
    pub outcome: JobOutcome,
    /// Simulated seconds that they take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// So many jobs; all that follow when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Orders {
    pub pod_start_seconds: u32,
    pub rollouts: Rollouts,
    pub deny: Vec<Denied>,
    pub old_ingress: bool,
    pub jobs: Vec<JobOrder>,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            pod_start_seconds: 6,
            rollouts: Rollouts::Normal,
            deny: Vec::new(),
            old_ingress: false,
            jobs: Vec::new(),
        }
    }
}

impl Orders {
    #[must_use]
    pub fn denies(&self, verb: &str, resource: &str) -> bool {
        self.deny
            .iter()
            .any(|denied| (denied.verb == verb || denied.verb == "*") && denied.resource == resource)
    }

    /// How the next job of `cronjob` is to end; an order that is counted is one shorter then.
    pub(super) fn take_job(&mut self, cronjob: &str) -> Option<JobOrder> {
        let index = self.jobs.iter().position(|order| order.cronjob == cronjob)?;
        let order = self.jobs[index].clone();
        match &mut self.jobs[index].times {
            Some(0 | 1) => {
                self.jobs.remove(index);
            }
            Some(times) => *times -= 1,
            None => {}
        }
        Some(order)
    }

    /// Adds one; those for the same CronJob are over.
    pub fn order_job(&mut self, order: JobOrder) {
        self.jobs.retain(|other| other.cronjob != order.cronjob);
        self.jobs.push(order);
    }
}

impl super::Cluster {
    /// Does what was ordered.
    ///
    /// # Errors
    /// When it names a pod that is not there.
    pub fn obey(&mut self, order: ClusterOrder) -> Result<(), String> {
        if let Some(pod) = &order.crash {
            self.crash_pod(pod)?;
        }
        let orders = &mut self.orders;
        orders.pod_start_seconds = order.pod_start_seconds.unwrap_or(orders.pod_start_seconds);
        orders.rollouts = order.rollouts.unwrap_or(orders.rollouts);
        if let Some(deny) = order.deny {
            orders.deny = deny;
        }
        orders.old_ingress = order.old_ingress.unwrap_or(orders.old_ingress);
        if order.forget {
            self.forget();
        }
        if order.rollouts == Some(Rollouts::Normal) {
            self.start_stuck_pods();
        }
        Ok(())
    }
}
