//! Single sign-on: to a provider and back. Who comes the first time gets an account; who is known by their account there
//! keeps theirs, whatever becomes of their address. The role follows the groups at every sign-in.

use std::fmt;

use domain::{
    access::{EmailAddress, PersonId, TRIP, is_proof_of_trip, role_of_groups},
    audit::{Actor, Entry, Masked, Object, Origin},
    time::Millis,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Access, Fresh, SessionContent, SignedIn, SingleSignOnRefused as Refused, Theme, Viewer, Who,
    identity_store as identities, secrets, session_store as sessions, sign_in,
    store::{self, Stored},
    whole, words,
};
use crate::{
    audit,
    connect::{
        ConnectError,
        oidc::{Provider, Ties, Told},
    },
    db::{DbError, Tx},
};

/// The key under which a session holds a `Trip`.
pub const TRIP_CONTENT: &str = "trip";

const SIGNED_IN: &str = "person.signed_in";
const PROVED: &str = "person.proved";
const CONNECTED: &str = "person.connected";

/// Somebody who is on the way to a provider and back. Kept in their session; what comes back has to fit it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Trip {
    provider: String,
    ties: Ties,
    began_at: Millis,
    /// Our address to go on to.
    pub next: String,
    purpose: Purpose,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Purpose {
    SignIn,
    /// The proof of whoever is signed in.
    Prove(PersonId),
    /// This account and the one at the provider become one.
    Connect(PersonId),
}

