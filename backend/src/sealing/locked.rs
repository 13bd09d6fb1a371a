//! Why a sealed value cannot be shown, or a new one not be sealed.

use std::path::PathBuf;

use domain::time::Millis;
use jiff::Timestamp;

use crate::db::DbError;

/// Each is a sentence for the page. None holds a key or anything that was sealed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Locked {
    /// `fault` is what is wrong with the one that was given.
    #[error(
        "Locked: there is no encryption key. {}",
        fault.as_deref().unwrap_or("Give one in AI_ENCRYPTION_KEY, or in the file that sealing.keys_file names.")
    )]
    NoKey { fault: Option<String> },
    #[error("Locked: it was sealed under the encryption key {id}, which is not configured.")]
    OtherKey { id: String },
    #[error("Locked: there is no data key for {owner}.")]
    NoDataKey { owner: String },
    /// Not what was written there: it was changed, or moved from another place.
    #[error("Locked: {table}.{column} of {row} was changed outside of the console.")]
    Tampered { table: String, column: String, row: String },
    #[error("Erased on {}.", day(*at))]
    Destroyed { at: Millis },
}

/// What sealing and opening fail with.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    #[error(transparent)]
    Locked(#[from] Locked),
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("the journal of erasures, {}, cannot be kept: {error}", path.display())]
    Journal { path: PathBuf, error: String },
    #[error("no new key can be put into {}: {error}", path.display())]
    KeyFile { path: PathBuf, error: String },
}

/// "2026-06-19 14:02 UTC"
fn day(at: Millis) -> String {
    Timestamp::from_millisecond(at.0)
        .map_or_else(|_| at.to_string(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
