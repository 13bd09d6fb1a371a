//! Why a couple is told something.

use serde::{Deserialize, Serialize};

/// In the order in which a couple is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// We know what happened, and are on it.
    WeKnow,
    /// We have a plan, and this is it.
    WeHaveAPlan,
    Solved,
    /// It went badly, and we are sorry.
    Apology,
}

impl Purpose {
    pub const ALL: [Purpose; 4] = [Purpose::WeKnow, Purpose::WeHaveAPlan, Purpose::Solved, Purpose::Apology];

    /// As it is stored, and written in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::WeKnow => "we_know",
            Purpose::WeHaveAPlan => "we_have_a_plan",
            Purpose::Solved => "solved",
            Purpose::Apology => "apology",
        }
    }

    pub fn from_word(word: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.word() == word)
    }

    /// As a person reads it: "the notice “we know”".
    pub fn label(self) -> &'static str {
        match self {
            Purpose::WeKnow => "we know",
            Purpose::WeHaveAPlan => "we have a plan",
            Purpose::Solved => "it is solved",
            Purpose::Apology => "apology",
        }
    }
}
