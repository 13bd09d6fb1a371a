//! The way by which a couple is told.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Mail,
    Sms,
    /// Somebody called, and says so.
    Telephone,
}

impl Way {
    pub const ALL: [Way; 3] = [Way::Mail, Way::Sms, Way::Telephone];

    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Way::Mail => "mail",
            Way::Sms => "sms",
            Way::Telephone => "telephone",
        }
    }

    pub fn from_word(word: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.word() == word)
    }

    /// As a person reads it, after "by".
    pub fn label(self) -> &'static str {
        match self {
            Way::Mail => "e-mail",
            Way::Sms => "text message",
            Way::Telephone => "telephone",
        }
    }
}
