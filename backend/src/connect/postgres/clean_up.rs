//! Deleting old rows in batches: each holds its locks for a moment, and between two everybody else gets on.

use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;

use super::{PlatformDatabase, answered, quoted_name};
use crate::connect::failure::{Because, Failure};

/// No batch holds its locks for longer: the server cuts it off.
const LONGEST_BATCH: Duration = Duration::from_millis(180);
/// Batches shrink above this, and grow below a quarter of it.
const SLOW_BATCH: Duration = Duration::from_millis(90);
const FIRST_BATCH: i64 = 500;
/// More are never asked for at once, whatever is configured.
const LARGEST_BATCH: i64 = 10_000;
const SMALLEST_BATCH: i64 = 10;

/// What is old enough to go. All of it is configuration; nothing is typed by a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CleanUp {
    /// `wedding_optimizations`
    pub table: String,
    /// Its primary key, of one column.
    pub id: String,
    pub status_column: String,
    /// Only rows with this status go.
    pub status: String,
    /// A time with its zone.
    pub age_column: String,
    pub older_than_days: u16,
    /// No more rows than this go at once: 1 to 10,000.
    pub batch: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CleanedSoFar {
    pub rows: u64,
    pub batches: u32,
    /// The longest that one batch has held its locks.
    pub longest: Duration,
}

/// What was done, also when it was not all. What is gone is gone: going on later begins where this ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    pub so_far: CleanedSoFar,
    pub end: CleanedEnd,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CleanedEnd {
    Done,
    Stopped,
    Broken(Failure),
}

/// The statements of one clean-up, names quoted.
struct Statements {
    count: String,
    find: String,
    delete: String,
}

impl CleanUp {
    fn largest(&self) -> i64 {
        i64::from(self.batch).clamp(1, LARGEST_BATCH)
    }

    fn first(&self) -> i64 {
        self.largest().min(FIRST_BATCH)
    }

    fn smallest(&self) -> i64 {
        self.largest().min(SMALLEST_BATCH)
    }

    /// Of the next batch, by what the last one took.
    fn next(&self, size: i64, took: Duration) -> i64 {
        let next = if took > SLOW_BATCH {
            size / 2
        } else if took < SLOW_BATCH / 4 {
            size * 2
        } else {
            size
        };
        next.clamp(self.smallest(), self.largest())
    }

    fn statements(&self) -> Result<Statements, Failure> {
        let table = quoted_name(&self.table)?;
        let id = quoted_name(&self.id)?;
        let (status, age) = (quoted_name(&self.status_column)?, quoted_name(&self.age_column)?);
        let days = self.older_than_days;
        if days == 0 {
            return Err(Failure::invalid("rows must be at least a day old to be deleted"));
        }
        let old = format!("{status} = $1 AND {age} < now() - interval '{days} days'");
        Ok(Statements {
            count: format!("SELECT count(*) FROM {table} WHERE {old}"),
            find: format!("SELECT {id}::text FROM {table} WHERE {old} ORDER BY {id} LIMIT $2"),
            // Asked again in the same statement: a row that has changed meanwhile stays.
            delete: format!(
                "DELETE FROM {table} WHERE {old} AND {id} IN (SELECT ({id}::text::{{type}}) FROM unnest($2::text[]) AS {id})"
            ),
        })
    }

    /// The statements that it sends, for a preview.
    ///
    /// # Errors
    /// `Invalid` when a name of the configuration is none.
    pub fn preview(&self) -> Result<String, Failure> {
        let statements = self.statements()?;
        let shown =
            |statement: &str| statement.replace("$1", &format!("'{}'", self.status.replace('\'', "''")));
        Ok(format!(
            "{};\n{};",
            shown(&statements.find).replace("$2", &self.first().to_string()),
            shown(&statements.delete).replace("::{type}", "").replace("$2::text[]", "the ids found")
        ))
    }
}

