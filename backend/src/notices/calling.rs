//! A call that somebody made, recorded as a notice.

use std::fmt;

use domain::{
    crises::{CaseId, Private},
    notices::{AttemptId, Language, Letter, Purpose, Way, bulk::NotReady},
    time::Millis,
};

use super::{
    NoticeRefused, Notices, composing, family, page_store, seal,
    seal::Contents,
    sending::live,
    store::{self, Stored},
};
use crate::{
    access::{Permit, WorkCases},
    crises::{by, covers_all},
    db::DbError,
};

/// What somebody says of a call. A debug print shows nothing that they wrote.
#[derive(Clone)]
pub struct Called {
    pub case: CaseId,
    pub purpose: Purpose,
    pub reached: bool,
    /// Which of their numbers, from 0; `None` where that is of no interest.
    pub to: Option<usize>,
    /// What was said, in a few words; may be empty.
    pub said: String,
    /// When they were promised to hear of us next.
    pub promised_at: Option<Millis>,
    /// Why once more; may be empty where they have not been told.
    pub reason: String,
}

impl fmt::Debug for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Called")
            .field("case", &self.case)
            .field("purpose", &self.purpose)
            .field("reached", &self.reached)
            .finish_non_exhaustive()
    }
}

/// Of what was said.
const LONGEST_SAID: usize = 4_000;

impl Notices {
    /// Records that somebody called.
    ///
    /// # Errors
    /// When the couple is not to be contacted, one is on its way, or they have been told and no reason is given; or when
    /// something was written and there is no key to seal it with.
    pub async fn called(&self, permit: &Permit<WorkCases>, call: Called) -> Result<AttemptId, NoticeRefused> {
        covers_all(permit)?;
        let (notices, by) = (self.clone(), by(permit));
        let (person, entry) = (permit.person().clone(), permit.entry("notice.called_the_couple_of"));
        let recording = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            if call.said.chars().count() > LONGEST_SAID {
                return Err(domain::crises::Refusal::LongText.into());
            }
            if call.promised_at.is_some_and(|at| at <= now) {
                return Err(NoticeRefused::PastPromise);
            }
            let mut tx = cases.db().begin().await?;
            let mut known = notices.known_of(&mut tx, &call.case).await?;
            let case = &known.stored.case;
            let after = matches!(call.purpose, Purpose::Solved | Purpose::Apology);
            if !(case.is_open() || after && matches!(case.state_word(), "resolved" | "reviewed")) {
                return Err(NotReady::IsOver(case.state_word()).into());
            }
            let mut notice = family::notice(&call.case, call.purpose, &known.all);
            let id = AttemptId(uuid::Uuid::now_v7().to_string());
            let contact = case.contact.clone();
            let (attempt, reason) = notice.draft(id, Way::Telephone, by, &call.reason, &contact, now)?;
            let drafted = attempt.state.clone();
            attempt.called(call.reached, now)?;
            let attempt = attempt.clone();
            let couple = known.couple.as_ref().ok();
            let number = call.to.and_then(|to| couple?.phones.get(to).cloned());
            if call.to.is_some() && number.is_none() {
                return Err(NoticeRefused::NoSuchAddress);
            }
            let language = couple.and_then(|couple| couple.language.clone());
            let contents = Contents {
                to: number.unwrap_or_default(),
                letter: Letter {
                    language: language.unwrap_or_else(Language::english),
                    subject: Private::default(),
                    text: Private::new(composing::kept_lines(&call.said)),
                },
                html: Private::default(),
                reason,
            };
            let is_written =
                !contents.to.is_empty() || !contents.letter.text.is_empty() || contents.reason.is_some();
            let sealed = match is_written {
                // Nothing to seal needs no key: whoever calls while it is missing can still say so.
                false => seal::Sealed::default(),
                true => {
                    let key = notices.sealing().make_key(&mut tx, call.case.as_str()).await?;
                    seal::seal(&key, &attempt.id.0, &contents)
                }
            };
            let stored =
                Stored { case: call.case.clone(), attempt, batch: None, sender: None, sealed, version: 1 };
            store::insert(&mut tx, std::slice::from_ref(&stored)).await.map_err(live)?;
            if let Some(at) = call.promised_at {
                page_store::put_promise(&mut tx, &call.case, at, person.as_str(), now).await?;
            }
            notices.tell_case(&mut tx, &mut known.stored, &stored.attempt, &drafted, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(stored.attempt.id)
        });
        recording.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }
}
