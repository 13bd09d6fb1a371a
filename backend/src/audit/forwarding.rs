//! Tells the receivers outside, from the stored log by a cursor: every record at least once, in order. It works beside
//! the pages and never in one: a receiver that is down for a day only makes the stretch between its cursor and the end
//! longer. The sequence in each record lets the receiver drop doubles.

use std::{collections::VecDeque, time::Duration};

use domain::{
    audit::{Actor, Entry, Object, Origin, Record},
    time::Millis,
};
use tokio::{sync::watch, time::Instant};

use super::{Filter, Recorded, forwarding_store as rows, json_line, store, syslog};
use crate::{
    clock::Clock,
    config::{Siem, SiemTo},
    connect::{
        ConnectError,
        siem::{Receiver, SETTLED_AFTER},
    },
    db::{Db, DbError},
};

/// How fast it goes; other than the usual only in tests.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often it looks for new records.
    pub look_every: Duration,
    /// How long a written syslog record waits before it counts as arrived.
    pub settled_after: Duration,
    /// After the first failure; doubled with each further one, at most `longest_wait`.
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// Records at once.
    pub batch: u16,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            look_every: Duration::from_secs(1),
            settled_after: SETTLED_AFTER,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            batch: 200,
        }
    }
}

/// How one receiver stands: for `/settings`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forwarding {
    pub target: String,
    /// The last record that it has for sure; 0 when none yet.
    pub cursor: i64,
    /// Records that it does not have for sure. With syslog, what was written in the last 30 s is among them.
    pub lag: i64,
    pub last_success: Option<Millis>,
    /// When, and why in words.
    pub last_failure: Option<(Millis, String)>,
    /// In a row, since the last success.
    pub failures: i64,
}

/// How every configured receiver stands, in the order of the configuration.
///
/// # Errors
/// When the database cannot be read.
pub async fn forwardings(db: &Db, targets: &[Siem]) -> Result<Vec<Forwarding>, DbError> {
    let head = super::head(db).await?.sequence;
    let rows = rows::rows(db.read()).await?;
    let standing = |target: &Siem| {
        let row = rows.iter().find(|row| row.target == target.name).cloned().unwrap_or_default();
        Forwarding {
            target: target.name.clone(),
            cursor: row.cursor_sequence,
            lag: (head - row.cursor_sequence).max(0),
            last_success: row.last_success_at.map(Millis),
            last_failure: row.last_failure_at.map(Millis).zip(row.last_failure),
            failures: row.failures,
        }
    };
    Ok(targets.iter().map(standing).collect())
}

/// The last record that every receiver has: nothing after it may be pruned. `None` without receivers.
///
/// # Errors
/// When the database cannot be read.
pub async fn all_have(db: &Db, targets: &[Siem]) -> Result<Option<i64>, DbError> {
    Ok(forwardings(db, targets).await?.into_iter().map(|standing| standing.cursor).min())
}

/// Records that somebody tests a receiver. The record itself is the test: see the receiver's cursor pass it.
///
/// # Errors
/// When the database refuses.
pub async fn send_test(
    db: &Db,
    at: Millis,
    target: &str,
    (actor, origin): (Actor, Origin),
    permission: &'static str,
) -> Result<Recorded, DbError> {
    let entry =
        Entry::new("siem.tested", actor, origin).with(permission).about(Object::new("siem", target, target));
    let mut tx = db.begin().await?;
    let recorded = super::record(&mut tx, at, &entry).await?;
    tx.commit().await?;
    Ok(recorded)
}

/// Tells one receiver everything until it is asked to stop. One of these for each receiver, on one replica.
pub async fn forward(db: Db, clock: Clock, target: Siem, stop: watch::Receiver<bool>) {
    forward_at(db, clock, target, stop, Pace::default()).await;
}

