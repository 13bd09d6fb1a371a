//! Many couples at once, after an outage: one screen with everybody and their own text, one press.

use domain::{
    audit::Facts,
    crises::{CaseId, Private},
    notices::{Language, Letter, Purpose, Way},
    time::Millis,
};
use sha2::{Digest, Sha256};

use super::{
    Filled, NoticeRefused, Notices,
    composing::{self, Draft, Known, Wanted},
    family,
    sending::{Press, live},
    store,
};
use crate::{
    access::{Permit, SeePersonalData, WorkCases},
    audit, crises,
    crises::{by, covers_all, name_of, objects},
    db::{DbError, Tx},
};

/// So many at the most.
pub const MOST: usize = 1_000;

/// Many couples who are told the same thing by mail, each in their own language.
#[derive(Clone, Debug)]
pub struct BulkWish {
    /// In the order in which they are listed and sent.
    pub cases: Vec<CaseId>,
    pub purpose: Purpose,
    pub filled: Filled,
}

/// Everybody, before anything goes.
#[derive(Clone, Debug)]
pub struct Bulk {
    pub rows: Vec<BulkRow>,
    /// How many of them are sent something.
    pub ready: usize,
    /// Goes back with the press: of all of them.
    pub seen: String,
    pub now: Millis,
}

#[derive(Clone, Debug)]
pub struct BulkRow {
    pub stored: crises::Stored,
    /// Address and letter in full, or why they are not among those that are sent something.
    pub ready: Result<(Private, Letter), String>,
    /// Their own language, where the text is in English because there is none in it.
    pub no_text_in: Option<Language>,
}

/// What a press began.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pressed {
    /// By which `progress` finds it again.
    pub batch: String,
    pub queued: usize,
}

