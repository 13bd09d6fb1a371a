//! The SQL of backups: what tables and columns there are, their rows out and in. Names in it come from the database's own
//! catalogue, never from a file.

use futures::TryStreamExt;
use sqlx::{Any, AssertSqlSafe, Row as _, any::AnyRow, query::Query};

use super::format::{Columns, Kind, RowWriter, Value};
use crate::db::{self, DbError, Tx};

/// Where it is kept which migrations ran.
pub(super) const MIGRATIONS: &str = "_sqlx_migrations";

/// A table as the database has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Layout {
    pub table: String,
    pub columns: Vec<Column>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
    /// Its place in the key, from 1; 0 when it is none of the key.
    pub key: i64,
}

impl Layout {
    pub fn told(&self) -> Columns {
        let columns = self.columns.iter().map(|column| column.name.clone()).collect();
        Columns { table: self.table.clone(), columns }
    }
}

/// Reading and writing all of it takes longer than a statement of the console may.
pub(super) async fn take_time(tx: &mut Tx, kind: db::Kind) -> Result<(), DbError> {
    if kind == db::Kind::Postgres {
        for setting in
            ["SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"]
        {
            sqlx::query(setting).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// Of the console's schema, in no order that matters.
pub(super) async fn tables(tx: &mut Tx, kind: db::Kind) -> Result<Vec<String>, DbError> {
    let sql = match kind {
        db::Kind::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
        }
        db::Kind::Postgres => {
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        }
    };
    Ok(sqlx::query_scalar(sql).fetch_all(&mut **tx).await?)
}

/// The number of the last migration; 0 when there was none.
pub(super) async fn schema(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
    Ok(sqlx::query_scalar(sql).fetch_one(&mut **tx).await?)
}

pub(super) async fn layout(tx: &mut Tx, kind: db::Kind, table: &str) -> Result<Layout, DbError> {
    let sql = match kind {
        db::Kind::Sqlite => "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid",
        db::Kind::Postgres => {
            "SELECT CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT), CAST(COALESCE((
                 SELECT k.ordinal_position FROM information_schema.key_column_usage k
                 JOIN information_schema.table_constraints t ON t.constraint_schema = k.constraint_schema
                     AND t.constraint_name = k.constraint_name AND t.table_name = k.table_name
                 WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
                     AND k.table_name = c.table_name AND k.column_name = c.column_name), 0) AS BIGINT)
             FROM information_schema.columns c
             WHERE c.table_schema = current_schema() AND c.table_name = $1 ORDER BY c.ordinal_position"
        }
    };
    let found: Vec<(String, String, i64)> = sqlx::query_as(sql).bind(table).fetch_all(&mut **tx).await?;
    let columns = found.into_iter().map(|(name, written, key)| {
        let kind = match written.to_ascii_lowercase().as_str() {
            "text" => Kind::Text,
            "bigint" => Kind::Whole,
            "double precision" => Kind::Real,
            _ => return Err(DbError::Stored(format!("{table}.{name} is a column of {written}"))),
        };
        Ok(Column { name, kind, key })
    });
    Ok(Layout { table: table.to_owned(), columns: columns.collect::<Result<_, _>>()? })
}

/// Writes every row into `lines`, in the order of the key, the same on both databases. Whenever it grows to `piece` bytes
/// it is handed on. How many rows there were.
pub(super) async fn rows(
    tx: &mut Tx,
    kind: db::Kind,
    layout: &Layout,
    lines: &mut String,
    piece: usize,
    mut hand_on: impl AsyncFnMut(String) -> Result<(), DbError>,
) -> Result<u64, DbError> {
    let mut key: Vec<&Column> = layout.columns.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    let order = key.iter().map(|column| match (kind, column.kind) {
        // By bytes, whatever language the server sorts by.
        (db::Kind::Postgres, Kind::Text) => format!("{} COLLATE \"C\"", quoted(&column.name)),
        _ => quoted(&column.name),
    });
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {}",
        names(layout),
        quoted(&layout.table),
        order.collect::<Vec<_>>().join(", ")
    );
    let mut found = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx);
    let mut count = 0;
    while let Some(row) = found.try_next().await? {
        write(&row, layout, lines)?;
        count += 1;
        if lines.len() >= piece {
            hand_on(std::mem::take(lines)).await?;
            lines.reserve(piece + piece / 8);
        }
    }
    Ok(count)
}

fn write(row: &AnyRow, layout: &Layout, lines: &mut String) -> Result<(), DbError> {
    let mut writer = RowWriter::begin(lines);
    for (at, column) in layout.columns.iter().enumerate() {
        match column.kind {
            Kind::Text => match row.try_get::<Option<&str>, _>(at)? {
                Some(text) => writer.text(text),
                None => writer.null(),
            },
            Kind::Whole => match row.try_get::<Option<i64>, _>(at)? {
                Some(number) => writer.whole(number),
                None => writer.null(),
            },
            Kind::Real => match row.try_get::<Option<f64>, _>(at)? {
                Some(number) => writer.real(number),
                None => writer.null(),
            },
        }
    }
    writer.end();
    Ok(())
}

/// How many rows one statement takes in: on SQLite a statement costs the square of its places.
pub(super) fn rows_at_once(kind: db::Kind, layout: &Layout) -> usize {
    let places = match kind {
        db::Kind::Sqlite => 600,
        db::Kind::Postgres => 6_000,
    };
    (places / layout.columns.len().max(1)).max(1)
}

pub(super) async fn insert(tx: &mut Tx, layout: &Layout, rows: Vec<Vec<Value>>) -> Result<(), DbError> {
    let sql = format!(
        "INSERT INTO {} ({}) VALUES {}",
        quoted(&layout.table),
        names(layout),
        db::places(rows.len(), layout.columns.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        for (value, column) in row.into_iter().zip(&layout.columns) {
            query = bind(query, value, column.kind);
        }
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

type Bound<'q> = Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// PostgreSQL wants to know what kind of nothing it is.
fn bind(query: Bound<'_>, value: Value, kind: Kind) -> Bound<'_> {
    match (value, kind) {
        (Value::Text(text), _) => query.bind(text),
        (Value::Whole(number), _) => query.bind(number),
        (Value::Real(number), _) => query.bind(number),
        (Value::Null, Kind::Text) => query.bind(None::<String>),
        (Value::Null, Kind::Whole) => query.bind(None::<i64>),
        (Value::Null, Kind::Real) => query.bind(None::<f64>),
    }
}

pub(super) async fn count(tx: &mut Tx, table: &str) -> Result<u64, DbError> {
    let sql = format!("SELECT COUNT(*) FROM {}", quoted(table));
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **tx).await?;
    Ok(count.unsigned_abs())
}

pub(super) async fn has_rows(tx: &mut Tx, table: &str) -> Result<bool, DbError> {
    let sql = format!("SELECT 1 FROM {} LIMIT 1", quoted(table));
    Ok(sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut **tx).await?.is_some())
}

/// What the migrations wrote makes room for what is restored.
pub(super) async fn clear(tx: &mut Tx, table: &str) -> Result<(), DbError> {
    sqlx::query(AssertSqlSafe(format!("DELETE FROM {}", quoted(table)))).execute(&mut **tx).await?;
    Ok(())
}

fn names(layout: &Layout) -> String {
    layout.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
