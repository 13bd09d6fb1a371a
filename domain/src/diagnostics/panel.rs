//! What there is to look at.

use serde::{Deserialize, Serialize};

/// One kind of look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    Pods,
    Describe,
    Log,
    Call,
    Dependencies,
    Models,
    Cache,
    Active,
    Slowest,
    Feedback,
    Quality,
    Crises,
}

/// Something in the cluster that can be described.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thing {
    Pod(String),
    Deployment(String),
}

/// Which lines of which log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LogAsked {
    /// `None`: of the pod that needs it most.
    pub pod: Option<String>,
    /// Only lines with these letters, in any case; empty is all.
    pub search: String,
    /// Of the container before the last restart.
    pub previous: bool,
}

/// What exactly is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    Pods,
    /// `None`: the deployment of the service.
    Describe(Option<Thing>),
    Log(LogAsked),
    Call,
    Dependencies,
    Models,
    Cache,
    Active,
    Slowest,
    Feedback,
    Quality,
    Crises,
}

impl Panel {
    /// In the order of the page: what breaks most often comes first.
    pub const ALL: [Panel; 12] = [
        Panel::Pods,
        Panel::Describe,
        Panel::Log,
        Panel::Call,
        Panel::Dependencies,
        Panel::Models,
        Panel::Cache,
        Panel::Active,
        Panel::Slowest,
        Panel::Feedback,
        Panel::Quality,
        Panel::Crises,
    ];

    /// As it stands in addresses and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Panel::Pods => "pods",
            Panel::Describe => "describe",
            Panel::Log => "log",
            Panel::Call => "call",
            Panel::Dependencies => "dependencies",
            Panel::Models => "models",
            Panel::Cache => "cache",
            Panel::Active => "active",
            Panel::Slowest => "slowest",
            Panel::Feedback => "feedback",
            Panel::Quality => "quality",
            Panel::Crises => "crises",
        }
    }

    pub fn from_word(word: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.word() == word)
    }

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Panel::Pods => "Pods",
            Panel::Describe => "Deployment",
            Panel::Log => "Log",
            Panel::Call => "One call of the API",
            Panel::Dependencies => "What it depends on",
            Panel::Models => "Models",
            Panel::Cache => "Cache",
            Panel::Active => "Statements that run now",
            Panel::Slowest => "Slowest statements",
            Panel::Feedback => "Feedback of 24 hours",
            Panel::Quality => "Data quality of 24 hours",
            Panel::Crises => "Crises that wait for the AI",
        }
    }
}

impl Question {
    pub fn panel(&self) -> Panel {
        match self {
            Question::Pods => Panel::Pods,
            Question::Describe(_) => Panel::Describe,
            Question::Log(_) => Panel::Log,
            Question::Call => Panel::Call,
            Question::Dependencies => Panel::Dependencies,
            Question::Models => Panel::Models,
            Question::Cache => Panel::Cache,
            Question::Active => Panel::Active,
            Question::Slowest => Panel::Slowest,
            Question::Feedback => Panel::Feedback,
            Question::Quality => Panel::Quality,
            Question::Crises => Panel::Crises,
        }
    }

    /// The plainest question of a panel.
    pub fn of(panel: Panel) -> Question {
        match panel {
            Panel::Pods => Question::Pods,
            Panel::Describe => Question::Describe(None),
            Panel::Log => Question::Log(LogAsked::default()),
            Panel::Call => Question::Call,
            Panel::Dependencies => Question::Dependencies,
            Panel::Models => Question::Models,
            Panel::Cache => Question::Cache,
            Panel::Active => Question::Active,
            Panel::Slowest => Question::Slowest,
            Panel::Feedback => Question::Feedback,
            Panel::Quality => Question::Quality,
            Panel::Crises => Question::Crises,
        }
    }
}

impl Thing {
    pub fn name(&self) -> &str {
        match self {
            Thing::Pod(name) | Thing::Deployment(name) => name,
        }
    }
}
