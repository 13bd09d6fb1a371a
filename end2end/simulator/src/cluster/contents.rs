//! What stands in the namespace `ai-services` from the beginning.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::pods::name_of;
use super::resource::Resource;
use super::selector::Selector;
use super::{AUTOSCALER, Cluster, INGRESS, NAMESPACE, OPTIMIZATION, RECOMMENDATION, Step};

/// (deployment, container, replicas, CPU and memory it asks for, age in days), the oldest first
const DEPLOYMENTS: [(&str, &str, u32, &str, &str, i64); 4] = [
    ("ai-backup", "engine", 2, "500m", "1Gi", 41),
    ("ai-backup-services", "engine", 2, "500m", "1Gi", 41),
    (OPTIMIZATION, "engine", 3, "1", "2Gi", 19),
    (RECOMMENDATION, "engine", 3, "500m", "1Gi", 12),
];

/// (service, the deployment whose pods it leads to)
const SERVICES: [(&str, &str); 4] = [
    ("ai-optimization", OPTIMIZATION),
    ("ai-recommendation", RECOMMENDATION),
    ("ai-backup", "ai-backup"),
    ("ai-backup-services", "ai-backup-services"),
];

/// What the template of a CronJob does.
#[derive(Debug)]
pub struct Work {
    pub cronjob: &'static str,
    /// How long it takes, simulated.
    pub seconds: u32,
    /// What it can be told, with what it does otherwise.
    pub parameters: &'static [(&'static str, &'static str)],
    /// What it writes while it works.
    pub lines: &'static [&'static str],
    /// What it writes in the end when it fails.
    pub failure: &'static str,
}

const fn work(
    cronjob: &'static str,
    seconds: u32,
    parameters: &'static [(&'static str, &'static str)],
    lines: &'static [&'static str],
    failure: &'static str,
) -> Work {
    Work { cronjob, seconds, parameters, lines, failure }
}

pub static WORKS: &[Work] = &[
    work(
        "deploy-ai-models",
        14,
        &[("ENVIRONMENT", "production")],
        &[
            "fetching s3://wedsync-ai-models/current",
            "checking 4 signatures",
            "copying 4 models",
            "switching traffic",
        ],
        "signature of optimization-v2.1 does not match",
    ),
    work(
        "deploy-models-staging",
        10,
        &[("ENVIRONMENT", "staging")],
        &["fetching s3://wedsync-ai-models/candidate", "copying 2 models", "switching staging"],
        "staging does not answer",
    ),
    work(
        "validate-models",
        8,
        &[],
        &["optimization: accuracy 0.921 on 2,000 cases", "recommendation: accuracy 0.913 on 2,000 cases"],
        "optimization: accuracy 0.791, under 0.85",
    ),
    work(
        "warm-caches",
        6,
        &[],
        &["warming 1,200 keys", "1,200 of 1,200 warm"],
        "cache-cluster did not answer",
    ),
    work(
        "extract-training-data",
        20,
        &[("MONTH", "last")],
        &["reading wedding_optimizations", "reading ai_feedback", "18,204 rows written"],
        "wedsync_prod: statement timed out",
    ),
    work(
        "validate-training-data",
        8,
        &[],
        &["18,204 rows", "0 duplicates, 12 rows without a rating"],
        "31 % of the rows have no rating",
    ),
    work(
        "train-optimization-model",
        40,
        &[],
        &["epoch 1 of 3: loss 0.42", "epoch 2 of 3: loss 0.33", "epoch 3 of 3: loss 0.29", "accuracy 0.924"],
        "epoch 2 of 3: loss is not a number",
    ),
    work(
        "train-recommendation-model",
        30,
        &[],
        &["epoch 1 of 2: loss 0.51", "epoch 2 of 2: loss 0.37", "accuracy 0.917"],
        "out of memory",
    ),
    work(
        "validate-trained-models",
        8,
        &[],
        &["optimization candidate: 0.924", "recommendation candidate: 0.917"],
        "optimization candidate: 0.802, under 0.85",
    ),
    work(
        "setup-ab-test",
        5,
        &[("MODEL_VERSION", "")],
        &["reading the model's card", "5 % of the traffic goes to it"],
        "there is no such model version",
    ),
    work(
        "backup-ai-models",
        12,
        &[],
        &["copying 4 models to s3://wedsync-backups/ai-models", "copying model-config", "MANIFEST: 4 models"],
        "s3://wedsync-backups is not writable",
    ),
    work(
        "backup-database",
        16,
        &[],
        &["pg_dump -Fc without temp_* and logs_*", "wedsync_ai written, 1.8 GB"],
        "pg_dump: connection lost",
    ),
    work(
        "restore-ai-models",
        12,
        &[("BACKUP", "latest"), ("TARGET", "recovery")],
        &["reading MANIFEST: 4 models", "copying 4 models"],
        "MANIFEST is missing",
    ),
    work(
        "restore-database",
        24,
        &[("BACKUP", "latest"), ("TARGET", "wedsync_recovery")],
        &["pg_restore into recovery-db", "wedsync_recovery: 41 tables"],
        "recovery-db: no space left",
    ),
    work("apply-model-config", 4, &[], &["applying ai-model-config"], "ai-model-config cannot be read"),
    work(
        "validate-recovery",
        8,
        &[],
        &["4 of 4 models load", "health answers in 250 ms"],
        "1 of 4 models does not load",
    ),
    work(
        "recover-ai-services",
        30,
        &[],
        &["restoring models", "applying ai-model-config", "validating"],
        "validation failed",
    ),
];

