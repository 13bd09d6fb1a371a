//! What the platform feels of its cluster, and since when: the past stays as it was told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::resource::Resource;
use super::{Cluster, INGRESS, OPTIMIZATION};

/// So many pods of the optimization engine carry the usual load.
pub const USUAL_PODS: u32 = 3;

/// Who answers behind the public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    Engines,
    /// The backup region or the backup infrastructure.
    Backup,
    /// A service that is not there.
    Nobody,
}

#[derive(Debug, Clone, Default)]
pub struct Felt {
    /// Ready pods of the optimization engine, from each moment on.
    pods: Vec<(Timestamp, u32)>,
    behind: Vec<(Timestamp, Behind)>,
    /// When each deployment had all its pods replaced, and by which template.
    rolled: BTreeMap<String, Vec<(Timestamp, String)>>,
}

impl Felt {
    /// Ready pods of the optimization engine at `at`.
    #[must_use]
    pub fn pods(&self, at: Timestamp) -> u32 {
        value_at(&self.pods, at).unwrap_or(USUAL_PODS)
    }

    #[must_use]
    pub fn behind(&self, at: Timestamp) -> Behind {
        value_at(&self.behind, at).unwrap_or(Behind::Engines)
    }

    /// Whether the optimization engine was restarted in `from..=to`, to the last pod.
    #[must_use]
    pub fn restarted(&self, from: Timestamp, to: Timestamp) -> bool {
        let rolled = self.rolled.get(OPTIMIZATION).map(Vec::as_slice).unwrap_or_default();
        // The first entry is what it has always been.
        rolled.iter().skip(1).any(|(at, _)| *at >= from && *at <= to)
    }

    /// What was before is not told of.
    pub(super) fn begin_here(&mut self) {
        self.pods.clear();
        self.behind.clear();
    }

    pub(super) fn has_pods(&mut self, at: Timestamp, pods: u32) {
        if self.pods.last().map_or(USUAL_PODS, |(_, last)| *last) != pods {
            self.pods.push((at, pods));
        }
    }

    pub(super) fn is_behind(&mut self, at: Timestamp, behind: Behind) {
        if self.behind.last().map_or(Behind::Engines, |(_, last)| *last) != behind {
            self.behind.push((at, behind));
        }
    }

    pub(super) fn has_rolled(&mut self, at: Timestamp, deployment: &str, template: &str) {
        let rolled = self.rolled.entry(deployment.to_owned()).or_default();
        if rolled.last().is_none_or(|(_, last)| last != template) {
            rolled.push((at, template.to_owned()));
        }
    }
}

fn value_at<T: Copy>(turns: &[(Timestamp, T)], at: Timestamp) -> Option<T> {
    turns.iter().rev().find(|(turned, _)| *turned <= at).map(|(_, value)| *value)
}

impl Cluster {
    /// Looks where the ingress leads after a change.
    pub(super) fn look_behind(&mut self) {
        let behind = match self.object(Resource::Ingresses, INGRESS).map(|ingress| backend_of(ingress)) {
            Some(Some(service)) if service.starts_with("ai-backup") => {
                if self.object(Resource::Services, &service).is_some() {
                    Behind::Backup
                } else {
                    Behind::Nobody
                }
            }
            Some(Some(service)) if self.object(Resource::Services, &service).is_some() => Behind::Engines,
            _ => Behind::Nobody,
        };
        self.felt.is_behind(self.now, behind);
    }
}

/// The service behind `/ai/`.
#[must_use]
pub fn backend_of(ingress: &Value) -> Option<String> {
    let rules = ingress["spec"]["rules"].as_array()?;
    let paths = rules.iter().flat_map(|rule| rule["http"]["paths"].as_array().into_iter().flatten());
    let path = paths.into_iter().find(|path| path["path"] == "/ai/")?;
    path["backend"]["service"]["name"].as_str().map(str::to_owned)
}
