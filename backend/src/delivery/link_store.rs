//! The SQL of links to acknowledge and to answer.

use domain::{access::PersonId, time::Millis};
use sqlx::{Any, Executor};

use crate::db::{DbError, Tx};

pub async fn add(
    tx: &mut Tx,
    hash: &str,
    alert: &str,
    person: &PersonId,
    now: Millis,
    expires_at: Millis,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO acknowledge_link (token_hash, alert, person, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(hash)
    .bind(alert)
    .bind(person.as_str())
    .bind(now.0)
    .bind(expires_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Alert, person, and until when it holds.
pub async fn link(
    from: impl Executor<'_, Database = Any>,
    hash: &str,
) -> Result<Option<(String, PersonId, Millis)>, DbError> {
    let row: Option<(String, String, i64)> =
        sqlx::query_as("SELECT alert, person, expires_at FROM acknowledge_link WHERE token_hash = $1")
            .bind(hash)
            .fetch_optional(from)
            .await?;
    Ok(row.map(|(alert, person, expires_at)| (alert, PersonId::new(person), Millis(expires_at))))
}

pub async fn add_answer(
    tx: &mut Tx,
    hash: &str,
    asks: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), DbError> {
    sqlx::query("INSERT INTO answer_link (token_hash, asks, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(hash)
        .bind(asks)
        .bind(now.0)
        .bind(expires_at.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What it is an answer to, and until when it holds.
pub async fn answer(
    from: impl Executor<'_, Database = Any>,
    hash: &str,
) -> Result<Option<(String, Millis)>, DbError> {
    let row: Option<(String, i64)> =
        sqlx::query_as("SELECT asks, expires_at FROM answer_link WHERE token_hash = $1")
            .bind(hash)
            .fetch_optional(from)
            .await?;
    Ok(row.map(|(asks, expires_at)| (asks, Millis(expires_at))))
}
