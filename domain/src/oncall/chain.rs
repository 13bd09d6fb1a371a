//! The tiers with their staffing: who is on call in each, and when that changes.

use super::{
    roster::{OnCall, Roster, RosterTier},
    rotation::{Left, Override, Rotation, Who},
    season::Seasons,
    shift::{Shift, cut},
};
use crate::{access::PersonId, time::Millis};

/// A step of the escalation chain, with everything that decides who is on call in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tier {
    pub number: u8,
    pub name: String,
    /// The channel of the configuration that reads its pages.
    pub channel: Option<String>,
    /// `None`: around the year.
    pub seasons: Option<Seasons>,
    pub staffing: Staffing,
}

/// Who a tier is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Staffing {
    /// Nobody was ever named.
    Nobody,
    /// All of them, always.
    People(Vec<PersonId>),
    Rotation {
        rotation: Rotation,
        overrides: Vec<Override>,
    },
    /// What is stored cannot be read any more: its zone is gone. The tier is skipped, and `why` is said.
    Broken {
        why: String,
    },
}

/// All tiers, in the order of their numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chain {
    pub tiers: Vec<Tier>,
    pub left: Left,
}

impl Chain {
    /// Who is on call in each tier at one moment.
    pub fn roster(&self, at: Millis) -> Roster {
        let tiers = self.tiers.iter().map(|tier| RosterTier {
            number: tier.number,
            name: tier.name.clone(),
            channel: tier.channel.clone(),
            on_call: self.on_call(tier, at),
        });
        Roster { tiers: tiers.collect() }
    }

    pub fn tier(&self, number: u8) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.number == number)
    }

    /// The shifts of a tier, covering the whole range.
    pub fn shifts(&self, tier: &Tier, from: Millis, to: Millis) -> Vec<Shift<OnCall>> {
        let mut changes: Vec<Millis> = self.left.values().copied().collect();
        changes.extend(tier.staffing.changes(&self.left, from, to));
        if let Some(seasons) = &tier.seasons {
            changes.extend(seasons.changes(from, to));
            if let Some(other) = self.tier(seasons.stand_in) {
                changes.extend(other.staffing.changes(&self.left, from, to));
            }
        }
        cut(from, to, changes, |at| self.on_call(tier, at))
    }

    /// The stretches of the range in which nobody is on call in a tier.
    pub fn gaps(&self, tier: &Tier, from: Millis, to: Millis) -> Vec<Shift<String>> {
        let shifts = self.shifts(tier, from, to).into_iter();
        shifts
            .filter_map(|Shift { from, to, on }| match on {
                OnCall::Nobody { why } => Some(Shift { from, to, on: why }),
                OnCall::People { .. } | OnCall::StandIn { .. } => None,
            })
            .collect()
    }

    /// Every person whom a tier may call, in the order of its staffing. Whoever only stands in is not among them.
    pub fn members<'a>(&self, tier: &'a Tier) -> &'a [PersonId] {
        match &tier.staffing {
            Staffing::People(people) => people,
            Staffing::Rotation { rotation, .. } => rotation.people(),
            Staffing::Nobody | Staffing::Broken { .. } => &[],
        }
    }

    fn on_call(&self, tier: &Tier, at: Millis) -> OnCall {
        let Some(seasons) = tier.seasons.as_ref().filter(|seasons| !seasons.holds(at)) else {
            return tier.staffing.on_call(&self.left, at);
        };
        let outside = format!("outside the seasons ({})", seasons.words());
        let Some(other) = self.tier(seasons.stand_in) else {
            return OnCall::Nobody {
                why: format!("{outside} tier {} stands in, which is not there", seasons.stand_in),
            };
        };
        let stands_in = format!("{outside} tier {} stands in", other.number);
        match other.staffing.on_call(&self.left, at) {
            OnCall::Nobody { why } => OnCall::Nobody { why: format!("{stands_in}, and there {why}") },
            OnCall::People { people } | OnCall::StandIn { people, .. } => {
                OnCall::StandIn { tier: other.number, people, why: stands_in }
            }
        }
    }
}

impl Staffing {
    fn on_call(&self, left: &Left, at: Millis) -> OnCall {
        match self {
            Staffing::Nobody => OnCall::Nobody { why: "nobody has been named".to_owned() },
            Staffing::Broken { why } => OnCall::Nobody { why: why.clone() },
            Staffing::People(people) => {
                let here = |person: &&PersonId| left.get(person).is_none_or(|since| *since > at);
                let people: Vec<_> = people.iter().filter(here).cloned().collect();
                match people.is_empty() {
                    true => OnCall::Nobody { why: "everybody who was named has left".to_owned() },
                    false => OnCall::People { people },
                }
            }
            Staffing::Rotation { rotation, overrides } => match rotation.who(overrides, left, at) {
                Who::On(person) => OnCall::People { people: vec![person] },
                Who::Gap(gap) => OnCall::Nobody { why: gap.words().to_owned() },
            },
        }
    }

    fn changes(&self, left: &Left, from: Millis, to: Millis) -> Vec<Millis> {
        match self {
            Staffing::Rotation { rotation, overrides } => rotation.changes(overrides, left, from, to),
            Staffing::Nobody | Staffing::People(_) | Staffing::Broken { .. } => Vec::new(),
        }
    }
}
