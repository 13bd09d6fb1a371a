//! Who is on call, told as stories; the properties stand in `properties.rs`.

mod chain;
mod properties;
mod rotation;
mod written;

use jiff::Timestamp;

use super::{Left, Override, Rotation, Shift, Who, Written};
use crate::{access::PersonId, time::Millis};

/// `2026-03-29T08:00:00Z`
pub(super) fn at(text: &str) -> Millis {
    Millis(text.parse::<Timestamp>().unwrap().as_millisecond())
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name)
}

pub(super) fn people(names: &str) -> Vec<PersonId> {
    names.split_whitespace().map(PersonId::new).collect()
}

/// Weekly turns of these people.
pub(super) fn weekly(zone: &str, first_day: &str, handover_time: &str, names: &str) -> Rotation {
    let written = Written {
        zone: zone.to_owned(),
        first_day: first_day.to_owned(),
        handover_time: handover_time.to_owned(),
        length_weeks: 1,
        people: people(names),
    };
    written.check().unwrap()
}

pub(super) fn covering(from: &str, to: &str, name: &str, made_at: &str) -> Override {
    Override { from: at(from), to: at(to), person: person(name), made_at: at(made_at) }
}

pub(super) fn left(name: &str, since: &str) -> Left {
    Left::from([(person(name), at(since))])
}

/// "2026-03-23T00:00:00Z a", one a line, and the end.
pub(super) fn told(shifts: &[Shift<Who>]) -> Vec<String> {
    let moment = |at: Millis| Timestamp::from_millisecond(at.0).unwrap().to_string();
    let mut lines: Vec<_> = shifts
        .iter()
        .map(|shift| match &shift.on {
            Who::On(person) => format!("{} {person}", moment(shift.from)),
            Who::Gap(gap) => format!("{} nobody: {}", moment(shift.from), gap.words()),
        })
        .collect();
    lines.extend(shifts.last().map(|shift| moment(shift.to)));
    lines
}
