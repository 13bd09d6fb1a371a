//! Things that are the same for many viewers are made once: drawn charts, whole pages.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// How new a made thing is. The same `revision` at a later `second` shows the same facts, an older age.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    pub revision: u64,
    pub second: i64,
}

/// At most so many things; more, and the cache begins anew.
const AT_MOST: usize = 256;

/// Keeps the newest made thing for each key, and never makes one twice at the same time.
pub struct Cache<K, V> {
    slots: Mutex<HashMap<K, Arc<Slot<V>>>>,
}

struct Slot<V> {
    made: Mutex<Option<(Stamp, V)>>,
    making: Arc<tokio::sync::Mutex<()>>,
}

impl<K: Eq + Hash + Clone, V: Clone + Send + 'static> Cache<K, V> {
    pub fn new() -> Cache<K, V> {
        Cache { slots: Mutex::default() }
    }

    /// The thing for `key` as of `stamp`. One of the same revision that is a second old is handed out
    /// while a new one is made behind it; otherwise the first to ask makes it, and the others wait.
    pub async fn get<E, F>(
        &self,
        key: &K,
        stamp: Stamp,
        make: impl FnOnce() -> F + Send + 'static,
    ) -> Result<V, E>
    where
        E: Send + 'static,
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let slot = self.slot(key);
        if let Some((made_at, value)) = slot.newest() {
            if made_at == stamp {
                return Ok(value);
            }
            if made_at.revision == stamp.revision && stamp.second - made_at.second <= 2 {
                if let Ok(turn) = slot.making.clone().try_lock_owned() {
                    tokio::spawn(async move {
                        if let Ok(value) = make().await {
                            slot.keep(stamp, value);
                        }
                        drop(turn);
                    });
                }
                return Ok(value);
            }
        }
        let _turn = slot.making.lock().await;
        if let Some((made_at, value)) = slot.newest()
            && made_at.revision >= stamp.revision
            && made_at.second >= stamp.second
        {
            return Ok(value);
        }
        let value = make().await?;
        slot.keep(stamp, value.clone());
        Ok(value)
    }

    fn slot(&self, key: &K) -> Arc<Slot<V>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key) {
            return slot.clone();
        }
        if slots.len() >= AT_MOST {
            slots.clear();
        }
        let slot = Arc::new(Slot { made: Mutex::new(None), making: Arc::default() });
        slots.insert(key.clone(), slot.clone());
        slot
    }
}

impl<V: Clone> Slot<V> {
    fn newest(&self) -> Option<(Stamp, V)> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, stamp: Stamp, value: V) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamp, value));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_thing_is_made_once_for_each_stamp_however_many_ask() {
        let cache: Arc<Cache<&str, u32>> = Arc::new(Cache::new());
        let makings = Arc::new(AtomicU32::new(0));
        let ask = |stamp: Stamp| {
            let (cache, makings) = (cache.clone(), makings.clone());
            async move {
                let make = move || async move {
                    tokio::task::yield_now().await;
                    Ok::<_, ()>(makings.fetch_add(1, Ordering::SeqCst) + 1)
                };
                cache.get(&"page", stamp, make).await.unwrap()
            }
        };
        let first = Stamp { revision: 1, second: 10 };
        let all = futures::future::join_all((0..20).map(|_| ask(first))).await;
        assert!(all.iter().all(|made| *made == 1));
        // A second later: the old one at once, a new one behind it.
        assert_eq!(ask(Stamp { revision: 1, second: 11 }).await, 1);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert_eq!(ask(Stamp { revision: 1, second: 11 }).await, 2);
        // New facts are never answered with old ones.
        assert_eq!(ask(Stamp { revision: 2, second: 11 }).await, 3);
        assert_eq!(makings.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_failed_is_not_kept() {
        let cache: Cache<&str, u32> = Cache::new();
        let stamp = Stamp { revision: 1, second: 1 };
        assert_eq!(cache.get(&"page", stamp, || async { Err::<u32, _>("no") }).await, Err("no"));
        assert_eq!(cache.get(&"page", stamp, || async { Ok::<_, &str>(7) }).await, Ok(7));
    }
}
