//! Who there is, for features that name people: schedules, alerts, training. No addresses.

use std::fmt;

use domain::{
    access::{Permission, PersonId},
    time::Millis,
};

use super::{Access, WayKind, store};
use crate::db::{Db, DbError, Tx};

/// Somebody with an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    pub id: PersonId,
    pub name: String,
    /// The name of a role, which the configuration may have lost.
    pub role: String,
    /// An IANA name; `None` is the console's zone.
    pub zone: Option<String>,
    /// When their access was taken away.
    pub disabled_at: Option<Millis>,
}

impl fmt::Debug for Known {
    /// A name is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("disabled_at", &self.disabled_at)
            .finish_non_exhaustive()
    }
}

/// Everybody with an account, in the order of their names; whoever was removed is missing.
///
/// # Errors
/// When the database cannot be read.
pub async fn known(tx: &mut Tx) -> Result<Vec<Known>, DbError> {
    store::known(&mut **tx).await
}

/// The kinds of ways of everybody, each person's in their order.
///
/// # Errors
/// When the database cannot be read.
pub async fn way_kinds(db: &Db) -> Result<Vec<(PersonId, WayKind)>, DbError> {
    store::way_kinds(db.read()).await
}

impl Access {
    /// Whether somebody's role has the permission, and their access was not taken away.
    pub fn may(&self, person: &Known, permission: Permission) -> bool {
        person.disabled_at.is_none()
            && self.role(&person.role).is_some_and(|role| role.permissions.has(permission))
    }
}
