//! ANALYZE. The server answers a role that does not own the table with a warning and a success, and does nothing: so
//! the right is asked for before, and whether it was done is looked up afterwards. It may take minutes, and stands in
//! nobody's way meanwhile.

use std::time::Duration;

use domain::time::Millis;
use sqlx::AssertSqlSafe;
use tokio::time::sleep;

use super::{DEADLINE, PlatformDatabase, answered, quoted_name, trouble};
use crate::connect::failure::{Because, Failure};

const LONGEST: Duration = Duration::from_secs(600);
/// So often, while no answer has come, it is asked whether the server is still at work on it.
const ASKS_EVERY: Duration = Duration::from_secs(3);
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
        let row = sqlx::query_as(
            "SELECT (extract(epoch FROM last_analyze) * 1000)::bigint, analyze_count \
             FROM pg_stat_user_tables WHERE relid = to_regclass($1)",
        )
        .bind(quoted_name(table)?);
        let row: Option<(Option<i64>, i64)> = answered(row.fetch_optional(&self.pool), false).await?;
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
        // Alone and not in a transaction: the server counts it as done before a commit could fail.
        let statement = sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {}", quoted_name(table)?)));
        let mut connection = answered(self.pool.acquire(), false).await?;
        // Its statements may take longer than all others: nobody else is to have it afterwards.
        connection.close_on_drop();
        let limit = format!("SET statement_timeout = '{}s'", LONGEST.as_secs());
        answered(sqlx::query(AssertSqlSafe(limit)).execute(&mut *connection), false).await?;
        let process = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *connection);
        let process: i32 = answered(process, false).await?;
        tokio::select! {
            done = statement.execute(&mut *connection) => {
                done.map_err(|error| trouble(&error, true))?;
            }
            () = self.no_more_at_work(process) => {
                return Err(Failure::unknown("the database is not at work on it, and no answer comes"));
            }
            () = sleep(LONGEST + DEADLINE) => {
                return Err(Failure::unknown("the database did not answer in time"));
            }
        }
        for _ in 0..LOOKS {
            // It was taken by now: not to see it is not to know.
            let now = self.observe_analyze(table).await;
            let now = now.map_err(|failure| Failure::unknown(failure.to_string()))?;
            if now.times > before.times {
                return Ok(now);
            }
            sleep(LOOKS_EVERY).await;
        }
        Err(Failure::unknown(format!("the database took ANALYZE of {table}, and does not show it done")))
    }

    /// Ends when the server is idle on this connection, twice in a row: then no answer will come that has not come.
    async fn no_more_at_work(&self, process: i32) {
        let mut idle = 0;
        while idle < 2 {
            sleep(ASKS_EVERY).await;
            let at_work = sqlx::query_scalar::<_, bool>(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active')",
            )
            .bind(process);
            // Whoever cannot be asked has not said that it is idle.
            let at_work = answered(at_work.fetch_one(&self.pool), false).await;
            idle = if at_work == Ok(false) { idle + 1 } else { 0 };
        }
    }

    /// The owner of the table or of the database may; from PostgreSQL 17 on also who has MAINTAIN.
    ///
    /// # Errors
    /// `Forbidden` when the role may not.
    pub async fn may_analyze(&self, table: &str) -> Result<(), Failure> {
        let name = quoted_name(table)?;
        let owns = sqlx::query_scalar(
            "SELECT pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE') \
             FROM pg_class c, pg_database d WHERE c.oid = to_regclass($1) AND d.datname = current_database()",
        )
        .bind(&name);
        let owns: Option<bool> = answered(owns.fetch_optional(&self.pool), false).await?;
        if owns.ok_or_else(|| no_table(table))? {
            return Ok(());
        }
        // An older server does not know the word, and that is a no.
        let maintains =
            sqlx::query_scalar::<_, bool>("SELECT has_table_privilege(to_regclass($1), 'MAINTAIN')")
                .bind(&name);
        if answered(maintains.fetch_one(&self.pool), false).await.unwrap_or(false) {
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
