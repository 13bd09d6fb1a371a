//! What couples were told, as one list: of a case, or the newest of all.

use std::collections::BTreeMap;

use domain::{
    crises::{Case, CaseId},
    notices::{Attempt, AttemptId, Fate, Letter, Way},
    time::Millis,
};

use super::{
    NoticeRefused, Notices, PageLink, family, page_store, pages, seal,
    store::{self, Stored},
};
use crate::{
    access::{Permit, SeePersonalData, SeeStatus},
    audit,
    crises::{mask_address, mask_number, name_of, object},
    db::{DbError, Tx},
    sealing::{Locked, SealingError},
};

/// One attempt as lists show it. Nothing of it is personal but the masked address.
#[derive(Clone, PartialEq, Debug)]
pub struct ToldRow {
    pub case: CaseId,
    /// "CR-2041"
    pub case_name: String,
    pub attempt: Attempt,
    /// The press that it came from, of many couples at once.
    pub batch: Option<String>,
    /// Masked; `None` for whoever may not see personal data, and where it cannot be read.
    pub to: Option<String>,
    /// Whether there is something to read.
    pub has_text: bool,
    /// The couple of its case is not to be contacted.
    pub no_contact: bool,
}

/// Everything that the couple of one case was told.
#[derive(Clone, Debug)]
pub struct CaseNotices {
    /// Oldest first; those of doubles that went into it are among them.
    pub rows: Vec<ToldRow>,
    /// Their page, where they have one that holds; only for whoever may see personal data.
    pub page: Option<PageLink>,
    /// Whether they have a page.
    pub has_page: bool,
    /// When they hear of us next, as they were promised.
    pub promised: Option<Millis>,
    /// Why something cannot be read.
    pub locked: Vec<Locked>,
    pub now: Millis,
}

/// One notice in full.
#[derive(Clone, Debug)]
pub struct ReadNotice {
    pub row: ToldRow,
    /// In full.
    pub to: domain::crises::Private,
    pub letter: Letter,
    /// As it was sent; empty for what was no mail.
    pub html: domain::crises::Private,
    /// Why once more, or by a second way.
    pub reason: Option<domain::crises::Private>,
}

impl ToldRow {
    /// For so long it has waited to be sent, in milliseconds; `None` when it does not wait.
    pub fn age(&self, now: Millis) -> Option<i64> {
        self.attempt.waits_since().map(|since| now.since(since).max(0))
    }
}

impl Notices {
    /// What the couple of a case was told.
    ///
    /// # Errors
    /// When there is no such case.
    pub async fn of_case(
        &self,
        _: &Permit<SeeStatus>,
        personal: Option<&Permit<SeePersonalData>>,
        id: &CaseId,
    ) -> Result<CaseNotices, NoticeRefused> {
        let now = self.0.cases.now();
        let mut tx = self.0.cases.db().snapshot().await?;
        let case = self.0.cases.load(&mut tx, id).await?;
        let all = family::attempts_of(&self.0.cases, &mut tx, &case.case).await?;
        let mut locked = Vec::new();
        let rows = self.rows(&mut tx, all, personal.is_some(), &mut locked).await?;
        let page = page_store::newest_of(&mut tx, &[id.as_str()]).await?.remove(id.as_str());
        let page = page.filter(|page| page.holds(now));
        let has_page = page.is_some();
        let link = match (personal, page) {
            (Some(_), Some(page)) => match self.sealing().index_to_search(&mut tx).await {
                Ok(index) => {
                    let public_url = &self.0.config.server.public_url;
                    let (made_at, expires_at) = (Millis(page.made_at), Millis(page.expires_at));
                    let address = pages::link(&index, public_url, id, Some(page), now).address.into();
                    Some(PageLink { address, made_at, expires_at })
                }
                Err(SealingError::Database(error)) => return Err(error.into()),
                Err(SealingError::Locked(why)) => {
                    locked.push(why);
                    None
                }
                Err(_) => None,
            },
            _ => None,
        };
        let promised = page_store::promises(&mut tx, &[id.as_str()]).await?.remove(id.as_str()).map(Millis);
        locked.dedup();
        Ok(CaseNotices { rows, page: link, has_page, promised, locked, now })
    }

