//! The cluster in short, for the control page.

use serde_json::{Value, json};

use super::felt::backend_of;
use super::pods::{is_ready, name_of};
use super::resource::Resource;
use super::selector::Selector;
use super::{Cluster, INGRESS};

impl Cluster {
    #[must_use]
    pub fn in_short(&self) -> Value {
        let selector = Selector::default();
        let deployments: Vec<Value> = self
            .all(Resource::Deployments, &selector)
            .map(|deployment| {
                let name = name_of(deployment);
                let pods = self.pods_with("app", &name);
                json!({
                    "name": name,
                    "wanted": deployment["spec"]["replicas"],
                    "pods": pods.len(),
                    "ready": pods.iter().filter(|pod| is_ready(pod)).count(),
                    "updated": deployment["status"]["updatedReplicas"].as_u64().unwrap_or_default(),
                })
            })
            .collect();
        let autoscalers: Vec<Value> = self
            .all(Resource::Autoscalers, &selector)
            .map(|autoscaler| {
                let spec = &autoscaler["spec"];
                json!({ "name": name_of(autoscaler), "least": spec["minReplicas"], "most": spec["maxReplicas"] })
            })
            .collect();
        let jobs: Vec<Value> = self
            .all(Resource::Jobs, &selector)
            .map(|job| {
                let ended = job["status"]["conditions"].as_array().and_then(|conditions| conditions.last());
                json!({ "name": name_of(job), "is": ended.map_or(json!("running"), |ended| ended["type"].clone()) })
            })
            .collect();
        let ingress = self.object(Resource::Ingresses, INGRESS);
        json!({
            "version": self.version(),
            "ingress": ingress.and_then(|ingress| backend_of(ingress)),
            "deployments": deployments,
            "autoscalers": autoscalers,
            "jobs": jobs,
            "orders": self.orders,
        })
    }
}
