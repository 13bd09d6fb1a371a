//! The words under which states are stored.

use super::{DeliveryState, Occasion, Recipient, Strategy, WayState};
use crate::time::Millis;

impl Occasion {
    pub const ALL: [Occasion; 7] = [
        Occasion::Page,
        Occasion::Reminder,
        Occasion::Storm,
        Occasion::Acknowledged,
        Occasion::Resolved,
        Occasion::Test,
        Occasion::Reminding,
    ];

    /// As it is stored, and in webhooks.
    pub fn word(self) -> &'static str {
        match self {
            Occasion::Page => "page",
            Occasion::Reminder => "reminder",
            Occasion::Storm => "storm",
            Occasion::Acknowledged => "acknowledged",
            Occasion::Resolved => "resolved",
            Occasion::Test => "test",
            Occasion::Reminding => "reminding",
        }
    }

    /// As a person reads it.
    pub fn label(self) -> &'static str {
        match self {
            Occasion::Page => "Page",
            Occasion::Reminder => "Repeated page",
            Occasion::Storm => "Page of many alerts",
            Occasion::Acknowledged => "Acknowledged",
            Occasion::Resolved => "Resolved",
            Occasion::Test => "Test page",
            Occasion::Reminding => "Reminder",
        }
    }

    pub fn from_word(word: &str) -> Option<Occasion> {
        Occasion::ALL.into_iter().find(|occasion| occasion.word() == word)
    }
}

impl Recipient {
    /// The kind and the id, as they are stored.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Recipient::Person { id } => ("person", id.as_str()),
            Recipient::Channel { name } => ("channel", name),
        }
    }

    pub fn from_parts(kind: &str, id: String) -> Option<Recipient> {
        match kind {
            "person" => Some(Recipient::Person { id: crate::access::PersonId::new(id) }),
            "channel" => Some(Recipient::Channel { name: id }),
            _ => None,
        }
    }
}

impl Strategy {
    pub fn word(self) -> &'static str {
        match self {
            Strategy::InTurn => "in_turn",
            Strategy::AtOnce => "at_once",
        }
    }

    pub fn from_word(word: &str) -> Option<Strategy> {
        [Strategy::InTurn, Strategy::AtOnce].into_iter().find(|strategy| strategy.word() == word)
    }
}

impl DeliveryState {
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Open => "open",
            DeliveryState::Sent => "sent",
            DeliveryState::Stopped => "stopped",
            DeliveryState::Exhausted => "exhausted",
        }
    }

    /// What is still queued has no ways yet, and is open.
    pub fn from_word(word: &str) -> Option<DeliveryState> {
        match word {
            "queued" | "open" => Some(DeliveryState::Open),
            "sent" => Some(DeliveryState::Sent),
            "stopped" => Some(DeliveryState::Stopped),
            "exhausted" => Some(DeliveryState::Exhausted),
            _ => None,
        }
    }
}

impl WayState {
    pub fn word(self) -> &'static str {
        match self {
            WayState::Waiting => "waiting",
            WayState::Due(_) => "due",
            WayState::Sending => "sending",
            WayState::Sent => "sent",
            WayState::Failed => "failed",
            WayState::Unneeded => "unneeded",
            WayState::Stopped => "stopped",
        }
    }

    /// When it is due; `None` in every other state.
    pub fn due_at(self) -> Option<Millis> {
        match self {
            WayState::Due(at) => Some(at),
            _ => None,
        }
    }

    pub fn from_parts(word: &str, due_at: Option<Millis>) -> Option<WayState> {
        Some(match word {
            "waiting" => WayState::Waiting,
            "due" => WayState::Due(due_at?),
            "sending" => WayState::Sending,
            "sent" => WayState::Sent,
            "failed" => WayState::Failed,
            "unneeded" => WayState::Unneeded,
            "stopped" => WayState::Stopped,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back() {
        for occasion in Occasion::ALL {
            assert_eq!(Occasion::from_word(occasion.word()), Some(occasion));
        }
        let due = WayState::Due(Millis(7));
        for state in [
            WayState::Waiting,
            due,
            WayState::Sending,
            WayState::Sent,
            WayState::Failed,
            WayState::Unneeded,
            WayState::Stopped,
        ] {
            assert_eq!(WayState::from_parts(state.word(), state.due_at()), Some(state));
        }
        for state in
            [DeliveryState::Open, DeliveryState::Sent, DeliveryState::Stopped, DeliveryState::Exhausted]
        {
            assert_eq!(DeliveryState::from_word(state.word()), Some(state));
        }
        let channel = Recipient::Channel { name: "ai-ops-alerts".to_owned() };
        let (kind, id) = channel.parts();
        assert_eq!(Recipient::from_parts(kind, id.to_owned()), Some(channel));
        assert_eq!(WayState::from_parts("due", None), None);
    }
}
