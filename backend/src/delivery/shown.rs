//! What became of each delivery, for the page of its alert.

use std::{collections::BTreeMap, fmt};

use domain::{
    access::PersonId,
    delivery::{DeliveryState, Medium, Occasion, Recipient, WayState},
    monitoring::Level,
    time::Millis,
};

use super::{DeliveryId, shown_store};
use crate::{
    access::{self, Reach},
    db::{Db, DbError},
};

/// One message to one recipient, and everything that was tried.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub created_at: Millis,
    pub occasion: Occasion,
    pub level: Option<Level>,
    pub title: String,
    pub to: Recipient,
    /// In words: "Ada Lovelace", "the channel ai-ops-alerts".
    pub to_words: String,
    pub state: DeliveryState,
    pub settled_at: Option<Millis>,
    /// Why no way took it, as far as it is known.
    pub why: Option<String>,
    /// Whether it was sent again by hand.
    pub again_of: Option<DeliveryId>,
    /// In the order in which they are tried.
    pub ways: Vec<DeliveryWay>,
}

/// One way of a delivery.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryWay {
    pub medium: Medium,
    /// "Slack: ai-ops-alerts"; never the address of a person.
    pub words: String,
    pub state: WayState,
    /// Why it cannot be tried, or why the last try failed.
    pub why: Option<String>,
    pub attempts: Vec<Attempt>,
}

/// One try of one way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    pub number: u32,
    pub at: Millis,
    /// Milliseconds; `None` while it is being sent, and when the console ended meanwhile.
    pub took: Option<i64>,
    pub outcome: AttemptOutcome,
    /// What the other side said, in harmless words.
    pub said: Option<String>,
    /// Whether it was marked so, because one before may have arrived.
    pub is_repeated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttemptOutcome {
    Sending,
    Sent,
    Failed,
    /// It may have arrived; it counts as not sent.
    Doubt,
    /// It was stopped before it left.
    Stopped,
}

impl AttemptOutcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            AttemptOutcome::Sending => "sending",
            AttemptOutcome::Sent => "sent",
            AttemptOutcome::Failed => "failed",
            AttemptOutcome::Doubt => "doubt",
            AttemptOutcome::Stopped => "stopped",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<AttemptOutcome> {
        use AttemptOutcome::{Doubt, Failed, Sending, Sent, Stopped};
        [Sending, Sent, Failed, Doubt, Stopped].into_iter().find(|outcome| outcome.word() == word)
    }
}

impl fmt::Debug for Delivery {
    /// Without the recipient's name, which is a personal datum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id)
            .field("occasion", &self.occasion)
            .field("state", &self.state)
            .field("why", &self.why)
            .field("ways", &self.ways)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DeliveryWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryWay")
            .field("words", &self.words)
            .field("state", &self.state)
            .field("why", &self.why)
            .field("attempts", &self.attempts)
            .finish()
    }
}

/// Every delivery about an alert, oldest first, with every attempt; `lists` are those about several, it among them.
///
/// # Errors
/// When the database cannot be read, or holds what cannot be understood.
pub async fn of_alert(db: &Db, alert: &str, lists: &[DeliveryId]) -> Result<Vec<Delivery>, DbError> {
    let mut deliveries = shown_store::of_alert(db, alert, lists).await?;
    let people: Vec<PersonId> = deliveries
        .iter()
        .filter_map(|delivery| match &delivery.to {
            Recipient::Person { id } => Some(id.clone()),
            Recipient::Channel { .. } => None,
        })
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let known = access::reach(db, &people).await?;
    for delivery in &mut deliveries {
        delivery.to_words = in_words(&delivery.to, &known);
    }
    Ok(deliveries)
}

fn in_words(to: &Recipient, known: &BTreeMap<PersonId, Reach>) -> String {
    match to {
        Recipient::Person { id } => {
            known.get(id).map_or_else(|| "somebody who was removed".to_owned(), |reach| reach.name.clone())
        }
        Recipient::Channel { name } => format!("the channel {name}"),
    }
}
