//! How bad it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The four levels of an alert. "None" is `Option::None`: being well is not a level.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Information,
    Warning,
    Critical,
    Emergency,
}

impl Level {
    /// 1 to 4, as people, tables and the API count them.
    pub fn number(self) -> u8 {
        match self {
            Level::Information => 1,
            Level::Warning => 2,
            Level::Critical => 3,
            Level::Emergency => 4,
        }
    }

    /// The word that stands beside the shape on every page.
    pub fn word(self) -> &'static str {
        match self {
            Level::Information => "Information",
            Level::Warning => "Warning",
            Level::Critical => "Critical",
            Level::Emergency => "Emergency",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
