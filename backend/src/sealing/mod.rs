//! Personal data at rest. A value is sealed with the data key of its owner (a case), which is stored wrapped by a
//! configured key. Without that key, or with a wrong one, everything stays locked and says why; nothing is ever written
//! in plain instead.

mod cipher;
mod columns;
mod data_rotation;
mod erasure;
mod index;
mod journal;
mod key_file;
mod locked;
mod rotation;
mod store;
#[cfg(test)]
mod tests;
mod values_store;
mod wrapping;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::time::Millis;

pub use self::{
    cipher::{DataKey, OpeningKey, Place},
    columns::{SEALED_COLUMNS, SealedColumn},
    data_rotation::DataRotated,
    erasure::Reconciled,
    index::{INDEX_OWNER, Index},
    key_file::read as read_key_file,
    locked::{Locked, SealingError},
    rotation::Rotated,
    wrapping::{WrappingKey, parse_keys},
};
use self::{key_file::KeyFile, store::Row, wrapping::Keyring};
use crate::{
    clock::Clock,
    config,
    db::{Db, DbError, Tx},
};

/// Rows that are read or written at once.
const AT_ONCE: usize = 500;

/// Seals and opens. Cheap to clone; clones share the keys. It keeps no data key: each is read and unwrapped anew (a few
/// microseconds), so that one that was destroyed is gone at once, for every console at this database.
#[derive(Clone)]
pub struct Sealing(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    keys: Mutex<Keys>,
    journal: journal::Journal,
}

struct Keys {
    ring: Arc<Keyring>,
    /// Watched, so that a rotation reaches a console that serves.
    file: Option<KeyFile>,
    fault: Option<String>,
}

impl Sealing {
    pub fn new(db: Db, clock: Clock, config: &config::Sealing) -> Sealing {
        let keys = Keys {
            ring: Arc::new(Keyring::new(config.keys.clone())),
            file: config.keys_file.clone().map(KeyFile::new),
            fault: config.fault.as_ref().map(ToString::to_string),
        };
        let journal = journal::Journal::new(config.erasures.clone());
        Sealing(Arc::new(Inner { db, clock, keys: Mutex::new(keys), journal }))
    }

    /// Why nothing could be sealed now; `None` when it can.
    pub fn locked(&self) -> Option<Locked> {
        self.keyring().newest().is_none().then(|| self.no_key())
    }

    /// The data key of this owner for writing, made when there is none. Until the transaction ends it is neither
    /// destroyed nor replaced, so what is sealed with it in that transaction can be opened.
    ///
    /// # Errors
    /// `Locked` when there is no key to wrap it by, when that of an existing one is not configured, or when it was
    /// destroyed; then nothing can be written for this owner. `DbError` when the database refuses.
    pub async fn make_key(&self, tx: &mut Tx, owner: &str) -> Result<DataKey, SealingError> {
        let ring = self.keyring();
        let newest = ring.newest().ok_or_else(|| self.no_key())?;
        if let Some(row) = store::hold(tx, self.0.db.kind(), owner).await? {
            return Ok(self.unwrap(&ring, owner, Some(row))?);
        }
        let made = DataKey::random();
        let row = Row {
            wrapped: newest.wrap(owner, &made),
            wrapped_by: newest.id().to_owned(),
            destroyed_at: None,
        };
        if store::insert(tx, owner, &row, self.0.clock.now()).await? {
            return Ok(made);
        }
        // Somebody else made it in between.
        let row = store::hold(tx, self.0.db.kind(), owner).await?;
        Ok(self.unwrap(&ring, owner, row)?)
    }

    /// New data keys, in the order of their owners, who have none: with a few statements, however many they are.
    ///
    /// # Errors
    /// `Locked` when there is no key to wrap them by. `DbError` when the database refuses, or an owner has one.
    pub async fn make_new_keys(&self, tx: &mut Tx, owners: &[&str]) -> Result<Vec<DataKey>, SealingError> {
        let ring = self.keyring();
        let newest = ring.newest().ok_or_else(|| self.no_key())?;
        let made: Vec<DataKey> = owners.iter().map(|_| DataKey::random()).collect();
        let rows = owners.iter().zip(&made).map(|(owner, key)| (*owner, newest.wrap(owner, key)));
        store::insert_all(tx, &rows.collect::<Vec<_>>(), newest.id(), self.0.clock.now()).await?;
        Ok(made)
    }

    /// The data keys of these owners for writing, as `make_key` has one; of those only who have one that can be unwrapped.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hold_keys(
        &self,
        tx: &mut Tx,
        owners: &[&str],
    ) -> Result<BTreeMap<String, DataKey>, DbError> {
        let mut keys = BTreeMap::new();
        for some in owners.chunks(AT_ONCE) {
            let ring = self.keyring();
            for (owner, row) in store::hold_all(tx, self.0.db.kind(), some).await? {
                keys.extend(self.unwrap(&ring, &owner, Some(row)).ok().map(|key| (owner, key)));
            }
        }
        Ok(keys)
    }

    /// The data key of this owner for reading. Read the values in the same snapshot or statement: with
    /// `key rotate --data` both change together.
    ///
    /// # Errors
    /// `Locked` with the reason, and `DbError` when the database refuses.
    pub async fn open_key(&self, tx: &mut Tx, owner: &str) -> Result<OpeningKey, SealingError> {
        let row = store::find(&mut **tx, owner).await?;
        Ok(self.unwrap(&self.keyring(), owner, row)?.into())
    }

    /// The data keys of all these owners for reading, as `open_key` has one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_keys(
        &self,
        tx: &mut Tx,
        owners: &[&str],
    ) -> Result<BTreeMap<String, Result<OpeningKey, Locked>>, DbError> {
        let mut keys = BTreeMap::new();
        for some in owners.chunks(AT_ONCE) {
            let mut rows = store::find_all(tx, some).await?;
            let ring = self.keyring();
            for owner in some {
                let key = self.unwrap(&ring, owner, rows.remove(*owner)).map(OpeningKey::from);
                keys.entry((*owner).to_owned()).or_insert(key);
            }
        }
        Ok(keys)
    }

    fn unwrap(&self, ring: &Keyring, owner: &str, row: Option<Row>) -> Result<DataKey, Locked> {
        let row = row.ok_or_else(|| Locked::NoDataKey { owner: owner.to_owned() })?;
        if let Some(at) = row.destroyed_at {
            return Err(Locked::Destroyed { at: Millis(at) });
        }
        if ring.newest().is_none() {
            return Err(self.no_key());
        }
        ring.unwrap(owner, &row.wrapped_by, &row.wrapped)
    }

    fn no_key(&self) -> Locked {
        Locked::NoKey { fault: self.keys().fault.clone() }
    }

    /// As they are in the file now, where they come from one. A file that cannot be read any more leaves those that are
    /// known.
    fn keyring(&self) -> Arc<Keyring> {
        let mut keys = self.keys();
        if let Some(read) = keys.file.as_mut().and_then(KeyFile::read_when_changed) {
            match read {
                Ok(read) => {
                    keys.ring = Arc::new(Keyring::new(read));
                    keys.fault = None;
                    tracing::info!("the encryption keys were read anew");
                }
                Err(error) => tracing::error!(
                    error,
                    "the encryption keys changed and cannot be read; those of before count"
                ),
            }
        }
        keys.ring.clone()
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
