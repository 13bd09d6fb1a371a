//! Who did what: records in the transaction of what they tell, one chain for all replicas.

mod store;
#[cfg(test)]
mod tests;

use domain::{
    audit::{Entry, Hash, Record},
    time::Millis,
};

use crate::db::{DbError, Tx};

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
