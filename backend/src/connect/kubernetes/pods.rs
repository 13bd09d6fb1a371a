//! Pods, how often they started again, and what they use.

use domain::{
    diagnostics::{End, PodSeen},
    time::Millis,
};
use k8s_openapi::List;
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use serde::Deserialize;

use super::{
    super::failure::{Failure, checked_name},
    Bytes, Cluster, Millicores,
};

/// What a pod used when it was last measured, all its containers together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodUsage {
    pub pod: String,
    pub cpu: Millicores,
    pub memory: Bytes,
    pub measured_at: Option<Millis>,
}

impl Cluster {
    /// All pods, or those of one deployment, by name; what they use is asked for by itself.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn pods(&self, deployment: Option<&str>) -> Result<Vec<PodSeen>, Failure> {
        let query = match deployment {
            Some(deployment) => self.selector_of(deployment).await?,
            None => String::new(),
        };
        let found: List<Pod> = self.ask(&self.path::<Pod>(None)?, &query).await?;
        Ok(found.items.iter().map(facts).collect())
    }

    /// What the pods use now. Nothing for pods that were not measured yet.
    ///
    /// # Errors
    /// When they cannot be read; `NotFound` where the cluster measures nothing.
    pub async fn usage(&self) -> Result<Vec<PodUsage>, Failure> {
        let path = format!("/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods", self.namespace);
        let found: Measured = self.ask(&path, "").await?;
        Ok(found.items.into_iter().map(MeasuredPod::told).collect())
    }

    /// The label selector of a deployment as a query.
    async fn selector_of(&self, deployment: &str) -> Result<String, Failure> {
        use k8s_openapi::api::apps::v1::Deployment;
        let path = self.path::<Deployment>(Some(checked_name(deployment)?))?;
        let found: Deployment = self.ask(&path, "").await?;
        let labels = found.spec.and_then(|spec| spec.selector.match_labels).unwrap_or_default();
        let terms: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Ok(query(&[("labelSelector", &terms.join(","))]))
    }
}

/// A query with everything in it escaped.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let encoded =
        openidconnect::url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("?{encoded}")
}

pub(super) fn facts(pod: &Pod) -> PodSeen {
    let status = pod.status.as_ref();
    let containers: Vec<&ContainerStatus> =
        status.and_then(|status| status.container_statuses.as_ref()).into_iter().flatten().collect();
    let ready = containers.iter().filter(|container| container.ready).count() as u32;
    let restarts =
        containers.iter().filter_map(|container| u32::try_from(container.restart_count).ok()).sum();
    PodSeen {
        name: pod.name_any(),
        state: state(pod, &containers),
        ready: (ready, containers.len() as u32),
        restarts,
        last_end: containers.iter().find_map(|container| last_end(container)),
        since: pod.metadata.creation_timestamp.as_ref().map(millis),
        node: pod.spec.as_ref().and_then(|spec| spec.node_name.clone()),
        usage: None,
    }
}

fn state(pod: &Pod, containers: &[&ContainerStatus]) -> String {
    if pod.metadata.deletion_timestamp.is_some() {
        return "Terminating".to_owned();
    }
    let held_up = containers.iter().find_map(|container| {
        let state = container.state.as_ref()?;
        let waiting = state.waiting.as_ref().and_then(|waiting| waiting.reason.clone());
        waiting.or_else(|| state.terminated.as_ref().and_then(|ended| ended.reason.clone()))
    });
    let status = pod.status.as_ref();
    held_up
        .or_else(|| status.and_then(|status| status.reason.clone()))
        .or_else(|| status.and_then(|status| status.phase.clone()))
        .unwrap_or_else(|| "unknown".to_owned())
}

fn last_end(container: &ContainerStatus) -> Option<End> {
    let ended = container.last_state.as_ref()?.terminated.as_ref()?;
    Some(End {
        reason: ended.reason.clone().unwrap_or_else(|| "ended".to_owned()),
        exit_code: ended.exit_code,
        at: ended.finished_at.as_ref().map(millis),
    })
}

pub(super) fn millis(time: &Time) -> Millis {
    Millis(time.0.as_millisecond())
}

/// `metrics.k8s.io` is no part of the generated types.
#[derive(Deserialize)]
struct Measured {
    #[serde(default)]
    items: Vec<MeasuredPod>,
}

#[derive(Deserialize)]
struct MeasuredPod {
    metadata: MeasuredName,
    #[serde(default)]
    timestamp: Option<Time>,
    #[serde(default)]
    containers: Vec<MeasuredContainer>,
}

#[derive(Deserialize)]
struct MeasuredName {
    name: String,
}

#[derive(Deserialize)]
struct MeasuredContainer {
    #[serde(default)]
    usage: MeasuredUsage,
}

#[derive(Default, Deserialize)]
struct MeasuredUsage {
    cpu: Option<String>,
    memory: Option<String>,
}

impl MeasuredPod {
    fn told(self) -> PodUsage {
        let cpu = self.containers.iter().filter_map(|one| Millicores::read(one.usage.cpu.as_deref()?));
        let memory = self.containers.iter().filter_map(|one| Bytes::read(one.usage.memory.as_deref()?));
        PodUsage {
            cpu: Millicores(cpu.map(|cpu| cpu.0).sum()),
            memory: Bytes(memory.map(|memory| memory.0).sum()),
            measured_at: self.timestamp.as_ref().map(millis),
            pod: self.metadata.name,
        }
    }
}
