//! The cluster's API over HTTP: what is read, changed, refused and watched, and what it does to the platform.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::client::{Simulator, TOKEN, fast_simulator, simulator};

const NAMESPACE: &str = "/api/v1/namespaces/ai-services";
const ENGINE: &str = "/apis/apps/v1/namespaces/ai-services/deployments/ai-optimization-engine";
const RECOMMENDATION: &str = "/apis/apps/v1/namespaces/ai-services/deployments/ai-recommendation-engine";
const HPA: &str = "/apis/autoscaling/v2/namespaces/ai-services/horizontalpodautoscalers/ai-optimization-hpa";
const INGRESS: &str = "/apis/networking.k8s.io/v1/namespaces/ai-services/ingresses/ai-ingress";
const BACKEND: &str = "/spec/rules/0/http/paths/0/backend/service/name";
const MERGE: &str = "application/merge-patch+json";

impl Simulator {
    async fn see(&self, path: &str) -> Value {
        self.read(&format!("/k8s{path}")).await
    }

    async fn merge(&self, path: &str, patch: Value) -> crate::client::Answer {
        self.k8s("PATCH", path, MERGE, &patch).await
    }

    async fn lead_to(&self, old: &str, new: &str) -> crate::client::Answer {
        let patch = json!([
            { "op": "test", "path": BACKEND, "value": old },
            { "op": "replace", "path": BACKEND, "value": new },
        ]);
        self.k8s("PATCH", INGRESS, "application/json-patch+json", &patch).await
    }

