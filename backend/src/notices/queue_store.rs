//! The SQL of the queue: what is due, what is under way and by whom, what waits and since when.

use std::collections::BTreeMap;

use domain::{
    notices::{AttemptId, Way},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, Executor};

use super::store::{self, Stored};
use crate::db::{DbError, Tx};

/// The oldest of those that are due.
pub async fn due(tx: &mut Tx, way: Way, now: Millis, most: i64) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {} FROM notice_attempt WHERE state = 'queued' AND way = $1 AND due_at <= $2
         ORDER BY since, id LIMIT $3",
        store::COLUMNS
    );
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(way.word()).bind(now.0).bind(most);
    store::rows(query.fetch_all(&mut **tx).await?)
}

/// When the next one may be tried.
pub async fn next_due(from: impl Executor<'_, Database = Any>, way: Way) -> Result<Option<Millis>, DbError> {
    let sql = "SELECT MIN(due_at) FROM notice_attempt WHERE state = 'queued' AND way = $1";
    let due: Option<i64> = sqlx::query_scalar(sql).bind(way.word()).fetch_one(from).await?;
    Ok(due.map(Millis))
}

/// What is being sent, and by which console.
pub async fn under_way(from: impl Executor<'_, Database = Any>) -> Result<Vec<(AttemptId, String)>, DbError> {
    let sql = "SELECT id, sender FROM notice_attempt WHERE sender IS NOT NULL ORDER BY id";
    let found: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(from).await?;
    Ok(found.into_iter().map(|(id, sender)| (AttemptId(id), sender)).collect())
}

/// What would still be sent.
pub async fn waits(tx: &mut Tx) -> Result<Vec<Stored>, DbError> {
    let sql = format!("SELECT {} FROM notice_attempt WHERE since IS NOT NULL ORDER BY id", store::COLUMNS);
    store::rows(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut **tx).await?)
}

/// Those for which no bounce came within their window.
pub async fn windows_over(
    from: impl Executor<'_, Database = Any>,
    now: Millis,
    most: i64,
) -> Result<Vec<AttemptId>, DbError> {
    let sql = "SELECT id FROM notice_attempt WHERE state = 'sent' AND due_at <= $1 ORDER BY due_at LIMIT $2";
    let found: Vec<String> = sqlx::query_scalar(sql).bind(now.0).bind(most).fetch_all(from).await?;
    Ok(found.into_iter().map(AttemptId).collect())
}

/// Of each way that something waits by: how many, and since when the oldest.
pub async fn waiting(from: impl Executor<'_, Database = Any>) -> Result<Vec<(Way, usize, Millis)>, DbError> {
    let sql = "SELECT way, COUNT(*), MIN(since) FROM notice_attempt WHERE since IS NOT NULL GROUP BY way";
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(sql).fetch_all(from).await?;
    let read = |(way, count, since): (String, i64, i64)| {
        Some((Way::from_word(&way)?, usize::try_from(count).unwrap_or_default(), Millis(since)))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

pub async fn in_doubt(from: impl Executor<'_, Database = Any>) -> Result<usize, DbError> {
    let sql = "SELECT COUNT(*) FROM notice_attempt WHERE state = 'in_doubt'";
    let count: i64 = sqlx::query_scalar(sql).fetch_one(from).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// A sign of life.
pub async fn beat(tx: &mut Tx, sender: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO notice_sender (id, beats) VALUES ($1, 1)
         ON CONFLICT (id) DO UPDATE SET beats = notice_sender.beats + 1",
    )
    .bind(sender)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How often each console gave one.
pub async fn beats(from: impl Executor<'_, Database = Any>) -> Result<BTreeMap<String, i64>, DbError> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT id, beats FROM notice_sender").fetch_all(from).await?;
    Ok(rows.into_iter().collect())
}

pub async fn leave(tx: &mut Tx, sender: &str) -> Result<(), DbError> {
    sqlx::query("DELETE FROM notice_sender WHERE id = $1").bind(sender).execute(&mut **tx).await?;
    Ok(())
}
