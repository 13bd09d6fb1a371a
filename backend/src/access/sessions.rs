//! What a session holds, and the list of one's own.

use std::fmt;

use domain::{access::PersonId, audit::Origin, time::Millis};
use serde::{Deserialize, Serialize};

/// The key under which a session holds its `SessionContent`.
pub const SESSION_CONTENT: &str = "access";

/// Which session: the SHA-256 of its id, which opens nothing. In hexadecimal letters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SessionKey(pub(super) String);

impl SessionKey {
    /// From a form. One that is made up finds no session.
    pub fn from_form(text: impl Into<String>) -> SessionKey {
        SessionKey(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a sign-in has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The second factor is still to come.
    Password,
    SignedIn,
}

/// All that a session holds. Only `access` makes one; the web puts it into the session whose id it has just rotated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionContent {
    pub(super) person: PersonId,
    pub(super) epoch: i64,
    pub(super) stage: Stage,
    pub(super) signed_in_at: Millis,
    pub(super) proven_at: Option<Millis>,
    pub(super) address: Option<String>,
    pub(super) user_agent: Option<String>,
}

/// One of somebody's own sessions.
#[derive(Clone, Debug)]
pub struct OwnSession {
    pub key: SessionKey,
    /// Whether it is the one that asks.
    pub is_this: bool,
    pub signed_in_at: Millis,
    /// To the minute.
    pub last_seen_at: Millis,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// The store behind tower-sessions. Ids are stored hashed, and a session that was ended stays ended.
#[derive(Clone)]
pub struct Sessions {
    pub(super) access: super::Access,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}