#[must_use]
pub fn work_named(cronjob: &str) -> Option<&'static Work> {
    WORKS.iter().find(|work| work.cronjob == cronjob)
}

impl Cluster {
    pub(super) fn fill(&mut self, began: Timestamp) {
        let days = |days: i64| began.saturating_sub(SignedDuration::from_hours(days * 24)).unwrap_or(began);
        self.now = days(60);
        self.write(
            Resource::Namespaces,
            json!({
                "metadata": { "name": NAMESPACE, "labels": { "kubernetes.io/metadata.name": NAMESPACE } },
                "spec": { "finalizers": ["kubernetes"] },
                "status": { "phase": "Active" },
            }),
        );
        self.write(
            Resource::ConfigMaps,
            json!({
                "metadata": { "name": "ai-model-config" },
                "data": { "optimization": "v2.0", "recommendation": "v1.8", "threshold": "0.85" },
            }),
        );
        for (name, deployment) in SERVICES {
            self.write(Resource::Services, service(name, deployment));
        }
        self.write(Resource::Ingresses, ingress());
        for work in WORKS {
            self.write(Resource::CronJobs, cron_job(work));
        }
        for (name, container, replicas, cpu, memory, age) in DEPLOYMENTS {
            self.advance(days(age));
            self.write(Resource::Deployments, deployment(name, container, replicas, cpu, memory));
            self.later(0, Step::Deployment(name.to_owned()));
        }
        self.write(Resource::Autoscalers, autoscaler());
        self.later(0, Step::Autoscaler(AUTOSCALER.to_owned()));
        self.advance(days(3));
        // Somebody has had a bad night.
        let crashed = self.pods_with("app", RECOMMENDATION).first().map(|pod| name_of(pod));
        if let Some(crashed) = crashed {
            // The pod is there: it was just found.
            let _ = self.crash_pod(&crashed);
        }
        self.advance(began);
        let selector = Selector::default();
        let old: Vec<String> = self.all(Resource::Events, &selector).map(|event| name_of(event)).collect();
        for event in old {
            self.remove(Resource::Events, &event);
        }
        self.felt.begin_here();
    }
}

fn service(name: &str, deployment: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": { "app": deployment } },
        "spec": {
            "type": "ClusterIP",
            "selector": { "app": deployment },
            "ports": [{ "name": "http", "port": 80, "protocol": "TCP", "targetPort": 8000 }],
        },
        "status": { "loadBalancer": {} },
    })
}

fn ingress() -> Value {
    json!({
        "metadata": { "name": INGRESS },
        "spec": {
            "ingressClassName": "nginx",
            "rules": [{
                "host": "api.wedsync.com",
                "http": { "paths": [{
                    "path": "/ai/",
                    "pathType": "Prefix",
                    "backend": { "service": { "name": "ai-optimization", "port": { "number": 80 } } },
                }] },
            }],
        },
        "status": { "loadBalancer": { "ingress": [{ "ip": "203.0.113.10" }] } },
    })
}

fn deployment(name: &str, container: &str, replicas: u32, cpu: &str, memory: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": { "app": name }, "annotations": {} },
        "spec": {
            "replicas": replicas,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            "selector": { "matchLabels": { "app": name } },
            "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": {
                    "serviceAccountName": "ai-service-account",
                    "restartPolicy": "Always",
                    "terminationGracePeriodSeconds": 30,
                    "containers": [{
                        "name": container,
                        "image": format!("registry.wedsync.com/{name}:2.0.4"),
                        "imagePullPolicy": "IfNotPresent",
                        "ports": [{ "containerPort": 8000, "protocol": "TCP" }],
                        "envFrom": [{ "configMapRef": { "name": "ai-model-config" } }],
                        "resources": {
                            "requests": { "cpu": cpu, "memory": memory },
                            "limits": { "cpu": "2", "memory": "4Gi" },
                        },
                    }],
                },
            },
        },
        "status": {},
    })
}

fn autoscaler() -> Value {
    let used = |name: &str, percent: u32| {
        json!({
            "type": "Resource",
            "resource": { "name": name, "target": { "type": "Utilization", "averageUtilization": percent } },
        })
    };
    json!({
        "metadata": { "name": AUTOSCALER },
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": OPTIMIZATION },
            "minReplicas": 3,
            "maxReplicas": 20,
            "metrics": [used("cpu", 70), used("memory", 80)],
        },
        "status": { "currentReplicas": 0, "desiredReplicas": 0, "conditions": [] },
    })
}

/// They never start by themselves: the console does that.
fn cron_job(work: &Work) -> Value {
    let parameters: Vec<Value> =
        work.parameters.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "metadata": { "name": work.cronjob, "labels": { "app": work.cronjob } },
        "spec": {
            "schedule": "0 2 * * 0",
            "suspend": true,
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {
                "metadata": { "labels": { "app": work.cronjob } },
                "spec": {
                    "backoffLimit": 0,
                    "template": {
                        "metadata": { "labels": { "app": work.cronjob } },
                        "spec": {
                            "restartPolicy": "Never",
                            "serviceAccountName": "ai-service-account",
                            "containers": [{
                                "name": "script",
                                "image": format!("registry.wedsync.com/ai-scripts/{}:5", work.cronjob),
                                "env": parameters,
                                "resources": { "requests": { "cpu": "250m", "memory": "512Mi" } },
                            }],
                        },
                    },
                },
            },
        },
        "status": {},
    })
}
