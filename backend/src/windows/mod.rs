//! Silences and maintenance windows.

mod store;
#[cfg(test)]
mod tests;

use domain::{
    audit::{Facts, Object},
    time::Millis,
    windows::{Window, WindowRefused},
};

use crate::{
    access::{HandleAlerts, Missing, Permit},
    audit,
    db::{Db, DbError, Tx},
};

/// A window as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    pub id: String,
    pub window: Window,
    /// The name of whoever made it, as it was then.
    pub made_by: String,
    pub made_at: Millis,
    /// When it was ended before its time.
    pub ended_at: Option<Millis>,
}

/// Why a window was not made or ended.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Window(#[from] WindowRefused),
    #[error("It is over already.")]
    Over,
    #[error("There is no such silence.")]
    Unknown,
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes a window, in the transaction of whoever makes it. `weddings_today` is what is known of its platform.
///
/// # Errors
/// With the rule that it breaks; then nothing is stored.
pub async fn make(
    tx: &mut Tx,
    permit: &Permit<HandleAlerts>,
    window: Window,
    weddings_today: Option<u32>,
    now: Millis,
) -> Result<Stored, Refused> {
    covered(permit, &window)?;
    let window = window.checked(weddings_today, now)?;
    let stored = Stored {
        id: uuid::Uuid::now_v7().to_string(),
        window,
        made_by: permit.viewer().name.clone(),
        made_at: now,
        ended_at: None,
    };
    store::insert(tx, &stored, Some(permit.person())).await?;
    let entry = permit
        .entry("silence.made")
        .about(object(&stored))
        .changed(Facts::new(), facts(&stored))
        .because(&stored.window.reason);
    audit::record(tx, now, &entry).await?;
    Ok(stored)
}

/// Ends a window before its time.
///
/// # Errors
/// When there is none such, or it is over.
pub async fn end(
    tx: &mut Tx,
    permit: &Permit<HandleAlerts>,
    id: &str,
    now: Millis,
) -> Result<Stored, Refused> {
    let Some(stored) = store::one(tx, id).await? else { return Err(Refused::Unknown) };
    covered(permit, &stored.window)?;
    if !store::end(tx, id, now).await? {
        return Err(Refused::Over);
    }
    audit::record(tx, now, &permit.entry("silence.ended").about(object(&stored))).await?;
    Ok(Stored { ended_at: Some(now), ..stored })
}

/// A role that is limited to services silences those alone, and never everything.
fn covered(permit: &Permit<HandleAlerts>, window: &Window) -> Result<(), Missing> {
    let service = window.over.service.as_deref();
    let covered = match service {
        Some(service) => permit.covers(service),
        None => permit.viewer().services.is_none(),
    };
    if covered {
        return Ok(());
    }
    let service = Some(service.unwrap_or("of the platform as a whole").to_owned());
    Err(Missing { permission: domain::access::Permission::HandleAlerts, service })
}

/// The windows that hold now or later, in the order of their beginning.
///
/// # Errors
/// When the database cannot be read.
pub async fn present(db: &Db, now: Millis) -> Result<Vec<Stored>, DbError> {
    store::from(db.read(), now).await
}

/// The windows that hold now or later, as escalation reads them.
///
/// # Errors
/// When the database cannot be read.
pub async fn in_force(tx: &mut Tx, now: Millis) -> Result<Vec<Window>, DbError> {
    let stored = store::from(&mut **tx, now).await?;
    Ok(stored.into_iter().map(|stored| stored.window).collect())
}

/// The windows that a stretch touches, ended ones too, in the order of their beginning.
///
/// # Errors
/// When the database cannot be read.
pub async fn touching(db: &Db, from: Millis, to: Millis) -> Result<Vec<Stored>, DbError> {
    let mut stored = store::between(db.read(), from, to).await?;
    stored.retain(|stored| stored.ended_at.is_none_or(|ended| ended > from));
    Ok(stored)
}

/// The windows of a stretch of the past that lay in it, early ends counted.
///
/// # Errors
/// When the database cannot be read.
pub async fn between(db: &Db, from: Millis, to: Millis) -> Result<Vec<Window>, DbError> {
    let stored = store::between(db.read(), from, to).await?;
    let as_it_was = |stored: Stored| {
        let until = stored.ended_at.map_or(stored.window.until, |ended| ended.min(stored.window.until));
        Window { until, ..stored.window }
    };
    Ok(stored.into_iter().map(as_it_was).collect())
}

fn object(stored: &Stored) -> Object {
    Object::new("silence", &stored.id, in_words(&stored.window))
}

/// "error_rate of optimization on wedsync"; "everything".
pub fn in_words(window: &Window) -> String {
    let over = &window.over;
    let mut words = over.metric.clone().unwrap_or_else(|| "everything".to_owned());
    if let Some(service) = &over.service {
        words.push_str(&format!(" of {service}"));
    }
    if let Some(platform) = &over.platform {
        words.push_str(&format!(" on {platform}"));
    }
    words
}

fn facts(stored: &Stored) -> Facts {
    let window = &stored.window;
    let time = |at: Millis| {
        jiff::Timestamp::from_millisecond(at.0)
            .map_or_else(|_| at.to_string(), |timestamp| timestamp.to_string())
    };
    Facts::from([
        ("from".to_owned(), time(window.from)),
        ("until".to_owned(), time(window.until)),
        ("over".to_owned(), in_words(window)),
        ("emergencies".to_owned(), if window.emergencies { "yes" } else { "no" }.to_owned()),
    ])
}
