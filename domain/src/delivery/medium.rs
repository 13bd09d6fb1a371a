//! By what something is told.

/// The four kinds of ways that a message can go by. (People also note a telephone; the console calls nobody by it.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Medium {
    Mail,
    Chat,
    Webhook,
    PagerDuty,
}

impl Medium {
    pub const ALL: [Medium; 4] = [Medium::Mail, Medium::Chat, Medium::Webhook, Medium::PagerDuty];
    /// Those that a person may have.
    pub const OF_PEOPLE: [Medium; 3] = [Medium::Mail, Medium::Chat, Medium::Webhook];

    /// As it is stored, and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Medium::Mail => "mail",
            Medium::Chat => "chat",
            Medium::Webhook => "webhook",
            Medium::PagerDuty => "pagerduty",
        }
    }

    /// As a person reads it.
    pub fn label(self) -> &'static str {
        match self {
            Medium::Mail => "Mail",
            Medium::Chat => "Chat",
            Medium::Webhook => "Webhook",
            Medium::PagerDuty => "PagerDuty",
        }
    }

    pub fn from_word(word: &str) -> Option<Medium> {
        Medium::ALL.into_iter().find(|medium| medium.word() == word)
    }
}
