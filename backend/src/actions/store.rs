//! The SQL of runs, and nothing else: rows in, rows out.

use domain::{
    actions::{ActionKey, Approval, Automation, Happening, Review, Run, RunId, State},
    alerts::AlertId,
    time::Millis,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::Stored;
use crate::db::{DbError, Tx};

#[derive(FromRow)]
struct Row {
    run: String,
    progress: Option<String>,
    version: i64,
}

const COLUMNS: &str = "run, progress, version";

/// Takes the place of whoever asks for a run or begins one, for the rest of the transaction, and reads the switch.
pub async fn automation_first(tx: &mut Tx) -> Result<Automation, DbError> {
    let text: String =
        sqlx::query_scalar("UPDATE automation SET turns = turns + 1 WHERE id = 1 RETURNING automation")
            .fetch_one(&mut **tx)
            .await?;
    read(&text)
}

pub async fn automation(from_where: impl Executor<'_, Database = Any>) -> Result<Automation, DbError> {
    let text: String =
        sqlx::query_scalar("SELECT automation FROM automation WHERE id = 1").fetch_one(from_where).await?;
    read(&text)
}

pub async fn save_automation(tx: &mut Tx, automation: &Automation) -> Result<(), DbError> {
    sqlx::query("UPDATE automation SET automation = $1 WHERE id = 1")
        .bind(json(automation)?)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn insert(tx: &mut Tx, run: &Run) -> Result<(), DbError> {
    let by = run
        .requested
        .by
        .hands()
        .filter(|_| matches!(run.requested.by, domain::actions::Actor::Person { .. }));
    sqlx::query(
        "INSERT INTO run (id, platform, action, state, run, requested_at, requested_by, alert, undoes, ended_at,
             rests_until, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)",
    )
    .bind(run.id.as_str())
    .bind(&run.plan().platform)
    .bind(run.plan().action.as_str())
    .bind(run.state_word())
    .bind(json(run)?)
    .bind(run.requested.at.0)
    .bind(by.map(|person| person.as_str().to_owned()))
    .bind(run.requested.alert.as_ref().map(|alert| alert.as_str().to_owned()))
    .bind(run.requested.undoes.as_ref().map(|run| run.as_str().to_owned()))
    .bind(ended_at(run))
    .bind(run.rests_until().map(|at| at.0))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Saves a run that nobody changed since it was read; says whether that was so.
pub async fn update(tx: &mut Tx, stored: &Stored) -> Result<bool, DbError> {
    let run = &stored.run;
    let (broken, reviewed) = match &run.approval {
        Some(Approval::BrokenGlass { at, review: Review::Waiting, .. }) => (Some(at.0), None),
        Some(Approval::BrokenGlass { at, review: Review::Done { at: done, .. }, .. }) => {
            (Some(at.0), Some(done.0))
        }
        _ => (None, None),
    };
    let done = sqlx::query(
        "UPDATE run SET state = $1, run = $2, ended_at = $3, rests_until = $4, glass_broken_at = $5, reviewed_at = $6,
             version = version + 1 WHERE id = $7 AND version = $8",
    )
    .bind(run.state_word())
    .bind(json(run)?)
    .bind(ended_at(run))
    .bind(run.rests_until().map(|at| at.0))
    .bind(broken)
    .bind(reviewed)
    .bind(run.id.as_str())
    .bind(stored.version)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How far a long step has come. Beside the run: it changes often, and decides nothing.
pub async fn save_progress(tx: &mut Tx, id: &RunId, said: &str) -> Result<(), DbError> {
    sqlx::query("UPDATE run SET progress = $1 WHERE id = $2")
        .bind(said)
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn one(
    from_where: impl Executor<'_, Database = Any>,
    id: &RunId,
) -> Result<Option<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM run WHERE id = $1");
    let row: Option<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(from_where).await?;
    row.map(stored).transpose()
}

/// Those that are not over, in the order of asking.
pub async fn open(from_where: impl Executor<'_, Database = Any>) -> Result<Vec<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM run WHERE ended_at IS NULL ORDER BY id");
    rows(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(from_where).await?)
}

/// Those that a new one has to look at: open, undecided, or resting.
pub async fn in_the_way(tx: &mut Tx, now: Millis) -> Result<Vec<Run>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run WHERE ended_at IS NULL OR state = 'unknown' OR rests_until > $1 ORDER BY id"
    );
    let found: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(now.0).fetch_all(&mut **tx).await?;
    Ok(rows(found)?.into_iter().map(|stored| stored.run).collect())
}

/// The newest first, after one of them; of one action, or of all.
pub async fn past(
    from_where: impl Executor<'_, Database = Any>,
    of: Option<(&str, &ActionKey)>,
    before: Option<&RunId>,
    most: i64,
) -> Result<Vec<Stored>, DbError> {
    let mut sql = format!("SELECT {COLUMNS} FROM run WHERE id < $1");
    if of.is_some() {
        sql.push_str(" AND platform = $3 AND action = $4");
    }
    sql.push_str(" ORDER BY id DESC LIMIT $2");
    let before = before.map_or("~".to_owned(), |id| id.as_str().to_owned());
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(before).bind(most);
    if let Some((platform, action)) = of {
        query = query.bind(platform.to_owned()).bind(action.as_str().to_owned());
    }
    rows(query.fetch_all(from_where).await?)
}

/// Asked for from the page of an alert, oldest first.
pub async fn of_alert(
    from_where: impl Executor<'_, Database = Any>,
    alert: &AlertId,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM run WHERE alert = $1 ORDER BY id");
    rows(sqlx::query_as(AssertSqlSafe(sql)).bind(alert.as_str()).fetch_all(from_where).await?)
}

/// Asked for before `to` and not over before `from`, in the order of asking.
pub async fn open_between(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run WHERE platform = $1 AND requested_at < $3 AND (ended_at IS NULL OR ended_at >= $2)
         ORDER BY id"
    );
    rows(
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(platform)
            .bind(from.0)
            .bind(to.0)
            .fetch_all(from_where)
            .await?,
    )
}

