//! The SQL of lists of alerts: rows in, rows out.

use sqlx::AssertSqlSafe;

use super::{
    Stored,
    listing::{AlertFilter, Place, StateFilter},
    store::{COLUMNS, Row, stored},
};
use crate::db::{Db, DbError};

/// The newest first, after a place; at most `limit`.
pub async fn listed(
    db: &Db,
    filter: &AlertFilter,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Stored>, DbError> {
    let mut wheres = vec![
        match filter.state {
            StateFilter::Open => "resolved_at IS NULL",
            StateFilter::Firing => "state = 'firing'",
            StateFilter::Acknowledged => "state = 'acknowledged'",
            StateFilter::Resolved => "resolved_at IS NOT NULL",
            StateFilter::All => "1 = 1",
        }
        .to_owned(),
    ];
    let mut texts: Vec<&str> = Vec::new();
    for (column, wanted) in [("platform", &filter.platform), ("service", &filter.service)] {
        if let Some(wanted) = wanted {
            texts.push(wanted);
            wheres.push(format!("{column} = ${}", texts.len() + 1));
        }
    }
    if !filter.levels.is_empty() {
        let levels: Vec<String> = filter.levels.iter().map(u8::to_string).collect();
        wheres.push(format!("level IN ({})", levels.join(", ")));
    }
    let place = texts.len() + 2;
    if after.is_some() {
        wheres.push(format!("(fired_at, id) < (${place}, ${})", place + 1));
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE {} ORDER BY fired_at DESC, id DESC LIMIT $1",
        wheres.join(" AND ")
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(limit);
    for text in texts {
        query = query.bind(text);
    }
    if let Some((at, id)) = after {
        query = query.bind(at.0).bind(id.as_str());
    }
    let rows: Vec<Row> = query.fetch_all(db.read()).await?;
    rows.into_iter().map(stored).collect()
}
