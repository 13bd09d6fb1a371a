//! Steps that change the cluster.

use std::sync::Arc;

use domain::{
    actions::{Answer, Dispatch, Mark, OldValue, Request, Sighting, Step, StepPreview},
    time::Millis,
};

use super::{Hands, answer_of, cannot_see, fact};
use crate::connect::{
    failure::{Because, Failure},
    kubernetes::{Applied, Change, Cluster, JobState, Port, Rollout, ScaleFacts, Through, job_name},
};

/// In a preview, in place of the mark of a run that there is not yet.
const NEXT_RUN: &str = "the-next-run";
/// How often a look begins again because the object changed under it: its version does whenever a pod comes or goes.
const LOOKS: usize = 4;

impl Hands {
    pub(super) async fn cluster(&self) -> Result<Arc<Cluster>, Failure> {
        let Some(kubernetes) = &self.kubernetes else {
            return Err(Failure::setup("no cluster is configured for this platform ([platform.kubernetes])"));
        };
        let connect =
            || async { Cluster::connect(&kubernetes.access, &kubernetes.namespace).await.map(Arc::new) };
        self.cluster.get_or_try_init(connect).await.cloned()
    }

    /// What was seen before something went wrong stays in the preview.
    pub(super) async fn cluster_before(&self, step: &Step, preview: &mut StepPreview) -> Result<(), Failure> {
        let cluster = self.cluster().await?;
        let mut looks = 1;
        loop {
            *preview = StepPreview::default();
            match self.cluster_looked_at(&cluster, step, preview).await {
                Err(Failure::NothingHappened { because: Because::Changed, .. }) if looks < LOOKS => {
                    looks += 1
                }
                looked => return looked,
            }
        }
    }

    async fn cluster_looked_at(
        &self,
        cluster: &Cluster,
        step: &Step,
        preview: &mut StepPreview,
    ) -> Result<(), Failure> {
        let change = match step {
            Step::KubernetesScale { deployment, replicas, .. } => {
                let facts = cluster.observe_scale(deployment.name.as_str()).await?;
                describe_scale(preview, &facts);
                preview.old = Some(old_scale(&facts)?);
                cluster.scale_change(&facts, *replicas)?
            }
            Step::KubernetesRestart { deployment } => {
                let facts = cluster.observe_scale(deployment.name.as_str()).await?;
                preview.also.push(fact("pods.ready", "Pods that are ready", facts.ready));
                preview.rests_on.push(fact("pods.wanted", "Pods that are wanted", facts.wanted));
                cluster.restart_change(deployment.name.as_str(), NEXT_RUN, self.clock.now())?
            }
            Step::KubernetesIngressBackend { at, from, to } => {
                let facts = cluster.observe_backend(at.ingress.as_str(), at.host.as_str(), &at.path).await?;
                let now = format!("{}:{}", facts.service, facts.port);
                preview.rests_on.push(fact(
                    "ingress.backend",
                    format!("{}{} leads to", at.host, at.path),
                    &now,
                ));
                preview.also.push(fact("ingress.version", "Version of the ingress", &facts.resource_version));
                let expected: Vec<String> = from.iter().map(ToString::to_string).collect();
                if !expected.is_empty() && !expected.contains(&now) {
                    return Err(Failure::invalid(format!(
                        "{}{} leads to {now}, and the catalogue expects {}",
                        at.host,
                        at.path,
                        expected.join(" or ")
                    )));
                }
                preview.old = old_backend(&facts.service, &facts.port);
                cluster.backend_change(&facts, to.service.as_str(), &Port::Number(to.port))?
            }
            Step::KubernetesJobFromCronjob { cronjob, env } => {
                let variables: Vec<_> =
                    env.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
                cluster.job_change(cronjob.name.as_str(), NEXT_RUN, &variables).await?
            }
            _ => return Err(Failure::invalid("not a step of the cluster")),
        };
        // Rights, limits and the object's state are checked by whoever will be asked: nothing is changed by that.
        cluster.rehearse(&change, NEXT_RUN).await?;
        preview.requests.push(request(&change));
        Ok(())
    }

