//! Couples in trouble: how each crisis came about, what was done to it, and therefore how it stands at a moment.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::Serialize;

use crate::chance::{Stream, between, pick};
use crate::weddings::{Couple, Wedding};
use crate::world::Switch;

const KINDS: [(&str, &str); 6] = [
    ("vendor_cancelled", "The caterer has cancelled"),
    ("venue_unavailable", "The venue is closed by water damage"),
    ("weather_emergency", "A storm warning covers the open-air ceremony"),
    ("vendor_no_show", "The florist has not arrived"),
    ("schedule_conflict", "The registrar is booked twice"),
    ("supplier_delay", "The dress is held at customs"),
];
/// How many crises a wave brings when nobody says, and how they arrive: three at once, then one every so often.
const USUAL_WAVE: u32 = 24;
/// More would only be a test of memory.
const LARGEST_WAVE: u32 = 100_000;
const AT_ONCE: u32 = 3;
const APART: SignedDuration = SignedDuration::from_secs(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CrisisStatus {
    AiProcessing,
    AiFailed,
    Manual,
    Resolved,
}

/// What the AI makes of a crisis that nobody else touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays in `ai_processing`.
    Waits,
    /// It is nobody's but a person's from the start.
    ByHand,
    SolvedAfter(SignedDuration),
    FailsAfter(SignedDuration),
}

#[derive(Debug, Clone)]
struct Origin {
    id: String,
    wedding_id: String,
    wedding_date: Date,
    couple: Couple,
    kind: String,
    summary: String,
    created: Timestamp,
    fate: Fate,
}

/// A crisis at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct Crisis {
    /// Sorts by when it began.
    pub id: String,
    pub wedding_id: String,
    pub wedding_date: Date,
    pub couple: CoupleInNeed,
    pub crisis_type: String,
    pub status: CrisisStatus,
    pub created_at: Timestamp,
    pub summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    /// When it came to this status; not told, only asked for with `since`.
    #[serde(skip)]
    pub changed_at: Timestamp,
}

#[derive(Debug, Clone, Serialize)]
pub struct CoupleInNeed {
    pub names: String,
    pub email: String,
    pub phone: String,
    pub language: String,
}

/// One crisis put in by hand. What is left out is taken from a wedding of today.
#[derive(Debug, Clone, Default)]
pub struct Added {
    pub kind: Option<String>,
    pub summary: Option<String>,
    pub names: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub language: Option<String>,
    pub wedding_id: Option<String>,
    pub wedding_date: Option<Date>,
    pub status: Option<String>,
}

/// All that ever began, and what was done to each.
#[derive(Debug, Clone, Default)]
pub struct Crises {
    origins: Vec<Origin>,
    /// How many ever were, with those that were called off.
    begun: usize,
    assigned: BTreeMap<String, (Timestamp, String)>,
    resolved: BTreeMap<String, Timestamp>,
}

impl Crises {
    /// A wave: `count` at once, or the usual number over some minutes. `weddings` must not be empty.
    pub fn begin_wave(&mut self, seed: u64, now: Timestamp, count: Option<u32>, weddings: &[Wedding]) {
        let fates = |number: i64| match number % 5 {
            0 | 2 => Fate::Waits,
            3 => Fate::SolvedAfter(SignedDuration::from_secs(between(seed, Stream::Crisis, number, 4, 9))),
            _ => Fate::FailsAfter(SignedDuration::from_secs(between(seed, Stream::Crisis, number, 11, 18))),
        };
        for number in 0..count.unwrap_or(USUAL_WAVE).min(LARGEST_WAVE) {
            let late = if count.is_some() { 0 } else { (number + 1).saturating_sub(AT_ONCE) };
            let created = now.saturating_add(APART * late as i32).unwrap_or(now);
            self.begin(seed, created, fates(i64::from(number)), &weddings[number as usize % weddings.len()]);
        }
    }

    /// Those of a wave that have not begun by `now` never do.
    pub fn end_wave(&mut self, now: Timestamp) {
        self.origins.retain(|origin| origin.created <= now);
    }

    /// The one open crisis of a wedding day: the vendor of a wedding of today.
    pub fn open_for_wedding_day(&mut self, seed: u64, now: Timestamp, weddings: &[Wedding]) {
        self.begin(seed, now, Fate::Waits, &weddings[0]);
        if let Some(origin) = self.origins.last_mut() {
            origin.kind = KINDS[0].0.to_owned();
            origin.summary = format!("{}: {}", KINDS[0].1, origin.couple.names);
        }
    }

    /// Adds one by hand and returns its id. `status` may be `ai_processing` (the default), `ai_failed` or `manual`.
    pub fn add(
        &mut self,
        seed: u64,
        now: Timestamp,
        added: Added,
        weddings: &[Wedding],
    ) -> Result<String, String> {
        let fate = match added.status.as_deref() {
            None | Some("ai_processing") => Fate::Waits,
            Some("manual") => Fate::ByHand,
            Some("ai_failed") => Fate::FailsAfter(SignedDuration::ZERO),
            Some(other) => {
                return Err(format!("status {other:?}: expected ai_processing, ai_failed or manual"));
            }
        };
        let id = self.begin(seed, now, fate, &weddings[self.begun % weddings.len()]);
        if let Some(origin) = self.origins.iter_mut().find(|origin| origin.id == id) {
            let set = |field: &mut String, value: Option<String>| {
                if let Some(value) = value {
                    *field = value;
                }
            };
            set(&mut origin.kind, added.kind);
            set(&mut origin.couple.names, added.names);
            set(&mut origin.couple.email, added.email);
            set(&mut origin.couple.phone, added.phone);
            set(&mut origin.couple.language, added.language);
            set(&mut origin.wedding_id, added.wedding_id);
            origin.wedding_date = added.wedding_date.unwrap_or(origin.wedding_date);
            origin.summary =
                added.summary.unwrap_or_else(|| format!("{}: {}", origin.kind, origin.couple.names));
        }
        Ok(id)
    }

