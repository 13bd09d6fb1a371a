//! What a backup has as agreed to or under way may have been carried out after it was made.

use domain::{actions::Actor, time::Millis};

use super::store;
use crate::db::{DbError, Tx};

/// For a database that was just restored: no open run sends anything more. What was sent before is still looked for. How
/// many there were.
///
/// # Errors
/// When the database refuses, or a run cannot be read.
pub(crate) async fn hold_back(tx: &mut Tx, now: Millis) -> Result<usize, DbError> {
    let mut held = 0;
    for mut stored in store::open(&mut **tx).await? {
        let by = Actor::Console { rule: "restore".to_owned() };
        // One that somebody was stopping already stays so.
        let Ok(happened) = stored.run.cancel(by, now) else { continue };
        if !store::update(tx, &stored).await? {
            return Err(DbError::Conflict("a run was changed meanwhile"));
        }
        store::tell(tx, &stored.run.id, now, &happened).await?;
        held += 1;
    }
    Ok(held)
}
