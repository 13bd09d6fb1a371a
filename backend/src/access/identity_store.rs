//! The SQL of accounts at providers, and nothing else: rows in, rows out.

use domain::{access::PersonId, time::Millis};
use sqlx::{Any, Executor};

use crate::db::{DbError, Tx};

/// Whose account at the provider this is.
pub async fn person_of(
    from_where: impl Executor<'_, Database = Any>,
    issuer: &str,
    subject: &str,
) -> Result<Option<PersonId>, DbError> {
    let person: Option<String> =
        sqlx::query_scalar("SELECT person FROM person_identity WHERE issuer = $1 AND subject = $2")
            .bind(issuer)
            .bind(subject)
            .fetch_optional(from_where)
            .await?;
    Ok(person.map(PersonId::new))
}

/// Who is connected with which issuer, of everybody.
pub async fn connected(
    from_where: impl Executor<'_, Database = Any>,
) -> Result<Vec<(String, String)>, DbError> {
    Ok(sqlx::query_as("SELECT person, issuer FROM person_identity ORDER BY person, issuer")
        .fetch_all(from_where)
        .await?)
}

/// Connects a person; false when either of the two is connected otherwise already.
pub async fn connect(
    tx: &mut Tx,
    issuer: &str,
    subject: &str,
    person: &PersonId,
    now: Millis,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO person_identity (issuer, subject, person, connected_at, last_used_at) \
         VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
    )
    .bind(issuer)
    .bind(subject)
    .bind(person.as_str())
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn write_used(tx: &mut Tx, issuer: &str, subject: &str, now: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE person_identity SET last_used_at = $1 WHERE issuer = $2 AND subject = $3")
        .bind(now.0)
        .bind(issuer)
        .bind(subject)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
