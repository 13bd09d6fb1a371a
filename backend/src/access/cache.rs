//! Sessions that were read a moment ago, so that a page costs no read. Emptied at once by every change that this
//! process makes; another process's changes show when an entry is two seconds old.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{
    access::PersonId,
    time::{MINUTE, Millis, SECOND},
};
use serde_json::Value;
use tokio::sync::watch;

use super::{
    sessions::{SessionContent, SessionKey},
    viewer::Account,
};

const FRESH: i64 = 2 * SECOND;
const MOST: usize = 4_096;
/// Last seen is written no more often.
const SEEN: i64 = MINUTE;

/// A session as it was read.
#[derive(Debug)]
pub struct Loaded {
    pub data: HashMap<String, Value>,
    pub created_at: Millis,
    /// `None` in a session of nobody.
    pub content: Option<SessionContent>,
    /// `None` while nobody is signed in.
    pub account: Option<Arc<Account>>,
}

#[derive(Clone, Debug)]
struct Entry {
    loaded: Arc<Loaded>,
    last_seen: Millis,
    read_at: Millis,
}

/// A session that was found, and whether it is time to write that it was seen.
#[derive(Clone, Debug)]
pub struct Found {
    pub loaded: Arc<Loaded>,
    pub last_seen: Millis,
}

/// What was forgotten while a read was under way must not come back with it: a read takes the generation before it
/// begins, and its answer is kept only when it is still the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generation(u64);

#[derive(Debug, Default)]
pub struct Cache {
    entries: Mutex<HashMap<SessionKey, Entry>>,
    generation: AtomicU64,
    /// Wakes whoever holds on to a viewer for long.
    changed: watch::Sender<()>,
}

impl Cache {
    pub fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    pub fn get(&self, key: &SessionKey, now: Millis) -> Option<Found> {
        let entries = self.entries();
        let entry = entries.get(key)?;
        let is_fresh = (0..FRESH).contains(&now.since(entry.read_at));
        is_fresh.then(|| Found { loaded: entry.loaded.clone(), last_seen: entry.last_seen })
    }

    pub fn put(&self, generation: Generation, key: SessionKey, found: &Found, now: Millis) {
        let mut entries = self.entries();
        if generation != self.generation() {
            return;
        }
        if entries.len() >= MOST {
            entries.retain(|_, entry| (0..FRESH).contains(&now.since(entry.read_at)));
            if entries.len() >= MOST {
                entries.clear();
            }
        }
        entries.insert(key, Entry { loaded: found.loaded.clone(), last_seen: found.last_seen, read_at: now });
    }

    /// Whether this use is to be written down. Of many at once one is told so.
    pub fn is_to_be_seen(&self, key: &SessionKey, now: Millis) -> bool {
        let mut entries = self.entries();
        match entries.get_mut(key) {
            Some(entry) if now.since(entry.last_seen) >= SEEN => {
                entry.last_seen = now;
                true
            }
            _ => false,
        }
    }

    pub fn forget(&self, key: &SessionKey) {
        let mut entries = self.entries();
        self.generation.fetch_add(1, Ordering::SeqCst);
        entries.remove(key);
        self.changed.send_replace(());
    }

    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub fn forget_person(&self, person: &PersonId) {
        let mut entries = self.entries();
        self.generation.fetch_add(1, Ordering::SeqCst);
        entries
            .retain(|_, entry| entry.loaded.content.as_ref().is_none_or(|content| content.person != *person));
        self.changed.send_replace(());
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<SessionKey, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Found {
        let loaded = Loaded { data: HashMap::new(), created_at: Millis(0), content: None, account: None };
        Found { loaded: Arc::new(loaded), last_seen: Millis(0) }
    }

    #[test]
    fn what_was_forgotten_during_a_read_does_not_come_back() {
        let (cache, key) = (Cache::default(), SessionKey::from_form("a"));
        let before = cache.generation();
        cache.forget(&key);
        cache.put(before, key.clone(), &found(), Millis(0));
        assert!(cache.get(&key, Millis(0)).is_none());
        cache.put(cache.generation(), key.clone(), &found(), Millis(0));
        assert!(cache.get(&key, Millis(FRESH - 1)).is_some());
        assert!(cache.get(&key, Millis(FRESH)).is_none(), "another process may have ended it");
    }

    #[test]
    fn it_is_bounded_and_a_use_is_told_once_a_minute() {
        let cache = Cache::default();
        for number in 0..2 * MOST {
            let key = SessionKey::from_form(number.to_string());
            cache.put(cache.generation(), key, &found(), Millis(MINUTE));
        }
        assert!(cache.entries().len() <= MOST);
        let key = SessionKey::from_form((2 * MOST - 1).to_string());
        assert!(cache.is_to_be_seen(&key, Millis(MINUTE)));
        assert!(!cache.is_to_be_seen(&key, Millis(2 * MINUTE - 1)));
        assert!(cache.is_to_be_seen(&key, Millis(2 * MINUTE)));
    }
}
