//! What the controller does with a deployment: it keeps so many pods, and replaces those of an old template one after
//! another, a new one before an old one goes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::pods::{is_ready, name_of, owner_reference};
use super::resource::Resource;
use super::selector::Selector;
use super::store::letters;
use super::{Cluster, OPTIMIZATION, Step, read_time, told};

/// The controller notices a change after so long.
pub(super) const NOTICED_AFTER_MS: i64 = 200;
const SOURCE: &str = "deployment-controller";

impl Cluster {
    /// One look of the controller.
    pub(super) fn roll(&mut self, name: &str) {
        let Some(deployment) = self.object(Resource::Deployments, name).cloned() else { return };
        let wanted = deployment["spec"]["replicas"].as_u64().unwrap_or(1) as usize;
        let template = &deployment["spec"]["template"];
        let hash = hash_of(template);
        let set = self.replica_set(&deployment, &hash);
        let pods = self.pods_with("app", name);
        let (new, old): (Vec<_>, Vec<_>) =
            pods.into_iter().partition(|pod| pod["metadata"]["labels"]["pod-template-hash"] == hash.as_str());
        let ready = |pods: &[Arc<Value>]| pods.iter().filter(|pod| is_ready(pod)).count();

        // One more than wanted while old ones are left, all that are missing otherwise.
        let missing = wanted.saturating_sub(new.len());
        let begin = if old.is_empty() {
            missing
        } else {
            missing.min((wanted + 1).saturating_sub(new.len() + old.len()))
        };
        for _ in 0..begin {
            self.begin_pod_of(&set, template, &hash);
        }
        let spare = (ready(&new) + ready(&old)).saturating_sub(wanted);
        let gone: Vec<String> = if old.is_empty() {
            // Those that are not ready yet go first, then the youngest.
            let mut rest = new.clone();
            rest.sort_by_key(|pod| is_ready(pod));
            let (waiting, mut ready): (Vec<_>, Vec<_>) = rest.into_iter().partition(|pod| !is_ready(pod));
            ready.reverse();
            waiting
                .iter()
                .chain(&ready)
                .take(new.len().saturating_sub(wanted))
                .map(|pod| name_of(pod))
                .collect()
        } else {
            let (waiting, running): (Vec<_>, Vec<_>) = old.iter().partition(|pod| !is_ready(pod));
            waiting.into_iter().chain(running.into_iter().take(spare)).map(|pod| name_of(pod)).collect()
        };
        for pod in &gone {
            self.end_pod(pod);
        }
        if begin > 0 || !gone.is_empty() {
            self.note_scaling(name, &set, begin, gone.len());
            self.later(0, Step::Deployment(name.to_owned()));
        }
        self.tell_standing(name, &hash, begin > 0 || !gone.is_empty());
    }

    fn begin_pod_of(&mut self, set: &Value, template: &Value, hash: &str) {
        let mut template = template.clone();
        template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
        let name = self.begin_pod(&name_of(set), &template, set);
        self.later(i64::from(self.orders.pod_start_seconds) * 1_000, Step::PodStarts(name));
    }

    /// The replica set of this template; made when there is none yet.
    fn replica_set(&mut self, deployment: &Value, hash: &str) -> Arc<Value> {
        let name = format!("{}-{hash}", name_of(deployment));
        if let Some(set) = self.object(Resource::ReplicaSets, &name) {
            return set.clone();
        }
        let revision = self.sets_of(&name_of(deployment)).len() + 1;
        let mut template = deployment["spec"]["template"].clone();
        template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
        let set = json!({
            "metadata": {
                "name": name,
                "labels": template["metadata"]["labels"],
                "annotations": { "deployment.kubernetes.io/revision": revision.to_string() },
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": {
                "replicas": 0,
                "selector": { "matchLabels": template["metadata"]["labels"] },
                "template": template,
            },
            "status": { "replicas": 0, "observedGeneration": 1 },
        });
        self.write(Resource::ReplicaSets, set)
    }

    fn sets_of(&self, deployment: &str) -> Vec<Arc<Value>> {
        let selector = Selector::default();
        self.all(Resource::ReplicaSets, &selector)
            .filter(|set| set["metadata"]["labels"]["app"] == deployment)
            .cloned()
            .collect()
    }

    fn note_scaling(&mut self, name: &str, set: &Value, begun: usize, gone: usize) {
        let set = name_of(set);
        let about = (Resource::Deployments, name);
        if begun > 0 {
            let message = format!("Scaled up replica set {set} by {begun}");
            self.note(about, "Normal", ("ScalingReplicaSet", &message), SOURCE);
        }
        if gone > 0 {
            let message = format!("Scaled down by {gone} while replica set {set} is the newest");
            self.note(about, "Normal", ("ScalingReplicaSet", &message), SOURCE);
        }
    }

