//! Sessions: what one holds, how long it holds, who it makes somebody, and the end of it.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use domain::{
    access::{ABSOLUTE, ANONYMOUS, HALF_WAY, IDLE, Permissions, PersonId, session_ends},
    audit::Origin,
    time::{DAY, HOUR, Millis},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{
    Access, KNOWN_BROWSER,
    cache::{Found, Loaded},
    secrets, session_store as store,
    session_store::{SessionRow, SessionToWrite},
    viewer::{Account, By, HalfWay, Viewer, Who},
    whole,
};
use crate::{audit, db::DbError};

/// The key under which a session holds its `SessionContent`.
pub const SESSION_CONTENT: &str = "access";

const LONGEST_AGENT: usize = 300;
/// Whoever follows a link is told that it has expired for this long; then it is unknown.
const TOLD: i64 = 30 * DAY;

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

    fn of(id: &Id) -> SessionKey {
        SessionKey(secrets::hash(&id.0.to_le_bytes()))
    }
}

impl SessionContent {
    /// A session that begins now, with the password just given.
    pub(super) fn begun(
        person: &PersonId,
        epoch: i64,
        stage: Stage,
        now: Millis,
        origin: &Origin,
    ) -> SessionContent {
        SessionContent {
            person: person.clone(),
            epoch,
            stage,
            signed_in_at: now,
            proven_at: Some(now),
            provider: None,
            address: origin.address.clone(),
            user_agent: origin.user_agent.as_ref().map(|agent| agent.chars().take(LONGEST_AGENT).collect()),
        }
    }

    /// The last moment at which it could still be alive.
    fn last_end(&self) -> Millis {
        match self.stage {
            Stage::Password => self.signed_in_at.plus(HALF_WAY),
            Stage::SignedIn => self.signed_in_at.plus(ABSOLUTE),
        }
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
    /// The name of the provider by which it began; it has given the second factor too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<String>,
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
    access: Access,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

impl Access {
    /// The store for tower-sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions { access: self.clone() }
    }

    /// Who sent a request with this session: no read, or one by the index. Its use is written down once a minute.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn who(&self, id: Option<&Id>, origin: impl Into<Arc<Origin>>) -> Result<Who, DbError> {
        let Some(id) = id else { return Ok(Who::Nobody) };
        let key = SessionKey::of(id);
        let Some(found) = self.found(&key).await? else { return Ok(Who::Nobody) };
        Ok(match (&found.loaded.account, &found.loaded.content) {
            (Some(account), _) => Who::SignedIn(Viewer::new(account.clone(), origin)),
            (None, Some(content)) => Who::HalfWay(HalfWay { content: content.clone(), key }),
            (None, None) => Who::Nobody,
        })
    }

    /// Ends the session of whoever asks.
    ///
    /// # Errors
    /// When the database refuses; the session then goes on.
    pub async fn sign_out(&self, viewer: &Viewer) -> Result<(), DbError> {
        let Some(key) = viewer.session().cloned() else { return Ok(()) };
        self.end(viewer, "session.signed_out", key).await.map(|_| ())
    }

