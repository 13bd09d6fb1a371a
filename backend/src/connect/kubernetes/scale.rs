//! Scaling a deployment: through its `/scale`, or through the autoscaler that owns it, which would undo anything else.

use k8s_openapi::List;
use k8s_openapi::api::{
    apps::v1::Deployment,
    autoscaling::v2::{HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec},
};
use kube::ResourceExt;
use serde_json::json;

use super::{
    super::failure::{Because, Failure},
    Cluster,
    change::{Applied, Change, MERGE_PATCH},
};

/// More pods than this are never meant.
const MOST_PODS: u32 = 1_000;
/// How often a change goes out again that was refused because the object's version, and nothing else, is another.
const TRIES: usize = 3;

/// How many pods a deployment has and is to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScaleFacts {
    pub deployment: String,
    /// What its own `spec.replicas` says.
    pub wanted: u32,
    pub ready: u32,
    pub resource_version: String,
    pub through: Through,
}

/// Where the number of pods is decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Through {
    Deployment,
    /// An autoscaler keeps it between `least` and `most`.
    Autoscaler {
        name: String,
        least: u32,
        most: u32,
        resource_version: String,
    },
}

impl ScaleFacts {
    /// The number that a change changes, and that an undo brings back.
    pub fn present(&self) -> u32 {
        match &self.through {
            Through::Deployment => self.wanted,
            Through::Autoscaler { least, .. } => *least,
        }
    }

    /// Whether the effect of scaling to `pods` is in place: it is asked for, and so many are ready.
    pub fn shows(&self, pods: u32) -> bool {
        self.present() == pods && self.ready >= pods
    }
}

impl Cluster {
    /// How a deployment is scaled at present.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn observe_scale(&self, deployment: &str) -> Result<ScaleFacts, Failure> {
        let path = self.path::<Deployment>(Some(deployment))?;
        let autoscalers = self.path::<HorizontalPodAutoscaler>(None)?;
        let (found, owners) = tokio::join!(
            self.ask::<Deployment>(&path, ""),
            self.ask::<List<HorizontalPodAutoscaler>>(&autoscalers, "")
        );
        let (found, owners) = (found?, owners?);
        let owner = owners.items.into_iter().find_map(|autoscaler| {
            let spec = autoscaler.spec.as_ref()?;
            owns(spec, deployment).then(|| Through::Autoscaler {
                name: autoscaler.name_any(),
                least: count(spec.min_replicas.or(Some(1))),
                most: count(Some(spec.max_replicas)),
                resource_version: autoscaler.resource_version().unwrap_or_default(),
            })
        });
        Ok(ScaleFacts {
            deployment: deployment.to_owned(),
            wanted: count(found.spec.as_ref().and_then(|spec| spec.replicas).or(Some(1))),
            ready: count(found.status.as_ref().and_then(|status| status.ready_replicas)),
            resource_version: found.resource_version().unwrap_or_default(),
            through: owner.unwrap_or(Through::Deployment),
        })
    }

    /// The request that scales to `pods`, from what was observed. Undoing it is the same with the former number.
    ///
    /// # Errors
    /// `Invalid` when it cannot be: no such number, or more than the autoscaler allows.
    pub fn scale_change(&self, facts: &ScaleFacts, pods: u32) -> Result<Change, Failure> {
        if pods > MOST_PODS {
            return Err(Failure::invalid(format!("{pods} pods are more than the console ever asks for")));
        }
        let name = &facts.deployment;
        let from = facts.present();
        match &facts.through {
            Through::Deployment => {
                let path = format!("{}/scale", self.path::<Deployment>(Some(name))?);
                let body = json!({
                    "metadata": { "resourceVersion": facts.resource_version },
                    "spec": { "replicas": pods },
                });
                let does = format!("scales {name} from {from} to {pods} pods");
                Ok(Change::patch(path, MERGE_PATCH, body, does))
            }
            Through::Autoscaler { name: owner, least, most, resource_version } => {
                // It runs as many as it may: a higher minimum would add none.
                if pods > *least && (least == most || facts.wanted >= *most) {
                    return Err(Failure::invalid(format!(
                        "{name} is owned by the autoscaler {owner}, which is at its maximum of {most} pods"
                    )));
                }
                if pods > *most || pods == 0 {
                    return Err(Failure::invalid(format!(
                        "{name} is owned by the autoscaler {owner}, which allows 1 to {most} pods, not {pods}"
                    )));
                }
                let path = self.path::<HorizontalPodAutoscaler>(Some(owner))?;
                let body = json!({
                    "metadata": { "resourceVersion": resource_version },
                    "spec": { "minReplicas": pods },
                });
                let does = format!(
                    "has the autoscaler {owner} keep at least {pods} pods of {name} instead of {from} (at most {most})"
                );
                Ok(Change::patch(path, MERGE_PATCH, body, does))
            }
        }
    }

    /// Scales from what was observed to `pods`. The version of an object also changes when its pods come and go: where
    /// that alone stands in the way the request is made anew, since nothing has happened.
    ///
    /// # Errors
    /// `Changed`, with what is different, when somebody else has scaled it; else as `apply`.
    pub async fn apply_scale(&self, facts: &ScaleFacts, pods: u32, id: &str) -> Result<Applied, Failure> {
        let mut present = facts.clone();
        for _ in 0..TRIES {
            let change = self.scale_change(&present, pods)?;
            match self.apply(&change, id).await {
                Err(Failure::NothingHappened { because: Because::Changed, .. }) => {}
                other => return other,
            }
            present = self.observe_scale(&facts.deployment).await?;
            if let Some(difference) = difference(facts, &present) {
                return Err(Failure::changed(difference));
            }
        }
        Err(Failure::changed(format!("{} keeps changing", facts.deployment)))
    }
}

/// What matters to scaling and is not as it was.
fn difference(before: &ScaleFacts, now: &ScaleFacts) -> Option<String> {
    let name = &before.deployment;
    match (&before.through, &now.through) {
        (Through::Deployment, Through::Deployment) => (before.wanted != now.wanted)
            .then(|| format!("{name} was set to {} pods meanwhile, not {}", now.wanted, before.wanted)),
        (
            Through::Autoscaler { name: owner, least, most, .. },
            Through::Autoscaler { name: other, least: new_least, most: new_most, .. },
        ) if owner == other => ((least, most) != (new_least, new_most)).then(|| {
            format!("the autoscaler {owner} was set to {new_least} to {new_most} pods meanwhile, not {least} to {most}")
        }),
        (_, Through::Autoscaler { name: owner, .. }) => {
            Some(format!("{name} is owned by the autoscaler {owner} now"))
        }
        (Through::Autoscaler { .. }, Through::Deployment) => {
            Some(format!("{name} is not owned by an autoscaler any more"))
        }
    }
}

fn owns(spec: &HorizontalPodAutoscalerSpec, deployment: &str) -> bool {
    spec.scale_target_ref.kind == "Deployment" && spec.scale_target_ref.name == deployment
}

fn count(number: Option<i32>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}
