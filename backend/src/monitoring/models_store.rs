//! The SQL of model versions.

use std::collections::BTreeMap;

use domain::time::Millis;
use sqlx::{Any, Executor};

use super::models::ModelChange;
use crate::db::{DbError, Tx};

/// What each model was last seen to run.
pub async fn newest(tx: &mut Tx, platform: &str) -> Result<BTreeMap<String, String>, DbError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.model, m.versions FROM model_versions m WHERE m.platform = $1
         AND m.at = (SELECT MAX(n.at) FROM model_versions n WHERE n.platform = m.platform AND n.model = m.model)",
    )
    .bind(platform)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().collect())
}

pub async fn save(
    tx: &mut Tx,
    platform: &str,
    model: &str,
    versions: &str,
    at: Millis,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO model_versions (platform, model, at, versions) VALUES ($1, $2, $3, $4)
         ON CONFLICT (platform, model, at) DO UPDATE SET versions = excluded.versions",
    )
    .bind(platform)
    .bind(model)
    .bind(at.0)
    .bind(versions)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn changes(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<ModelChange>, DbError> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT m.model, p.versions, m.versions, m.at FROM model_versions m
         JOIN model_versions p ON p.platform = m.platform AND p.model = m.model
         AND p.at = (SELECT MAX(q.at) FROM model_versions q
                     WHERE q.platform = m.platform AND q.model = m.model AND q.at < m.at)
         WHERE m.platform = $1 AND m.at >= $2 AND m.at < $3 ORDER BY m.at, m.model",
    )
    .bind(platform)
    .bind(from.0)
    .bind(to.0)
    .fetch_all(from_where)
    .await?;
    let change = |(model, before, after, at)| ModelChange { model, before, after, at: Millis(at) };
    Ok(rows.into_iter().map(change).collect())
}
