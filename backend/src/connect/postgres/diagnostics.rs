//! Reading: statements of the configuration, each one query, each in a read-only transaction of 5 s at most.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::{PlatformDatabase, answered};
use crate::connect::failure::{Because, Failure};

/// Statements that run now, longest first. Of other roles' connections nothing is told without the right to, not even
/// whether they are active: those are counted. The questions that the console asks meanwhile are not told; an ANALYZE of
/// its own is, which may take minutes.
pub const ACTIVE_STATEMENTS: &str = "SELECT pid, usename AS role, \
    round(extract(epoch FROM clock_timestamp() - query_start)::numeric, 1) AS seconds, \
    wait_event_type AS waits_for, query FROM pg_stat_activity \
    WHERE (state = 'active' OR query = '<insufficient privilege>') AND pid <> pg_backend_pid() \
    AND datname = current_database() \
    AND ((application_name, usename) IS DISTINCT FROM (current_setting('application_name'), current_user) \
        OR query LIKE 'ANALYZE %') ORDER BY query_start";

/// The ten slowest by their mean time, in milliseconds.
pub const SLOWEST_STATEMENTS: &str = "SELECT query, round(mean_exec_time::numeric, 1) AS mean_ms, \
    round(total_exec_time::numeric, 1) AS total_ms, calls FROM pg_stat_statements \
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    ORDER BY mean_exec_time DESC LIMIT 10";

/// What couples said in the last 24 hours.
pub const FEEDBACK: &str = "SELECT rating, outcome, count(*) AS count FROM ai_feedback \
    WHERE created_at >= now() - interval '24 hours' GROUP BY rating, outcome ORDER BY rating, outcome";

/// Optimizations of 24 hours without a quality score, or with one under 0.7.
pub const QUALITY_GAPS: &str = "SELECT status, count(*) FILTER (WHERE quality_score IS NULL) AS without_score, \
    count(*) FILTER (WHERE quality_score < 0.7) AS under_0_7, count(*) AS optimizations FROM wedding_optimizations \
    WHERE created_at >= now() - interval '24 hours' GROUP BY status ORDER BY status";

/// Crises of the last hour that still wait for the AI. Who the couple is stays in the database.
pub const ACTIVE_CRISES: &str = "SELECT wedding_id, crisis_type, status, created_at FROM active_crises \
    WHERE status = 'ai_processing' AND created_at >= now() - interval '1 hour' ORDER BY created_at";

/// What the server shows in place of other roles' statements.
const HIDDEN: &str = "<insufficient privilege>";
const MOST_ROWS: i64 = 500;
const LONGEST_CELL: usize = 2_000;

/// An answer as a page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TableOf {
    /// None when there is no row.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// What is not shown, and why.
    pub notes: Vec<String>,
}

impl PlatformDatabase {
    /// Runs one query of the configuration; at most 500 rows of it are shown. In a column that is called `query` the
    /// values that somebody wrote into a statement are left out: they may be personal.
    ///
    /// # Errors
    /// When it cannot be asked, lacks a right, takes too long, or would change something.
    pub async fn read(&self, statement: &str) -> Result<TableOf, Failure> {
        let query = statement.trim().trim_end_matches(';');
        // One query and no more: as a part of another it cannot be two, and nothing that changes anything.
        let wrapped =
            format!("SELECT row_to_json(found)::text FROM ({query}\n) AS found LIMIT {}", MOST_ROWS + 1);
        let asked = async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("SET TRANSACTION READ ONLY").execute(&mut *transaction).await?;
            sqlx::query("SET LOCAL statement_timeout = '5s'").execute(&mut *transaction).await?;
            let rows: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(wrapped)).fetch_all(&mut *transaction).await?;
            transaction.rollback().await?;
            Ok(rows)
        };
        let rows = answered(asked, false).await.map_err(|failure| explained(failure, query))?;
        Ok(table(&rows))
    }
}

/// A view that is missing has a reason of its own.
fn explained(failure: Failure, query: &str) -> Failure {
    let absent = matches!(failure.because(), Some(Because::NotFound | Because::Invalid));
    if absent && query.contains("pg_stat_statements") {
        return Failure::nothing(
            Because::NotFound,
            "pg_stat_statements is not set up in this database: it must be preloaded, and its extension created",
        );
    }
    failure
}

fn table(rows: &[String]) -> TableOf {
    let mut table = TableOf::default();
    let mut hidden = 0;
    for row in rows.iter().take(MOST_ROWS as usize) {
        let Ok(Row(cells)) = serde_json::from_str(row) else { continue };
        if table.columns.is_empty() {
            table.columns = cells.iter().map(|(name, _)| name.clone()).collect();
        }
        if cells.iter().any(|(_, value)| value.as_str() == Some(HIDDEN)) {
            hidden += 1;
            continue;
        }
        table.rows.push(cells.iter().map(|(name, value)| cell(name, value)).collect());
    }
    if rows.len() > MOST_ROWS as usize {
        table.notes.push(format!("Only the first {MOST_ROWS} rows are shown."));
    }
    if hidden > 0 {
        let why = "the console's role is not a member of pg_read_all_stats";
        table.notes.push(format!("{hidden} connections of other roles are hidden: {why}."));
    }
    table
}

fn cell(name: &str, value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) if name == "query" => without_values(text),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(LONGEST_CELL).collect()
}

/// A statement without the texts and numbers in it: `email = 'a@b.c'` becomes `email = '…'`.
fn without_values(statement: &str) -> String {
    let mut shown = String::new();
    let mut signs = statement.chars().peekable();
    let mut before = ' ';
    while let Some(sign) = signs.next() {
        if sign == '\'' {
            shown.push_str("'…'");
            while let Some(inner) = signs.next() {
                // Two quotes are one quote of the text.
                if inner == '\'' && signs.next_if_eq(&'\'').is_none() {
                    break;
                }
            }
        } else if sign.is_ascii_digit() && !before.is_alphanumeric() && !matches!(before, '_' | '$') {
            shown.push('…');
            while signs.next_if(|next| next.is_ascii_digit() || *next == '.').is_some() {}
        } else {
            shown.push(sign);
        }
        before = sign;
    }
    shown
}

/// An object whose fields keep their order.
struct Row(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Row, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Row(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_shown_without_what_somebody_wrote_into_them() {
        check("SELECT * FROM t1 WHERE email = 'a@b.c'", "SELECT * FROM t1 WHERE email = '…'");
        check("x = 'it''s' AND y = 42.5 AND z = $1", "x = '…' AND y = … AND z = $1");
        check("x = 'no end", "x = '…'");
    }

    #[track_caller]
    fn check(statement: &str, shown: &str) {
        assert_eq!(without_values(statement), shown);
    }

    #[test]
    fn columns_keep_their_order_and_hidden_statements_are_counted() {
        let rows = vec![
            r#"{"pid":1,"query":"SELECT 1","at":null}"#.to_owned(),
            format!(r#"{{"pid":2,"query":"{HIDDEN}","at":"now"}}"#),
        ];
        let table = table(&rows);
        assert_eq!(table.columns, ["pid", "query", "at"]);
        assert_eq!(table.rows, [["1", "SELECT …", ""]]);
        assert_eq!(table.notes.len(), 1, "{:?}", table.notes);
    }
}
