//! The SQL of attempts: rows in, rows out. What is sealed is written once, and never again but to be emptied.

use domain::{
    crises::CaseId,
    notices::{Attempt, AttemptId, AttemptState, Fate},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::{columns::SEALED, seal::Sealed};
use crate::db::{self, DbError, Tx};

/// So many are read with one statement.
const AT_ONCE: usize = 500;
/// So many places an insert has at most: a statement on SQLite costs the square of its places.
const PLACES_AT_ONCE: usize = 600;
const PLACES: usize = 19;

/// An attempt as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Stored {
    pub case: CaseId,
    pub attempt: Attempt,
    pub batch: Option<String>,
    /// The console that is sending it.
    pub sender: Option<String>,
    pub sealed: Sealed,
    pub version: i64,
}

#[derive(FromRow)]
pub(super) struct Row {
    crisis: String,
    document: String,
    batch: Option<String>,
    sender: Option<String>,
    address: Option<String>,
    language: Option<String>,
    subject: Option<String>,
    words: Option<String>,
    html: Option<String>,
    reason: Option<String>,
    version: i64,
}

pub(super) const COLUMNS: &str =
    "crisis, document, batch, sender, address, language, subject, words, html, reason, version";

/// As the column says it: finer than what people read.
fn state_word(attempt: &Attempt) -> &'static str {
    match attempt.state {
        AttemptState::Drafted => "drafted",
        AttemptState::Queued { .. } => "queued",
        AttemptState::Intended { .. } => "intended",
        AttemptState::Ending { .. } => "ending",
        AttemptState::Sent { .. } => "sent",
        AttemptState::InDoubt { .. } => "in_doubt",
        AttemptState::Delivered { .. } => "delivered",
        AttemptState::Failed { .. } => "failed",
        AttemptState::Withdrawn { .. } => "withdrawn",
    }
}

/// What the column says of those of one fate.
pub(super) fn states(fate: Fate) -> &'static [&'static str] {
    match fate {
        Fate::Drafted => &["drafted"],
        Fate::Waiting => &["queued", "intended", "ending"],
        Fate::Sent => &["sent"],
        Fate::Delivered => &["delivered"],
        Fate::InDoubt => &["in_doubt"],
        Fate::Failed => &["failed"],
        Fate::TakenBack => &["withdrawn"],
    }
}

fn due_at(attempt: &Attempt) -> Option<Millis> {
    match attempt.state {
        AttemptState::Queued { not_before, .. } => Some(not_before),
        AttemptState::Sent { window_ends, .. } => Some(window_ends),
        _ => None,
    }
}

pub async fn insert(tx: &mut Tx, all: &[Stored]) -> Result<(), DbError> {
    for some in all.chunks(PLACES_AT_ONCE / PLACES) {
        let sql = format!(
            "INSERT INTO notice_attempt (id, crisis, purpose, way, state, live, since, due_at, sender, batch, made_at,
                 document, {}, version) VALUES {}",
            SEALED.join(", "),
            db::places(some.len(), PLACES)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for stored in some {
            let attempt = &stored.attempt;
            query = query
                .bind(&attempt.id.0)
                .bind(stored.case.as_str())
                .bind(attempt.purpose.word())
                .bind(attempt.way.word())
                .bind(state_word(attempt))
                .bind(i64::from(attempt.is_live()))
                .bind(attempt.waits_since().map(|at| at.0))
                .bind(due_at(attempt).map(|at| at.0))
                .bind(stored.sender.clone())
                .bind(stored.batch.clone())
                .bind(attempt.made_at.0)
                .bind(json(attempt)?);
            for part in &stored.sealed {
                query = query.bind(part.clone());
            }
            query = query.bind(stored.version);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Saves an attempt that nobody changed since it was read, without what is sealed.
///
/// # Errors
/// `Conflict` when somebody did.
pub async fn update(tx: &mut Tx, stored: &mut Stored) -> Result<(), DbError> {
    let attempt = &stored.attempt;
    let done = sqlx::query(
        "UPDATE notice_attempt SET state = $1, live = $2, since = $3, due_at = $4, sender = $5, document = $6,
             version = version + 1
         WHERE id = $7 AND version = $8",
    )
    .bind(state_word(attempt))
    .bind(i64::from(attempt.is_live()))
    .bind(attempt.waits_since().map(|at| at.0))
    .bind(due_at(attempt).map(|at| at.0))
    .bind(stored.sender.clone())
    .bind(json(attempt)?)
    .bind(&attempt.id.0)
    .bind(stored.version)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Err(DbError::Conflict("a notice was changed meanwhile"));
    }
    stored.version += 1;
    Ok(())
}

pub async fn one(from: impl Executor<'_, Database = Any>, id: &AttemptId) -> Result<Option<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM notice_attempt WHERE id = $1");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(&id.0).fetch_optional(from).await?;
    row.map(stored).transpose()
}

/// Of these cases, in the order in which they were made.
pub async fn of_cases(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Stored>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT {COLUMNS} FROM notice_attempt WHERE crisis IN {} ORDER BY id",
            db::places(1, some.len())
        );
        let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(*id);
        }
        found.extend(rows(query.fetch_all(&mut **tx).await?)?);
    }
    Ok(found)
}

/// Of all cases, newest first: of one fate, and made before one of them, where that is given.
pub async fn newest(
    tx: &mut Tx,
    fate: Option<Fate>,
    before: Option<&AttemptId>,
    most: i64,
) -> Result<Vec<Stored>, DbError> {
    let mut values: Vec<&str> = Vec::new();
    let mut conditions = vec!["1 = 1".to_owned()];
    if let Some(fate) = fate {
        let first = values.len() + 2;
        values.extend(states(fate));
        let places: Vec<String> = (first..values.len() + 2).map(|place| format!("${place}")).collect();
        conditions.push(format!("state IN ({})", places.join(", ")));
    }
    if let Some(before) = before {
        values.push(&before.0);
        conditions.push(format!("id < ${}", values.len() + 1));
    }
    let condition = conditions.join(" AND ");
    let sql = format!("SELECT {COLUMNS} FROM notice_attempt WHERE {condition} ORDER BY id DESC LIMIT $1");
    let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql)).bind(most);
    for value in values {
        query = query.bind(value);
    }
    rows(query.fetch_all(&mut **tx).await?)
}

/// Nothing of what they were told is left.
pub async fn empty(tx: &mut Tx, case: &CaseId) -> Result<(), DbError> {
    let set: Vec<String> = SEALED.iter().map(|column| format!("{column} = NULL")).collect();
    let sql = format!("UPDATE notice_attempt SET {} WHERE crisis = $1", set.join(", "));
    sqlx::query(AssertSqlSafe(sql)).bind(case.as_str()).execute(&mut **tx).await?;
    Ok(())
}

pub(super) fn rows(rows: Vec<Row>) -> Result<Vec<Stored>, DbError> {
    rows.into_iter().map(stored).collect()
}

fn stored(row: Row) -> Result<Stored, DbError> {
    let attempt = serde_json::from_str(&row.document);
    Ok(Stored {
        case: CaseId(row.crisis),
        attempt: attempt.map_err(|error| DbError::Stored(format!("of a notice: {error}")))?,
        batch: row.batch,
        sender: row.sender,
        sealed: [row.address, row.language, row.subject, row.words, row.html, row.reason],
        version: row.version,
    })
}

fn json(attempt: &Attempt) -> Result<String, DbError> {
    serde_json::to_string(attempt).map_err(|error| DbError::Stored(format!("of a notice: {error}")))
}
