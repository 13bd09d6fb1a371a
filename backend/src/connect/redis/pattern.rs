//! Deleting keys by pattern: found by SCAN, deleted by UNLINK, in batches so small that nobody else waits.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;

use super::{Cache, ask};
use crate::connect::failure::Failure;

/// Keys that one SCAN looks at, at first.
const FIRST_BATCH: usize = 500;
/// More are never looked at at once, whatever is configured.
const LARGEST_BATCH: usize = 10_000;
/// Deleting a key takes longer than looking at it: an UNLINK takes this part of a batch.
const PART_OF_BATCH: usize = 2;
const SMALLEST_BATCH: usize = 50;
/// Above this, without the way there and back, batches become smaller; Redis serves nobody else meanwhile.
const LONGEST_COMMAND: Duration = Duration::from_millis(3);
const QUICK_COMMAND: Duration = Duration::from_millis(1);

/// Which keys: a glob that begins with letters, `ai:*`, and how many are looked at with one command at the most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    glob: String,
    batch: usize,
}

impl Pattern {
    /// `batch` is 1 to 10,000.
    ///
    /// # Errors
    /// `Invalid` for a pattern that would take everything.
    pub fn new(text: &str, batch: u32) -> Result<Pattern, Failure> {
        let start = text.chars().next();
        if !start.is_some_and(|sign| sign.is_alphanumeric()) || text.len() > 256 {
            return Err(Failure::invalid(
                "a pattern must begin with a letter or a digit: it would take every key",
            ));
        }
        let batch = usize::try_from(batch).unwrap_or(LARGEST_BATCH).clamp(1, LARGEST_BATCH);
        Ok(Pattern { glob: text.to_owned(), batch })
    }

    fn first(&self) -> usize {
        self.batch.min(FIRST_BATCH)
    }
}

/// Said to the work after each batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    On,
    Stop,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Keys that were looked at, as near as Redis tells.
    pub scanned: u64,
    /// Keys in the database when it began.
    pub keys: u64,
    /// Keys that matched: deleted, or in a dry run only counted.
    pub matched: u64,
}

/// What was done, also when it was not all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deleted {
    pub progress: Progress,
    pub end: End,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// Every key that was there from beginning to end was looked at.
    Done,
    /// Told to stop; it goes on from this cursor.
    Stopped { cursor: u64 },
    /// Something went wrong. Going on from this cursor deletes nothing twice that matters: a key is gone or not.
    Broken { cursor: u64, failure: Failure },
}

impl Cache {
    /// Deletes the keys of a pattern, from `cursor` on (0 at first). `progress` is called after each batch and may stop
    /// it. Keys that come meanwhile may stay.
    ///
    /// # Errors
    /// Only before the first batch: afterwards `Deleted` tells what was done.
    pub async fn delete_pattern(
        &self,
        pattern: &Pattern,
        cursor: u64,
        progress: impl FnMut(&Progress) -> Go,
    ) -> Result<Deleted, Failure> {
        self.walk(pattern, cursor, true, progress).await
    }

    /// Counts the keys of a pattern in the same way.
    ///
    /// # Errors
    /// As `delete_pattern`.
    pub async fn count_pattern(
        &self,
        pattern: &Pattern,
        progress: impl FnMut(&Progress) -> Go,
    ) -> Result<Deleted, Failure> {
        self.walk(pattern, 0, false, progress).await
    }

    /// The commands that `delete_pattern` sends, for a preview.
    pub fn pattern_commands(&self, pattern: &Pattern) -> String {
        format!(
            "SELECT {}\nSCAN <cursor> MATCH {} COUNT {}\nUNLINK <up to {} keys>",
            self.database,
            pattern.glob,
            pattern.first(),
            part_of(pattern.first())
        )
    }

    async fn walk(
        &self,
        pattern: &Pattern,
        mut cursor: u64,
        delete: bool,
        mut progress: impl FnMut(&Progress) -> Go,
    ) -> Result<Deleted, Failure> {
        let mut connection = self.connect().await?;
        let facts = self.facts(&mut connection).await?;
        if delete {
            facts.takes_changes()?;
        }
        let mut pace = Pace::measure(&mut connection, pattern).await?;
        let mut so_far = Progress { keys: facts.keys, ..Progress::default() };
        loop {
            let looks_at = pace.batch as u64;
            // Counted as they go: a batch that breaks off half-way has deleted what it has deleted.
            let matched = &mut so_far.matched;
            cursor = match one_batch(&mut connection, pattern, cursor, delete, &mut pace, matched).await {
                Ok(next) => next,
                Err(failure) => {
                    return Ok(Deleted { progress: so_far, end: End::Broken { cursor, failure } });
                }
            };
            so_far.scanned = (so_far.scanned + looks_at).min(so_far.keys);
            if cursor == 0 {
                so_far.scanned = so_far.keys;
            }
            let go = progress(&so_far);
            if cursor == 0 {
                return Ok(Deleted { progress: so_far, end: End::Done });
            }
            if go == Go::Stop {
                return Ok(Deleted { progress: so_far, end: End::Stopped { cursor } });
            }
        }
    }
}

