//! The second factor: six digits that change every thirty seconds, and codes for the day the phone is gone.

use domain::{
    audit::Entry,
    time::{Millis, SECOND},
};
use qrcode::{Color, QrCode as Drawn};
use rand::seq::IndexedRandom;
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use super::{
    Access, Confirmed, Enrolment, Fresh, QrCode, SecondFactorRefused, SessionContent, Viewer, secrets,
    session_store as sessions, sign_in,
    store::{self, Stored},
    whole,
};
use crate::{
    audit,
    db::{DbError, Tx},
};

const ISSUER: &str = "Bellwether";
const RECOVERY_CODES: usize = 10;
/// 80 bits.
const RECOVERY_LETTERS: usize = 16;

impl Access {
    /// Begins a second factor: it counts once a code of it was given. Needs a
    /// fresh proof, or a borrowed session could lock its owner out.
    ///
    /// # Errors
    /// When the database refuses, or a machine asks.
    pub async fn enrol(&self, fresh: &Fresh) -> Result<Enrolment, SecondFactorRefused> {
        let (access, viewer) = (self.clone(), session_of(fresh.viewer())?);
        whole(async move {
            let bytes: [u8; 20] = rand::random();
            let secret = secrets::base32(&bytes);
            let stored = SecretString::from(secret.clone());
            let mut tx = access.inner.db.begin().await?;
            let before = store::person(&mut *tx, &viewer.person).await?;
            if before.is_some_and(|person| person.second_factor_confirmed_at.is_some()) {
                return Err(access
                    .refuse(tx, entry(&viewer, "second_factor.begun"), SecondFactorRefused::Already)
                    .await);
            }
            store::set_second_factor(&mut tx, &viewer.person, Some(&stored)).await?;
            audit::record(&mut tx, access.now(), &entry(&viewer, "second_factor.begun")).await?;
            tx.commit().await.map_err(DbError::from)?;
            enrolment(&viewer, &secret)
        })
        .await
    }

