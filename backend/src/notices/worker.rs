//! The sending of notices: the workers of each way, and what goes on beside them. What is due stands in the database, so
//! that a restart loses nothing.

use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use domain::notices::{AttemptId, Way};
use tokio::{sync::watch, task::JoinSet};

use super::{NoticeRefused, Notices, mailing, queue_store, texting};
use crate::db::{DbError, Kind};

/// How often a worker looks by itself: for what other consoles wrote, and for whatever was missed.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A console that is sending and shows no sign of life for so long is dead, where several may share a database.
const DEAD_AFTER: Duration = Duration::from_secs(4);
/// Windows that are over, at the most, in one look.
const WINDOWS_AT_ONCE: i64 = 500;
/// Workers for text messages.
const TEXTING: usize = 2;

/// One that is being sent, while it lives.
pub(super) struct Counted<'a>(&'a Notices);

impl Counted<'_> {
    pub fn one(notices: &Notices) -> Counted<'_> {
        notices.0.under_way.fetch_add(1, Ordering::SeqCst);
        Counted(notices)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Of what others are sending: the signs of life of the console, and when they last changed.
type Seen = BTreeMap<AttemptId, (i64, Instant)>;

/// Sends until it is told to stop, and ends once nothing is under way.
pub async fn run(notices: Notices, stop: watch::Receiver<bool>) {
    let mut seen = Seen::default();
    // Before anything new leaves: what an earlier run of this console left behind is older.
    beside(&notices, &mut seen).await;
    let mut workers = JoinSet::new();
    for _ in 0..mailing::CONNECTIONS {
        workers.spawn(mailing::work(notices.clone(), stop.clone()));
    }
    for _ in 0..TEXTING {
        workers.spawn(texting::work(notices.clone(), stop.clone()));
    }
    let mut stop = stop;
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => break,
        }
        beside(&notices, &mut seen).await;
    }
    while workers.join_next().await.is_some() {}
    if let Err(error) = leave(&notices).await {
        tracing::debug!(%error, "the sending of notices could not sign off");
    }
}

/// For so long nothing of this way is due; `None` when something is.
pub(super) async fn until_due(notices: &Notices, way: Way) -> Result<Option<Duration>, DbError> {
    let Some(due) = queue_store::next_due(notices.0.cases.db().read(), way).await? else {
        return Ok(Some(LOOK_EVERY));
    };
    let wait = due.since(notices.0.cases.now());
    if wait <= 0 {
        return Ok(None);
    }
    let real = notices.0.cases.clock().real(Duration::from_millis(wait.unsigned_abs()));
    Ok(Some(real.clamp(Duration::from_millis(1), LOOK_EVERY)))
}

async fn beside(notices: &Notices, seen: &mut Seen) {
    if let Err(error) = look(notices, seen).await {
        tracing::warn!(%error, "the sending of notices cannot look after itself");
    }
}

async fn look(notices: &Notices, seen: &mut Seen) -> Result<(), NoticeRefused> {
    let (db, id) = (notices.0.cases.db(), &notices.0.id);
    if notices.0.under_way.load(Ordering::SeqCst) > 0 {
        let mut tx = db.begin().await?;
        queue_store::beat(&mut tx, id).await?;
        tx.commit().await.map_err(DbError::from)?;
    }
    let under_way = queue_store::under_way(db.read()).await?;
    if under_way.iter().any(|(_, sender)| sender != id) {
        let beats = queue_store::beats(db.read()).await?;
        for (attempt, sender) in under_way.iter().filter(|(_, sender)| sender != id) {
            let told = beats.get(sender).copied().unwrap_or_default();
            let now = Instant::now();
            let known = seen.entry(attempt.clone()).or_insert((told, now));
            if known.0 != told {
                *known = (told, now);
            }
            // A file is one console's alone. What it was sending when it was killed goes on at once.
            let is_dead = db.kind() == Kind::Sqlite || known.1.elapsed() >= DEAD_AFTER;
            if is_dead {
                or_warn(attempt, notices.take_over(attempt, sender).await);
            }
        }
    }
    seen.retain(|attempt, _| under_way.iter().any(|(other, _)| other == attempt));
    let now = notices.0.cases.now();
    for attempt in queue_store::windows_over(db.read(), now, WINDOWS_AT_ONCE).await? {
        or_warn(&attempt, notices.window_over(&attempt).await);
    }
    let waiting = queue_store::waiting(db.read()).await?;
    for way in [Way::Mail, Way::Sms] {
        let (count, age) = waiting
            .iter()
            .find(|(of, ..)| *of == way)
            .map_or((0, 0), |(_, count, since)| (*count, now.since(*since).max(0)));
        metrics::gauge!("bellwether_notices_waiting", "way" => way.word()).set(count as f64);
        metrics::gauge!("bellwether_notices_oldest_seconds", "way" => way.word()).set(age as f64 / 1_000.0);
    }
    Ok(())
}

/// One that cannot be seen to now does not keep the others waiting.
fn or_warn(attempt: &AttemptId, done: Result<(), NoticeRefused>) {
    if let Err(error) = done {
        tracing::warn!(%error, notice = attempt.0, "a notice could not be seen to");
    }
}

async fn leave(notices: &Notices) -> Result<(), DbError> {
    let mut tx = notices.0.cases.db().begin().await?;
    queue_store::leave(&mut tx, &notices.0.id).await?;
    Ok(tx.commit().await?)
}
