//! The way back: a whole backup into an empty database, in one transaction.

use std::path::{Path, PathBuf};

use domain::{
    audit::{Actor, Entry, Facts, Object, Origin},
    time::Millis,
};
use tokio::sync::mpsc;

use super::{
    BackupError,
    file::{self, Line, Reading, damaged},
    format::{Header, Value},
    making::blocking,
    store::{self, Layout, MIGRATIONS},
    tables::{SEEDED, TABLES, is_left_out},
};
use crate::{
    actions,
    audit::{self, Verified},
    clock::Clock,
    config,
    db::{Db, DbError, Kind, Tx, newest_schema},
    notices,
    sealing::{Reconciled, Sealing},
};

/// So many bytes of values are handed to the database at once.
const AT_ONCE: usize = 1 << 20;
/// So many batches may wait for the database.
const AHEAD: usize = 4;

/// What was restored.
#[derive(Clone, PartialEq, Debug)]
pub struct Restored {
    pub header: Header,
    pub rows: u64,
    /// SHA-256 of the backup, as `Made` told it.
    pub digest: String,
    /// What the walk along the audit log found.
    pub audit: Verified,
    pub held: Held,
    /// What the journal of erasures came to.
    pub erasures: Reconciled,
    /// The journal that is not there: whoever was erased after the backup was made is back.
    pub no_journal: Option<PathBuf>,
}

/// What was under way when the backup was made, and may have happened since: the console does not do it again.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Held {
    /// Notices to couples that will be in doubt: a person decides.
    pub notices: usize,
    /// Runs that lapsed, or begin no other step.
    pub runs: usize,
}

/// Puts a backup into an empty database: reads all of it once before anything is written, makes the tables of its
/// schema, writes its rows, and brings them to this console's schema. Then it walks along the audit log, and erases
/// again whoever the journal of erasures names. `db` was opened without migrations.
///
/// # Errors
/// When the backup is not whole or of a newer console, when the database is not empty, or refuses. Unless something
/// goes wrong after the rows are in (the sentence says what), the database is as empty as it was.
pub async fn restore(
    db: &Db,
    clock: &Clock,
    sealing: &config::Sealing,
    path: &Path,
    by_whom: &str,
) -> Result<Restored, BackupError> {
    let file = path.to_owned();
    let (header, rows) = blocking(move || file::check(&file)).await?;
    let known = newest_schema();
    if header.schema > known {
        return Err(BackupError::Newer { version: header.version, schema: header.schema, known });
    }
    if let Some(has) = refuse_what_is_not_empty(&mut db.begin().await?, db.kind()).await?
        && has > header.schema
    {
        return Err(BackupError::Ahead { has, schema: header.schema });
    }
    db.migrate_to(header.schema).await?;

    let mut tx = db.begin().await?;
    store::take_time(&mut tx, db.kind()).await?;
    // Again, now that nobody else can write: another restore, or a console, may have been faster.
    refuse_what_is_not_empty(&mut tx, db.kind()).await?;
    let layouts = fitting(&mut tx, db.kind(), &header).await?;
    for table in layouts.iter().map(|layout| layout.table.as_str()).filter(|table| SEEDED.contains(table)) {
        store::clear(&mut tx, table).await?;
    }
    let digest = write(&mut tx, db.kind(), path, &header, &layouts).await?;
    if header.schema < known {
        // What later migrations do to the rows, they do outside of this transaction.
        tx.commit().await.map_err(DbError::from)?;
        db.migrate_to(known).await?;
        tx = db.begin().await?;
    }
    let now = clock.now();
    let held = Held {
        notices: notices::hold_back(&mut tx, now).await?,
        runs: actions::hold_back(&mut tx, now).await?,
    };
    let entry = entry(&header, rows, &digest, held, by_whom);
    audit::record(&mut tx, now, &entry).await?;
    tx.commit().await.map_err(DbError::from)?;

    let no_journal = (!sealing.erasures.exists()).then(|| sealing.erasures.clone());
    let audit = audit::verify(db, None).await?;
    let erasures = Sealing::new(db.clone(), clock.clone(), sealing).keep_erasures().await?;
    Ok(Restored { header, rows, digest, audit, held, erasures, no_journal })
}

/// The schema of an empty database, where it has tables already.
async fn refuse_what_is_not_empty(tx: &mut Tx, kind: Kind) -> Result<Option<i64>, BackupError> {
    let there = store::tables(tx, kind).await?;
    for table in &there {
        let is_ours = table == MIGRATIONS || TABLES.contains(&table.as_str()) || is_left_out(table);
        let what = match is_ours {
            false => format!("its table {table} is none of the console's"),
            true if table == MIGRATIONS || SEEDED.contains(&table.as_str()) => continue,
            true if store::has_rows(tx, table).await? => format!("its table {table} has rows"),
            true => continue,
        };
        return Err(BackupError::NotEmpty { what });
    }
    match there.iter().any(|table| table == MIGRATIONS) {
        true => Ok(Some(store::schema(tx).await?)),
        false => Ok(None),
    }
}