    pub(super) async fn cluster_apply(&self, step: &Step, dispatch: &Dispatch) -> Answer {
        match self.cluster_applied(step, dispatch).await {
            Ok(said) => Answer::Done { said },
            Err(failure) => answer_of(&failure),
        }
    }

    async fn cluster_applied(&self, step: &Step, dispatch: &Dispatch) -> Result<String, Failure> {
        let (cluster, mark) = (self.cluster().await?, dispatch.mark.as_str());
        let (applied, does) = match step {
            Step::KubernetesScale { deployment, replicas, .. } => {
                let facts = cluster.observe_scale(deployment.name.as_str()).await?;
                let now = old_scale(&facts)?;
                if dispatch.old.as_ref().is_some_and(|old| *old != now) {
                    return Err(Failure::changed(format!(
                        "{} was scaled by somebody else meanwhile",
                        deployment.name
                    )));
                }
                let does = cluster.scale_change(&facts, *replicas)?.does;
                (cluster.apply_scale(&facts, *replicas, mark).await?, does)
            }
            Step::KubernetesRestart { deployment } => {
                let change = cluster.restart_change(deployment.name.as_str(), mark, self.clock.now())?;
                (cluster.apply(&change, mark).await?, change.does)
            }
            Step::KubernetesIngressBackend { at, to, .. } => {
                let facts = cluster.observe_backend(at.ingress.as_str(), at.host.as_str(), &at.path).await?;
                if dispatch.old.is_some() && dispatch.old != old_backend(&facts.service, &facts.port) {
                    return Err(Failure::changed(format!(
                        "{}{} was led to {}:{} by somebody else meanwhile",
                        at.host, at.path, facts.service, facts.port
                    )));
                }
                let port = Port::Number(to.port);
                let does = cluster.backend_change(&facts, to.service.as_str(), &port)?.does;
                (cluster.apply_backend(&facts, to.service.as_str(), &port, mark).await?, does)
            }
            Step::KubernetesJobFromCronjob { cronjob, env } => {
                let variables: Vec<_> =
                    env.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
                let change = cluster.job_change(cronjob.name.as_str(), mark, &variables).await?;
                (cluster.apply(&change, mark).await?, change.does)
            }
            _ => return Err(Failure::invalid("not a step of the cluster")),
        };
        Ok(match applied {
            Applied::Done => format!("the cluster took it: {does}"),
            Applied::AlreadyThere => format!("the cluster has it already: {does}"),
        })
    }

    pub(super) async fn cluster_sight(&self, step: &Step, mark: &Mark, since: Option<Millis>) -> Sighting {
        match self.cluster_seen(step, mark, since).await {
            Ok(sighting) => sighting,
            Err(failure) => cannot_see(&failure),
        }
    }

