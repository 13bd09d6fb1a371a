//! What is told when something happens.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::facts::{self, Facts};

/// Who acted. `name` is what people read, as it was at that time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Option<String>,
    pub name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ActorKind {
    /// Somebody with an account.
    Person,
    /// A machine with an API token.
    Token,
    /// The console itself: a worker, the command line.
    Console,
    /// The watched platform, telling what it did.
    Platform,
    /// Somebody who is not signed in.
    Nobody,
}

/// From where it was asked.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Origin {
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    Done,
    /// Not allowed, or not sensible; nothing changed.
    Refused,
    /// Allowed and tried.
    Failed,
}

/// What it was done to. `kind` is one of the console's words: "person".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    pub kind: &'static str,
    pub id: String,
    pub name: String,
}

/// An AI operation that the platform reports.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
pub struct Operation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wedding_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// From 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_quality: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_time_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendations: Option<i64>,
}

/// One thing that happened, ready to be recorded in the transaction of the thing itself. Values are words already;
/// secrets and personal data do not belong in it (see `Masked`).
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// "thing.done": `person.invited`.
    pub verb: Cow<'static, str>,
    pub actor: Actor,
    pub origin: Origin,
    /// The permission that allowed it, or that was missing.
    pub permission: Option<&'static str>,
    pub object: Option<Object>,
    pub before: Option<Facts>,
    pub after: Option<Facts>,
    pub outcome: Outcome,
    /// Why it was refused or failed, or the reason that a person gave.
    pub reason: Option<String>,
    pub operation: Option<Operation>,
}

impl Entry {
    /// Something that was done.
    pub fn new(verb: impl Into<Cow<'static, str>>, actor: Actor, origin: Origin) -> Entry {
        Entry {
            verb: verb.into(),
            actor,
            origin,
            permission: None,
            object: None,
            before: None,
            after: None,
            outcome: Outcome::Done,
            reason: None,
            operation: None,
        }
    }

    pub fn about(mut self, object: Object) -> Entry {
        self.object = Some(object);
        self
    }

    pub fn with(mut self, permission: &'static str) -> Entry {
        self.permission = Some(permission);
        self
    }

    /// What it was and what it became; an empty side was not there. Keys that name a secret are masked whatever the
    /// caller did.
    pub fn changed(mut self, mut before: Facts, mut after: Facts) -> Entry {
        facts::mask_secrets(&mut before, &mut after);
        self.before = (!before.is_empty()).then_some(before);
        self.after = (!after.is_empty()).then_some(after);
        self
    }

    pub fn because(mut self, reason: impl Into<String>) -> Entry {
        self.reason = Some(reason.into());
        self
    }

    pub fn refused(mut self, reason: impl Into<String>) -> Entry {
        self.outcome = Outcome::Refused;
        self.because(reason)
    }

    pub fn failed(mut self, reason: impl Into<String>) -> Entry {
        self.outcome = Outcome::Failed;
        self.because(reason)
    }

    pub fn of(mut self, operation: Operation) -> Entry {
        self.operation = Some(operation);
        self
    }
}

impl Actor {
    pub fn person(id: impl Into<String>, name: impl Into<String>) -> Actor {
        Actor { kind: ActorKind::Person, id: Some(id.into()), name: name.into() }
    }

    pub fn token(id: impl Into<String>, name: impl Into<String>) -> Actor {
        Actor { kind: ActorKind::Token, id: Some(id.into()), name: name.into() }
    }

    /// A watched platform, by its name in the configuration.
    pub fn platform(name: impl Into<String>) -> Actor {
        let name = name.into();
        Actor { kind: ActorKind::Platform, id: Some(name.clone()), name }
    }

    /// The console itself; `name` says which part: "the command line".
    pub fn console(name: impl Into<String>) -> Actor {
        Actor { kind: ActorKind::Console, id: None, name: name.into() }
    }

    /// Somebody who is not signed in.
    pub fn nobody() -> Actor {
        Actor { kind: ActorKind::Nobody, id: None, name: "somebody not signed in".to_owned() }
    }
}

impl Object {
    pub fn new(kind: &'static str, id: impl Into<String>, name: impl Into<String>) -> Object {
        Object { kind, id: id.into(), name: name.into() }
    }
}

impl ActorKind {
    pub const ALL: [ActorKind; 5] =
        [ActorKind::Person, ActorKind::Token, ActorKind::Console, ActorKind::Platform, ActorKind::Nobody];

    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            ActorKind::Person => "person",
            ActorKind::Token => "token",
            ActorKind::Console => "console",
            ActorKind::Platform => "platform",
            ActorKind::Nobody => "nobody",
        }
    }

    pub fn from_word(word: &str) -> Option<ActorKind> {
        ActorKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Outcome {
    pub const ALL: [Outcome; 3] = [Outcome::Done, Outcome::Refused, Outcome::Failed];

    /// As it is stored, and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
        }
    }

    pub fn from_word(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}
