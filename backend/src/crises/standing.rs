//! How cases stand, as every page says it: how many are open, how bad the worst is, and whether couples can be written
//! down.

use domain::{monitoring::Level, time::Millis};

use super::{Cases, standing_store};
use crate::{db::DbError, sealing::Locked};

impl Cases {
    /// How many are open, and the worst severity of them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open_and_worst(&self) -> Result<(i64, Option<Level>), DbError> {
        standing_store::open_and_worst(self.0.db.read()).await
    }

    /// When one was last resolved; `None` when none was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_resolved(&self) -> Result<Option<Millis>, DbError> {
        standing_store::last_resolved(self.0.db.read()).await
    }

    /// Why nothing about a couple could be written down now; `None` when it can.
    pub fn locked(&self) -> Option<Locked> {
        self.0.sealing.locked()
    }
}
