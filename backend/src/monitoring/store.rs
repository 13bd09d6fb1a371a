//! The SQL of monitoring, and nothing else: rows in, rows out.

use std::collections::BTreeMap;

use domain::{
    monitoring::{Bucket, EngineState, Outcome, PlatformStatus, Sample, Series, SeriesKey, Stats, Width},
    time::Millis,
};
use sqlx::{Any, AnyPool, AssertSqlSafe, FromRow};

use crate::db::{DbError, Tx, places};

/// Rows in one INSERT. SQLite finds a `$n` parameter by walking the list of all its names, so the cost
/// of a statement grows with the square of its parameters: 500 rows took four times as long as 32.
const ROWS_AT_ONCE: usize = 32;

#[derive(FromRow)]
struct PollRow {
    at: i64,
    outcome: String,
    reason: Option<String>,
    status: Option<String>,
    services: String,
    readings: String,
    faults: Option<String>,
    weddings_today: Option<i64>,
}

const POLL_COLUMNS: &str = "at, outcome, reason, status, services, readings, faults, weddings_today";

/// Stores polls; one that is stored already is replaced.
pub async fn save_polls(tx: &mut Tx, platform: &str, samples: &[&Sample]) -> Result<(), DbError> {
    for chunk in samples.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO poll (platform, {POLL_COLUMNS}) VALUES {}
             ON CONFLICT (platform, at) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
             status = excluded.status, services = excluded.services, readings = excluded.readings,
             faults = excluded.faults, weddings_today = excluded.weddings_today",
            places(chunk.len(), 9)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for sample in chunk {
            query = query
                .bind(platform)
                .bind(sample.at.0)
                .bind(sample.outcome.word())
                .bind(sample.outcome.reason())
                .bind(sample.status.map(status_word))
                .bind(json(&sample.services))
                .bind(json(&sample.readings))
                .bind((!sample.faults.is_empty()).then(|| json(&sample.faults)))
                .bind(sample.weddings_today.map(i64::from));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// The polls of `[from, to)`, in order of time.
pub async fn polls(
    from_where: impl sqlx::Executor<'_, Database = Any>,
    platform: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<Sample>, DbError> {
    let sql =
        format!("SELECT {POLL_COLUMNS} FROM poll WHERE platform = $1 AND at >= $2 AND at < $3 ORDER BY at");
    let rows: Vec<PollRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(platform)
        .bind(from.0)
        .bind(to.0)
        .fetch_all(from_where)
        .await?;
    rows.into_iter().map(sample).collect()
}

/// Weddings of today as the newest answered poll told them; `None` when it did not, or none was answered.
pub async fn newest_weddings(
    from_where: impl sqlx::Executor<'_, Database = Any>,
    platform: &str,
) -> Result<Option<u32>, DbError> {
    let told: Option<Option<i64>> = sqlx::query_scalar(
        "SELECT weddings_today FROM poll WHERE platform = $1 AND outcome = 'answered' ORDER BY at DESC LIMIT 1",
    )
    .bind(platform)
    .fetch_optional(from_where)
    .await?;
    Ok(told.flatten().and_then(|count| u32::try_from(count).ok()))
}

/// The readings alone of `[from, to)`: time, whether it was answered, and the values as JSON.
pub async fn readings(
    pool: &AnyPool,
    platform: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<(i64, String, String)>, DbError> {
    Ok(sqlx::query_as(
        "SELECT at, outcome, readings FROM poll WHERE platform = $1 AND at >= $2 AND at < $3 ORDER BY at",
    )
    .bind(platform)
    .bind(from.0)
    .bind(to.0)
    .fetch_all(pool)
    .await?)
}

/// Writes buckets over what was there.
pub async fn save_buckets(tx: &mut Tx, platform: &str, buckets: &[Bucket]) -> Result<(), DbError> {
    for chunk in buckets.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO rollup (platform, width, starts_at, polls, missed, series, sketches) VALUES {}
             ON CONFLICT (platform, width, starts_at) DO UPDATE SET polls = excluded.polls,
             missed = excluded.missed, series = excluded.series, sketches = excluded.sketches",
            places(chunk.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for bucket in chunk {
            let stats: BTreeMap<_, _> =
                bucket.series.iter().map(|(key, series)| (key, series.stats)).collect();
            let sketches: BTreeMap<_, _> =
                bucket.series.iter().map(|(key, series)| (key, series.sketch.to_string())).collect();
            query = query
                .bind(platform)
                .bind(bucket.width.code())
                .bind(bucket.starts_at.0)
                .bind(bucket.polls as i64)
                .bind(bucket.missed as i64)
                .bind(json(&stats))
                .bind(json(&sketches));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// The buckets of one width that start in `[from, to)`, with their sketches, in order of time.
pub async fn buckets(
    from_where: impl sqlx::Executor<'_, Database = Any>,
    platform: &str,
    width: Width,
    from: Millis,
    to: Millis,
) -> Result<Vec<Bucket>, DbError> {
    let rows: Vec<(i64, i64, i64, String, String)> = sqlx::query_as(
        "SELECT starts_at, polls, missed, series, sketches FROM rollup
         WHERE platform = $1 AND width = $2 AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at",
    )
    .bind(platform)
    .bind(width.code())
    .bind(from.0)
    .bind(to.0)
    .fetch_all(from_where)
    .await?;
    rows.into_iter()
        .map(|(starts_at, polls, missed, stats, sketches)| {
            let stats: BTreeMap<SeriesKey, Stats> = read_json(&stats)?;
            let mut sketches: BTreeMap<SeriesKey, String> = read_json(&sketches)?;
            let series = stats
                .into_iter()
                .map(|(key, stats)| {
                    let sketch = sketches.remove(&key).unwrap_or_default();
                    let sketch = sketch.parse().map_err(|error| DbError::Stored(format!("{error}")))?;
                    Ok((key, Series { stats, sketch }))
                })
                .collect::<Result<_, DbError>>()?;
            let (polls, missed) = (polls.max(0) as u64, missed.max(0) as u64);
            Ok(Bucket { width, starts_at: Millis(starts_at), polls, missed, series })
        })
        .collect()
}

/// Like `buckets`, without the sketches: start, polls, missed, and the stats as JSON.
pub async fn bucket_stats(
    pool: &AnyPool,
    platform: &str,
    width: Width,
    from: Millis,
    to: Millis,
) -> Result<Vec<(i64, i64, i64, String)>, DbError> {
    Ok(sqlx::query_as(
        "SELECT starts_at, polls, missed, series FROM rollup
         WHERE platform = $1 AND width = $2 AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at",
    )
    .bind(platform)
    .bind(width.code())
    .bind(from.0)
    .bind(to.0)
    .fetch_all(pool)
    .await?)
}

/// Removes the buckets of one width that start in `[from, to)`.
#[cfg(test)]
pub async fn drop_buckets(
    tx: &mut Tx,
    platform: &str,
    width: Width,
    from: Millis,
    to: Millis,
) -> Result<u64, DbError> {
    let done = sqlx::query(
        "DELETE FROM rollup WHERE platform = $1 AND width = $2 AND starts_at >= $3 AND starts_at < $4",
    )
    .bind(platform)
    .bind(width.code())
    .bind(from.0)
    .bind(to.0)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Removes raw polls older than `before`, at most `limit` at a time; says how many went.
pub async fn drop_polls(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64, DbError> {
    let done = sqlx::query(
        "DELETE FROM poll WHERE (platform, at) IN (SELECT platform, at FROM poll WHERE at < $1 LIMIT $2)",
    )
    .bind(before.0)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Removes five-minute buckets older than `before`; says how many went.
pub async fn drop_five_minutes(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    let done = sqlx::query("DELETE FROM rollup WHERE width = '5m' AND starts_at < $1")
        .bind(before.0)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

/// The time of the newest poll of a platform.
#[cfg(test)]
pub async fn newest_poll(pool: &AnyPool, platform: &str) -> Result<Option<Millis>, DbError> {
    let at: Option<i64> = sqlx::query_scalar("SELECT MAX(at) FROM poll WHERE platform = $1")
        .bind(platform)
        .fetch_one(pool)
        .await?;
    Ok(at.map(Millis))
}

/// Stores a day's figures; the newest telling counts.
pub async fn save_figures(tx: &mut Tx, rows: &[(String, String, String)], at: Millis) -> Result<(), DbError> {
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO daily_figures (platform, day, figures, taken_at) VALUES {}
             ON CONFLICT (platform, day) DO UPDATE SET figures = excluded.figures, taken_at = excluded.taken_at
             WHERE daily_figures.figures <> excluded.figures",
            places(chunk.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (platform, day, figures) in chunk {
            query = query.bind(platform).bind(day).bind(figures).bind(at.0);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// The stored figures of a platform: day and document, in order.
#[cfg(test)]
pub async fn figures(pool: &AnyPool, platform: &str) -> Result<Vec<(String, String)>, DbError> {
    Ok(sqlx::query_as("SELECT day, figures FROM daily_figures WHERE platform = $1 ORDER BY day")
        .bind(platform)
        .fetch_all(pool)
        .await?)
}

fn sample(row: PollRow) -> Result<Sample, DbError> {
    let reason = row.reason.unwrap_or_default();
    let outcome = match row.outcome.as_str() {
        "answered" => Outcome::Answered,
        "missed" => Outcome::Missed { reason },
        _ => Outcome::Bad { reason },
    };
    let mut sample = Sample::empty(Millis(row.at), outcome);
    sample.status = row.status.as_deref().and_then(|word| match word {
        "healthy" => Some(PlatformStatus::Healthy),
        "degraded" => Some(PlatformStatus::Degraded),
        "down" => Some(PlatformStatus::Down),
        _ => None,
    });
    sample.services = read_json::<BTreeMap<String, EngineState>>(&row.services)?;
    sample.readings = read_json(&row.readings)?;
    sample.faults = row.faults.as_deref().map_or(Ok(Vec::new()), read_json)?;
    sample.weddings_today = row.weddings_today.and_then(|count| u32::try_from(count).ok());
    Ok(sample)
}

fn status_word(status: PlatformStatus) -> &'static str {
    match status {
        PlatformStatus::Healthy => "healthy",
        PlatformStatus::Degraded => "degraded",
        PlatformStatus::Down => "down",
    }
}

/// Maps with text keys and finite numbers always have a JSON text.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

pub(super) fn read_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Stored(error.to_string()))
}
