//! What comes next: the shift of now, the next three, and the gaps.

use domain::{
    oncall::{Chain, OnCall, Shift, Tier},
    time::{DAY, Millis},
};

/// Far enough for three turns of the longest rotation that people make.
const AHEAD: i64 = 400 * DAY;
/// Gaps are shown so far ahead.
pub(super) const GAPS_AHEAD: i64 = 30 * DAY;
const NEXT: usize = 3;

/// The shift of now and those that follow, at most three. A shift that never ends has no end here.
pub(super) struct Ahead {
    pub now: Option<Shift<OnCall>>,
    /// Whether `now` ends within the next year.
    pub ends: bool,
    pub next: Vec<Shift<OnCall>>,
}

pub(super) fn ahead(chain: &Chain, tier: &Tier, now: Millis) -> Ahead {
    let horizon = now.plus(AHEAD);
    let mut shifts = chain.shifts(tier, now, horizon).into_iter();
    let first = shifts.next();
    let ends = first.as_ref().is_some_and(|shift| shift.to < horizon);
    Ahead { now: first, ends, next: shifts.take(NEXT).collect() }
}

/// The gaps of the next 30 days, with their tiers.
pub(super) fn gaps(chain: &Chain, now: Millis) -> Vec<(&Tier, Shift<String>)> {
    let of = |tier| chain.gaps(tier, now, now.plus(GAPS_AHEAD)).into_iter().map(move |gap| (tier, gap));
    let mut gaps: Vec<_> = chain.tiers.iter().flat_map(of).collect();
    gaps.sort_by_key(|(tier, gap)| (gap.from, tier.number));
    gaps
}
