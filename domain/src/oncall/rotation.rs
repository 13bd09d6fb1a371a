//! Whose turn it is: a function of the rotation, its overrides, who has left, and a moment.

use std::collections::BTreeMap;

use jiff::{
    Span, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::shift::{Shift, cut};
use crate::{
    access::PersonId,
    time::{DAY, Millis},
};

/// People in turns. Made by `Written::check`, so that it always has somebody in it, a zone that exists and turns of at
/// least a week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rotation {
    pub(super) zone: TimeZone,
    pub(super) first_day: Date,
    pub(super) handover_time: Time,
    pub(super) length_weeks: i64,
    pub(super) people: Vec<PersonId>,
}

/// Somebody in the place of whoever's turn it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    pub from: Millis,
    pub to: Millis,
    /// Need not be one of the rotation's people: a colleague may help out.
    pub person: PersonId,
    /// Of those that overlap, the latest made wins; of two made at once the later in the list.
    pub made_at: Millis,
}

/// Who left, and when: their accounts cannot be used any more.
pub type Left = BTreeMap<PersonId, Millis>;

/// Who is on call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    On(PersonId),
    Gap(Gap),
}

/// Why nobody is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gap {
    /// The first turn has not begun.
    NotBegun,
    /// All of its people have left.
    AllLeft,
}

impl Gap {
    /// After "nobody is on call: ".
    pub fn words(self) -> &'static str {
        match self {
            Gap::NotBegun => "the first turn has not begun",
            Gap::AllLeft => "everybody in the rotation has left",
        }
    }
}

impl Rotation {
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// In the order of their turns.
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// Who is on call at one moment.
    pub fn who(&self, overrides: &[Override], left: &Left, at: Millis) -> Who {
        let gone = |person: &PersonId| left.get(person).is_some_and(|since| *since <= at);
        let covering = overrides
            .iter()
            .filter(|one| one.from <= at && at < one.to && !gone(&one.person))
            // The last of equals.
            .max_by_key(|one| one.made_at);
        if let Some(covering) = covering {
            return Who::On(covering.person.clone());
        }
        let Some(turn) = self.turn_at(at) else { return Who::Gap(Gap::NotBegun) };
        let first = turn.rem_euclid(self.people.len().max(1) as i64) as usize;
        let in_turn = self.people.iter().cycle().skip(first).take(self.people.len());
        in_turn
            .into_iter()
            .find(|person| !gone(person))
            .map_or(Who::Gap(Gap::AllLeft), |person| Who::On(person.clone()))
    }

    /// The shifts of a range, covering all of it, in order; neighbours of one person are one shift.
    pub fn shifts(&self, overrides: &[Override], left: &Left, from: Millis, to: Millis) -> Vec<Shift<Who>> {
        let near: Vec<Override> =
            overrides.iter().filter(|one| one.from < to && one.to > from).cloned().collect();
        cut(from, to, self.changes(&near, left, from, to), |at| self.who(&near, left, at))
    }

    /// The next handover after a moment.
    pub fn next_handover(&self, after: Millis) -> Option<Millis> {
        match self.turn_at(after) {
            Some(turn) => self.handover(turn.checked_add(1)?),
            None => self.handover(0),
        }
    }

    /// Every moment of the range at which somebody else may come.
    pub(super) fn changes(
        &self,
        overrides: &[Override],
        left: &Left,
        from: Millis,
        to: Millis,
    ) -> Vec<Millis> {
        let mut changes: Vec<Millis> = overrides.iter().flat_map(|one| [one.from, one.to]).collect();
        changes.extend(left.values());
        let mut turn = self.turn_at(from).map_or(0, |turn| turn.saturating_add(1));
        while let Some(handover) = self.handover(turn).filter(|handover| *handover < to) {
            changes.push(handover);
            turn += 1;
        }
        changes
    }

    /// The turn of a moment; `None` before the first.
    fn turn_at(&self, at: Millis) -> Option<i64> {
        let since = at.since(self.handover(0)?);
        // A zone's clocks move by hours, and once by a day: the estimate is one off at the most.
        let estimate = since.div_euclid(self.length_weeks.max(1) * 7 * DAY);
        let near = [estimate.checked_add(1)?, estimate, estimate.checked_sub(1)?];
        near.into_iter()
            .filter(|turn| *turn >= 0)
            .find(|turn| self.handover(*turn).is_some_and(|handover| handover <= at))
    }

    /// When a turn begins; `None` beyond the end of the calendar. An hour that the clocks skip comes that much later; of
    /// one that they repeat, the first counts.
    fn handover(&self, turn: i64) -> Option<Millis> {
        let days = turn.checked_mul(self.length_weeks)?.checked_mul(7)?;
        let day = self.first_day.checked_add(Span::new().try_days(days).ok()?).ok()?;
        let at: Timestamp = day.to_datetime(self.handover_time).to_zoned(self.zone.clone()).ok()?.timestamp();
        Some(Millis(at.as_millisecond()))
    }
}