    async fn restart(&self, path: &str) {
        let patch = json!({ "spec": { "template": { "metadata": { "annotations": { "kubectl.kubernetes.io/restartedAt": "now" } } } } });
        let answer = self.k8s("PATCH", path, "application/strategic-merge-patch+json", &patch).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    async fn effects(&self) -> Vec<Value> {
        self.read("/control/effects").await["effects"].as_array().unwrap().clone()
    }

    /// Looks until it is so, for ten seconds.
    async fn until(&self, path: &str, so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let value = self.see(path).await;
            if so(&value) {
                return value;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{path}: {value}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[track_caller]
fn refused(answer: &crate::client::Answer, code: u16, reason: &str, message: &str) {
    let status = answer.json();
    assert_eq!((answer.status, status["kind"].as_str()), (code, Some("Status")), "{status}");
    assert_eq!((status["code"].as_u64(), status["reason"].as_str()), (Some(code.into()), Some(reason)));
    assert_eq!(status["message"], message);
}

#[tokio::test]
async fn what_stands_there_can_be_read() {
    let simulator = simulator().await;
    let pods = simulator.see(&format!("{NAMESPACE}/pods?labelSelector=app%3Dai-recommendation-engine")).await;
    let pods = pods["items"].as_array().unwrap();
    assert_eq!(pods.len(), 3);
    let restarts: u64 =
        pods.iter().map(|pod| pod["status"]["containerStatuses"][0]["restartCount"].as_u64().unwrap()).sum();
    assert_eq!(restarts, 1);
    let autoscaler = simulator.see(HPA).await;
    assert_eq!(
        (&autoscaler["spec"]["minReplicas"], &autoscaler["spec"]["maxReplicas"]),
        (&json!(3), &json!(20))
    );
    let ingress = simulator.see(INGRESS).await;
    assert_eq!(ingress["spec"]["rules"][0]["host"], "api.wedsync.com");
    assert_eq!(simulator.see(&format!("{NAMESPACE}/configmaps/ai-model-config")).await["kind"], "ConfigMap");
    let usage = simulator.see("/apis/metrics.k8s.io/v1beta1/namespaces/ai-services/pods").await;
    assert_eq!(usage["items"].as_array().unwrap().len(), 10);
    assert!(usage["items"][0]["containers"][0]["usage"]["cpu"].as_str().unwrap().ends_with('n'));
    let cronjobs = simulator.see("/apis/batch/v1/namespaces/ai-services/cronjobs").await;
    assert_eq!(cronjobs["items"].as_array().unwrap().len(), 17);
    let elsewhere = simulator.see("/api/v1/namespaces/default/pods").await;
    assert_eq!(elsewhere["items"], json!([]));
}

#[tokio::test]
async fn refusals_are_told_as_the_api_server_tells_them() {
    let simulator = simulator().await;
    let none = Value::Null;
    let nobody = simulator.send("GET", &format!("/k8s{ENGINE}"), "", "").await.unwrap();
    refused(&nobody, 401, "Unauthorized", "Unauthorized");
    let missing = simulator.k8s("GET", &format!("{ENGINE}s"), "", &none).await;
    refused(&missing, 404, "NotFound", "deployments.apps \"ai-optimization-engines\" not found");
    let old = "/apis/extensions/v1beta1/namespaces/ai-services/ingresses/ai-ingress";
    let gone = simulator.k8s("GET", old, "", &none).await;
    refused(&gone, 404, "NotFound", "the server could not find the requested resource");
    let negative = simulator.merge(&format!("{ENGINE}/scale"), json!({ "spec": { "replicas": -1 } })).await;
    let why = "Scale.autoscaling \"ai-optimization-engine\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0";
    refused(&negative, 422, "Invalid", why);
    let mut scale = simulator.see(&format!("{ENGINE}/scale")).await;
    scale["metadata"]["resourceVersion"] = json!("1");
    scale["spec"]["replicas"] = json!(4);
    let stale = simulator.k8s("PUT", &format!("{ENGINE}/scale"), "application/json", &scale).await;
    let why = "Operation cannot be fulfilled on deployments.apps \"ai-optimization-engine\": the object has been modified; please apply your changes to the latest version and try again";
    refused(&stale, 409, "Conflict", why);
    let unfit = simulator.lead_to("somewhere else", "ai-backup").await;
    refused(&unfit, 422, "Invalid", "the server rejected our request due to an error in our request");
    let deny = r#"{"deny":[{"verb":"patch","resource":"deployments/scale"}]}"#;
    simulator.post("/control/cluster", deny).await;
    let denied = simulator.merge(&format!("{ENGINE}/scale"), json!({ "spec": { "replicas": 4 } })).await;
    let why = "deployments.apps \"ai-optimization-engine\" is forbidden: User \"system:serviceaccount:ai-services:bellwether\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"ai-services\"";
    refused(&denied, 403, "Forbidden", why);
    simulator.post("/control/fault", r#"{"route":"/k8s/*","status":429,"retry_after":7,"times":1}"#).await;
    let busy = simulator.k8s("GET", ENGINE, "", &none).await;
    refused(&busy, 429, "TooManyRequests", "Too many requests, please try again later.");
    assert_eq!(
        (busy.header("retry-after"), &busy.json()["details"]["retryAfterSeconds"]),
        (Some("7"), &json!(7))
    );
    let deleted = simulator.k8s("DELETE", ENGINE, "", &none).await;
    assert_eq!(deleted.status, 405);
    assert_eq!(simulator.effects().await, Vec::<Value>::new(), "what was refused was not done");
}

#[tokio::test]
async fn each_change_is_an_effect_with_the_id_of_its_request() {
    let simulator = simulator().await;
    let scale = format!("{RECOMMENDATION}/scale");
    assert_eq!(
        simulator.merge(&format!("{scale}?dryRun=All"), json!({ "spec": { "replicas": 8 } })).await.status,
        200
    );
    assert_eq!(simulator.see(&scale).await["spec"]["replicas"], 3, "a rehearsal changes nothing");
    assert_eq!(simulator.merge(&scale, json!({ "spec": { "replicas": 8 } })).await.status, 200);
    simulator.post("/ai/fallback/enable", "").await;
    simulator.post("/ai/fallback/enable", "").await;
    let effects = simulator.effects().await;
    let told: Vec<_> = effects
        .iter()
        .map(|effect| {
            (effect["n"].as_u64().unwrap(), effect["what"].as_str().unwrap(), effect["changed"] == true)
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "scaled deployments/ai-recommendation-engine from 3 to 8", true),
            (2, "switched the fallback on", true),
            (3, "switched the fallback on", false),
        ]
    );
    assert_eq!((&effects[0]["request_id"], &effects[1]["request_id"]), (&json!("test-PATCH"), &Value::Null));
    assert_eq!(simulator.read("/control/effects?since=3").await["next"], 4);
}

#[tokio::test]
async fn a_fault_before_the_effect_leaves_it_undone_and_one_after_it_does_not() {
    let simulator = simulator().await;
    let scale = format!("{RECOMMENDATION}/scale");
    let headers = format!("authorization: Bearer {TOKEN}\r\ncontent-type: {MERGE}\r\n");
    for (fault, when, done) in [
        (r#""reset":true"#, "before", false),
        (r#""reset":true"#, "after", true),
        (r#""drop":true"#, "after", true),
        (r#""status":500"#, "before", false),
        (r#""status":500"#, "after", true),
        (r#""delay_ms":100"#, "after", true),
    ] {
        let before = simulator.see(&scale).await["spec"]["replicas"].as_u64().unwrap();
        let route = format!("/k8s{scale}");
        let fault = format!(r#"{{"route":"{route}","method":"PATCH","when":"{when}","times":1,{fault}}}"#);
        assert_eq!(simulator.post("/control/fault", &fault).await.status, 200, "{fault}");
        let patch = json!({ "spec": { "replicas": before + 1 } }).to_string();
        let answer = simulator.send("PATCH", &route, &headers, &patch).await;
        assert_eq!(answer.is_ok_and(|answer| answer.status == 200), fault.contains("delay"), "{fault}");
        let after = simulator.see(&scale).await["spec"]["replicas"].as_u64().unwrap();
        assert_eq!(after > before, done, "{fault}");
    }
    assert_eq!(simulator.effects().await.len(), 4);
}

#[tokio::test]
async fn a_watch_tells_every_change_and_ends_when_it_is_too_old() {
    let simulator = fast_simulator(20.0).await;
    let from = simulator.see(&format!("{NAMESPACE}/pods")).await["metadata"]["resourceVersion"].clone();
    let mut stream = BufReader::new(TcpStream::connect(simulator.0.address).await.unwrap());
    let ask = format!(
        "GET /k8s{NAMESPACE}/pods?watch=true&allowWatchBookmarks=true&resourceVersion={} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n",
        from.as_str().unwrap()
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    simulator.restart(RECOMMENDATION).await;
    let mut told: Vec<Value> = Vec::new();
    let count = |told: &[Value], kind: &str| told.iter().filter(|one| one["type"] == kind).count();
    while count(&told, "DELETED") < 3 || count(&told, "BOOKMARK") < 1 {
        let mut line = String::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_line(&mut line)).await.unwrap();
        assert!(read.unwrap() > 0, "{told:?}");
        told.extend(line.starts_with('{').then(|| serde_json::from_str::<Value>(&line).unwrap()));
    }
    assert_eq!(count(&told, "ADDED"), 3);
    simulator.post("/control/cluster", r#"{"forget":true}"#).await;
    let late = simulator
        .get(&format!("/k8s{NAMESPACE}/pods?watch=true&resourceVersion={}", from.as_str().unwrap()))
        .await;
    assert!(
        late.text().contains(r#""code":410"#) && late.text().contains(r#""type":"ERROR""#),
        "{}",
        late.text()
    );
}

#[tokio::test]
async fn a_log_has_a_tail_and_can_be_followed() {
    let simulator = fast_simulator(20.0).await;
    let pods = simulator.see(&format!("{NAMESPACE}/pods?limit=1")).await;
    let log = format!("/k8s{NAMESPACE}/pods/{}/log", pods["items"][0]["metadata"]["name"].as_str().unwrap());
    let tail = simulator.get(&format!("{log}?tailLines=100")).await;
    assert_eq!((tail.status, tail.text().lines().count()), (200, 100));
    let dated = simulator.get(&format!("{log}?tailLines=1&timestamps=true")).await.text();
    assert!(dated.starts_with("2026-11-24T12:"), "{dated}");
    assert_eq!(simulator.get(&format!("{log}?previous=true")).await.status, 400);
    let mut stream = BufReader::new(TcpStream::connect(simulator.0.address).await.unwrap());
    let ask = format!(
        "GET {log}?tailLines=0&follow=true HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut lines = 0;
    while lines < 3 {
        let mut line = String::new();
        tokio::time::timeout(Duration::from_secs(10), stream.read_line(&mut line)).await.unwrap().unwrap();
        lines += usize::from(line.contains("request="));
    }
}

#[tokio::test]
async fn scaling_shortens_the_queue() {
    let simulator = fast_simulator(60.0).await;
    simulator.switch("queue", "").await;
    let before = simulator.read("/ai/health").await["queue_length"].as_u64().unwrap();
    simulator.merge(HPA, json!({ "spec": { "minReplicas": 10 } })).await;
    simulator.until(ENGINE, |engine| engine["status"]["availableReplicas"] == 10).await;
    let after = simulator.read("/ai/health").await["queue_length"].as_u64().unwrap();
    assert!(before > 70 && after < 35, "{before}, then {after}");
}

#[tokio::test]
async fn a_restart_ends_an_outage_where_the_scenario_says_so() {
    let simulator = fast_simulator(60.0).await;
    for (more, ends) in [("", false), (r#","cure":"restart""#, true)] {
        simulator.switch("outage", more).await;
        simulator.restart(ENGINE).await;
        let from = simulator.see(ENGINE).await["metadata"]["generation"].clone();
        // The same annotation again is no restart: another one is.
        let patch = json!({ "spec": { "template": { "metadata": { "annotations": { "turn": ends.to_string() } } } } });
        simulator.merge(ENGINE, patch).await;
        simulator
            .until(ENGINE, |engine| {
                engine["status"]["observedGeneration"].as_u64() > from.as_u64()
                    && engine["status"]["conditions"][1]["reason"] == "NewReplicaSetAvailable"
            })
            .await;
        let health = simulator.try_get("/ai/health").await;
        assert_eq!(health.is_ok_and(|answer| answer.status == 200), ends, "{more}");
    }
}

#[tokio::test]
async fn the_backup_brings_availability_back_and_costs_accuracy() {
    let simulator = simulator().await;
    simulator.switch("outage", "").await;
    assert_eq!(simulator.get("/ai/health").await.status, 503);
    assert_eq!(simulator.lead_to("ai-optimization", "ai-backup").await.status, 200);
    let health = simulator.read("/ai/health").await;
    assert!((0.85..0.89).contains(&health["accuracy_rate"].as_f64().unwrap()), "{health}");
    assert!(health["availability"].as_f64().unwrap() >= 0.999, "{health}");
    assert_eq!(simulator.lead_to("ai-backup", "ai-nowhere").await.status, 200);
    simulator.switch("calm", "").await;
    assert_eq!(simulator.get("/ai/health").await.status, 503, "nobody is there");
    let whats: Vec<Value> = simulator.effects().await.iter().map(|effect| effect["what"].clone()).collect();
    assert_eq!(
        whats,
        [
            "led ingresses/ai-ingress from ai-optimization to ai-backup",
            "led ingresses/ai-ingress from ai-backup to ai-nowhere"
        ]
    );
    let page = simulator.get("/control").await.text();
    assert!(
        page.contains("leads to ai-nowhere") && page.contains("3 to 20") && page.contains("3 of 3 ready")
    );
    simulator.post("/control/reset", "").await;
    assert_eq!(simulator.read("/ai/health").await["status"], "healthy");
    simulator.post("/control/cluster", r#"{"old_ingress":true}"#).await;
    let old = simulator.see(INGRESS).await;
    assert_eq!(old["spec"]["rules"][0]["http"]["paths"][0]["backend"]["serviceName"], "ai-optimization");
    assert_eq!(simulator.lead_to("ai-optimization", "ai-backup").await.status, 422);
}

#[tokio::test]
async fn a_job_is_made_runs_and_is_read() {
    let simulator = fast_simulator(30.0).await;
    simulator.post("/control/job", r#"{"cronjob":"setup-ab-test","outcome":"failed","seconds":9}"#).await;
    let cronjob = simulator.see("/apis/batch/v1/namespaces/ai-services/cronjobs/setup-ab-test").await;
    let mut spec = cronjob["spec"]["jobTemplate"]["spec"].clone();
    spec["template"]["spec"]["containers"][0]["env"] = json!([{ "name": "MODEL_VERSION", "value": "v2.1" }]);
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "setup-ab-test-1" }, "spec": spec,
    });
    let jobs = "/apis/batch/v1/namespaces/ai-services/jobs";
    assert_eq!(simulator.k8s("POST", jobs, "application/json", &job).await.status, 201);
    refused(
        &simulator.k8s("POST", jobs, "application/json", &job).await,
        409,
        "AlreadyExists",
        "jobs.batch \"setup-ab-test-1\" already exists",
    );
    let ended = simulator
        .until(&format!("{jobs}/setup-ab-test-1"), |job| job["status"]["conditions"].is_array())
        .await;
    assert_eq!(
        (&ended["status"]["conditions"][1]["type"], &ended["status"]["failed"]),
        (&json!("Failed"), &json!(1))
    );
    let pods = simulator.see(&format!("{NAMESPACE}/pods?labelSelector=job-name%3Dsetup-ab-test-1")).await;
    let pod = pods["items"][0]["metadata"]["name"].as_str().unwrap();
    let log = simulator.get(&format!("/k8s{NAMESPACE}/pods/{pod}/log?follow=true")).await.text();
    // It came in chunks.
    let log: Vec<&str> = log.lines().filter(|line| line.contains(' ')).collect();
    assert_eq!(log.first(), Some(&"setup-ab-test: begins MODEL_VERSION=v2.1"));
    assert_eq!((log.len(), log.last()), (3, Some(&"error: there is no such model version")));
    let uid = ended["metadata"]["uid"].as_str().unwrap();
    let events = format!("{NAMESPACE}/events?fieldSelector=involvedObject.uid%3D{uid}");
    assert_eq!(simulator.see(&events).await["items"].as_array().unwrap().len(), 2);
    assert_eq!(simulator.post("/control/job", r#"{"cronjob":"nothing"}"#).await.status, 400);
}
