//! The filters as they stand in the address.

use backend::audit::Filter;
use domain::audit::{Outcome, harmless};
use jiff::{ToSpan as _, tz::TimeZone};
use serde::Deserialize;

use crate::filtering::{self, beyond, day, start};

/// Characters of one filter; what follows is left out.
const LONGEST: usize = 200;

/// The query of `/audit`, as it was typed. Empty means any.
#[derive(Clone, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// An id or a whole name.
    pub person: String,
    /// `person.invited`, or `person`.
    pub verb: String,
    /// `KIND` or `KIND:ID`.
    pub object: String,
    /// `done`, `refused`, `failed`.
    pub outcome: String,
    /// A day, in the console's zone.
    pub from: String,
    /// A day, and all of it.
    pub to: String,
    pub search: String,
    /// Records older than this one.
    pub before: Option<i64>,
}

impl Filters {
    /// What is asked of the log.
    ///
    /// # Errors
    /// The sentence for the person who typed it.
    pub fn filter(&self, zone: &TimeZone) -> Result<Filter, String> {
        // As records are kept, so that what is sought is found; the databases take no longer patterns either.
        let text = |typed: &str| Some(harmless(typed.trim(), LONGEST)).filter(|text| !text.is_empty());
        let outcome = match text(&self.outcome) {
            None => None,
            Some(word) => {
                Some(Outcome::from_word(&word).ok_or_else(|| format!("There is no outcome “{word}”."))?)
            }
        };
        let from = day(&self.from)?.map(|from| start(from, zone)).transpose()?;
        let to = match day(&self.to)? {
            Some(to) => Some(start(to.checked_add(1.day()).map_err(|_| beyond(to))?, zone)?),
            None => None,
        };
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err("The last day is before the first.".to_owned());
        }
        let object = text(&self.object).map(|object| match object.split_once(':') {
            Some((kind, id)) => (kind.trim().to_owned(), text(id)),
            None => (object, None),
        });
        Ok(Filter {
            person: text(&self.person),
            verb: text(&self.verb),
            object,
            outcome,
            from,
            to,
            search: text(&self.search),
        })
    }

    pub fn is_any(&self) -> bool {
        filtering::is_any(&self.pairs())
    }

    /// An address with these filters in its query: of the page, or of an export.
    pub(super) fn address(&self, path: &str, more: &[(&str, String)]) -> String {
        filtering::address(path, &self.pairs(), more)
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("person", &self.person),
            ("verb", &self.verb),
            ("object", &self.object),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("to", &self.to),
            ("search", &self.search),
        ]
    }
}
