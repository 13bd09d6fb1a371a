//! The names that cases, their types and their steps go by.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::actions::{NotAName, is_identifier, name};

const LONGEST_ID: usize = 200;

/// Which case: a UUIDv7 as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl CaseId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

name!(
    /// Which type of crisis; the platform's word for it is one too.
    TypeKey,
    "the key of a type: small letters, digits and _, at most 64, beginning with a letter",
    |given| is_identifier(given, 64)
);
name!(
    /// Which step of a checklist.
    StepKey,
    "the key of a step: small letters, digits and _, at most 40, beginning with a letter",
    |given| is_identifier(given, 40)
);
name!(
    /// What the platform calls a crisis, or a wedding. Whatever it is made of, as long as it can be seen.
    PlatformId,
    "an id of the platform: 1 to 200 characters that can be seen, without blanks around them",
    |given| {
        (1..=LONGEST_ID).contains(&given.chars().count())
            && given.trim() == given
            && !given.chars().any(super::cleaning::is_unseen)
    }
);
