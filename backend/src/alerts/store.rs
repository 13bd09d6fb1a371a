//! The SQL of alerts, and nothing else: rows in, rows out.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    alerts::{Alert, AlertId, AlertKey, AlertState, Happening, Memory},
    delivery::{Occasion, Recipient},
    time::Millis,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow, any::AnyArguments, query::Query};

use super::{Source, Stored};
use crate::{
    db::{DbError, Tx, places},
    delivery::DeliveryId,
};

/// See `monitoring::store`: larger statements cost SQLite more than they save.
const ROWS_AT_ONCE: usize = 32;
/// Of single values more fit into a statement.
const IDS_AT_ONCE: usize = 200;

#[derive(FromRow)]
pub struct Row {
    id: String,
    source: String,
    title: String,
    why: String,
    value: Option<f64>,
    alert: String,
    labels: Option<String>,
    version: i64,
}

pub const COLUMNS: &str = "id, source, title, why, value, alert, labels, version";

/// Adds alerts. The index refuses a second open one for a key.
pub async fn insert(
    tx: &mut Tx,
    alerts: &[Stored],
    due: impl Fn(&Alert) -> Option<Millis>,
) -> Result<(), DbError> {
    for chunk in alerts.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO alert (id, source, platform, service, metric, title, why, value, level, highest, state, alert,
                 labels, began_at, fired_at, acknowledged_at, resolved_at, due_at, version) VALUES {}",
            places(chunk.len(), 19)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for Stored { id, source, title, why, value, alert, labels, .. } in chunk {
            query = query
                .bind(id.as_str())
                .bind(source.word())
                .bind(&alert.key.platform)
                .bind(alert.key.service.as_deref().unwrap_or_default())
                .bind(&alert.key.metric)
                .bind(title)
                .bind(why);
            query = number(query, *value)
                .bind(i64::from(alert.severity.level.number()))
                .bind(i64::from(alert.highest.number()))
                .bind(state_word(&alert.state))
                .bind(json(alert)?)
                .bind(labels.as_ref().map(json).transpose()?)
                .bind(alert.began_at.0)
                .bind(alert.fired_at.0)
                .bind(acknowledged_at(alert))
                .bind(resolved_at(alert))
                .bind(due(alert).map(|at| at.0))
                .bind(1_i64);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Saves an alert that nobody changed since it was read; says whether that was so.
pub async fn update(tx: &mut Tx, stored: &Stored, due_at: Option<Millis>) -> Result<bool, DbError> {
    let Stored { id, title, why, value, alert, labels, version, .. } = stored;
    let query = sqlx::query(
        "UPDATE alert SET title = $1, why = $2, value = $3, level = $4, highest = $5, state = $6, alert = $7,
             acknowledged_at = $8, resolved_at = $9, due_at = $10, labels = $11, version = version + 1
         WHERE id = $12 AND version = $13",
    )
    .bind(title)
    .bind(why);
    let done = number(query, *value)
        .bind(i64::from(alert.severity.level.number()))
        .bind(i64::from(alert.highest.number()))
        .bind(state_word(&alert.state))
        .bind(json(alert)?)
        .bind(acknowledged_at(alert))
        .bind(resolved_at(alert))
        .bind(due_at.map(|at| at.0))
        .bind(labels.as_ref().map(json).transpose()?)
        .bind(id.as_str())
        .bind(*version)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A number that may be absent. sqlx 0.9 tells PostgreSQL that an absent f64 is a float4, and an absent f32 a float8;
/// the statement is kept as it was first prepared, and would refuse the next number that is there.
fn number(query: Query<'_, Any, AnyArguments>, value: Option<f64>) -> Query<'_, Any, AnyArguments> {
    match value {
        Some(value) => query.bind(value),
        None => query.bind(None::<f32>),
    }
}

pub async fn one(
    from_where: impl Executor<'_, Database = Any>,
    id: &AlertId,
) -> Result<Option<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE id = $1");
    let row: Option<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(from_where).await?;
    row.map(stored).transpose()
}

/// The open ones of a platform, of one source.
pub async fn open_of(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
    source: Source,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE platform = $1 AND source = $2 AND resolved_at IS NULL ORDER BY fired_at, id"
    );
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(platform).bind(source.word()).fetch_all(from_where).await?;
    rows.into_iter().map(stored).collect()
}

/// The open one for a key.
pub async fn open_for(
    from_where: impl Executor<'_, Database = Any>,
    key: &AlertKey,
) -> Result<Option<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE platform = $1 AND service = $2 AND metric = $3 AND resolved_at IS NULL"
    );
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(&key.platform)
        .bind(key.service.as_deref().unwrap_or_default())
        .bind(&key.metric)
        .fetch_optional(from_where)
        .await?;
    row.map(stored).transpose()
}

