//! The SQL of evidence.

use domain::{
    access::PersonId,
    alerts::{AlertId, Evidence, PinnedEvidence, Who},
    time::Millis,
};
use sqlx::{Any, Executor, FromRow};

use crate::db::{DbError, Tx};

#[derive(FromRow)]
struct Row {
    look: String,
    at: i64,
    seen_at: i64,
    by_person: String,
    by_name: String,
    kind: String,
    looked_at: String,
    title: String,
    content: String,
    note: String,
}

/// Adds a piece; says whether it was not there yet.
pub async fn insert(tx: &mut Tx, alert: &AlertId, pinned: &PinnedEvidence) -> Result<bool, DbError> {
    let PinnedEvidence { evidence, at, by, note } = pinned;
    let done = sqlx::query(
        "INSERT INTO evidence (alert, look, at, seen_at, by_person, by_name, kind, looked_at, title, content, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (alert, look) DO NOTHING",
    )
    .bind(alert.as_str())
    .bind(&evidence.look)
    .bind(at.0)
    .bind(evidence.seen_at.0)
    .bind(by.person.as_ref().map(PersonId::as_str).unwrap_or_default())
    .bind(&by.name)
    .bind(&evidence.kind)
    .bind(&evidence.of)
    .bind(&evidence.title)
    .bind(&evidence.content)
    .bind(note)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn has(
    from_where: impl Executor<'_, Database = Any>,
    alert: &AlertId,
    look: &str,
) -> Result<bool, DbError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT at FROM evidence WHERE alert = $1 AND look = $2")
        .bind(alert.as_str())
        .bind(look)
        .fetch_optional(from_where)
        .await?;
    Ok(found.is_some())
}

/// Of an alert, oldest first.
pub async fn of(
    from_where: impl Executor<'_, Database = Any>,
    alert: &AlertId,
    limit: i64,
) -> Result<Vec<PinnedEvidence>, DbError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT look, at, seen_at, by_person, by_name, kind, looked_at, title, content, note FROM evidence
         WHERE alert = $1 ORDER BY at, look LIMIT $2",
    )
    .bind(alert.as_str())
    .bind(limit)
    .fetch_all(from_where)
    .await?;
    Ok(rows.into_iter().map(Row::told).collect())
}

impl Row {
    fn told(self) -> PinnedEvidence {
        PinnedEvidence {
            evidence: Evidence {
                look: self.look,
                kind: self.kind,
                of: self.looked_at,
                seen_at: Millis(self.seen_at),
                title: self.title,
                content: self.content,
            },
            at: Millis(self.at),
            by: Who { person: Some(PersonId::new(self.by_person)), name: self.by_name },
            note: self.note,
        }
    }
}