impl PlatformDatabase {
    /// How many rows would go.
    ///
    /// # Errors
    /// When it cannot be asked within 5 s.
    pub async fn count_old(&self, what: &CleanUp) -> Result<u64, Failure> {
        let statements = what.statements()?;
        let count = sqlx::query_scalar(AssertSqlSafe(statements.count)).bind(&what.status);
        let count: i64 = answered(count.fetch_one(&self.pool), false).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Deletes the rows that are old enough. `progress` is called after each batch, and says false to stop.
    ///
    /// # Errors
    /// Only before the first batch: afterwards `Cleaned` tells what was done.
    pub async fn clean_up(
        &self,
        what: &CleanUp,
        mut progress: impl FnMut(&CleanedSoFar) -> bool,
    ) -> Result<Cleaned, Failure> {
        let statements = what.statements()?;
        let kind = self.type_of(&what.table, &what.id).await?;
        let delete = statements.delete.replace("{type}", &kind);
        let mut so_far = CleanedSoFar::default();
        let mut size = what.first();
        loop {
            // Looking takes no locks, so that it may take its time.
            let found =
                sqlx::query_scalar(AssertSqlSafe(statements.find.clone())).bind(&what.status).bind(size);
            let ids: Vec<String> = match answered(found.fetch_all(&self.pool), false).await {
                Ok(ids) => ids,
                Err(failure) => return Ok(broken(so_far, failure)),
            };
            if ids.is_empty() {
                return Ok(Cleaned { so_far, end: CleanedEnd::Done });
            }
            let begun = Instant::now();
            match self.delete(&delete, &what.status, &ids).await {
                Ok(rows) => {
                    let took = begun.elapsed();
                    so_far.rows += rows;
                    so_far.batches += 1;
                    so_far.longest = so_far.longest.max(took);
                    size = what.next(size, took);
                    // Found and not deleted: they have changed since. Without this they would be found for ever.
                    if rows == 0 {
                        return Ok(broken(so_far, Failure::changed("rows change while they are deleted")));
                    }
                }
                // Cut off, and nothing of it done: a smaller one may be quick enough.
                Err(Failure::NothingHappened { because: Because::Busy, .. }) if size > what.smallest() => {
                    size = (size / 4).max(what.smallest());
                }
                Err(failure) => return Ok(broken(so_far, failure)),
            }
            if !progress(&so_far) {
                return Ok(Cleaned { so_far, end: CleanedEnd::Stopped });
            }
        }
    }

    async fn delete(&self, statement: &str, status: &str, ids: &[String]) -> Result<u64, Failure> {
        let mut transaction = answered(self.pool.begin(), false).await?;
        let limit = format!("SET LOCAL statement_timeout = '{}ms'", LONGEST_BATCH.as_millis());
        answered(sqlx::query(AssertSqlSafe(limit)).execute(&mut *transaction), false).await?;
        let delete = sqlx::query(AssertSqlSafe(statement.to_owned())).bind(status).bind(ids);
        // Without a commit nothing is done, however this one ends.
        let done = answered(delete.execute(&mut *transaction), false).await?;
        answered(transaction.commit(), true).await?;
        Ok(done.rows_affected())
    }

    /// The type of a column, as SQL writes it.
    async fn type_of(&self, table: &str, column: &str) -> Result<String, Failure> {
        let kind = sqlx::query_scalar(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute \
             WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped",
        )
        .bind(quoted_name(table)?)
        .bind(column);
        let kind: Option<String> = answered(kind.fetch_optional(&self.pool), false).await?;
        kind.ok_or_else(|| {
            Failure::nothing(Because::NotFound, format!("the database has no column {column} in {table}"))
        })
    }
}

fn broken(so_far: CleanedSoFar, failure: Failure) -> Cleaned {
    Cleaned { so_far, end: CleanedEnd::Broken(failure) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old_rows() -> CleanUp {
        CleanUp {
            table: "wedding_optimizations".into(),
            id: "id".into(),
            status_column: "status".into(),
            status: "completed".into(),
            age_column: "created_at".into(),
            older_than_days: 90,
            batch: 5_000,
        }
    }

    #[test]
    fn a_preview_shows_the_statements_and_nothing_slips_into_them() {
        let mut what = old_rows();
        let shown = what.preview().unwrap();
        let start = "SELECT \"id\"::text FROM \"wedding_optimizations\" WHERE \"status\" = 'completed' AND \"created_at\" < now() - interval '90 days'";
        assert!(shown.starts_with(start), "{shown}");
        what.older_than_days = 0;
        assert!(what.preview().is_err());
        what.older_than_days = 90;
        what.table = "x; DROP TABLE y".into();
        assert!(what.preview().is_err());
    }

    #[test]
    fn batches_follow_what_the_last_one_took() {
        let what = old_rows();
        assert_eq!((what.first(), what.next(500, Duration::from_millis(100))), (500, 250));
        assert_eq!(what.next(500, Duration::from_millis(50)), 500);
        assert_eq!(what.next(500, Duration::from_millis(5)), 1_000);
        assert_eq!(what.next(10, Duration::from_secs(1)), SMALLEST_BATCH);
        assert_eq!(what.next(5_000, Duration::ZERO), 5_000, "as large as is configured");
    }

    #[test]
    fn no_batch_is_larger_than_is_configured() {
        for (batch, first, smallest, largest) in [
            (0, 1, 1, 1),
            (7, 7, 7, 7),
            (200, 200, 10, 200),
            (9_000, 500, 10, 9_000),
            (90_000, 500, 10, 10_000),
        ] {
            let what = CleanUp { batch, ..old_rows() };
            assert_eq!(
                (what.first(), what.smallest(), what.largest()),
                (first, smallest, largest),
                "{batch}"
            );
            assert_eq!(what.next(largest, Duration::ZERO), largest);
            assert_eq!(what.next(smallest, Duration::from_secs(1)), smallest);
            assert!(what.preview().unwrap().contains(&format!("LIMIT {first};")), "{batch}");
        }
    }
}