    async fn cluster_seen(
        &self,
        step: &Step,
        mark: &Mark,
        since: Option<Millis>,
    ) -> Result<Sighting, Failure> {
        let cluster = self.cluster().await?;
        Ok(match step {
            Step::KubernetesScale { deployment, replicas, .. } => {
                let facts = cluster.observe_scale(deployment.name.as_str()).await?;
                let present = facts.present();
                if present != *replicas {
                    return Ok(Sighting::NotYet { said: format!("{present} pods are asked for") });
                }
                if facts.shows(*replicas) {
                    return Ok(Sighting::InPlace { said: format!("{} pods are ready", facts.ready) });
                }
                rolled_out(&cluster.observe_rollout(deployment.name.as_str()).await?, false)
            }
            Step::KubernetesRestart { deployment } => {
                let name = deployment.name.as_str();
                // Without a run of its own a restart is never "so already".
                if since.is_none() || !cluster.observe_restart(name, mark.as_str()).await? {
                    return Ok(Sighting::NotYet { said: "the restart is not in the deployment".to_owned() });
                }
                rolled_out(&cluster.observe_rollout(name).await?, true)
            }
            Step::KubernetesIngressBackend { at, to, .. } => {
                let facts = cluster.observe_backend(at.ingress.as_str(), at.host.as_str(), &at.path).await?;
                let said = format!("{}{} leads to {}:{}", at.host, at.path, facts.service, facts.port);
                if facts.leads_to(to.service.as_str(), &Port::Number(to.port)) {
                    Sighting::InPlace { said }
                } else {
                    Sighting::NotYet { said }
                }
            }
            Step::KubernetesJobFromCronjob { cronjob, .. } => {
                let name = job_name(cronjob.name.as_str(), mark.as_str());
                match cluster.observe_job(&name).await? {
                    None => Sighting::NotYet { said: format!("there is no job {name}") },
                    Some(job) => match job.state {
                        JobState::Waiting => {
                            Sighting::NotYet { said: format!("the job {name} waits for a pod") }
                        }
                        JobState::Running { .. } => {
                            Sighting::NotYet { said: format!("the job {name} is running") }
                        }
                        JobState::Complete { .. } => {
                            Sighting::InPlace { said: format!("the job {name} has succeeded") }
                        }
                        JobState::Failed { why } => {
                            Sighting::Broke { said: format!("the job {name} failed: {why}") }
                        }
                    },
                }
            }
            _ => Sighting::CannotSee { why: "not a step of the cluster".to_owned() },
        })
    }
}

fn rolled_out(rollout: &Rollout, done_is_in_place: bool) -> Sighting {
    match rollout {
        Rollout::Done { pods } if done_is_in_place => {
            Sighting::InPlace { said: format!("{pods} pods run the new version and are ready") }
        }
        Rollout::Done { pods } => Sighting::NotYet { said: format!("{pods} pods are ready so far") },
        Rollout::Going { wanted, updated, ready, .. } => Sighting::Partly {
            said: format!("{updated} of {wanted} pods are new, {ready} are ready"),
            left: None,
        },
        Rollout::Stuck { why } => Sighting::Broke { said: why.clone() },
    }
}

fn describe_scale(preview: &mut StepPreview, facts: &ScaleFacts) {
    preview.also.push(fact("pods.ready", "Pods that are ready", facts.ready));
    match &facts.through {
        Through::Deployment => {
            preview.rests_on.push(fact(
                "deployment.replicas",
                format!("Replicas of {}", facts.deployment),
                facts.wanted,
            ));
        }
        Through::Autoscaler { name, least, most, .. } => {
            preview.rests_on.push(fact("autoscaler.min", format!("Least replicas by {name}"), least));
            preview.rests_on.push(fact("autoscaler.max", format!("Most replicas by {name}"), most));
            preview.also.push(fact(
                "deployment.replicas",
                format!("Replicas of {}", facts.deployment),
                facts.wanted,
            ));
        }
    }
}

fn old_scale(facts: &ScaleFacts) -> Result<OldValue, Failure> {
    let autoscaler = match &facts.through {
        Through::Deployment => None,
        Through::Autoscaler { name, .. } => Some(
            domain::actions::KubeName::parse(name).map_err(|error| Failure::invalid(error.to_string()))?,
        ),
    };
    Ok(OldValue::Replicas { count: facts.present(), autoscaler })
}

/// `None` where the port has only a name: that cannot be put back as a number.
fn old_backend(service: &str, port: &Port) -> Option<OldValue> {
    let Port::Number(port) = port else { return None };
    let service = domain::actions::KubeName::parse(service).ok()?;
    Some(OldValue::Backend { backend: domain::actions::Backend { service, port: *port } })
}

fn request(change: &Change) -> Request {
    Request::new(&change.method, &change.path).header("Content-Type", &change.content_type).json(&change.body)
}
