//! Calendars at secret addresses: made, listed, revoked, read.

use std::fmt;

use domain::{
    access::PersonId,
    audit::Object,
    time::{DAY, HOUR, Millis},
};
use secrecy::SecretString;
use uuid::Uuid;

use super::{OnCallRefused, calendar, load::load, store, whole};
use crate::{
    access::{Permit, SeeStatus, secrets},
    audit,
    db::{Db, DbError},
};

/// Of one person, at the same time.
pub const MOST_FEEDS: usize = 20;
/// That it was read is written down no more often.
const READ: i64 = HOUR;
/// How far a calendar reaches. Further back than the longest turn, so that each shift has its true beginning.
const BACK: i64 = 400 * DAY;
const AHEAD: i64 = 180 * DAY;

/// A calendar as it is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    pub id: String,
    /// Whose it is; it ends with their account.
    pub person: PersonId,
    /// `None`: the person's own shifts in all tiers.
    pub tier: Option<u8>,
    pub created_at: Millis,
    /// To the hour.
    pub read_at: Option<Millis>,
}

/// A calendar that was just made.
#[derive(Clone, Debug)]
pub struct NewFeed {
    pub feed: Feed,
    /// The last part of the address; shown once.
    pub token: SecretString,
}

/// What is sent for a calendar.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedCalendar {
    /// RFC 5545.
    pub text: String,
    /// Changes only with the text.
    pub tag: String,
}

impl fmt::Debug for FeedCalendar {
    /// It holds names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedCalendar").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// Makes a calendar of a tier, or of one's own shifts.
///
/// # Errors
/// When there is no such tier, or the person has too many.
pub async fn create_feed(
    db: &Db,
    permit: &Permit<SeeStatus>,
    tier: Option<u8>,
    now: Millis,
) -> Result<NewFeed, OnCallRefused> {
    let (db, entry, person) = (db.clone(), permit.entry("calendar.created"), permit.person().clone());
    whole(async move {
        let mut tx = db.begin().await?;
        if let Some(tier) = tier
            && !store::tiers(&mut tx).await?.iter().any(|row| row.number == tier)
        {
            return Err(OnCallRefused::NoTier);
        }
        if store::feeds(&mut *tx, &person).await?.len() >= MOST_FEEDS {
            return Err(OnCallRefused::TooManyFeeds { most: MOST_FEEDS });
        }
        let feed = Feed { id: Uuid::now_v7().to_string(), person, tier, created_at: now, read_at: None };
        let token = secrets::random_token("");
        store::add_feed(&mut tx, &feed, &secrets::hash_of(&token)).await?;
        audit::record(&mut tx, now, &entry.about(object(&feed.id, tier))).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(NewFeed { feed, token })
    })
    .await
}

/// Ends one's own calendar at once.
///
/// # Errors
/// When there is none such.
pub async fn revoke_feed(
    db: &Db,
    permit: &Permit<SeeStatus>,
    id: &str,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry, person) = (db.clone(), permit.entry("calendar.revoked"), permit.person().clone());
    let id = id.to_owned();
    whole(async move {
        let mut tx = db.begin().await?;
        let own = store::feeds(&mut *tx, &person).await?;
        let feed = own.into_iter().find(|feed| feed.id == id).ok_or(OnCallRefused::NoFeed)?;
        if !store::revoke_feed(&mut tx, &person, &id, now).await? {
            return Err(OnCallRefused::NoFeed);
        }
        audit::record(&mut tx, now, &entry.about(object(&id, feed.tier))).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    })
    .await
}

fn object(id: &str, tier: Option<u8>) -> Object {
    let name = match tier {
        Some(tier) => format!("a calendar of tier {tier}"),
        None => "a calendar of their own shifts".to_owned(),
    };
    Object::new("calendar", id, name)
}

/// The calendar at a secret address; `None` where there is none, it was revoked, or its owner has no access any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn feed_calendar(
    db: &Db,
    token: &SecretString,
    public_url: &str,
    now: Millis,
) -> Result<Option<FeedCalendar>, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(feed) = store::feed_by_hash(&mut *tx, &secrets::hash_of(token)).await? else { return Ok(None) };
    let loaded = load(&mut tx, now.minus(BACK), now.plus(AHEAD)).await?;
    tx.rollback().await?;
    if !loaded.people.iter().any(|known| known.id == feed.person && known.disabled_at.is_none()) {
        return Ok(None);
    }
    if feed.read_at.is_none_or(|read| now.since(read) >= READ) {
        let (db, id) = (db.clone(), feed.id.clone());
        // Nobody waits for it.
        tokio::spawn(async move {
            let written = async {
                let mut tx = db.begin().await?;
                store::set_read(&mut tx, &id, now).await?;
                Ok::<_, DbError>(tx.commit().await?)
            };
            if let Err(error) = written.await {
                tracing::warn!(%error, "that a calendar was read was not written down");
            }
        });
    }
    let text = calendar::text(&loaded, &feed, public_url, (now.minus(BACK), now.plus(AHEAD)), now);
    let tag = format!("\"{}\"", secrets::hash(text.as_bytes()));
    Ok(Some(FeedCalendar { text, tag }))
}
