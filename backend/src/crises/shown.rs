//! `/crises/{id}`: one case with its story, its files, and its couple masked.

use domain::{
    crises::{CaseId, Findings, Line},
    time::Millis,
};

use super::{
    CaseRefused, Cases, CoupleState, Masked, Stored, columns::place_of_file, couple, couple_store,
    file_store, reviewing, store, story, story_store,
};
use crate::{
    access::{Permit, SeePersonalData, SeeStatus},
    db::{DbError, Tx},
    sealing::{Locked, OpeningKey, SealingError},
};

/// A case as its page shows it.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    pub stored: Stored,
    /// Oldest first. What somebody wrote is there only for whoever may see it.
    pub story: Vec<(Millis, Line)>,
    pub files: Vec<FileShown>,
    /// `None` for whoever may not see personal data, and where nobody said who they are.
    pub couple: Option<Masked>,
    pub findings: Option<Findings>,
    /// Why something cannot be read: the key is missing, or what is stored was changed.
    pub locked: Vec<Locked>,
    pub now: Millis,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileShown {
    pub id: String,
    pub at: Millis,
    pub media_type: String,
    /// In bytes.
    pub size: u64,
    /// `None` for whoever may not see it, or when it is removed.
    pub name: Option<String>,
    pub is_removed: bool,
}

impl Cases {
    /// One case alone, without its story, its files and its couple.
    ///
    /// # Errors
    /// When there is none such.
    pub async fn stored(&self, _: &Permit<SeeStatus>, id: &CaseId) -> Result<Stored, CaseRefused> {
        store::one(self.0.db.read(), id).await?.ok_or(CaseRefused::Unknown)
    }

    /// The same of several, those that there are, in no order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn several(&self, _: &Permit<SeeStatus>, ids: &[CaseId]) -> Result<Vec<Stored>, DbError> {
        let ids: Vec<&str> = ids.iter().map(CaseId::as_str).collect();
        let mut tx = self.0.db.snapshot().await?;
        store::these(&mut tx, &ids).await
    }

    /// One case. With the second permit what was written of the couple is there too, and the couple masked: that is no look
    /// at them, which is by `reveal`.
    ///
    /// # Errors
    /// When there is none such.
    pub async fn one(
        &self,
        _: &Permit<SeeStatus>,
        personal: Option<&Permit<SeePersonalData>>,
        id: &CaseId,
    ) -> Result<Shown, CaseRefused> {
        let mut tx = self.0.db.snapshot().await?;
        let stored = store::one(&mut *tx, id).await?.ok_or(CaseRefused::Unknown)?;
        let mut locked = Vec::new();
        let key = match personal {
            None => None,
            Some(_) => self.key_to_show(&mut tx, id, &mut locked).await?,
        };
        let mut shown = Shown {
            story: Vec::new(),
            files: Vec::new(),
            couple: None,
            findings: None,
            locked: Vec::new(),
            now: self.now(),
            stored,
        };
        self.add_story(&mut tx, &mut shown, key.as_ref(), &mut locked).await?;
        self.add_files(&mut tx, &mut shown, key.as_ref(), &mut locked).await?;
        if let Some(key) = &key {
            self.add_sealed(&mut tx, &mut shown, key, &mut locked).await?;
        }
        locked.dedup();
        Ok(Shown { locked, ..shown })
    }

    /// Nothing was sealed yet where there is no data key: then nothing is locked either.
    async fn key_to_show(
        &self,
        tx: &mut Tx,
        id: &CaseId,
        locked: &mut Vec<Locked>,
    ) -> Result<Option<OpeningKey>, CaseRefused> {
        match self.0.sealing.open_key(tx, id.as_str()).await {
            Ok(key) => Ok(Some(key)),
            Err(SealingError::Locked(Locked::NoDataKey { .. })) => Ok(None),
            Err(SealingError::Locked(why)) => {
                locked.push(why);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn add_story(
        &self,
        tx: &mut Tx,
        shown: &mut Shown,
        key: Option<&OpeningKey>,
        locked: &mut Vec<Locked>,
    ) -> Result<(), CaseRefused> {
        for stored in story_store::of(tx, &shown.stored.case.id).await? {
            let (line, why) = match key {
                Some(key) => story::line(&stored, key),
                None => (Line::from(stored.happening.clone()), None),
            };
            locked.extend(why);
            shown.story.push((stored.at, line));
        }
        Ok(())
    }

    async fn add_files(
        &self,
        tx: &mut Tx,
        shown: &mut Shown,
        key: Option<&OpeningKey>,
        locked: &mut Vec<Locked>,
    ) -> Result<(), CaseRefused> {
        for row in file_store::of(tx, &shown.stored.case.id).await? {
            let name = match (key, &row.name) {
                (Some(key), Some(name)) => match key.open_text(place_of_file("name", &row.id), name) {
                    Ok(name) => Some(name.expose().to_owned()),
                    Err(why) => {
                        locked.push(why);
                        None
                    }
                },
                _ => None,
            };
            shown.files.push(FileShown {
                at: Millis(row.at),
                size: row.size.unsigned_abs(),
                media_type: row.media_type,
                is_removed: row.removed_at.is_some(),
                id: row.id,
                name,
            });
        }
        Ok(())
    }

    async fn add_sealed(
        &self,
        tx: &mut Tx,
        shown: &mut Shown,
        key: &OpeningKey,
        locked: &mut Vec<Locked>,
    ) -> Result<(), CaseRefused> {
        let id = shown.stored.case.id.clone();
        if shown.stored.couple == CoupleState::Kept
            && let Some((_, sealed)) = couple_store::of(tx, &[id.as_str()]).await?.pop()
        {
            match couple::open(key, id.as_str(), &sealed) {
                Ok(couple) => shown.couple = Some(Masked::of(&couple)),
                Err(why) => locked.push(why),
            }
        }
        if let Some(sealed) = couple_store::findings(tx, &id).await? {
            match reviewing::open(key, &id, &sealed) {
                Ok(findings) => shown.findings = Some(findings),
                Err(why) => locked.push(why),
            }
        }
        Ok(())
    }
}
