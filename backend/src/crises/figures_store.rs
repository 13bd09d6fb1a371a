//! The SQL of the figures: what counts of a case that is over stands in its row, so that its document is not read.

use domain::{
    crises::{Case, Figure},
    time::Millis,
};
use sqlx::{Any, Executor};

use super::store::read;
use crate::db::DbError;

/// Type, detected, told, late steps, document.
type Row = (String, i64, Option<i64>, Option<i64>, Option<String>);

/// Of all cases that were detected since then, but doubles.
pub async fn since(
    from: impl Executor<'_, Database = Any>,
    since: Millis,
    now: Millis,
) -> Result<Vec<Figure>, DbError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT type, detected_at, told_at, late_steps,
             CASE WHEN open = 1 OR late_steps IS NULL THEN document ELSE NULL END
         FROM crisis_case WHERE detected_at >= $1 AND state <> 'merged'",
    )
    .bind(since.0)
    .fetch_all(from)
    .await?;
    let mut figures = Vec::with_capacity(rows.len());
    for (of, detected_at, told_at, late, document) in rows {
        match document {
            Some(document) => figures.extend(Figure::of(&read::<Case>(&document)?, now)),
            None => figures.push(Figure {
                of,
                detected_at: Millis(detected_at),
                told_at: told_at.map(Millis),
                late: late.and_then(|late| usize::try_from(late).ok()).unwrap_or_default(),
                is_open: false,
            }),
        }
    }
    Ok(figures)
}