    /// Writes down how far it is, on the deployment and on its replica sets.
    fn tell_standing(&mut self, name: &str, hash: &str, moved: bool) {
        let Some(deployment) = self.object(Resource::Deployments, name).cloned() else { return };
        let mut deployment = Value::clone(&deployment);
        let pods = self.pods_with("app", name);
        let of = |hash: &str| {
            let pods = pods.iter().filter(move |pod| pod["metadata"]["labels"]["pod-template-hash"] == hash);
            (pods.clone().count(), pods.filter(|pod| is_ready(pod)).count())
        };
        let mut revision = json!("1");
        for set in self.sets_of(name) {
            let mut set = Value::clone(&set);
            let its_hash =
                set["metadata"]["labels"]["pod-template-hash"].as_str().unwrap_or_default().to_owned();
            let (count, ready) = of(&its_hash);
            set["spec"]["replicas"] = json!(count);
            set["status"] = json!({
                "replicas": count,
                "fullyLabeledReplicas": count,
                "readyReplicas": ready,
                "availableReplicas": ready,
                "observedGeneration": set["metadata"]["generation"],
            });
            if its_hash == hash {
                revision = set["metadata"]["annotations"]["deployment.kubernetes.io/revision"].clone();
            }
            self.write(Resource::ReplicaSets, set);
        }
        let wanted = deployment["spec"]["replicas"].as_u64().unwrap_or(1) as usize;
        let (updated, updated_ready) = of(hash);
        let total = pods.len();
        let ready = pods.iter().filter(|pod| is_ready(pod)).count();
        let done = updated == wanted && updated_ready == wanted && total == wanted;
        deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = revision;
        let conditions =
            self.conditions(&deployment, (wanted, ready), done, moved || updated_ready > 0 && !done);
        let mut status = json!({
            "observedGeneration": deployment["metadata"]["generation"],
            "conditions": conditions,
        });
        // The API server leaves zeros out.
        for (key, count) in [
            ("replicas", total),
            ("updatedReplicas", updated),
            ("readyReplicas", ready),
            ("availableReplicas", ready),
            ("unavailableReplicas", wanted.max(total) - ready),
        ] {
            if count > 0 {
                status[key] = json!(count);
            }
        }
        deployment["status"] = status;
        self.write(Resource::Deployments, deployment);
        if name == OPTIMIZATION {
            self.felt.has_pods(self.now, ready as u32);
        }
        if done {
            self.felt.has_rolled(self.now, name, hash);
        }
    }

    fn conditions(
        &mut self,
        deployment: &Value,
        (wanted, ready): (usize, usize),
        done: bool,
        moved: bool,
    ) -> Value {
        let name = name_of(deployment);
        let before = |kind: &str| {
            let conditions = deployment["status"]["conditions"].as_array();
            conditions.into_iter().flatten().find(|condition| condition["type"] == kind).cloned()
        };
        let limit = deployment["spec"]["progressDeadlineSeconds"].as_i64().unwrap_or(600);
        let started =
            before("Progressing").filter(|condition| condition["reason"] != "NewReplicaSetAvailable");
        let since = started.as_ref().and_then(|condition| read_time(&condition["lastUpdateTime"]));
        let gave_up = started.as_ref().is_some_and(|condition| condition["status"] == "False");
        let idle = since.map_or(0, |since| self.now.as_second() - since.as_second());
        let progressing = if done {
            ("True", "NewReplicaSetAvailable", format!("Deployment \"{name}\" has successfully progressed."))
        } else if !moved && (gave_up || idle >= limit) {
            ("False", "ProgressDeadlineExceeded", format!("Deployment \"{name}\" has timed out progressing."))
        } else {
            let wait = SignedDuration::from_secs(limit - idle.min(limit)).as_millis() as i64 + 1_000;
            self.later(wait, Step::Deployment(name.clone()));
            ("True", "ReplicaSetUpdated", format!("Deployment \"{name}\" is progressing."))
        };
        let available = if ready >= wanted.saturating_sub(wanted / 4) {
            ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.".to_owned())
        } else {
            let why = "Deployment does not have minimum availability.".to_owned();
            ("False", "MinimumReplicasUnavailable", why)
        };
        let told = [("Available", available), ("Progressing", progressing)].map(|(kind, (status, reason, message))| {
            let before = before(kind);
            let same = |key: &str, value: &str| before.as_ref().is_some_and(|before| before[key] == value);
            let keep = |key: &str| before.as_ref().map_or_else(|| told(self.now), |before| before[key].clone());
            let touched = moved && kind == "Progressing" && reason == "ReplicaSetUpdated";
            json!({
                "type": kind,
                "status": status,
                "reason": reason,
                "message": message,
                "lastUpdateTime": if same("reason", reason) && !touched { keep("lastUpdateTime") } else { told(self.now) },
                "lastTransitionTime": if same("status", status) { keep("lastTransitionTime") } else { told(self.now) },
            })
        });
        json!(told)
    }
}

/// What the pods of one template have in common in their names.
fn hash_of(template: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    template.to_string().hash(&mut hasher);
    letters(hasher.finish(), 10)
}