/// Why somebody sets out.
#[derive(Clone, Copy, Debug)]
pub enum Outset<'a> {
    SignIn,
    Prove(&'a Viewer),
    /// A password has been given a moment ago.
    Connect(&'a Fresh),
}

/// What a provider sent somebody back with.
#[derive(Clone, Default)]
pub struct Answer {
    pub code: SecretString,
    pub state: String,
    /// The provider's word for what went wrong; empty when nothing did.
    pub error: String,
    /// Who answers, where the provider says so.
    pub issuer: Option<String>,
}

/// Where a trip led. The session's id has to be rotated, and the content stored in it.
#[derive(Clone, Debug)]
pub enum Arrived {
    SignedIn(SignedIn),
    Proven(SessionContent),
    Connected(SessionContent),
}

impl Trip {
    /// Whether an answer with this state belongs to it: it is over then, whatever comes of it.
    pub fn is_answered_by(&self, state: &str) -> bool {
        self.ties.is_state(state)
    }

    /// Whether it is to confirm who is signed in.
    pub fn is_for_proof(&self) -> bool {
        matches!(self.purpose, Purpose::Prove(_))
    }
}

impl Access {
    /// The address at the provider to send somebody to, and what their session has to hold until they are back.
    ///
    /// # Errors
    /// When there is no such provider, or it does not answer; that is recorded.
    pub async fn set_out(
        &self,
        provider: &str,
        outset: Outset<'_>,
        next: &str,
        origin: &Origin,
    ) -> Result<(SecretString, Trip), Refused> {
        let provider = self.provider(provider)?;
        let (purpose, verb, viewer) = match outset {
            Outset::SignIn => (Purpose::SignIn, SIGNED_IN, None),
            Outset::Prove(viewer) => (Purpose::Prove(viewer.person.clone()), PROVED, Some(viewer)),
            Outset::Connect(fresh) => {
                let viewer = fresh.viewer();
                (Purpose::Connect(viewer.person.clone()), CONNECTED, Some(viewer))
            }
        };
        let (afresh, now) = (matches!(purpose, Purpose::Prove(_)), self.now());
        let hint = viewer.map(|viewer| viewer.email.as_str());
        match provider.depart(afresh, hint, now).await {
            Ok(departure) => {
                let (name, next) = (provider.config.name.clone(), next.to_owned());
                let trip = Trip { provider: name, ties: departure.ties, began_at: now, next, purpose };
                Ok((departure.url, trip))
            }
            Err(error) => {
                let why = refused_by(provider, error);
                let actor = viewer.map_or_else(Actor::nobody, |viewer| viewer.actor());
                let entry = Entry::new(verb, actor, origin.clone()).about(object(provider));
                let access = self.clone();
                let entry = entry.failed(why.to_string());
                whole::<_, DbError>(async move { access.record(&entry).await }).await?;
                Err(why)
            }
        }
    }

    /// What becomes of somebody who is back. `trip` is what their session held, `who` whoever they are by it.
    ///
    /// # Errors
    /// When the answer does not belong to the trip, cannot be believed, or leads to nobody who may come in; each is
    /// recorded.
    pub async fn arrive(
        &self,
        provider: &str,
        trip: Option<Trip>,
        answer: Answer,
        who: &Who,
        known_browser: Option<&SecretString>,
        origin: &Origin,
    ) -> Result<Arrived, Refused> {
        self.provider(provider)?;
        let viewer = match who {
            Who::SignedIn(viewer) => Some(viewer.clone()),
            Who::Nobody | Who::HalfWay(_) => None,
        };
        let arrival = Arrival {
            access: self.clone(),
            provider: provider.to_owned(),
            viewer,
            known_browser: known_browser.map(secrets::hash_of),
            origin: origin.clone(),
        };
        whole(async move { arrival.end(trip, answer).await }).await
    }

    fn provider(&self, name: &str) -> Result<&Provider, Refused> {
        self.inner.providers.iter().find(|provider| provider.config.name == name).ok_or(Refused::Unknown)
    }
}

/// Somebody who is back, before it is known who they are.
struct Arrival {
    access: Access,
    provider: String,
    viewer: Option<Viewer>,
    known_browser: Option<String>,
    origin: Origin,
}

impl Arrival {
    async fn end(self, trip: Option<Trip>, answer: Answer) -> Result<Arrived, Refused> {
        let (access, now) = (&self.access, self.access.now());
        let provider = access.provider(&self.provider)?;
        let label = || provider.config.label.clone();
        let verb = match trip.as_ref().map(|trip| &trip.purpose) {
            None | Some(Purpose::SignIn) => SIGNED_IN,
            Some(Purpose::Prove(_)) => PROVED,
            Some(Purpose::Connect(_)) => CONNECTED,
        };
        let actor = self.viewer.as_ref().map_or_else(Actor::nobody, |viewer| viewer.actor());
        let entry = || Entry::new(verb, actor.clone(), self.origin.clone()).about(object(provider));
        let is_own = |trip: &Trip| {
            trip.provider == self.provider
                && trip.is_answered_by(&answer.state)
                && (0..TRIP).contains(&now.since(trip.began_at))
                && answer.issuer.as_ref().is_none_or(|issuer| *issuer == provider.config.issuer)
        };
        let Some(trip) = trip.filter(is_own) else {
            let why = Refused::Stranger { provider: label() };
            access.record(&entry().refused(why.to_string())).await?;
            return Err(why);
        };
        if !answer.error.is_empty() {
            let why = Refused::Declined { provider: label(), code: known_word(&answer.error) };
            access.record(&entry().refused(why.to_string())).await?;
            return Err(why);
        }
        let told = match provider.identity(&answer.code, &trip.ties, now).await {
            Ok(told) => told,
            Err(error) => {
                let why = refused_by(provider, error);
                let entry = match why {
                    Refused::Silent { .. } => entry().failed(why.to_string()),
                    _ => entry().refused(why.to_string()),
                };
                access.record(&entry).await?;
                return Err(why);
            }
        };
        match (trip.purpose, &self.viewer) {
            (Purpose::SignIn, _) => self.sign_in(provider, told, entry()).await,
            (Purpose::Prove(person), Some(viewer)) if viewer.person == person => {
                self.prove(provider, told, viewer, trip.began_at, entry()).await
            }
            (Purpose::Connect(person), Some(viewer)) if viewer.person == person => {
                self.connect(provider, told, viewer, entry()).await
            }
            (Purpose::Prove(_) | Purpose::Connect(_), _) => {
                let why = Refused::Stranger { provider: label() };
                access.record(&entry().refused(why.to_string())).await?;
                Err(why)
            }
        }
    }

    async fn sign_in(&self, provider: &Provider, told: Told, entry: Entry) -> Result<Arrived, Refused> {
        let (access, now, label) = (&self.access, self.access.now(), provider.config.label.clone());
        let mut tx = access.inner.db.begin().await?;
        store::lock_administration(&mut tx).await?;
        let known = match identities::person_of(&mut *tx, &provider.config.issuer, &told.subject).await? {
            Some(person) => store::person(&mut *tx, &person).await?,
            None => None,
        };
        let entry = match &known {
            Some(person) => entry.about(sign_in::object(person)),
            None => entry,
        };
        if known.as_ref().is_some_and(|person| person.disabled_at.is_some()) {
            return Err(access.refuse(tx, entry, Refused::Disabled).await);
        }
        let Some(email) = told.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()) else {
            return Err(access.refuse(tx, entry, Refused::NotVerified { provider: label }).await);
        };
        let Some(role) = role_of(provider, &told) else {
            if let Some(person) = &known {
                // Whoever has no business here any more has none in other browsers either.
                self.shut_out(tx, person, entry, Refused::NoRole { provider: label.clone() }).await?;
                return Err(Refused::NoRole { provider: label });
            }
            return Err(access.refuse(tx, entry, Refused::NoRole { provider: label }).await);
        };
        let person = match known {
            Some(person) => {
                identities::write_used(&mut tx, &provider.config.issuer, &told.subject, now).await?;
                self.follow_address(&mut tx, provider, &person, &email).await?;
                self.follow_groups(&mut tx, provider, person, role).await?
            }
            None => match self.join(&mut tx, provider, &told, email, role).await? {
                Some(person) => person,
                None => return Err(access.refuse(tx, entry, Refused::Taken { provider: label }).await),
            },
        };
        let known_browser = access.known_browser(self.known_browser.clone(), &person.id).await?;
        let by = format!("single sign-on with {label}");
        let mut signed_in = access.finish(tx, &person, &by, known_browser, &self.origin).await?;
        access.inner.cache.forget_person(&person.id);
        signed_in.content.provider = Some(provider.config.name.clone());
        // Coming in is no proof: the provider may have asked for it days ago.
        signed_in.content.proven_at = told.authenticated_at.map(|at| at.min(now));
        Ok(Arrived::SignedIn(signed_in))
    }

    /// An account for somebody who comes the first time; `None` when somebody has their address already.
    async fn join(
        &self,
        tx: &mut Tx,
        provider: &Provider,
        told: &Told,
        email: EmailAddress,
        role: &str,
    ) -> Result<Option<Stored>, DbError> {
        let now = self.access.now();
        let name = told.name.as_deref().and_then(words::name);
        let person = Stored {
            id: PersonId::new(Uuid::now_v7().to_string()),
            name: name.unwrap_or_else(|| email.as_str().to_owned()),
            email,
            role: role.to_owned(),
            zone: None,
            theme: Theme::System.word().to_owned(),
            password_hash: None,
            second_factor_secret: None,
            second_factor_confirmed_at: None,
            disabled_at: None,
            version: 1,
            epoch: 1,
            created_at: now,
        };
        if !store::add_person(tx, &person).await? {
            return Ok(None);
        }
        identities::connect(tx, &provider.config.issuer, &told.subject, &person.id, now).await?;
        let (was, is) = Masked::new()
            .shown("role", None, Some(role))
            .shown("provider", None, Some(&provider.config.label))
            .parts();
        let entry = self.entry_of("person.joined", &person).changed(was, is);
        audit::record(tx, now, &entry).await?;
        Ok(Some(person))
    }

    /// The role that the groups give. With another one every session ends; the last who manages access keeps theirs.
    async fn follow_groups(
        &self,
        tx: &mut Tx,
        provider: &Provider,
        mut person: Stored,
        role: &str,
    ) -> Result<Stored, DbError> {
        if person.role == role {
            return Ok(person);
        }
        let access = &self.access;
        let (was, is) = Masked::new().shown("role", Some(&person.role), Some(role)).parts();
        let entry = self.entry_of("person.changed", &person).changed(was, is);
        let because = format!("the role follows the groups at {}", provider.config.label);
        if !access.manages(role) && access.is_last(tx, &person).await? {
            let why = format!("{because}, but this is the last person who can manage users");
            audit::record(tx, access.now(), &entry.refused(why)).await?;
            return Ok(person);
        }
        store::set_role(tx, &person.id, role).await?;
        (_, person.epoch) = sessions::end_sessions(tx, &person.id).await?;
        audit::record(tx, access.now(), &entry.because(because)).await?;
        role.clone_into(&mut person.role);
        Ok(person)
    }

    /// The address that the provider has verified now, unless it is somebody else's here.
    async fn follow_address(
        &self,
        tx: &mut Tx,
        provider: &Provider,
        person: &Stored,
        email: &EmailAddress,
    ) -> Result<(), DbError> {
        if person.email == *email {
            return Ok(());
        }
        let (was, is) =
            Masked::new().hidden("email", Some(person.email.as_str()), Some(email.as_str())).parts();
        let entry = self.entry_of("person.changed", person).changed(was, is);
        let because = format!("the e-mail address follows {}", provider.config.label);
        let entry = match store::set_email(tx, &person.id, email).await? {
            true => entry.because(because),
            false => entry.refused(format!("{because}, but somebody else has it here")),
        };
        audit::record(tx, self.access.now(), &entry).await.map(|_| ())
    }

    /// Ends every session of somebody who is not let in any more, and says why.
    async fn shut_out(&self, mut tx: Tx, person: &Stored, entry: Entry, why: Refused) -> Result<(), DbError> {
        sessions::end_sessions(&mut tx, &person.id).await?;
        audit::record(&mut tx, self.access.now(), &entry.refused(why.to_string())).await?;
        tx.commit().await?;
        self.access.inner.cache.forget_person(&person.id);
        Ok(())
    }

    async fn prove(
        &self,
        provider: &Provider,
        told: Told,
        viewer: &Viewer,
        began_at: Millis,
        entry: Entry,
    ) -> Result<Arrived, Refused> {
        let (access, now, label) = (&self.access, self.access.now(), provider.config.label.clone());
        let mut tx = access.inner.db.begin().await?;
        let whose = identities::person_of(&mut *tx, &provider.config.issuer, &told.subject).await?;
        let is_own = viewer.provider() == Some(provider.config.name.as_str())
            && whose.as_ref() == Some(&viewer.person);
        let content = viewer.content.clone().filter(|_| is_own);
        let entry = entry.about(viewer.object());
        let Some(content) = content else {
            return Err(access.refuse(tx, entry, Refused::OtherAccount { provider: label }).await);
        };
        if !is_proof_of_trip(told.authenticated_at, began_at, now) {
            return Err(access.refuse(tx, entry, Refused::NotAfresh { provider: label }).await);
        }
        let by = [("by".to_owned(), format!("single sign-on with {label}"))].into();
        audit::record(&mut tx, now, &entry.changed(Default::default(), by)).await?;
        tx.commit().await.map_err(DbError::from)?;
        let proven_at = told.authenticated_at.map(|at| at.min(now));
        Ok(Arrived::Proven(SessionContent { proven_at, ..content }))
    }

    /// Makes the account at the provider the one way into this one: password and second factor go.
    async fn connect(
        &self,
        provider: &Provider,
        told: Told,
        viewer: &Viewer,
        entry: Entry,
    ) -> Result<Arrived, Refused> {
        let (access, now, label) = (&self.access, self.access.now(), provider.config.label.clone());
        let entry = entry.about(viewer.object());
        let mut tx = access.inner.db.begin().await?;
        store::lock_administration(&mut tx).await?;
        let person = store::person(&mut *tx, &viewer.person).await?;
        let (Some(person), Some(content)) = (person, viewer.content.clone()) else {
            return Err(access.refuse(tx, entry, Refused::Stranger { provider: label }).await);
        };
        let Some(email) = told.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()) else {
            return Err(access.refuse(tx, entry, Refused::NotVerified { provider: label }).await);
        };
        if email != person.email {
            return Err(access.refuse(tx, entry, Refused::OtherAddress { provider: label }).await);
        }
        let Some(role) = role_of(provider, &told) else {
            return Err(access.refuse(tx, entry, Refused::NoRole { provider: label }).await);
        };
        let issuer = &provider.config.issuer;
        let whose = identities::person_of(&mut *tx, issuer, &told.subject).await?;
        // Connected before, and given a password since: it goes again.
        let is_own = whose.as_ref() == Some(&person.id);
        if !is_own && !identities::connect(&mut tx, issuer, &told.subject, &person.id, now).await? {
            return Err(access.refuse(tx, entry, Refused::ConnectedElsewhere { provider: label }).await);
        }
        store::drop_password(&mut tx, &person.id).await?;
        store::set_second_factor(&mut tx, &person.id, None).await?;
        store::set_recovery_codes(&mut tx, &person.id, &[]).await?;
        store::end_links(&mut tx, &person.id, now).await?;
        sessions::forget_browsers(&mut tx, &person.id).await?;
        let person = self.follow_groups(&mut tx, provider, person, role).await?;
        let (_, epoch) = sessions::end_sessions(&mut tx, &person.id).await?;
        let (was, is) = Masked::new().shown("provider", None, Some(&label)).parts();
        audit::record(&mut tx, now, &entry.changed(was, is)).await?;
        tx.commit().await.map_err(DbError::from)?;
        access.inner.cache.forget_person(&person.id);
        let provider = Some(provider.config.name.clone());
        Ok(Arrived::Connected(SessionContent { epoch, provider, ..content }))
    }

    /// What somebody brings about by coming in.
    fn entry_of(&self, verb: &'static str, person: &Stored) -> Entry {
        Entry::new(verb, sign_in::actor(person), self.origin.clone()).about(sign_in::object(person))
    }
}

fn role_of<'a>(provider: &'a Provider, told: &Told) -> Option<&'a str> {
    role_of_groups(&provider.config.groups, provider.config.default_role.as_deref(), &told.groups)
}

fn object(provider: &Provider) -> Object {
    Object::new("provider", &provider.config.name, &provider.config.label)
}

fn refused_by(provider: &Provider, error: ConnectError) -> Refused {
    let provider = provider.config.label.clone();
    match error {
        ConnectError::Missed(why) | ConnectError::Setup(why) => Refused::Silent { provider, why },
        ConnectError::Bad(why) => Refused::NotBelieved { provider, why },
    }
}

/// A provider's own word, if it looks like one of the standard's: what stands in an address can be anybody's.
fn known_word(word: &str) -> String {
    let is_one = word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_one { word.to_owned() } else { "an unknown error".to_owned() }
}

impl fmt::Debug for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trip").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}
