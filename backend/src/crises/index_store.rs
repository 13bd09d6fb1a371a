//! The SQL of the blind index of cases.

use domain::crises::CaseId;
use sqlx::AssertSqlSafe;

use super::store::PLACES_AT_ONCE;
use crate::db::{self, DbError, Tx};

/// (token, case)
pub async fn add(tx: &mut Tx, tokens: &[(String, String)]) -> Result<(), DbError> {
    for some in tokens.chunks(PLACES_AT_ONCE / 2) {
        let sql = format!(
            "INSERT INTO crisis_name_index (token, crisis) VALUES {} ON CONFLICT DO NOTHING",
            db::places(some.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (token, case) in some {
            query = query.bind(token).bind(case);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

pub async fn remove(tx: &mut Tx, id: &CaseId) -> Result<(), DbError> {
    sqlx::query("DELETE FROM crisis_name_index WHERE crisis = $1")
        .bind(id.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
