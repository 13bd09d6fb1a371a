//! Rollouts, the autoscaler, jobs and watches, with the time as an argument.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::orders::{ClusterOrder, JobOrder, JobOutcome, Rollouts};
use super::pods::is_ready;
use super::refusal::Refusal;
use super::resource::{Resource, Target};
use super::selector::Selector;
use super::verbs::{Done, Params, Wanted};
use super::*;

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/ai-services/deployments";
const HPA: &str = "/apis/autoscaling/v2/namespaces/ai-services/horizontalpodautoscalers/ai-optimization-hpa";
const JOBS: &str = "/apis/batch/v1/namespaces/ai-services/jobs";
const MERGE: &str = "application/merge-patch+json";

/// A cluster and its clock.
struct Stand {
    cluster: Cluster,
    now: Timestamp,
}

fn calm() -> Stand {
    let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    Stand { cluster: Cluster::new(7, now), now }
}

impl Stand {
    fn wait(&mut self, seconds: i64) {
        self.now = self.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap();
        self.cluster.advance(self.now);
    }

    fn patch(&mut self, path: &str, patch: &Value) -> Result<Done, Refusal> {
        let body = patch.to_string();
        let wanted = Wanted { verb: "patch", content_type: MERGE, body: body.as_bytes() };
        self.cluster.change(&Target::read(path).unwrap(), wanted)
    }

    fn make_job(&mut self, cronjob: &str, name: &str) -> Result<Done, Refusal> {
        let template = self.cluster.object(Resource::CronJobs, cronjob).unwrap();
        let mut job =
            json!({ "metadata": { "name": name }, "spec": template["spec"]["jobTemplate"]["spec"] });
        job["metadata"]["ownerReferences"] = json!([pods::owner_reference(template)]);
        let body = job.to_string();
        let wanted = Wanted { verb: "create", content_type: "application/json", body: body.as_bytes() };
        self.cluster.change(&Target::read(JOBS).unwrap(), wanted)
    }

    fn deployment(&self, name: &str) -> &Value {
        self.cluster.object(Resource::Deployments, name).unwrap()
    }

    /// (all pods, ready pods) of a deployment.
    fn pods(&self, name: &str) -> (usize, usize) {
        let pods = self.cluster.pods_with("app", name);
        (pods.len(), pods.iter().filter(|pod| is_ready(pod)).count())
    }
}

fn engine(name: &str) -> String {
    format!("{DEPLOYMENTS}/{name}")
}

fn restart(at: &str) -> Value {
    json!({ "spec": { "template": { "metadata": { "annotations": { "kubectl.kubernetes.io/restartedAt": at } } } } })
}

#[test]
fn it_begins_settled() {
    let mut stand = calm();
    for (name, pods) in [(OPTIMIZATION, 3), (RECOMMENDATION, 3), ("ai-backup", 2), ("ai-backup-services", 2)]
    {
        assert_eq!(stand.pods(name), (pods, pods), "{name}");
        let status = &stand.deployment(name)["status"];
        assert_eq!((&status["availableReplicas"], &status["observedGeneration"]), (&json!(pods), &json!(1)));
    }
    let version = stand.cluster.version();
    stand.wait(3_600);
    assert_eq!(stand.cluster.version(), version, "nothing happens by itself");
}

