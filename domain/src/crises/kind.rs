//! The types of crises that the console knows: each with the steps of its checklist and the notices that couples need.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{How, StepDeclaration, TypeKey};
use crate::{
    monitoring::Level,
    notices::Purpose,
    time::{DAY, Millis},
};

/// What no declared type fits.
pub(super) const OTHER: &str = "other";

/// A type as the configuration has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CaseType {
    pub key: TypeKey,
    /// "Vendor cancelled"
    pub name: String,
    /// What the platform calls the same.
    #[serde(default)]
    pub aliases: Vec<TypeKey>,
    pub severity: Level,
    pub checklist: Vec<StepDeclaration>,
    /// A case is not solved before the couple has had these.
    #[serde(default)]
    pub notices: Vec<Purpose>,
    /// The page of the runbook that says what to do.
    #[serde(default)]
    pub procedure: Option<crate::actions::ProcedureSlug>,
}

/// All types, `other` among them; none at all by default.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CaseTypes(Vec<CaseType>);

/// The type of one case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TypeOfCase {
    Known {
        key: TypeKey,
        name: String,
    },
    /// What the platform said, in one line; empty where it said nothing.
    Unknown {
        word: String,
    },
}

impl TypeOfCase {
    /// As it is stored and filtered by: `other` for what is not known.
    pub fn key(&self) -> &str {
        match self {
            TypeOfCase::Known { key, .. } => key.as_str(),
            TypeOfCase::Unknown { .. } => OTHER,
        }
    }

    /// As a person reads it.
    pub fn words(&self) -> String {
        match self {
            TypeOfCase::Known { name, .. } => name.clone(),
            TypeOfCase::Unknown { word } if word.is_empty() => "Crisis of no type".to_owned(),
            TypeOfCase::Unknown { word } => format!("Crisis of an unknown type ({word})"),
        }
    }
}

/// Why the types are not taken, as the configuration's reader is told.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Problem {
    #[error("{0}")]
    Name(String),
    #[error("two types go by {0:?}")]
    TypeTwice(TypeKey),
    #[error("there is no type \"other\", which is for what no type fits")]
    NoOther,
    #[error("the type {of} has no name")]
    NoName { of: TypeKey },
    #[error("the type {of} has two steps {step}")]
    StepTwice { of: TypeKey, step: super::StepKey },
    #[error("the step {step} of the type {of} has no name")]
    NoStepName { of: TypeKey, step: super::StepKey },
    #[error("the step {step} of the type {of} has to be done within 1 s to 1 d")]
    Within { of: TypeKey, step: super::StepKey },
    #[error(
        "the step {step} of the type {of} cannot be automatic: a notice is seen by a person before it goes, and what is done \
         by hand is not done by itself"
    )]
    NotAutomatic { of: TypeKey, step: super::StepKey },
    #[error("the step {step} of the type {of} asks nobody")]
    AsksNobody { of: TypeKey, step: super::StepKey },
}

impl Problem {
    /// The type that it is about, and the step.
    pub fn about(&self) -> (Option<&TypeKey>, Option<&super::StepKey>) {
        match self {
            Problem::Name(_) | Problem::NoOther => (None, None),
            Problem::TypeTwice(of) | Problem::NoName { of } => (Some(of), None),
            Problem::StepTwice { of, step }
            | Problem::NoStepName { of, step }
            | Problem::Within { of, step }
            | Problem::NotAutomatic { of, step }
            | Problem::AsksNobody { of, step } => (Some(of), Some(step)),
        }
    }
}

impl CaseTypes {
    /// # Errors
    /// Everything that is wrong with them.
    pub fn new(types: Vec<CaseType>) -> Result<CaseTypes, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keys = BTreeSet::new();
        for of in &types {
            for key in of.aliases.iter().chain([&of.key]) {
                if !keys.insert(key.clone()) {
                    problems.push(Problem::TypeTwice(key.clone()));
                }
            }
            problems.extend(of.problems());
        }
        if !types.iter().any(|of| of.key.as_str() == OTHER) {
            problems.push(Problem::NoOther);
        }
        if problems.is_empty() { Ok(CaseTypes(types)) } else { Err(problems) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &CaseType> {
        self.0.iter()
    }

    pub fn get(&self, key: &str) -> Option<&CaseType> {
        self.0.iter().find(|of| of.key.as_str() == key)
    }

    /// What the platform's word means, and its declaration. A word that nobody knows is kept, and gets the checklist of
    /// `other`.
    pub fn read(&self, word: &str) -> (TypeOfCase, Option<&CaseType>) {
        let known =
            self.0.iter().find(|of| of.aliases.iter().chain([&of.key]).any(|key| key.as_str() == word));
        match known {
            Some(of) if of.key.as_str() != OTHER => {
                (TypeOfCase::Known { key: of.key.clone(), name: of.name.clone() }, known)
            }
            _ => {
                let (word, _) = super::cleaning::one_line(word, 64);
                let word = if word == OTHER { String::new() } else { word };
                (TypeOfCase::Unknown { word }, self.get(OTHER))
            }
        }
    }
}

impl CaseType {
    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let of = || self.key.clone();
        if self.name.trim().is_empty() {
            problems.push(Problem::NoName { of: of() });
        }
        let mut keys = BTreeSet::new();
        for declared in &self.checklist {
            let step = || declared.key.clone();
            if !keys.insert(&declared.key) {
                problems.push(Problem::StepTwice { of: of(), step: step() });
            }
            if declared.name.trim().is_empty() {
                problems.push(Problem::NoStepName { of: of(), step: step() });
            }
            if !(crate::time::SECOND..=DAY).contains(&declared.within) {
                problems.push(Problem::Within { of: of(), step: step() });
            }
            match &declared.how {
                How::Notice { .. } | How::ByHand if declared.automatic => {
                    problems.push(Problem::NotAutomatic { of: of(), step: step() });
                }
                How::AsksPeople { people } if people.trim().is_empty() => {
                    problems.push(Problem::AsksNobody { of: of(), step: step() });
                }
                _ => {}
            }
        }
        problems
    }

    /// Its checklist for a case that was detected then, in the order in which it is due.
    pub fn steps(&self, detected_at: Millis) -> Vec<super::Step> {
        let mut steps: Vec<super::Step> =
            self.checklist.iter().cloned().map(|declared| super::Step::of(declared, detected_at)).collect();
        // Stable: of those that are due together the first that was written is the first.
        steps.sort_by_key(|step| (step.declared.stage, step.due));
        steps
    }
}
