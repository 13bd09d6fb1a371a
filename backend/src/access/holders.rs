//! Who may do something: for those who give it to somebody, and for those who may not themselves.

use std::collections::BTreeSet;

use domain::access::{Permission, PersonId, SecondFactor};

use super::{Access, Known, identity_store, store};
use crate::db::DbError;

impl Access {
    /// Everybody who can sign in and has the permission, for one service or (`None`) for the platform as a whole: id and
    /// name, in the order of their names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn holders(
        &self,
        permission: Permission,
        service: Option<&str>,
    ) -> Result<Vec<(PersonId, String)>, DbError> {
        let people = store::people(self.inner.db.read()).await?;
        // Whoever signs in at a provider has no password here, and gives the second factor there.
        let connected = identity_store::connected(self.inner.db.read()).await?;
        let connected: BTreeSet<&str> = connected.iter().map(|(person, _)| person.as_str()).collect();
        let holds = |person: &store::Stored| {
            let Some(role) = self.role(&person.role) else { return false };
            let is_connected = connected.contains(person.id.as_str());
            let lacks_factor = !is_connected
                && self.inner.second_factors_required
                && role.second_factor == SecondFactor::Required
                && person.second_factor_confirmed_at.is_none();
            let covered = match service {
                Some(service) => role.covers(service),
                None => role.services.is_none(),
            };
            person.disabled_at.is_none()
                && (is_connected || person.password_hash.is_some())
                && role.permissions.has(permission)
                && covered
                && !lacks_factor
        };
        Ok(people.into_iter().filter(holds).map(|person| (person.id, person.name)).collect())
    }

    /// Everybody whose account is not disabled and has one of these roles: id and name, in the order of their names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn with_roles(&self, roles: &[String]) -> Result<Vec<(PersonId, String)>, DbError> {
        if roles.is_empty() {
            return Ok(Vec::new());
        }
        let people = store::known(self.inner.db.read()).await?;
        let has = |person: &Known| person.disabled_at.is_none() && roles.contains(&person.role);
        Ok(people.into_iter().filter(has).map(|person| (person.id, person.name)).collect())
    }

    /// The address of somebody who has an account; `None` when there is none any more.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn email_of(&self, person: &PersonId) -> Result<Option<String>, DbError> {
        let stored = store::person(self.inner.db.read(), person).await?;
        Ok(stored
            .filter(|person| person.disabled_at.is_none())
            .map(|person| person.email.as_str().to_owned()))
    }
}
