//! Who gets in and what is theirs: accounts, sign-in, sessions, permissions, tokens. Each thing that happens is one
//! function and one transaction, with its record in the audit log inside.

mod acting;
mod by_command;
mod cache;
mod counting;
mod errors;
mod hashing;
mod hidden;
mod holders;
mod identity_store;
mod known;
mod links;
mod names;
mod passwords;
mod people;
mod permit;
mod profile;
mod reach;
mod second_factor;
pub(crate) mod secrets;
mod session_store;
mod sessions;
mod sign_in;
mod single_sign_on;
mod store;
#[cfg(test)]
mod tests;
mod token_store;
mod tokens;
mod viewer;
mod words;

use std::sync::Arc;

use domain::{
    access::{EmailAddress, PersonId, Role, SecondFactor},
    audit::{Entry, Object},
    time::Millis,
};
use secrecy::SecretString;

pub use domain::access::{Permission, Permissions};
pub use errors::{
    LinkRefused, PasswordRefused, PeopleRefused, ProfileRefused, SecondFactorRefused, SignInRefused,
    SingleSignOnRefused, TokenRefused,
};
pub use known::{Known, known, way_kinds};
pub use names::names;
pub use permit::{
    Approve, ChangeSchedules, EditDrafts, Fresh, Grant, HandleAlerts, ManageAccess, Missing, NeedsProof,
    NotProven, Permit, Proven, PublishProcedures, ReadAudit, RunCrisisActions, RunDangerousActions,
    RunOrdinaryActions, SeePersonalData, SeeReports, SeeStatus, WorkCases,
};
pub use reach::{Reach, reach};
pub use sessions::{OwnSession, SESSION_CONTENT, SessionContent, SessionKey, Sessions, Stage};
pub use single_sign_on::{Answer, Arrived, Outset, TRIP_CONTENT, Trip};
pub use viewer::{Account, By, HalfWay, Restricted, Theme, Viewer, Who};

use crate::{
    audit,
    clock::Clock,
    config::Config,
    connect::{ConnectError, oidc::Provider},
    db::{Db, DbError, Tx},
};

/// A browser is known for this long after the last sign-in in it: the age of its cookie.
pub const KNOWN_BROWSER: i64 = 180 * domain::time::DAY;

/// The door. Cheap to clone; clones share the cache of sessions.
#[derive(Clone)]
pub struct Access {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Clock,
    roles: Vec<Role>,
    second_factors_required: bool,
    /// Without a slash at its end.
    public_url: String,
    /// The names of the configured webhooks.
    webhooks: Vec<String>,
    providers: Vec<Provider>,
    passwords: passwords::Passwords,
    cache: cache::Cache,
}

/// What somebody typed to sign in.
#[derive(Clone)]
pub struct SignIn {
    pub email: String,
    pub password: SecretString,
    /// A code of the second factor given at the same time, which passes a wait.
    pub code: Option<SecretString>,
    /// The cookie of a browser that was used before.
    pub known_browser: Option<SecretString>,
}

/// A sign-in that got somewhere. The session's id has to be rotated, and the content stored in it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub person: PersonId,
    pub stage: Stage,
    pub content: SessionContent,
    /// The cookie by which the browser is known from now on; `None` half-way.
    pub known_browser: Option<SecretString>,
    /// As it stands in their profile: another browser does not know it yet.
    pub theme: Theme,
}

/// A person as those who manage users see them.
#[derive(Clone)]
pub struct Person {
    pub id: PersonId,
    pub email: EmailAddress,
    pub name: String,
    pub role: String,
    /// Whether the configuration has the role.
    pub role_exists: bool,
    pub has_password: bool,
    /// What the providers are called that they can sign in by; known where people are listed.
    pub providers: Vec<String>,
    pub second_factor_since: Option<Millis>,
    pub disabled_at: Option<Millis>,
    pub created_at: Millis,
    /// How many sessions are alive.
    pub sessions: u32,
    /// In one of those; to the minute.
    pub last_seen_at: Option<Millis>,
    /// To be given back with a change.
    pub version: i64,
}

/// What an administrator may change of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonChange {
    pub name: String,
    pub role: String,
}

/// What a person says of themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    /// An IANA name; `None` is the console's zone.
    pub zone: Option<String>,
    pub theme: Theme,
    /// In the order in which they are tried.
    pub ways: Vec<Way>,
}

/// A way to be reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Way {
    pub kind: WayKind,
    pub address: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WayKind {
    Mail,
    /// The name by which the chat knows them: a Slack member's id.
    Chat,
    /// A webhook of the configuration, by its name: the console sends to no address that is not configured.
    Webhook,
    /// For people to call each other; the console does not.
    Phone,
}

