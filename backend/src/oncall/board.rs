//! What the page of everybody who is on call shows.

use domain::{
    access::PersonId,
    oncall::{Chain, Roster},
    time::{DAY, Millis},
};

use super::{
    CONTACT_CHECK, ESCALATION_TEST, Feed, GAP_WARNING, SCHEDULE_CHECK, TestStory, WrittenStaffing,
    escalation_test,
    load::{Loaded, load},
    store,
};
use crate::{
    access::{Known, Permit, SeeStatus},
    db::{Db, DbError},
    schedule,
};

/// Everything of the page, as it is at one moment.
#[derive(Clone, Debug)]
pub struct Board {
    pub now: Millis,
    /// Holds the overrides from 40 days ago on.
    pub chain: Chain,
    /// As many as the chain has tiers, in the same order.
    pub tiers: Vec<TierState>,
    /// Everybody with an account, in the order of their names; also those whose access was taken away.
    pub people: Vec<Known>,
    /// Those that are not over, in the order in which they begin.
    pub overrides: Vec<StoredOverride>,
    /// The calendars of whoever looks.
    pub feeds: Vec<Feed>,
    /// The newest first.
    pub tests: Vec<TestStory>,
    /// What the console asked and tested by itself; the newest first.
    pub past: Vec<schedule::Past>,
}

/// What is stored of a tier beside the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TierState {
    pub number: u8,
    /// `None` when nobody was ever named, or it cannot be read any more.
    pub written: Option<WrittenStaffing>,
    /// To be given back with a change.
    pub version: i64,
}

/// An override with whoever made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredOverride {
    pub id: String,
    pub tier: u8,
    pub from: Millis,
    pub to: Millis,
    pub person: PersonId,
    pub note: String,
    pub made_by: PersonId,
    pub made_at: Millis,
    /// The other one of a swap.
    pub swapped_with: Option<String>,
}

/// Back to where the month of any zone began.
const BACK: i64 = 40 * DAY;
const TESTS: i64 = 3;
const PAST: u16 = 8;

/// Reads the page as `permit` may see it.
///
/// # Errors
/// When the database cannot be read.
pub async fn board(db: &Db, permit: &Permit<SeeStatus>, now: Millis) -> Result<Board, DbError> {
    let mut tx = db.snapshot().await?;
    let Loaded { chain, states, people, mut overrides, .. } =
        load(&mut tx, now.minus(BACK), Millis(i64::MAX)).await?;
    overrides.retain(|one| one.to > now);
    overrides.sort_by_key(|one| (one.from, one.made_at));
    let feeds = store::feeds(&mut *tx, permit.person()).await?;
    let tests = escalation_test::stories(&mut tx, TESTS).await?;
    tx.rollback().await?;
    let duties = [SCHEDULE_CHECK, CONTACT_CHECK, ESCALATION_TEST, GAP_WARNING];
    let mut past = schedule::past(db, &duties, 200).await?;
    // The hourly look for gaps is told only where it found some.
    past.retain(|past| {
        past.rule != GAP_WARNING || past.note.starts_with(|first: char| first.is_ascii_digit())
    });
    past.truncate(usize::from(PAST));
    Ok(Board { now, chain, tiers: states, people, overrides, feeds, tests, past })
}

/// Who is on call now, with everybody's names: for other pages.
///
/// # Errors
/// When the database cannot be read.
pub async fn on_call_now(
    db: &Db,
    _permit: &Permit<SeeStatus>,
    now: Millis,
) -> Result<(Roster, Vec<Known>), DbError> {
    let mut tx = db.snapshot().await?;
    let loaded = load(&mut tx, now, now.plus(1)).await?;
    tx.rollback().await?;
    Ok((loaded.chain.roster(now), loaded.people))
}