impl Notices {
    /// Everybody with their own text. Nothing is made by it but the record that somebody looked.
    ///
    /// # Errors
    /// When there are too many, or the database cannot be read.
    pub async fn list(
        &self,
        permit: &Permit<WorkCases>,
        _: &Permit<SeePersonalData>,
        wish: &BulkWish,
    ) -> Result<Bulk, NoticeRefused> {
        covers_all(permit)?;
        let (notices, wish) = (self.clone(), wish.clone());
        let entry = permit.entry("notice.looked_at_drafts_for");
        let looking = tokio::spawn(async move {
            let cases = &notices.0.cases;
            // Read first: nobody who writes waits for hundreds of letters.
            let drafted = notices.drafts(&mut cases.db().snapshot().await?, &wish).await?;
            let mut tx = cases.db().begin().await?;
            let seen = drafted.iter().map(|(known, draft)| part(&wish, known, draft)).collect::<String>();
            let ready = drafted.iter().filter(|(_, draft)| draft.is_ok()).count();
            audit::record(&mut tx, cases.now(), &entry.about(objects(drafted.len()))).await?;
            tx.commit().await.map_err(DbError::from)?;
            let row = |(known, draft): (Known, Result<Draft, NoticeRefused>)| BulkRow {
                no_text_in: draft.as_ref().ok().and_then(|draft| draft.no_text_in.clone()),
                ready: draft.map(|draft| (draft.to, draft.letter)).map_err(|why| why.to_string()),
                stored: known.stored,
            };
            Ok(Bulk { rows: drafted.into_iter().map(row).collect(), ready, seen, now: cases.now() })
        });
        looking.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// Sends everybody who is ready what was seen, with one press. `seen` is that of the list.
    ///
    /// # Errors
    /// When anything is not what was seen any more, with whose it is; then nothing was sent to anybody.
    pub async fn send_all(
        &self,
        permit: &Permit<WorkCases>,
        _: &Permit<SeePersonalData>,
        wish: BulkWish,
        seen: &str,
    ) -> Result<Pressed, NoticeRefused> {
        covers_all(permit)?;
        let (notices, seen, by) = (self.clone(), seen.to_owned(), by(permit));
        let (person, entry) =
            (permit.person().clone(), permit.entry("notice.sends_notices_to_the_couples_of"));
        let pressing = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            let mut tx = cases.db().begin().await?;
            let drafted = notices.drafts(&mut tx, &wish).await?;
            let changed = changed(&wish, &drafted, &seen);
            if !changed.is_empty() {
                return Err(NoticeRefused::SomeChanged(changed));
            }
            let batch = uuid::Uuid::now_v7().to_string();
            let press = Press {
                purpose: wish.purpose,
                way: Way::Mail,
                filled: &wish.filled,
                reason: "",
                by: &by,
                person: &person,
                batch: Some(&batch),
                now,
            };
            let (mut queued, mut saved, mut told) = (Vec::new(), Vec::new(), Vec::new());
            for (mut known, draft) in drafted {
                let Ok(draft) = draft else { continue };
                let (one, lines) = notices.press(&mut tx, &mut known, draft, &press).await?;
                told.push((one.case.clone(), lines));
                queued.push(one);
                saved.push(known.stored);
            }
            if queued.is_empty() {
                return Err(NoticeRefused::Nobody);
            }
            store::insert(&mut tx, &queued).await.map_err(live)?;
            cases.save_all(&mut tx, &saved, &told, now).await?;
            let facts = Facts::from([
                ("purpose".to_owned(), wish.purpose.word().to_owned()),
                ("batch".to_owned(), batch.clone()),
            ]);
            let entry = entry.about(objects(queued.len())).changed(Facts::new(), facts);
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(Pressed { batch, queued: queued.len() })
        });
        pressing.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    async fn drafts(
        &self,
        tx: &mut Tx,
        wish: &BulkWish,
    ) -> Result<Vec<(Known, Result<Draft, NoticeRefused>)>, NoticeRefused> {
        if wish.cases.len() > MOST {
            return Err(NoticeRefused::TooMany(MOST));
        }
        let mut ids: Vec<CaseId> = Vec::with_capacity(wish.cases.len());
        let mut named = std::collections::BTreeSet::new();
        ids.extend(wish.cases.iter().filter(|id| named.insert(*id)).cloned());
        let known = self.known(tx, &ids).await?;
        // Each in their own language.
        let wanted = Wanted {
            purpose: wish.purpose,
            way: Way::Mail,
            to: None,
            language: None,
            filled: &wish.filled,
            edited: None,
        };
        let draft = |known: Known| {
            let notice = family::notice(&known.stored.case.id, wish.purpose, &known.all);
            let draft =
                notice.may_begin("").map_err(NoticeRefused::from).and_then(|()| self.draft(&known, wanted));
            (known, draft)
        };
        Ok(known.into_iter().map(draft).collect())
    }
}

/// Hexadecimal letters of each couple in what was seen of all.
const PART: usize = 16;

/// What was seen of one couple: their letter, or that they get none.
fn part(wish: &BulkWish, known: &Known, draft: &Result<Draft, NoticeRefused>) -> String {
    let id = &known.stored.case.id;
    let seen = match draft {
        Ok(draft) => composing::seen(id, wish.purpose, Way::Mail, draft),
        Err(_) => format!("{id} gets nothing"),
    };
    Sha256::digest(seen).iter().take(PART / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// Whose part is not as it was seen, by the names of their cases.
fn changed(wish: &BulkWish, drafted: &[(Known, Result<Draft, NoticeRefused>)], seen: &str) -> Vec<String> {
    let mut old = seen.as_bytes().chunks(PART);
    let mut changed = Vec::new();
    for (known, draft) in drafted {
        if old.next() != Some(part(wish, known, draft).as_bytes()) {
            changed.push(name_of(&known.stored.case).to_owned());
        }
    }
    if changed.is_empty() && old.next().is_some() {
        changed.push("a case that is not there any more".to_owned());
    }
    changed
}
