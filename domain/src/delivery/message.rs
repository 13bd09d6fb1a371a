//! What is told to staff, in words, and to whom.

use serde::{Deserialize, Serialize};

use crate::{access::PersonId, monitoring::Level, time::Millis};

/// One thing that is told to one recipient. Every way (chat, mail, webhook, PagerDuty) draws it in its own form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Message {
    pub occasion: Occasion,
    pub level: Option<Level>,
    /// One line, without the level's word: "Response time 16 s on wedsync".
    pub title: String,
    /// Sentences, one a line.
    pub lines: Vec<String>,
    /// Where in the console it is shown, as a path: `/alerts/0199…`.
    pub path: String,
    /// The alert that it is about. It is then one thread in a chat, may be acknowledged from there, and what is still
    /// to be sent of it is stopped by its id.
    pub alert: Option<String>,
    /// The same through the life of what it is about: receivers fold what they get by it.
    pub dedup_key: String,
    /// Whoever gets it may answer by a link of their own, without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Asks>,
}

/// What somebody is asked. The link is made when the message leaves, and stands in it alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asks {
    /// Whoever asks knows by it whose answer it is.
    pub id: String,
    /// What the button says: "Yes, on my way".
    pub answer: String,
    /// The link holds until then.
    pub until: Millis,
}

/// Why something is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Somebody is called: an alert fired, rose, or went on to the next tier.
    Page,
    /// Nobody has acknowledged: the page once more.
    Reminder,
    /// Many alerts at once, listed in one page.
    Storm,
    /// An alert was acknowledged. Nobody is called.
    Acknowledged,
    /// An alert was resolved. Nobody is called.
    Resolved,
    /// A page that tests the way, marked TEST.
    Test,
    /// Something to know or to do, that is not an alert: a gap in a schedule, a contact to be checked.
    Reminding,
}

impl Occasion {
    /// Whether it calls somebody, so that it is stopped when the alert is acknowledged.
    pub fn calls(self) -> bool {
        matches!(self, Occasion::Page | Occasion::Reminder | Occasion::Storm)
    }
}

/// Whom it goes to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Recipient {
    /// By the ways of their profile, in their order.
    Person { id: PersonId },
    /// A channel of the configuration: `ai-ops-alerts`.
    Channel { name: String },
}