    /// What couples were told, of all cases, newest first: at most `most`, of one fate and made before one of them, where that
    /// is given.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn newest(
        &self,
        _: &Permit<SeeStatus>,
        personal: Option<&Permit<SeePersonalData>>,
        fate: Option<Fate>,
        before: Option<&AttemptId>,
        most: u16,
    ) -> Result<Vec<ToldRow>, NoticeRefused> {
        let mut tx = self.0.cases.db().snapshot().await?;
        let found = store::newest(&mut tx, fate, before, i64::from(most)).await?;
        self.rows(&mut tx, found, personal.is_some(), &mut Vec::new()).await
    }

    /// One notice in full. That somebody read it is on record.
    ///
    /// # Errors
    /// When there is no such notice, its couple is erased, or it cannot be opened; then nobody has seen anything.
    pub async fn read(
        &self,
        permit: &Permit<SeePersonalData>,
        id: &AttemptId,
    ) -> Result<ReadNotice, NoticeRefused> {
        let (notices, id, entry) =
            (self.clone(), id.clone(), permit.entry("notice.read_a_notice_to_the_couple_of"));
        let reading = tokio::spawn(async move {
            let cases = &notices.0.cases;
            let mut tx = cases.db().begin().await?;
            let stored = store::one(&mut *tx, &id).await?.ok_or(NoticeRefused::Unknown)?;
            let case = cases.load(&mut tx, &stored.case).await?;
            let contents = match stored.sealed.iter().any(Option::is_some) || case.case.erased_at.is_some() {
                true => {
                    let key = notices.sealing().open_key(&mut tx, stored.case.as_str()).await?;
                    seal::open(&key, &id.0, &stored.sealed)?
                }
                false => return Err(NoticeRefused::Unknown),
            };
            let entry = entry.about(object(&case.case));
            let facts = super::settling::facts(&stored.attempt);
            let entry = entry.changed(domain::audit::Facts::new(), facts);
            audit::record(&mut tx, cases.now(), &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            let seal::Contents { to, letter, html, reason } = contents;
            let masked = Some(mask(stored.attempt.way, to.expose()));
            let row = row(&stored, Some(&case.case), masked);
            Ok(ReadNotice { row, to, letter, html, reason })
        });
        reading.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// With the addresses masked, where they may be seen and can be opened.
    pub(super) async fn rows(
        &self,
        tx: &mut Tx,
        all: Vec<Stored>,
        personal: bool,
        locked: &mut Vec<Locked>,
    ) -> Result<Vec<ToldRow>, NoticeRefused> {
        let mut ids: Vec<&str> = all.iter().map(|stored| stored.case.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let keys = if personal { self.sealing().open_keys(tx, &ids).await? } else { Default::default() };
        let cases = self.0.cases.these(tx, &ids).await?;
        let cases: BTreeMap<&str, &Case> =
            cases.iter().map(|stored| (stored.case.id.as_str(), &stored.case)).collect();
        let mut rows = Vec::with_capacity(all.len());
        for stored in &all {
            let opened = match keys.get(stored.case.as_str()) {
                Some(Ok(key)) => seal::open_address(key, &stored.attempt.id.0, &stored.sealed).map(Some),
                Some(Err(Locked::NoDataKey { .. } | Locked::Destroyed { .. })) | None => Ok(None),
                Some(Err(why)) => Err(why.clone()),
            };
            let to = opened.unwrap_or_else(|why| {
                locked.push(why);
                None
            });
            let to = to.filter(|to| !to.is_empty()).map(|to| mask(stored.attempt.way, to.expose()));
            rows.push(row(stored, cases.get(stored.case.as_str()).copied(), to));
        }
        Ok(rows)
    }
}

fn row(stored: &Stored, case: Option<&Case>, to: Option<String>) -> ToldRow {
    ToldRow {
        case: stored.case.clone(),
        case_name: case.map_or(stored.case.as_str(), name_of).to_owned(),
        attempt: stored.attempt.clone(),
        batch: stored.batch.clone(),
        to,
        has_text: stored.sealed.iter().any(Option::is_some),
        no_contact: case.is_some_and(|case| !case.contact.is_allowed()),
    }
}

fn mask(way: Way, to: &str) -> String {
    match way {
        _ if to.is_empty() => String::new(),
        Way::Mail => mask_address(to),
        Way::Sms | Way::Telephone => mask_number(to),
    }
}