/// Undecided ones, and those for which the glass was broken and nobody has looked at that.
pub async fn waiting_for_people(
    from_where: impl Executor<'_, Database = Any>,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run WHERE state = 'unknown' OR (glass_broken_at IS NOT NULL AND reviewed_at IS NULL)
         ORDER BY id"
    );
    rows(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(from_where).await?)
}

/// Adds to the story of a run.
pub async fn tell(tx: &mut Tx, id: &RunId, at: Millis, happened: &[Happening]) -> Result<(), DbError> {
    if happened.is_empty() {
        return Ok(());
    }
    let last: Option<i64> = sqlx::query_scalar("SELECT MAX(number) FROM run_event WHERE run = $1")
        .bind(id.as_str())
        .fetch_one(&mut **tx)
        .await?;
    for (number, happening) in (last.unwrap_or(0) + 1..).zip(happened) {
        let document = json(happening)?;
        let kind = serde_json::from_str::<serde_json::Value>(&document)
            .ok()
            .and_then(|value| value.get("happened")?.as_str().map(str::to_owned))
            .unwrap_or_default();
        sqlx::query("INSERT INTO run_event (run, number, at, kind, happening) VALUES ($1, $2, $3, $4, $5)")
            .bind(id.as_str())
            .bind(number)
            .bind(at.0)
            .bind(kind)
            .bind(document)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub async fn story(
    from_where: impl Executor<'_, Database = Any>,
    id: &RunId,
) -> Result<Vec<(Millis, Happening)>, DbError> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT at, happening FROM run_event WHERE run = $1 ORDER BY number")
            .bind(id.as_str())
            .fetch_all(from_where)
            .await?;
    rows.into_iter().map(|(at, happening)| Ok((Millis(at), read(&happening)?))).collect()
}

fn ended_at(run: &Run) -> Option<i64> {
    match &run.state {
        State::Requested { .. } | State::Approved { .. } | State::Running { .. } => None,
        State::Succeeded { at }
        | State::Failed { at, .. }
        | State::Unknown { at, .. }
        | State::Undone { at, .. }
        | State::Refused { at, .. }
        | State::Lapsed { at }
        | State::Cancelled { at, .. } => Some(at.0),
    }
}

fn rows(rows: Vec<Row>) -> Result<Vec<Stored>, DbError> {
    rows.into_iter().map(stored).collect()
}

fn stored(row: Row) -> Result<Stored, DbError> {
    Ok(Stored { run: read(&row.run)?, progress: row.progress, version: row.version })
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Stored(format!("of a run: {error}")))
}

fn json<T: Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::Stored(format!("of a run: {error}")))
}