#[test]
fn a_rollout_replaces_one_pod_after_the_other_and_never_has_less() {
    let mut stand = calm();
    let before: Vec<String> =
        stand.cluster.pods_with("app", RECOMMENDATION).iter().map(|pod| pods::name_of(pod)).collect();
    let done = stand.patch(&engine(RECOMMENDATION), &restart("2026-11-24T12:00:00Z")).unwrap();
    assert_eq!((done.what.as_str(), done.changed), ("restarted deployments/ai-recommendation-engine", true));
    assert_eq!(done.object["metadata"]["generation"], 2);
    assert_eq!(done.object["status"]["observedGeneration"], 1, "the controller has not seen it yet");
    let mut updated = Vec::new();
    for _ in 0..30 {
        stand.wait(1);
        let (pods, ready) = stand.pods(RECOMMENDATION);
        assert!(pods <= 4 && ready >= 3, "{pods} pods, {ready} ready");
        updated.push(stand.deployment(RECOMMENDATION)["status"]["updatedReplicas"].as_u64().unwrap());
    }
    assert!(updated.is_sorted() && updated.contains(&1) && updated.contains(&2), "{updated:?}");
    let status = &stand.deployment(RECOMMENDATION)["status"];
    assert_eq!(
        (&status["updatedReplicas"], &status["availableReplicas"], &status["unavailableReplicas"]),
        (&json!(3), &json!(3), &Value::Null)
    );
    assert_eq!(status["conditions"][1]["reason"], "NewReplicaSetAvailable");
    let after = stand.cluster.pods_with("app", RECOMMENDATION);
    assert!(after.iter().all(|pod| !before.contains(&pods::name_of(pod))));
    assert_eq!(stand.pods(OPTIMIZATION), (3, 3), "nothing else was restarted");
}

#[test]
fn a_stuck_rollout_keeps_the_old_pods_and_says_so_in_the_end() {
    let mut stand = calm();
    stand.cluster.obey(ClusterOrder { rollouts: Some(Rollouts::Stuck), ..ClusterOrder::default() }).unwrap();
    stand.patch(&engine(RECOMMENDATION), &restart("x")).unwrap();
    stand.wait(120);
    assert_eq!(stand.pods(RECOMMENDATION), (4, 3));
    assert_eq!(stand.deployment(RECOMMENDATION)["status"]["conditions"][1]["status"], "True");
    stand.wait(700);
    assert_eq!(
        stand.deployment(RECOMMENDATION)["status"]["conditions"][1]["reason"],
        "ProgressDeadlineExceeded"
    );
    stand.cluster.obey(ClusterOrder { rollouts: Some(Rollouts::Normal), ..ClusterOrder::default() }).unwrap();
    stand.wait(60);
    assert_eq!(
        stand.deployment(RECOMMENDATION)["status"]["conditions"][1]["reason"],
        "NewReplicaSetAvailable"
    );
}

#[test]
fn an_autoscaler_undoes_a_plain_scale_and_follows_its_own_minimum() {
    let mut stand = calm();
    let scale = json!({ "spec": { "replicas": 10 } });
    let done = stand.patch(&format!("{}/scale", engine(OPTIMIZATION)), &scale).unwrap();
    assert_eq!(done.what, "scaled deployments/ai-optimization-engine from 3 to 10");
    stand.wait(2);
    assert_eq!(stand.pods(OPTIMIZATION).0, 10);
    stand.wait(10);
    assert_eq!(stand.pods(OPTIMIZATION), (3, 3), "back at the autoscaler's minimum");
    stand.patch(HPA, &json!({ "spec": { "minReplicas": 10 } })).unwrap();
    stand.wait(20);
    assert_eq!(stand.pods(OPTIMIZATION), (10, 10));
    assert_eq!(stand.cluster.felt.pods(stand.now), 10);
    assert_eq!(stand.cluster.felt.pods("2026-11-24T12:00:00Z".parse().unwrap()), 3, "the past stays");
    let refused = stand.patch(HPA, &json!({ "spec": { "minReplicas": 21 } })).unwrap_err();
    assert_eq!(
        refused.message,
        "HorizontalPodAutoscaler.autoscaling \"ai-optimization-hpa\" is invalid: spec.maxReplicas: Invalid value: 20: must be greater than or equal to `minReplicas`"
    );
}

#[test]
fn what_changes_nothing_has_no_version_of_its_own() {
    let mut stand = calm();
    let scale = format!("{}/scale", engine(RECOMMENDATION));
    let before = stand.cluster.version();
    let done = stand.patch(&scale, &json!({ "spec": { "replicas": 3 } })).unwrap();
    assert_eq!((done.changed, stand.cluster.version()), (false, before));
}

