//! The SQL of one press of many couples: how many stand where, and everybody in it.

use domain::{
    notices::{Fate, bulk::Progress},
    time::Millis,
};
use sqlx::AssertSqlSafe;

use super::store::{self, Stored};
use crate::db::{DbError, Tx};

/// What needs somebody comes first, then what is under way, then what is over.
const ORDER: &str = "CASE state WHEN 'failed' THEN 0 WHEN 'in_doubt' THEN 1 WHEN 'ending' THEN 2 WHEN 'intended' THEN 2
         WHEN 'queued' THEN 3 WHEN 'drafted' THEN 4 WHEN 'sent' THEN 5 WHEN 'delivered' THEN 6 ELSE 7 END, id";

/// Of everybody, and since when the oldest waits.
pub async fn counts(tx: &mut Tx, batch: &str) -> Result<(Progress, Option<Millis>), DbError> {
    let sql = "SELECT state, COUNT(*), MIN(since) FROM notice_attempt WHERE batch = $1 GROUP BY state";
    let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(sql).bind(batch).fetch_all(&mut **tx).await?;
    let oldest = rows.iter().filter_map(|(_, _, since)| *since).min().map(Millis);
    let of_each = rows.iter().filter_map(|(state, count, _)| {
        let fate = Fate::ALL.into_iter().find(|fate| store::states(*fate).contains(&state.as_str()))?;
        Some((fate, usize::try_from(*count).unwrap_or_default()))
    });
    Ok((Progress::counted(of_each), oldest))
}

/// One page of them, from 0.
pub async fn page(tx: &mut Tx, batch: &str, most: usize, page: u32) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {} FROM notice_attempt WHERE batch = $1 ORDER BY {ORDER} LIMIT $2 OFFSET $3",
        store::COLUMNS
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let query = sqlx::query_as(AssertSqlSafe(sql));
    let query = query.bind(batch).bind(most).bind(i64::from(page).saturating_mul(most));
    store::rows(query.fetch_all(&mut **tx).await?)
}
