//! The SQL of machines' tokens, and nothing else: rows in, rows out.

use domain::{
    access::{Permissions, PersonId},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::ApiToken;
use crate::db::{DbError, Tx};

#[derive(FromRow)]
struct TokenRow {
    id: String,
    name: String,
    person: String,
    person_name: String,
    permissions: String,
    created_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

const TOKENS: &str = "SELECT api_token.id, api_token.name, api_token.person, person.name AS person_name, \
     api_token.permissions, api_token.created_at, api_token.expires_at, api_token.last_used_at, \
     api_token.revoked_at FROM api_token JOIN person ON person.id = api_token.person";

/// All of them, the newest first.
pub async fn tokens(from_where: impl Executor<'_, Database = Any>) -> Result<Vec<ApiToken>, DbError> {
    let sql = format!("{TOKENS} ORDER BY api_token.created_at DESC, api_token.id");
    let rows: Vec<TokenRow> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(from_where).await?;
    Ok(rows.into_iter().map(token).collect())
}

pub async fn token_by_id(
    from_where: impl Executor<'_, Database = Any>,
    id: &str,
) -> Result<Option<ApiToken>, DbError> {
    let sql = format!("{TOKENS} WHERE api_token.id = $1");
    let row: Option<TokenRow> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(from_where).await?;
    Ok(row.map(token))
}

pub async fn token_by_hash(
    from_where: impl Executor<'_, Database = Any>,
    hash: &str,
) -> Result<Option<ApiToken>, DbError> {
    let sql = format!("{TOKENS} WHERE api_token.token_hash = $1");
    let row: Option<TokenRow> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(hash).fetch_optional(from_where).await?;
    Ok(row.map(token))
}

pub async fn add_token(tx: &mut Tx, token: &ApiToken, hash: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO api_token (id, name, token_hash, person, permissions, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&token.id)
    .bind(&token.name)
    .bind(hash)
    .bind(token.person.as_str())
    .bind(token.permissions.keys())
    .bind(token.created_at.0)
    .bind(token.expires_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Revokes a token; false when it was revoked before, or there is none.
pub async fn revoke_token(tx: &mut Tx, id: &str, at: Millis) -> Result<bool, DbError> {
    let done = sqlx::query("UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
        .bind(at.0)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn write_used(tx: &mut Tx, id: &str, at: Millis) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE api_token SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)",
    )
    .bind(at.0)
    .bind(id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn token(row: TokenRow) -> ApiToken {
    ApiToken {
        id: row.id,
        name: row.name,
        person: PersonId::new(row.person),
        person_name: row.person_name,
        permissions: Permissions::from_keys(&row.permissions),
        created_at: Millis(row.created_at),
        expires_at: Millis(row.expires_at),
        last_used_at: row.last_used_at.map(Millis),
        revoked_at: row.revoked_at.map(Millis),
    }
}
