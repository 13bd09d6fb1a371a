//! A couple's own page: a link that nobody can guess, which ends by itself, and which can be taken back.
//!
//! The token of a link is a keyed hash of the case and the page's number, so that the link that somebody sees in a letter
//! is the one that is sent, although nothing was made by looking. The database holds only the token's own hash.

use domain::{
    crises::{CaseId, Happening, State},
    notices::{Language, Promise, StatusPage},
    time::Millis,
};
use secrecy::{ExposeSecret, SecretString};

use super::{NoticeRefused, Notices, composing, family, page_store, page_store::Page};
use crate::{
    access::{Permit, SeePersonalData, WorkCases, secrets},
    crises::{CaseRefused, by, covers_all},
    db::DbError,
    sealing::Index,
};

/// What stands before the token in the address of a page.
pub const PAGE_PATH: &str = "/c/";

/// A page as letters name it.
#[derive(Clone)]
pub(super) struct Link {
    pub token: String,
    /// The whole address.
    pub address: String,
    pub number: i64,
    /// Whether it leads somewhere by now.
    pub is_made: bool,
}

/// A page that a couple has, for staff.
#[derive(Clone)]
pub struct PageLink {
    /// The whole address. Whoever has it sees the page.
    pub address: SecretString,
    pub made_at: Millis,
    pub expires_at: Millis,
}

impl std::fmt::Debug for PageLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The page that a case has, or the next one that is made.
pub(super) fn link(
    index: &Index,
    public_url: &str,
    case: &CaseId,
    newest: Option<Page>,
    now: Millis,
) -> Link {
    let is_made = newest.as_ref().is_some_and(|page| page.holds(now));
    let number = newest.map_or(1, |page| if is_made { page.number } else { page.number + 1 });
    // 128 bits.
    let token = index.of_text("couple_page", &format!("{case}-{number}"));
    Link { address: format!("{public_url}{PAGE_PATH}{token}"), token, number, is_made }
}

impl Notices {
    /// The page of a couple, made where there is none that holds.
    ///
    /// # Errors
    /// When there is no such case, its couple is erased, or there is no encryption key.
    pub async fn share_page(
        &self,
        permit: &Permit<WorkCases>,
        _: &Permit<SeePersonalData>,
        id: &CaseId,
    ) -> Result<PageLink, NoticeRefused> {
        covers_all(permit)?;
        let (notices, id, by) = (self.clone(), id.clone(), by(permit));
        let entry = permit.entry("notice.gave_a_page_to_the_couple_of");
        let making = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            let mut tx = cases.db().begin().await?;
            // Where nobody has sealed anything yet, this makes the key.
            notices.sealing().index(&mut tx).await?;
            let known = notices.known_of(&mut tx, &id).await?;
            let mut stored = known.stored.clone();
            if stored.case.erased_at.is_some() {
                return Err(CaseRefused::Refusal(domain::crises::Refusal::IsSoAlready).into());
            }
            let link = known.link.ok_or(NoticeRefused::Unknown)?;
            if !link.is_made {
                notices.make_page(&mut tx, &id, &link, now).await?;
                let lines = vec![Happening::PageShared { by }.into()];
                cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            }
            let page = page_store::newest_of(&mut tx, &[id.as_str()]).await?.remove(id.as_str());
            let page = page.ok_or(NoticeRefused::Unknown)?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(PageLink {
                address: link.address.into(),
                made_at: Millis(page.made_at),
                expires_at: Millis(page.expires_at),
            })
        });
        making.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// The link that the couple has leads nowhere from now on.
    ///
    /// # Errors
    /// When they have none.
    pub async fn revoke_page(&self, permit: &Permit<WorkCases>, id: &CaseId) -> Result<(), NoticeRefused> {
        covers_all(permit)?;
        let (notices, id, by) = (self.clone(), id.clone(), by(permit));
        let entry = permit.entry("notice.took_back_the_page_of_the_couple_of");
        let revoking = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            let mut tx = cases.db().begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            if page_store::revoke(&mut tx, &id, now).await? == 0 {
                return Err(domain::crises::Refusal::IsSoAlready.into());
            }
            let lines = vec![Happening::PageRevoked { by }.into()];
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(())
        });
        revoking.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// Says when the couple hears of us next, without telling them anything else.
    ///
    /// # Errors
    /// When that is over, or there is no such case.
    pub async fn promise(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        at: Millis,
    ) -> Result<(), NoticeRefused> {
        covers_all(permit)?;
        let (notices, id, person) = (self.clone(), id.clone(), permit.person().clone());
        let entry = permit.entry("notice.promised_news_to_the_couple_of");
        let promising = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            if at <= now {
                return Err(NoticeRefused::PastPromise);
            }
            let mut tx = cases.db().begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            page_store::put_promise(&mut tx, &id, at, person.as_str(), now).await?;
            cases.save(&mut tx, &mut stored, Vec::new(), entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(())
        });
        promising.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// What the link with this token leads to; `None` when it leads nowhere (any more). Nothing is changed, and nobody
    /// need be signed in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn page(&self, token: &SecretString) -> Result<Option<StatusPage>, NoticeRefused> {
        let now = self.0.cases.now();
        let mut tx = self.0.cases.db().snapshot().await?;
        let hash = secrets::hash(token.expose_secret().as_bytes());
        let Some(page) = page_store::by_hash(&mut *tx, &hash).await?.filter(|page| page.holds(now)) else {
            return Ok(None);
        };
        let id = CaseId(page.crisis);
        // A double goes on as the case that it went into, and so does what its couple sees.
        let home = family::home(&self.0.cases, &mut tx, &id).await?;
        if home.case.erased_at.is_some() || matches!(home.case.state, State::Merged { .. }) {
            return Ok(None);
        }
        let own = home.case.id.as_str();
        let promised = page_store::promises(&mut tx, &[own, id.as_str()]).await?;
        let at = promised.get(own).or_else(|| promised.get(id.as_str())).copied().map(Millis);
        // Their language is sealed with the rest. Without the key they read English.
        let couple = self.0.cases.couples(&mut tx, &[id.as_str()]).await?.remove(id.as_str());
        let language = couple.and_then(Result::ok).and_then(|couple| couple.language);
        let contact = self.0.config.notices.contact.as_deref().unwrap_or_default();
        let zone = composing::zone(&home.case.wedding, self.0.cases.assumed());
        Ok(Some(StatusPage::of(
            &home.case,
            &language.unwrap_or_else(Language::english),
            Promise { at, contact },
            &zone,
            now,
        )))
    }
}
