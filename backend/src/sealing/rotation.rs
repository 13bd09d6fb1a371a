//! Every data key wrapped by the newest key, while the console serves.

use std::{collections::BTreeMap, time::Duration};

use domain::audit::{Actor, Entry, Facts, Origin};

use super::{AT_ONCE, Keyring, Locked, Sealing, SealingError, key_file, store, wrapping::WrappingKey};
use crate::{audit, db::DbError};

/// Between two batches, so that whoever waits to write has their turn.
const BREATH: Duration = Duration::from_millis(2);

/// What a rotation came to.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Rotated {
    /// The key that wraps everything now.
    pub by: String,
    /// Whether it was made for this.
    pub is_new: bool,
    /// How many data keys were wrapped again.
    pub wrapped: u64,
    /// How many there are by it in the end.
    pub in_all: u64,
    /// Those that could not be opened, by the id of what wrapped them: it is not configured, or they were changed.
    pub left: BTreeMap<String, u64>,
}

impl Sealing {
    /// Makes a new wrapping key in the key file, unless an earlier rotation is still to be finished or the keys come
    /// from the environment; then wraps every data key by the newest. Cut off at any point, nothing is lost, and the
    /// next call goes on. Old keys stay in the file: backups need them.
    ///
    /// # Errors
    /// When there is no key, one that is configured cannot be read, the key file cannot be written, or the database
    /// refuses.
    pub async fn rotate(&self, by_whom: &str) -> Result<Rotated, SealingError> {
        let (ring, is_new) = self.key_to_rotate_to().await?;
        let newest = ring.newest().ok_or_else(|| self.no_key())?;
        let mut rotated = Rotated { by: newest.id().to_owned(), is_new, ..Rotated::default() };
        // A console that had not read the key file again may have made one by the old key meanwhile.
        loop {
            let wrapped = self.wrap_all(&ring, newest).await?;
            rotated.wrapped += wrapped;
            if wrapped == 0 {
                break;
            }
        }
        for (by, keys) in store::counts(&self.0.db).await? {
            let keys = keys.unsigned_abs();
            if by == rotated.by {
                rotated.in_all = keys;
            } else {
                rotated.left.insert(by, keys);
            }
        }
        self.put_on_record(&rotated, by_whom).await?;
        Ok(rotated)
    }

    async fn key_to_rotate_to(&self) -> Result<(std::sync::Arc<Keyring>, bool), SealingError> {
        let ring = self.keyring();
        if let Some(fault) = self.keys().fault.clone() {
            return Err(Locked::NoKey { fault: Some(fault) }.into());
        }
        let newest = ring.newest().ok_or_else(|| self.no_key())?;
        let is_unfinished =
            store::counts(&self.0.db).await?.iter().any(|(by, _)| by != newest.id() && ring.has(by));
        let file = self.keys().file.as_ref().map(|file| file.path().to_owned());
        let Some(file) = file.filter(|_| !is_unfinished) else { return Ok((ring, false)) };
        let written = key_file::put_first(&file, &WrappingKey::random());
        written.map_err(|error| SealingError::KeyFile { path: file, error: error.to_string() })?;
        Ok((self.keyring(), true))
    }

    /// One pass; how many were wrapped.
    async fn wrap_all(&self, ring: &Keyring, newest: &WrappingKey) -> Result<u64, SealingError> {
        let (mut wrapped, mut after) = (0, String::new());
        loop {
            let rows = store::wrapped_otherwise(&self.0.db, newest.id(), &after, AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(wrapped) };
            after.clone_from(&last.id);
            let again: Vec<_> = rows
                .into_iter()
                .filter_map(|row| {
                    let key = ring.unwrap(&row.id, &row.wrapped_by, &row.wrapped).ok()?;
                    let new = newest.wrap(&row.id, &key);
                    Some((row.id, new, row.wrapped))
                })
                .collect();
            if !again.is_empty() {
                let mut tx = self.0.db.begin().await?;
                wrapped += store::wrap_again(&mut tx, newest.id(), &again).await?;
                tx.commit().await.map_err(DbError::from)?;
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    async fn put_on_record(&self, rotated: &Rotated, by_whom: &str) -> Result<(), SealingError> {
        let mut after = Facts::from([
            ("by".to_owned(), rotated.by.clone()),
            ("wrapped again".to_owned(), rotated.wrapped.to_string()),
            ("in all".to_owned(), rotated.in_all.to_string()),
        ]);
        for (by, keys) in &rotated.left {
            after.insert(format!("left under {by}"), keys.to_string());
        }
        let entry = Entry::new("encryption.rotated", Actor::console(by_whom), Origin::default())
            .changed(Facts::new(), after);
        let mut tx = self.0.db.begin().await?;
        audit::record(&mut tx, self.0.clock.now(), &entry).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    }
}
