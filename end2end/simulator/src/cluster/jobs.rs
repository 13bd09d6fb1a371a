//! Jobs: each has one pod, runs for some seconds, writes its log, and ends as it was ordered.

use serde_json::{Value, json};

use super::contents::{self, Work};
use super::orders::{JobOrder, JobOutcome};
use super::pods::{name_of, statuses};
use super::resource::Resource;
use super::{Cluster, Step, told};

const SOURCE: &str = "job-controller";
/// Where the simulator keeps how a job is to end.
const OUTCOME: &str = "simulator/outcome";
const SECONDS: &str = "simulator/seconds";

impl Cluster {
    /// A job that was just made: how it ends is settled here.
    pub(super) fn settle_job(&mut self, job: &mut Value) {
        let cronjob = cronjob_of(job);
        let work = contents::work_named(&cronjob);
        let order = self.orders.take_job(&cronjob);
        let order =
            order.unwrap_or(JobOrder { cronjob, outcome: JobOutcome::Complete, seconds: None, times: None });
        let seconds = order.seconds.unwrap_or_else(|| work.map_or(10, |work| work.seconds));
        let outcome = match order.outcome {
            JobOutcome::Complete => "complete",
            JobOutcome::Failed => "failed",
            JobOutcome::Stuck => "stuck",
        };
        job["metadata"]["annotations"][OUTCOME] = json!(outcome);
        job["metadata"]["annotations"][SECONDS] = json!(seconds.to_string());
        let name = job["metadata"]["name"].clone();
        let labels = &mut job["spec"]["template"]["metadata"]["labels"];
        labels["job-name"] = name.clone();
        labels["batch.kubernetes.io/job-name"] = name;
        for (key, value) in [("parallelism", 1), ("completions", 1), ("backoffLimit", 6)] {
            if job["spec"][key].is_null() {
                job["spec"][key] = json!(value);
            }
        }
        job["status"] = json!({});
    }

    pub(super) fn expect_job(&mut self, name: &str) {
        self.later(500, Step::JobBegins(name.to_owned()));
    }

    pub(super) fn begin_job(&mut self, name: &str) {
        let Some(job) = self.object(Resource::Jobs, name).cloned() else { return };
        let pod = self.begin_pod(name, &job["spec"]["template"], &job);
        self.run_pod(&pod);
        let message = format!("Created pod: {pod}");
        self.note((Resource::Jobs, name), "Normal", ("SuccessfulCreate", &message), SOURCE);
        self.set_status(name, json!({ "active": 1, "ready": 1, "startTime": told(self.now) }));
        if job["metadata"]["annotations"][OUTCOME] != "stuck" {
            self.later(i64::from(seconds_of(&job)) * 1_000, Step::JobEnds(name.to_owned()));
        }
    }

    pub(super) fn end_job(&mut self, name: &str) {
        let Some(job) = self.object(Resource::Jobs, name).cloned() else { return };
        let failed = is_to_fail(&job);
        let at = told(self.now);
        for pod in self.pods_with("job-name", name) {
            self.change_pod(&name_of(&pod), |_, pod| {
                pod["status"]["phase"] = json!(if failed { "Failed" } else { "Succeeded" });
                for status in statuses(pod) {
                    let started = status["state"]["running"]["startedAt"].clone();
                    status["ready"] = json!(false);
                    status["started"] = json!(false);
                    status["state"] = json!({
                        "terminated": {
                            "exitCode": i32::from(failed),
                            "reason": if failed { "Error" } else { "Completed" },
                            "startedAt": started,
                            "finishedAt": at,
                        },
                    });
                }
            });
        }
        let condition = |kind: &str, reason: Option<&str>, message: Option<&str>| {
            json!({
                "type": kind, "status": "True", "lastProbeTime": at, "lastTransitionTime": at,
                "reason": reason.unwrap_or_default(), "message": message.unwrap_or_default(),
            })
        };
        let mut status = json!({ "startTime": job["status"]["startTime"] });
        let about = (Resource::Jobs, name);
        if failed {
            let (reason, message) = ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
            status["failed"] = json!(1);
            status["conditions"] = json!([
                condition("FailureTarget", Some(reason), Some(message)),
                condition("Failed", Some(reason), Some(message)),
            ]);
            self.note(about, "Warning", (reason, message), SOURCE);
        } else {
            let (reason, message) = ("CompletionsReached", "Reached expected number of succeeded pods");
            status["succeeded"] = json!(1);
            status["completionTime"] = at.clone();
            status["conditions"] = json!([
                condition("SuccessCriteriaMet", Some(reason), Some(message)),
                condition("Complete", Some(reason), Some(message)),
            ]);
            self.note(about, "Normal", ("Completed", "Job completed"), SOURCE);
        }
        self.set_status(name, status);
    }

    fn set_status(&mut self, name: &str, status: Value) {
        let Some(job) = self.object(Resource::Jobs, name).cloned() else { return };
        let mut job = Value::clone(&job);
        job["status"] = status;
        self.write(Resource::Jobs, job);
    }
}

/// Which CronJob it was made from.
#[must_use]
pub fn cronjob_of(job: &Value) -> String {
    let owners = job["metadata"]["ownerReferences"].as_array();
    let owner = owners.into_iter().flatten().find(|owner| owner["kind"] == "CronJob");
    let named = owner.map_or(&job["spec"]["template"]["metadata"]["labels"]["app"], |owner| &owner["name"]);
    named.as_str().unwrap_or_default().to_owned()
}

#[must_use]
pub fn is_to_fail(job: &Value) -> bool {
    job["metadata"]["annotations"][OUTCOME] == "failed"
}

#[must_use]
pub fn seconds_of(job: &Value) -> u32 {
    job["metadata"]["annotations"][SECONDS].as_str().and_then(|text| text.parse().ok()).unwrap_or(10)
}

/// What the job does, by its CronJob.
#[must_use]
pub fn work_of(job: &Value) -> Option<&'static Work> {
    contents::work_named(&cronjob_of(job))
}
