//! What the command line may do: it runs where the database is, and whoever can start it owns that already.

use domain::{
    access::{EmailAddress, PersonId},
    audit::{Actor, Entry, Origin},
};
use secrecy::SecretString;

use super::{Access, Link, LinkKind, PeopleRefused, people::NewPerson, sign_in, store, whole};
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
