//! What was looked for on the board, kept under a number for a while: the address of what was found names nobody, and can
//! be gone back to and loaded again. Only whoever looked for it reaches it.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{access::PersonId, sealing::Private};
use uuid::Uuid;

/// As long as somebody works on what they found, and not much longer.
const KEPT_FOR: Duration = Duration::from_secs(3_600);
/// Of everybody; the oldest go first.
const MOST: usize = 1_000;

/// In memory alone: what is looked for is a name mostly, and has no place in a database.
#[derive(Default)]
pub struct Searches(Mutex<VecDeque<Search>>);

struct Search {
    id: String,
    of: PersonId,
    text: Private,
    /// When it was last looked for.
    at: Instant,
}

impl Searches {
    /// The number under which it is kept for this person; the same again for the same words.
    pub fn keep(&self, of: &PersonId, text: &str) -> String {
        self.keep_at(of, text, Instant::now())
    }

    /// What this person looked for; `None` when it is nobody's, somebody else's, or was too long ago.
    pub fn of(&self, of: &PersonId, id: &str) -> Option<String> {
        self.of_at(of, id, Instant::now())
    }

    fn keep_at(&self, of: &PersonId, text: &str, now: Instant) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|search| now.saturating_duration_since(search.at) < KEPT_FOR);
        let known = all.iter().position(|search| search.of == *of && search.text.expose() == text);
        let known = known.and_then(|place| all.remove(place)).map(|search| search.id);
        let id = known.unwrap_or_else(|| Uuid::now_v7().simple().to_string());
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(Search { id: id.clone(), of: of.clone(), text: Private::new(text), at: now });
        id
    }

    fn of_at(&self, of: &PersonId, id: &str, now: Instant) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |search: &&Search| search.id == id && search.of == *of;
        let found = all.iter().find(is_it)?;
        let is_kept = now.saturating_duration_since(found.at) < KEPT_FOR;
        is_kept.then(|| found.text.expose().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_looked_for_it_finds_it_again_and_not_for_ever() {
        let (searches, now) = (Searches::default(), Instant::now());
        let (ada, ben) = (PersonId::new("ada"), PersonId::new("ben"));
        let id = searches.keep_at(&ada, "okafor", now);
        assert!(!id.contains("okafor"));
        assert_eq!(searches.of_at(&ada, &id, now).as_deref(), Some("okafor"));
        assert_eq!(searches.of_at(&ben, &id, now), None);
        assert_eq!(searches.of_at(&ada, "none", now), None);
        assert_eq!(searches.keep_at(&ada, "okafor", now + KEPT_FOR / 2), id, "the same again");
        assert_ne!(searches.keep_at(&ben, "okafor", now), id);
        assert_eq!(searches.of_at(&ada, &id, now + KEPT_FOR).as_deref(), Some("okafor"));
        assert_eq!(searches.of_at(&ada, &id, now + KEPT_FOR * 2), None);
    }

    #[test]
    fn the_oldest_go_first() {
        let (searches, now, ada) = (Searches::default(), Instant::now(), PersonId::new("ada"));
        let first = searches.keep_at(&ada, "0", now);
        let second = searches.keep_at(&ada, "1", now);
        for number in 2..=MOST {
            searches.keep_at(&ada, &number.to_string(), now);
        }
        assert_eq!(searches.of_at(&ada, &first, now), None);
        assert!(searches.of_at(&ada, &second, now).is_some());
    }
}
