//! A rotation as people write it, and everything that can be wrong with it.

use std::{collections::BTreeSet, fmt};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::rotation::{Left, Override, Rotation};
use crate::{access::PersonId, time::Millis};

/// A turn is no longer than a year.
pub const MOST_WEEKS: i64 = 52;
pub const MOST_PEOPLE: usize = 100;

/// A rotation as it is stored and typed: nothing is checked yet.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// By its IANA name: `Europe/Stockholm`.
    pub zone: String,
    /// `2026-01-05`. Its weekday is the handover's.
    pub first_day: String,
    /// `09:00`, on the clocks of the zone.
    pub handover_time: String,
    pub length_weeks: i64,
    /// In the order of their turns.
    pub people: Vec<PersonId>,
}

/// What a fault is in, so that a form can say it there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    Zone,
    FirstDay,
    HandoverTime,
    LengthWeeks,
    People,
}

/// Why a rotation cannot be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    Zone(String),
    FirstDay(String),
    HandoverTime(String),
    LengthWeeks(i64),
    NoPeople,
    TooManyPeople(usize),
    NamelessPerson,
    Twice(PersonId),
}

impl Fault {
    pub fn field(&self) -> Field {
        match self {
            Fault::Zone(_) => Field::Zone,
            Fault::FirstDay(_) => Field::FirstDay,
            Fault::HandoverTime(_) => Field::HandoverTime,
            Fault::LengthWeeks(_) => Field::LengthWeeks,
            Fault::NoPeople | Fault::TooManyPeople(_) | Fault::NamelessPerson | Fault::Twice(_) => {
                Field::People
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Zone(zone) => {
                write!(f, "there is no time zone {zone:?}; write its IANA name, as in Europe/Stockholm")
            }
            Fault::FirstDay(day) => {
                write!(f, "{day:?} is not a day between 1970 and 2199; write it as in 2026-01-05")
            }
            Fault::HandoverTime(time) => write!(f, "{time:?} is not a time of day; write it as in 09:00"),
            Fault::LengthWeeks(weeks) => {
                write!(f, "a turn of {weeks} weeks cannot be; it has 1 to {MOST_WEEKS}")
            }
            Fault::NoPeople => {
                f.write_str("nobody is in it, so nobody would be called; name at least one person")
            }
            Fault::TooManyPeople(number) => write!(f, "{number} people are more than {MOST_PEOPLE}"),
            Fault::NamelessPerson => f.write_str("one of its people has no name"),
            Fault::Twice(person) => {
                write!(f, "{person} is in it twice; each person has one place in the order")
            }
        }
    }
}

impl Written {
    /// The rotation.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub fn check(&self) -> Result<Rotation, Vec<Fault>> {
        let mut faults = Vec::new();
        let zone = zone(&self.zone);
        let first_day = self
            .first_day
            .parse::<Date>()
            .ok()
            .filter(|day| (1970..=2199).contains(&day.year()) && self.first_day.len() == 10);
        let handover_time = time_of_day(&self.handover_time);
        if zone.is_none() {
            faults.push(Fault::Zone(self.zone.clone()));
        }
        if first_day.is_none() {
            faults.push(Fault::FirstDay(self.first_day.clone()));
        }
        if handover_time.is_none() {
            faults.push(Fault::HandoverTime(self.handover_time.clone()));
        }
        if !(1..=MOST_WEEKS).contains(&self.length_weeks) {
            faults.push(Fault::LengthWeeks(self.length_weeks));
        }
        faults.extend(self.people_faults());
        match (zone, first_day, handover_time) {
            (Some(zone), Some(first_day), Some(handover_time)) if faults.is_empty() => Ok(Rotation {
                zone,
                first_day,
                handover_time,
                length_weeks: self.length_weeks,
                people: self.people.clone(),
            }),
            _ => Err(faults),
        }
    }

