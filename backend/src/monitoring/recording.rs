//! Taking polls in: the rows and every roll-up above them, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    monitoring::{Bucket, Sample, Width},
    time::{DAY, HOUR, MINUTE, Millis},
};

use super::store;
use crate::db::{DbError, Tx};

/// Raw polls are kept this long.
pub const RAW_FOR: i64 = 100 * DAY;
/// Five-minute roll-ups are kept this long; hours and days for ever.
pub const FIVE_MINUTES_FOR: i64 = 365 * DAY;

/// Stores polls of one platform and computes anew every bucket they touch. Late, doubled and
/// out-of-order samples are right: of two with the same time the later in the slice counts.
///
/// Polls older than raw ones are kept are stored all the same until the next clean-up: a bucket whose
/// own polls are gone is thereby replaced whole by what is given here.
pub async fn record(tx: &mut Tx, platform: &str, samples: &[Sample]) -> Result<(), DbError> {
    let given: BTreeMap<i64, &Sample> = samples.iter().map(|sample| (sample.at.0, sample)).collect();
    let (Some(first), Some(last)) = (given.keys().next(), given.keys().next_back()) else { return Ok(()) };
    let (from, to) =
        (Millis(*first).floor_to(5 * MINUTE), Millis(*last).floor_to(5 * MINUTE).plus(5 * MINUTE));
    let stored = store::polls(&mut **tx, platform, from, to).await?;
    let all_given: Vec<&Sample> = given.values().copied().collect();
    store::save_polls(tx, platform, &all_given).await?;

    let touched: BTreeSet<i64> = given.keys().map(|at| Millis(*at).floor_to(5 * MINUTE).0).collect();
    let mut all: BTreeMap<i64, &Sample> = stored.iter().map(|sample| (sample.at.0, sample)).collect();
    all.extend(&given);
    let fine: Vec<Bucket> = touched
        .iter()
        .map(|start| {
            let inside = all.range(*start..*start + 5 * MINUTE).map(|(_, sample)| *sample);
            Bucket::of(Width::FiveMinutes, Millis(*start), inside)
        })
        .collect();
    store::save_buckets(tx, platform, &fine).await?;
    widen(tx, platform, fine, Width::FiveMinutes, Width::Hour).await?;
    let hours: Vec<Bucket> = touched
        .iter()
        .map(|start| Millis(*start).floor_to(HOUR).0)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|start| Bucket::empty(Width::Hour, Millis(start)))
        .collect();
    widen(tx, platform, hours, Width::Hour, Width::Day).await
}

/// From when on raw polls are kept whole: the start of a five-minute bucket, so that no bucket is
/// computed from half its polls.
pub fn raw_since(now: Millis) -> Millis {
    now.minus(RAW_FOR).floor_to(5 * MINUTE)
}

/// Computes the wider buckets over every changed narrower one anew.
async fn widen(
    tx: &mut Tx,
    platform: &str,
    changed: Vec<Bucket>,
    from: Width,
    to: Width,
) -> Result<(), DbError> {
    let span = to.milliseconds();
    let starts: BTreeSet<i64> = changed.iter().map(|bucket| bucket.starts_at.floor_to(span).0).collect();
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return Ok(()) };
    // One query over the whole stretch; a batch far apart reads more than it needs, which is rare.
    let narrower = store::buckets(&mut **tx, platform, from, Millis(*first), Millis(last + span)).await?;
    let mut parts: BTreeMap<i64, Vec<&Bucket>> = BTreeMap::new();
    for bucket in &narrower {
        parts.entry(bucket.starts_at.floor_to(span).0).or_default().push(bucket);
    }
    let wider: Vec<Bucket> = starts
        .into_iter()
        .filter_map(|start| {
            parts.get(&start).map(|parts| Bucket::over(to, Millis(start), parts.iter().copied()))
        })
        .collect();
    store::save_buckets(tx, platform, &wider).await
}

/// Drops what is past its keeping, a piece at a time so that nobody waits for it. Says how much went.
pub async fn retain(tx: &mut Tx, now: Millis) -> Result<u64, DbError> {
    let raw = store::drop_polls(tx, raw_since(now), 5_000).await?;
    let fine = store::drop_five_minutes(tx, now.minus(FIVE_MINUTES_FOR).floor_to(HOUR)).await?;
    Ok(raw + fine)
}