/// The tables of the database, in the order of the backup's, with their columns in the order of its rows.
async fn fitting(tx: &mut Tx, kind: Kind, header: &Header) -> Result<Vec<Layout>, BackupError> {
    let there = store::tables(tx, kind).await?;
    let is_told = |table: &String| header.tables.iter().any(|told| told.table == **table);
    let untold = there
        .iter()
        .find(|table| *table != MIGRATIONS && !is_told(table) && !header.left_out.contains(table));
    if let Some(table) = untold {
        return Err(BackupError::DoesNotFit(format!("it says nothing of the table {table}")));
    }
    let mut layouts = Vec::new();
    for told in &header.tables {
        let is_kept = there.contains(&told.table) && TABLES.contains(&told.table.as_str());
        let table = is_kept.then_some(told.table.as_str());
        let table =
            table.ok_or_else(|| BackupError::DoesNotFit(format!("there is no table {}", told.table)))?;
        let mut layout = store::layout(tx, kind, table).await?;
        let place = |name: &str| told.columns.iter().position(|column| column == name);
        let mut sorted: Vec<_> =
            layout.columns.drain(..).map(|column| (place(&column.name), column)).collect();
        sorted.sort_by_key(|(place, _)| *place);
        let is_whole = sorted.len() == told.columns.len()
            && sorted.iter().enumerate().all(|(at, (place, _))| *place == Some(at));
        if !is_whole {
            return Err(BackupError::DoesNotFit(format!("the columns of {table} are others")));
        }
        layout.columns = sorted.into_iter().map(|(_, column)| column).collect();
        layouts.push(layout);
    }
    Ok(layouts)
}

/// Rows of one table, or the end with the digest.
enum Batch {
    Rows(usize, Vec<Vec<Value>>),
    End(String),
}

/// Writes every row and counts what is there. The digest is looked at once more: the file may be another by now.
async fn write(
    tx: &mut Tx,
    kind: Kind,
    path: &Path,
    header: &Header,
    layouts: &[Layout],
) -> Result<String, BackupError> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let (file, first, of) = (path.to_owned(), header.clone(), layouts.to_vec());
    let reading = blocking(move || read(&file, &first, &of, kind, &sender));
    let writing = async {
        let mut written = vec![0; layouts.len()];
        while let Some(batch) = batches.recv().await {
            match batch {
                Batch::Rows(table, rows) => {
                    written[table] += rows.len() as u64;
                    store::insert(tx, &layouts[table], rows).await?;
                }
                Batch::End(digest) => return Ok((digest, written)),
            }
        }
        Err(BackupError::from(DbError::Lost))
    };
    let (writing, reading) = tokio::join!(writing, reading);
    let (digest, written) = match (writing, reading) {
        (Ok(written), Ok(())) => written,
        // Whoever ended first says why; the other one only that nobody was there any more.
        (Err(BackupError::Database(DbError::Lost)), Err(error)) | (Err(error), _) | (Ok(_), Err(error)) => {
            return Err(error);
        }
    };
    for (layout, written) in layouts.iter().zip(written) {
        if store::count(tx, &layout.table).await? != written {
            return Err(DbError::Stored(format!(
                "{} does not have as many rows as were written",
                layout.table
            ))
            .into());
        }
    }
    Ok(digest)
}

/// Hands on the rows of a backup in batches, and its digest at the end. Blocks meanwhile.
fn read(
    path: &Path,
    first: &Header,
    layouts: &[Layout],
    kind: Kind,
    sender: &mpsc::Sender<Batch>,
) -> Result<(), BackupError> {
    let mut reading = Reading::open(path)?;
    if reading.header != *first {
        return Err(damaged("it was changed while it was read"));
    }
    let (mut table, mut rows, mut size) = (0, Vec::new(), 0);
    let hand_on = |table, rows: &mut Vec<_>| match rows.is_empty() {
        true => Ok(()),
        false => sender.blocking_send(Batch::Rows(table, std::mem::take(rows))).map_err(|_| DbError::Lost),
    };
    loop {
        match reading.next()? {
            Line::Row => {
                let layout = layouts.get(table).ok_or_else(|| damaged("a row belongs to no table"))?;
                let row = values(reading.row()?, layout)?;
                size += row.iter().map(Value::size).sum::<usize>();
                rows.push(row);
                if size >= AT_ONCE || rows.len() >= store::rows_at_once(kind, layout) {
                    hand_on(table, &mut rows)?;
                    size = 0;
                }
            }
            Line::Table(next) => {
                hand_on(table, &mut rows)?;
                (table, size) = (next, 0);
            }
            Line::End => {
                hand_on(table, &mut rows)?;
                let end = Batch::End(std::mem::take(&mut reading.sha256));
                return Ok(sender.blocking_send(end).map_err(|_| DbError::Lost)?);
            }
        }
    }
}

fn values(row: Vec<serde_json::Value>, layout: &Layout) -> Result<Vec<Value>, BackupError> {
    let wrong = || damaged(&format!("a row does not fit the table {}", layout.table));
    if row.len() != layout.columns.len() {
        return Err(wrong());
    }
    let values = row.into_iter().zip(&layout.columns).map(|(json, column)| Value::read(json, column.kind));
    values.collect::<Option<_>>().ok_or_else(wrong)
}

fn entry(header: &Header, rows: u64, digest: &str, held: Held, by_whom: &str) -> Entry {
    let after = Facts::from([
        ("rows".to_owned(), rows.to_string()),
        ("made at".to_owned(), Millis(header.made_at_ms).to_string()),
        ("schema".to_owned(), header.schema.to_string()),
        ("of".to_owned(), format!("Bellwether {} on {}", header.version, header.database)),
        ("notices in doubt".to_owned(), held.notices.to_string()),
        ("runs held back".to_owned(), held.runs.to_string()),
    ]);
    Entry::new("backup.restored", Actor::console(by_whom), Origin::default())
        .about(Object::new("backup", digest, digest))
        .changed(Facts::new(), after)
}
