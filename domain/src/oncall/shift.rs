//! A stretch of time in which the same is the case, and how a range is cut into such.

use crate::time::Millis;

/// From `from` on, until just before `to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shift<T> {
    pub from: Millis,
    pub to: Millis,
    pub on: T,
}

/// The whole range, cut where something can change; neighbours in which the same is the case are one. Empty when the range
/// is. `changes` may hold moments in any order, twice, and outside of the range.
pub(super) fn cut<T: PartialEq>(
    from: Millis,
    to: Millis,
    mut changes: Vec<Millis>,
    on: impl Fn(Millis) -> T,
) -> Vec<Shift<T>> {
    if to <= from {
        return Vec::new();
    }
    changes.retain(|at| *at > from && *at < to);
    changes.push(from);
    changes.sort_unstable();
    changes.dedup();
    let ends = changes.iter().skip(1).copied().chain([to]);
    let mut shifts: Vec<Shift<T>> = Vec::with_capacity(changes.len());
    for (begin, end) in changes.iter().copied().zip(ends) {
        let on = on(begin);
        match shifts.last_mut() {
            Some(last) if last.on == on => last.to = end,
            _ => shifts.push(Shift { from: begin, to: end, on }),
        }
    }
    shifts
}
