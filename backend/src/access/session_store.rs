//! The SQL of sessions, known browsers and failed tries, and nothing else: rows in, rows out.

use domain::{
    access::{Failures, PersonId},
    time::Millis,
};
use sqlx::{Any, Executor, FromRow};

use super::sessions::SessionKey;
use crate::db::{DbError, Tx};

/// A session with what a page needs of its person, in one indexed read.
#[derive(FromRow)]
pub struct SessionRow {
    pub data: String,
    pub created_at: i64,
    pub last_seen_at: i64,
    /// The rest is NULL in a session of nobody.
    pub email: Option<String>,
    pub name: Option<String>,
    pub role: Option<String>,
    pub zone: Option<String>,
    pub theme: Option<String>,
    pub second_factor_confirmed_at: Option<i64>,
    pub disabled_at: Option<i64>,
    pub session_epoch: Option<i64>,
}

/// What is written of a session.
pub struct SessionToWrite<'a> {
    pub key: &'a SessionKey,
    pub person: Option<&'a PersonId>,
    pub data: String,
    pub signed_in_at: Millis,
    pub expires_at: Millis,
    pub address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
}

/// How many sessions of each person are alive, and when one was last used.
pub async fn activity(
    from_where: impl Executor<'_, Database = Any>,
    now: Millis,
    seen_after: Millis,
) -> Result<Vec<(String, i64, i64)>, DbError> {
    Ok(sqlx::query_as(
        "SELECT person, COUNT(*), MAX(last_seen_at) FROM session
         WHERE person IS NOT NULL AND expires_at > $1 AND last_seen_at > $2 GROUP BY person",
    )
    .bind(now.0)
    .bind(seen_after.0)
    .fetch_all(from_where)
    .await?)
}

pub async fn session(
    from_where: impl Executor<'_, Database = Any>,
    key: &SessionKey,
) -> Result<Option<SessionRow>, DbError> {
    Ok(sqlx::query_as(
        "SELECT session.data, session.created_at, session.last_seen_at, person.email, person.name, person.role, \
         person.zone, person.theme, person.second_factor_confirmed_at, person.disabled_at, person.session_epoch \
         FROM session LEFT JOIN person ON person.id = session.person WHERE session.id_hash = $1",
    )
    .bind(key.as_str())
    .fetch_optional(from_where)
    .await?)
}

/// Adds a session; false when there is one with this id.
pub async fn add_session(tx: &mut Tx, session: &SessionToWrite<'_>, now: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO session (id_hash, person, data, created_at, signed_in_at, last_seen_at, expires_at, address, \
         user_agent) VALUES ($1, $2, $3, $4, $5, $4, $6, $7, $8) ON CONFLICT (id_hash) DO NOTHING",
    )
    .bind(session.key.as_str())
    .bind(session.person.map(PersonId::as_str))
    .bind(&session.data)
    .bind(now.0)
    .bind(session.signed_in_at.0)
    .bind(session.expires_at.0)
    .bind(session.address)
    .bind(session.user_agent)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes a session that is there: one that was ended meanwhile stays ended.
