//! What the pods use of the machines they run on: `metrics.k8s.io`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::pods::{containers, is_ready, name_of};
use super::resource::Resource;
use super::selector::Selector;
use super::{Cluster, told};
use crate::chance::{Stream, jitter};

/// Usage is measured so often.
const EVERY_SECONDS: i64 = 15;

impl Cluster {
    /// The usage of every pod that runs, as the metrics server last measured it. `strain` is 1 on a usual day.
    #[must_use]
    pub fn usage(&self, strain: f64) -> Vec<Value> {
        let selector = Selector::default();
        let measured = self.now.as_second().div_euclid(EVERY_SECONDS) * EVERY_SECONDS;
        let at = Timestamp::from_second(measured).unwrap_or(self.now);
        self.all(Resource::Pods, &selector)
            .filter(|pod| is_ready(pod))
            .map(|pod| self.usage_of(pod, strain, at))
            .collect()
    }

    fn usage_of(&self, pod: &Value, strain: f64, at: Timestamp) -> Value {
        let name = name_of(pod);
        let spread = name.bytes().fold(0_i64, |sum, letter| sum * 31 % 100_003 + i64::from(letter));
        let chance = |more: i64| jitter(self.seed, Stream::Usage, at.as_second() + spread * 2 + more);
        let containers: Vec<Value> = containers(&pod["spec"])
            .map(|container| {
                let cores = (0.41 * strain + 0.03 * chance(0)).max(0.01);
                let mebibytes = 1_150.0 + 120.0 * (strain - 1.0) + 40.0 * chance(1);
                json!({
                    "name": container["name"],
                    "usage": {
                        "cpu": format!("{}n", (cores * 1e9) as u64),
                        "memory": format!("{}Ki", (mebibytes * 1024.0) as u64),
                    },
                })
            })
            .collect();
        json!({
            "kind": "PodMetrics",
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": {
                "name": name,
                "namespace": super::NAMESPACE,
                "creationTimestamp": told(self.now),
                "labels": pod["metadata"]["labels"],
            },
            "timestamp": told(at),
            "window": "15s",
            "containers": containers,
        })
    }
}