/// The open ones for any of these keys.
pub async fn open_for_any(tx: &mut Tx, keys: &[&AlertKey]) -> Result<Vec<Stored>, DbError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "SELECT {COLUMNS} FROM alert WHERE resolved_at IS NULL
             AND (platform, service, metric) IN (VALUES {})",
            places(chunk.len(), 3)
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for key in chunk {
            query =
                query.bind(&key.platform).bind(key.service.as_deref().unwrap_or_default()).bind(&key.metric);
        }
        let rows: Vec<Row> = query.fetch_all(&mut **tx).await?;
        for row in rows {
            found.push(stored(row)?);
        }
    }
    Ok(found)
}

/// All open ones, the worst first, then the oldest.
pub async fn open(from_where: impl Executor<'_, Database = Any>, limit: i64) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE resolved_at IS NULL ORDER BY level DESC, fired_at, id LIMIT $1"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(from_where).await?;
    rows.into_iter().map(stored).collect()
}

/// How many are open, by level 1 to 4.
pub async fn open_counts(from_where: impl Executor<'_, Database = Any>) -> Result<[i64; 4], DbError> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("SELECT level, COUNT(*) FROM alert WHERE resolved_at IS NULL GROUP BY level")
            .fetch_all(from_where)
            .await?;
    let mut counts = [0; 4];
    for (level, count) in rows {
        if let Some(place) = usize::try_from(level - 1).ok().and_then(|index| counts.get_mut(index)) {
            *place = count;
        }
    }
    Ok(counts)
}

/// Ended ones that fired before `before`, newest first.
pub async fn ended(
    from_where: impl Executor<'_, Database = Any>,
    before: Millis,
    limit: i64,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE resolved_at IS NOT NULL AND fired_at < $1
         ORDER BY fired_at DESC, id DESC LIMIT $2"
    );
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(before.0).bind(limit).fetch_all(from_where).await?;
    rows.into_iter().map(stored).collect()
}

/// Those of a platform that were open at some time in `[from, to)`, in the order of firing.
pub async fn between(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE platform = $1 AND fired_at < $2 AND (resolved_at IS NULL OR resolved_at >= $3)
         ORDER BY fired_at, id"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(platform)
        .bind(to.0)
        .bind(from.0)
        .fetch_all(from_where)
        .await?;
    rows.into_iter().map(stored).collect()
}

/// Those for which something is due, the longest overdue first.
pub async fn due(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2");
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(now.0).bind(limit).fetch_all(&mut **tx).await?;
    rows.into_iter().map(stored).collect()
}

/// When something is due next.
pub async fn next_due(from_where: impl Executor<'_, Database = Any>) -> Result<Option<Millis>, DbError> {
    let at: Option<i64> = sqlx::query_scalar("SELECT MIN(due_at) FROM alert WHERE due_at IS NOT NULL")
        .fetch_one(from_where)
        .await?;
    Ok(at.map(Millis))
}

/// Everything open is looked at again: a silence began or ended.
pub async fn look_again(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    sqlx::query("UPDATE alert SET due_at = $1 WHERE due_at > $1").bind(now.0).execute(&mut **tx).await?;
    Ok(())
}

