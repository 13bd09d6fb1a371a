//! Who did what: records in the transaction of what they tell, one chain for all replicas.

mod configuration;
mod export;
mod filter;
mod forwarding;
mod forwarding_store;
mod retention;
mod seal;
mod sealed_file;
mod segment_store;
mod store;
mod syslog;
#[cfg(test)]
mod tests;
mod verify;

use domain::{
    audit::{Entry, Hash, Head, Record},
    time::Millis,
};

pub use self::{
    configuration::record_configuration,
    export::{Format, export, json_line},
    filter::Filter,
    forwarding::{Forwarding, Pace, all_have, forward, forward_at, forwardings, send_test},
    retention::{keep_sealing, retain},
    seal::{SealError, Sealed, seal},
    sealed_file::{SealedFileError, verify_file},
    segment_store::Segment,
    verify::{Verified, verify},
};
use crate::db::{Db, DbError, Tx};

/// Where in the log an entry went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// From 1 on, without a gap.
    pub sequence: i64,
    /// In hexadecimal letters.
    pub hash: String,
}

/// Records the entry in the transaction of what it tells, so that neither is there without the other. From here to
/// the end of the transaction other writers wait: record last.
///
/// # Errors
/// When the database refuses; then the transaction must not be committed.
pub async fn record(tx: &mut Tx, at: Millis, entry: &Entry) -> Result<Recorded, DbError> {
    let (sequence, previous) = store::next(tx).await?;
    let previous: Hash =
        previous.parse().map_err(|error| DbError::Stored(format!("the head of the audit log: {error}")))?;
    let record = Record::of(sequence, at, entry, &previous);
    store::append(tx, &record).await?;
    Ok(Recorded { sequence, hash: record.hash })
}

/// The records that match, newest first, older than the record `before`; at most `limit`.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(db: &Db, filter: &Filter, before: Option<i64>, limit: u16) -> Result<Vec<Record>, DbError> {
    store::records(db.read(), filter, store::Place::Before(before), i64::from(limit)).await
}

/// The end of the chain, to be kept where the owner of the database cannot reach it.
///
/// # Errors
/// When the database cannot be read, or tells no end.
pub async fn head(db: &Db) -> Result<Head, DbError> {
    store::head(db.read())
        .await?
        .ok_or_else(|| DbError::Stored("the head of the audit log is missing".to_owned()))
}

/// The stretches that were sealed, oldest first.
///
/// # Errors
/// When the database cannot be read, or a segment tells no hash.
pub async fn segments(db: &Db) -> Result<Vec<Segment>, DbError> {
    let told = segment_store::segments(db.read()).await?;
    told.into_iter()
        .map(|segment| {
            segment.map_err(|first| DbError::Stored(format!("the sealed stretch at record {first}")))
        })
        .collect()
}
