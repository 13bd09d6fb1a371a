//! The SQL of data keys.

use std::collections::HashMap;

use domain::time::Millis;
use sqlx::{Any, AssertSqlSafe, FromRow};

use crate::db::{self, Db, DbError, Kind, Tx};

/// SQLite looks each place up by its name among all of them, so that a statement costs the square of its places.
const INSERTED_AT_ONCE: usize = 150;

#[derive(FromRow)]
pub struct Row {
    pub wrapped: String,
    pub wrapped_by: String,
    pub destroyed_at: Option<i64>,
}

/// A key that is wrapped by another than the newest.
#[derive(FromRow)]
pub struct Wrapped {
    pub id: String,
    pub wrapped: String,
    pub wrapped_by: String,
}

/// Whether it was put there; not when there is one.
pub async fn insert(tx: &mut Tx, owner: &str, row: &Row, at: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO data_key (id, wrapped, wrapped_by, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(owner)
    .bind(&row.wrapped)
    .bind(&row.wrapped_by)
    .bind(at.0)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Several that are not there yet: (owner, wrapped), all by the same key.
pub async fn insert_all(
    tx: &mut Tx,
    rows: &[(&str, String)],
    wrapped_by: &str,
    at: Millis,
) -> Result<(), DbError> {
    for some in rows.chunks(INSERTED_AT_ONCE) {
        let places = db::places(some.len(), 4);
        let sql = format!("INSERT INTO data_key (id, wrapped, wrapped_by, made_at) VALUES {places}");
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (owner, wrapped) in some {
            query = query.bind(*owner).bind(wrapped).bind(wrapped_by).bind(at.0);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

pub async fn find(
    from: impl sqlx::Executor<'_, Database = Any>,
    owner: &str,
) -> Result<Option<Row>, DbError> {
    let sql = "SELECT wrapped, wrapped_by, destroyed_at FROM data_key WHERE id = $1";
    Ok(sqlx::query_as(sql).bind(owner).fetch_optional(from).await?)
}

/// As `find`; nobody changes the row until the transaction ends. On SQLite nobody else writes at all.
pub async fn hold(tx: &mut Tx, kind: Kind, owner: &str) -> Result<Option<Row>, DbError> {
    if kind == Kind::Sqlite {
        return find(&mut **tx, owner).await;
    }
    let sql = "SELECT wrapped, wrapped_by, destroyed_at FROM data_key WHERE id = $1 FOR SHARE";
    Ok(sqlx::query_as(sql).bind(owner).fetch_optional(&mut **tx).await?)
}

pub async fn find_all(tx: &mut Tx, owners: &[&str]) -> Result<HashMap<String, Row>, DbError> {
    these(tx, owners, "").await
}

/// As `hold` for several.
pub async fn hold_all(tx: &mut Tx, kind: Kind, owners: &[&str]) -> Result<HashMap<String, Row>, DbError> {
    these(tx, owners, if kind == Kind::Sqlite { "" } else { " FOR SHARE" }).await
}

async fn these(tx: &mut Tx, owners: &[&str], held: &str) -> Result<HashMap<String, Row>, DbError> {
    if owners.is_empty() {
        return Ok(HashMap::new());
    }
    let places = db::places(1, owners.len());
    let sql =
        format!("SELECT id, wrapped, wrapped_by, destroyed_at FROM data_key WHERE id IN {places}{held}");
    let mut query = sqlx::query_as::<_, (String, String, String, Option<i64>)>(AssertSqlSafe(sql));
    for owner in owners {
        query = query.bind(*owner);
    }
    let rows = query.fetch_all(&mut **tx).await?;
    Ok(rows
        .into_iter()
        .map(|(id, wrapped, wrapped_by, destroyed_at)| (id, Row { wrapped, wrapped_by, destroyed_at }))
        .collect())
}

/// How many keys there are that are not destroyed, by what wrapped them.
pub async fn counts(db: &Db) -> Result<Vec<(String, i64)>, DbError> {
    let sql = "SELECT wrapped_by, COUNT(*) FROM data_key WHERE destroyed_at IS NULL GROUP BY wrapped_by";
    Ok(sqlx::query_as(sql).fetch_all(db.read()).await?)
}

/// The next keys after an id that something else than `newest` wrapped.
pub async fn wrapped_otherwise(
    db: &Db,
    newest: &str,
    after: &str,
    most: usize,
) -> Result<Vec<Wrapped>, DbError> {
    Ok(sqlx::query_as(
        "SELECT id, wrapped, wrapped_by FROM data_key
         WHERE destroyed_at IS NULL AND wrapped_by <> $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(newest)
    .bind(after)
    .bind(most as i64)
    .fetch_all(db.read())
    .await?)
}

/// Puts what was wrapped anew, as (id, new, old), in the place of what it was; of how many. What was changed meanwhile
/// stays as it is.
pub async fn wrap_again(
    tx: &mut Tx,
    newest: &str,
    rows: &[(String, String, String)],
) -> Result<u64, DbError> {
    if rows.is_empty() {
        return Ok(0);
    }
    // Behind the places of the rows.
    let by = rows.len() * 3 + 1;
    let sql = format!(
        "UPDATE data_key SET wrapped = again.column2, wrapped_by = ${by} FROM (VALUES {}) AS again
         WHERE data_key.id = again.column1 AND data_key.wrapped = again.column3",
        db::places(rows.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (id, new, old) in rows {
        query = query.bind(id).bind(new).bind(old);
    }
    Ok(query.bind(newest).execute(&mut **tx).await?.rows_affected())
}

/// Owners whose key was made before a time, after an id.
pub async fn made_before(db: &Db, at: Millis, after: &str, most: usize) -> Result<Vec<String>, DbError> {
    let sql = "SELECT id FROM data_key WHERE destroyed_at IS NULL AND made_at <= $1 AND id > $2 ORDER BY id LIMIT $3";
    Ok(sqlx::query_scalar(sql).bind(at.0).bind(after).bind(most as i64).fetch_all(db.read()).await?)
}

/// Another key for the owner. The row is locked from here to the end of the transaction. Whether it was still `old`.
pub async fn replace(tx: &mut Tx, owner: &str, old: &str, new: &Row, at: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE data_key SET wrapped = $1, wrapped_by = $2, made_at = $3 WHERE id = $4 AND wrapped = $5",
    )
    .bind(&new.wrapped)
    .bind(&new.wrapped_by)
    .bind(at.0)
    .bind(owner)
    .bind(old)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether there was one that was not destroyed yet.
pub async fn destroy(tx: &mut Tx, owner: &str, at: Millis, because: &str) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE data_key SET wrapped = '', wrapped_by = '', destroyed_at = $1, destroyed_because = $2
         WHERE id = $3 AND destroyed_at IS NULL",
    )
    .bind(at.0)
    .bind(because)
    .bind(owner)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Everybody whose key was destroyed, and when.
pub async fn destroyed(db: &Db) -> Result<Vec<(String, i64)>, DbError> {
    let sql =
        "SELECT id, destroyed_at FROM data_key WHERE destroyed_at IS NOT NULL ORDER BY destroyed_at, id";
    Ok(sqlx::query_as(sql).fetch_all(db.read()).await?)
}
