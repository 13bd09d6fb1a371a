//! A name, an address, a number, a note about a couple.

use std::fmt;

use zeroize::Zeroizing;

/// A personal text. It shows nothing in a debug print, cannot be displayed or serialised by accident, and is wiped from
/// memory when it is dropped; whoever means to show it says `reveal`.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal(Zeroizing<String>);

impl Personal {
    pub fn new(text: impl Into<String>) -> Personal {
        Personal(Zeroizing::new(text.into()))
    }

    /// The text itself: for a page of somebody who may see it, a message to the person, sealing.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Personal {
        Personal::new(text)
    }
}
