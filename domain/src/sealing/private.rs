//! A name, an address, a number, a note about a couple: whatever somebody told or wrote about them.

use std::{cmp::Ordering, fmt, hash};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A personal text. It is stored sealed only, shows nothing in a debug print, cannot be displayed by accident, and is wiped
/// from memory when it is dropped; whoever means to show it says `expose`. As JSON it is the text: only what is sealed as a
/// whole is written so.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Private(Zeroizing<String>);

impl Private {
    pub fn new(text: impl Into<String>) -> Private {
        Private(Zeroizing::new(text.into()))
    }

    /// The text itself: for a page of somebody who may see it, a message to the person, sealing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(…)")
    }
}

impl PartialOrd for Private {
    fn partial_cmp(&self, other: &Private) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Private {
    fn cmp(&self, other: &Private) -> Ordering {
        self.expose().cmp(other.expose())
    }
}

impl hash::Hash for Private {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl Serialize for Private {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Private {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Private, D::Error> {
        String::deserialize(deserializer).map(Private::new)
    }
}
