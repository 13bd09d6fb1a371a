//! What the autoscaler does: it keeps its deployment at its own minimum, since the load never asks for more here.

use serde_json::{Value, json};

use super::resource::Resource;
use super::selector::Selector;
use super::{Cluster, Step, pods::name_of, rollout::NOTICED_AFTER_MS, told};

/// It looks so long after a change.
const LOOKS_AFTER_MS: i64 = 5_000;
const SOURCE: &str = "horizontal-pod-autoscaler";

impl Cluster {
    /// Has the autoscaler of a deployment look soon, when it has one.
    pub(super) fn wake_autoscaler_of(&mut self, deployment: &str) {
        let selector = Selector::default();
        let owners: Vec<String> = self
            .all(Resource::Autoscalers, &selector)
            .filter(|autoscaler| autoscaler["spec"]["scaleTargetRef"]["name"] == deployment)
            .map(|autoscaler| name_of(autoscaler))
            .collect();
        for owner in owners {
            self.later(LOOKS_AFTER_MS, Step::Autoscaler(owner));
        }
    }

    /// One look of the autoscaler.
    pub(super) fn autoscale(&mut self, name: &str) {
        let Some(autoscaler) = self.object(Resource::Autoscalers, name).cloned() else { return };
        let target = autoscaler["spec"]["scaleTargetRef"]["name"].as_str().unwrap_or_default().to_owned();
        let Some(deployment) = self.object(Resource::Deployments, &target).cloned() else { return };
        let least = autoscaler["spec"]["minReplicas"].as_u64().unwrap_or(1);
        let most = autoscaler["spec"]["maxReplicas"].as_u64().unwrap_or(least);
        let present = deployment["spec"]["replicas"].as_u64().unwrap_or(1);
        // A deployment at zero is switched off: autoscalers leave it alone.
        let wanted = if present == 0 { 0 } else { least.min(most) };
        let mut autoscaler = Value::clone(&autoscaler);
        if wanted != present {
            let mut deployment = Value::clone(&deployment);
            deployment["spec"]["replicas"] = json!(wanted);
            self.write(Resource::Deployments, deployment);
            self.later(NOTICED_AFTER_MS, Step::Deployment(target));
            let reason = if wanted > present {
                "Current number of replicas below Spec.MinReplicas"
            } else {
                "All metrics below target"
            };
            let message = format!("New size: {wanted}; reason: {reason}");
            self.note((Resource::Autoscalers, name), "Normal", ("SuccessfulRescale", &message), SOURCE);
            autoscaler["status"]["lastScaleTime"] = told(self.now);
        }
        let condition = |kind: &str, status: &str, reason: &str, message: &str| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": message,
                "lastTransitionTime": told(self.now),
            })
        };
        let used = |name: &str, percent: u32, value: &str| {
            json!({
                "type": "Resource",
                "resource": { "name": name, "current": { "averageUtilization": percent, "averageValue": value } },
            })
        };
        let last_scale = autoscaler["status"]["lastScaleTime"].clone();
        autoscaler["status"] = json!({
            "currentReplicas": deployment["status"]["replicas"].as_u64().unwrap_or_default(),
            "desiredReplicas": wanted,
            "currentMetrics": [used("cpu", 41, "410m"), used("memory", 58, "1187Mi")],
            "conditions": [
                condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
                condition("ScalingActive", "True", "ValidMetricFound", "the HPA was able to successfully calculate a replica count"),
                condition("ScalingLimited", "True", "TooFewReplicas", "the desired replica count is less than the minimum replica count"),
            ],
        });
        if !last_scale.is_null() {
            autoscaler["status"]["lastScaleTime"] = last_scale;
        }
        self.write(Resource::Autoscalers, autoscaler);
    }
}