    /// What was begun and is not confirmed yet, to be shown again after a wrong code.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn enrolment(&self, viewer: &Viewer) -> Result<Option<Enrolment>, SecondFactorRefused> {
        let person = store::person(self.inner.db.read(), &viewer.person).await?;
        let begun = person.filter(|person| person.second_factor_confirmed_at.is_none());
        let secret = begun.and_then(|person| person.second_factor_secret);
        secret.map(|secret| enrolment(viewer, secret.expose_secret())).transpose()
    }

    /// Confirms what was begun with a code of it. Every other session of the person ends.
    ///
    /// # Errors
    /// When the code is wrong, or nothing was begun.
    pub async fn confirm(
        &self,
        viewer: &Viewer,
        code: &SecretString,
    ) -> Result<Confirmed, SecondFactorRefused> {
        let (access, viewer, code) = (self.clone(), session_of(viewer)?, code.clone());
        whole(async move {
            let now = access.now();
            let entry = entry(&viewer, "second_factor.confirmed");
            let counted = sign_in::codes(&viewer.person, viewer.origin());
            let mut tx = access.inner.db.begin().await?;
            if let Some(wait) = counted.count(&mut tx, now, false).await? {
                let why = SecondFactorRefused::Wait { seconds: wait.seconds() };
                return Err(access.refuse(tx, entry, why).await);
            }
            let person = store::person(&mut *tx, &viewer.person).await?.filter(|person| {
                person.second_factor_confirmed_at.is_none() && person.second_factor_secret.is_some()
            });
            let Some(person) = person else {
                return Err(access.refuse(tx, entry, SecondFactorRefused::NotBegun).await);
            };
            let taken = match step_of(&person, &code, now) {
                Some(step) => store::take_step(&mut tx, &person.id, step).await?,
                None => false,
            };
            if !taken {
                // The failure stays counted.
                let refused = entry.refused(SecondFactorRefused::WrongCode.to_string());
                audit::record(&mut tx, now, &refused).await?;
                tx.commit().await.map_err(DbError::from)?;
                return Err(SecondFactorRefused::WrongCode);
            }
            counted.forgive(&mut tx).await?;
            store::confirm_second_factor(&mut tx, &person.id, now).await?;
            let recovery_codes = renew_codes(&mut tx, &person).await?;
            let content = end_others(&mut tx, &viewer).await?;
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            access.inner.cache.forget_person(&viewer.person);
            Ok(Confirmed { recovery_codes, content })
        })
        .await
    }

    /// How many recovery codes are left; 0 without a second factor.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn recovery_codes_left(&self, viewer: &Viewer) -> Result<i64, DbError> {
        store::recovery_codes_left(self.inner.db.read(), &viewer.person).await
    }

    /// Ten recovery codes in the place of those of before; shown once.
    ///
    /// # Errors
    /// Without a second factor.
    pub async fn new_recovery_codes(&self, fresh: &Fresh) -> Result<Vec<SecretString>, SecondFactorRefused> {
        let (access, viewer) = (self.clone(), session_of(fresh.viewer())?);
        whole(async move {
            let entry = entry(&viewer, "second_factor.recovery_codes_made");
            let mut tx = access.inner.db.begin().await?;
            let person = store::person(&mut *tx, &viewer.person).await?;
            let Some(person) = person.filter(|person| person.second_factor_confirmed_at.is_some()) else {
                return Err(access.refuse(tx, entry, SecondFactorRefused::None).await);
            };
            let codes = renew_codes(&mut tx, &person).await?;
            audit::record(&mut tx, access.now(), &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            Ok(codes)
        })
        .await
    }

    /// Removes one's own second factor. Every other session of the person ends; where the role needs one, nothing is
    /// allowed until there is another.
    ///
    /// # Errors
    /// Without a second factor.
    pub async fn remove_second_factor(&self, fresh: &Fresh) -> Result<SessionContent, SecondFactorRefused> {
        let (access, viewer) = (self.clone(), session_of(fresh.viewer())?);
        whole(async move {
            let entry = entry(&viewer, "second_factor.removed");
            let mut tx = access.inner.db.begin().await?;
            let person = store::person(&mut *tx, &viewer.person).await?;
            if person.is_none_or(|person| person.second_factor_confirmed_at.is_none()) {
                return Err(access.refuse(tx, entry, SecondFactorRefused::None).await);
            }
            store::set_second_factor(&mut tx, &viewer.person, None).await?;
            store::set_recovery_codes(&mut tx, &viewer.person, &[]).await?;
            let content = end_others(&mut tx, &viewer).await?;
            audit::record(&mut tx, access.now(), &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            access.inner.cache.forget_person(&viewer.person);
            Ok(content)
        })
        .await
    }
}

/// The step of a right code, taken or not.
pub(super) fn step_of(person: &Stored, code: &SecretString, now: Millis) -> Option<i64> {
    let digits: String =
        code.expose_secret().chars().filter(|letter| !letter.is_whitespace()).take(7).collect();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let step = totp(person.second_factor_secret.as_ref()?)?.check(&digits, seconds(now))?;
    i64::try_from(step).ok()
}

/// What became of a code that was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taken {
    /// By what, in words.
    Now(&'static str),
    Before,
    Wrong,
}

/// Takes a code or a recovery code, once.
pub(super) async fn take(
    tx: &mut Tx,
    person: &Stored,
    code: &SecretString,
    now: Millis,
) -> Result<Taken, DbError> {
    if person.second_factor_confirmed_at.is_none() {
        return Ok(Taken::Wrong);
    }
    if let Some(step) = step_of(person, code, now) {
        return Ok(match store::take_step(tx, &person.id, step).await? {
            true => Taken::Now("password and code"),
            false => Taken::Before,
        });
    }
    let letters = code.expose_secret().chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let letters: String = letters.take(RECOVERY_LETTERS + 1).collect::<String>().to_ascii_uppercase();
    if letters.chars().count() != RECOVERY_LETTERS {
        return Ok(Taken::Wrong);
    }
    let hash = recovery_hash(person, &letters);
    if store::take_recovery_code(tx, &person.id, &hash, now).await? {
        return Ok(Taken::Now("password and recovery code"));
    }
    let is_theirs = store::is_recovery_code(&mut **tx, &person.id, &hash).await?;
    Ok(if is_theirs { Taken::Before } else { Taken::Wrong })
}

pub(super) fn totp(secret: &SecretString) -> Option<Totp> {
    let bytes: [u8; 20] = secrets::from_base32(secret.expose_secret())?.try_into().ok()?;
    Builder::new().with_secret(Secret::new_stack(bytes)).build().ok()
}

fn enrolment(viewer: &Viewer, secret: &str) -> Result<Enrolment, SecondFactorRefused> {
    let label = escaped(&format!("{ISSUER}:{}", viewer.email));
    let uri = format!("otpauth://totp/{label}?secret={secret}&issuer={ISSUER}&digits=6&period=30");
    let drawn =
        Drawn::new(uri.as_bytes()).map_err(|error| DbError::Stored(format!("the QR code: {error}")))?;
    let dark = drawn.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    let qr = QrCode { width: drawn.width(), dark };
    Ok(Enrolment { secret: secret.to_owned().into(), uri: uri.into(), qr })
}

fn seconds(now: Millis) -> u64 {
    u64::try_from(now.0 / SECOND).unwrap_or_default()
}

async fn renew_codes(tx: &mut Tx, person: &Stored) -> Result<Vec<SecretString>, DbError> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let hashes: Vec<String> =
        codes.iter().map(|code| recovery_hash(person, &code.replace('-', ""))).collect();
    store::set_recovery_codes(tx, &person.id, &hashes).await?;
    Ok(codes.into_iter().map(SecretString::from).collect())
}

/// `ABCD-EFGH-IJKL-MNOP`
fn recovery_code() -> String {
    let mut chance = rand::rng();
    let mut letters = String::with_capacity(RECOVERY_LETTERS + 3);
    for at in 0..RECOVERY_LETTERS {
        if at > 0 && at % 4 == 0 {
            letters.push('-');
        }
        letters.extend(secrets::BASE32.choose(&mut chance).map(|letter| *letter as char));
    }
    letters
}

/// With the person in it: one list of hashes does not fit everybody.
fn recovery_hash(person: &Stored, letters: &str) -> String {
    secrets::hash(format!("{}:{letters}", person.id).as_bytes())
}

/// Ends every session of the viewer; what the one that asks goes on with.
async fn end_others(tx: &mut Tx, viewer: &Viewer) -> Result<SessionContent, SecondFactorRefused> {
    let (_, epoch) = sessions::end_sessions(tx, &viewer.person).await?;
    let content = viewer.content.clone().ok_or(SecondFactorRefused::Machine)?;
    Ok(SessionContent { epoch, ..content })
}

fn session_of(viewer: &Viewer) -> Result<Viewer, SecondFactorRefused> {
    if viewer.content.is_some() { Ok(viewer.clone()) } else { Err(SecondFactorRefused::Machine) }
}

fn entry(viewer: &Viewer, verb: &'static str) -> Entry {
    viewer.entry(verb).about(viewer.object())
}

/// For a path: everything but plain letters is escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':') {
            escaped.push(byte as char);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
