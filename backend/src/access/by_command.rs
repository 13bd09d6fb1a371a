//! What the command line may do: it runs where the database is, and whoever can start it owns that already.

use domain::{
    access::{EmailAddress, Permissions, PersonId},
    audit::{Actor, Entry, Origin},
    time::Millis,
};
use secrecy::SecretString;

use super::{
    Access, Link, LinkKind, NewToken, PeopleRefused, TokenRefused, people::NewPerson, sign_in, store, whole,
};
use crate::{audit, db::DbError};

impl Access {
    /// Adds a person, who sets a password by the link within an hour: the first administrator.
    ///
    /// # Errors
    /// As `invite`.
    pub async fn add_by_command(&self, email: &str, name: &str, role: &str) -> Result<Link, PeopleRefused> {
        self.add_with(email, name, role, None).await
    }

    /// Adds a person who has a password already.
    ///
    /// # Errors
    /// As `invite`, and when the password cannot be taken.
    pub async fn add_with_password_by_command(
        &self,
        email: &str,
        name: &str,
        role: &str,
        password: &SecretString,
    ) -> Result<PersonId, PeopleRefused> {
        let hash = self.inner.passwords.hash(password).await?;
        Ok(self.add_with(email, name, role, Some(hash)).await?.person)
    }

    /// Whether somebody has this address already.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn is_taken(&self, email: &str) -> Result<bool, DbError> {
        match EmailAddress::parse(email) {
            Ok(email) => Ok(store::person_by_email(self.inner.db.read(), &email).await?.is_some()),
            Err(_) => Ok(false),
        }
    }

    /// A way back in: a link to a new password, within an hour.
    ///
    /// # Errors
    /// When nobody has this address.
    pub async fn reset_by_command(&self, email: &str) -> Result<Link, PeopleRefused> {
        let (access, typed) = (self.clone(), email.to_owned());
        whole(async move {
            let entry = entry("person.reset_link_made");
            let mut tx = access.inner.db.begin().await?;
            let person = match EmailAddress::parse(&typed) {
                Ok(email) => store::person_by_email(&mut *tx, &email).await?,
                Err(why) => return Err(access.refuse(tx, entry, why.into()).await),
            };
            let Some(person) = person else {
                return Err(access.refuse(tx, entry, PeopleRefused::Unknown).await);
            };
            let link = access.make_link(&mut tx, LinkKind::Reset, &person.id).await?;
            audit::record(&mut tx, access.now(), &entry.about(sign_in::object(&person))).await?;
            tx.commit().await.map_err(DbError::from)?;
            Ok(link)
        })
        .await
    }

    /// Makes a token for a machine that acts for somebody: administrators make them on a page, for themselves only, and
    /// may handle no alerts.
    ///
    /// # Errors
    /// When nobody has this address, or it would allow more than they may, nothing, or for too long.
    pub async fn create_token_by_command(
        &self,
        email: &str,
        name: &str,
        permissions: Permissions,
        expires_at: Millis,
    ) -> Result<NewToken, TokenRefused> {
        let (access, email, name) = (self.clone(), email.to_owned(), name.to_owned());
        whole(async move {
            let (entry, mut tx) = (entry("token.created"), access.inner.db.begin().await?);
            let owner = match EmailAddress::parse(&email) {
                Ok(email) => store::person_by_email(&mut *tx, &email).await?,
                Err(_) => None,
            };
            let Some(owner) = owner.filter(|owner| owner.disabled_at.is_none()) else {
                return Err(access.refuse(tx, entry, TokenRefused::NoOwner).await);
            };
            let role = access.inner.roles.iter().find(|role| role.name == owner.role);
            let own = role.map_or(Permissions::NONE, |role| role.permissions);
            let owner = (owner.id, owner.name, own);
            access.make_token(tx, entry, owner, (&name, permissions, expires_at)).await
        })
        .await
    }

    async fn add_with(
        &self,
        email: &str,
        name: &str,
        role: &str,
        password: Option<SecretString>,
    ) -> Result<Link, PeopleRefused> {
        let access = self.clone();
        let new =
            NewPerson { email: email.to_owned(), name: name.to_owned(), role: role.to_owned(), password };
        whole(async move { access.add(entry("person.added"), new, LinkKind::SetUp).await }).await
    }
}

fn entry(verb: &'static str) -> Entry {
    Entry::new(verb, Actor::console("the command line"), Origin::default())
}
