//! Retention: an old stretch goes to a file that is whole and on disk before its records leave the table.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use domain::{
    audit::{Actor, Break, Entry, Facts, Hash, Head, Object, Origin, Verifier},
    time::Millis,
};
use sha2::{Digest, Sha256};

use super::{Filter, json_line, segment_store, segment_store::Segment, store};
use crate::db::{Db, DbError};

const AT_ONCE: i64 = 500;

/// What went where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    pub segment: Segment,
    pub path: PathBuf,
    pub records: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("{} cannot be written: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    /// Sealing would hide it.
    #[error("the chain is broken: {0}; nothing was sealed")]
    Broken(Break),
    #[error("somebody else sealed or changed this stretch meanwhile; nothing was pruned")]
    Moved,
}

/// Writes every record older than `before`, but none after `not_beyond` (what some receiver has not been told yet), to
/// a file in `folder`, and then in one transaction takes them out of the table, keeps where they went, and records who
/// did that. Nothing leaves the table before the file is on disk. `None` when there is nothing that old.
///
/// # Errors
/// When the chain is broken, the file cannot be written, or the database refuses; then the table is as it was.
pub async fn seal(
    db: &Db,
    now: Millis,
    before: Millis,
    not_beyond: Option<i64>,
    folder: &Path,
    (actor, origin): (Actor, Origin),
) -> Result<Option<Sealed>, SealError> {
    let mut tx = db.snapshot().await?;
    let start = match super::verify::sealed_end(&mut tx, None).await? {
        Ok(start) => start,
        Err(broken) => return Err(SealError::Broken(broken)),
    };
    let last = segment_store::last_before(&mut tx, before).await?;
    let last = last.map(|last| last.min(not_beyond.unwrap_or(i64::MAX)));
    let Some(last) = last.filter(|last| *last > start.sequence) else { return Ok(None) };

    let path = folder.join(format!("audit-{:012}-{last:012}.ndjson", start.sequence + 1));
    let mut file = Writing::begin(&path)?;
    let mut verifier = Verifier::new(start, None);
    let mut end = start;
    while end.sequence < last {
        let place = store::Place::After(end.sequence);
        let most = AT_ONCE.min(last - end.sequence);
        let records = store::records(&mut *tx, &Filter::default(), place, most).await?;
        if records.is_empty() {
            return Err(SealError::Moved);
        }
        let mut text = String::new();
        for record in &records {
            verifier.feed(record.sequence, &record.canonical(), &record.hash).map_err(SealError::Broken)?;
            let hash: Hash = record.hash.parse().map_err(|_| SealError::Moved)?;
            end = Head { sequence: record.sequence, hash };
            text += &json_line(record);
        }
        file.write(&text)?;
    }
    drop(tx);
    // Waiting for the disk must not hold up the pages.
    let file_digest = tokio::task::spawn_blocking(|| file.finish()).await.map_err(|_| DbError::Lost)??;

    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let segment = Segment {
        first: start.sequence + 1,
        last,
        hash_before: start.hash,
        hash_after: end.hash,
        file: name.clone(),
        file_digest,
        sealed_at: now,
    };
    let records = (last - start.sequence).unsigned_abs();
    let after = Facts::from([
        ("records".to_owned(), format!("{} to {last}", segment.first)),
        ("file".to_owned(), name.clone()),
        ("digest".to_owned(), segment.file_digest.clone()),
        ("end".to_owned(), end.to_string()),
    ]);
    let entry = Entry::new("audit.sealed", actor, origin)
        .about(Object::new("audit-segment", segment.first.to_string(), name))
        .changed(Facts::new(), after);

    let mut tx = db.begin().await?;
    // Whoever sealed it meanwhile has its row; the name of the constraint is the refusal.
    segment_store::save(&mut tx, &segment).await?;
    if segment_store::prune(&mut tx, &segment).await? != records {
        return Err(SealError::Moved);
    }
    super::record(&mut tx, now, &entry).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(Some(Sealed { segment, path, records }))
}

/// A file that has its name only once it is whole and on disk.
struct Writing {
    path: PathBuf,
    part: PathBuf,
    file: File,
    digest: Sha256,
}

impl Writing {
    fn begin(path: &Path) -> Result<Writing, SealError> {
        let part = path.with_extension("part");
        let file = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| File::create(&part))
            .map_err(|error| SealError::File { path: part.clone(), error })?;
        Ok(Writing { path: path.to_owned(), part, file, digest: Sha256::new() })
    }

    fn write(&mut self, text: &str) -> Result<(), SealError> {
        self.digest.update(text);
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| SealError::File { path: self.part.clone(), error })
    }

    /// On disk under its name, and the name on disk too. The digest is returned.
    fn finish(self) -> Result<String, SealError> {
        let Writing { path, part, file, digest } = self;
        let folder = path.parent().unwrap_or(Path::new("."));
        file.sync_all()
            .and_then(|()| fs::rename(&part, &path))
            .and_then(|()| File::open(folder)?.sync_all())
            .map_err(|error| SealError::File { path: path.clone(), error })?;
        Ok(Hash(digest.finalize().into()).to_string())
    }
}
