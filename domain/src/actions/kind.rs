//! What an action does as the catalogue declares it: a step with places for parameters, or several actions in a row.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    ActionKey, Backend, Base, Body, CronJob, Deployment, EnvName, IngressPath, KubeName, Method,
    ParameterName, RedisPattern, Scalar, SqlName, Step, Value, Values,
};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Kind {
    #[serde(rename = "http")]
    Http {
        method: Method,
        base: Base,
        /// Its segments: `["ai", "fallback", "enable"]`.
        path: Vec<Text>,
        #[serde(default)]
        body: Vec<(String, Datum)>,
    },
    #[serde(rename = "kubernetes.scale")]
    KubernetesScale {
        deployment: Deployment,
        replicas: Count,
        /// The one that is known to own it; one that is not named here is found all the same.
        #[serde(default)]
        autoscaler: Option<KubeName>,
    },
    #[serde(rename = "kubernetes.restart")]
    KubernetesRestart { deployment: Deployment },
    #[serde(rename = "kubernetes.ingress_backend")]
    KubernetesIngressBackend {
        at: IngressPath,
        #[serde(default)]
        from: Vec<Backend>,
        to: Backend,
    },
    #[serde(rename = "kubernetes.job_from_cronjob")]
    KubernetesJobFromCronjob {
        cronjob: CronJob,
        #[serde(default)]
        env: BTreeMap<EnvName, Text>,
    },
    #[serde(rename = "redis.flush")]
    RedisFlush { database: u16 },
    /// `batch`: the keys that are looked at with one command, at the most.
    #[serde(rename = "redis.delete_pattern")]
    RedisDeletePattern { database: u16, pattern: RedisPattern, batch: u32 },
    /// `batch`: the rows that go at once, at the most.
    #[serde(rename = "sql.batch_delete")]
    SqlBatchDelete { statement: SqlName, table: SqlName, older_than_days: Count, batch: u32 },
    #[serde(rename = "sql.analyze")]
    SqlAnalyze { tables: Vec<SqlName> },
    /// Other actions, each observed before the next begins.
    #[serde(rename = "sequence")]
    Sequence { parts: Vec<Part> },
}

/// One action of a sequence. What is not given to it has its default.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    pub action: ActionKey,
    #[serde(default)]
    pub with: BTreeMap<ParameterName, Text>,
}

/// A place for a whole number: `10`, or `{ parameter = "replicas" }`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Count {
    Fixed(i64),
    Of { parameter: ParameterName },
}

/// A place for a text: `"production"`, or `{ parameter = "month" }`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    Fixed(String),
    Of { parameter: ParameterName },
}

/// A place in a JSON body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datum {
    Fixed(Scalar),
    Of { parameter: ParameterName },
}

/// Why values do not fit into the places. The catalogue's check leaves only what the values themselves bring.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DoesNotFit {
    #[error("nothing is given for {0}")]
    Missing(ParameterName),
    #[error("{0} is not a whole number that fits there")]
    NotACount(String),
    #[error("a sequence is not one step")]
    IsSequence,
}

impl Kind {
    /// The step with these values in its places.
    ///
    /// # Errors
    /// When a value is missing or does not fit, or for a sequence, which is several steps.
    pub fn fill(&self, values: &Values) -> Result<Step, DoesNotFit> {
        Ok(match self {
            Kind::Http { method, base, path, body } => {
                let mut address = String::new();
                for segment in path {
                    address.push('/');
                    encode(&segment.fill(values)?, &mut address);
                }
                let body: Result<_, DoesNotFit> =
                    body.iter().map(|(name, datum)| Ok((name.clone(), datum.fill(values)?))).collect();
                Step::Http { method: *method, base: *base, path: address, body: Body(body?) }
            }
            Kind::KubernetesScale { deployment, replicas, autoscaler } => Step::KubernetesScale {
                deployment: deployment.clone(),
                replicas: replicas.fill(values)?,
                autoscaler: autoscaler.clone(),
            },
            Kind::KubernetesRestart { deployment } => {
                Step::KubernetesRestart { deployment: deployment.clone() }
            }
            Kind::KubernetesIngressBackend { at, from, to } => {
                Step::KubernetesIngressBackend { at: at.clone(), from: from.clone(), to: to.clone() }
            }
            Kind::KubernetesJobFromCronjob { cronjob, env } => {
                let env: Result<_, DoesNotFit> =
                    env.iter().map(|(name, text)| Ok((name.clone(), text.fill(values)?))).collect();
                Step::KubernetesJobFromCronjob { cronjob: cronjob.clone(), env: env? }
            }
            Kind::RedisFlush { database } => Step::RedisFlush { database: *database },
            Kind::RedisDeletePattern { database, pattern, batch } => {
                Step::RedisDeletePattern { database: *database, pattern: pattern.clone(), batch: *batch }
            }
            Kind::SqlBatchDelete { statement, table, older_than_days, batch } => Step::SqlBatchDelete {
                statement: statement.clone(),
                table: table.clone(),
                older_than_days: older_than_days.fill(values)?,
                batch: *batch,
            },
            Kind::SqlAnalyze { tables } => Step::SqlAnalyze { tables: tables.clone() },
            Kind::Sequence { .. } => return Err(DoesNotFit::IsSequence),
        })
    }

