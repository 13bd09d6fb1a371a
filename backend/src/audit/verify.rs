//! Walks the whole chain as it is stored, and tells the first broken place.

use std::num::NonZeroU64;

use domain::audit::{Break, Damage, Head, Verifier};
use tokio::sync::mpsc;

use super::{segment_store, store};
use crate::db::{Db, DbError, Tx};

/// Records in one text from the database.
const AT_ONCE: i64 = 1_000;

/// What a walk found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verified {
    Whole {
        /// The last record: keep it elsewhere, and give it to the next walk.
        head: Head,
        /// Records in the table; those of sealed stretches stand in their files.
        records: u64,
        /// How many were sealed before; `None` when none were.
        sealed: Option<NonZeroU64>,
    },
    Broken(Break),
}

/// Walks from the first record, or from the end of the last sealed stretch, to the end that the database tells, and
/// compares with `kept`, an end that was kept elsewhere. Reads one state of the database, whatever is written
/// meanwhile; hashes on a thread of its own.
///
/// # Errors
/// When the database cannot be read. A broken chain is no error.
pub async fn verify(db: &Db, kept: Option<Head>) -> Result<Verified, DbError> {
    let mut tx = db.snapshot().await?;
    let start = match sealed_end(&mut tx, kept).await? {
        Ok(start) => start,
        Err(broken) => return Ok(Verified::Broken(broken)),
    };
    let Some(told) = store::head(&mut *tx).await? else {
        return Ok(Verified::Broken(Break { sequence: 0, damage: Damage::NotTheHead }));
    };
    // A kept head inside a sealed stretch is compared by `verify_file`.
    let kept = kept.filter(|kept| kept.sequence >= start.sequence);
    let (sender, mut texts) = mpsc::channel::<String>(4);
    let hashing = tokio::task::spawn_blocking(move || {
        let mut verifier = Verifier::new(start, kept);
        while let Some(text) = texts.blocking_recv() {
            feed(&mut verifier, &text)?;
        }
        Ok(verifier)
    });
    let readable = read(&mut tx, sender).await?;
    drop(tx);
    let verifier = match hashing.await.map_err(|_| DbError::Lost)? {
        Ok(verifier) => verifier,
        Err(broken) => return Ok(Verified::Broken(broken)),
    };
    let end = match readable {
        Readable::ToTheEnd => verifier.finish(told),
        Readable::UpToHere => Err(Break { sequence: verifier.next(), damage: Damage::Changed }),
    };
    Ok(match end {
        Ok((head, records)) => {
            Verified::Whole { head, records, sealed: NonZeroU64::new(start.sequence.unsigned_abs()) }
        }
        Err(broken) => Verified::Broken(broken),
    })
}

/// Where the table begins: after the last sealed stretch, when they join each other.
pub(super) async fn sealed_end(tx: &mut Tx, kept: Option<Head>) -> Result<Result<Head, Break>, DbError> {
    let mut end = Head::START;
    for segment in segment_store::segments(&mut **tx).await? {
        let broken = |sequence| Ok(Err(Break { sequence, damage: Damage::Segment }));
        let segment = match segment {
            Ok(segment) => segment,
            Err(sequence) => return broken(sequence),
        };
        if segment.first != end.sequence + 1 || segment.hash_before != end.hash {
            return broken(segment.first);
        }
        end = Head { sequence: segment.last, hash: segment.hash_after };
        if kept.is_some_and(|kept| kept.sequence == end.sequence && kept.hash != end.hash) {
            return Ok(Err(Break { sequence: end.sequence, damage: Damage::NotTheHead }));
        }
    }
    Ok(Ok(end))
}

enum Readable {
    ToTheEnd,
    /// What comes next is no text or no number: the console never stores such.
    UpToHere,
}

/// Hands the table over in order, as long as somebody wants it.
async fn read(tx: &mut Tx, texts: mpsc::Sender<String>) -> Result<Readable, DbError> {
    let mut after = i64::MIN;
    let mut most = AT_ONCE;
    loop {
        match store::canonical(tx, after, most).await {
            Ok(None) => return Ok(Readable::ToTheEnd),
            Ok(Some((last, text))) => {
                if texts.send(text).await.is_err() {
                    return Ok(Readable::ToTheEnd);
                }
                after = last;
            }
            // Goes up to the bad one a record at a time, so that those before it are believed.
            Err(error) if store::is_unreadable(&error) && most > 1 => most = 1,
            Err(error) if store::is_unreadable(&error) => return Ok(Readable::UpToHere),
            Err(error) => return Err(error),
        }
    }
}

/// Every record in the text.
fn feed(verifier: &mut Verifier, mut text: &str) -> Result<(), Break> {
    while !text.is_empty() {
        let Some((sequence, canonical, hash, rest)) = first_record(text) else {
            return Err(Break { sequence: verifier.next(), damage: Damage::Changed });
        };
        verifier.feed(sequence, canonical.as_bytes(), hash)?;
        text = rest;
    }
    Ok(())
}

/// The sequence, the canonical form and the stored hash of the first record, and what follows it.
fn first_record(text: &str) -> Option<(i64, &str, &str, &str)> {
    let (sequence, mut rest) = field(text)?;
    for _ in 0..17 {
        rest = field(rest)?.1;
    }
    let canonical = text.get(..text.len() - rest.len())?;
    let (hash, rest) = field(rest)?;
    Some((sequence?.parse().ok()?, canonical, hash?, rest))
}

fn field(text: &str) -> Option<(Option<&str>, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        return Some((None, rest));
    }
    let (length, rest) = text.split_once(':')?;
    let length = length.parse().ok()?;
    Some((Some(rest.get(..length)?), rest.get(length..)?))
}
