//! Pods: they begin, become ready after a while, crash, and go.

use std::sync::Arc;

use serde_json::{Value, json};

use super::orders::Rollouts;
use super::resource::Resource;
use super::selector::Selector;
use super::{Cluster, Step, told};
use crate::chance::{Stream, bits};

const NODES: u64 = 4;

impl Cluster {
    /// Begins a pod of `template` that belongs to `owner`. Its name starts with `prefix`.
    pub(super) fn begin_pod(&mut self, prefix: &str, template: &Value, owner: &Value) -> String {
        let name = format!("{prefix}-{}", self.suffix(5));
        let chance = bits(self.seed, Stream::Cluster, self.numbers as i64);
        let node = format!("node-{}", chance % NODES + 1);
        let mut spec = template["spec"].clone();
        spec["nodeName"] = json!(node);
        let waiting: Vec<Value> = containers(&spec)
            .map(|container| {
                json!({
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": false,
                    "started": false,
                    "restartCount": 0,
                    "state": { "waiting": { "reason": "ContainerCreating" } },
                    "lastState": {},
                })
            })
            .collect();
        let pod = json!({
            "metadata": {
                "name": name,
                "labels": template["metadata"]["labels"],
                "annotations": template["metadata"]["annotations"],
                "ownerReferences": [owner_reference(owner)],
            },
            "spec": spec,
            "status": {
                "phase": "Pending",
                "conditions": conditions(self, "False"),
                "hostIP": format!("10.0.0.{}", chance % NODES + 11),
                "startTime": told(self.now),
                "containerStatuses": waiting,
                "qosClass": "Burstable",
            },
        });
        self.write(Resource::Pods, pod);
        let message = format!("Successfully assigned {}/{name} to {node}", super::NAMESPACE);
        self.note((Resource::Pods, &name), "Normal", ("Scheduled", &message), "default-scheduler");
        name
    }

    /// A pod becomes ready, unless it was ordered that none does.
    pub(super) fn start_pod(&mut self, name: &str) {
        if self.orders.rollouts == Rollouts::Stuck {
            self.change_pod(name, |_, pod| {
                for status in statuses(pod) {
                    status["state"] = json!({ "waiting": { "reason": "ImagePullBackOff", "message": "Back-off pulling image" } });
                }
            });
            let about = (Resource::Pods, name);
            self.note(about, "Warning", ("Failed", "Error: ImagePullBackOff"), "kubelet");
            return;
        }
        self.run_pod(name);
        let owner = self.object(Resource::Pods, name).map(|pod| pod["metadata"]["labels"]["app"].clone());
        if let Some(Value::String(deployment)) = owner {
            self.later(0, Step::Deployment(deployment));
        }
    }

    /// The containers of a pod run, and it is ready.
    pub(super) fn run_pod(&mut self, name: &str) {
        let address = bits(self.seed, Stream::Cluster, self.numbers as i64) % 250 + 2;
        self.change_pod(name, |cluster, pod| {
            let node = pod["status"]["hostIP"]
                .as_str()
                .and_then(|ip| ip.rsplit('.').next())
                .unwrap_or("11")
                .to_owned();
            pod["status"]["phase"] = json!("Running");
            pod["status"]["conditions"] = conditions(cluster, "True");
            pod["status"]["podIP"] = json!(format!("10.4.{node}.{address}"));
            let at = told(cluster.now);
            for status in statuses(pod) {
                status["ready"] = json!(true);
                status["started"] = json!(true);
                status["state"] = json!({ "running": { "startedAt": at } });
            }
        });
        for (reason, message) in
            [("Pulled", "Container image already present on machine"), ("Started", "Started container")]
        {
            self.note((Resource::Pods, name), "Normal", (reason, message), "kubelet");
        }
    }

    /// Pods that were held up start after all.
    pub(super) fn start_stuck_pods(&mut self) {
        let selector = Selector::default();
        let waiting: Vec<String> = self
            .all(Resource::Pods, &selector)
            .filter(|pod| pod["status"]["phase"] == "Pending")
            .map(|pod| name_of(pod))
            .collect();
        for name in waiting {
            self.later(1_000, Step::PodStarts(name));
        }
    }

    pub(super) fn end_pod(&mut self, name: &str) {
        self.note((Resource::Pods, name), "Normal", ("Killing", "Stopping container"), "kubelet");
        self.remove(Resource::Pods, name);
    }

    /// The container runs out of memory and starts again.
    pub(super) fn crash_pod(&mut self, name: &str) -> Result<(), String> {
        if self.object(Resource::Pods, name).is_none() {
            return Err(format!("crash: there is no pod {name:?}"));
        }
        self.change_pod(name, |cluster, pod| {
            let at = told(cluster.now);
            for status in statuses(pod) {
                let started = status["state"]["running"]["startedAt"].clone();
                status["restartCount"] = json!(status["restartCount"].as_u64().unwrap_or_default() + 1);
                status["lastState"] = json!({
                    "terminated": { "exitCode": 137, "reason": "OOMKilled", "startedAt": started, "finishedAt": at },
                });
                status["state"] = json!({ "running": { "startedAt": at } });
            }
        });
        let about = (Resource::Pods, name);
        self.note(about, "Warning", ("BackOff", "Back-off restarting failed container"), "kubelet");
        Ok(())
    }

    pub(super) fn change_pod(&mut self, name: &str, change: impl FnOnce(&Self, &mut Value)) {
        let Some(pod) = self.object(Resource::Pods, name).cloned() else { return };
        let mut pod = Value::clone(&pod);
        change(self, &mut pod);
        self.write(Resource::Pods, pod);
    }

    /// The pods with this label, oldest first.
    pub(super) fn pods_with(&self, label: &str, value: &str) -> Vec<Arc<Value>> {
        let selector = Selector::default();
        let mut pods: Vec<Arc<Value>> = self
            .all(Resource::Pods, &selector)
            .filter(|pod| pod["metadata"]["labels"][label] == value)
            .cloned()
            .collect();
        pods.sort_by_key(|pod| pod["metadata"]["creationTimestamp"].to_string());
        pods
    }
}

#[must_use]
pub fn is_ready(pod: &Value) -> bool {
    pod["status"]["containerStatuses"]
        .as_array()
        .is_some_and(|statuses| !statuses.is_empty() && statuses.iter().all(|status| status["ready"] == true))
}

#[must_use]
pub fn name_of(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

pub fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    spec["containers"].as_array().into_iter().flatten()
}

pub(super) fn statuses(pod: &mut Value) -> impl Iterator<Item = &mut Value> {
    pod["status"]["containerStatuses"].as_array_mut().into_iter().flatten()
}

pub(super) fn owner_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

fn conditions(cluster: &Cluster, ready: &str) -> Value {
    let at = told(cluster.now);
    let condition = |kind: &str, status: &str| json!({ "type": kind, "status": status, "lastTransitionTime": at, "lastProbeTime": null });
    json!([
        condition("Initialized", "True"),
        condition("Ready", ready),
        condition("ContainersReady", ready),
        condition("PodScheduled", "True"),
    ])
}
