//! Every sealed value encrypted again with a new data key, one owner after another.

use domain::audit::{Actor, Entry, Facts, Origin};

use super::{
    AT_ONCE, DataKey, INDEX_OWNER, Keyring, Locked, Place, SealedColumn, Sealing, SealingError, store,
    store::Row, values_store,
};
use crate::{audit, db::DbError};

/// What it came to.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct DataRotated {
    pub owners: u64,
    pub values: u64,
    /// Those who were left as they are, with the reason.
    pub left: Vec<(String, Locked)>,
}

impl Sealing {
    /// Gives every owner a new data key and encrypts all of their values in these columns again, each owner in one
    /// short transaction. An owner with a value that does not open is left as they are, and named. The key of the
    /// blind index stays. Cut off, each owner is done or as before; called again, it begins anew.
    ///
    /// # Errors
    /// When there is no key, or the database refuses.
    pub async fn rotate_data(
        &self,
        columns: &[SealedColumn],
        by_whom: &str,
    ) -> Result<DataRotated, SealingError> {
        let ring = self.keyring();
        ring.newest().ok_or_else(|| self.no_key())?;
        let begun = self.0.clock.now();
        let (mut rotated, mut after) = (DataRotated::default(), String::new());
        loop {
            let owners = store::made_before(&self.0.db, begun, &after, AT_ONCE).await?;
            let Some(last) = owners.last() else { break };
            after.clone_from(last);
            for owner in owners.iter().filter(|owner| *owner != INDEX_OWNER) {
                match self.rotate_owner(&ring, columns, owner).await {
                    Ok(values) => {
                        rotated.owners += 1;
                        rotated.values += values;
                    }
                    // Somebody was erased meanwhile: there is nothing to encrypt.
                    Err(SealingError::Locked(Locked::Destroyed { .. })) => {}
                    Err(SealingError::Locked(why)) => rotated.left.push((owner.clone(), why)),
                    Err(error) => return Err(error),
                }
            }
        }
        let after = Facts::from([
            ("owners".to_owned(), rotated.owners.to_string()),
            ("values".to_owned(), rotated.values.to_string()),
            ("left".to_owned(), rotated.left.len().to_string()),
        ]);
        let entry = Entry::new("encryption.data_rotated", Actor::console(by_whom), Origin::default())
            .changed(Facts::new(), after);
        let mut tx = self.0.db.begin().await?;
        audit::record(&mut tx, self.0.clock.now(), &entry).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(rotated)
    }

    /// All of it or nothing; how many values.
    async fn rotate_owner(
        &self,
        ring: &Keyring,
        columns: &[SealedColumn],
        owner: &str,
    ) -> Result<u64, SealingError> {
        let newest = ring.newest().ok_or_else(|| self.no_key())?;
        let mut tx = self.0.db.begin().await?;
        let (new, old) = loop {
            let row = store::find(&mut *tx, owner).await?;
            let wrapped = row.as_ref().map(|row| row.wrapped.clone()).unwrap_or_default();
            let old = self.unwrap(ring, owner, row)?;
            let new = DataKey::random();
            let row = Row {
                wrapped: newest.wrap(owner, &new),
                wrapped_by: newest.id().to_owned(),
                destroyed_at: None,
            };
            // This waits for whoever seals for this owner now. Whoever wrapped it again meanwhile has won: once more.
            if store::replace(&mut tx, owner, &wrapped, &row, self.0.clock.now()).await? {
                break (new, old);
            }
        };
        let mut values = 0;
        for column in columns {
            for (row, sealed) in values_store::values(&mut tx, column, owner).await? {
                let place = Place { table: column.table, column: column.column, row: &row };
                let value = old.open(place, &sealed)?;
                values_store::put(&mut tx, column, &row, &new.seal(place, &value)).await?;
                values += 1;
            }
        }
        tx.commit().await.map_err(DbError::from)?;
        Ok(values)
    }
}
