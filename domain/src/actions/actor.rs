//! Who does something to a run, and whether two of them are one person.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::access::{EmailAddress, PersonId};

/// Somebody or something that acts, with the name that it had then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "actor", rename_all = "snake_case")]
pub enum Actor {
    Person {
        id: PersonId,
        name: String,
    },
    /// A machine with an API token.
    Token {
        name: String,
        /// `None` when that is not known any more.
        made_by: Option<PersonId>,
    },
    /// The console by itself: "automatic failover".
    Console {
        rule: String,
    },
}

impl Actor {
    pub fn name(&self) -> &str {
        match self {
            Actor::Person { name, .. } | Actor::Token { name, .. } => name,
            Actor::Console { rule } => rule,
        }
    }

    /// Whose hands it is in the end: a token acts for whoever made it.
    pub fn hands(&self) -> Option<&PersonId> {
        match self {
            Actor::Person { id, .. } => Some(id),
            Actor::Token { made_by, .. } => made_by.as_ref(),
            Actor::Console { .. } => None,
        }
    }

    /// Whether one switch stops it.
    pub fn is_automatic(&self) -> bool {
        matches!(self, Actor::Console { .. })
    }
}

/// What is known of an account when somebody approves. Loaded then, never stored with a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub id: PersonId,
    pub email: Option<EmailAddress>,
    /// Other accounts that are known to be of the same person.
    pub linked: BTreeSet<PersonId>,
}

impl Account {
    /// Whether both are known to be of one person: the same account, one that is linked, or the same address however it
    /// is written.
    pub fn is_same_person(&self, other: &Account) -> bool {
        let all = |account: &Account| -> BTreeSet<PersonId> {
            account.linked.iter().chain([&account.id]).cloned().collect()
        };
        let folded = |account: &Account| account.email.as_ref().map(|email| email.folded().to_owned());
        !all(self).is_disjoint(&all(other)) || (folded(self).is_some() && folded(self) == folded(other))
    }
}

/// Somebody who is to be another than whoever asked.
#[derive(Clone, Debug)]
pub struct Second<'a> {
    pub by: Actor,
    /// Of `by`; of a token, the account of whoever made it.
    pub account: &'a Account,
    /// The same of whoever asked; `None` when the console did.
    pub requester: Option<&'a Account>,
}

impl Second<'_> {
    /// # Errors
    /// When it is the same person, or nobody can tell.
    pub fn is_another_than(&self, requester: &Actor) -> Result<(), Refusal> {
        let hands = self.by.hands();
        if hands.is_none() || hands != Some(&self.account.id) {
            return Err(Refusal::NobodyKnown);
        }
        let Some(asked) = requester.hands() else {
            // The console asked, or a token of which nobody knows who made it: it may have been anybody.
            return if requester.is_automatic() { Ok(()) } else { Err(Refusal::RequesterUnknown) };
        };
        let requester_account = self.requester.filter(|account| account.id == *asked);
        let Some(requester_account) = requester_account else { return Err(Refusal::RequesterUnknown) };
        if hands == Some(asked) {
            return Err(match (requester, &self.by) {
                (_, Actor::Token { .. }) => Refusal::OwnToken,
                (Actor::Token { .. }, _) => Refusal::AskedByOwnToken,
                _ => Refusal::OwnRequest,
            });
        }
        if self.account.is_same_person(requester_account) {
            return Err(Refusal::SamePerson { name: requester.name().to_owned() });
        }
        Ok(())
    }
}
