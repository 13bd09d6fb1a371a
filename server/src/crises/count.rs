//! How many crises are open, for every page: kept, and counted anew when a case changed.

use std::sync::{Mutex, PoisonError};

use app::OpenCrises;
use backend::crises::Cases;

#[derive(Default)]
pub struct Count(Mutex<Option<(u64, OpenCrises)>>);

impl Count {
    /// As it was last counted.
    pub fn now(&self) -> OpenCrises {
        self.lock().map(|(_, open)| open).unwrap_or_default()
    }

    /// Counts where something has changed since. What cannot be counted stays as it was known.
    pub async fn look(&self, cases: &Cases) {
        let changes = *cases.changes().borrow();
        if self.lock().is_some_and(|(seen, _)| seen == changes) {
            return;
        }
        match cases.open_and_worst().await {
            Ok((open, worst)) => *self.lock() = Some((changes, OpenCrises { open, worst })),
            Err(error) => tracing::warn!(%error, "open crises cannot be counted"),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(u64, OpenCrises)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
