//! The SQL of how cases stand.

use domain::{monitoring::Level, time::Millis};
use sqlx::{Any, Executor};

use crate::db::DbError;

pub async fn open_and_worst(
    from: impl Executor<'_, Database = Any>,
) -> Result<(i64, Option<Level>), DbError> {
    let (open, worst): (i64, Option<i64>) =
        sqlx::query_as("SELECT COUNT(*), MAX(severity) FROM crisis_case WHERE open = 1")
            .fetch_one(from)
            .await?;
    let levels = [Level::Information, Level::Warning, Level::Critical, Level::Emergency];
    let worst = worst.and_then(|worst| levels.into_iter().find(|level| i64::from(level.number()) == worst));
    Ok((open, worst))
}

pub async fn last_resolved(from: impl Executor<'_, Database = Any>) -> Result<Option<Millis>, DbError> {
    let sql = "SELECT MAX(at) FROM crisis_line WHERE kind = 'resolved'";
    let at: Option<i64> = sqlx::query_scalar(sql).fetch_one(from).await?;
    Ok(at.map(Millis))
}
