//! Machines: tokens that allow a part of what a person may do, for a time.

use std::sync::Arc;

use domain::{
    access::{LONGEST_TOKEN, Permissions, PersonId},
    audit::{Actor, ActorKind, Entry, Masked, Object, Origin},
    time::{MINUTE, Millis},
};
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{
    Access, ApiToken, ManageAccess, NewToken, Permit, Proven, TokenRefused, Viewer, secrets, store,
    token_store,
    viewer::{Account, By},
    whole, words,
};
use crate::{
    audit,
    db::{DbError, Tx},
};

const PREFIX: &str = "bwt_";
/// Nothing longer is even hashed.
const LONGEST: usize = 200;
/// Last use is written no more often.
const USED: i64 = MINUTE;

impl Access {
    /// Makes a token, which is shown once. It allows nothing that its person may not do, now or later.
    ///
    /// # Errors
    /// When it would allow more, nothing, or for too long.
    pub async fn create_token(
        &self,
        proven: &Proven<ManageAccess>,
        name: &str,
        permissions: Permissions,
        expires_at: Millis,
    ) -> Result<NewToken, TokenRefused> {
        let (access, viewer) = (self.clone(), proven.permit().viewer().clone());
        let (entry, typed) = (proven.permit().entry("token.created"), name.to_owned());
        whole(async move {
            let tx = access.inner.db.begin().await?;
            let owner = (viewer.person.clone(), viewer.name.clone(), viewer.permissions);
            access.make_token(tx, entry, owner, (&typed, permissions, expires_at)).await
        })
        .await
    }

