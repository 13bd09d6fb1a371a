//! The SQL of files.

use domain::{crises::CaseId, time::Millis};
use sqlx::FromRow;

use crate::db::{DbError, Tx};

/// A file without its content.
#[derive(Clone, PartialEq, Debug, FromRow)]
pub struct Row {
    pub id: String,
    pub at: i64,
    pub added_by: String,
    pub media_type: String,
    pub size: i64,
    /// Sealed; `None` once it is removed.
    pub name: Option<String>,
    pub removed_at: Option<i64>,
}

pub async fn insert(tx: &mut Tx, case: &CaseId, row: &Row, content: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO crisis_file (id, crisis, at, added_by, media_type, size, name, content)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&row.id)
    .bind(case.as_str())
    .bind(row.at)
    .bind(&row.added_by)
    .bind(&row.media_type)
    .bind(row.size)
    .bind(row.name.clone())
    .bind(content)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Oldest first.
pub async fn of(tx: &mut Tx, case: &CaseId) -> Result<Vec<Row>, DbError> {
    let sql = "SELECT id, at, added_by, media_type, size, name, removed_at FROM crisis_file WHERE crisis = $1
               ORDER BY at, id";
    Ok(sqlx::query_as(sql).bind(case.as_str()).fetch_all(&mut **tx).await?)
}

/// (type, name, content), both sealed; `None` when there is none such, or it is removed.
pub async fn content(
    tx: &mut Tx,
    case: &CaseId,
    id: &str,
) -> Result<Option<(String, String, String)>, DbError> {
    let sql = "SELECT media_type, name, content FROM crisis_file WHERE crisis = $1 AND id = $2 AND removed_at IS NULL";
    Ok(sqlx::query_as(sql).bind(case.as_str()).bind(id).fetch_optional(&mut **tx).await?)
}

/// Removes one file, or all of a case; of how many.
pub async fn remove(tx: &mut Tx, case: &CaseId, id: Option<&str>, now: Millis) -> Result<u64, DbError> {
    let done = sqlx::query(
        "UPDATE crisis_file SET name = NULL, content = NULL, removed_at = $1
         WHERE crisis = $2 AND ($3 = '' OR id = $3) AND removed_at IS NULL",
    )
    .bind(now.0)
    .bind(case.as_str())
    .bind(id.unwrap_or_default())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