/// A link that is followed once. It is shown once, and stored only as a hash.
#[derive(Clone, Debug)]
pub struct Link {
    pub person: PersonId,
    pub kind: LinkKind,
    /// The whole address.
    pub url: SecretString,
    pub expires_at: Millis,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkKind {
    SetUp,
    Invite,
    Reset,
}

/// A link that somebody follows and that still holds.
#[derive(Clone)]
pub struct OpenLink {
    pub kind: LinkKind,
    pub name: String,
    pub email: EmailAddress,
    pub expires_at: Millis,
}

/// A second factor that is to be confirmed with a code of it.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// In base32, in groups of four letters: to be typed.
    pub secret: SecretString,
    /// `otpauth://totp/…`
    pub uri: SecretString,
    /// The same as a QR code.
    pub qr: QrCode,
}

/// The modules of a QR code, row by row; it holds a secret, and shows it in no debug print.
#[derive(Clone)]
pub struct QrCode {
    pub width: usize,
    pub dark: Vec<bool>,
}

impl std::fmt::Debug for QrCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QrCode").field("width", &self.width).finish_non_exhaustive()
    }
}

/// A second factor that was confirmed.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Shown once.
    pub recovery_codes: Vec<SecretString>,
    /// For the session, whose id has to be rotated: every other one of the person has ended.
    pub content: SessionContent,
}

/// A machine's token as it is listed.
#[derive(Clone)]
pub struct ApiToken {
    pub id: String,
    pub name: String,
    pub person: PersonId,
    pub person_name: String,
    pub permissions: Permissions,
    pub created_at: Millis,
    pub expires_at: Millis,
    /// To the minute.
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

/// A token that was just made.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub token: ApiToken,
    /// `bwt_…`, shown once.
    pub secret: SecretString,
}

impl Access {
    /// `clock` is real time also in a demo: sessions and second factors never run faster.
    ///
    /// # Errors
    /// When the connection to a provider cannot be set up as it is configured.
    pub fn new(db: Db, config: &Config, clock: Clock) -> Result<Access, ConnectError> {
        let public_url = config.server.public_url.clone();
        let providers = config.oidc.iter().map(|provider| Provider::new(provider.clone(), &public_url));
        let providers = providers.collect::<Result<Vec<_>, _>>()?;
        Ok(Access {
            inner: Arc::new(Inner {
                db,
                clock,
                roles: config.access.roles.clone(),
                second_factors_required: config.access.second_factors_required,
                public_url,
                webhooks: config.delivery.webhook.keys().cloned().collect(),
                providers,
                passwords: passwords::Passwords::new(),
                cache: cache::Cache::default(),
            }),
        })
    }

    /// The providers of single sign-on, in the order of the configuration.
    pub fn providers(&self) -> &[Provider] {
        &self.inner.providers
    }

    /// What everything of this door is stored in.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The roles that there are, in the order of the configuration.
    pub fn roles(&self) -> &[Role] {
        &self.inner.roles
    }

    /// Changes whenever a session or an account may have: whoever holds on to a viewer for long asks again then.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<()> {
        self.inner.cache.changes()
    }

    /// Real time.
    pub fn now(&self) -> Millis {
        self.inner.clock.now()
    }

    /// Records that somebody tried what they may not do: `verb` says what, as "thing.done".
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn refused(
        &self,
        viewer: &Viewer,
        verb: &'static str,
        missing: &Missing,
        object: Option<Object>,
    ) -> Result<(), DbError> {
        let mut entry = viewer.entry(verb).with(missing.permission.key()).refused(missing.to_string());
        entry.object = object;
        let access = self.clone();
        whole(async move { access.record(&entry).await }).await
    }

    /// Whether the role of whoever asks needs a second factor.
    pub fn needs_second_factor(&self, viewer: &Viewer) -> bool {
        self.inner.second_factors_required
            && self.role(&viewer.role).is_some_and(|role| role.second_factor == SecondFactor::Required)
    }

    fn provider_of(&self, issuer: &str) -> Option<&Provider> {
        self.inner.providers.iter().find(|provider| provider.config.issuer == issuer)
    }

    fn role(&self, name: &str) -> Option<&Role> {
        self.inner.roles.iter().find(|role| role.name == name)
    }

    async fn record(&self, entry: &Entry) -> Result<(), DbError> {
        let mut tx = self.inner.db.begin().await?;
        audit::record(&mut tx, self.now(), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Takes back what the transaction did, and records that it was refused.
    async fn refuse<E: From<DbError> + std::fmt::Display>(&self, tx: Tx, entry: Entry, why: E) -> E {
        let recorded = async {
            tx.rollback().await?;
            self.record(&entry.refused(why.to_string())).await
        };
        match recorded.await {
            Ok(()) => why,
            Err(error) => E::from(error),
        }
    }
}

/// Runs a change to its end in a task of its own: a closed tab must not cancel it half-way.
async fn whole<T, E>(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    tokio::spawn(work).await.unwrap_or_else(|_| Err(DbError::Lost.into()))
}
