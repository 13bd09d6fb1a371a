//! What an attempt has become, told in its case: the story, the step of the checklist, what the couple knows.

use domain::{
    actions::Actor,
    audit::{Entry, Facts},
    crises::{Case, Happening, Line},
    notices::{Arrival, Attempt, AttemptState, Failure, Notice},
    time::Millis,
};

use super::{
    NoticeRefused, Notices, family, page_store,
    store::{self, Stored},
};
use crate::{
    crises,
    db::{DbError, Tx},
};

impl Notices {
    /// Saves an attempt that was something else `before`, with what that is to its case, and puts it on record.
    ///
    /// # Errors
    /// When somebody else changed the attempt or its case; then nothing may be committed.
    pub(super) async fn settle(
        &self,
        tx: &mut Tx,
        stored: &mut Stored,
        before: &AttemptState,
        entry: Entry,
        now: Millis,
    ) -> Result<(), NoticeRefused> {
        if !is_sending(&stored.attempt.state) {
            stored.sender = None;
        }
        store::update(tx, stored).await?;
        let mut home = family::home(&self.0.cases, tx, &stored.case).await?;
        self.tell_case(tx, &mut home, &stored.attempt, before, entry, now).await
    }

    /// Tells a case what an attempt has become that is stored as it is now.
    pub(super) async fn tell_case(
        &self,
        tx: &mut Tx,
        home: &mut crises::Stored,
        attempt: &Attempt,
        before: &AttemptState,
        entry: Entry,
        now: Millis,
    ) -> Result<(), NoticeRefused> {
        let cases = &self.0.cases;
        let all = family::attempts_of(cases, tx, &home.case).await?;
        let notice = family::notice(&home.case.id, attempt.purpose, &all);
        let lines = lines(&mut home.case, &notice, attempt, before, now);
        if lines.is_empty() {
            return Ok(());
        }
        let entry = entry.changed(Facts::new(), facts(attempt));
        cases.save(tx, home, lines, entry, now).await?;
        Ok(())
    }
}

fn is_sending(state: &AttemptState) -> bool {
    matches!(state, AttemptState::Intended { .. } | AttemptState::Ending { .. })
}

/// For the record: nothing of it is personal.
pub(super) fn facts(attempt: &Attempt) -> Facts {
    Facts::from([
        ("notice".to_owned(), attempt.id.0.clone()),
        ("purpose".to_owned(), attempt.purpose.word().to_owned()),
        ("way".to_owned(), attempt.way.word().to_owned()),
        ("became".to_owned(), attempt.state_word().to_owned()),
    ])
}

/// What the change is to the case. `notice` is all that was tried, with the attempt as it is now.
fn lines(
    case: &mut Case,
    notice: &Notice,
    attempt: &Attempt,
    before: &AttemptState,
    now: Millis,
) -> Vec<Line> {
    let Attempt { purpose, way, by, .. } = attempt;
    let (purpose, way) = (*purpose, *way);
    let was_sent = matches!(before, AttemptState::Sent { .. } | AttemptState::Delivered { .. });
    match &attempt.state {
        AttemptState::Sent { .. } => case.notice_sent(purpose, way, by, now),
        AttemptState::Delivered { how, .. } => {
            let mut lines = Vec::new();
            if let (Arrival::Person { by }, AttemptState::InDoubt { .. }) = (how, before) {
                lines.push(Happening::NoticeDecided { purpose, by: by.clone(), arrived: true }.into());
            }
            if !was_sent {
                lines.extend(case.notice_sent(purpose, way, by, now));
            }
            lines.push(Happening::NoticeDelivered { purpose, way }.into());
            lines
        }
        AttemptState::Failed { why, .. } => {
            let mut lines = Vec::new();
            if let (Failure::Person { by }, AttemptState::InDoubt { .. }) = (why, before) {
                lines.push(Happening::NoticeDecided { purpose, by: by.clone(), arrived: false }.into());
            }
            if notice.is_told() {
                // By another way they know it all the same.
                lines.push(Happening::NoticeFailed { purpose, way }.into());
            } else {
                lines.extend(case.notice_failed(purpose, way));
            }
            lines
        }
        AttemptState::InDoubt { .. } => vec![Happening::NoticeInDoubt { purpose, way }.into()],
        AttemptState::Withdrawn { by, .. } => case.notice_withdrawn(purpose, way, by.clone()),
        AttemptState::Drafted
        | AttemptState::Queued { .. }
        | AttemptState::Intended { .. }
        | AttemptState::Ending { .. } => Vec::new(),
    }
}

/// The couple is erased: nothing that they were told can be read any more, what has not left does not leave, and their
/// page is gone. The case is to be saved by the caller, with these lines.
///
/// # Errors
/// When the database refuses, or a console is just sending something of it.
pub(crate) async fn erase(
    tx: &mut Tx,
    case: &mut Case,
    by: &Actor,
    now: Millis,
) -> Result<Vec<Line>, DbError> {
    let mut lines = Vec::new();
    for mut stored in store::of_cases(tx, &[case.id.as_str()]).await? {
        if matches!(stored.attempt.state, AttemptState::Intended { .. }) {
            // Its last byte has not left, and does not: whoever sends it finds that it is not theirs any more.
            stored.attempt.resume(now);
        }
        let (purpose, way) = (stored.attempt.purpose, stored.attempt.way);
        if stored.attempt.withdraw(by.clone(), now).is_ok() {
            stored.sender = None;
            store::update(tx, &mut stored).await?;
            lines.extend(case.notice_withdrawn(purpose, way, by.clone()));
        }
    }
    store::empty(tx, &case.id).await?;
    page_store::revoke(tx, &case.id, now).await?;
    page_store::remove_promise(tx, &case.id).await?;
    Ok(lines)
}
