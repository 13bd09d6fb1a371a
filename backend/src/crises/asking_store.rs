//! The SQL of who was asked.

use domain::{
    crises::{CaseId, StepKey},
    time::Millis,
};
use sqlx::{Any, Executor, FromRow};

use crate::{
    db::{DbError, Tx},
    delivery::DeliveryId,
};

/// One of those who were asked for a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredAsked {
    pub id: String,
    pub case: CaseId,
    pub step: StepKey,
    /// `person/ID`, `PEOPLE/NAME`.
    pub whom: String,
    pub name: String,
    pub delivery: DeliveryId,
    pub times: i64,
    pub asked_at: Millis,
    pub until: Millis,
    pub answered_at: Option<Millis>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    crisis: String,
    step: String,
    whom: String,
    name: String,
    delivery: String,
    times: i64,
    asked_at: i64,
    until: i64,
    answered_at: Option<i64>,
}

/// Those of a case, in the order in which they were first asked.
pub async fn of(from: impl Executor<'_, Database = Any>, case: &CaseId) -> Result<Vec<StoredAsked>, DbError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, crisis, step, whom, name, delivery, times, asked_at, until, answered_at FROM crisis_asked
         WHERE crisis = $1 ORDER BY id",
    )
    .bind(case.as_str())
    .fetch_all(from)
    .await?;
    rows.into_iter().map(asked).collect()
}

pub async fn one(from: impl Executor<'_, Database = Any>, id: &str) -> Result<Option<StoredAsked>, DbError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, crisis, step, whom, name, delivery, times, asked_at, until, answered_at FROM crisis_asked
         WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(from)
    .await?;
    row.map(asked).transpose()
}

/// Notes that they are asked; whoever was asked for the same before is asked anew, and their old answer counts no more.
pub async fn ask(tx: &mut Tx, asked: &StoredAsked) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO crisis_asked (id, crisis, step, whom, name, delivery, times, asked_at, until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (crisis, step, whom) DO UPDATE SET name = excluded.name, delivery = excluded.delivery,
             times = excluded.times, asked_at = excluded.asked_at, until = excluded.until, answered_at = NULL",
    )
    .bind(&asked.id)
    .bind(asked.case.as_str())
    .bind(asked.step.as_str())
    .bind(&asked.whom)
    .bind(&asked.name)
    .bind(asked.delivery.as_str())
    .bind(asked.times)
    .bind(asked.asked_at.0)
    .bind(asked.until.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that they say yes; false when they had said so already.
pub async fn answer(tx: &mut Tx, id: &str, now: Millis) -> Result<bool, DbError> {
    let done = sqlx::query("UPDATE crisis_asked SET answered_at = $1 WHERE id = $2 AND answered_at IS NULL")
        .bind(now.0)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn asked(row: Row) -> Result<StoredAsked, DbError> {
    Ok(StoredAsked {
        id: row.id,
        case: CaseId(row.crisis),
        step: StepKey::parse(&row.step).map_err(|wrong| DbError::Stored(wrong.to_string()))?,
        whom: row.whom,
        name: row.name,
        delivery: DeliveryId::new(row.delivery),
        times: row.times,
        asked_at: Millis(row.asked_at),
        until: Millis(row.until),
        answered_at: row.answered_at.map(Millis),
    })
}
