//! What a backup has in its queue may have been sent after it was made.

use domain::{notices::AttemptState, time::Millis};

use super::{queue_store, store};
use crate::db::{DbError, Tx};

/// No console has this id: what it was sending is taken over at the next start, and is in doubt then.
const SENDER: &str = "before the restore";

/// For a database that was just restored: nothing that waited is sent. Each is in doubt once a console serves, and a person
/// decides. How many there are.
///
/// # Errors
/// When the database refuses, or an attempt cannot be read.
pub(crate) async fn hold_back(tx: &mut Tx, now: Millis) -> Result<usize, DbError> {
    let mut held = 0;
    for mut stored in queue_store::waits(tx).await? {
        let is_ending = matches!(stored.attempt.state, AttemptState::Ending { .. });
        if stored.attempt.may_have_left(now) || is_ending {
            stored.sender = Some(SENDER.to_owned());
            store::update(tx, &mut stored).await?;
            held += 1;
        }
    }
    Ok(held)
}
