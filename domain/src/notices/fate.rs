//! What became of an attempt, as far as lists tell it apart.

use super::AttemptState;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fate {
    Drafted,
    /// Queued, or being sent.
    Waiting,
    Sent,
    Delivered,
    InDoubt,
    Failed,
    TakenBack,
}

impl Fate {
    /// Those that need somebody come first.
    pub const ALL: [Fate; 7] = [
        Fate::InDoubt,
        Fate::Failed,
        Fate::Waiting,
        Fate::Sent,
        Fate::Delivered,
        Fate::Drafted,
        Fate::TakenBack,
    ];

    pub fn of(state: &AttemptState) -> Fate {
        match state {
            AttemptState::Drafted => Fate::Drafted,
            AttemptState::Queued { .. } | AttemptState::Intended { .. } | AttemptState::Ending { .. } => {
                Fate::Waiting
            }
            AttemptState::Sent { .. } => Fate::Sent,
            AttemptState::InDoubt { .. } => Fate::InDoubt,
            AttemptState::Delivered { .. } => Fate::Delivered,
            AttemptState::Failed { .. } => Fate::Failed,
            AttemptState::Withdrawn { .. } => Fate::TakenBack,
        }
    }

    /// In an address, and for the stylesheet.
    pub fn code(self) -> &'static str {
        match self {
            Fate::Drafted => "drafted",
            Fate::Waiting => "waiting",
            Fate::Sent => "sent",
            Fate::Delivered => "delivered",
            Fate::InDoubt => "in-doubt",
            Fate::Failed => "failed",
            Fate::TakenBack => "taken-back",
        }
    }

    pub fn from_code(code: &str) -> Option<Fate> {
        Fate::ALL.into_iter().find(|fate| fate.code() == code)
    }
}
