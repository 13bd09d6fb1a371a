//! The SQL of sealed values, whatever table they stand in.

use sqlx::AssertSqlSafe;

use super::SealedColumn;
use crate::db::{DbError, Tx};

/// Every sealed value of the owner in this column: the row's id, and the value.
pub async fn values(
    tx: &mut Tx,
    column: &SealedColumn,
    owner: &str,
) -> Result<Vec<(String, String)>, DbError> {
    let SealedColumn { table, column, row, owner: of } = column;
    let sql = format!(
        "SELECT {row}, {column} FROM {table} WHERE {of} = $1 AND {column} IS NOT NULL AND {column} <> ''"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(owner).fetch_all(&mut **tx).await?)
}

pub async fn put(tx: &mut Tx, column: &SealedColumn, row: &str, value: &str) -> Result<(), DbError> {
    let SealedColumn { table, column, row: id, .. } = column;
    let sql = format!("UPDATE {table} SET {column} = $1 WHERE {id} = $2");
    sqlx::query(AssertSqlSafe(sql)).bind(value).bind(row).execute(&mut **tx).await?;
    Ok(())
}
