//! Links that are followed once, and passwords that are set: by a link, or by whoever knows the present one.

use domain::{
    access::{INVITATION, PersonId, RESET, SET_UP},
    audit::{Actor, Entry, Origin},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Access, Link, LinkKind, LinkRefused, OpenLink, PasswordRefused, SessionContent, SignInRefused, Viewer,
    counting::Counted,
    secrets, session_store as sessions, sign_in,
    store::{self, Stored, StoredLink},
    whole,
};
use crate::{
    audit,
    db::{DbError, Tx},
};

impl Access {
    /// What a link leads to; nothing is changed.
    ///
    /// # Errors
    /// When it leads nowhere any more.
    pub async fn link(&self, token: &SecretString) -> Result<OpenLink, LinkRefused> {
        let (link, person) = self.open_link(&secrets::hash_of(token)).await?;
        Ok(OpenLink { kind: link.kind, name: person.name, email: person.email, expires_at: link.expires_at })
    }

    /// Sets the password of the person to whom the link belongs. Every session of theirs ends.
    ///
    /// # Errors
    /// When the link leads nowhere any more, or the password cannot be taken; the link then still holds.
    pub async fn set_password(
        &self,
        token: &SecretString,
        password: &SecretString,
        origin: &Origin,
    ) -> Result<PersonId, LinkRefused> {
        let (access, hash) = (self.clone(), secrets::hash_of(token));
        let (password, origin) = (password.clone(), origin.clone());
        whole(async move {
            let entry = || Entry::new("person.set_password", Actor::nobody(), origin.clone());
            let person = match access.open_link(&hash).await {
                Ok((_, person)) => person,
                Err(why) => {
                    access.record(&entry().refused(why.to_string())).await?;
                    return Err(why);
                }
            };
            let password = match access.inner.passwords.hash(&password).await {
                Ok(password) => password,
                Err(why) => {
                    let refused = entry().about(sign_in::object(&person)).refused(why.to_string());
                    access.record(&refused).await?;
                    return Err(why.into());
                }
            };
            let now = access.now();
            let mut tx = access.inner.db.begin().await?;
            // Of two that follow it at once, one gets in.
            if !store::take_link(&mut tx, &hash, now).await? {
                let entry = entry().about(sign_in::object(&person));
                return Err(access.refuse(tx, entry, LinkRefused::Used).await);
            }
            access.renew_password(&mut tx, &person, &password, &origin).await?;
            let entry = Entry::new("person.set_password", sign_in::actor(&person), origin.clone());
            audit::record(&mut tx, now, &entry.about(sign_in::object(&person))).await?;
            tx.commit().await.map_err(DbError::from)?;
            access.inner.cache.forget_person(&person.id);
            Ok(person.id)
        })
        .await
    }

    /// Changes one's own password. Every session of the person ends, but for this one, whose id has to be rotated.
    ///
    /// # Errors
    /// When the present one is wrong, or the new one cannot be taken.
    pub async fn change_password(
        &self,
        viewer: &Viewer,
        present: &SecretString,
        new: &SecretString,
    ) -> Result<SessionContent, PasswordRefused> {
        let Some(content) = viewer.content.clone() else { return Err(PasswordRefused::Wrong) };
        let (access, viewer, present, new) = (self.clone(), viewer.clone(), present.clone(), new.clone());
        whole(async move {
            let checked = access.check_own_password(&viewer, &present, "person.proved").await;
            checked.map_err(|why| match why {
                SignInRefused::Wait { seconds } => PasswordRefused::Wait { seconds },
                SignInRefused::Db(error) => PasswordRefused::Db(error),
                SignInRefused::Wrong
                | SignInRefused::WrongCode
                | SignInRefused::UsedCode
                | SignInRefused::Over => PasswordRefused::Wrong,
            })?;
            let entry = viewer.entry("person.changed_password").about(viewer.object());
            let hash = match access.inner.passwords.hash(&new).await {
                Ok(hash) => hash,
                Err(why) => {
                    access.record(&entry.refused(why.to_string())).await?;
                    return Err(why);
                }
            };
            let now = access.now();
            let mut tx = access.inner.db.begin().await?;
            let Some(person) = store::person(&mut *tx, &viewer.person).await? else {
                return Err(access.refuse(tx, entry, PasswordRefused::Wrong).await);
            };
            let epoch = access.renew_password(&mut tx, &person, &hash, viewer.origin()).await?;
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            access.inner.cache.forget_person(&viewer.person);
            Ok(SessionContent { epoch, proven_at: Some(now), ..content })
        })
        .await
    }

    /// Makes a link for a person; those of before end.
    pub(super) async fn make_link(
        &self,
        tx: &mut Tx,
        kind: LinkKind,
        person: &PersonId,
    ) -> Result<Link, DbError> {
        let now = self.now();
        let expires_at = now.plus(match kind {
            LinkKind::SetUp => SET_UP,
            LinkKind::Invite => INVITATION,
            LinkKind::Reset => RESET,
        });
        let token = secrets::random_token("");
        store::add_link(tx, &secrets::hash_of(&token), kind, person, now, expires_at).await?;
        let url = format!("{}{}{}", self.inner.public_url, kind.path(), token.expose_secret());
        Ok(Link { person: person.clone(), kind, url: url.into(), expires_at })
    }

    /// The new hash; every session and link of before ends, and failed tries count no longer. Says the new epoch.
    async fn renew_password(
        &self,
        tx: &mut Tx,
        person: &Stored,
        hash: &SecretString,
        origin: &Origin,
    ) -> Result<i64, DbError> {
        // The failures before the person, as a sign-in does: two of them then never wait for each other crosswise.
        let own = Origin { address: None, ..origin.clone() };
        Counted::account(person.email.folded(), &own).forgive(tx).await?;
        store::set_password(tx, &person.id, hash).await?;
        store::end_links(tx, &person.id, self.now()).await?;
        sessions::forget_browsers(tx, &person.id).await?;
        let (_, epoch) = sessions::end_sessions(tx, &person.id).await?;
        Ok(epoch)
    }

    async fn open_link(&self, hash: &str) -> Result<(StoredLink, Stored), LinkRefused> {
        let read = self.inner.db.read();
        let link = store::link(read, hash).await?.ok_or(LinkRefused::Unknown)?;
        if link.used_at.is_some() {
            return Err(LinkRefused::Used);
        }
        if link.expires_at <= self.now() {
            return Err(LinkRefused::Expired);
        }
        let person = store::person(read, &link.person).await?.ok_or(LinkRefused::Unknown)?;
        if person.disabled_at.is_some() {
            return Err(LinkRefused::Disabled);
        }
        Ok((link, person))
    }
}
