//! The SQL of windows.

use domain::{
    access::PersonId,
    time::Millis,
    windows::{Scope, Window, WindowKind},
};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::Stored;
use crate::db::{DbError, Tx};

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    platform: Option<String>,
    service: Option<String>,
    metric: Option<String>,
    from_at: i64,
    until_at: i64,
    emergencies_at: Option<i64>,
    reason: String,
    made_by_name: String,
    made_at: i64,
    ended_at: Option<i64>,
}

const COLUMNS: &str = "id, kind, platform, service, metric, from_at, until_at, emergencies_at, reason, made_by_name, \
     made_at, ended_at";

pub async fn insert(tx: &mut Tx, stored: &Stored, by: Option<&PersonId>) -> Result<(), DbError> {
    let Stored { window, .. } = stored;
    sqlx::query(
        "INSERT INTO quiet_window (id, kind, platform, service, metric, from_at, until_at, emergencies_at, reason,
             made_by, made_by_name, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&stored.id)
    .bind(match window.kind {
        WindowKind::Silence => "silence",
        WindowKind::Maintenance => "maintenance",
    })
    .bind(&window.over.platform)
    .bind(&window.over.service)
    .bind(&window.over.metric)
    .bind(window.from.0)
    .bind(window.until.0)
    .bind(window.emergencies.then_some(stored.made_at.0))
    .bind(&window.reason)
    .bind(by.map(PersonId::as_str))
    .bind(&stored.made_by)
    .bind(stored.made_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends a window that is not over; says whether it was.
pub async fn end(tx: &mut Tx, id: &str, now: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE quiet_window SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL AND until_at > $1",
    )
    .bind(now.0)
    .bind(id)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn one(tx: &mut Tx, id: &str) -> Result<Option<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM quiet_window WHERE id = $1");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await?;
    Ok(row.map(stored))
}

/// Those that hold at `now` or later.
pub async fn from(
    from_where: impl Executor<'_, Database = Any>,
    now: Millis,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM quiet_window WHERE until_at > $1 AND ended_at IS NULL ORDER BY from_at, id"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(now.0).fetch_all(from_where).await?;
    Ok(rows.into_iter().map(stored).collect())
}

/// Those that a stretch touches, ended ones too.
pub async fn between(
    from_where: impl Executor<'_, Database = Any>,
    from: Millis,
    to: Millis,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM quiet_window WHERE until_at > $1 AND from_at < $2 ORDER BY from_at, id"
    );
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(from.0).bind(to.0).fetch_all(from_where).await?;
    Ok(rows.into_iter().map(stored).collect())
}

fn stored(row: Row) -> Stored {
    Stored {
        id: row.id,
        window: Window {
            kind: if row.kind == "maintenance" { WindowKind::Maintenance } else { WindowKind::Silence },
            over: Scope { platform: row.platform, service: row.service, metric: row.metric },
            from: Millis(row.from_at),
            until: Millis(row.until_at),
            emergencies: row.emergencies_at.is_some(),
            reason: row.reason,
        },
        made_by: row.made_by_name,
        made_at: Millis(row.made_at),
        ended_at: row.ended_at.map(Millis),
    }
}
