//! What a run touches. Two runs that touch the same never go on at the same time.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Base, CronJob, Deployment, IngressPath, SqlName, Step};

/// One thing of the platform.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Target {
    Deployment(Deployment),
    Ingress(IngressPath),
    Job(CronJob),
    Redis {
        database: u16,
    },
    Table {
        name: SqlName,
    },
    /// An address and everything below it.
    Http {
        base: Base,
        path: String,
    },
    /// Something that has no name of its own in the platform, but that actions share: "the models in production".
    Thing {
        name: String,
    },
}

impl Target {
    /// Whether the two are one thing, or one is part of the other.
    pub fn overlaps(&self, other: &Target) -> bool {
        match (self, other) {
            (Target::Http { base, path }, Target::Http { base: other_base, path: other_path }) => {
                base == other_base && (is_within(path, other_path) || is_within(other_path, path))
            }
            (Target::Ingress(one), Target::Ingress(other)) => {
                one.namespace == other.namespace
                    && one.ingress == other.ingress
                    && one.host == other.host
                    && plain(&one.path) == plain(&other.path)
            }
            _ => self == other,
        }
    }
}

/// Whether any of the one is any of the other.
pub fn overlap(these: &[Target], those: &[Target]) -> bool {
    these.iter().any(|this| those.iter().any(|that| this.overlaps(that)))
}

/// A path without the slash at its end: `/ai/` and `/ai` are one.
fn plain(path: &str) -> &str {
    path.trim_end_matches('/')
}

fn is_within(path: &str, outer: &str) -> bool {
    plain(path).strip_prefix(plain(outer)).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Step {
    pub fn targets(&self) -> Vec<Target> {
        match self {
            Step::Http { base, path, .. } => vec![Target::Http { base: *base, path: path.clone() }],
            Step::KubernetesScale { deployment, .. } | Step::KubernetesRestart { deployment } => {
                vec![Target::Deployment(deployment.clone())]
            }
            Step::KubernetesIngressBackend { at, .. } => vec![Target::Ingress(at.clone())],
            Step::KubernetesJobFromCronjob { cronjob, .. } => vec![Target::Job(cronjob.clone())],
            Step::RedisFlush { database } | Step::RedisDeletePattern { database, .. } => {
                vec![Target::Redis { database: *database }]
            }
            Step::SqlBatchDelete { table, .. } => vec![Target::Table { name: table.clone() }],
            Step::SqlAnalyze { tables } => {
                tables.iter().map(|table| Target::Table { name: table.clone() }).collect()
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Deployment(Deployment { namespace, name }) => {
                write!(f, "the deployment {namespace}/{name}")
            }
            Target::Ingress(at) => {
                write!(f, "{}{} of the ingress {}/{}", at.host, at.path, at.namespace, at.ingress)
            }
            Target::Job(CronJob { namespace, name }) => write!(f, "the job {namespace}/{name}"),
            Target::Redis { database } => write!(f, "database {database} of the cache"),
            Target::Table { name } => write!(f, "the table {name}"),
            Target::Http { base: Base::Api, path } => write!(f, "{path} of the API"),
            Target::Http { base: Base::Alerts, path } => write!(f, "{path} of the alerts host"),
            Target::Thing { name } => f.write_str(name),
        }
    }
}
