//! ANALYZE. The server answers a role that does not own the table with a warning and a success, and does nothing: so
//! the right is asked for before, and whether it was done is looked up afterwards. It may take minutes, and stands in
//! nobody's way meanwhile.

use std::time::Duration;

use domain::time::Millis;
use sqlx::AssertSqlSafe;
use tokio::time::sleep;

use super::{PlatformDatabase, quoted_name, trouble};
use crate::connect::failure::{Because, Failure};

const STATEMENT_TIMEOUT: &str = "SET LOCAL statement_timeout = '10min'";
/// The statistics of what was done arrive a little later.
const LOOKS: u32 = 30;
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// When a table was last analyzed by hand; nothing before the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Analyzed {
    pub at: Option<Millis>,
    /// How often; grows by one with each.
    pub times: i64,
}

impl PlatformDatabase {
    /// When a table was last analyzed.
    ///
    /// # Errors
    /// When there is no such table, or it cannot be asked.
    pub async fn observe_analyze(&self, table: &str) -> Result<Analyzed, Failure> {
        let row: Option<(Option<i64>, i64)> = sqlx::query_as(
            "SELECT (extract(epoch FROM last_analyze) * 1000)::bigint, analyze_count \
             FROM pg_stat_user_tables WHERE relid = to_regclass($1)",
        )
        .bind(quoted_name(table)?)
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| trouble(&error, false))?;
        let (at, times) = row.ok_or_else(|| no_table(table))?;
        Ok(Analyzed { at: at.map(Millis), times })
    }

    /// Analyzes one table.
    ///
    /// # Errors
    /// `Forbidden` when the role may not, so that the server would skip the table with no more than a warning;
    /// `MayHaveHappened` when the connection broke, or the server does not show it done.
    pub async fn analyze(&self, table: &str) -> Result<Analyzed, Failure> {
        let before = self.observe_analyze(table).await?;
        self.may_analyze(table).await?;
        let statement = format!("ANALYZE {}", quoted_name(table)?);
        let mut transaction = self.pool.begin().await.map_err(|error| trouble(&error, false))?;
        for statement in [STATEMENT_TIMEOUT.to_owned(), statement] {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *transaction)
                .await
                .map_err(|error| trouble(&error, false))?;
        }
        transaction.commit().await.map_err(|error| trouble(&error, true))?;
        for _ in 0..LOOKS {
            let now = self.observe_analyze(table).await?;
            if now.times > before.times {
                return Ok(now);
            }
            sleep(LOOKS_EVERY).await;
        }
        Err(Failure::unknown(format!("the database took ANALYZE of {table}, and does not show it done")))
    }

    /// The owner of the table or of the database may; from PostgreSQL 17 on also who has MAINTAIN.
    ///
    /// # Errors
    /// `Forbidden` when the role may not.
    pub async fn may_analyze(&self, table: &str) -> Result<(), Failure> {
        let name = quoted_name(table)?;
        let owns: Option<bool> = sqlx::query_scalar(
            "SELECT pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE') \
             FROM pg_class c, pg_database d WHERE c.oid = to_regclass($1) AND d.datname = current_database()",
        )
        .bind(&name)
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| trouble(&error, false))?;
        if owns.ok_or_else(|| no_table(table))? {
            return Ok(());
        }
        // An older server does not know the word, and that is a no.
        let maintains =
            sqlx::query_scalar::<_, bool>("SELECT has_table_privilege(to_regclass($1), 'MAINTAIN')")
                .bind(&name)
                .fetch_one(&self.pool)
                .await;
        if maintains.unwrap_or(false) {
            return Ok(());
        }
        let right = format!("own the table {table}");
        let why = format!(
            "the console's role does not own the table {table}: PostgreSQL would skip it with a warning and call that a success"
        );
        Err(Failure::forbidden(right, why))
    }
}

fn no_table(table: &str) -> Failure {
    Failure::nothing(Because::NotFound, format!("the database has no table {table}"))
}
