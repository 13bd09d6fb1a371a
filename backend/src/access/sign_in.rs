//! Signing in, and giving the password again. An account that is not there takes the same steps as one that is.

use domain::{
    access::{EmailAddress, HALF_WAY, PersonId},
    audit::{Actor, Entry, Object, Origin},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Access, HalfWay, KNOWN_BROWSER, SessionContent, SignIn, SignInRefused, SignedIn, Stage, Theme, Viewer,
    counting::{Counted, Wait},
    passwords::Verified,
    second_factor::{self, Taken},
    secrets, session_store as store,
    store::{self as people_store, Stored},
    whole,
};
use crate::{
    audit,
    db::{DbError, Tx},
};

const SIGNED_IN: &str = "person.signed_in";

impl Access {
    /// Signs in by e-mail and password, and by a code when one is given with them.
    ///
    /// # Errors
    /// In the same words, after the same work, whether or not there is an account. A wait is passed by a browser that was
    /// used before, and by a right code.
    pub async fn sign_in(&self, asked: SignIn, origin: &Origin) -> Result<SignedIn, SignInRefused> {
        let (access, origin) = (self.clone(), origin.clone());
        whole(async move { access.sign_in_to_the_end(asked, origin).await }).await
    }

    /// Gives the second factor: a code, or a recovery code.
    ///
    /// # Errors
    /// When it is wrong, was used before, or the half-way session is over.
    pub async fn second_factor(
        &self,
        half_way: &HalfWay,
        code: &SecretString,
        known_browser: Option<&SecretString>,
        origin: &Origin,
    ) -> Result<SignedIn, SignInRefused> {
        let (access, content, code) = (self.clone(), half_way.content.clone(), code.clone());
        let (known_browser, origin) = (known_browser.map(secrets::hash_of), origin.clone());
        whole(async move { access.second_factor_to_the_end(content, code, known_browser, origin).await })
            .await
    }

    /// Takes the password again, for what is dangerous. The session's id has to be rotated, and the content stored in it.
    ///
    /// # Errors
    /// When it is wrong, or after too many wrong ones.
    pub async fn prove(
        &self,
        viewer: &Viewer,
        password: &SecretString,
    ) -> Result<SessionContent, SignInRefused> {
        let Some(content) = viewer.content.clone() else { return Err(SignInRefused::Over) };
        let (access, viewer, password) = (self.clone(), viewer.clone(), password.clone());
        whole(async move {
            access.check_own_password(&viewer, &password, "person.proved").await?;
            Ok(SessionContent { proven_at: Some(access.now()), ..content })
        })
        .await
    }

