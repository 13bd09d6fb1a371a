//! The SQL of couples' pages, and of what couples were promised.

use std::collections::BTreeMap;

use domain::{crises::CaseId, time::Millis};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use crate::db::{self, DbError, Tx};

/// So many are read with one statement.
const AT_ONCE: usize = 500;

/// A page as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, FromRow)]
pub(super) struct Page {
    pub crisis: String,
    pub number: i64,
    pub made_at: i64,
    pub expires_at: i64,
    pub revoked_at: Option<i64>,
}

impl Page {
    /// Whether its link leads somewhere.
    pub fn holds(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && now.0 < self.expires_at
    }
}

pub async fn by_hash(from: impl Executor<'_, Database = Any>, hash: &str) -> Result<Option<Page>, DbError> {
    let sql = "SELECT crisis, number, made_at, expires_at, revoked_at FROM couple_page WHERE token_hash = $1";
    Ok(sqlx::query_as(sql).bind(hash).fetch_optional(from).await?)
}

pub async fn insert(tx: &mut Tx, page: &Page, hash: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO couple_page (id, crisis, number, token_hash, made_at, expires_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    )
    .bind(format!("{}-{}", page.crisis, page.number))
    .bind(&page.crisis)
    .bind(page.number)
    .bind(hash)
    .bind(page.made_at)
    .bind(page.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every link of a case leads nowhere from now on; how many did.
pub async fn revoke(tx: &mut Tx, case: &CaseId, now: Millis) -> Result<u64, DbError> {
    let done = sqlx::query(
        "UPDATE couple_page SET revoked_at = $1 WHERE crisis = $2 AND revoked_at IS NULL AND expires_at > $1",
    )
    .bind(now.0)
    .bind(case.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

pub async fn put_promise(
    tx: &mut Tx,
    case: &CaseId,
    at: Millis,
    by: &str,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO couple_promise (crisis, at, made_by, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (crisis) DO UPDATE SET at = excluded.at, made_by = excluded.made_by, made_at = excluded.made_at",
    )
    .bind(case.as_str())
    .bind(at.0)
    .bind(by)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn remove_promise(tx: &mut Tx, case: &CaseId) -> Result<(), DbError> {
    sqlx::query("DELETE FROM couple_promise WHERE crisis = $1")
        .bind(case.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The newest page of each of these cases, by the case.
pub async fn newest_of(tx: &mut Tx, ids: &[&str]) -> Result<BTreeMap<String, Page>, DbError> {
    let mut pages = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT crisis, number, made_at, expires_at, revoked_at FROM couple_page WHERE crisis IN {}
             ORDER BY crisis, number",
            db::places(1, some.len())
        );
        let mut query = sqlx::query_as::<_, Page>(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(*id);
        }
        let found = query.fetch_all(&mut **tx).await?;
        // The last of a case is its newest.
        pages.extend(found.into_iter().map(|page| (page.crisis.clone(), page)));
    }
    Ok(pages)
}

/// When these couples hear of us next, by the case.
pub async fn promises(tx: &mut Tx, ids: &[&str]) -> Result<BTreeMap<String, i64>, DbError> {
    let mut promises = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let sql =
            format!("SELECT crisis, at FROM couple_promise WHERE crisis IN {}", db::places(1, some.len()));
        let mut query = sqlx::query_as::<_, (String, i64)>(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(*id);
        }
        promises.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(promises)
}
