//! Watching the platform: what was polled, what it comes to, what the pages and charts show.

pub mod charts;
pub mod import;
pub mod models;
mod models_store;
pub mod recording;
pub mod replay;
mod replay_store;
pub mod shown;
mod store;
#[cfg(test)]
mod tests;
pub mod watch;

use domain::{monitoring::Sample, time::Millis};

use crate::db::{Db, DbError, Tx};

/// Weddings of today as the newest answered poll told them; `None` when nothing told them.
///
/// # Errors
/// When the database cannot be read.
pub async fn weddings_today(tx: &mut Tx, platform: &str) -> Result<Option<u32>, DbError> {
    store::newest_weddings(&mut **tx, platform).await
}

/// The polls of `[from, to)`, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn polls(db: &Db, platform: &str, from: Millis, to: Millis) -> Result<Vec<Sample>, DbError> {
    store::polls(db.read(), platform, from, to).await
}

/// The values of one series in `[from, to)`, oldest first: `None` where a poll did not know it.
///
/// # Errors
/// When the database cannot be read.
pub async fn values(
    db: &Db,
    platform: &str,
    series: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<(Millis, Option<f64>)>, DbError> {
    let polls = store::polls(db.read(), platform, from, to).await?;
    Ok(polls.iter().map(|poll| (poll.at, poll.readings.get(series).copied())).collect())
}