#[test]
fn jobs_end_as_ordered_and_write_what_they_do() {
    let mut stand = calm();
    stand.cluster.orders.order_job(JobOrder {
        cronjob: "validate-models".into(),
        outcome: JobOutcome::Failed,
        seconds: Some(4),
        times: Some(1),
    });
    stand.make_job("validate-models", "one").unwrap();
    stand.make_job("validate-models", "other").unwrap();
    let again = stand.make_job("validate-models", "one").unwrap_err();
    assert_eq!((again.code, again.reason), (409, "AlreadyExists"));
    stand.wait(2);
    let job = |stand: &Stand, name: &str| stand.cluster.object(Resource::Jobs, name).unwrap().clone();
    assert_eq!(job(&stand, "one")["status"]["active"], 1);
    stand.wait(20);
    assert_eq!(job(&stand, "one")["status"]["conditions"][1]["type"], "Failed");
    assert_eq!(job(&stand, "other")["status"]["conditions"][1]["type"], "Complete");
    let log = |name: &str| -> Vec<String> {
        let pod = stand.cluster.pods_with("job-name", name)[0].clone();
        stand.cluster.log(&pod, None, &|_| 0.0).into_iter().map(|line| line.text).collect()
    };
    assert_eq!(log("one").last().unwrap(), "error: optimization: accuracy 0.791, under 0.85");
    assert_eq!(log("other").first().unwrap(), "validate-models: begins");
    assert_eq!(log("other").last().unwrap(), "validate-models: done");
}

#[test]
fn a_watch_sees_what_its_selector_takes_and_old_versions_are_gone() {
    let mut stand = calm();
    let selector = Selector::read(Some("app=ai-recommendation-engine"), None).unwrap();
    let from = stand.cluster.version();
    stand.patch(&engine(RECOMMENDATION), &restart("x")).unwrap();
    stand.patch(&engine("ai-backup"), &restart("x")).unwrap();
    stand.wait(60);
    let told = stand.cluster.since(Resource::Pods, &selector, from).unwrap();
    let count = |kind: &str| told.iter().filter(|told| told.kind == kind).count();
    assert_eq!((count("ADDED"), count("DELETED")), (3, 3));
    assert!(told.is_sorted_by_key(|told| told.version));
    stand.cluster.obey(ClusterOrder { forget: true, ..ClusterOrder::default() }).unwrap();
    let gone = stand.cluster.since(Resource::Pods, &selector, from).unwrap_err();
    assert_eq!((gone.code, gone.reason), (410, "Expired"));
    let newest = stand.cluster.version();
    assert!(stand.cluster.since(Resource::Pods, &selector, newest).unwrap().is_empty());
}

#[test]
fn a_list_comes_in_pages_that_go_on_where_they_ended() {
    let mut stand = calm();
    let target = Target::read("/api/v1/namespaces/ai-services/pods").unwrap();
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let params = Params([("limit".into(), "4".into()), ("continue".into(), token)].into());
        let page = stand.cluster.list(&target, &params, 1.0).unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 4 && items[0]["kind"].is_null());
        names.extend(items.iter().map(pods::name_of));
        match page["metadata"]["continue"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names.len(), 10);
    let page = Params([("limit".into(), "4".into())].into());
    let first = stand.cluster.list(&target, &page, 1.0).unwrap();
    stand.wait(1);
    stand.patch(&engine("ai-backup"), &restart("x")).unwrap();
    stand.cluster.forget();
    stand.patch(&engine("ai-backup"), &restart("y")).unwrap();
    stand.cluster.forget();
    let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
    let late = Params([("continue".into(), token)].into());
    assert_eq!(stand.cluster.list(&target, &late, 1.0).unwrap_err().code, 410);
}
