//! A backup is made: one state of the database, read row by row and written as it comes.

use std::{collections::BTreeMap, path::Path};

use domain::{
    audit::{Actor, Entry, Facts, Object, Origin},
    time::Millis,
};
use tokio::sync::mpsc;

use super::{
    BackupError,
    format::{FORMAT, Header, Section, WHAT},
    part::{Part, Piece},
    store::{self, Layout, MIGRATIONS},
    tables::{TABLES, is_left_out},
};
use crate::{
    audit,
    db::{Db, DbError, Kind, newest_schema},
};

/// Lines are handed on in pieces of this size; a row that is larger is one by itself.
const PIECE: usize = 1 << 18;
/// So many pieces may wait for the disk.
const AHEAD: usize = 4;

/// What was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    pub header: Header,
    pub rows: BTreeMap<String, u64>,
    /// SHA-256 of all lines but the last, in hexadecimal letters.
    pub digest: String,
    /// Of the file.
    pub bytes: u64,
    /// Tables in the database that are not the console's, and not in the backup.
    pub unknown: Vec<String>,
}

impl Made {
    pub fn rows_in_all(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// Copies everything that is kept to `path`, as it was at one moment, while others go on writing. The file bears its name
/// only once it is whole and on disk, and only its owner may read it. `replace` whether one that is there may be replaced.
///
/// # Errors
/// When the database cannot be read or is of a newer console, or the file cannot be written; then there is no file, or
/// the one that was there.
pub async fn make(db: &Db, now: Millis, path: &Path, replace: bool) -> Result<Made, BackupError> {
    let place = path.to_owned();
    let part = blocking(move || Part::begin(&place, replace)).await?;
    let (sender, pieces) = mpsc::channel(AHEAD);
    let writing = blocking(move || part.write(pieces));
    let reading = async move {
        let read = read(db, now, &sender).await?;
        sender.send(Piece::End(read.1.clone())).await.map_err(|_| DbError::Lost)?;
        Ok::<_, BackupError>(read)
    };
    let (read, written) = tokio::join!(reading, writing);
    // Where the disk refused, reading ended because nobody took what it read.
    let written = written?;
    let (header, rows, unknown) = read?;
    let written = written.ok_or(DbError::Lost)?;
    Ok(Made { header, rows, digest: written.digest, bytes: written.bytes, unknown })
}

/// That a backup was made, with how much is in it; never where it is.
///
/// # Errors
/// When the database refuses.
pub async fn put_on_record(db: &Db, now: Millis, made: &Made, by_whom: &str) -> Result<(), DbError> {
    let after = Facts::from([
        ("rows".to_owned(), made.rows_in_all().to_string()),
        ("schema".to_owned(), made.header.schema.to_string()),
        ("bytes".to_owned(), made.bytes.to_string()),
    ]);
    let entry = Entry::new("backup.made", Actor::console(by_whom), Origin::default())
        .about(Object::new("backup", made.digest.clone(), made.digest.clone()))
        .changed(Facts::new(), after);
    let mut tx = db.begin().await?;
    audit::record(&mut tx, now, &entry).await?;
    Ok(tx.commit().await?)
}

type Read = (Header, BTreeMap<String, u64>, Vec<String>);

async fn read(db: &Db, now: Millis, sender: &mpsc::Sender<Piece>) -> Result<Read, BackupError> {
    let mut tx = db.snapshot().await?;
    store::take_time(&mut tx, db.kind()).await?;
    let there = store::tables(&mut tx, db.kind()).await?;
    if !there.iter().any(|table| table == MIGRATIONS) {
        return Err(BackupError::NoSchema);
    }
    let (schema, known) = (store::schema(&mut tx).await?, newest_schema());
    if schema > known {
        return Err(BackupError::OfANewerConsole { has: schema, known });
    }
    let mut layouts = Vec::new();
    for table in TABLES.iter().filter(|table| there.iter().any(|name| name == *table)) {
        layouts.push(store::layout(&mut tx, db.kind(), table).await?);
    }
    let (left_out, others): (Vec<_>, Vec<_>) = there
        .into_iter()
        .filter(|table| table != MIGRATIONS && !TABLES.contains(&table.as_str()))
        .partition(|table| is_left_out(table));
    let header = Header {
        what: WHAT.to_owned(),
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        made_at_ms: now.0,
        database: match db.kind() {
            Kind::Sqlite => "sqlite".to_owned(),
            Kind::Postgres => "postgresql".to_owned(),
        },
        tables: layouts.iter().map(Layout::told).collect(),
        left_out,
    };
    let mut lines = line(&header)?;
    let mut counts = BTreeMap::new();
    for layout in &layouts {
        lines += &line(&Section { table: layout.table.clone() })?;
        let rows = store::rows(&mut tx, db.kind(), layout, &mut lines, PIECE, async |piece| {
            sender.send(Piece::Lines(piece)).await.map_err(|_| DbError::Lost)
        });
        counts.insert(layout.table.clone(), rows.await?);
    }
    sender.send(Piece::Lines(lines)).await.map_err(|_| DbError::Lost)?;
    Ok((header, counts, others))
}

fn line(what: &impl serde::Serialize) -> Result<String, DbError> {
    let text = serde_json::to_string(what).map_err(|error| DbError::Stored(error.to_string()))?;
    Ok(text + "\n")
}

/// Waiting for the disk must not hold up the rest.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| DbError::Lost)?
}
