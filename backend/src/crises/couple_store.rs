//! The SQL of what is sealed in the row of a case.

use domain::crises::CaseId;
use sqlx::AssertSqlSafe;

use super::{columns::COUPLE, couple::Sealed};
use crate::db::{self, DbError, Tx};

type Row = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// The sealed couples of these cases, by the id of the case.
pub async fn of(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, Sealed)>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        format!("SELECT id, {} FROM crisis_case WHERE id IN {}", COUPLE.join(", "), db::places(1, ids.len()));
    let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
    for id in ids {
        query = query.bind(*id);
    }
    let rows = query.fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|(id, a, b, c, d, e, f, g)| (id, [a, b, c, d, e, f, g])).collect())
}

/// Puts a couple in the place of what was there. The row is to be saved by `store::update` as well, which says what the
/// state of the couple is.
pub async fn put(tx: &mut Tx, id: &CaseId, sealed: &Sealed) -> Result<(), DbError> {
    let set: Vec<String> =
        COUPLE.iter().enumerate().map(|(at, column)| format!("{column} = ${}", at + 1)).collect();
    let sql = format!(
        "UPDATE crisis_case SET {}, couple = 'kept' WHERE id = ${}",
        set.join(", "),
        COUPLE.len() + 1
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for part in sealed {
        query = query.bind(part.clone());
    }
    query.bind(id.as_str()).execute(&mut **tx).await?;
    Ok(())
}

/// Nothing that was sealed is left in the row.
pub async fn empty(tx: &mut Tx, id: &CaseId) -> Result<(), DbError> {
    let set: Vec<String> = COUPLE.iter().map(|column| format!("{column} = NULL")).collect();
    let sql = format!(
        "UPDATE crisis_case SET {}, findings = NULL, mark = '', couple = 'erased' WHERE id = $1",
        set.join(", ")
    );
    sqlx::query(AssertSqlSafe(sql)).bind(id.as_str()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn findings(tx: &mut Tx, id: &CaseId) -> Result<Option<String>, DbError> {
    let sql = "SELECT findings FROM crisis_case WHERE id = $1";
    let found: Option<Option<String>> =
        sqlx::query_scalar(sql).bind(id.as_str()).fetch_optional(&mut **tx).await?;
    Ok(found.flatten())
}

pub async fn put_findings(tx: &mut Tx, id: &CaseId, sealed: &str) -> Result<(), DbError> {
    sqlx::query("UPDATE crisis_case SET findings = $1 WHERE id = $2")
        .bind(sealed)
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
