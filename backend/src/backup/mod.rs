//! A copy of everything that the console keeps, made while it serves, and the way back from it. One file for both
//! databases: what was made of SQLite can be put into PostgreSQL, and the other way round.

mod file;
mod format;
mod making;
mod part;
mod restoring;
mod store;
mod tables;
#[cfg(test)]
mod tests;

use std::{io, path::PathBuf};

pub use self::{
    format::Header,
    making::{Made, make, put_on_record},
    restoring::{Held, Restored, restore},
    tables::{LEFT_OUT, TABLES},
};
use crate::{db::DbError, sealing::SealingError};

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("{} cannot be {doing}: {error}", path.display())]
    File { path: PathBuf, doing: &'static str, error: io::Error },
    #[error("{} is there already; name another file, or give --force to replace it", path.display())]
    IsThere { path: PathBuf },
    #[error("another backup is writing {} now", path.display())]
    Busy { path: PathBuf },
    #[error(
        "the database has schema {has}, and this console knows none after {known}: use the one that serves it"
    )]
    OfANewerConsole { has: i64, known: i64 },
    #[error("there is no console's database at database.url: it has no schema")]
    NoSchema,
    #[error("{} is no backup of Bellwether: {why}", path.display())]
    NotABackup { path: PathBuf, why: String },
    #[error("the backup is damaged: {0}. Nothing was written")]
    Damaged(String),
    #[error(
        "the backup was written by Bellwether {version}, with schema {schema}; this console knows none after {known}. \
         Restore it with that version or a newer one"
    )]
    Newer { version: String, schema: i64, known: i64 },
    #[error(
        "the database is not empty ({what}), and restore never overwrites: name a new database in database.url, or \
         move this one away first"
    )]
    NotEmpty { what: String },
    #[error(
        "the database has the tables of schema {has} already, and the backup is of schema {schema}: name a new database \
         in database.url; restore makes the tables itself"
    )]
    Ahead { has: i64, schema: i64 },
    #[error("the backup does not fit the schema that it names: {0}. Nothing was written")]
    DoesNotFit(String),
    #[error(transparent)]
    Erasures(#[from] SealingError),
}

impl BackupError {
    fn file(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(io::Error) -> BackupError {
        let path = path.into();
        move |error| BackupError::File { path, doing, error }
    }
}
