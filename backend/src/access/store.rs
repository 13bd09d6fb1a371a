//! The SQL of people, their links and codes, and nothing else: rows in, rows out.

use std::collections::BTreeMap;

use domain::{
    access::{EmailAddress, PersonId},
    time::Millis,
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::{Known, LinkKind, Reach, Way, WayKind};
use crate::db::{DbError, Tx};

#[derive(FromRow)]
struct PersonRow {
    id: String,
    email: String,
    name: String,
    role: String,
    zone: Option<String>,
    theme: String,
    password_hash: Option<String>,
    second_factor_secret: Option<String>,
    second_factor_confirmed_at: Option<i64>,
    disabled_at: Option<i64>,
    version: i64,
    session_epoch: i64,
    created_at: i64,
}

/// A whole row of `person`.
#[derive(Clone)]
pub struct Stored {
    pub id: PersonId,
    pub email: EmailAddress,
    pub name: String,
    pub role: String,
    pub zone: Option<String>,
    pub theme: String,
    pub password_hash: Option<SecretString>,
    /// In base32.
    pub second_factor_secret: Option<SecretString>,
    pub second_factor_confirmed_at: Option<Millis>,
    pub disabled_at: Option<Millis>,
    pub version: i64,
    pub epoch: i64,
    pub created_at: Millis,
}

const COLUMNS: &str = "id, email, name, role, zone, theme, password_hash, second_factor_secret, \
     second_factor_confirmed_at, disabled_at, version, session_epoch, created_at";

pub async fn person(
    from_where: impl Executor<'_, Database = Any>,
    person: &PersonId,
) -> Result<Option<Stored>, DbError> {
    let row: Option<PersonRow> =
        sqlx::query_as(AssertSqlSafe(format!("SELECT {COLUMNS} FROM person WHERE id = $1")))
            .bind(person.as_str())
            .fetch_optional(from_where)
            .await?;
    row.map(stored).transpose()
}

pub async fn person_by_email(
    from_where: impl Executor<'_, Database = Any>,
    email: &EmailAddress,
) -> Result<Option<Stored>, DbError> {
    let row: Option<PersonRow> =
        sqlx::query_as(AssertSqlSafe(format!("SELECT {COLUMNS} FROM person WHERE email_folded = $1")))
            .bind(email.folded())
            .fetch_optional(from_where)
            .await?;
    row.map(stored).transpose()
}

/// Everybody, in the order of their names.
pub async fn people(from_where: impl Executor<'_, Database = Any>) -> Result<Vec<Stored>, DbError> {
    let rows: Vec<PersonRow> =
        sqlx::query_as(AssertSqlSafe(format!("SELECT {COLUMNS} FROM person ORDER BY name, id")))
            .fetch_all(from_where)
            .await?;
    rows.into_iter().map(stored).collect()
}

/// Everybody, in the order of their names, without what only access needs.
pub async fn known(from_where: impl Executor<'_, Database = Any>) -> Result<Vec<Known>, DbError> {
    type Row = (String, String, String, Option<String>, Option<i64>);
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, name, role, zone, disabled_at FROM person ORDER BY name, id")
            .fetch_all(from_where)
            .await?;
    let known = |(id, name, role, zone, disabled_at): Row| Known {
        id: PersonId::new(id),
        name,
        role,
        zone,
        disabled_at: disabled_at.map(Millis),
    };
    Ok(rows.into_iter().map(known).collect())
}

/// Everybody's kinds of ways, each person's in their order.
pub async fn way_kinds(
    from_where: impl Executor<'_, Database = Any>,
) -> Result<Vec<(PersonId, WayKind)>, DbError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT person, kind FROM person_way ORDER BY person, position")
            .fetch_all(from_where)
            .await?;
    rows.into_iter()
        .map(|(person, kind)| {
            let kind =
                WayKind::from_word(&kind).ok_or_else(|| DbError::Stored(format!("the way {kind:?}")))?;
            Ok((PersonId::new(person), kind))
        })
        .collect()
}

