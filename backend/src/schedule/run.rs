//! The scheduler: looks what is due, does it, and puts on record how it went.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    audit::harmless,
    schedule::{CatchUp, catch_up},
    time::{DAY, MINUTE, Millis},
};
use tokio::sync::watch;

use super::{Done, Due, DutyError, Outcome, Past, Planned, store};
use crate::{
    audit,
    clock::Clock,
    db::{Db, DbError},
};

/// What is done no later than this after it was due is done in time.
const IN_TIME: i64 = MINUTE;
/// The same in real time, for a clock that runs fast.
const IN_TIME_REAL: Duration = Duration::from_secs(5);
/// It looks at least this often, in real time: another may have been faster, or the clock was moved.
const LOOK_EVERY: Duration = Duration::from_secs(30);
const LOOK_AGAIN_AT_THE_EARLIEST: Duration = Duration::from_millis(50);
/// What failed is tried again after this, then after twice as long, and so on.
const TRY_AGAIN: Duration = Duration::from_secs(5);
const TRY_AGAIN_AT_THE_LATEST: Duration = Duration::from_secs(300);
/// How long due times stay on record.
const KEEP: i64 = 400 * DAY;
const LONGEST_NOTE: usize = 1_000;

/// All duties of the console.
pub struct Scheduler {
    db: Db,
    clock: Clock,
    duties: Vec<Planned>,
    /// By rule: when it is looked at again, and what went wrong the last time.
    looks: BTreeMap<&'static str, Look>,
    forgotten_at: Option<Millis>,
}

#[derive(Clone, Default)]
struct Look {
    /// Nothing is due before it.
    next: Option<Millis>,
    failed: Option<Failed>,
}

#[derive(Clone)]
struct Failed {
    why: String,
    times: u32,
    again_at: Millis,
}

