//! The SQL of sealed stretches: what left the table for a file.

use domain::{audit::Hash, time::Millis};
use sqlx::{Any, FromRow};

use crate::db::{DbError, Tx};

/// A stretch of records that stands in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    pub first: i64,
    pub last: i64,
    /// Of the record before `first`.
    pub hash_before: Hash,
    /// Of `last`.
    pub hash_after: Hash,
    /// Its name alone, without the folder.
    pub file: String,
    /// SHA-256 of the whole file.
    pub file_digest: String,
    pub sealed_at: Millis,
}

#[derive(FromRow)]
struct Row {
    first_sequence: i64,
    last_sequence: i64,
    hash_before: String,
    hash_after: String,
    file: String,
    file_digest: String,
    sealed_at: i64,
}

/// All of them in order; where one tells a hash that is none, the sequence at which it begins.
pub async fn segments(
    from: impl sqlx::Executor<'_, Database = Any>,
) -> Result<Vec<Result<Segment, i64>>, DbError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT first_sequence, last_sequence, hash_before, hash_after, file, file_digest, sealed_at
         FROM audit_segment ORDER BY first_sequence",
    )
    .fetch_all(from)
    .await?;
    Ok(rows.into_iter().map(segment).collect())
}

fn segment(row: Row) -> Result<Segment, i64> {
    let hash = |text: &str| text.parse().map_err(|_| row.first_sequence);
    Ok(Segment {
        first: row.first_sequence,
        last: row.last_sequence,
        hash_before: hash(&row.hash_before)?,
        hash_after: hash(&row.hash_after)?,
        file: row.file,
        file_digest: row.file_digest,
        sealed_at: Millis(row.sealed_at),
    })
}

/// The last record before the first that is as young as `before`, so that what is sealed is one stretch although the
/// clock may once have been put back; `None` when the oldest record is younger.
pub async fn last_before(tx: &mut Tx, before: Millis) -> Result<Option<i64>, DbError> {
    let (young,): (Option<i64>,) = sqlx::query_as("SELECT min(sequence) FROM audit_record WHERE at >= $1")
        .bind(before.0)
        .fetch_one(&mut **tx)
        .await?;
    let (last,): (Option<i64>,) =
        sqlx::query_as("SELECT max(sequence) FROM audit_record WHERE sequence < $1")
            .bind(young.unwrap_or(i64::MAX))
            .fetch_one(&mut **tx)
            .await?;
    Ok(last)
}

pub async fn save(tx: &mut Tx, segment: &Segment) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO audit_segment
         (first_sequence, last_sequence, hash_before, hash_after, file, file_digest, sealed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(segment.first)
    .bind(segment.last)
    .bind(segment.hash_before.to_string())
    .bind(segment.hash_after.to_string())
    .bind(&segment.file)
    .bind(&segment.file_digest)
    .bind(segment.sealed_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the records of a sealed stretch out; how many.
pub async fn prune(tx: &mut Tx, segment: &Segment) -> Result<u64, DbError> {
    Ok(sqlx::query("DELETE FROM audit_record WHERE sequence >= $1 AND sequence <= $2")
        .bind(segment.first)
        .bind(segment.last)
        .execute(&mut **tx)
        .await?
        .rows_affected())
}
