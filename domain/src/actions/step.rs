//! What a step does, with its values in it: this is what is stored, previewed, and carried out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EnvName, KubeName, RedisPattern, SqlName};

/// One change of the platform. Everything in it is of a type that cannot say more than it should: no text of a person is
/// ever read as a command, an address or a statement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Step {
    #[serde(rename = "http")]
    Http {
        method: Method,
        base: Base,
        /// Absolute and percent-encoded: `/ai/fallback/enable`.
        path: String,
        #[serde(default, skip_serializing_if = "Body::is_empty")]
        body: Body,
    },
    /// Where an autoscaler owns the deployment, its `minReplicas` is what is changed.
    #[serde(rename = "kubernetes.scale")]
    KubernetesScale { deployment: Deployment, replicas: u32, autoscaler: Option<KubeName> },
    /// A rolling restart, by an annotation of the template.
    #[serde(rename = "kubernetes.restart")]
    KubernetesRestart { deployment: Deployment },
    #[serde(rename = "kubernetes.ingress_backend")]
    KubernetesIngressBackend {
        at: IngressPath,
        /// Where it may lead now; empty is anywhere.
        from: Vec<Backend>,
        to: Backend,
    },
    /// A job made from the template of a CronJob, with variables added to it.
    #[serde(rename = "kubernetes.job_from_cronjob")]
    KubernetesJobFromCronjob { cronjob: CronJob, env: BTreeMap<EnvName, String> },
    #[serde(rename = "redis.flush")]
    RedisFlush { database: u16 },
    /// Deletes the keys that are found, looking at no more than `batch` with one command.
    #[serde(rename = "redis.delete_pattern")]
    RedisDeletePattern { database: u16, pattern: RedisPattern, batch: u32 },
    /// Deletes what a statement of the configuration finds, no more than `batch` rows at once.
    #[serde(rename = "sql.batch_delete")]
    SqlBatchDelete { statement: SqlName, table: SqlName, older_than_days: u32, batch: u32 },
    #[serde(rename = "sql.analyze")]
    SqlAnalyze { tables: Vec<SqlName> },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Post,
    Put,
    Patch,
    Delete,
}

/// Which address of the platform's configuration a path belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// `api_url`
    Api,
    /// `alerts_url`
    Alerts,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Deployment {
    pub namespace: KubeName,
    pub name: KubeName,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct CronJob {
    pub namespace: KubeName,
    pub name: KubeName,
}

/// One path of one host of an ingress.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct IngressPath {
    pub namespace: KubeName,
    pub ingress: KubeName,
    pub host: KubeName,
    pub path: String,
}

/// Where a path of an ingress leads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Backend {
    pub service: KubeName,
    pub port: u16,
}

/// The fields of a JSON body, in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(pub Vec<(String, Scalar)>);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl Body {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Exactly as it is sent.
    pub fn json(&self) -> String {
        let fields: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}:{}", serde_json::Value::from(name.as_str()), value.json()))
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}

impl Scalar {
    fn json(&self) -> serde_json::Value {
        match self {
            Scalar::Flag(flag) => (*flag).into(),
            Scalar::Number(number) => (*number).into(),
            Scalar::Text(text) => text.as_str().into(),
        }
    }
}

impl Method {
    pub fn word(self) -> &'static str {
        match self {
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl std::fmt::Display for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.service, self.port)
    }
}

/// What a step found before it changed it, where that can be put back or compared with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "old", rename_all = "snake_case")]
pub enum OldValue {
    /// Of the deployment, or the least of its autoscaler.
    Replicas {
        count: u32,
        autoscaler: Option<KubeName>,
    },
    Backend {
        backend: Backend,
    },
    /// How often each of the tables had been analyzed. Nothing is put back by it; what is done since is seen by it.
    Analyzed {
        times: Vec<i64>,
    },
}

impl OldValue {
    /// Whether an undo puts it back, so that what was agreed to rests on it.
    pub fn is_put_back(&self) -> bool {
        match self {
            OldValue::Replicas { .. } | OldValue::Backend { .. } => true,
            OldValue::Analyzed { .. } => false,
        }
    }
}

impl Step {
    /// As it stands in the catalogue: `kubernetes.scale`.
    pub fn kind(&self) -> &'static str {
        match self {
            Step::Http { .. } => "http",
            Step::KubernetesScale { .. } => "kubernetes.scale",
            Step::KubernetesRestart { .. } => "kubernetes.restart",
            Step::KubernetesIngressBackend { .. } => "kubernetes.ingress_backend",
            Step::KubernetesJobFromCronjob { .. } => "kubernetes.job_from_cronjob",
            Step::RedisFlush { .. } => "redis.flush",
            Step::RedisDeletePattern { .. } => "redis.delete_pattern",
            Step::SqlBatchDelete { .. } => "sql.batch_delete",
            Step::SqlAnalyze { .. } => "sql.analyze",
        }
    }

    /// The step that puts the old value back; `None` where it is no value of such a step.
    pub fn restoring(&self, old: &OldValue) -> Option<Step> {
        match (self, old) {
            (Step::KubernetesScale { deployment, .. }, OldValue::Replicas { count, autoscaler }) => {
                Some(Step::KubernetesScale {
                    deployment: deployment.clone(),
                    replicas: *count,
                    autoscaler: autoscaler.clone(),
                })
            }
            (Step::KubernetesIngressBackend { at, to, .. }, OldValue::Backend { backend }) => {
                Some(Step::KubernetesIngressBackend {
                    at: at.clone(),
                    // Only what this step did is taken back, not what somebody did after it.
                    from: vec![to.clone()],
                    to: backend.clone(),
                })
            }
            _ => None,
        }
    }
}
