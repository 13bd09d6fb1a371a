//! The SQL of breakers, and nothing else: rows in, rows out.

use std::collections::BTreeMap;

use domain::{
    actions::RunId,
    failover::{Automatic, Decision, Transition},
    time::Millis,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, Executor};

use super::{Offered, Stored};
use crate::db::{DbError, Tx};

/// Those of a platform, by their services.
pub async fn of_platform(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
) -> Result<BTreeMap<String, Stored>, DbError> {
    type Row = (String, String, Option<String>, Option<i64>, i64);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT service, breaker, offered, offered_at, version FROM breaker WHERE platform = $1 ORDER BY service",
    )
    .bind(platform)
    .fetch_all(from_where)
    .await?;
    rows.into_iter()
        .map(|(service, breaker, offered, at, version)| {
            let offered = match (offered, at) {
                (Some(decision), Some(at)) => Some(Offered { decision: read(&decision)?, at: Millis(at) }),
                _ => None,
            };
            Ok((service, Stored { breaker: read(&breaker)?, offered, version }))
        })
        .collect()
}

/// Saves a breaker that nobody changed since it was read, or that is new (version 0); says whether that was so.
pub async fn save(tx: &mut Tx, platform: &str, stored: &Stored) -> Result<bool, DbError> {
    let offered = stored.offered.as_ref().map(|offered| json(&offered.decision)).transpose()?;
    let done = sqlx::query(
        "INSERT INTO breaker (platform, service, breaker, offered, offered_at, version) VALUES ($1, $2, $3, $4, $5, 1)
         ON CONFLICT (platform, service) DO UPDATE SET breaker = excluded.breaker, offered = excluded.offered,
             offered_at = excluded.offered_at, version = breaker.version + 1 WHERE breaker.version = $6",
    )
    .bind(platform)
    .bind(&stored.breaker.service)
    .bind(json(&stored.breaker)?)
    .bind(offered)
    .bind(stored.offered.as_ref().map(|offered| offered.at.0))
    .bind(stored.version)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn automatic(tx: &mut Tx, platform: &str) -> Result<(Automatic, i64), DbError> {
    let row: Option<(String, i64)> =
        sqlx::query_as("SELECT automatic, version FROM failover WHERE platform = $1")
            .bind(platform)
            .fetch_optional(&mut **tx)
            .await?;
    match row {
        Some((automatic, version)) => Ok((read(&automatic)?, version)),
        None => Ok((Automatic::default(), 0)),
    }
}

pub async fn save_automatic(
    tx: &mut Tx,
    platform: &str,
    automatic: &Automatic,
    version: i64,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO failover (platform, automatic, version) VALUES ($1, $2, 1)
         ON CONFLICT (platform) DO UPDATE SET automatic = excluded.automatic, version = failover.version + 1
         WHERE failover.version = $3",
    )
    .bind(platform)
    .bind(json(automatic)?)
    .bind(version)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn tell_transition(
    tx: &mut Tx,
    (platform, service): (&str, &str),
    transition: &Transition,
) -> Result<(), DbError> {
    tell(tx, (platform, service), transition.at, "transition", json(transition)?, None).await
}

pub async fn tell_decision(
    tx: &mut Tx,
    (platform, service): (&str, &str),
    at: Millis,
    decision: &Decision,
    run: Option<&RunId>,
) -> Result<(), DbError> {
    tell(tx, (platform, service), at, "decision", json(decision)?, run).await
}

async fn tell(
    tx: &mut Tx,
    (platform, service): (&str, &str),
    at: Millis,
    kind: &str,
    happening: String,
    run: Option<&RunId>,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO breaker_event (platform, service, number, at, kind, happening, run)
         SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6 FROM breaker_event
         WHERE platform = $1 AND service = $2",
    )
    .bind(platform)
    .bind(service)
    .bind(at.0)
    .bind(kind)
    .bind(happening)
    .bind(run.map(|run| run.as_str().to_owned()))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One thing in the story of a breaker.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    Transition(Transition),
    Decision { at: Millis, decision: Decision, run: Option<RunId> },
}

/// The newest first.
pub async fn story(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
    service: &str,
    most: i64,
) -> Result<Vec<Event>, DbError> {
    let rows: Vec<(i64, String, String, Option<String>)> = sqlx::query_as(
        "SELECT at, kind, happening, run FROM breaker_event WHERE platform = $1 AND service = $2
         ORDER BY number DESC LIMIT $3",
    )
    .bind(platform)
    .bind(service)
    .bind(most)
    .fetch_all(from_where)
    .await?;
    rows.into_iter()
        .map(|(at, kind, happening, run)| {
            Ok(match kind.as_str() {
                "transition" => Event::Transition(read(&happening)?),
                _ => Event::Decision { at: Millis(at), decision: read(&happening)?, run: run.map(RunId) },
            })
        })
        .collect()
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Stored(format!("of a breaker: {error}")))
}

fn json<T: Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::Stored(format!("of a breaker: {error}")))
}
