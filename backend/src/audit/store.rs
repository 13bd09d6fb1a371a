//! The SQL of the audit log, and nothing else: rows in, rows out.

use domain::audit::Record;
use sqlx::AssertSqlSafe;

use crate::db::{DbError, Tx};

/// In the order in which they are hashed; the hash itself is last.
const COLUMNS: [&str; 19] = [
    "sequence",
    "at",
    "verb",
    "actor_kind",
    "actor_id",
    "actor_name",
    "permission",
    "object_kind",
    "object_id",
    "object_name",
    "outcome",
    "reason",
    "before_facts",
    "after_facts",
    "operation",
    "address",
    "user_agent",
    "request_id",
    "hash",
];

/// Takes the next sequence and the hash of the record before it. The row stays locked until the transaction ends.
pub async fn next(tx: &mut Tx) -> Result<(i64, String), DbError> {
    Ok(sqlx::query_as("UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash")
        .fetch_one(&mut **tx)
        .await?)
}

pub async fn append(tx: &mut Tx, record: &Record) -> Result<(), DbError> {
    let places: Vec<_> = (1..=COLUMNS.len()).map(|place| format!("${place}")).collect();
    let sql = format!("INSERT INTO audit_record ({}) VALUES ({})", COLUMNS.join(", "), places.join(", "));
    sqlx::query(AssertSqlSafe(sql))
        .bind(record.sequence)
        .bind(record.at.0)
        .bind(&record.verb)
        .bind(&record.actor_kind)
        .bind(&record.actor_id)
        .bind(&record.actor_name)
        .bind(&record.permission)
        .bind(&record.object_kind)
        .bind(&record.object_id)
        .bind(&record.object_name)
        .bind(&record.outcome)
        .bind(&record.reason)
        .bind(&record.before_facts)
        .bind(&record.after_facts)
        .bind(&record.operation)
        .bind(&record.address)
        .bind(&record.user_agent)
        .bind(&record.request_id)
        .bind(&record.hash)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1").bind(&record.hash).execute(&mut **tx).await?;
    Ok(())
}
