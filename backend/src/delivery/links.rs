//! Links in messages by which one person acknowledges one alert, or answers what they are asked. The link shows a page
//! with one button: what only looks at links, a scanner of mails, acknowledges and answers nothing.

use domain::{
    access::PersonId,
    delivery::Asks,
    monitoring::Level,
    time::{HOUR, Millis},
};
use secrecy::{ExposeSecret, SecretString};

use super::{link_store, shown_store};
use crate::{
    access::secrets,
    db::{Db, DbError},
};

const HOLDS_FOR: i64 = 24 * HOUR;

/// What a link that still holds leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AcknowledgeLink {
    pub alert: String,
    pub person: PersonId,
    /// The title of the newest message about the alert.
    pub title: String,
    pub level: Option<Level>,
    pub expires_at: Millis,
}

/// The whole address of a new link. It is handed out once, and stored only as a hash.
///
/// # Errors
/// When the database refuses.
pub async fn ack_link(
    db: &Db,
    public_url: &str,
    alert: &str,
    person: &PersonId,
    now: Millis,
) -> Result<SecretString, DbError> {
    let token = secrets::random_token("");
    let mut tx = db.begin().await?;
    link_store::add(&mut tx, &secrets::hash_of(&token), alert, person, now, now.plus(HOLDS_FOR)).await?;
    tx.commit().await?;
    Ok(format!("{public_url}/ack/{}", token.expose_secret()).into())
}

/// What the link leads to; nothing is changed, and it can be followed again while it holds. `None` when it leads nowhere
/// any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn redeem(db: &Db, token: &SecretString, now: Millis) -> Result<Option<AcknowledgeLink>, DbError> {
    let Some((alert, person, expires_at)) = link_store::link(db.read(), &secrets::hash_of(token)).await?
    else {
        return Ok(None);
    };
    if expires_at <= now {
        return Ok(None);
    }
    let Some((title, level)) = shown_store::newest(db.read(), &alert).await? else { return Ok(None) };
    Ok(Some(AcknowledgeLink { alert, person, title, level, expires_at }))
}

/// The whole address of a new link to answer by. It is handed out once, and stored only as a hash.
///
/// # Errors
/// When the database refuses.
pub async fn answer_link(
    db: &Db,
    public_url: &str,
    asks: &Asks,
    now: Millis,
) -> Result<SecretString, DbError> {
    let token = secrets::random_token("");
    let mut tx = db.begin().await?;
    link_store::add_answer(&mut tx, &secrets::hash_of(&token), &asks.id, now, asks.until).await?;
    tx.commit().await?;
    Ok(format!("{public_url}/yes/{}", token.expose_secret()).into())
}

/// What such a link is an answer to, by the id of whoever asked; nothing is changed. `None` when it leads nowhere any
/// more.
///
/// # Errors
/// When the database cannot be read.
pub async fn answer_to(db: &Db, token: &SecretString, now: Millis) -> Result<Option<String>, DbError> {
    let link = link_store::answer(db.read(), &secrets::hash_of(token)).await?;
    Ok(link.filter(|(_, expires_at)| now < *expires_at).map(|(asks, _)| asks))
}