/// `forward` at another pace.
pub async fn forward_at(db: Db, clock: Clock, target: Siem, mut stop: watch::Receiver<bool>, pace: Pace) {
    let mut worker = Worker {
        db,
        clock,
        receiver: Receiver::new(target.clone()),
        target,
        pace,
        sent: None,
        settling: VecDeque::new(),
    };
    let mut failures = 0u32;
    while !*stop.borrow() {
        let wait = match worker.step().await {
            Ok(Step::More) => {
                failures = 0;
                continue;
            }
            Ok(Step::UpToDate) => {
                failures = 0;
                pace.look_every
            }
            Err(problem) => {
                worker.start_again(&problem, failures == 0).await;
                failures = failures.saturating_add(1);
                backoff(&pace, failures)
            }
        };
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Between half and the whole of the doubled wait, so that several do not knock at once.
fn backoff(pace: &Pace, failures: u32) -> Duration {
    let doubled = pace.first_wait.saturating_mul(1 << (failures.saturating_sub(1)).min(16));
    doubled.min(pace.longest_wait).mul_f64(rand::random_range(0.5..=1.0))
}

enum Step {
    /// There may be more to tell at once.
    More,
    UpToDate,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Receiver(#[from] ConnectError),
    #[error(transparent)]
    Database(#[from] DbError),
}

struct Worker {
    db: Db,
    clock: Clock,
    target: Siem,
    receiver: Receiver,
    pace: Pace,
    /// The last record that went out on this connection; `None` when it goes on from the stored cursor.
    sent: Option<i64>,
    /// The last record of each batch that was written, and when; not yet sure to have arrived.
    settling: VecDeque<(i64, Instant)>,
}

impl Worker {
    async fn step(&mut self) -> Result<Step, Problem> {
        self.receiver.still_open().await?;
        self.settle().await?;
        let head = super::head(&self.db).await?.sequence;
        let stored = rows::cursor(self.db.read(), &self.target.name).await?;
        // A backup that was put back ends before the cursor; what is new after it must go out all the same.
        let after = self.sent.unwrap_or(stored).min(head);
        metrics::gauge!("bellwether_audit_forwarding_lag_records", "target" => self.target.name.clone())
            .set((head - after) as f64);
        let batch = i64::from(self.pace.batch);
        let records =
            store::records(self.db.read(), &Filter::default(), store::Place::After(after), batch).await?;
        let Some(last) = records.last().map(|record| record.sequence) else { return Ok(Step::UpToDate) };
        match &self.target.to {
            SiemTo::Https { url, .. } => {
                let url = url.clone();
                self.receiver.post(&url, json_array(&records)).await?;
                self.arrived(last).await?;
            }
            SiemTo::SyslogTcp { .. } | SiemTo::SyslogTls { .. } => {
                let frames: String = records.iter().map(syslog::frame).collect();
                self.receiver.write(frames.as_bytes()).await?;
                self.settling.push_back((last, Instant::now()));
            }
        }
        self.sent = Some(last);
        metrics::counter!("bellwether_audit_forwarded_total", "target" => self.target.name.clone())
            .increment(records.len() as u64);
        Ok(Step::More)
    }

    /// Moves the cursor over what has been written for long enough on a connection that is still open.
    async fn settle(&mut self) -> Result<(), Problem> {
        let mut arrived = None;
        while let Some((last, at)) = self.settling.front()
            && at.elapsed() >= self.pace.settled_after
        {
            arrived = Some(*last);
            self.settling.pop_front();
        }
        match arrived {
            Some(last) => self.arrived(last).await,
            None => Ok(()),
        }
    }

    async fn arrived(&mut self, last: i64) -> Result<(), Problem> {
        let mut tx = self.db.begin().await?;
        rows::succeeded(&mut tx, &self.target.name, last, self.clock.now()).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// Back to the stored cursor: what is not sure to have arrived goes out again.
    async fn start_again(&mut self, problem: &Problem, first: bool) {
        self.receiver.disconnect();
        self.sent = None;
        self.settling.clear();
        let target = &self.target.name;
        metrics::counter!("bellwether_audit_forwarding_failures_total", "target" => target.clone())
            .increment(1);
        if first {
            tracing::warn!(siem.name = %target, reason = %problem, "the audit log cannot be forwarded");
        }
        if let Problem::Receiver(error) = problem
            && let Err(error) = self.keep_failure(&error.to_string()).await
        {
            tracing::warn!(siem.name = %target, %error, "a failure could not be stored");
        }
    }

    async fn keep_failure(&self, why: &str) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        rows::failed(&mut tx, &self.target.name, why, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn json_array(records: &[Record]) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(|record| json_line(record).trim_end().to_owned()).collect();
    format!("[{}]", lines.join(",")).into_bytes()
}
