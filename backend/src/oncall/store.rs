//! The SQL of tiers, overrides, calendars and tests, and nothing else: rows in, rows out.

use domain::{access::PersonId, time::Millis};
use sqlx::{Any, Executor, FromRow};

use super::{
    board::StoredOverride,
    escalation_test::{TestPage, TestTo},
    feeds::Feed,
};
use crate::{
    config,
    db::{DbError, Tx},
};

/// A row of `oncall_tier`.
pub struct TierRow {
    pub number: u8,
    pub name: String,
    pub channel: Option<String>,
    pub seasons: Option<String>,
    pub season_zone: Option<String>,
    pub stand_in: Option<u8>,
    pub staffing: Option<String>,
    pub version: i64,
    pub changed_at: Millis,
}

#[derive(FromRow)]
struct RawTier {
    number: i64,
    name: String,
    channel: Option<String>,
    seasons: Option<String>,
    season_zone: Option<String>,
    stand_in: Option<i64>,
    staffing: Option<String>,
    version: i64,
    changed_at: i64,
}

fn number(stored: i64) -> Result<u8, DbError> {
    u8::try_from(stored).map_err(|_| DbError::Stored(format!("the tier {stored}")))
}

/// Those that the configuration has, in the order of their numbers.
pub async fn tiers(tx: &mut Tx) -> Result<Vec<TierRow>, DbError> {
    let rows: Vec<RawTier> = sqlx::query_as(
        "SELECT number, name, channel, seasons, season_zone, stand_in, staffing, version, changed_at \
         FROM oncall_tier WHERE dropped_at IS NULL ORDER BY number",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TierRow {
                number: number(row.number)?,
                name: row.name,
                channel: row.channel,
                seasons: row.seasons,
                season_zone: row.season_zone,
                stand_in: row.stand_in.map(number).transpose()?,
                staffing: row.staffing,
                version: row.version,
                changed_at: Millis(row.changed_at),
            })
        })
        .collect()
}