    /// The sessions of whoever asks, the last used first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn own_sessions(&self, viewer: &Viewer) -> Result<Vec<OwnSession>, DbError> {
        let now = self.now();
        let rows = store::sessions_of(self.inner.db.read(), &viewer.person, now, now.minus(IDLE)).await?;
        let own = rows.into_iter().map(|row| {
            let key = SessionKey(row.id_hash);
            OwnSession {
                is_this: viewer.session() == Some(&key),
                key,
                signed_in_at: Millis(row.signed_in_at),
                last_seen_at: Millis(row.last_seen_at),
                address: row.address,
                user_agent: row.user_agent,
            }
        });
        Ok(own.collect())
    }

    /// Ends one of the sessions of whoever asks; false when it is none of theirs, or over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_own_session(&self, viewer: &Viewer, session: &SessionKey) -> Result<bool, DbError> {
        self.end(viewer, "session.ended", session.clone()).await
    }

    /// Ends all sessions of whoever asks, this one too; says how many there were.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_own_sessions(&self, viewer: &Viewer) -> Result<u64, DbError> {
        let (access, viewer) = (self.clone(), viewer.clone());
        whole(async move {
            let mut tx = access.inner.db.begin().await?;
            let (ended, _) = store::end_sessions(&mut tx, &viewer.person).await?;
            let entry = viewer.entry("sessions.ended").about(viewer.object());
            audit::record(&mut tx, access.now(), &entry).await?;
            tx.commit().await?;
            access.inner.cache.forget_person(&viewer.person);
            Ok(ended)
        })
        .await
    }

    /// Removes sessions, browsers, links and failures that no longer count; says how many sessions went.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_expired(&self) -> Result<u64, DbError> {
        let access = self.clone();
        whole(async move {
            let now = access.now();
            let mut tx = access.inner.db.begin().await?;
            let (seen, browsers) = (now.minus(IDLE), now.minus(KNOWN_BROWSER));
            let gone =
                store::drop_expired(&mut tx, now, seen, browsers, now.minus(HOUR), now.minus(TOLD)).await?;
            tx.commit().await?;
            Ok(gone)
        })
        .await
    }

    async fn end(&self, viewer: &Viewer, verb: &'static str, key: SessionKey) -> Result<bool, DbError> {
        let (access, viewer) = (self.clone(), viewer.clone());
        whole(async move {
            let mut tx = access.inner.db.begin().await?;
            let was_there = store::end_session(&mut tx, &key, Some(&viewer.person)).await?;
            if was_there {
                let entry = viewer.entry(verb).about(viewer.object());
                audit::record(&mut tx, access.now(), &entry).await?;
            }
            tx.commit().await?;
            access.inner.cache.forget(&key);
            Ok(was_there)
        })
        .await
    }

    /// The session, if it is alive.
    async fn found(&self, key: &SessionKey) -> Result<Option<Found>, DbError> {
        let (cache, now) = (&self.inner.cache, self.now());
        let found = match cache.get(key, now) {
            Some(found) => found,
            None => {
                let generation = cache.generation();
                let Some(row) = store::session(self.inner.db.read(), key).await? else { return Ok(None) };
                let Some(found) = self.judge(key, row)? else { return Ok(None) };
                cache.put(generation, key.clone(), &found, now);
                found
            }
        };
        if end_of(&found) <= now {
            return Ok(None);
        }
        if cache.is_to_be_seen(key, now) {
            let (access, key) = (self.clone(), key.clone());
            // Nobody waits for it: a page is not slower once a minute.
            tokio::spawn(async move {
                if let Err(error) = access.write_seen(&key, now).await {
                    tracing::warn!(%error, "the use of a session was not written down");
                }
            });
        }
        Ok(Some(found))
    }

    async fn write_seen(&self, key: &SessionKey, now: Millis) -> Result<(), DbError> {
        let mut tx = self.inner.db.begin().await?;
        store::write_seen(&mut tx, key, now).await?;
        Ok(tx.commit().await?)
    }

    /// What a row comes to; `None` when its person was removed, disabled, or changed since.
    fn judge(&self, key: &SessionKey, row: SessionRow) -> Result<Option<Found>, DbError> {
        let data: HashMap<String, Value> = serde_json::from_str(&row.data)
            .map_err(|error| DbError::Stored(format!("a session: {error}")))?;
        let content = content_of(&data)?;
        let mut account = None;
        if let Some(content) = &content {
            if row.session_epoch != Some(content.epoch) || row.disabled_at.is_some() {
                return Ok(None);
            }
            if content.stage == Stage::SignedIn {
                account = Some(Arc::new(self.account(key, content, &row)));
            }
        }
        let created_at = Millis(row.created_at);
        let loaded = Loaded { data, created_at, content, account };
        Ok(Some(Found { loaded: Arc::new(loaded), last_seen: Millis(row.last_seen_at) }))
    }

    fn account(&self, key: &SessionKey, content: &SessionContent, row: &SessionRow) -> Account {
        let mut account = Account {
            person: content.person.clone(),
            name: row.name.clone().unwrap_or_default(),
            email: row.email.clone().unwrap_or_default(),
            role: row.role.clone().unwrap_or_default(),
            role_label: row.role.clone().unwrap_or_default(),
            permissions: Permissions::NONE,
            services: None,
            zone: row.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok()),
            theme: row.theme.as_deref().and_then(|theme| theme.parse().ok()).unwrap_or_default(),
            second_factor_since: row.second_factor_confirmed_at.map(Millis),
            restricted: None,
            by: By::Session {
                key: key.clone(),
                signed_in_at: content.signed_in_at,
                proven_at: content.proven_at,
                provider: content.provider.clone(),
            },
            content: Some(content.clone()),
        };
        let needs_factor = self.inner.second_factors_required && content.provider.is_none();
        account.grant(&self.inner.roles, needs_factor);
        account
    }
}

