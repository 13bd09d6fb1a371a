//! The SQL of running couriers, of how connections do, and of threads in chats.

use std::collections::BTreeMap;

use domain::time::Millis;
use sqlx::{Any, Executor};

use super::DeliveryId;
use crate::db::{Db, DbError, Tx};

/// One more sign of life.
pub async fn beat(tx: &mut Tx, courier: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO delivery_courier (id, beats) VALUES ($1, 1)
         ON CONFLICT (id) DO UPDATE SET beats = delivery_courier.beats + 1",
    )
    .bind(courier)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn leave(tx: &mut Tx, courier: &str) -> Result<(), DbError> {
    sqlx::query("DELETE FROM delivery_courier WHERE id = $1").bind(courier).execute(&mut **tx).await?;
    Ok(())
}

/// Who is sending something now, with their beats; 0 for one that is not there at all.
pub async fn sending(from: impl Executor<'_, Database = Any>) -> Result<BTreeMap<String, i64>, DbError> {
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as(
        "SELECT DISTINCT w.claimed_by, c.beats FROM delivery_way w
         LEFT JOIN delivery_courier c ON c.id = w.claimed_by WHERE w.state = 'sending'",
    )
    .fetch_all(from)
    .await?;
    Ok(rows.into_iter().map(|(courier, beats)| (courier, beats.unwrap_or(0))).collect())
}

/// What a courier left behind: delivery, way, number of the try.
pub async fn left_behind(
    from: impl Executor<'_, Database = Any>,
    courier: &str,
) -> Result<Vec<(DeliveryId, i64, u32)>, DbError> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT delivery, position, tries FROM delivery_way WHERE state = 'sending' AND claimed_by = $1
         ORDER BY delivery, position",
    )
    .bind(courier)
    .fetch_all(from)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(delivery, position, tries)| {
            (DeliveryId::new(delivery), position, u32::try_from(tries).unwrap_or(0))
        })
        .collect())
}

/// Whether this try is still this courier's.
pub async fn is_claimed(
    tx: &mut Tx,
    courier: &str,
    (delivery, position, number): (&DeliveryId, i64, u32),
) -> Result<bool, DbError> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT tries FROM delivery_way
         WHERE delivery = $1 AND position = $2 AND state = 'sending' AND claimed_by = $3 AND tries = $4",
    )
    .bind(delivery.as_str())
    .bind(position)
    .bind(courier)
    .bind(i64::from(number))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.is_some())
}

pub async fn succeeded(tx: &mut Tx, destination: &str, at: Millis) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO delivery_standing (destination, last_success_at, failures) VALUES ($1, $2, 0)
         ON CONFLICT (destination) DO UPDATE SET last_success_at = excluded.last_success_at, failures = 0",
    )
    .bind(destination)
    .bind(at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn failed(tx: &mut Tx, destination: &str, at: Millis, why: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO delivery_standing (destination, last_failure_at, last_failure, failures) VALUES ($1, $2, $3, 1)
         ON CONFLICT (destination) DO UPDATE SET last_failure_at = excluded.last_failure_at,
         last_failure = excluded.last_failure, failures = delivery_standing.failures + 1",
    )
    .bind(destination)
    .bind(at.0)
    .bind(why)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How one connection does, as far as the database knows.
#[derive(Clone, Default)]
pub struct Row {
    pub waiting: i64,
    pub oldest: Option<Millis>,
    pub last_success: Option<Millis>,
    pub last_failure: Option<(Millis, String)>,
    pub failures: i64,
}

pub async fn standings(db: &Db) -> Result<BTreeMap<String, Row>, DbError> {
    let mut found: BTreeMap<String, Row> = BTreeMap::new();
    let waiting: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT w.destination, COUNT(*), MIN(d.created_at) FROM delivery_way w JOIN delivery d ON d.id = w.delivery
         WHERE w.state IN ('due', 'sending') GROUP BY w.destination",
    )
    .fetch_all(db.read())
    .await?;
    for (destination, waiting, oldest) in waiting {
        let row = found.entry(destination).or_default();
        (row.waiting, row.oldest) = (waiting, Some(Millis(oldest)));
    }
    type Standing = (String, Option<i64>, Option<i64>, Option<String>, i64);
    let standings: Vec<Standing> = sqlx::query_as(
        "SELECT destination, last_success_at, last_failure_at, last_failure, failures FROM delivery_standing",
    )
    .fetch_all(db.read())
    .await?;
    for (destination, success, failure, why, failures) in standings {
        let row = found.entry(destination).or_default();
        row.last_success = success.map(Millis);
        row.last_failure = failure.map(Millis).zip(why);
        row.failures = failures;
    }
    Ok(found)
}

/// Where the first message of a thread stands in the chat: its channel and its name there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread {
    pub channel: String,
    pub message: String,
}

pub async fn thread(
    from: impl Executor<'_, Database = Any>,
    destination: &str,
    target: &str,
    thread: &str,
) -> Result<Option<Thread>, DbError> {
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT channel, message FROM delivery_thread WHERE destination = $1 AND target = $2 AND thread = $3",
    )
    .bind(destination)
    .bind(target)
    .bind(thread)
    .fetch_optional(from)
    .await?;
    Ok(row.map(|(channel, message)| Thread { channel, message }))
}

/// The first message stays the first, whatever comes after it.
pub async fn add_thread(
    tx: &mut Tx,
    (destination, target, thread): (&str, &str, &str),
    at: &Thread,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO delivery_thread (destination, target, thread, channel, message, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (destination, target, thread) DO NOTHING",
    )
    .bind(destination)
    .bind(target)
    .bind(thread)
    .bind(&at.channel)
    .bind(&at.message)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes away what has come to its end before then, and links that hold no more.
pub async fn prune(tx: &mut Tx, before: Millis, now: Millis) -> Result<u64, DbError> {
    let gone = sqlx::query("DELETE FROM delivery WHERE created_at < $1 AND settled_at IS NOT NULL")
        .bind(before.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM delivery_thread WHERE created_at < $1")
        .bind(before.0)
        .execute(&mut **tx)
        .await?;
    for sql in [
        "DELETE FROM acknowledge_link WHERE expires_at <= $1",
        "DELETE FROM answer_link WHERE expires_at <= $1",
    ] {
        sqlx::query(sql).bind(now.0).execute(&mut **tx).await?;
    }
    Ok(gone.rows_affected())
}

/// As a console leaves it that dies between sending and writing down what came of it.
#[cfg(test)]
pub async fn leave_open(tx: &mut Tx, delivery: &DeliveryId, courier: &str) -> Result<(), DbError> {
    for sql in [
        "UPDATE delivery SET state = 'open', settled_at = NULL WHERE id = $1",
        "UPDATE delivery_way SET sent_at = NULL WHERE delivery = $1",
        "UPDATE delivery_attempt SET outcome = 'sending', took_ms = NULL WHERE delivery = $1",
    ] {
        sqlx::query(sql).bind(delivery.as_str()).execute(&mut **tx).await?;
    }
    sqlx::query("UPDATE delivery_way SET state = 'sending', claimed_by = $1 WHERE delivery = $2")
        .bind(courier)
        .bind(delivery.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
