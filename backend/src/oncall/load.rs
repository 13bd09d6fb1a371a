//! The tiers with everything that decides who is on call: three short reads.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    access::PersonId,
    oncall::{Chain, Left, Override, Roster, Seasons, Staffing, Tier},
    time::Millis,
};
use jiff::tz::TimeZone;

use super::{
    board::{StoredOverride, TierState},
    staffing, store,
};
use crate::{
    access::{self, Known},
    db::{DbError, Tx},
};

/// Who is on call in each tier at this moment, who stands in, and why where nobody is.
///
/// # Errors
/// When the database cannot be read.
pub async fn roster(tx: &mut Tx, now: Millis) -> Result<Roster, DbError> {
    Ok(load(tx, now, now.plus(1)).await?.chain.roster(now))
}

/// What was read.
pub(super) struct Loaded {
    pub chain: Chain,
    pub states: Vec<TierState>,
    /// Everybody with an account, also those whose access was taken away.
    pub people: Vec<Known>,
    /// Those that touch the range, in the order in which they were made.
    pub overrides: Vec<StoredOverride>,
    /// When anything of it was last changed.
    pub changed_at: Millis,
}

/// Everything that decides about the range from `from` until just before `to`.
pub(super) async fn load(tx: &mut Tx, from: Millis, to: Millis) -> Result<Loaded, DbError> {
    let tiers = store::tiers(tx).await?;
    let overrides = store::overrides(tx, from, to).await?;
    let people = access::known(tx).await?;
    let mut by_tier: BTreeMap<u8, Vec<Override>> = BTreeMap::new();
    for one in &overrides {
        by_tier.entry(one.tier).or_default().push(Override {
            from: one.from,
            to: one.to,
            person: one.person.clone(),
            made_at: one.made_at,
        });
    }
    let changed = tiers.iter().map(|tier| tier.changed_at).chain(overrides.iter().map(|one| one.made_at));
    let changed_at = changed.max().unwrap_or_default();
    let mut chain = Chain::default();
    let mut states = Vec::new();
    for row in tiers {
        let own = by_tier.remove(&row.number).unwrap_or_default();
        let (staffing, written) = staffing::read(row.staffing.as_deref(), own);
        states.push(TierState { number: row.number, written, version: row.version });
        chain.tiers.push(Tier {
            number: row.number,
            name: row.name,
            channel: row.channel,
            seasons: seasons(row.seasons.as_deref(), row.season_zone.as_deref(), row.stand_in)?,
            staffing,
        });
    }
    chain.left = left(&people, &chain, &overrides);
    Ok(Loaded { chain, states, people, overrides, changed_at })
}

/// Whose access was taken away since then; whoever is named and has no account any more was never here.
fn left(people: &[Known], chain: &Chain, overrides: &[StoredOverride]) -> Left {
    let known: BTreeSet<&PersonId> = people.iter().map(|person| &person.id).collect();
    let in_tiers = chain.tiers.iter().flat_map(|tier| match &tier.staffing {
        Staffing::People(people) => people.as_slice(),
        Staffing::Rotation { rotation, .. } => rotation.people(),
        Staffing::Nobody | Staffing::Broken { .. } => &[],
    });
    let named = in_tiers.chain(overrides.iter().map(|one| &one.person));
    let removed =
        named.filter(|person| !known.contains(person)).map(|person| (person.clone(), Millis(i64::MIN)));
    let disabled = people.iter().filter_map(|person| Some((person.id.clone(), person.disabled_at?)));
    removed.chain(disabled).collect()
}

fn seasons(
    written: Option<&str>,
    zone: Option<&str>,
    stand_in: Option<u8>,
) -> Result<Option<Seasons>, DbError> {
    let (Some(written), Some(zone), Some(stand_in)) = (written, zone, stand_in) else { return Ok(None) };
    let wrong = |why: String| DbError::Stored(format!("the seasons {written:?}: {why}"));
    let texts: Vec<String> = serde_json::from_str(written).map_err(|error| wrong(error.to_string()))?;
    let seasons: Result<Vec<_>, _> = texts.iter().map(|text| text.parse()).collect();
    Ok(Some(Seasons {
        seasons: seasons.map_err(|error: domain::oncall::NotASeason| wrong(error.to_string()))?,
        // A zone that is not known any more: its midnights are at most half a day away from these.
        zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
        stand_in,
    }))
}