fn end_of(found: &Found) -> Millis {
    match &found.loaded.content {
        None => found.loaded.created_at.plus(ANONYMOUS),
        Some(content) if content.stage == Stage::Password => content.last_end(),
        Some(content) => session_ends(content.signed_in_at, found.last_seen),
    }
}

fn content_of(data: &HashMap<String, Value>) -> Result<Option<SessionContent>, DbError> {
    let content = data.get(SESSION_CONTENT).map(SessionContent::deserialize).transpose();
    content.map_err(|error| DbError::Stored(format!("the content of a session: {error}")))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            if self.write(record, true).await? {
                return Ok(());
            }
            // 128 random bits were taken already: once in the life of the universe, but it costs a line.
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.write(record, false).await.map(|_| ())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = self.access.found(&SessionKey::of(id)).await.map_err(told)?;
        Ok(found.map(|found| Record {
            id: *id,
            data: found.loaded.data.clone(),
            expiry_date: date_of(end_of(&found)),
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let (access, key) = (self.access.clone(), SessionKey::of(id));
        let deleted = whole(async move {
            let mut tx = access.inner.db.begin().await?;
            store::end_session(&mut tx, &key, None).await?;
            tx.commit().await?;
            access.inner.cache.forget(&key);
            Ok(())
        });
        deleted.await.map_err(told)
    }
}

impl Sessions {
    /// Says whether it was written: not when a new one has the id of another.
    async fn write(&self, record: &Record, is_new: bool) -> session_store::Result<bool> {
        let (access, key) = (self.access.clone(), SessionKey::of(&record.id));
        let content = content_of(&record.data).map_err(told)?;
        let data = serde_json::to_string(&record.data)
            .map_err(|error| session_store::Error::Encode(error.to_string()))?;
        let written = whole(async move {
            let now = access.now();
            let content = content.as_ref();
            let session = SessionToWrite {
                key: &key,
                person: content.map(|content| &content.person),
                data,
                signed_in_at: content.map_or(now, |content| content.signed_in_at),
                expires_at: content.map_or(now.plus(ANONYMOUS), SessionContent::last_end),
                address: content.and_then(|content| content.address.as_deref()),
                user_agent: content.and_then(|content| content.user_agent.as_deref()),
            };
            let mut tx = access.inner.db.begin().await?;
            let written = if is_new {
                store::add_session(&mut tx, &session, now).await?
            } else {
                store::save_session(&mut tx, &session).await?;
                true
            };
            tx.commit().await?;
            access.inner.cache.forget(&key);
            Ok(written)
        });
        written.await.map_err(told)
    }
}

fn told(error: DbError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

fn date_of(at: Millis) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
