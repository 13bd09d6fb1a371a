//! How far a long step has come, and whether it is to leave off.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// Between whoever works and whoever watches. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    said: Mutex<Option<String>>,
    stops: AtomicBool,
}

impl Progress {
    pub(in crate::actions) fn new() -> Progress {
        Progress::default()
    }

    pub(super) fn say(&self, words: String) {
        if let Ok(mut said) = self.0.said.lock() {
            *said = Some(words);
        }
    }

    pub(in crate::actions) fn said(&self) -> Option<String> {
        self.0.said.lock().ok().and_then(|said| said.clone())
    }

    /// Leave off between two batches.
    pub(in crate::actions) fn stop(&self) {
        self.0.stops.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.0.stops.load(Ordering::Relaxed)
    }
}
