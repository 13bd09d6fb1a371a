//! What will be done, worked out against what is there now: the facts it rests on, the exact requests, the checks.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{OldValue, Plan, Request};
use crate::time::Millis;

/// Seen by whoever asks for a run and whoever approves it. What both agreed to is its fingerprint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Preview {
    pub plan: Plan,
    /// One for each step of the plan.
    pub steps: Vec<StepPreview>,
    pub made_at: Millis,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StepPreview {
    pub requests: Vec<Request>,
    /// What the decision rests on: when one of these changes, the preview is no longer true.
    pub rests_on: Vec<Fact>,
    /// What is good to know, and changes all the time: pods, usage, the number of keys.
    pub also: Vec<Fact>,
    pub checks: Vec<Check>,
    /// What an undo would put back, or what the effect is seen by.
    pub old: Option<OldValue>,
    /// Why not everything could be looked at: what is missing above may be there all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
}

/// Something that was found. Values are in the words of the pages; no secrets and no personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Fact {
    /// One of a kind in its step: `deployment.replicas`.
    pub key: String,
    /// "Replicas of ai-optimization-engine"
    pub label: String,
    pub value: String,
}

/// A precondition as it was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// "At least one endpoint there is ready for traffic"
    pub what: String,
    #[serde(flatten)]
    pub found: Found,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "found", content = "said", rename_all = "snake_case")]
pub enum Found {
    Holds(String),
    /// It may go on, and somebody should know: no right to ANALYZE one of the tables.
    Warns(String),
    /// It may not go on, or it could not be found out.
    Fails(String),
}

/// The hash of everything a preview rests on: 64 hexadecimal letters.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// As it came back from a form. Anything may be in it; it is only ever compared.
    pub fn from_form(text: &str) -> Fingerprint {
        Fingerprint(text.trim().chars().take(64).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is not as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Changed {
    pub label: String,
    pub before: Option<String>,
    pub now: Option<String>,
    /// Why one of them is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Changed { label, before, now, unseen } = self;
        match (before, now, unseen) {
            (Some(before), Some(now), _) => write!(f, "{label} was {before} and is {now} now"),
            (Some(before), None, Some(why)) => {
                write!(f, "{label} was {before} and could not be looked at again: {why}")
            }
            (Some(before), None, None) => write!(f, "{label} was {before} and is not found any more"),
            (None, Some(now), Some(_)) => write!(f, "{label} is {now} and could not be looked at before"),
            (None, Some(now), None) => write!(f, "{label} is {now} and was not there before"),
            (None, None, _) => write!(f, "{label} is different"),
        }
    }
}

impl Preview {
    /// The same for the same plan over the same facts, whatever else was seen and whenever.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            // With its length before it, no part can run into the next.
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        };
        part(&written(&self.plan));
        for step in &self.steps {
            part("step");
            let mut facts: Vec<&Fact> = step.rests_on.iter().collect();
            facts.sort();
            for fact in facts {
                part(&fact.key);
                part(&fact.value);
            }
            part(&written(&step.old.as_ref().filter(|old| old.is_put_back())));
        }
        let hash: [u8; 32] = hash.finalize().into();
        Fingerprint(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// What of this preview is no longer so in a newer one.
    pub fn changed_in(&self, newer: &Preview) -> Vec<Changed> {
        let different =
            |label: &str| vec![Changed { label: label.to_owned(), before: None, now: None, unseen: None }];
        if self.plan != newer.plan || self.steps.len() != newer.steps.len() {
            return different("What the action does");
        }
        let steps = self.steps.iter().zip(&newer.steps);
        let changed: Vec<Changed> = steps.flat_map(|(before, now)| before.changed_in(now)).collect();
        if changed.is_empty() && self.fingerprint() != newer.fingerprint() {
            return different("What would be put back by an undo");
        }
        changed
    }

    /// Each check that does not hold, as a sentence.
    pub fn failing(&self) -> Vec<String> {
        self.steps.iter().flat_map(StepPreview::failing).collect()
    }

    pub fn warnings(&self) -> Vec<String> {
        let checks = self.steps.iter().flat_map(|step| &step.checks);
        checks
            .filter_map(|check| match &check.found {
                Found::Warns(said) => Some(said.clone()),
                Found::Holds(_) | Found::Fails(_) => None,
            })
            .collect()
    }
}

impl StepPreview {
    /// What of this is no longer so in a newer one.
    pub fn changed_in(&self, newer: &StepPreview) -> Vec<Changed> {
        let value = |step: &StepPreview, key: &str| {
            step.rests_on.iter().find(|fact| fact.key == key).map(|fact| fact.value.clone())
        };
        let gone_or_other = self.rests_on.iter().filter_map(|fact| {
            let now = value(newer, &fact.key);
            let before = Some(fact.value.clone());
            let unseen = newer.unseen.clone().filter(|_| now.is_none());
            (now != before).then(|| Changed { label: fact.label.clone(), before, now, unseen })
        });
        let new = newer.rests_on.iter().filter(|fact| value(self, &fact.key).is_none());
        let new = new.map(|fact| Changed {
            label: fact.label.clone(),
            before: None,
            now: Some(fact.value.clone()),
            unseen: self.unseen.clone(),
        });
        gone_or_other.chain(new).collect()
    }

    /// Each check that does not hold, as a sentence.
    pub fn failing(&self) -> Vec<String> {
        self.checks
            .iter()
            .filter_map(|check| match &check.found {
                Found::Fails(said) => Some(said.clone()),
                Found::Holds(_) | Found::Warns(_) => None,
            })
            .collect()
    }
}

fn written<T: Serialize>(value: &T) -> String {
    // What cannot be written down is at least never the same as anything that can.
    serde_json::to_string(value).unwrap_or_else(|error| format!("\u{0}{error}"))
}