/// Writes what the configuration says of a tier; its staffing stays.
pub async fn put_tier(
    tx: &mut Tx,
    tier: &config::Tier,
    seasons: Option<&str>,
    zone: &str,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO oncall_tier (number, name, channel, seasons, season_zone, stand_in, version, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7) \
         ON CONFLICT (number) DO UPDATE SET name = excluded.name, channel = excluded.channel, \
             seasons = excluded.seasons, season_zone = excluded.season_zone, stand_in = excluded.stand_in, \
             dropped_at = NULL",
    )
    .bind(i64::from(tier.number))
    .bind(&tier.name)
    .bind(tier.channel.as_deref())
    .bind(seasons)
    .bind(seasons.map(|_| zone))
    .bind(tier.stand_in.map(i64::from))
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn drop_tier(tx: &mut Tx, tier: u8, now: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE oncall_tier SET dropped_at = $1 WHERE number = $2 AND dropped_at IS NULL")
        .bind(now.0)
        .bind(i64::from(tier))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Changes who is in a tier when nobody else did since `version`; says whether.
pub async fn set_staffing(
    tx: &mut Tx,
    tier: u8,
    version: i64,
    staffing: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE oncall_tier SET staffing = $1, version = version + 1, changed_at = $2 \
         WHERE number = $3 AND version = $4",
    )
    .bind(staffing)
    .bind(now.0)
    .bind(i64::from(tier))
    .bind(version)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whoever changes the shifts of a tier waits here for whoever does so already, and then sees what they did.
pub async fn hold_tier(tx: &mut Tx, tier: u8) -> Result<(), DbError> {
    sqlx::query("UPDATE oncall_tier SET number = number WHERE number = $1")
        .bind(i64::from(tier))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct RawOverride {
    id: String,
    tier: i64,
    from_at: i64,
    to_at: i64,
    person: String,
    note: String,
    made_by: String,
    made_at: i64,
    swapped_with: Option<String>,
}

const OVERRIDE: &str =
    "SELECT id, tier, from_at, to_at, person, note, made_by, made_at, swapped_with FROM oncall_override";

fn stored(row: RawOverride) -> Result<StoredOverride, DbError> {
    Ok(StoredOverride {
        id: row.id,
        tier: number(row.tier)?,
        from: Millis(row.from_at),
        to: Millis(row.to_at),
        person: PersonId::new(row.person),
        note: row.note,
        made_by: PersonId::new(row.made_by),
        made_at: Millis(row.made_at),
        swapped_with: row.swapped_with,
    })
}

/// Those of all tiers that touch the range, in the order in which they were made.
pub async fn overrides(tx: &mut Tx, from: Millis, to: Millis) -> Result<Vec<StoredOverride>, DbError> {
    let sql =
        format!("{OVERRIDE} WHERE to_at > $1 AND from_at < $2 AND removed_at IS NULL ORDER BY made_at, id");
    let rows: Vec<RawOverride> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(from.0).bind(to.0).fetch_all(&mut **tx).await?;
    rows.into_iter().map(stored).collect()
}

/// One that is not removed.
pub async fn override_by_id(tx: &mut Tx, id: &str) -> Result<Option<StoredOverride>, DbError> {
    let sql = format!("{OVERRIDE} WHERE id = $1 AND removed_at IS NULL");
    let row: Option<RawOverride> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await?;
    row.map(stored).transpose()
}

pub async fn add_override(tx: &mut Tx, one: &StoredOverride) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO oncall_override (id, tier, from_at, to_at, person, note, made_by, made_at, swapped_with) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&one.id)
    .bind(i64::from(one.tier))
    .bind(one.from.0)
    .bind(one.to.0)
    .bind(one.person.as_str())
    .bind(&one.note)
    .bind(one.made_by.as_str())
    .bind(one.made_at.0)
    .bind(one.swapped_with.as_deref())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends an override: one that has begun ends now, one that has not is removed. What was stays as it was.
pub async fn end_override(tx: &mut Tx, id: &str, now: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE oncall_override SET removed_at = $1 WHERE id = $2 AND from_at >= $1")
        .bind(now.0)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE oncall_override SET to_at = $1 WHERE id = $2 AND from_at < $1 AND to_at > $1")
        .bind(now.0)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes note that the leads are told of a gap; false when they were before.
pub async fn tell_gap(tx: &mut Tx, tier: u8, from: Millis, now: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "INSERT INTO oncall_gap_told (tier, from_at, told_at) VALUES ($1, $2, $3) ON CONFLICT (tier, from_at) DO NOTHING",
    )
    .bind(i64::from(tier))
    .bind(from.0)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn forget_gap(tx: &mut Tx, tier: u8, from: Millis) -> Result<(), DbError> {
    sqlx::query("DELETE FROM oncall_gap_told WHERE tier = $1 AND from_at = $2")
        .bind(i64::from(tier))
        .bind(from.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct RawFeed {
    id: String,
    person: String,
    tier: Option<i64>,
    created_at: i64,
    read_at: Option<i64>,
}

fn feed(row: RawFeed) -> Result<Feed, DbError> {
    Ok(Feed {
        id: row.id,
        person: PersonId::new(row.person),
        tier: row.tier.map(number).transpose()?,
        created_at: Millis(row.created_at),
        read_at: row.read_at.map(Millis),
    })
}

/// Those of a person that are not revoked, the newest first.
pub async fn feeds(
    from_where: impl Executor<'_, Database = Any>,
    person: &PersonId,
) -> Result<Vec<Feed>, DbError> {
    let rows: Vec<RawFeed> = sqlx::query_as(
        "SELECT id, person, tier, created_at, read_at FROM oncall_feed \
         WHERE person = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC",
    )
    .bind(person.as_str())
    .fetch_all(from_where)
    .await?;
    rows.into_iter().map(feed).collect()
}

pub async fn feed_by_hash(
    from_where: impl Executor<'_, Database = Any>,
    hash: &str,
) -> Result<Option<Feed>, DbError> {
    let row: Option<RawFeed> = sqlx::query_as(
        "SELECT id, person, tier, created_at, read_at FROM oncall_feed WHERE token_hash = $1 AND revoked_at IS NULL",
    )
    .bind(hash)
    .fetch_optional(from_where)
    .await?;
    row.map(feed).transpose()
}

pub async fn add_feed(tx: &mut Tx, feed: &Feed, hash: &str) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO oncall_feed (id, token_hash, person, tier, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&feed.id)
    .bind(hash)
    .bind(feed.person.as_str())
    .bind(feed.tier.map(i64::from))
    .bind(feed.created_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Revokes a person's feed; false when there is none such.
pub async fn revoke_feed(tx: &mut Tx, person: &PersonId, id: &str, now: Millis) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE oncall_feed SET revoked_at = $1 WHERE id = $2 AND person = $3 AND revoked_at IS NULL",
    )
    .bind(now.0)
    .bind(id)
    .bind(person.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_read(tx: &mut Tx, id: &str, now: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE oncall_feed SET read_at = $1 WHERE id = $2")
        .bind(now.0)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn add_test(
    tx: &mut Tx,
    id: &str,
    begun_by: Option<&PersonId>,
    now: Millis,
) -> Result<(), DbError> {
    sqlx::query("INSERT INTO oncall_test (id, begun_at, begun_by) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(now.0)
        .bind(begun_by.map(PersonId::as_str))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn add_test_page(tx: &mut Tx, test: &str, page: &TestPage) -> Result<(), DbError> {
    let (person, channel, nobody) = match &page.to {
        TestTo::Person(person) => (Some(person.as_str()), None, None),
        TestTo::Channel(channel) => (None, Some(channel.as_str()), None),
        TestTo::Nobody { why } => (None, None, Some(why.as_str())),
    };
    sqlx::query(
        "INSERT INTO oncall_test_page (test, tier, position, person, channel, nobody, delivery) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(test)
    .bind(i64::from(page.tier))
    .bind(page.position)
    .bind(person)
    .bind(channel)
    .bind(nobody)
    .bind(page.delivery.as_deref())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Answers a page of a test, once; false when it was, or there is none.
pub async fn answer_test_page(
    tx: &mut Tx,
    test: &str,
    (tier, position): (u8, i64),
    by: &PersonId,
    now: Millis,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "UPDATE oncall_test_page SET answered_at = $1, answered_by = $2 \
         WHERE test = $3 AND tier = $4 AND position = $5 AND answered_at IS NULL AND nobody IS NULL",
    )
    .bind(now.0)
    .bind(by.as_str())
    .bind(test)
    .bind(i64::from(tier))
    .bind(position)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Id, when, and by whom; the newest first.
pub async fn tests(
    from_where: impl Executor<'_, Database = Any>,
    most: i64,
) -> Result<Vec<(String, Millis, Option<PersonId>)>, DbError> {
    let rows: Vec<(String, i64, Option<String>)> = sqlx::query_as(
        "SELECT id, begun_at, begun_by FROM oncall_test ORDER BY begun_at DESC, id DESC LIMIT $1",
    )
    .bind(most)
    .fetch_all(from_where)
    .await?;
    Ok(rows.into_iter().map(|(id, at, by)| (id, Millis(at), by.map(PersonId::new))).collect())
}

pub async fn test(
    from_where: impl Executor<'_, Database = Any>,
    id: &str,
) -> Result<Option<(Millis, Option<PersonId>)>, DbError> {
    let row: Option<(i64, Option<String>)> =
        sqlx::query_as("SELECT begun_at, begun_by FROM oncall_test WHERE id = $1")
            .bind(id)
            .fetch_optional(from_where)
            .await?;
    Ok(row.map(|(at, by)| (Millis(at), by.map(PersonId::new))))
}

#[derive(FromRow)]
struct RawTestPage {
    tier: i64,
    position: i64,
    person: Option<String>,
    channel: Option<String>,
    nobody: Option<String>,
    delivery: Option<String>,
    answered_at: Option<i64>,
    answered_by: Option<String>,
}

/// In the order of the tiers.
pub async fn test_pages(
    from_where: impl Executor<'_, Database = Any>,
    test: &str,
) -> Result<Vec<TestPage>, DbError> {
    let rows: Vec<RawTestPage> = sqlx::query_as(
        "SELECT tier, position, person, channel, nobody, delivery, answered_at, answered_by \
         FROM oncall_test_page WHERE test = $1 ORDER BY tier, position",
    )
    .bind(test)
    .fetch_all(from_where)
    .await?;
    rows.into_iter()
        .map(|row| {
            let to = match (row.person, row.channel, row.nobody) {
                (Some(person), ..) => TestTo::Person(PersonId::new(person)),
                (_, Some(channel), _) => TestTo::Channel(channel),
                (.., why) => TestTo::Nobody { why: why.unwrap_or_default() },
            };
            Ok(TestPage {
                tier: number(row.tier)?,
                position: row.position,
                to,
                delivery: row.delivery,
                answered: row.answered_at.map(Millis).zip(row.answered_by.map(PersonId::new)),
            })
        })
        .collect()
}
