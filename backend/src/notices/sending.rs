//! The press: what somebody has seen goes, and nothing else.

use domain::{
    access::PersonId,
    actions::Actor,
    crises::{Happening, Line, Private},
    notices::{AttemptId, Purpose, Way},
    time::Millis,
};

use super::{
    Filled, NoticeRefused, Notices, Wish,
    composing::{self, Draft, Known, Wanted},
    family, seal,
    seal::Contents,
    settling,
    store::{self, Stored},
};
use crate::{
    access::{Permit, SeePersonalData, WorkCases},
    crises::{by, covers_all},
    db::{DbError, Tx},
};

/// Who presses, for what, and with what other presses.
pub(super) struct Press<'a> {
    pub purpose: Purpose,
    pub way: Way,
    pub filled: &'a Filled,
    pub reason: &'a str,
    pub by: &'a Actor,
    pub person: &'a PersonId,
    pub batch: Option<&'a str>,
    pub now: Millis,
}

impl Notices {
    /// Sends one couple what was seen. `seen` is the preview's.
    ///
    /// # Errors
    /// When it is not what was seen any more, with what changed; one is live already, or they have been told and no
    /// reason is given; or something is missing. Then nothing was sent.
    pub async fn send(
        &self,
        permit: &Permit<WorkCases>,
        _: &Permit<SeePersonalData>,
        wish: Wish,
        seen: &str,
    ) -> Result<AttemptId, NoticeRefused> {
        covers_all(permit)?;
        let (notices, seen, by) = (self.clone(), seen.to_owned(), by(permit));
        let (person, entry) =
            (permit.person().clone(), permit.entry("notice.sends_a_notice_to_the_couple_of"));
        let pressing = tokio::spawn(async move {
            let (cases, now) = (&notices.0.cases, notices.0.cases.now());
            let mut tx = cases.db().begin().await?;
            let mut known = notices.known_of(&mut tx, &wish.case).await?;
            let Wish { purpose, way, filled, reason, .. } = &wish;
            let (purpose, way) = (*purpose, *way);
            family::notice(&wish.case, purpose, &known.all).may_begin(reason.trim())?;
            let draft = notices.draft(&known, Wanted::of(&wish))?;
            let differs = composing::changed(&seen, &composing::seen(&wish.case, purpose, way, &draft));
            if !differs.is_empty() {
                return Err(NoticeRefused::Changed(differs));
            }
            let press = Press { purpose, way, filled, reason, by: &by, person: &person, batch: None, now };
            let (queued, lines) = notices.press(&mut tx, &mut known, draft, &press).await?;
            store::insert(&mut tx, std::slice::from_ref(&queued)).await.map_err(live)?;
            let entry = entry.changed(domain::audit::Facts::new(), settling::facts(&queued.attempt));
            cases.save(&mut tx, &mut known.stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(queued.attempt.id)
        });
        pressing.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// The attempt to be stored, and what its case says of it. Promise and page are kept here.
    pub(super) async fn press(
        &self,
        tx: &mut Tx,
        known: &mut Known,
        draft: Draft,
        press: &Press<'_>,
    ) -> Result<(Stored, Vec<Line>), NoticeRefused> {
        let Press { purpose, way, by, now, .. } = *press;
        let page_made = self.keep(tx, known, &draft, press.filled, (press.person, now)).await?;
        let case = &mut known.stored.case;
        let mut notice = family::notice(&case.id, purpose, &known.all);
        let id = AttemptId(uuid::Uuid::now_v7().to_string());
        let contact = case.contact.clone();
        let (_, reason) = notice.draft(id.clone(), way, by.clone(), press.reason, &contact, now)?;
        notice.press(&id, &contact, now)?;
        let attempt = notice.attempts.pop().ok_or(NoticeRefused::Unknown)?;
        let mut lines = case.notice_queued(purpose, way, by.clone(), now);
        if let Some(queued) =
            lines.iter_mut().find(|line| matches!(line.happening, Happening::NoticeQueued { .. }))
        {
            queued.text.clone_from(&reason);
        }
        if page_made {
            lines.push(Happening::PageShared { by: by.clone() }.into());
        }
        let html = if way == Way::Mail { Private::new(draft.letter.html()) } else { Private::default() };
        let contents = Contents { to: draft.to, letter: draft.letter, html, reason };
        let key = self.sealing().make_key(tx, case.id.as_str()).await?;
        let stored = Stored {
            case: case.id.clone(),
            sealed: seal::seal(&key, &attempt.id.0, &contents),
            attempt,
            batch: press.batch.map(str::to_owned),
            sender: None,
            version: 1,
        };
        Ok((stored, lines))
    }
}

/// Two pressed at the same moment: the database let one of them through.
pub(super) fn live(error: DbError) -> NoticeRefused {
    match error.is_conflict() {
        true => domain::notices::Refusal::IsOnItsWay.into(),
        false => error.into(),
    }
}
