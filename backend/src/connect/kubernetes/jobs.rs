//! Jobs made from a CronJob's template: this is how scripts are run. A job is named after its run, so that a repeat of
//! the same run finds the job there already.

use domain::time::Millis;
use k8s_openapi::List;
use k8s_openapi::api::{
    batch::v1::{CronJob, Job},
    core::v1::Pod,
};
use kube::ResourceExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::failure::{Because, Failure},
    Cluster, LogTail,
    change::Change,
    pods::{millis, query},
};

const RUN: &str = "bellwether/run";
/// Kubernetes makes labels of it, which take no more.
const LONGEST_NAME: usize = 63;

/// One job, as far as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobFacts {
    pub name: String,
    /// The run that made it, where one did.
    pub run: Option<String>,
    pub state: JobState,
    /// The newest of its pods.
    pub pod: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JobState {
    /// It has no pod yet.
    Waiting,
    Running {
        since: Option<Millis>,
    },
    Complete {
        at: Option<Millis>,
    },
    Failed {
        why: String,
    },
}

/// What a job of this run is called: the CronJob's name, and letters that follow from the run.
pub fn job_name(cronjob: &str, run: &str) -> String {
    let digest: String =
        Sha256::digest(run.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let start: String = cronjob.chars().take(LONGEST_NAME - digest.len() - 1).collect();
    format!("{}-{digest}", start.trim_end_matches(['-', '.']))
}

impl Cluster {
    /// The request that makes the job of a run from a CronJob's template. `parameters` become variables of its first
    /// container; those that the template has already get these values.
    ///
    /// # Errors
    /// When the CronJob cannot be read, or has no container.
    pub async fn job_change(
        &self,
        cronjob: &str,
        run: &str,
        parameters: &[(String, String)],
    ) -> Result<Change, Failure> {
        let template: CronJob = self.ask(&self.path::<CronJob>(Some(cronjob))?, "").await?;
        let owner = json!({
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": cronjob,
            "uid": template.uid().unwrap_or_default(),
        });
        let template = template.spec.map(|spec| spec.job_template).unwrap_or_default();
        let mut spec = serde_json::to_value(template.spec.unwrap_or_default()).unwrap_or_default();
        let Some(container) = spec.pointer_mut("/template/spec/containers/0") else {
            return Err(Failure::invalid(format!("the template of {cronjob} has no container")));
        };
        for (name, value) in parameters {
            set_variable(container, name, value);
        }
        let metadata = template.metadata.unwrap_or_default();
        let mut annotations = metadata.annotations.unwrap_or_default();
        // As `kubectl create job --from` writes it.
        annotations.insert("cronjob.kubernetes.io/instantiate".to_owned(), "manual".to_owned());
        annotations.insert(RUN.to_owned(), run.to_owned());
        let name = job_name(cronjob, run);
        let body = json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": name,
                "labels": metadata.labels.unwrap_or_default(),
                "annotations": annotations,
                "ownerReferences": [owner],
            },
            "spec": spec,
        });
        let told: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let with = if told.is_empty() { String::new() } else { format!(" with {}", told.join(", ")) };
        let does = format!("starts the job {name} from {cronjob}{with}");
        Ok(Change::post(self.path::<Job>(None)?, body, does))
    }

    /// The job of this name, when there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn observe_job(&self, name: &str) -> Result<Option<JobFacts>, Failure> {
        let path = self.path::<Job>(Some(name))?;
        let Some(job) = self.ask_maybe::<Job>(&path, "").await? else { return Ok(None) };
        let pod = self.newest_pod_of(name).await?;
        Ok(Some(JobFacts {
            name: name.to_owned(),
            run: job.annotations().get(RUN).cloned(),
            state: state(&job),
            pod,
        }))
    }

    /// The last lines that a job has written; nothing before it has a pod that runs.
    ///
    /// # Errors
    /// When the job or its log cannot be read.
    pub async fn job_log(&self, name: &str, lines: u32) -> Result<Option<LogTail>, Failure> {
        let Some(pod) = self.newest_pod_of(name).await? else { return Ok(None) };
        match self.log_tail(&pod, None, lines, false).await {
            Ok(tail) => Ok(Some(tail)),
            // The container is not started yet, or the pod is gone again.
            Err(Failure::NothingHappened { because: Because::Invalid | Because::NotFound, .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn newest_pod_of(&self, job: &str) -> Result<Option<String>, Failure> {
        let query = query(&[("labelSelector", &format!("job-name={job}"))]);
        let mut pods: List<Pod> = self.ask(&self.path::<Pod>(None)?, &query).await?;
        pods.items.sort_by_key(|pod| pod.metadata.creation_timestamp.as_ref().map(millis));
        Ok(pods.items.last().map(|pod| pod.name_any()))
    }
}

fn set_variable(container: &mut Value, name: &str, value: &str) {
    if !container["env"].is_array() {
        container["env"] = json!([]);
    }
    let Some(variables) = container["env"].as_array_mut() else { return };
    let variable = json!({ "name": name, "value": value });
    match variables.iter_mut().find(|variable| variable["name"] == name) {
        Some(found) => *found = variable,
        None => variables.push(variable),
    }
}

fn state(job: &Job) -> JobState {
    let Some(status) = &job.status else { return JobState::Waiting };
    for condition in status.conditions.iter().flatten().filter(|condition| condition.status == "True") {
        match condition.type_.as_str() {
            "Complete" => {
                return JobState::Complete { at: status.completion_time.as_ref().map(millis) };
            }
            "Failed" => {
                let why = condition.message.clone().or_else(|| condition.reason.clone());
                return JobState::Failed { why: why.unwrap_or_else(|| "the job failed".to_owned()) };
            }
            _ => {}
        }
    }
    if status.active.unwrap_or(0) == 0 {
        return JobState::Waiting;
    }
    JobState::Running { since: status.start_time.as_ref().map(millis) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::failure::checked_name;
    use super::*;

    proptest! {
        #[test]
        fn a_job_has_a_name_that_kubernetes_takes_and_that_follows_from_its_run(
            cronjob in "[a-z][a-z0-9.-]{0,80}[a-z0-9]", run in "[ -~]{1,60}", other in "[ -~]{1,60}",
        ) {
            let name = job_name(&cronjob, &run);
            prop_assert!(name.len() <= LONGEST_NAME);
            prop_assert!(checked_name(&name).is_ok());
            prop_assert_eq!(&name, &job_name(&cronjob, &run));
            prop_assert_eq!(name == job_name(&cronjob, &other), run == other);
        }
    }

    #[test]
    fn a_parameter_takes_the_place_of_the_template_s() {
        let mut container = json!({ "env": [{ "name": "A", "value": "old" }, { "name": "B" }] });
        set_variable(&mut container, "A", "new");
        set_variable(&mut container, "C", "$(B); rm -rf /");
        assert_eq!(
            container["env"],
            json!([{ "name": "A", "value": "new" }, { "name": "B" }, { "name": "C", "value": "$(B); rm -rf /" }])
        );
    }
}