/// Adds a person; false when somebody has the address already.
pub async fn add_person(tx: &mut Tx, person: &Stored) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO person (id, email, email_folded, name, role, theme, password_hash, version, session_epoch, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1, $8) ON CONFLICT (email_folded) DO NOTHING",
    )
    .bind(person.id.as_str())
    .bind(person.email.as_str())
    .bind(person.email.folded())
    .bind(&person.name)
    .bind(&person.role)
    .bind(&person.theme)
    .bind(person.password_hash.as_ref().map(ExposeSecret::expose_secret))
    .bind(person.created_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes name and role when nobody else did since `version`; says whether.
pub async fn change_person(
    tx: &mut Tx,
    person: &PersonId,
    version: i64,
    name: &str,
    role: &str,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE person SET name = $1, role = $2, version = version + 1 WHERE id = $3 AND version = $4",
    )
    .bind(name)
    .bind(role)
    .bind(person.as_str())
    .bind(version)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_disabled(tx: &mut Tx, person: &PersonId, at: Option<Millis>) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET disabled_at = $1, version = version + 1 WHERE id = $2")
        .bind(at.map(|at| at.0))
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn remove_person(tx: &mut Tx, person: &PersonId) -> Result<(), DbError> {
    sqlx::query("DELETE FROM person WHERE id = $1").bind(person.as_str()).execute(&mut **tx).await?;
    Ok(())
}

/// Whoever changes who may manage access waits here for whoever does so already.
pub async fn lock_administration(tx: &mut Tx) -> Result<(), DbError> {
    sqlx::query("UPDATE administration SET changes = changes + 1 WHERE id = 1").execute(&mut **tx).await?;
    Ok(())
}

/// Everybody else who is not disabled: who, their role, and whether they have a password.
pub async fn others(tx: &mut Tx, person: &PersonId) -> Result<Vec<(String, String, bool)>, DbError> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT id, role, CAST(CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM person \
         WHERE id <> $1 AND disabled_at IS NULL",
    )
    .bind(person.as_str())
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(id, role, has_password)| (id, role, has_password == 1)).collect())
}

/// The role that a provider gives; what an administrator was about to change is then out of date.
pub async fn set_role(tx: &mut Tx, person: &PersonId, role: &str) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET role = $1, version = version + 1 WHERE id = $2")
        .bind(role)
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Another address, unless somebody else has it; says whether.
pub async fn set_email(tx: &mut Tx, person: &PersonId, email: &EmailAddress) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE person SET email = $1, email_folded = $2, version = version + 1 WHERE id = $3 \
         AND NOT EXISTS (SELECT 1 FROM person WHERE email_folded = $2 AND id <> $3)",
    )
    .bind(email.as_str())
    .bind(email.folded())
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The password opens nothing any more.
pub async fn drop_password(tx: &mut Tx, person: &PersonId) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET password_hash = NULL, version = version + 1 WHERE id = $1")
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Sets the password. Sessions are ended apart.
pub async fn set_password(tx: &mut Tx, person: &PersonId, hash: &SecretString) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET password_hash = $1 WHERE id = $2")
        .bind(hash.expose_secret())
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Replaces a hash by a stronger one of the same password, unless the password was changed meanwhile.
pub async fn strengthen(
    tx: &mut Tx,
    person: &PersonId,
    weak: &SecretString,
    strong: &SecretString,
) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET password_hash = $1 WHERE id = $2 AND password_hash = $3")
        .bind(strong.expose_secret())
        .bind(person.as_str())
        .bind(weak.expose_secret())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn change_profile(
    tx: &mut Tx,
    person: &PersonId,
    name: &str,
    zone: Option<&str>,
    theme: &str,
) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET name = $1, zone = $2, theme = $3, version = version + 1 WHERE id = $4")
        .bind(name)
        .bind(zone)
        .bind(theme)
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// How a person can be reached, in order.
pub async fn ways(
    from_where: impl Executor<'_, Database = Any>,
    person: &PersonId,
) -> Result<Vec<Way>, DbError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT kind, address FROM person_way WHERE person = $1 ORDER BY position")
            .bind(person.as_str())
            .fetch_all(from_where)
            .await?;
    rows.into_iter()
        .map(|(kind, address)| {
            let kind =
                WayKind::from_word(&kind).ok_or_else(|| DbError::Stored(format!("the way {kind:?}")))?;
            Ok(Way { kind, address })
        })
        .collect()
}

