//! Who may do something: for those who give it to somebody, and for those who may not themselves.

use domain::access::{Permission, PersonId, SecondFactor};

use super::{Access, store};
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
        let holds = |person: &store::Stored| {
            let Some(role) = self.role(&person.role) else { return false };
            let lacks_factor = self.inner.second_factors_required
                && role.second_factor == SecondFactor::Required
                && person.second_factor_confirmed_at.is_none();
            let covered = match service {
                Some(service) => role.covers(service),
                None => role.services.is_none(),
            };
            person.disabled_at.is_none()
                && person.password_hash.is_some()
                && role.permissions.has(permission)
                && covered
                && !lacks_factor
        };
        Ok(people.into_iter().filter(holds).map(|person| (person.id, person.name)).collect())
    }
}
