//! Somebody who acts without a session: by the button of a message that went to them, or by the link in a mail.

use std::sync::Arc;

use domain::{
    access::{Permissions, PersonId},
    audit::Origin,
};

use super::{
    Access, WayKind, store,
    viewer::{Account, By, Viewer},
};
use crate::db::DbError;

impl Access {
    /// The person as whoever acts by a message of the console: with the permissions that their role has now, and
    /// without a proof for what is dangerous. `through` says by what, for the record: "the link in a mail". The caller
    /// has made sure that it is them. `None` when the person was removed or is disabled.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn acting_by_message(
        &self,
        person: &PersonId,
        origin: impl Into<Arc<Origin>>,
        through: &'static str,
    ) -> Result<Option<Viewer>, DbError> {
        let Some(person) = store::person(self.inner.db.read(), person).await? else { return Ok(None) };
        if person.disabled_at.is_some() {
            return Ok(None);
        }
        let mut account = Account {
            person: person.id,
            name: person.name,
            email: person.email.as_str().to_owned(),
            role_label: person.role.clone(),
            role: person.role,
            permissions: Permissions::NONE,
            services: None,
            zone: person.zone.as_deref().and_then(|zone| jiff::tz::TimeZone::get(zone).ok()),
            theme: person.theme.parse().unwrap_or_default(),
            second_factor_since: person.second_factor_confirmed_at,
            restricted: None,
            by: By::Message { through },
            content: None,
        };
        account.grant(&self.inner.roles, self.inner.second_factors_required);
        Ok(Some(Viewer::new(account.into(), origin)))
    }

    /// Whose name in the chat this is. `None` when nobody has noted it, and when more than one has: then it says
    /// nothing about who acts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn by_chat_name(&self, name: &str) -> Result<Option<PersonId>, DbError> {
        let mut people = store::with_way(self.inner.db.read(), WayKind::Chat, name).await?;
        let only = people.pop().filter(|_| people.is_empty());
        Ok(only)
    }
}
