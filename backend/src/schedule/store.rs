//! The SQL of rules and their due times, and nothing else: rows in, rows out.

use domain::time::Millis;
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::{Outcome, Past};
use crate::db::{DbError, Tx};

/// Makes the rule known, or takes note that it became another one; what lies before `now` is then dealt with.
pub async fn know(tx: &mut Tx, name: &str, rule: &str, zone: &str, now: Millis) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO schedule_rule (name, rule, zone, considered_until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET rule = excluded.rule, zone = excluded.zone,
             considered_until = CASE
                 WHEN schedule_rule.rule = excluded.rule AND schedule_rule.zone = excluded.zone
                 THEN schedule_rule.considered_until
                 ELSE excluded.considered_until
             END",
    )
    .bind(name)
    .bind(rule)
    .bind(zone)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn considered_until(
    from_where: impl Executor<'_, Database = Any>,
    name: &str,
) -> Result<Option<Millis>, DbError> {
    let row: Option<i64> = sqlx::query_scalar("SELECT considered_until FROM schedule_rule WHERE name = $1")
        .bind(name)
        .fetch_optional(from_where)
        .await?;
    Ok(row.map(Millis))
}

/// The same, holding the row to the end of the transaction: of two at once, the second waits and sees what the first did.
pub async fn hold(tx: &mut Tx, name: &str) -> Result<Option<Millis>, DbError> {
    sqlx::query("UPDATE schedule_rule SET name = name WHERE name = $1").bind(name).execute(&mut **tx).await?;
    considered_until(&mut **tx, name).await
}

pub async fn set_considered_until(tx: &mut Tx, name: &str, until: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE schedule_rule SET considered_until = $1 WHERE name = $2")
        .bind(until.0)
        .bind(name)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts a due time on record; false when it is there already.
pub async fn add(tx: &mut Tx, past: &Past) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO schedule_due (rule, due_at, outcome, at, note) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (rule, due_at) DO NOTHING",
    )
    .bind(&past.rule)
    .bind(past.due_at.0)
    .bind(past.outcome.word())
    .bind(past.at.0)
    .bind(&past.note)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_note(tx: &mut Tx, rule: &str, due_at: Millis, note: &str) -> Result<(), DbError> {
    sqlx::query("UPDATE schedule_due SET note = $1 WHERE rule = $2 AND due_at = $3")
        .bind(note)
        .bind(rule)
        .bind(due_at.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Clears away what was due before that; says how many.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    let done =
        sqlx::query("DELETE FROM schedule_due WHERE due_at < $1").bind(before.0).execute(&mut **tx).await?;
    Ok(done.rows_affected())
}

#[derive(FromRow)]
struct PastRow {
    rule: String,
    due_at: i64,
    outcome: String,
    at: i64,
    note: String,
}

pub async fn past(
    from_where: impl Executor<'_, Database = Any>,
    rules: &[&str],
    most: u16,
) -> Result<Vec<Past>, DbError> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<_> = (1..=rules.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT rule, due_at, outcome, at, note FROM schedule_due WHERE rule IN ({})
         ORDER BY due_at DESC, rule LIMIT {most}",
        places.join(", ")
    );
    let query = rules
        .iter()
        .fold(sqlx::query_as::<_, PastRow>(AssertSqlSafe(sql)), |query, rule| query.bind((*rule).to_owned()));
    let rows = query.fetch_all(from_where).await?;
    rows.into_iter()
        .map(|row| {
            let outcome = Outcome::from_word(&row.outcome)
                .ok_or_else(|| DbError::Stored(format!("the outcome {:?}", row.outcome)))?;
            Ok(Past {
                rule: row.rule,
                due_at: Millis(row.due_at),
                outcome,
                at: Millis(row.at),
                note: row.note,
            })
        })
        .collect()
}
