//! Erasure: a data key is destroyed, and with it everything that was sealed with it.

use std::io;

use domain::{
    audit::{Actor, Entry, Object, Origin},
    time::Millis,
};

use super::{INDEX_OWNER, Sealing, SealingError, store};
use crate::{
    audit,
    db::{DbError, Tx},
};

/// What a start found out from the journal of erasures.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Reconciled {
    /// The journal names them and the database had them: it is an old backup, or an erasure was cut off.
    pub destroyed_again: usize,
    /// The database had destroyed them and the journal did not name them.
    pub noted: usize,
    /// Lines of the journal that say nothing.
    pub unreadable: usize,
}

impl Sealing {
    /// Destroys the data key of this owner, for good: what was sealed with it is erased, here and in every backup that
    /// is restored beside the journal. Call it last before the commit, after everything that may still refuse: the
    /// journal is on disk when this returns, and what it names is erased at the next start, whatever becomes of the
    /// transaction. Recording it is the caller's. Whether there was one to destroy.
    ///
    /// # Errors
    /// When the journal cannot be written or the database refuses; then do not commit.
    pub async fn destroy_key(&self, tx: &mut Tx, owner: &str, because: &str) -> Result<bool, SealingError> {
        let at = self.0.clock.now();
        if owner == INDEX_OWNER || !store::destroy(tx, owner, at, because).await? {
            return Ok(false);
        }
        self.note(vec![(owner.to_owned(), at)]).await?;
        Ok(true)
    }

    /// Brings database and journal together: what either says is erased is erased in both. To be called before
    /// anything is served, so that a database that was put back from a backup shows nobody who was erased since.
    ///
    /// # Errors
    /// When the journal cannot be read or written, or the database refuses.
    pub async fn keep_erasures(&self) -> Result<Reconciled, SealingError> {
        let inner = self.0.clone();
        let read = tokio::task::spawn_blocking(move || inner.journal.read()).await;
        let (named, unreadable) =
            read.map_err(|_| DbError::Lost)?.map_err(|error| self.journal_error(&error))?;
        let stored = store::destroyed(&self.0.db).await?;
        let missing: Vec<_> = stored
            .into_iter()
            .filter(|(owner, _)| !named.contains_key(owner))
            .map(|(owner, at)| (owner, Millis(at)))
            .collect();
        let noted = missing.len();
        if noted > 0 {
            self.note(missing).await?;
        }
        let mut destroyed_again = 0;
        for (owner, at) in named.iter().filter(|(owner, _)| *owner != INDEX_OWNER) {
            let mut tx = self.0.db.begin().await?;
            let because = "the journal of erasures names it";
            if store::destroy(&mut tx, owner, *at, because).await? {
                let entry =
                    Entry::new("personal_data.erased", Actor::console("the console"), Origin::default())
                        .about(Object::new("data-key", owner.clone(), owner.clone()))
                        .because(because);
                audit::record(&mut tx, self.0.clock.now(), &entry).await?;
                tx.commit().await.map_err(DbError::from)?;
                destroyed_again += 1;
            }
        }
        Ok(Reconciled { destroyed_again, noted, unreadable })
    }

    /// Waiting for the disk must not hold up the pages.
    async fn note(&self, erased: Vec<(String, Millis)>) -> Result<(), SealingError> {
        let inner = self.0.clone();
        let written = tokio::task::spawn_blocking(move || inner.journal.append(&erased)).await;
        written.map_err(|_| DbError::Lost)?.map_err(|error| self.journal_error(&error))?;
        Ok(())
    }

    fn journal_error(&self, error: &io::Error) -> SealingError {
        SealingError::Journal { path: self.0.journal.path().to_owned(), error: error.to_string() }
    }
}
