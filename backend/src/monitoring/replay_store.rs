//! The SQL of replaying polls: many rows as one text, which is many times faster to read than their columns.

use domain::time::Millis;

use crate::db::{Db, DbError};

/// The first polls from `from` on, before `to`: the time of the last of them, and a line for each, its fields with tabs
/// between. JSON holds neither tabs nor line breaks as they are, and the other fields are words and numbers.
pub async fn polls(
    db: &Db,
    platform: &str,
    from: Millis,
    to: Millis,
    most: i64,
) -> Result<Option<(i64, String)>, DbError> {
    let (last, text): (Option<i64>, Option<String>) = sqlx::query_as(
        "SELECT MAX(at), string_agg(CAST(at AS TEXT) || '\t' || outcome || '\t' || coalesce(status, '') || '\t'
             || coalesce(CAST(weddings_today AS TEXT), '') || '\t' || services || '\t' || readings, '\n' ORDER BY at)
         FROM (SELECT at, outcome, status, weddings_today, services, readings FROM poll
               WHERE platform = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4) AS part",
    )
    .bind(platform)
    .bind(from.0)
    .bind(to.0)
    .bind(most)
    .fetch_one(db.read())
    .await?;
    Ok(last.zip(text))
}