    /// In the given transaction, which it ends: who it is for, with what they may; its name, what it allows, its end.
    pub(super) async fn make_token(
        &self,
        mut tx: Tx,
        entry: Entry,
        (person, person_name, own): (PersonId, String, Permissions),
        (name, permissions, expires_at): (&str, Permissions, Millis),
    ) -> Result<NewToken, TokenRefused> {
        let now = self.now();
        let name = match checked(name, permissions, own, expires_at, now) {
            Ok(name) => name,
            Err(why) => return Err(self.refuse(tx, entry, why).await),
        };
        let token = ApiToken {
            id: Uuid::now_v7().to_string(),
            name,
            person,
            person_name,
            permissions,
            created_at: now,
            expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let secret = secrets::random_token(PREFIX);
        token_store::add_token(&mut tx, &token, &secrets::hash_of(&secret)).await?;
        let (was, is) = Masked::new()
            .shown("permissions", None, Some(&permissions.keys()))
            .shown("expires_at", None, Some(&expires_at.to_string()))
            .parts();
        audit::record(&mut tx, now, &entry.about(object(&token)).changed(was, is)).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(NewToken { token, secret })
    }

    /// All tokens, the newest first; also those that have ended.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tokens(&self, _permit: &Permit<ManageAccess>) -> Result<Vec<ApiToken>, DbError> {
        token_store::tokens(self.inner.db.read()).await
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// When there is none such, or it was revoked before.
    pub async fn revoke_token(&self, permit: &Permit<ManageAccess>, id: &str) -> Result<(), TokenRefused> {
        let (access, entry, id) = (self.clone(), permit.entry("token.revoked"), id.to_owned());
        whole(async move {
            let mut tx = access.inner.db.begin().await?;
            let Some(token) = token_store::token_by_id(&mut *tx, &id).await? else {
                return Err(access.refuse(tx, entry, TokenRefused::Unknown).await);
            };
            let entry = entry.about(object(&token));
            if !token_store::revoke_token(&mut tx, &id, access.now()).await? {
                return Err(access.refuse(tx, entry, TokenRefused::Revoked).await);
            }
            audit::record(&mut tx, access.now(), &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            Ok(())
        })
        .await
    }

    /// Who sent a request with this token: two reads by index. Its use is written down once a minute.
    ///
    /// # Errors
    /// When it is not known, has ended, or its person has no access any more; each is recorded.
    pub async fn check_token(&self, bearer: &SecretString, origin: Origin) -> Result<Viewer, TokenRefused> {
        self.check_token_in_a_flood(bearer, origin, || true).await
    }

    /// The same; a refusal goes on record only if `is_recorded` says so, which is asked only then. Somebody who shows
    /// wrong tokens without end must not fill the log.
    ///
    /// # Errors
    /// As `check_token`.
    pub async fn check_token_in_a_flood(
        &self,
        bearer: &SecretString,
        origin: Origin,
        is_recorded: impl FnOnce() -> bool + Send,
    ) -> Result<Viewer, TokenRefused> {
        let (why, token) = match self.token_viewer(bearer, &origin).await? {
            Ok(viewer) => return Ok(viewer),
            Err(refused) => refused,
        };
        if !is_recorded() {
            return Err(why);
        }
        let actor = match &token {
            Some(token) => {
                Actor { kind: ActorKind::Token, id: Some(token.id.clone()), name: token.name.clone() }
            }
            None => Actor::nobody(),
        };
        let mut entry = Entry::new("token.used", actor, origin).refused(why.to_string());
        entry.object = token.as_ref().map(object);
        let access = self.clone();
        whole::<(), DbError>(async move { access.record(&entry).await }).await?;
        Err(why)
    }

    async fn token_viewer(
        &self,
        bearer: &SecretString,
        origin: &Origin,
    ) -> Result<Result<Viewer, (TokenRefused, Option<ApiToken>)>, DbError> {
        let (text, now, read) = (bearer.expose_secret(), self.now(), self.inner.db.read());
        if text.len() > LONGEST || !text.starts_with(PREFIX) {
            return Ok(Err((TokenRefused::Unknown, None)));
        }
        let Some(token) = token_store::token_by_hash(read, &secrets::hash_of(bearer)).await? else {
            return Ok(Err((TokenRefused::Unknown, None)));
        };
        if token.revoked_at.is_some() {
            return Ok(Err((TokenRefused::Revoked, Some(token))));
        }
        if token.expires_at <= now {
            return Ok(Err((TokenRefused::Expired, Some(token))));
        }
        let person = store::person(read, &token.person).await?;
        let Some(person) = person.filter(|person| person.disabled_at.is_none()) else {
            return Ok(Err((TokenRefused::OwnerGone, Some(token))));
        };
        // Without a password the person signs in by a provider, which asks for the second factor.
        let needs_factor = self.inner.second_factors_required && person.password_hash.is_some();
        let mut account = Account {
            person: person.id,
            name: person.name,
            email: person.email.as_str().to_owned(),
            role_label: person.role.clone(),
            role: person.role,
            permissions: Permissions::NONE,
            services: None,
            zone: person.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok()),
            theme: person.theme.parse().unwrap_or_default(),
            second_factor_since: person.second_factor_confirmed_at,
            restricted: None,
            by: By::Token { id: token.id.clone(), name: token.name.clone(), expires_at: token.expires_at },
            content: None,
        };
        account.grant(&self.inner.roles, needs_factor);
        account.permissions = account.permissions.and(token.permissions);
        if token.last_used_at.is_none_or(|used| now.since(used) >= USED) {
            let (access, id) = (self.clone(), token.id);
            // Nobody waits for it.
            tokio::spawn(async move {
                if let Err(error) = access.write_used(&id, now).await {
                    tracing::warn!(%error, "the use of a token was not written down");
                }
            });
        }
        Ok(Ok(Viewer::new(Arc::new(account), origin.clone())))
    }

    async fn write_used(&self, id: &str, now: Millis) -> Result<(), DbError> {
        let mut tx = self.inner.db.begin().await?;
        token_store::write_used(&mut tx, id, now).await?;
        Ok(tx.commit().await?)
    }
}

fn checked(
    name: &str,
    permissions: Permissions,
    own: Permissions,
    expires_at: Millis,
    now: Millis,
) -> Result<String, TokenRefused> {
    let name = words::name(name).ok_or(TokenRefused::Name)?;
    if permissions.is_empty() {
        return Err(TokenRefused::NoPermission);
    }
    if !permissions.within(own) {
        return Err(TokenRefused::MoreThanOwn);
    }
    let lasts = expires_at.since(now);
    if lasts <= 0 || lasts > LONGEST_TOKEN {
        return Err(TokenRefused::Expiry);
    }
    Ok(name)
}

fn object(token: &ApiToken) -> Object {
    Object::new("token", &token.id, &token.name)
}