    fn begin(&mut self, seed: u64, created: Timestamp, fate: Fate, wedding: &Wedding) -> String {
        let number = self.begun;
        self.begun += 1;
        let (kind, what) = pick(seed, Stream::Crisis, number as i64 - (1 << 30), &KINDS);
        let id = format!("cr-{:013}-{number:05}", created.as_millisecond());
        self.origins.push(Origin {
            id: id.clone(),
            wedding_id: wedding.id.clone(),
            wedding_date: wedding.date,
            couple: wedding.couple.clone(),
            kind: kind.to_owned(),
            summary: format!("{what}: {}", wedding.couple.names),
            created,
            fate,
        });
        id
    }

    /// Gives a crisis to a person. An error says what stands against it.
    pub fn assign(&mut self, id: &str, to: &str, now: Timestamp, manual: &Switch) -> Result<(), Refusal> {
        if self.find(id, now, manual)?.status == CrisisStatus::Resolved {
            return Err(Refusal::AlreadyResolved);
        }
        let first = self.assigned.get(id).map_or(now, |(at, _)| *at);
        self.assigned.insert(id.to_owned(), (first, to.to_owned()));
        Ok(())
    }

    /// Ends a crisis; ending it again changes nothing.
    pub fn resolve(&mut self, id: &str, now: Timestamp, manual: &Switch) -> Result<(), Refusal> {
        if self.find(id, now, manual)?.status != CrisisStatus::Resolved {
            self.resolved.insert(id.to_owned(), now);
        }
        Ok(())
    }

    /// Ends all of them, also those of a wave that were still to come. Returns how many were open.
    pub fn end_all(&mut self, now: Timestamp, manual: &Switch) -> usize {
        self.end_wave(now);
        let open = self.at(now, manual).into_iter().filter(|crisis| crisis.status != CrisisStatus::Resolved);
        let ids: Vec<String> = open.map(|crisis| crisis.id).collect();
        let count = ids.len();
        self.resolved.extend(ids.into_iter().map(|id| (id, now)));
        count
    }

    /// One crisis as it stands at `now`.
    pub fn find(&self, id: &str, now: Timestamp, manual: &Switch) -> Result<Crisis, Refusal> {
        self.origins
            .iter()
            .find(|origin| origin.id == id && origin.created <= now)
            .map(|origin| self.told(origin, now, manual))
            .ok_or(Refusal::Unknown)
    }

    /// All that have begun by `now`, by id.
    #[must_use]
    pub fn at(&self, now: Timestamp, manual: &Switch) -> Vec<Crisis> {
        let begun = self.origins.iter().filter(|origin| origin.created <= now);
        let mut crises: Vec<Crisis> = begun.map(|origin| self.told(origin, now, manual)).collect();
        crises.sort_by(|one, other| one.id.cmp(&other.id));
        crises
    }

    fn told(&self, origin: &Origin, now: Timestamp, manual: &Switch) -> Crisis {
        let assigned = self.assigned.get(&origin.id);
        let (status, changed_at) = self.standing(origin, now, manual);
        Crisis {
            id: origin.id.clone(),
            wedding_id: origin.wedding_id.clone(),
            wedding_date: origin.wedding_date,
            couple: CoupleInNeed {
                names: origin.couple.names.clone(),
                email: origin.couple.email.clone(),
                phone: origin.couple.phone.clone(),
                language: origin.couple.language.clone(),
            },
            crisis_type: origin.kind.clone(),
            status,
            created_at: origin.created,
            summary: origin.summary.clone(),
            assigned_to: assigned.map(|(_, to)| to.clone()),
            changed_at,
        }
    }

    /// The status at `now`, and since when. Whoever is first has it: a person, manual mode, or the AI.
    fn standing(&self, origin: &Origin, now: Timestamp, manual: &Switch) -> (CrisisStatus, Timestamp) {
        if let Some(at) = self.resolved.get(&origin.id).filter(|at| **at <= now) {
            return (CrisisStatus::Resolved, *at);
        }
        let solved = match origin.fate {
            Fate::SolvedAfter(after) => origin.created.checked_add(after).ok().filter(|at| *at <= now),
            Fate::Waits | Fate::ByHand | Fate::FailsAfter(_) => None,
        };
        let by_mode = manual.first_on(origin.created, now);
        let by_person = self.assigned.get(&origin.id).map(|(at, _)| *at).filter(|at| *at <= now);
        let taken = by_mode.into_iter().chain(by_person).min();
        if let Some(solved) = solved.filter(|solved| taken.is_none_or(|taken| *solved <= taken)) {
            return (CrisisStatus::Resolved, solved);
        }
        if let Some(taken) = taken {
            return (CrisisStatus::Manual, taken);
        }
        match origin.fate {
            Fate::FailsAfter(after) => match origin.created.checked_add(after).ok().filter(|at| *at <= now) {
                Some(failed) => (CrisisStatus::AiFailed, failed),
                None => (CrisisStatus::AiProcessing, origin.created),
            },
            Fate::ByHand => (CrisisStatus::Manual, origin.created),
            Fate::Waits | Fate::SolvedAfter(_) => (CrisisStatus::AiProcessing, origin.created),
        }
    }
}

/// Why nothing was done to a crisis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    AlreadyResolved,
}
