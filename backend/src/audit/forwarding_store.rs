//! The SQL of forwarding: how far each receiver has been told.

use domain::time::Millis;
use sqlx::{Any, AssertSqlSafe, FromRow};

use crate::db::{DbError, Tx};

#[derive(Clone, Default, PartialEq, Eq, Debug, FromRow)]
pub struct Row {
    pub target: String,
    pub cursor_sequence: i64,
    pub last_success_at: Option<i64>,
    pub last_failure_at: Option<i64>,
    pub last_failure: Option<String>,
    pub failures: i64,
}

const COLUMNS: &str = "target, cursor_sequence, last_success_at, last_failure_at, last_failure, failures";

pub async fn rows(from: impl sqlx::Executor<'_, Database = Any>) -> Result<Vec<Row>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM audit_forwarding ORDER BY target");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(from).await?)
}

/// The last record that the receiver has for sure; 0 for one that is new.
pub async fn cursor(from: impl sqlx::Executor<'_, Database = Any>, target: &str) -> Result<i64, DbError> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT cursor_sequence FROM audit_forwarding WHERE target = $1")
            .bind(target)
            .fetch_optional(from)
            .await?;
    Ok(row.map_or(0, |(cursor,)| cursor))
}

pub async fn succeeded(tx: &mut Tx, target: &str, cursor: i64, at: Millis) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO audit_forwarding (target, cursor_sequence, last_success_at, failures) VALUES ($1, $2, $3, 0)
         ON CONFLICT (target) DO UPDATE SET cursor_sequence = excluded.cursor_sequence,
         last_success_at = excluded.last_success_at, failures = 0",
    )
    .bind(target)
    .bind(cursor)
    .bind(at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One more failure in a row.
pub async fn failed(tx: &mut Tx, target: &str, why: &str, at: Millis) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO audit_forwarding (target, cursor_sequence, last_failure_at, last_failure, failures)
         VALUES ($1, 0, $2, $3, 1)
         ON CONFLICT (target) DO UPDATE SET last_failure_at = excluded.last_failure_at,
         last_failure = excluded.last_failure, failures = audit_forwarding.failures + 1",
    )
    .bind(target)
    .bind(at.0)
    .bind(why)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
