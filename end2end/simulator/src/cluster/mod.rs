//! The pretended Kubernetes cluster: its objects, each change of them in order, and what happens by itself later.
//!
//! Nothing runs in the background: whoever looks at the cluster first brings it to the present (`advance`), and what was
//! due in between happens at the moment it was due.

mod autoscaler;
mod checks;
mod contents;
mod events;
pub mod felt;
mod jobs;
pub mod logs;
pub mod orders;
pub mod patch;
pub mod pods;
pub mod refusal;
pub mod resource;
mod rollout;
pub mod selector;
mod short;
mod store;
#[cfg(test)]
mod tests;
pub mod usage;
pub mod verbs;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use contents::work_named;
use felt::Felt;
use orders::Orders;
use resource::Resource;

/// The one namespace that has something in it.
pub const NAMESPACE: &str = "ai-services";
/// The names of what the platform's behaviour depends on.
pub const OPTIMIZATION: &str = "ai-optimization-engine";
pub const RECOMMENDATION: &str = "ai-recommendation-engine";
pub const AUTOSCALER: &str = "ai-optimization-hpa";
pub const INGRESS: &str = "ai-ingress";

/// What happens by itself, at its time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The controller looks at a deployment.
    Deployment(String),
    PodStarts(String),
    /// The controller looks at an autoscaler.
    Autoscaler(String),
    JobBegins(String),
    JobEnds(String),
}

/// One change of one object, for those who watch.
#[derive(Debug, Clone)]
pub struct Change {
    pub version: u64,
    pub resource: Resource,
    pub before: Option<Arc<Value>>,
    pub after: Option<Arc<Value>>,
}

#[derive(Debug, Clone)]
pub struct Cluster {
    seed: u64,
    /// Up to when everything that was due has happened.
    now: Timestamp,
    version: u64,
    objects: BTreeMap<(Resource, String), Arc<Value>>,
    changes: VecDeque<Change>,
    /// Changes up to this version are forgotten.
    forgotten: u64,
    agenda: BTreeMap<(Timestamp, u64), Step>,
    /// Counts everything that needs a number of its own.
    numbers: u64,
    pub orders: Orders,
    /// What the platform feels of it.
    pub felt: Felt,
}

impl Cluster {
    /// The cluster as it has stood for weeks at `began`.
    #[must_use]
    pub fn new(seed: u64, began: Timestamp) -> Self {
        let mut cluster = Self {
            seed,
            now: began,
            version: 88_000,
            objects: BTreeMap::new(),
            changes: VecDeque::new(),
            forgotten: 0,
            agenda: BTreeMap::new(),
            numbers: 0,
            orders: Orders::default(),
            felt: Felt::default(),
        };
        cluster.fill(began);
        cluster.forget();
        cluster
    }

    /// Brings it to the present.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some(entry) = self.agenda.first_entry() {
            let (at, _) = *entry.key();
            if at > now {
                break;
            }
            let step = entry.remove();
            self.now = self.now.max(at);
            match step {
                Step::Deployment(name) => self.roll(&name),
                Step::PodStarts(name) => self.start_pod(&name),
                Step::Autoscaler(name) => self.autoscale(&name),
                Step::JobBegins(name) => self.begin_job(&name),
                Step::JobEnds(name) => self.end_job(&name),
            }
        }
        self.now = self.now.max(now);
    }

    /// When something happens next by itself.
    #[must_use]
    pub fn next_step(&self) -> Option<Timestamp> {
        self.agenda.first_key_value().map(|((at, _), _)| *at)
    }

    fn later(&mut self, milliseconds: i64, step: Step) {
        if self.agenda.values().any(|planned| *planned == step) && !matches!(step, Step::Deployment(_)) {
            return;
        }
        let at = self.now.saturating_add(SignedDuration::from_millis(milliseconds)).unwrap_or(self.now);
        let number = self.number();
        self.agenda.insert((at, number), step);
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// The version of the newest change.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// A time as objects carry it: whole seconds.
fn told(at: Timestamp) -> Value {
    Timestamp::from_second(at.as_second()).map_or(Value::Null, |at| at.to_string().into())
}

/// A time of an object, read back.
fn read_time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
