//! A record as it is stored: every column, word for word, because the hash is of the words.

use std::fmt::Write as _;

use super::{
    chain::Hash,
    entry::{ActorKind, Entry, Operation, Outcome},
    facts::Facts,
    harmless::harmless,
};
use crate::time::Millis;

/// The longest of each, in characters.
const NAME: usize = 200;
const USER_AGENT: usize = 300;
const REASON: usize = 1_000;
const FACT: usize = 2_000;
const FACTS: usize = 100;

/// One row of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// From 1 on, without a gap.
    pub sequence: i64,
    pub at: Millis,
    pub verb: String,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub actor_name: String,
    pub permission: Option<String>,
    pub object_kind: Option<String>,
    pub object_id: Option<String>,
    pub object_name: Option<String>,
    pub outcome: String,
    pub reason: Option<String>,
    /// JSON of `Facts`.
    pub before_facts: Option<String>,
    pub after_facts: Option<String>,
    /// JSON of `Operation`.
    pub operation: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    /// In hexadecimal letters; see `Record::canonical` for what it is of.
    pub hash: String,
}

impl Record {
    /// The entry as the record after `previous`, with everything in it made harmless.
    pub fn of(sequence: i64, at: Millis, entry: &Entry, previous: &Hash) -> Record {
        let bounded = |text: &Option<String>, most| text.as_deref().map(|text| harmless(text, most));
        let object = entry.object.as_ref();
        let mut record = Record {
            sequence,
            at,
            verb: harmless(&entry.verb, NAME),
            actor_kind: entry.actor.kind.word().to_owned(),
            actor_id: bounded(&entry.actor.id, NAME),
            actor_name: harmless(&entry.actor.name, NAME),
            permission: entry.permission.map(|permission| harmless(permission, NAME)),
            object_kind: object.map(|object| harmless(object.kind, NAME)),
            object_id: object.map(|object| harmless(&object.id, NAME)),
            object_name: object.map(|object| harmless(&object.name, NAME)),
            outcome: entry.outcome.word().to_owned(),
            reason: bounded(&entry.reason, REASON),
            before_facts: entry.before.as_ref().map(facts_text),
            after_facts: entry.after.as_ref().map(facts_text),
            operation: entry.operation.as_ref().map(operation_text),
            address: bounded(&entry.origin.address, NAME),
            user_agent: bounded(&entry.origin.user_agent, USER_AGENT),
            request_id: bounded(&entry.origin.request_id, NAME),
            hash: String::new(),
        };
        record.hash = super::link(previous, &record.canonical()).to_string();
        record
    }

    /// The bytes that are hashed: every column in its order, each led by its length in bytes, or `-` where it is
    /// absent, so that nothing can be moved from one to the next. The database makes the same (`audit/store.rs`).
    pub fn canonical(&self) -> Vec<u8> {
        let mut text = String::with_capacity(512);
        let mut put = |value: Option<&str>| match value {
            // Writing into a String cannot fail.
            Some(value) => drop(write!(text, "{}:{value}", value.len())),
            None => text.push('-'),
        };
        put(Some(&self.sequence.to_string()));
        put(Some(&self.at.0.to_string()));
        put(Some(&self.verb));
        put(Some(&self.actor_kind));
        put(self.actor_id.as_deref());
        put(Some(&self.actor_name));
        put(self.permission.as_deref());
        put(self.object_kind.as_deref());
        put(self.object_id.as_deref());
        put(self.object_name.as_deref());
        put(Some(&self.outcome));
        for optional in [
            &self.reason,
            &self.before_facts,
            &self.after_facts,
            &self.operation,
            &self.address,
            &self.user_agent,
            &self.request_id,
        ] {
            put(optional.as_deref());
        }
        text.into_bytes()
    }

    /// `None` where it was changed to what no record holds.
    pub fn actor_kind(&self) -> Option<ActorKind> {
        ActorKind::from_word(&self.actor_kind)
    }

    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::from_word(&self.outcome)
    }

    /// What it was; empty where nothing was told.
    pub fn before(&self) -> Facts {
        facts(self.before_facts.as_deref())
    }

    pub fn after(&self) -> Facts {
        facts(self.after_facts.as_deref())
    }

    pub fn operation(&self) -> Option<Operation> {
        serde_json::from_str(self.operation.as_deref()?).ok()
    }
}

fn facts(text: Option<&str>) -> Facts {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn facts_text(facts: &Facts) -> String {
    let kept: Facts =
        facts.iter().take(FACTS).map(|(key, value)| (harmless(key, NAME), harmless(value, FACT))).collect();
    // A map of texts always has a JSON form.
    serde_json::to_string(&kept).unwrap_or_default()
}

fn operation_text(operation: &Operation) -> String {
    let kept = Operation {
        wedding_id: operation.wedding_id.as_deref().map(|id| harmless(id, NAME)),
        operation: operation.operation.as_deref().map(|name| harmless(name, NAME)),
        ..operation.clone()
    };
    serde_json::to_string(&kept).unwrap_or_default()
}