    fn people_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.people.is_empty() {
            faults.push(Fault::NoPeople);
        }
        if self.people.len() > MOST_PEOPLE {
            faults.push(Fault::TooManyPeople(self.people.len()));
        }
        if self.people.iter().any(|person| person.as_str().trim().is_empty()) {
            faults.push(Fault::NamelessPerson);
        }
        let mut seen = BTreeSet::new();
        let twice = self.people.iter().filter(|person| !seen.insert(*person));
        faults.extend(twice.cloned().collect::<BTreeSet<_>>().into_iter().map(Fault::Twice));
        faults
    }
}

/// The zone of an IANA name. An offset or a rule written out is none: it would not move with the law.
fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some())
}

/// `09:00` or `09:00:00`, and nothing else that a time may be written as.
fn time_of_day(text: &str) -> Option<Time> {
    let plain = matches!(text.len(), 5 | 8) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    text.parse().ok().filter(|_| plain)
}

/// A whole rotation in one JSON text, for `bellwether rotation eval`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeText {
    zone: String,
    first_day: String,
    handover_time: String,
    length_weeks: i64,
    people: Vec<PersonId>,
    #[serde(default)]
    overrides: Vec<OverrideText>,
    #[serde(default)]
    left: Vec<LeftText>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideText {
    from: String,
    to: String,
    person: PersonId,
    made_at: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftText {
    person: PersonId,
    at: String,
}

/// A rotation with everything that decides who is on call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    pub rotation: Rotation,
    pub overrides: Vec<Override>,
    pub left: Left,
}

/// Why a document cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("it is not a rotation: {0}")]
    NotOne(String),
    #[error("{}", .0.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
    Rotation(Vec<Fault>),
    #[error("{place}: {text:?} is not a moment; write it as in 2026-03-28T20:00:00Z")]
    Moment { place: String, text: String },
    #[error("overrides[{index}] ends at {to}, which is not after {from}, where it begins")]
    EndsBefore { index: usize, from: String, to: String },
    #[error("{place} names nobody")]
    Nobody { place: String },
}

impl Document {
    /// Reads the JSON text of policy, section 4. `left` may be in it too: `[{"person":"c","at":"2026-04-01T00:00:00Z"}]`.
    ///
    /// # Errors
    /// The first thing that is wrong; of the rotation itself all of it.
    pub fn parse(json: &str) -> Result<Document, DocumentError> {
        let whole: WholeText =
            serde_json::from_str(json).map_err(|error| DocumentError::NotOne(error.to_string()))?;
        let WholeText { zone, first_day, handover_time, length_weeks, people, overrides, left } = whole;
        let written = Written { zone, first_day, handover_time, length_weeks, people };
        let rotation = written.check().map_err(DocumentError::Rotation)?;
        let overrides = overrides.into_iter().enumerate().map(|(index, text)| text.read(index));
        let left = left.into_iter().enumerate().map(|(index, text)| {
            let place = format!("left[{index}]");
            let at = moment(&format!("{place}.at"), &text.at)?;
            Ok((named(&place, text.person)?, at))
        });
        Ok(Document {
            rotation,
            overrides: overrides.collect::<Result<_, _>>()?,
            left: left.collect::<Result<_, _>>()?,
        })
    }
}

impl OverrideText {
    fn read(self, index: usize) -> Result<Override, DocumentError> {
        let place = format!("overrides[{index}]");
        let from = moment(&format!("{place}.from"), &self.from)?;
        let to = moment(&format!("{place}.to"), &self.to)?;
        let made_at = moment(&format!("{place}.made_at"), &self.made_at)?;
        if to <= from {
            return Err(DocumentError::EndsBefore { index, from: self.from, to: self.to });
        }
        Ok(Override { from, to, person: named(&place, self.person)?, made_at })
    }
}

fn moment(place: &str, text: &str) -> Result<Millis, DocumentError> {
    let read = text.parse::<Timestamp>();
    let wrong = |_| DocumentError::Moment { place: place.to_owned(), text: text.to_owned() };
    read.map(|at| Millis(at.as_millisecond())).map_err(wrong)
}

fn named(place: &str, person: PersonId) -> Result<PersonId, DocumentError> {
    if person.as_str().trim().is_empty() {
        return Err(DocumentError::Nobody { place: place.to_owned() });
    }
    Ok(person)
}
