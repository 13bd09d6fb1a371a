//! What was seen is kept for some minutes, so that it can be pinned as it was seen. In memory and bounded: the oldest go.

use std::{collections::VecDeque, fmt};

use domain::{
    diagnostics::{Panel, Report},
    time::Millis,
};
use secrecy::ExposeSecret;

use super::{Diagnostics, Scope};
use crate::access::{HandleAlerts, Permit, secrets::random_token};

/// As long as somebody may need to read a page and to write a note. On real time: see `since`.
const KEPT_FOR: std::time::Duration = std::time::Duration::from_secs(20 * 60);
/// Of everybody together, and of one person.
const MOST_BYTES: usize = 16 << 20;
const MOST_OF_ONE: usize = 120;

/// The name of a look, which nobody can guess.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LookId(String);

impl LookId {
    /// Whatever a form sent.
    pub fn of(text: &str) -> LookId {
        LookId(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookId(…)")
    }
}

/// A look as it would be pinned.
#[derive(Clone)]
pub(super) struct KeptLook {
    pub id: LookId,
    person: String,
    pub scope: Scope,
    pub panel: Panel,
    pub at: Millis,
    pub sentence: String,
    pub content: String,
    since: std::time::Instant,
}

/// Oldest first.
#[derive(Default)]
pub(super) struct Kept {
    looks: VecDeque<KeptLook>,
    bytes: usize,
}

impl Kept {
    fn add(&mut self, look: KeptLook) {
        while self.looks.front().is_some_and(|oldest| oldest.since.elapsed() > KEPT_FOR) {
            self.drop_at(0);
        }
        let own = |one: &KeptLook| one.person == look.person;
        if self.looks.iter().filter(|one| own(one)).count() >= MOST_OF_ONE
            && let Some(oldest) = self.looks.iter().position(own)
        {
            self.drop_at(oldest);
        }
        self.bytes += look.content.len() + look.sentence.len();
        self.looks.push_back(look);
        while self.bytes > MOST_BYTES && !self.looks.is_empty() {
            self.drop_at(0);
        }
    }

    fn drop_at(&mut self, place: usize) {
        if let Some(gone) = self.looks.remove(place) {
            self.bytes = self.bytes.saturating_sub(gone.content.len() + gone.sentence.len());
        }
    }

    /// What this person saw under the id; `None` when it is gone, or was somebody else's.
    pub fn find(&self, person: &str, id: &LookId) -> Option<KeptLook> {
        let found = self.looks.iter().find(|look| look.id == *id && look.person == person)?;
        (found.since.elapsed() <= KEPT_FOR).then(|| found.clone())
    }

    /// As after a long time.
    #[cfg(test)]
    pub fn forget(&mut self) {
        *self = Kept::default();
    }
}

impl Diagnostics {
    pub(super) fn keep(
        &self,
        permit: &Permit<HandleAlerts>,
        scope: &Scope,
        panel: Panel,
        report: &Report,
        at: Millis,
    ) -> LookId {
        let id = LookId(random_token("").expose_secret().to_owned());
        self.kept().add(KeptLook {
            id: id.clone(),
            person: permit.person().as_str().to_owned(),
            scope: scope.clone(),
            panel,
            at,
            sentence: report.sentence.clone(),
            content: report.text(),
            since: std::time::Instant::now(),
        });
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(person: &str, number: usize, bytes: usize) -> KeptLook {
        KeptLook {
            id: LookId(number.to_string()),
            person: person.to_owned(),
            scope: Scope { platform: "wedsync".to_owned(), service: None },
            panel: Panel::Pods,
            at: Millis(0),
            sentence: String::new(),
            content: "x".repeat(bytes),
            since: std::time::Instant::now(),
        }
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_go_first() {
        let mut kept = Kept::default();
        for number in 0..1_000 {
            kept.add(look(&format!("p{}", number % 20), number, 32 * 1_024));
        }
        assert!(kept.bytes <= MOST_BYTES);
        assert_eq!(kept.bytes, kept.looks.iter().map(|look| look.content.len()).sum::<usize>());
        assert!(kept.find("p0", &LookId::of("0")).is_none());
        assert!(kept.find("p19", &LookId::of("999")).is_some());
        assert!(kept.find("p18", &LookId::of("999")).is_none(), "somebody else's");
    }

    #[test]
    fn one_person_does_not_push_the_others_out() {
        let mut kept = Kept::default();
        kept.add(look("ada", 0, 10));
        for number in 1..1_000 {
            kept.add(look("bo", number, 10));
        }
        assert!(kept.find("ada", &LookId::of("0")).is_some());
        assert_eq!(kept.looks.len(), 1 + MOST_OF_ONE);
        assert!(kept.find("bo", &LookId::of("1")).is_none() && kept.find("bo", &LookId::of("999")).is_some());
    }
}
