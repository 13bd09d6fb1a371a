//! The names that the catalogue is made of. Each is checked once, when it is read, and is what it says from then on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not such a name, as it goes on after the text itself.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{given:?} is not {what}")]
pub struct NotAName {
    given: String,
    what: &'static str,
}

impl NotAName {
    pub(crate) fn new(given: &str, what: &'static str) -> NotAName {
        NotAName { given: given.chars().take(80).collect(), what }
    }
}

/// A type for texts of one kind: what it is, what it looks like in words, and whether a text is one. Where it is used,
/// `fmt`, `Serialize`, `Deserialize` and `NotAName` are in scope.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $is:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When it is none; the error says what one looks like.
            pub fn parse(given: &str) -> Result<$name, NotAName> {
                let is: fn(&str) -> bool = $is;
                if is(given) {
                    return Ok($name(given.to_owned()));
                }
                Err(NotAName::new(given, $what))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAName;

            fn try_from(given: String) -> Result<$name, NotAName> {
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

pub(crate) use name;

name!(
    /// Which action of the catalogue: part of an address, so a slug.
    ActionKey,
    "a key: small letters, digits and -, at most 64, beginning with a letter",
    |given| is_slug(given)
);
name!(
    /// Which procedure of the runbook.
    ProcedureSlug,
    "the slug of a procedure: small letters, digits and -, at most 64, beginning with a letter",
    |given| is_slug(given)
);
name!(
    /// Which parameter of an action: the name of a field.
    ParameterName,
    "the name of a parameter: small letters, digits and _, at most 40, beginning with a letter",
    |given| is_identifier(given, 40)
);
name!(
    /// Something in a Kubernetes cluster: a DNS name (RFC 1123).
    KubeName,
    "a name in Kubernetes: small letters, digits, - and . between letters or digits, at most 253",
    |given| is_kube_name(given)
);
name!(
    /// A variable that a job gets.
    EnvName,
    "a variable of a job: capital letters, digits and _, at most 64, beginning with a letter",
    |given| {
        (1..=64).contains(&given.len())
            && given.starts_with(|first: char| first.is_ascii_uppercase())
            && given.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    }
);
name!(
    /// A table of the platform's database, or a statement by its name in the configuration. Never a statement itself.
    SqlName,
    "a name in the database: small letters, digits and _, at most 63, beginning with a letter",
    |given| is_identifier(given, 63)
);
name!(
    /// Keys of the cache, as SCAN takes them. Always with something that is meant before the first wildcard: a pattern
    /// that could match every key is a flush, and that is an action of its own.
    RedisPattern,
    "a pattern of keys: letters, digits, : _ - . ? and *, at most 200, beginning with at least two of the first kinds",
    |given| {
        let literal = |byte: u8| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte);
        (2..=200).contains(&given.len())
            && given.bytes().take(2).all(literal)
            && given.bytes().all(|byte| literal(byte) || byte == b'*' || byte == b'?')
    }
);

pub(crate) fn is_slug(given: &str) -> bool {
    (1..=64).contains(&given.len())
        && given.starts_with(|first: char| first.is_ascii_lowercase())
        && !given.ends_with('-')
        && given.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Small letters, digits and `_`, beginning with a letter.
pub(crate) fn is_identifier(given: &str, longest: usize) -> bool {
    (1..=longest).contains(&given.len())
        && given.starts_with(|first: char| first.is_ascii_lowercase())
        && given.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_kube_name(given: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=253).contains(&given.len())
        && given.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| plain(byte) || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Which run: a UUIDv7 as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl RunId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a step of a run leaves behind where it can (the name of a job, an annotation, a key in the cache, a header), so
/// that it can be found again whatever became of the answer. The same for every attempt of the step: of two that arrive
/// only one can take effect.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(String);

impl Mark {
    /// Of the step with this place, counted from 0.
    pub fn new(run: &RunId, step: usize) -> Mark {
        Mark(format!("{run}-{}", step + 1))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
