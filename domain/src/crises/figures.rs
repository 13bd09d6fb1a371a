//! The cases of each month in numbers: how long couples waited to be told, and what was late, by type.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Case, State};
use crate::time::{MINUTE, Millis};

/// A couple is told in time within this of the detection.
const TELL_WITHIN: i64 = 5 * MINUTE;

/// What counts of one case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figure {
    /// The key of its type.
    pub of: String,
    pub detected_at: Millis,
    /// When the couple was first told anything that did not come back.
    pub told_at: Option<Millis>,
    /// How many of its steps are, or were, late.
    pub late: usize,
    pub is_open: bool,
}

/// Of several cases. Spans are in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    pub cases: usize,
    pub open: usize,
    /// Of these cases, those whose couple was told.
    pub told: usize,
    pub told_in_time: usize,
    /// From the detection until the couple was told: half of those who were told waited no longer.
    pub median_to_tell: Option<i64>,
    pub longest_to_tell: Option<i64>,
    pub late_steps: usize,
    /// Cases of which any step is or was late.
    pub with_late: usize,
}

/// The cases that were detected in a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    pub all: Figures,
    /// By the key of the type, the most frequent first.
    pub by_type: Vec<(String, Figures)>,
}

impl Figure {
    /// `None` for a double: its couple is counted with the case that it went into.
    pub fn of(case: &Case, now: Millis) -> Option<Figure> {
        if let State::Merged { .. } = case.state {
            return None;
        }
        Some(Figure {
            of: case.of.key().to_owned(),
            detected_at: case.detected_at,
            told_at: case.told.values().min().copied(),
            late: if case.is_open() { case.late_steps(now) } else { case.settled_late().count() },
            is_open: case.is_open(),
        })
    }
}

impl Figures {
    fn of(figures: &[&Figure]) -> Figures {
        let told = |one: &&Figure| one.told_at.map(|at| at.since(one.detected_at).max(0));
        let mut waited: Vec<i64> = figures.iter().filter_map(told).collect();
        waited.sort_unstable();
        Figures {
            cases: figures.len(),
            open: figures.iter().filter(|one| one.is_open).count(),
            told: waited.len(),
            told_in_time: waited.iter().filter(|span| **span <= TELL_WITHIN).count(),
            median_to_tell: waited.get(waited.len().saturating_sub(1) / 2).copied(),
            longest_to_tell: waited.last().copied(),
            late_steps: figures.iter().map(|one| one.late).sum(),
            with_late: figures.iter().filter(|one| one.late > 0).count(),
        }
    }
}

/// Every month in which a case was detected, as months are in the zone; the newest first.
pub fn by_month(figures: &[Figure], zone: &TimeZone) -> Vec<Month> {
    let mut months: BTreeMap<Date, Vec<&Figure>> = BTreeMap::new();
    for one in figures {
        if let Ok(at) = Timestamp::from_millisecond(one.detected_at.0) {
            months.entry(at.to_zoned(zone.clone()).date().first_of_month()).or_default().push(one);
        }
    }
    months.into_iter().rev().map(|(first, figures)| month(first, &figures)).collect()
}

fn month(first: Date, figures: &[&Figure]) -> Month {
    let mut types: BTreeMap<&str, Vec<&Figure>> = BTreeMap::new();
    for &one in figures {
        types.entry(one.of.as_str()).or_default().push(one);
    }
    let mut by_type: Vec<(String, Figures)> =
        types.into_iter().map(|(of, figures)| (of.to_owned(), Figures::of(&figures))).collect();
    // Stable: types with as many cases stay in the order of their keys.
    by_type.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.cases));
    Month { first, all: Figures::of(figures), by_type }
}
