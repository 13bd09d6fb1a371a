//! The names that cases, their types and their steps go by.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// Why a text is not such a name, as it goes on after the text itself.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{given:?} is not {what}")]
pub struct NotAKey {
    given: String,
    what: &'static str,
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $what:literal, $is:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When it is none; the error says what one looks like.
            pub fn parse(given: &str) -> Result<$name, NotAKey> {
                let is: fn(&str) -> bool = $is;
                if is(given) {
                    return Ok($name(given.to_owned()));
                }
                Err(NotAKey { given: given.chars().take(80).collect(), what: $what })
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAKey;

            fn try_from(given: String) -> Result<$name, NotAKey> {
                $name::parse(&given)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

key!(
    /// Which type of crisis; the platform's word for it is one too.
    TypeKey,
    "the key of a type: small letters, digits and _, at most 64, beginning with a letter",
    |given| is_key(given, 64)
);
key!(
    /// Which step of a checklist.
    StepKey,
    "the key of a step: small letters, digits and _, at most 40, beginning with a letter",
    |given| is_key(given, 40)
);
key!(
    /// What the platform calls a crisis, or a wedding. Whatever it is made of, as long as it can be seen.
    PlatformId,
    "an id of the platform: 1 to 200 characters that can be seen, without blanks around them",
    |given| {
        (1..=LONGEST_ID).contains(&given.chars().count())
            && given.trim() == given
            && !given.chars().any(super::private::is_unseen)
    }
);

fn is_key(given: &str, longest: usize) -> bool {
    (1..=longest).contains(&given.len())
        && given.starts_with(|first: char| first.is_ascii_lowercase())
        && given.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
