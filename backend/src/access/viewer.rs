//! Who is looking: a person in a session, or a machine with a token.

use std::{fmt, ops::Deref, str::FromStr, sync::Arc};

use domain::{
    access::{Permissions, PersonId, Role, SecondFactor},
    audit::{Actor, ActorKind, Entry, Object, Origin},
    time::Millis,
};
use jiff::tz::TimeZone;

use super::sessions::{SessionContent, SessionKey};

/// Somebody who is signed in, and the request they came with. Only `access` can make one.
#[derive(Clone, Debug)]
pub struct Viewer {
    account: Arc<Account>,
    origin: Arc<Origin>,
}

/// What is known of somebody who is signed in. Read it through `Viewer`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Account {
    pub person: PersonId,
    /// As people call them.
    pub name: String,
    pub email: String,
    /// `lead`; may be one that the configuration no longer has.
    pub role: String,
    /// "Lead"
    pub role_label: String,
    /// What they may do now. Empty while `restricted` says why.
    pub permissions: Permissions,
    /// The keys of the services that the role is limited to; `None` is all of them.
    pub services: Option<Vec<String>>,
    /// Their own time zone; `None` is the console's.
    pub zone: Option<TimeZone>,
    pub theme: Theme,
    /// Whether a second factor is set up.
    pub second_factor_since: Option<Millis>,
    pub restricted: Option<Restricted>,
    pub by: By,
    /// What the session holds; `None` for a machine.
    pub(super) content: Option<SessionContent>,
}

/// By what they are here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum By {
    Session {
        key: SessionKey,
        signed_in_at: Millis,
        /// When the password was last given.
        proven_at: Option<Millis>,
        /// The name of the provider by which they signed in.
        provider: Option<String>,
    },
    Token {
        id: String,
        name: String,
        expires_at: Millis,
    },
    /// By the button or the link of a message that went to them: "the link in a mail".
    Message {
        through: &'static str,
    },
}

/// Why somebody is signed in and may do nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Restricted {
    #[error("your role needs a second factor: set it up first")]
    NeedsSecondFactor,
    #[error("your role {role:?} does not exist any more: ask somebody who manages users for another one")]
    RoleGone { role: String },
}

/// How pages look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// Who sent a request.
#[derive(Clone, Debug)]
pub enum Who {
    Nobody,
    /// The password was right; the second factor is still to come.
    HalfWay(HalfWay),
    SignedIn(Viewer),
}

/// A session between the password and the second factor.
#[derive(Clone, Debug)]
pub struct HalfWay {
    pub(super) content: SessionContent,
    pub(super) key: SessionKey,
}

impl HalfWay {
    /// The session, which ends when the sign-in is done or given up.
    pub fn session(&self) -> &SessionKey {
        &self.key
    }
}

impl Viewer {
    pub(super) fn new(account: Arc<Account>, origin: impl Into<Arc<Origin>>) -> Viewer {
        Viewer { account, origin: origin.into() }
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// When the password was last given; a machine never gave one.
    pub fn proven_at(&self) -> Option<Millis> {
        match self.by {
            By::Session { proven_at, .. } => proven_at,
            By::Token { .. } | By::Message { .. } => None,
        }
    }

    /// The name of the provider by which they signed in, who is asked for a proof in place of the password.
    pub fn provider(&self) -> Option<&str> {
        match &self.by {
            By::Session { provider, .. } => provider.as_deref(),
            By::Token { .. } | By::Message { .. } => None,
        }
    }

    /// The session; `None` for a machine.
    pub fn session(&self) -> Option<&SessionKey> {
        match &self.by {
            By::Session { key, .. } => Some(key),
            By::Token { .. } | By::Message { .. } => None,
        }
    }

    /// For the record of what they do.
    pub fn actor(&self) -> Actor {
        match &self.by {
            By::Session { .. } => Actor::person(self.person.as_str(), &self.name),
            By::Message { through } => {
                Actor::person(self.person.as_str(), format!("{} (by {through})", self.name))
            }
            By::Token { id, name, .. } => Actor {
                kind: ActorKind::Token,
                id: Some(id.clone()),
                name: format!("{name} ({})", self.name),
            },
        }
    }

    /// Whether the role holds for this service.
    pub fn covers(&self, service: &str) -> bool {
        self.services.as_ref().is_none_or(|services| services.iter().any(|one| one == service))
    }

    /// Their own account, as the object of a record.
    pub(super) fn object(&self) -> Object {
        Object::new("person", self.person.as_str(), &self.name)
    }

    /// The beginning of the record of what they do to their own account.
    pub(super) fn entry(&self, verb: &'static str) -> Entry {
        Entry::new(verb, self.actor(), self.origin().clone())
    }
}

impl Deref for Viewer {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl Account {
    /// What a role gives to somebody: label, permissions, services, and why there are none.
    pub(super) fn grant(&mut self, roles: &[Role], second_factors_required: bool) {
        match roles.iter().find(|role| role.name == self.role) {
            None => self.restricted = Some(Restricted::RoleGone { role: self.role.clone() }),
            Some(role) => {
                role.label.clone_into(&mut self.role_label);
                self.services.clone_from(&role.services);
                let required = second_factors_required && role.second_factor == SecondFactor::Required;
                if required && self.second_factor_since.is_none() {
                    self.restricted = Some(Restricted::NeedsSecondFactor);
                } else {
                    self.permissions = role.permissions;
                }
            }
        }
    }
}

impl fmt::Debug for Account {
    /// Without name and address, which are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("person", &self.person)
            .field("role", &self.role)
            .field("permissions", &self.permissions)
            .field("services", &self.services)
            .field("restricted", &self.restricted)
            .finish_non_exhaustive()
    }
}

impl Theme {
    /// As it is stored, and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl FromStr for Theme {
    type Err = ();

    fn from_str(word: &str) -> Result<Theme, ()> {
        [Theme::System, Theme::Light, Theme::Dark].into_iter().find(|theme| theme.word() == word).ok_or(())
    }
}