    async fn sign_in_to_the_end(&self, asked: SignIn, origin: Origin) -> Result<SignedIn, SignInRefused> {
        let email = EmailAddress::parse(&asked.email).ok();
        let person = match &email {
            Some(email) => people_store::person_by_email(self.inner.db.read(), email).await?,
            None => None,
        };
        // Asked for nobody too: the same steps.
        let nobody = PersonId::new("");
        let whose = person.as_ref().map_or(&nobody, |person| &person.id);
        let known_browser = asked.known_browser.as_ref().map(secrets::hash_of);
        let known_browser = self.known_browser(known_browser, whose).await?;
        let counted = match (&known_browser, &email) {
            (Some(hash), _) => Counted::browser(hash, &origin),
            (None, Some(email)) => Counted::account(email.folded(), &origin),
            (None, None) => Counted::account("", &origin),
        };
        let entry = || about(Entry::new(SIGNED_IN, Actor::nobody(), origin.clone()), person.as_ref());

        let passes = asked.code.as_ref().is_some_and(|code| {
            person.as_ref().is_some_and(|person| second_factor::step_of(person, code, self.now()).is_some())
        });
        self.count(&counted, passes, entry()).await?;

        let stored = person.as_ref().and_then(|person| person.password_hash.as_ref());
        let verified = self.inner.passwords.verify(&asked.password, stored).await;
        let refused = |why: &'static str| entry().refused(why);
        let (person, is_weak) = match (&person, verified) {
            (_, Verified::Busy) => {
                self.record(&refused("too many sign-ins at once")).await?;
                return Err(SignInRefused::Wait { seconds: 1 });
            }
            (Some(person), Verified::Right { is_weak }) if person.disabled_at.is_none() => (person, is_weak),
            (found, _) => {
                let why = match found {
                    None => "there is no such account",
                    Some(person) if person.disabled_at.is_some() => "the account is disabled",
                    Some(person) if person.password_hash.is_none() => "the account has no password yet",
                    Some(_) => "the password is wrong",
                };
                self.record(&refused(why)).await?;
                return Err(SignInRefused::Wrong);
            }
        };
        let stronger = match is_weak {
            true => self.inner.passwords.hash(&asked.password).await.ok(),
            false => None,
        };

        let now = self.now();
        let mut tx = self.inner.db.begin().await?;
        // Between the comparison and now the account may have changed.
        let still = people_store::person(&mut *tx, &person.id).await?.filter(|now| {
            let hash =
                |person: &Stored| person.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned());
            now.disabled_at.is_none() && hash(now) == hash(person)
        });
        let Some(person) = still else {
            return Err(self.refuse(tx, entry(), SignInRefused::Wrong).await);
        };
        counted.forgive(&mut tx).await?;
        if let (Some(weak), Some(strong)) = (&person.password_hash, &stronger) {
            people_store::strengthen(&mut tx, &person.id, weak, strong).await?;
        }
        let by = match &asked.code {
            _ if person.second_factor_confirmed_at.is_none() => Some("password"),
            Some(code) => self.take_code(&mut tx, &person, code, &origin).await?,
            None => None,
        };
        let Some(by) = by else {
            let entry = Entry::new("person.gave_password", actor(&person), origin.clone());
            audit::record(&mut tx, now, &about(entry, Some(&person))).await?;
            tx.commit().await.map_err(DbError::from)?;
            let content = SessionContent::begun(&person.id, person.epoch, Stage::Password, now, &origin);
            let (person, theme) = (person.id.clone(), theme(&person));
            return Ok(SignedIn { person, stage: Stage::Password, content, known_browser: None, theme });
        };
        Ok(self.finish(tx, &person, by, known_browser, &origin).await?)
    }

    async fn second_factor_to_the_end(
        &self,
        content: SessionContent,
        code: SecretString,
        known_browser: Option<String>,
        origin: Origin,
    ) -> Result<SignedIn, SignInRefused> {
        let now = self.now();
        let person = people_store::person(self.inner.db.read(), &content.person).await?.filter(|person| {
            person.disabled_at.is_none()
                && person.epoch == content.epoch
                && content.stage == Stage::Password
                && now.since(content.signed_in_at) < HALF_WAY
        });
        let Some(person) = person else { return Err(SignInRefused::Over) };
        let known = self.known_browser(known_browser, &person.id).await?;
        let counted = match &known {
            Some(hash) => Counted::browser(hash, &origin),
            None => codes(&person.id, &origin),
        };
        let entry = about(Entry::new(SIGNED_IN, Actor::nobody(), origin.clone()), Some(&person));
        let mut tx = self.inner.db.begin().await?;
        if let Some(wait) = counted.count(&mut tx, now, false).await? {
            return Err(self.refuse(tx, entry, SignInRefused::Wait { seconds: wait.seconds() }).await);
        }
        let by = match second_factor::take(&mut tx, &person, &code, now).await? {
            Taken::Now(by) => by,
            taken => {
                let why = match taken {
                    Taken::Before => SignInRefused::UsedCode,
                    _ => SignInRefused::WrongCode,
                };
                // The failure stays counted.
                audit::record(&mut tx, now, &entry.refused(why.to_string())).await?;
                tx.commit().await.map_err(DbError::from)?;
                return Err(why);
            }
        };
        counted.forgive(&mut tx).await?;
        Ok(self.finish(tx, &person, by, known, &origin).await?)
    }

    /// The last steps of every sign-in: the browser is known, the record is written.
    pub(super) async fn finish(
        &self,
        mut tx: Tx,
        person: &Stored,
        by: &str,
        known_browser: Option<String>,
        origin: &Origin,
    ) -> Result<SignedIn, DbError> {
        let now = self.now();
        let cookie = secrets::random_token("");
        let before = known_browser.as_deref();
        store::know_browser(&mut tx, &secrets::hash_of(&cookie), before, &person.id, now).await?;
        let entry = Entry::new(SIGNED_IN, actor(person), origin.clone())
            .changed(Default::default(), [("by".to_owned(), by.to_owned())].into());
        audit::record(&mut tx, now, &about(entry, Some(person))).await?;
        tx.commit().await?;
        let content = SessionContent::begun(&person.id, person.epoch, Stage::SignedIn, now, origin);
        let (person, theme) = (person.id.clone(), theme(person));
        Ok(SignedIn { person, stage: Stage::SignedIn, content, known_browser: Some(cookie), theme })
    }

    /// A code that came with the password. A wrong one is no failed sign-in: it is asked for again.
    async fn take_code(
        &self,
        tx: &mut Tx,
        person: &Stored,
        code: &SecretString,
        origin: &Origin,
    ) -> Result<Option<&'static str>, DbError> {
        let (counted, now) = (codes(&person.id, origin), self.now());
        if counted.count(tx, now, false).await?.is_some() {
            return Ok(None);
        }
        match second_factor::take(tx, person, code, now).await? {
            Taken::Now(by) => {
                counted.forgive(tx).await?;
                Ok(Some(by))
            }
            Taken::Before | Taken::Wrong => Ok(None),
        }
    }

    /// Compares the password of whoever is signed in, and records it under `verb`.
    pub(super) async fn check_own_password(
        &self,
        viewer: &Viewer,
        password: &SecretString,
        verb: &'static str,
    ) -> Result<(), SignInRefused> {
        let counted = Counted::person("proof", viewer.person.as_str(), viewer.origin());
        let entry = || viewer.entry(verb).about(viewer.object());
        self.count(&counted, false, entry()).await?;
        let person = people_store::person(self.inner.db.read(), &viewer.person).await?;
        let stored = person.as_ref().and_then(|person| person.password_hash.as_ref());
        match self.inner.passwords.verify(password, stored).await {
            Verified::Right { .. } => {
                let mut tx = self.inner.db.begin().await?;
                counted.forgive(&mut tx).await?;
                audit::record(&mut tx, self.now(), &entry()).await?;
                Ok(tx.commit().await.map_err(DbError::from)?)
            }
            Verified::Wrong => {
                self.record(&entry().refused("the password is wrong")).await?;
                Err(SignInRefused::Wrong)
            }
            Verified::Busy => Err(SignInRefused::Wait { seconds: 1 }),
        }
    }

    /// Counts a try before it is made. A refusal is recorded.
    async fn count(&self, counted: &Counted, passes: bool, entry: Entry) -> Result<(), SignInRefused> {
        let mut tx = self.inner.db.begin().await?;
        match counted.count(&mut tx, self.now(), passes).await? {
            None => Ok(tx.commit().await.map_err(DbError::from)?),
            Some(wait @ (Wait::Address { .. } | Wait::Own { .. })) => {
                Err(self.refuse(tx, entry, SignInRefused::Wait { seconds: wait.seconds() }).await)
            }
        }
    }

    pub(super) async fn known_browser(
        &self,
        hash: Option<String>,
        person: &PersonId,
    ) -> Result<Option<String>, DbError> {
        let Some(hash) = hash else { return Ok(None) };
        let since = self.now().minus(KNOWN_BROWSER);
        let is_known = store::is_known_browser(self.inner.db.read(), &hash, person, since).await?;
        Ok(is_known.then_some(hash))
    }
}

pub(super) fn codes(person: &PersonId, origin: &Origin) -> Counted {
    Counted::person("code", person.as_str(), origin)
}

pub(super) fn actor(person: &Stored) -> Actor {
    Actor::person(person.id.as_str(), &person.name)
}

pub(super) fn object(person: &Stored) -> Object {
    Object::new("person", person.id.as_str(), &person.name)
}

fn theme(person: &Stored) -> Theme {
    person.theme.parse().unwrap_or_default()
}

fn about(entry: Entry, person: Option<&Stored>) -> Entry {
    match person {
        Some(person) => entry.about(object(person)),
        None => entry,
    }
}