/// Adds to the stories of alerts: each gets the numbers after its last.
pub async fn tell(tx: &mut Tx, told: &[(AlertId, Millis, Vec<Happening>)]) -> Result<(), DbError> {
    let told: Vec<_> = told.iter().filter(|(.., happened)| !happened.is_empty()).collect();
    // An alert that has just fired has no story yet, which need not be asked ten thousand times.
    let has_story = |happened: &[Happening]| !matches!(happened.first(), Some(Happening::Fired(_)));
    let older: Vec<&AlertId> =
        told.iter().filter(|(.., happened)| has_story(happened)).map(|(id, ..)| id).collect();
    let mut last = last_numbers(tx, &older).await?;
    let mut rows = Vec::new();
    for (id, at, happened) in told {
        let last = last.entry(id.as_str().to_owned()).or_insert(0);
        for happening in happened {
            *last += 1;
            rows.push((id, *last, *at, happening));
        }
    }
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO alert_event (alert, number, at, kind, happening) VALUES {}",
            places(chunk.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (id, number, at, happening) in chunk {
            query = query
                .bind(id.as_str())
                .bind(*number)
                .bind(at.0)
                .bind(kind_word(happening))
                .bind(json(happening)?);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn last_numbers(tx: &mut Tx, ids: &[&AlertId]) -> Result<BTreeMap<String, i64>, DbError> {
    let mut last = BTreeMap::new();
    for chunk in ids.chunks(IDS_AT_ONCE) {
        let sql = format!(
            "SELECT alert, MAX(number) FROM alert_event WHERE alert IN {} GROUP BY alert",
            places(1, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for id in chunk {
            query = query.bind(id.as_str());
        }
        let rows: Vec<(String, i64)> = query.fetch_all(&mut **tx).await?;
        last.extend(rows);
    }
    Ok(last)
}

/// The story of an alert, oldest first.
pub async fn story(
    from_where: impl Executor<'_, Database = Any>,
    id: &AlertId,
) -> Result<Vec<(Millis, Happening)>, DbError> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT at, happening FROM alert_event WHERE alert = $1 ORDER BY number")
            .bind(id.as_str())
            .fetch_all(from_where)
            .await?;
    rows.into_iter().map(|(at, text)| Ok((Millis(at), read(&text)?))).collect()
}

/// One row for each alert that a delivery tells of.
pub struct Page<'a> {
    pub alert: &'a AlertId,
    pub delivery: &'a str,
    pub at: Millis,
    pub tier: u8,
    pub to: &'a Recipient,
    pub occasion: Occasion,
}

pub async fn insert_pages(tx: &mut Tx, pages: &[Page<'_>]) -> Result<(), DbError> {
    for chunk in pages.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO alert_page (alert, delivery, at, tier, recipient, occasion) VALUES {}
             ON CONFLICT (alert, delivery) DO NOTHING",
            places(chunk.len(), 6)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for page in chunk {
            query = query
                .bind(page.alert.as_str())
                .bind(page.delivery)
                .bind(page.at.0)
                .bind(i64::from(page.tier))
                .bind(json(page.to)?)
                .bind(occasion_word(page.occasion)?);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// The channels that have heard of an alert.
pub async fn channels_told(tx: &mut Tx, id: &AlertId) -> Result<Vec<Recipient>, DbError> {
    let told: Vec<String> = sqlx::query_scalar("SELECT DISTINCT recipient FROM alert_page WHERE alert = $1")
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    let told: Vec<Recipient> = told.iter().map(|text| read(text)).collect::<Result<_, _>>()?;
    Ok(told.into_iter().filter(|to| matches!(to, Recipient::Channel { .. })).collect())
}

/// Whether this recipient has heard of an alert.
pub async fn was_told(
    from_where: impl Executor<'_, Database = Any>,
    id: &AlertId,
    to: &Recipient,
) -> Result<bool, DbError> {
    let one: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM alert_page WHERE alert = $1 AND recipient = $2 LIMIT 1")
            .bind(id.as_str())
            .bind(json(to)?)
            .fetch_optional(from_where)
            .await?;
    Ok(one.is_some())
}

/// The channels that have heard of any of these alerts: which of which.
pub async fn channels_told_of(
    tx: &mut Tx,
    ids: &[&AlertId],
) -> Result<BTreeMap<Recipient, BTreeSet<String>>, DbError> {
    let mut told: BTreeMap<Recipient, BTreeSet<String>> = BTreeMap::new();
    for chunk in ids.chunks(IDS_AT_ONCE) {
        let sql = format!(
            "SELECT DISTINCT recipient, alert FROM alert_page WHERE alert IN {}",
            places(1, chunk.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for id in chunk {
            query = query.bind(id.as_str());
        }
        let rows: Vec<(String, String)> = query.fetch_all(&mut **tx).await?;
        for (to, id) in rows {
            let to: Recipient = read(&to)?;
            if matches!(to, Recipient::Channel { .. }) {
                told.entry(to).or_default().insert(id);
            }
        }
    }
    Ok(told)
}

/// The lists by which an alert was told of together with others, oldest first.
pub async fn lists_of(
    from_where: impl Executor<'_, Database = Any>,
    id: &AlertId,
) -> Result<Vec<DeliveryId>, DbError> {
    let lists: Vec<String> = sqlx::query_scalar(
        "SELECT delivery FROM alert_page WHERE alert = $1 AND occasion = 'storm' ORDER BY delivery",
    )
    .bind(id.as_str())
    .fetch_all(from_where)
    .await?;
    Ok(lists.into_iter().map(DeliveryId::new).collect())
}

/// Of the lists that name any of these alerts: those none of whose alerts is firing any more.
pub async fn lists_over(tx: &mut Tx, ids: &[&AlertId]) -> Result<Vec<DeliveryId>, DbError> {
    let mut lists = BTreeSet::new();
    for chunk in ids.chunks(IDS_AT_ONCE) {
        let sql = format!(
            "SELECT DISTINCT delivery FROM alert_page WHERE alert IN {} AND occasion = 'storm'",
            places(1, chunk.len())
        );
        let query = chunk
            .iter()
            .fold(sqlx::query_scalar(AssertSqlSafe(sql)), |query, id| query.bind(id.as_str().to_owned()));
        let found: Vec<String> = query.fetch_all(&mut **tx).await?;
        lists.extend(found);
    }
    // Each list once: asked in the statement above, a list of ten thousand would be walked for each of its alerts.
    let mut over = Vec::new();
    for list in lists {
        let firing: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM alert_page JOIN alert ON alert.id = alert_page.alert
             WHERE alert_page.delivery = $1 AND alert.state = 'firing' LIMIT 1",
        )
        .bind(&list)
        .fetch_optional(&mut **tx)
        .await?;
        if firing.is_none() {
            over.push(DeliveryId::new(list));
        }
    }
    Ok(over)
}

/// What each recipient was sent since a moment: recipient, occasion, when; one for each delivery.
pub async fn lately(tx: &mut Tx, since: Millis) -> Result<Vec<(Recipient, Occasion, Millis)>, DbError> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT recipient, occasion, MIN(at) FROM alert_page WHERE at > $1 GROUP BY recipient, occasion, delivery",
    )
    .bind(since.0)
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|(to, occasion, at)| Ok((read(&to)?, read(&format!("{occasion:?}"))?, Millis(at))))
        .collect()
}

pub async fn memory(
    from_where: impl Executor<'_, Database = Any>,
    platform: &str,
) -> Result<Option<Memory>, DbError> {
    let text: Option<String> = sqlx::query_scalar("SELECT memory FROM alert_memory WHERE platform = $1")
        .bind(platform)
        .fetch_optional(from_where)
        .await?;
    text.map(|text| read(&text)).transpose()
}

pub async fn save_memory(tx: &mut Tx, platform: &str, memory: &Memory, at: Millis) -> Result<(), DbError> {
    sqlx::query(
        "INSERT INTO alert_memory (platform, memory, at) VALUES ($1, $2, $3)
         ON CONFLICT (platform) DO UPDATE SET memory = excluded.memory, at = excluded.at",
    )
    .bind(platform)
    .bind(json(memory)?)
    .bind(at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub fn stored(row: Row) -> Result<Stored, DbError> {
    Ok(Stored {
        id: AlertId(row.id),
        source: Source::from_word(&row.source)
            .ok_or_else(|| DbError::Stored(format!("an alert's source: {}", row.source)))?,
        title: row.title,
        why: row.why,
        value: row.value,
        alert: read(&row.alert)?,
        labels: row.labels.map(|text| read(&text)).transpose()?,
        version: row.version,
    })
}

fn acknowledged_at(alert: &Alert) -> Option<i64> {
    match &alert.state {
        AlertState::Acknowledged { at, .. } => Some(at.0),
        _ => None,
    }
}

fn resolved_at(alert: &Alert) -> Option<i64> {
    match &alert.state {
        AlertState::Resolved { at, .. } => Some(at.0),
        _ => None,
    }
}

pub(super) fn state_word(state: &AlertState) -> &'static str {
    match state {
        AlertState::Firing => "firing",
        AlertState::Acknowledged { .. } => "acknowledged",
        AlertState::Resolved { .. } => "resolved",
    }
}

fn kind_word(happening: &Happening) -> &'static str {
    match happening {
        Happening::Fired(_) => "fired",
        Happening::Rose { .. } => "rose",
        Happening::Fell { .. } => "fell",
        Happening::Unacknowledged { .. } => "unacknowledged",
        Happening::Acknowledged { .. } => "acknowledged",
        Happening::Lapsed { .. } => "lapsed",
        Happening::Resolved(_) => "resolved",
        Happening::Reopened { .. } => "reopened",
        Happening::HandedOver { .. } => "handed_over",
        Happening::Noted { .. } => "noted",
        Happening::Pinned { .. } => "pinned",
        Happening::Paged(_) => "paged",
        Happening::Unreachable { .. } => "unreachable",
    }
}

/// The word without its quotes.
fn occasion_word(occasion: Occasion) -> Result<String, DbError> {
    Ok(json(&occasion)?.trim_matches('"').to_owned())
}

fn json<T: Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::Stored(error.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Stored(error.to_string()))
}