/// As many of these people as there are, each with the ways in their order.
pub async fn reach(
    from_where: impl Executor<'_, Database = Any>,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, Reach>, DbError> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let places: Vec<_> = (1..=people.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT person.id, person.name, person.disabled_at, person_way.kind, person_way.address
         FROM person LEFT JOIN person_way ON person_way.person = person.id
         WHERE person.id IN ({}) ORDER BY person.id, person_way.position",
        places.join(", ")
    );
    type Row = (String, String, Option<i64>, Option<String>, Option<String>);
    let query = people
        .iter()
        .fold(sqlx::query_as::<_, Row>(AssertSqlSafe(sql)), |query, person| query.bind(person.as_str()));
    let mut found: BTreeMap<PersonId, Reach> = BTreeMap::new();
    for (id, name, disabled_at, kind, address) in query.fetch_all(from_where).await? {
        let reach = found.entry(PersonId::new(id)).or_insert_with(|| Reach {
            name,
            is_disabled: disabled_at.is_some(),
            ways: Vec::new(),
        });
        if let Some((kind, address)) = kind.zip(address) {
            let kind =
                WayKind::from_word(&kind).ok_or_else(|| DbError::Stored(format!("the way {kind:?}")))?;
            reach.ways.push(Way { kind, address });
        }
    }
    Ok(found)
}

/// Who has this way.
pub async fn with_way(
    from_where: impl Executor<'_, Database = Any>,
    kind: WayKind,
    address: &str,
) -> Result<Vec<PersonId>, DbError> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT person FROM person_way WHERE kind = $1 AND address = $2")
            .bind(kind.word())
            .bind(address)
            .fetch_all(from_where)
            .await?;
    Ok(rows.into_iter().map(PersonId::new).collect())
}

pub async fn set_ways(tx: &mut Tx, person: &PersonId, ways: &[Way]) -> Result<(), DbError> {
    sqlx::query("DELETE FROM person_way WHERE person = $1").bind(person.as_str()).execute(&mut **tx).await?;
    for (position, way) in (0i64..).zip(ways) {
        sqlx::query("INSERT INTO person_way (person, position, kind, address) VALUES ($1, $2, $3, $4)")
            .bind(person.as_str())
            .bind(position)
            .bind(way.kind.word())
            .bind(&way.address)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// A second factor that is still to be confirmed, or none.
pub async fn set_second_factor(
    tx: &mut Tx,
    person: &PersonId,
    secret: Option<&SecretString>,
) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE person SET second_factor_secret = $1, second_factor_confirmed_at = NULL, \
         second_factor_last_step = NULL WHERE id = $2",
    )
    .bind(secret.map(ExposeSecret::expose_secret))
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn confirm_second_factor(tx: &mut Tx, person: &PersonId, at: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE person SET second_factor_confirmed_at = $1 WHERE id = $2")
        .bind(at.0)
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes a code's step; false when it, or a later one, was taken before.
pub async fn take_step(tx: &mut Tx, person: &PersonId, step: i64) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE person SET second_factor_last_step = $1 WHERE id = $2 \
         AND (second_factor_last_step IS NULL OR second_factor_last_step < $1)",
    )
    .bind(step)
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Recovery codes in the place of those of before.
pub async fn set_recovery_codes(tx: &mut Tx, person: &PersonId, hashes: &[String]) -> Result<(), DbError> {
    sqlx::query("DELETE FROM recovery_code WHERE person = $1")
        .bind(person.as_str())
        .execute(&mut **tx)
        .await?;
    for hash in hashes {
        sqlx::query("INSERT INTO recovery_code (code_hash, person) VALUES ($1, $2)")
            .bind(hash)
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Takes a recovery code; false when there is none such, or it was taken before.
pub async fn take_recovery_code(
    tx: &mut Tx,
    person: &PersonId,
    hash: &str,
    at: Millis,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE recovery_code SET used_at = $1 WHERE code_hash = $2 AND person = $3 AND used_at IS NULL",
    )
    .bind(at.0)
    .bind(hash)
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether it is one of the person's codes, taken or not.
pub async fn is_recovery_code(
    from_where: impl Executor<'_, Database = Any>,
    person: &PersonId,
    hash: &str,
) -> Result<bool, DbError> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT person FROM recovery_code WHERE code_hash = $1 AND person = $2")
            .bind(hash)
            .bind(person.as_str())
            .fetch_optional(from_where)
            .await?;
    Ok(found.is_some())
}

/// How many recovery codes are left.
pub async fn recovery_codes_left(
    from_where: impl Executor<'_, Database = Any>,
    person: &PersonId,
) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM recovery_code WHERE person = $1 AND used_at IS NULL")
        .bind(person.as_str())
        .fetch_one(from_where)
        .await?)
}

