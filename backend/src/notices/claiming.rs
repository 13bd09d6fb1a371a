//! The records around one try: its intent before anything leaves, its end before the last byte does, and what came of it.

use domain::{
    audit::{Actor, Entry, Origin},
    notices::{Answer, AttemptId, AttemptState, NotNow, Way},
    time::Millis,
};

use super::{
    NoticeRefused, Notices, family, queue_store, seal,
    seal::Contents,
    store::{self, Stored},
};
use crate::{
    crises::CaseRefused,
    db::DbError,
    sealing::{Locked, SealingError},
};

/// One try that may begin: its intent is on disk.
pub(super) struct Job {
    pub id: AttemptId,
    pub contents: Contents,
    version: i64,
}

/// What there is to do.
pub(super) enum Claimed {
    Job(Box<Job>),
    /// Something was done to the first in the queue without sending it: look again.
    Again,
    Nothing,
    /// It cannot be opened, and neither could any other: the encryption key is missing.
    Locked(Locked),
}

/// What the database itself is not to blame for is tried again so often.
const TRIES: u32 = 10;

impl Notices {
    /// Takes up the oldest that is due.
    pub(super) async fn claim(&self, way: Way) -> Result<Claimed, NoticeRefused> {
        let _turn = self.0.claiming.lock().await;
        let notices = self.clone();
        // In a task of its own: what was taken up is sent, whatever becomes of whoever asked for it.
        let claiming = tokio::spawn(async move { notices.claim_in(way).await });
        claiming.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    async fn claim_in(&self, way: Way) -> Result<Claimed, NoticeRefused> {
        let (cases, now) = (&self.0.cases, self.0.cases.now());
        let mut tx = cases.db().begin().await?;
        let Some(mut stored) = queue_store::due(&mut tx, way, now, 1).await?.pop() else {
            return Ok(Claimed::Nothing);
        };
        let home = match family::home(cases, &mut tx, &stored.case).await {
            Ok(home) => home,
            Err(CaseRefused::Db(error @ DbError::Stored(_))) => {
                // This one alone cannot be read: it waits, and holds up nobody else.
                tracing::error!(%error, notice = stored.attempt.id.0, "the case of a notice cannot be read");
                stored.attempt.intend(now)?;
                stored.attempt.answered(Answer::Later, 0, now)?;
                store::update(&mut tx, &mut stored).await?;
                tx.commit().await.map_err(DbError::from)?;
                return Ok(Claimed::Again);
            }
            Err(other) => return Err(other.into()),
        };
        if let domain::crises::Contact::NotWanted { by, .. } = &home.case.contact {
            // Somebody said so after it was pressed.
            let before = stored.attempt.state.clone();
            stored.attempt.withdraw(by.clone(), now)?;
            let entry = by_the_console("notice.held_back_a_notice_to_the_couple_of");
            self.settle(&mut tx, &mut stored, &before, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            self.stir();
            return Ok(Claimed::Again);
        }
        stored.attempt.intend(now)?;
        let opened = match self.sealing().open_key(&mut tx, stored.case.as_str()).await {
            Ok(key) => seal::open(&key, &stored.attempt.id.0, &stored.sealed).map_err(SealingError::from),
            Err(error) => Err(error),
        };
        let contents = match opened {
            Ok(contents) => contents,
            Err(SealingError::Locked(why @ (Locked::NoKey { .. } | Locked::OtherKey { .. }))) => {
                return Ok(Claimed::Locked(why));
            }
            Err(SealingError::Locked(why)) => {
                // This one alone: it is named, waits, and holds up nobody else.
                tracing::error!(%why, notice = stored.attempt.id.0, "a notice cannot be opened");
                stored.attempt.answered(Answer::Later, 0, now)?;
                store::update(&mut tx, &mut stored).await?;
                tx.commit().await.map_err(DbError::from)?;
                return Ok(Claimed::Again);
            }
            Err(error) => return Err(error.into()),
        };
        stored.sender = Some(self.0.id.clone());
        store::update(&mut tx, &mut stored).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(Claimed::Job(Box::new(Job { id: stored.attempt.id, contents, version: stored.version })))
    }

    /// Puts on disk that the last byte leaves. False when it must not: the attempt was taken from this console, or the
    /// couple is not to be contacted any more.
    pub(super) async fn end(&self, job: &Job) -> bool {
        let (notices, id, version) = (self.clone(), job.id.clone(), job.version);
        let ending = tokio::spawn(async move { notices.end_in(&id, version).await });
        match ending.await {
            Ok(Ok(may)) => may,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a notice is broken off: that it ends cannot be written down");
                false
            }
            Err(_) => false,
        }
    }

    async fn end_in(&self, id: &AttemptId, version: i64) -> Result<bool, NoticeRefused> {
        let (cases, now) = (&self.0.cases, self.0.cases.now());
        let mut tx = cases.db().begin().await?;
        let Some(mut stored) = self.own(store::one(&mut *tx, id).await?).filter(|own| own.version == version)
        else {
            return Ok(false);
        };
        if !family::home(cases, &mut tx, &stored.case).await?.case.contact.is_allowed() {
            return Ok(false);
        }
        stored.attempt.end(now)?;
        store::update(&mut tx, &mut stored).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(true)
    }

    fn own(&self, stored: Option<Stored>) -> Option<Stored> {
        stored.filter(|stored| stored.sender.as_deref() == Some(&self.0.id))
    }

    /// Writes down what came of it. While the database refuses it is tried again: what is not written down is in doubt
    /// after a crash.
    pub(super) async fn answered(&self, id: &AttemptId, answer: Answer) {
        let (notices, id) = (self.clone(), id.clone());
        let writing = tokio::spawn(async move {
            let mut tried = 0;
            loop {
                let error = match notices.answered_in(&id, answer).await {
                    Ok(()) => return notices.stir(),
                    Err(error) => error,
                };
                tracing::warn!(%error, "what became of a notice cannot be written down yet");
                let may_pass = error.is_conflict() || matches!(error, NoticeRefused::Db(DbError::Query(_)));
                if !may_pass && tried >= TRIES {
                    tracing::error!(
                        notice = id.0,
                        "what became of a notice is not written down: it will be in doubt"
                    );
                    return;
                }
                let wait = if error.is_conflict() { 5 } else { 250 * (1 << tried.min(4)) };
                tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
                tried += 1;
            }
        });
        writing.await.ok();
    }

    async fn answered_in(&self, id: &AttemptId, answer: Answer) -> Result<(), NoticeRefused> {
        let (cases, now) = (&self.0.cases, self.0.cases.now());
        let mut tx = cases.db().begin().await?;
        let mut stored = store::one(&mut *tx, id).await?.ok_or(NoticeRefused::Unknown)?;
        let is_taken_over =
            matches!(stored.attempt.state, AttemptState::Intended { .. } | AttemptState::Ending { .. })
                && self.own(Some(stored.clone())).is_none();
        if is_taken_over {
            return Ok(());
        }
        let before = stored.attempt.state.clone();
        let window = i64::try_from(self.0.config.notices.bounce_window.as_millis()).unwrap_or(i64::MAX);
        match stored.attempt.answered(answer, window, now) {
            Ok(()) => {}
            // Another console took it over, or the couple was erased meanwhile.
            Err(NotNow::NotWaitedFor) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if stored.attempt.state == before {
            return Ok(());
        }
        let verb = match stored.attempt.state {
            AttemptState::Sent { .. } => "notice.sent_a_notice_to_the_couple_of",
            AttemptState::Failed { .. } => "notice.could_not_send_a_notice_to_the_couple_of",
            _ => "notice.is_in_doubt_about_a_notice_to_the_couple_of",
        };
        metrics::counter!("bellwether_notice_tries_total", "way" => stored.attempt.way.word(),
            "became" => stored.attempt.state_word())
        .increment(1);
        self.settle(&mut tx, &mut stored, &before, by_the_console(verb), now).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// What a console without a sign of life was sending: what had not ended is sent again, what had is in doubt.
    pub(super) async fn take_over(&self, id: &AttemptId, from: &str) -> Result<(), NoticeRefused> {
        let (notices, id, from) = (self.clone(), id.clone(), from.to_owned());
        let taking = tokio::spawn(async move {
            let now: Millis = notices.0.cases.now();
            let mut tx = notices.0.cases.db().begin().await?;
            let Some(mut stored) = store::one(&mut *tx, &id).await? else { return Ok(()) };
            let before = stored.attempt.state.clone();
            if stored.sender.as_deref() != Some(&from) || !stored.attempt.resume(now) {
                return Ok(());
            }
            let entry = by_the_console("notice.is_in_doubt_about_a_notice_to_the_couple_of");
            notices.settle(&mut tx, &mut stored, &before, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(())
        });
        taking.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    /// No bounce came within its window.
    pub(super) async fn window_over(&self, id: &AttemptId) -> Result<(), NoticeRefused> {
        let (notices, id) = (self.clone(), id.clone());
        let advancing = tokio::spawn(async move {
            let now = notices.0.cases.now();
            let mut tx = notices.0.cases.db().begin().await?;
            let Some(mut stored) = store::one(&mut *tx, &id).await? else { return Ok(()) };
            let before = stored.attempt.state.clone();
            if !stored.attempt.advance(now) {
                return Ok(());
            }
            let entry = by_the_console("notice.heard_of_no_bounce_of_a_notice_to_the_couple_of");
            notices.settle(&mut tx, &mut stored, &before, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            notices.stir();
            Ok(())
        });
        advancing.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }
}

/// What the console does by itself.
pub(super) fn by_the_console(verb: &'static str) -> Entry {
    Entry::new(verb, Actor::console("the sending of notices"), Origin::default())
}
