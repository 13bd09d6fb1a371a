//! Objects and their changes: every change has a version of its own, and whoever watches is told from a version on.

use std::sync::Arc;

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::resource::Resource;
use super::selector::Selector;
use super::{Change, Cluster, NAMESPACE, told};
use crate::chance::{Stream, bits};

/// So many changes are remembered for those who watch.
const MOST_CHANGES: usize = 2_000;

/// What a watch is told of one change.
#[derive(Debug, Clone)]
pub struct Told {
    pub version: u64,
    /// `ADDED`, `MODIFIED`, `DELETED`.
    pub kind: &'static str,
    pub object: Arc<Value>,
}

impl Cluster {
    #[must_use]
    pub fn object(&self, resource: Resource, name: &str) -> Option<&Arc<Value>> {
        self.objects.get(&(resource, name.to_owned()))
    }

    /// All of one kind that the selector takes, by name.
    pub fn all<'a>(
        &'a self,
        resource: Resource,
        selector: &'a Selector,
    ) -> impl Iterator<Item = &'a Arc<Value>> {
        self.objects
            .range((resource, String::new())..)
            .take_while(move |((kind, _), _)| *kind == resource)
            .map(|(_, object)| object)
            .filter(|object| selector.takes(object))
    }

    /// Writes one object down and returns it as it now is. When nothing is different nothing happens.
    pub(super) fn write(&mut self, resource: Resource, mut object: Value) -> Arc<Value> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let before = self.objects.get(&(resource, name.clone())).cloned();
        let facts = resource.facts();
        object["apiVersion"] = json!(resource.api_version());
        object["kind"] = json!(facts.kind);
        if let Some(before) = &before {
            for kept in ["uid", "creationTimestamp", "resourceVersion", "generation"] {
                let value = before["metadata"][kept].clone();
                if !value.is_null() {
                    object["metadata"][kept] = value;
                }
            }
            if **before == object {
                return before.clone();
            }
            if resource.counts_generations() && before["spec"] != object["spec"] {
                object["metadata"]["generation"] =
                    json!(before["metadata"]["generation"].as_u64().unwrap_or_default() + 1);
            }
        } else {
            object["metadata"]["uid"] = json!(self.uid());
            if object["metadata"]["creationTimestamp"].is_null() {
                object["metadata"]["creationTimestamp"] = told(self.now);
            }
            if resource.counts_generations() {
                object["metadata"]["generation"] = json!(1);
            }
            if resource != Resource::Namespaces {
                object["metadata"]["namespace"] = json!(NAMESPACE);
            }
        }
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let object = Arc::new(object);
        self.objects.insert((resource, name), object.clone());
        self.remember(Change { version: self.version, resource, before, after: Some(object.clone()) });
        object
    }

    /// Takes one object away. Those who watch see it with the version of its end.
    pub(super) fn remove(&mut self, resource: Resource, name: &str) {
        let Some(before) = self.objects.remove(&(resource, name.to_owned())) else { return };
        self.version += 1;
        let mut last = Value::clone(&before);
        last["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.remember(Change { version: self.version, resource, before: Some(Arc::new(last)), after: None });
    }

    fn remember(&mut self, change: Change) {
        self.changes.push_back(change);
        while self.changes.len() > MOST_CHANGES {
            self.forgotten = self.changes.pop_front().map_or(self.forgotten, |change| change.version);
        }
    }

    /// Forgets all changes so far: whoever asks for what came after an old version learns that it is too old.
    pub fn forget(&mut self) {
        self.changes.clear();
        self.forgotten = self.version.saturating_sub(1);
    }

    /// Counts on from another cluster, so that those who watched that one notice.
    pub fn follow(&mut self, other: &Self) {
        self.version += other.version;
        self.forget();
        self.forgotten = self.version;
        self.numbers += other.numbers;
    }

    /// What happened after `version`, as someone with `selector` sees it.
    ///
    /// # Errors
    /// 410 when that is no longer known, or never was.
    pub fn since(&self, resource: Resource, selector: &Selector, version: u64) -> Result<Vec<Told>, Refusal> {
        if version < self.forgotten || version > self.version {
            let message = format!("too old resource version: {version} ({})", self.forgotten + 1);
            return Err(Refusal::expired(message));
        }
        let seen = |object: &Option<Arc<Value>>| object.clone().filter(|object| selector.takes(object));
        Ok(self
            .changes
            .iter()
            .filter(|change| change.version > version && change.resource == resource)
            .filter_map(|change| {
                let (kind, object) = match (seen(&change.before), seen(&change.after)) {
                    (None, Some(object)) => ("ADDED", object),
                    (Some(_), Some(object)) => ("MODIFIED", object),
                    (Some(object), None) => ("DELETED", object),
                    (None, None) => return None,
                };
                Some(Told { version: change.version, kind, object })
            })
            .collect())
    }

    /// The oldest version that a list may still be continued from.
    #[must_use]
    pub fn remembers(&self, version: u64) -> bool {
        (self.forgotten..=self.version).contains(&version)
    }

    fn uid(&mut self) -> String {
        let number = self.number() as i64;
        let high = bits(self.seed, Stream::Cluster, number * 2);
        let low = bits(self.seed, Stream::Cluster, number * 2 + 1);
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    /// Letters that a name ends with, as the API server makes them up.
    pub(super) fn suffix(&mut self, length: u32) -> String {
        let number = self.number() as i64;
        letters(bits(self.seed, Stream::Cluster, -number), length)
    }
}

/// `length` letters and digits, without those that could make a word.
pub(super) fn letters(mut chance: u64, length: u32) -> String {
    const SIGNS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    (0..length)
        .map(|_| {
            let sign = SIGNS[(chance % SIGNS.len() as u64) as usize];
            chance /= SIGNS.len() as u64;
            char::from(sign)
        })
        .collect()
}