/// A row of `one_time_link`.
#[derive(Clone, Debug)]
pub struct StoredLink {
    pub kind: LinkKind,
    pub person: PersonId,
    pub expires_at: Millis,
    pub used_at: Option<Millis>,
}

pub async fn link(
    from_where: impl Executor<'_, Database = Any>,
    hash: &str,
) -> Result<Option<StoredLink>, DbError> {
    let row: Option<(String, String, i64, Option<i64>)> =
        sqlx::query_as("SELECT kind, person, expires_at, used_at FROM one_time_link WHERE token_hash = $1")
            .bind(hash)
            .fetch_optional(from_where)
            .await?;
    row.map(|(kind, person, expires_at, used_at)| {
        let kind = LinkKind::from_word(&kind).ok_or_else(|| DbError::Stored(format!("the link {kind:?}")))?;
        Ok(StoredLink {
            kind,
            person: PersonId::new(person),
            expires_at: Millis(expires_at),
            used_at: used_at.map(Millis),
        })
    })
    .transpose()
}

/// Adds a link; those of before end.
pub async fn add_link(
    tx: &mut Tx,
    hash: &str,
    kind: LinkKind,
    person: &PersonId,
    now: Millis,
    expires_at: Millis,
) -> Result<(), DbError> {
    end_links(tx, person, now).await?;
    sqlx::query(
        "INSERT INTO one_time_link (token_hash, kind, person, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(hash)
    .bind(kind.word())
    .bind(person.as_str())
    .bind(now.0)
    .bind(expires_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn end_links(tx: &mut Tx, person: &PersonId, now: Millis) -> Result<(), DbError> {
    sqlx::query(
        "UPDATE one_time_link SET expires_at = $1 WHERE person = $2 AND used_at IS NULL AND expires_at > $1",
    )
    .bind(now.0)
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a link; false when it was used before or has expired.
pub async fn take_link(tx: &mut Tx, hash: &str, now: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE one_time_link SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1",
    )
    .bind(now.0)
    .bind(hash)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn stored(row: PersonRow) -> Result<Stored, DbError> {
    let email = EmailAddress::parse(&row.email)
        .map_err(|why| DbError::Stored(format!("the address of person {}: {why}", row.id)))?;
    Ok(Stored {
        id: PersonId::new(row.id),
        email,
        name: row.name,
        role: row.role,
        zone: row.zone,
        theme: row.theme,
        password_hash: row.password_hash.map(SecretString::from),
        second_factor_secret: row.second_factor_secret.map(SecretString::from),
        second_factor_confirmed_at: row.second_factor_confirmed_at.map(Millis),
        disabled_at: row.disabled_at.map(Millis),
        version: row.version,
        epoch: row.session_epoch,
        created_at: Millis(row.created_at),
    })
}

/// Names by id.
pub async fn names(
    from_where: impl Executor<'_, Database = Any>,
    people: &[PersonId],
) -> Result<std::collections::BTreeMap<PersonId, String>, DbError> {
    let places: Vec<String> = (1..=people.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT id, name FROM person WHERE id IN ({})", places.join(", "));
    let mut query = sqlx::query_as(AssertSqlSafe(sql));
    for person in people {
        query = query.bind(person.as_str());
    }
    let rows: Vec<(String, String)> = query.fetch_all(from_where).await?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId::new(id), name)).collect())
}
