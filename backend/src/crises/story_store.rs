//! The SQL of stories.

use std::collections::BTreeMap;

use domain::{
    crises::{CaseId, Happening},
    time::Millis,
};
use sqlx::AssertSqlSafe;

use super::store::{AT_ONCE, PLACES_AT_ONCE, json, read};
use crate::db::{self, DbError, Tx};

/// A line as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredLine {
    pub id: String,
    pub case: String,
    pub number: i64,
    pub at: Millis,
    pub happening: Happening,
    /// Sealed.
    pub words: Option<String>,
}

/// The last numbers of these stories; a case without a line has none.
pub async fn last(tx: &mut Tx, ids: &[&str]) -> Result<BTreeMap<String, i64>, DbError> {
    let mut last = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT crisis, MAX(number) FROM crisis_line WHERE crisis IN {} GROUP BY crisis",
            db::places(1, some.len())
        );
        let mut query = sqlx::query_as::<_, (String, i64)>(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(*id);
        }
        last.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(last)
}

pub async fn insert(tx: &mut Tx, lines: &[StoredLine]) -> Result<(), DbError> {
    for some in lines.chunks(PLACES_AT_ONCE / 7) {
        let sql = format!(
            "INSERT INTO crisis_line (id, crisis, number, at, kind, happening, words) VALUES {}",
            db::places(some.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for line in some {
            let document = json(&line.happening)?;
            let kind = kind(&document);
            query = query
                .bind(&line.id)
                .bind(&line.case)
                .bind(line.number)
                .bind(line.at.0)
                .bind(kind)
                .bind(document)
                .bind(line.words.clone());
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn kind(document: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(document).ok();
    value.and_then(|value| value.get("happened")?.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Oldest first.
pub async fn of(tx: &mut Tx, id: &CaseId) -> Result<Vec<StoredLine>, DbError> {
    let rows: Vec<(String, i64, i64, String, Option<String>)> = sqlx::query_as(
        "SELECT id, number, at, happening, words FROM crisis_line WHERE crisis = $1 ORDER BY number",
    )
    .bind(id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|(line, number, at, happening, words)| {
            Ok(StoredLine {
                id: line,
                case: id.as_str().to_owned(),
                number,
                at: Millis(at),
                happening: read(&happening)?,
                words,
            })
        })
        .collect()
}

/// Nothing that anybody wrote is left.
pub async fn empty(tx: &mut Tx, id: &CaseId) -> Result<(), DbError> {
    sqlx::query("UPDATE crisis_line SET words = NULL WHERE crisis = $1 AND words IS NOT NULL")
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