pub async fn save_session(tx: &mut Tx, session: &SessionToWrite<'_>) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE session SET person = $1, data = $2, signed_in_at = $3, expires_at = $4, address = $5, \
         user_agent = $6 WHERE id_hash = $7",
    )
    .bind(session.person.map(PersonId::as_str))
    .bind(&session.data)
    .bind(session.signed_in_at.0)
    .bind(session.expires_at.0)
    .bind(session.address)
    .bind(session.user_agent)
    .bind(session.key.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn write_seen(tx: &mut Tx, key: &SessionKey, at: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE session SET last_seen_at = $1 WHERE id_hash = $2 AND last_seen_at < $1")
        .bind(at.0)
        .bind(key.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A session in the list of its person.
#[derive(FromRow)]
pub struct OwnRow {
    pub id_hash: String,
    pub signed_in_at: i64,
    pub last_seen_at: i64,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// The sessions of a person that could still be alive, the last seen first.
pub async fn sessions_of(
    from_where: impl Executor<'_, Database = Any>,
    person: &PersonId,
    now: Millis,
    seen_since: Millis,
) -> Result<Vec<OwnRow>, DbError> {
    Ok(sqlx::query_as(
        "SELECT id_hash, signed_in_at, last_seen_at, address, user_agent FROM session \
         WHERE person = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC, id_hash",
    )
    .bind(person.as_str())
    .bind(now.0)
    .bind(seen_since.0)
    .fetch_all(from_where)
    .await?)
}

/// Ends one session, of this person when one is named; says whether there was one.
pub async fn end_session(tx: &mut Tx, key: &SessionKey, person: Option<&PersonId>) -> Result<bool, DbError> {
    let done = sqlx::query("DELETE FROM session WHERE id_hash = $1 AND ($2 = '' OR person = $2)")
        .bind(key.as_str())
        .bind(person.map_or("", PersonId::as_str))
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends all sessions of a person, also those that are being made at this moment. Says how many there were, and the
/// epoch in which new ones are made.
pub async fn end_sessions(tx: &mut Tx, person: &PersonId) -> Result<(u64, i64), DbError> {
    let epoch: Option<i64> = sqlx::query_scalar(
        "UPDATE person SET session_epoch = session_epoch + 1 WHERE id = $1 RETURNING session_epoch",
    )
    .bind(person.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let done =
        sqlx::query("DELETE FROM session WHERE person = $1").bind(person.as_str()).execute(&mut **tx).await?;
    Ok((done.rows_affected(), epoch.unwrap_or_default()))
}

/// Removes what nobody can use any more; says how many sessions went.
pub async fn drop_expired(
    tx: &mut Tx,
    now: Millis,
    seen_since: Millis,
    browsers_since: Millis,
    failures_since: Millis,
    links_since: Millis,
) -> Result<u64, DbError> {
    let done = sqlx::query("DELETE FROM session WHERE expires_at <= $1 OR last_seen_at <= $2")
        .bind(now.0)
        .bind(seen_since.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM known_browser WHERE seen_at <= $1")
        .bind(browsers_since.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM one_time_link WHERE expires_at <= $1")
        .bind(links_since.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM sign_in_failure WHERE last_at <= $1")
        .bind(failures_since.0)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

pub async fn is_known_browser(
    from_where: impl Executor<'_, Database = Any>,
    hash: &str,
    person: &PersonId,
    since: Millis,
) -> Result<bool, DbError> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT seen_at FROM known_browser WHERE token_hash = $1 AND person = $2 AND seen_at > $3",
    )
    .bind(hash)
    .bind(person.as_str())
    .bind(since.0)
    .fetch_optional(from_where)
    .await?;
    Ok(found.is_some())
}

/// A browser that is known from now on, in the place of what its cookie was before.
pub async fn know_browser(
    tx: &mut Tx,
    hash: &str,
    before: Option<&str>,
    person: &PersonId,
    now: Millis,
) -> Result<(), DbError> {
    if let Some(before) = before {
        sqlx::query("DELETE FROM known_browser WHERE token_hash = $1 AND person = $2")
            .bind(before)
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query("INSERT INTO known_browser (token_hash, person, seen_at) VALUES ($1, $2, $3)")
        .bind(hash)
        .bind(person.as_str())
        .bind(now.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The browsers of a person are strangers again.
pub async fn forget_browsers(tx: &mut Tx, person: &PersonId) -> Result<(), DbError> {
    sqlx::query("DELETE FROM known_browser WHERE person = $1")
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The failures that are counted for this, whose row is then this transaction's: tries at the same moment wait.
pub async fn lock_failures(tx: &mut Tx, counted_for: &str) -> Result<Failures, DbError> {
    sqlx::query(
        "INSERT INTO sign_in_failure (counted_for, failures, last_at) VALUES ($1, 0, 0) \
         ON CONFLICT (counted_for) DO NOTHING",
    )
    .bind(counted_for)
    .execute(&mut **tx)
    .await?;
    let (count, last): (i64, i64) = sqlx::query_as(
        "UPDATE sign_in_failure SET failures = failures WHERE counted_for = $1 RETURNING failures, last_at",
    )
    .bind(counted_for)
    .fetch_one(&mut **tx)
    .await?;
    Ok(Failures { count: u32::try_from(count).unwrap_or_default(), last: Millis(last) })
}

pub async fn set_failures(tx: &mut Tx, counted_for: &str, failures: Failures) -> Result<(), DbError> {
    sqlx::query("UPDATE sign_in_failure SET failures = $1, last_at = $2 WHERE counted_for = $3")
        .bind(i64::from(failures.count))
        .bind(failures.last.0)
        .bind(counted_for)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// One try counts no longer.
pub async fn take_back_failure(tx: &mut Tx, counted_for: &str) -> Result<(), DbError> {
    sqlx::query("UPDATE sign_in_failure SET failures = failures - 1 WHERE counted_for = $1 AND failures > 0")
        .bind(counted_for)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn clear_failures(tx: &mut Tx, counted_for: &str) -> Result<(), DbError> {
    sqlx::query("DELETE FROM sign_in_failure WHERE counted_for = $1")
        .bind(counted_for)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
