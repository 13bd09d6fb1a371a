//! The SQL of what is known of a platform's crises, without their documents: it is asked every five seconds.

use sqlx::{AssertSqlSafe, FromRow};

use super::store::AT_ONCE;
use crate::db::{DbError, Tx};

#[derive(Clone, FromRow)]
pub struct Known {
    pub id: String,
    pub platform_id: String,
    pub mark: String,
    /// As JSON.
    pub upstream: String,
    pub couple: String,
}

const COLUMNS: &str = "id, platform_id, mark, upstream, couple";

/// Those that the platform had when it was last read.
pub async fn present(tx: &mut Tx, platform: &str) -> Result<Vec<Known>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM crisis_case WHERE platform = $1 AND present = 1");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(platform).fetch_all(&mut **tx).await?)
}

/// Those of these platform's ids that there are.
pub async fn by_platform_id(tx: &mut Tx, platform: &str, ids: &[&str]) -> Result<Vec<Known>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let places: Vec<String> = (0..some.len()).map(|at| format!("${}", at + 2)).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM crisis_case WHERE platform = $1 AND platform_id IN ({})",
            places.join(", ")
        );
        let mut query = sqlx::query_as::<_, Known>(AssertSqlSafe(sql)).bind(platform);
        for id in some {
            query = query.bind(*id);
        }
        found.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(found)
}