/// Runs the duties until it is told to stop.
pub async fn run(db: Db, clock: Clock, duties: Vec<Planned>, mut stop: watch::Receiver<bool>) {
    let mut scheduler = Scheduler::new(db, clock, duties);
    while !*stop.borrow() {
        let wait = scheduler.look().await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Scheduler {
    pub fn new(db: Db, clock: Clock, duties: Vec<Planned>) -> Scheduler {
        Scheduler { db, clock, duties, looks: BTreeMap::new(), forgotten_at: None }
    }

    /// Does what is due; says how long to wait, in real time, until the next look.
    pub async fn look(&mut self) -> Duration {
        let now = self.clock.now();
        for planned in self.duties.clone() {
            let look = self.looks.get(planned.name).cloned().unwrap_or_default();
            let waits = look.next.is_some_and(|next| next > now)
                || look.failed.as_ref().is_some_and(|failed| failed.again_at > now);
            if !waits {
                let look = self.deal_with(&planned, look.failed, now).await;
                self.looks.insert(planned.name, look);
            }
        }
        self.forget(now).await;
        self.until_next()
    }

    fn until_next(&self) -> Duration {
        let now = self.clock.now();
        let again = |look: &Look| look.failed.as_ref().map_or(look.next, |failed| Some(failed.again_at));
        let next = self.looks.values().filter_map(again).min();
        let wait = next.map_or(LOOK_EVERY, |next| {
            self.clock.real(Duration::from_millis(u64::try_from(next.since(now)).unwrap_or_default()))
        });
        wait.clamp(LOOK_AGAIN_AT_THE_EARLIEST, LOOK_EVERY)
    }

    async fn deal_with(&self, planned: &Planned, failed: Option<Failed>, now: Millis) -> Look {
        match self.step(planned, failed.as_ref(), now).await {
            Ok(()) => Look { next: planned.rule.next(now), failed: None },
            Err(error) => {
                let times = failed.map_or(1, |failed| failed.times.saturating_add(1));
                let wait = TRY_AGAIN.saturating_mul(1 << times.min(10)).min(TRY_AGAIN_AT_THE_LATEST);
                let why = error.to_string();
                tracing::warn!(schedule.rule = planned.name, error = why, times, "a duty was not done");
                Look { next: None, failed: Some(Failed { why, times, again_at: self.on_clock(now, wait) }) }
            }
        }
    }

    /// So much real time later, on the console's clock.
    fn on_clock(&self, now: Millis, real: Duration) -> Millis {
        now.plus(self.in_clock_time(real))
    }

    fn in_clock_time(&self, real: Duration) -> i64 {
        let hour = self.clock.real(Duration::from_secs(3_600)).as_millis().max(1);
        i64::try_from(real.as_millis() * 3_600_000 / hour).unwrap_or(i64::MAX)
    }

    /// Everything of one rule that is due, in one transaction.
    async fn step(&self, planned: &Planned, failed: Option<&Failed>, now: Millis) -> Result<(), DutyError> {
        let (db, planned, failed) =
            (self.db.clone(), planned.clone(), failed.map(|failed| failed.why.clone()));
        let in_time = IN_TIME.max(self.in_clock_time(IN_TIME_REAL));
        // In a task of its own: whoever stops the scheduler does not stop it half-way.
        let work = tokio::spawn(async move { step(&db, &planned, failed.as_deref(), now, in_time).await });
        work.await.unwrap_or(Err(DutyError::Db(DbError::Lost)))
    }

    async fn forget(&mut self, now: Millis) {
        if self.forgotten_at.is_some_and(|at| now.since(at) < DAY) {
            return;
        }
        let db = self.db.clone();
        let forgetting = tokio::spawn(async move {
            let mut tx = db.begin().await?;
            store::forget(&mut tx, now.minus(KEEP)).await?;
            Ok::<_, DbError>(tx.commit().await?)
        });
        match forgetting.await {
            Ok(Ok(())) => self.forgotten_at = Some(now),
            Ok(Err(error)) => tracing::warn!(%error, "old due times were not cleared away"),
            Err(error) => tracing::warn!(%error, "old due times were not cleared away"),
        }
    }
}

async fn step(
    db: &Db,
    planned: &Planned,
    failed: Option<&str>,
    now: Millis,
    in_time: i64,
) -> Result<(), DutyError> {
    let Planned { name, rule, grace, duty } = planned;
    let mut tx = db.begin().await?;
    let zone = rule.zone().iana_name().unwrap_or_default();
    store::know(&mut tx, name, rule.written(), zone, now).await?;
    let considered = store::hold(&mut tx, name).await?.unwrap_or(now);
    let CatchUp { missed, now: due } = catch_up(rule, considered, now, *grace);
    let past = |due_at: Millis, outcome: Outcome, note: &str| Past {
        rule: (*name).to_owned(),
        due_at,
        outcome,
        at: now,
        note: harmless(note, LONGEST_NOTE),
    };
    let newest = missed.last().copied();
    for due_at in missed {
        // Only the newest was tried: those before it were not.
        let why = match failed.filter(|_| due.is_none() && Some(due_at) == newest) {
            Some(why) => format!("it failed until it was too late: {why}"),
            None if due.is_some() => "a later one took its place".to_owned(),
            None => "the console was not running".to_owned(),
        };
        store::add(&mut tx, &past(due_at, Outcome::Missed, &why)).await?;
    }
    let mut entry = None;
    if let Some(due_at) = due {
        let outcome = if now.since(due_at) <= in_time { Outcome::Done } else { Outcome::Late };
        if store::add(&mut tx, &past(due_at, outcome, "")).await? {
            let Done { note, entry: told } = duty.run(&mut tx, &Due { rule: name, due_at, now }).await?;
            store::set_note(&mut tx, name, due_at, &harmless(&note, LONGEST_NOTE)).await?;
            entry = told;
        }
    }
    store::set_considered_until(&mut tx, name, now.max(considered)).await?;
    if let Some(entry) = entry {
        audit::record(&mut tx, now, &entry).await?;
    }
    tx.commit().await.map_err(DbError::from)?;
    Ok(())
}
