//! How the load is shared: hours on call for each person of a rotation.

use std::collections::BTreeMap;

use super::{
    chain::{Chain, Staffing, Tier},
    rotation::Who,
};
use crate::{access::PersonId, time::Millis};

/// The hours of one tier in one range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hours {
    /// Those of the rotation in its order, then whoever helped out.
    pub shares: Vec<Share>,
    /// Milliseconds that each would have, were all alike.
    pub fair: i64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    pub person: PersonId,
    /// Milliseconds on call.
    pub on_call: i64,
}

impl Chain {
    /// `None` for a tier without a rotation: all of its people are always on call.
    pub fn hours(&self, tier: &Tier, from: Millis, to: Millis) -> Option<Hours> {
        let Staffing::Rotation { rotation, overrides } = &tier.staffing else { return None };
        let mut on_call: BTreeMap<PersonId, i64> = BTreeMap::new();
        let mut covered = 0;
        for shift in rotation.shifts(overrides, &self.left, from, to) {
            let Who::On(person) = shift.on else { continue };
            let length = shift.to.since(shift.from);
            covered += length;
            *on_call.entry(person).or_default() += length;
        }
        let here = |person: &&PersonId| self.left.get(person).is_none_or(|since| *since > from);
        let own: Vec<PersonId> = rotation.people().iter().filter(here).cloned().collect();
        let fair = covered / (own.len().max(1) as i64);
        let mut shares: Vec<Share> = own
            .into_iter()
            .map(|person| Share { on_call: on_call.remove(&person).unwrap_or_default(), person })
            .collect();
        shares.extend(on_call.into_iter().map(|(person, on_call)| Share { person, on_call }));
        Some(Hours { shares, fair })
    }
}
