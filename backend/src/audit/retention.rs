//! Seals what is past its keeping, once a day.

use std::{path::Path, time::Duration};

use domain::{
    audit::{Actor, Origin},
    time::{DAY, Millis},
};
use tokio::sync::watch;

use super::{SealError, Sealed, all_have, seal};
use crate::{
    clock::Clock,
    config::{Audit, Siem},
    db::Db,
};

const EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Sealed up to every thirtieth day only, so that a stretch is a month's and not a day's.
const STRETCH: i64 = 30 * DAY;

/// Seals what is older than it is kept, a month at a time; nothing that a receiver has not been told yet.
///
/// # Errors
/// See `seal`.
pub async fn retain(
    db: &Db,
    now: Millis,
    keep: Duration,
    folder: &Path,
    targets: &[Siem],
) -> Result<Option<Sealed>, SealError> {
    let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    let before = now.minus(keep).floor_to(STRETCH);
    let not_beyond = all_have(db, targets).await?;
    seal(db, now, before, not_beyond, folder, (Actor::console("the console"), Origin::default())).await
}

/// `retain` every day, until it is asked to stop. Does nothing where no folder is configured. One of these, on one
/// replica.
pub async fn keep_sealing(
    db: Db,
    clock: Clock,
    audit: Audit,
    targets: Vec<Siem>,
    mut stop: watch::Receiver<bool>,
) {
    let Some(folder) = audit.seal_to else { return };
    while !*stop.borrow() {
        match retain(&db, clock.now(), audit.keep, &folder, &targets).await {
            Ok(None) => {}
            Ok(Some(sealed)) => {
                tracing::info!(audit.records = sealed.records, audit.file = %sealed.segment.file, "sealed");
            }
            Err(error) => tracing::error!(%error, "the audit log cannot be sealed"),
        }
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(clock.real(EVERY)) => {}
        }
    }
}
