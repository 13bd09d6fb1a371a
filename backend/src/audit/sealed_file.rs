//! Sealed stretches, read back from their files.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use domain::{
    audit::{Break, Damage, Hash, Head, Record, Verifier},
    time::Millis,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::segment_store::Segment;

/// Why a sealed file is not what was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealedFileError {
    #[error("{file} cannot be read: {error}")]
    Read { file: String, error: std::io::Error },
    #[error("{file}: {broken}")]
    Broken { file: String, broken: Break },
    /// Every record is right, but the file is not the one whose digest was kept.
    #[error("{0} is not the file that was sealed")]
    Digest(String),
}

/// Walks the chain through the file of the segment, and compares with `kept` where that lies in it; how many records
/// it holds. Blocks while it reads.
///
/// # Errors
/// When the file cannot be read, or is not what was sealed.
pub fn verify_file(folder: &Path, segment: &Segment, kept: Option<Head>) -> Result<u64, SealedFileError> {
    let name = || segment.file.clone();
    let unreadable = |error| SealedFileError::Read { file: name(), error };
    let broken = |broken| SealedFileError::Broken { file: name(), broken };
    let file = File::open(folder.join(&segment.file)).map_err(unreadable)?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut digest = Sha256::new();
    let start = Head { sequence: segment.first - 1, hash: segment.hash_before };
    let end = Head { sequence: segment.last, hash: segment.hash_after };
    let kept = kept.filter(|kept| (segment.first..=segment.last).contains(&kept.sequence));
    let mut verifier = Verifier::new(start, kept);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            break;
        }
        digest.update(&line);
        let changed = || broken(Break { sequence: verifier.next(), damage: Damage::Changed });
        let record = serde_json::from_slice(&line).map(record).map_err(|_| changed())?;
        verifier.feed(record.sequence, &record.canonical(), &record.hash).map_err(broken)?;
    }
    let (_, records) = verifier.finish(end).map_err(broken)?;
    if Hash(digest.finalize().into()).to_string() == segment.file_digest {
        Ok(records)
    } else {
        Err(SealedFileError::Digest(name()))
    }
}

/// What `json_line` wrote.
#[derive(Deserialize)]
struct Line {
    sequence: i64,
    at_ms: i64,
    verb: String,
    actor_kind: String,
    actor_id: Option<String>,
    actor_name: String,
    permission: Option<String>,
    object_kind: Option<String>,
    object_id: Option<String>,
    object_name: Option<String>,
    outcome: String,
    reason: Option<String>,
    before: Option<Box<RawValue>>,
    after: Option<Box<RawValue>>,
    operation: Option<Box<RawValue>>,
    address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    hash: String,
}

fn record(line: Line) -> Record {
    let raw = |value: Option<Box<RawValue>>| value.map(|value| value.get().to_owned());
    Record {
        sequence: line.sequence,
        at: Millis(line.at_ms),
        verb: line.verb,
        actor_kind: line.actor_kind,
        actor_id: line.actor_id,
        actor_name: line.actor_name,
        permission: line.permission,
        object_kind: line.object_kind,
        object_id: line.object_id,
        object_name: line.object_name,
        outcome: line.outcome,
        reason: line.reason,
        before_facts: raw(line.before),
        after_facts: raw(line.after),
        operation: raw(line.operation),
        address: line.address,
        user_agent: line.user_agent,
        request_id: line.request_id,
        hash: line.hash,
    }
}
