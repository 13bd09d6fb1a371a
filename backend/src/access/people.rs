//! The people who have an account, as those who manage access see and change them.

use domain::{
    access::{EmailAddress, Permission, PersonId},
    audit::{Entry, Masked, Object},
};
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    Access, Link, LinkKind, ManageAccess, PeopleRefused, Permit, Person, PersonChange, Proven, Theme,
    identity_store, session_store as sessions, sign_in,
    store::{self, Stored},
    whole, words,
};
use crate::{
    audit,
    db::{DbError, Tx},
};
use domain::access::IDLE;

impl Access {
    /// Everybody, in the order of their names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn people(&self, _permit: &Permit<ManageAccess>) -> Result<Vec<Person>, DbError> {
        let people = store::people(self.inner.db.read()).await?;
        self.with_activity(people).await
    }

    /// One person; `None` when there is none such.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn person(
        &self,
        _permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<Option<Person>, DbError> {
        let stored = store::person(self.inner.db.read(), person).await?;
        Ok(self.with_activity(stored.into_iter().collect()).await?.pop())
    }

    /// Adds a person, who sets a password by the link.
    ///
    /// # Errors
    /// When the address is none or taken, the name is none, or the configuration has no such role.
    pub async fn invite(
        &self,
        permit: &Permit<ManageAccess>,
        email: &str,
        name: &str,
        role: &str,
    ) -> Result<Link, PeopleRefused> {
        let entry = permit.entry("person.invited");
        let new = NewPerson {
            email: email.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            password: None,
        };
        let access = self.clone();
        whole(async move { access.add(entry, new, LinkKind::Invite).await }).await
    }

    /// Changes name and role. When the role changes, every session of the person ends.
    ///
    /// # Errors
    /// When somebody else changed the person since `version` was read: with both states. When they would be the last who
    /// can manage access.
    pub async fn change(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
        version: i64,
        change: PersonChange,
    ) -> Result<Person, PeopleRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("person.changed"), person.clone());
        whole(async move {
            let mut tx = access.inner.db.begin().await?;
            store::lock_administration(&mut tx).await?;
            let Some(before) = store::person(&mut *tx, &id).await? else {
                return Err(access.refuse(tx, entry, PeopleRefused::Unknown).await);
            };
            let entry = entry.about(sign_in::object(&before));
            let Some(name) = words::name(&change.name) else {
                return Err(access.refuse(tx, entry, PeopleRefused::Name).await);
            };
            // A role that was lost may be kept, but not given.
            if change.role != before.role && access.role(&change.role).is_none() {
                return Err(access.refuse(tx, entry, PeopleRefused::NoRole { role: change.role }).await);
            }
            if !store::change_person(&mut tx, &id, version, &name, &change.role).await? {
                let stored = Box::new(access.shown(before));
                return Err(access
                    .refuse(tx, entry, PeopleRefused::Conflict { stored, wanted: change })
                    .await);
            }
            if !access.manages(&change.role) && access.is_last(&mut tx, &before).await? {
                return Err(access.refuse(tx, entry, PeopleRefused::LastAdministrator).await);
            }
            if change.role != before.role {
                sessions::end_sessions(&mut tx, &id).await?;
            }
            let (was, is) = Masked::new()
                .hidden("name", Some(&before.name), Some(&name))
                .shown("role", Some(&before.role), Some(&change.role))
                .parts();
            let after = store::person(&mut *tx, &id).await?;
            audit::record(&mut tx, access.now(), &entry.changed(was, is)).await?;
            tx.commit().await.map_err(DbError::from)?;
            access.inner.cache.forget_person(&id);
            after.map(|person| access.shown(person)).ok_or(PeopleRefused::Unknown)
        })
        .await
    }

    /// Takes all access away, at once and until further notice. Nothing of the person is lost.
    ///
    /// # Errors
    /// When they are the last who can manage access.
    pub async fn disable(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("person.disabled"), person.clone());
        whole(async move {
            let (mut tx, before, entry) = access.about_to_change(entry, &id).await?;
            if access.is_last(&mut tx, &before).await? {
                return Err(access.refuse(tx, entry, PeopleRefused::LastAdministrator).await);
            }
            let now = access.now();
            store::set_disabled(&mut tx, &id, Some(now)).await?;
            store::end_links(&mut tx, &id, now).await?;
            sessions::end_sessions(&mut tx, &id).await?;
            access.done(tx, &id, entry).await
        })
        .await
    }

    /// Gives back what `disable` took.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn enable(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("person.enabled"), person.clone());
        whole(async move {
            let (mut tx, _, entry) = access.about_to_change(entry, &id).await?;
            store::set_disabled(&mut tx, &id, None).await?;
            access.done(tx, &id, entry).await
        })
        .await
    }

    /// Removes a person, their sessions, links, codes and tokens. What they did stays in the audit log.
    ///
    /// # Errors
    /// When they are the last who can manage access.
    pub async fn remove(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("person.removed"), person.clone());
        whole(async move {
            let (mut tx, before, entry) = access.about_to_change(entry, &id).await?;
            if access.is_last(&mut tx, &before).await? {
                return Err(access.refuse(tx, entry, PeopleRefused::LastAdministrator).await);
            }
            store::remove_person(&mut tx, &id).await?;
            access.done(tx, &id, entry).await
        })
        .await
    }

    /// A link to a new password; the old one holds until it is followed.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn reset_link(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<Link, PeopleRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("person.reset_link_made"), person.clone());
        whole(async move {
            let (mut tx, _, entry) = access.about_to_change(entry, &id).await?;
            let link = access.make_link(&mut tx, LinkKind::Reset, &id).await?;
            access.done(tx, &id, entry).await?;
            Ok(link)
        })
        .await
    }

    /// Removes the second factor of somebody who lost it. Every session of theirs ends.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn remove_second_factor_of(
        &self,
        proven: &Proven<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let entry = proven.permit().entry("second_factor.removed");
        let (access, id) = (self.clone(), person.clone());
        whole(async move {
            let (mut tx, _, entry) = access.about_to_change(entry, &id).await?;
            store::set_second_factor(&mut tx, &id, None).await?;
            store::set_recovery_codes(&mut tx, &id, &[]).await?;
            sessions::end_sessions(&mut tx, &id).await?;
            access.done(tx, &id, entry).await
        })
        .await
    }

    /// Ends every session of a person; says how many there were.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn end_sessions_of(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<u64, PeopleRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("sessions.ended"), person.clone());
        whole(async move {
            let (mut tx, _, entry) = access.about_to_change(entry, &id).await?;
            let (ended, _) = sessions::end_sessions(&mut tx, &id).await?;
            access.done(tx, &id, entry).await?;
            Ok(ended)
        })
        .await
    }

    pub(super) async fn add(
        &self,
        entry: Entry,
        new: NewPerson,
        kind: LinkKind,
    ) -> Result<Link, PeopleRefused> {
        let mut tx = self.inner.db.begin().await?;
        let (email, name) = match self.check(&new) {
            Ok(checked) => checked,
            Err(why) => return Err(self.refuse(tx, entry, why).await),
        };
        let person = Stored {
            id: PersonId::new(Uuid::now_v7().to_string()),
            email,
            name,
            role: new.role,
            zone: None,
            theme: Theme::System.word().to_owned(),
            password_hash: new.password,
            second_factor_secret: None,
            second_factor_confirmed_at: None,
            disabled_at: None,
            version: 1,
            epoch: 1,
            created_at: self.now(),
        };
        let (was, is) = Masked::new().shown("role", None, Some(&person.role)).parts();
        if !store::add_person(&mut tx, &person).await? {
            return Err(self.refuse(tx, entry, PeopleRefused::Taken).await);
        }
        let link = self.make_link(&mut tx, kind, &person.id).await?;
        if person.password_hash.is_some() {
            // Nobody is to follow it.
            store::end_links(&mut tx, &person.id, person.created_at).await?;
        }
        self.done(tx, &person.id, entry.about(sign_in::object(&person)).changed(was, is)).await?;
        Ok(link)
    }

    fn check(&self, new: &NewPerson) -> Result<(EmailAddress, String), PeopleRefused> {
        let email = EmailAddress::parse(&new.email)?;
        let name = words::name(&new.name).ok_or(PeopleRefused::Name)?;
        match self.role(&new.role) {
            Some(_) => Ok((email, name)),
            None => Err(PeopleRefused::NoRole { role: new.role.chars().take(64).collect() }),
        }
    }

    /// The beginning of a change: its turn, the person as they are, and the record with them as its object.
    async fn about_to_change(
        &self,
        entry: Entry,
        person: &PersonId,
    ) -> Result<(Tx, Stored, Entry), PeopleRefused> {
        let mut tx = self.inner.db.begin().await?;
        store::lock_administration(&mut tx).await?;
        match store::person(&mut *tx, person).await? {
            Some(before) => {
                let entry = entry.about(sign_in::object(&before));
                Ok((tx, before, entry))
            }
            None => {
                let entry = entry.about(Object::new("person", person.as_str(), "somebody unknown"));
                Err(self.refuse(tx, entry, PeopleRefused::Unknown).await)
            }
        }
    }

    async fn done(&self, mut tx: Tx, person: &PersonId, entry: Entry) -> Result<(), PeopleRefused> {
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await.map_err(DbError::from)?;
        self.inner.cache.forget_person(person);
        Ok(())
    }

    /// Whether nobody else who can sign in manages access. One signs in by a password, or by a provider that is configured.
    pub(super) async fn is_last(&self, tx: &mut Tx, person: &Stored) -> Result<bool, DbError> {
        if person.disabled_at.is_some() || !self.manages(&person.role) {
            return Ok(false);
        }
        let connected = identity_store::connected(&mut **tx).await?;
        let by_provider = |id: &str| {
            connected.iter().any(|(person, issuer)| person == id && self.provider_of(issuer).is_some())
        };
        if person.password_hash.is_none() && !by_provider(person.id.as_str()) {
            return Ok(false);
        }
        let others = store::others(tx, &person.id).await?;
        Ok(!others
            .iter()
            .any(|(id, role, has_password)| self.manages(role) && (*has_password || by_provider(id))))
    }

    pub(super) fn manages(&self, role: &str) -> bool {
        self.role(role).is_some_and(|role| role.permissions.has(Permission::ManageAccess))
    }

    /// Whether this is the last person who can manage access.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn is_last_administrator(
        &self,
        _permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<bool, DbError> {
        let mut tx = self.inner.db.begin().await?;
        let is_last = match store::person(&mut *tx, person).await? {
            Some(stored) => self.is_last(&mut tx, &stored).await?,
            None => false,
        };
        tx.rollback().await?;
        Ok(is_last)
    }

    async fn with_activity(&self, people: Vec<Stored>) -> Result<Vec<Person>, DbError> {
        let now = self.now();
        let activity = sessions::activity(self.inner.db.read(), now, now.minus(IDLE)).await?;
        let connected = identity_store::connected(self.inner.db.read()).await?;
        let with = people.into_iter().map(|person| {
            let mut shown = self.shown(person);
            if let Some((_, sessions, last)) = activity.iter().find(|(id, ..)| id == shown.id.as_str()) {
                shown.sessions = u32::try_from(*sessions).unwrap_or(u32::MAX);
                shown.last_seen_at = Some(domain::time::Millis(*last));
            }
            let own = connected.iter().filter(|(id, _)| id == shown.id.as_str());
            shown.providers =
                own.filter_map(|(_, issuer)| Some(self.provider_of(issuer)?.config.label.clone())).collect();
            shown
        });
        Ok(with.collect())
    }

    pub(super) fn shown(&self, person: Stored) -> Person {
        Person {
            role_exists: self.role(&person.role).is_some(),
            has_password: person.password_hash.is_some(),
            providers: Vec::new(),
            second_factor_since: person.second_factor_confirmed_at,
            id: person.id,
            email: person.email,
            name: person.name,
            role: person.role,
            disabled_at: person.disabled_at,
            created_at: person.created_at,
            sessions: 0,
            last_seen_at: None,
            version: person.version,
        }
    }
}

/// Somebody who is to be added.
pub(super) struct NewPerson {
    pub email: String,
    pub name: String,
    pub role: String,
    /// Already hashed.
    pub password: Option<SecretString>,
}