    /// The parameters that it has places for.
    pub fn uses(&self) -> BTreeSet<&ParameterName> {
        match self {
            Kind::Http { path, body, .. } => path
                .iter()
                .filter_map(Text::of)
                .chain(body.iter().filter_map(|(_, datum)| datum.of()))
                .collect(),
            Kind::KubernetesScale { replicas: count, .. }
            | Kind::SqlBatchDelete { older_than_days: count, .. } => count.of().into_iter().collect(),
            Kind::KubernetesJobFromCronjob { env, .. } => env.values().filter_map(Text::of).collect(),
            Kind::Sequence { parts } => {
                parts.iter().flat_map(|part| part.with.values()).filter_map(Text::of).collect()
            }
            Kind::KubernetesRestart { .. }
            | Kind::KubernetesIngressBackend { .. }
            | Kind::RedisFlush { .. }
            | Kind::RedisDeletePattern { .. }
            | Kind::SqlAnalyze { .. } => BTreeSet::new(),
        }
    }
}

/// Adds a text as one segment of a path: whatever is in it, it ends no segment and begins no query.
fn encode(segment: &str, address: &mut String) {
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => address.push(char::from(byte)),
            b'.' if !matches!(segment, "." | "..") => address.push('.'),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
}

fn given<'a>(values: &'a Values, parameter: &ParameterName) -> Result<&'a Value, DoesNotFit> {
    values.get(parameter).ok_or_else(|| DoesNotFit::Missing(parameter.clone()))
}

impl Count {
    pub fn of(&self) -> Option<&ParameterName> {
        match self {
            Count::Fixed(_) => None,
            Count::Of { parameter } => Some(parameter),
        }
    }

    fn fill(&self, values: &Values) -> Result<u32, DoesNotFit> {
        let number = match self {
            Count::Fixed(number) => *number,
            Count::Of { parameter } => match given(values, parameter)? {
                Value::Number(number) => *number,
                other => return Err(DoesNotFit::NotACount(other.to_string())),
            },
        };
        u32::try_from(number).map_err(|_| DoesNotFit::NotACount(number.to_string()))
    }
}

impl Text {
    pub fn of(&self) -> Option<&ParameterName> {
        match self {
            Text::Fixed(_) => None,
            Text::Of { parameter } => Some(parameter),
        }
    }

    pub(super) fn fill(&self, values: &Values) -> Result<String, DoesNotFit> {
        match self {
            Text::Fixed(text) => Ok(text.clone()),
            Text::Of { parameter } => given(values, parameter).map(Value::to_string),
        }
    }
}

impl Datum {
    fn of(&self) -> Option<&ParameterName> {
        match self {
            Datum::Fixed(_) => None,
            Datum::Of { parameter } => Some(parameter),
        }
    }

    fn fill(&self, values: &Values) -> Result<Scalar, DoesNotFit> {
        match self {
            Datum::Fixed(scalar) => Ok(scalar.clone()),
            Datum::Of { parameter } => Ok(match given(values, parameter)? {
                Value::Number(number) => Scalar::Number(*number),
                other => Scalar::Text(other.to_string()),
            }),
        }
    }
}