/// One SCAN, and as many UNLINKs as its answer needs: it may hold more keys than were asked for. The next cursor.
async fn one_batch(
    connection: &mut MultiplexedConnection,
    pattern: &Pattern,
    cursor: u64,
    delete: bool,
    pace: &mut Pace,
    matched: &mut u64,
) -> Result<u64, Failure> {
    let mut scan = redis::cmd("SCAN");
    scan.arg(cursor).arg("MATCH").arg(&pattern.glob).arg("COUNT").arg(pace.batch);
    let begun = Instant::now();
    let (next, keys): (u64, Vec<Vec<u8>>) = ask(connection, &mut scan, false).await?;
    pace.took(begun.elapsed());
    if delete {
        for keys in keys.chunks(part_of(pace.batch)) {
            let begun = Instant::now();
            let gone: u64 = ask(connection, redis::cmd("UNLINK").arg(keys), true).await?;
            pace.took(begun.elapsed());
            *matched += gone;
        }
    } else {
        *matched += keys.len() as u64;
    }
    Ok(next)
}

/// Keys that one UNLINK takes.
fn part_of(batch: usize) -> usize {
    (batch / PART_OF_BATCH).max(1)
}

/// How large the batches are.
struct Pace {
    batch: usize,
    largest: usize,
    /// The way there and back.
    way: Duration,
}

impl Pace {
    async fn measure(connection: &mut MultiplexedConnection, pattern: &Pattern) -> Result<Pace, Failure> {
        let mut way = Duration::MAX;
        for _ in 0..3 {
            let begun = Instant::now();
            let _: () = ask(connection, &mut redis::cmd("PING"), false).await?;
            way = way.min(begun.elapsed());
        }
        Ok(Pace { batch: pattern.first(), largest: pattern.batch, way })
    }

    /// Half as large after a slow command, half as much again after a quick one.
    fn took(&mut self, time: Duration) {
        let work = time.saturating_sub(self.way);
        if work > LONGEST_COMMAND {
            self.batch = (self.batch / 2).max(SMALLEST_BATCH).min(self.largest);
        } else if work < QUICK_COMMAND {
            self.batch = (self.batch + self.batch.div_ceil(2)).min(self.largest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_never_takes_everything() {
        for bad in ["", "*", "?i:*", "[a-z]*", "\\*"] {
            assert!(Pattern::new(bad, 500).is_err(), "{bad}");
        }
        assert!(Pattern::new("ai:*", 500).is_ok() && Pattern::new("optimization:*", 500).is_ok());
    }

    #[test]
    fn batches_shrink_when_redis_is_slow_and_grow_again() {
        let mut pace = Pace { batch: 500, largest: 500, way: Duration::from_millis(20) };
        pace.took(Duration::from_millis(21));
        assert_eq!(pace.batch, 500, "a long way is not a slow server");
        for _ in 0..10 {
            pace.took(Duration::from_millis(30));
        }
        assert_eq!(pace.batch, SMALLEST_BATCH);
        for _ in 0..20 {
            pace.took(Duration::from_millis(20));
        }
        assert_eq!(pace.batch, 500);
    }

    #[test]
    fn no_batch_is_larger_than_is_configured() {
        for (batch, first, largest) in
            [(0, 1, 1), (1, 1, 1), (20, 20, 20), (2_000, 500, 2_000), (50_000, 500, 10_000)]
        {
            let pattern = Pattern::new("ai:*", batch).unwrap();
            let mut pace =
                Pace { batch: pattern.first(), largest: pattern.batch, way: Duration::from_millis(20) };
            assert_eq!(pace.batch, first, "{batch}");
            for _ in 0..20 {
                pace.took(Duration::from_millis(20));
                assert!(pace.batch <= largest && part_of(pace.batch) >= 1, "{batch}");
            }
            assert_eq!(pace.batch, largest, "{batch}");
            pace.took(Duration::from_millis(30));
            assert!(pace.batch <= largest, "{batch}");
        }
    }
}
