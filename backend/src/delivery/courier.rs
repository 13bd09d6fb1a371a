//! The courier: looks up the ways of what is queued, sends what is due, writes down what came of it.
//!
//! Each connection has a worker of its own, so that a slow one holds up nobody else. A worker is woken when there is
//! something to do; it looks by itself once a second, for what other replicas wrote and for whatever was missed.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    access::PersonId,
    delivery::{Course, Recipient},
    time::Millis,
};
use tokio::{
    sync::{Notify, OnceCell, OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
};

use super::{
    DeliveryId, connection::Connection, courier_store, keeper, queue_store, queue_store::Job, record,
    routing, sending,
};
use crate::{
    access,
    clock::Clock,
    config::{self, Config},
    connect::ConnectError,
    db::{Db, DbError},
};

/// How often a worker looks by itself.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);
/// When what is due must wait for another of its thread.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Messages under way behind one connection.
const AT_ONCE: usize = 8;
/// Deliveries that are opened in one transaction.
const OPENED_AT_ONCE: i64 = 200;
const AFTER_TROUBLE: Duration = Duration::from_millis(500);

/// Cheap to clone; clones are the same courier.
#[derive(Clone)]
pub struct Courier {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub db: Db,
    pub clock: Clock,
    pub config: config::Delivery,
    /// Without a slash at its end.
    pub public_url: String,
    /// Of this running console.
    pub id: String,
    pub connections: BTreeMap<String, (Connection, Notify)>,
    queued: Notify,
    failures: watch::Sender<()>,
    /// What this courier is sending.
    pub under_way: Mutex<HashSet<(DeliveryId, i64, u32)>>,
    registered: OnceCell<()>,
}

/// How one connection does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// `mail`, `slack:ai-ops-alerts`
    pub name: String,
    /// "mail by smtp.example.com:587"; without secrets.
    pub what: String,
    /// Messages that are due or being sent.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<Millis>,
    pub last_success: Option<Millis>,
    /// When, and why in words.
    pub last_failure: Option<(Millis, String)>,
    /// In a row, since the last success.
    pub failures: i64,
}

impl Courier {
    /// Sets the connections up; sends nothing before `run`.
    ///
    /// # Errors
    /// With the connection that cannot be set up.
    pub fn new(db: Db, clock: Clock, config: &Config) -> Result<Courier, ConnectError> {
        let connections = Connection::all(&config.delivery)?;
        let connections =
            connections.into_iter().map(|(name, connection)| (name, (connection, Notify::new())));
        Ok(Courier {
            inner: Arc::new(Inner {
                db,
                clock,
                config: config.delivery.clone(),
                public_url: config.server.public_url.clone(),
                id: uuid::Uuid::now_v7().to_string(),
                connections: connections.collect(),
                queued: Notify::new(),
                failures: watch::Sender::new(()),
                under_way: Mutex::default(),
                registered: OnceCell::new(),
            }),
        })
    }

    /// To be called after a commit that enqueued something.
    pub fn wake(&self) {
        self.inner.queued.notify_one();
    }

    /// Changes whenever there is something to hand over: see `exhausted`.
    pub fn failures(&self) -> watch::Receiver<()> {
        self.inner.failures.subscribe()
    }

    /// Works until it is told to stop.
    pub fn run(&self, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let inner = &self.inner;
        let mut workers = vec![
            tokio::spawn(open_for_ever(inner.clone(), stop.clone())),
            tokio::spawn(keeper::keep(inner.clone(), stop.clone())),
        ];
        workers.extend(
            inner
                .connections
                .keys()
                .map(|name| tokio::spawn(send_for_ever(inner.clone(), name.clone(), stop.clone()))),
        );
        workers
    }

    /// How every connection does, in the order of the configuration.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn standings(&self) -> Result<Vec<Standing>, DbError> {
        let mut rows = courier_store::standings(&self.inner.db).await?;
        let standing = |name: String| {
            let row = rows.remove(&name).unwrap_or_default();
            let what = self.inner.connections.get(&name).map(|(connection, _)| connection.in_words());
            Standing {
                what: what.unwrap_or_default(),
                waiting: row.waiting,
                oldest: row.oldest,
                last_success: row.last_success,
                last_failure: row.last_failure,
                failures: row.failures,
                name,
            }
        };
        Ok(routing::destinations(&self.inner.config).into_iter().map(standing).collect())
    }

    /// Says something in the chat that only one person there sees. Without a Slack app nothing is said.
    ///
    /// # Errors
    /// In words, when it was not taken.
    pub async fn whisper(&self, channel: &str, user: &str, text: &str) -> Result<(), String> {
        match self.inner.connections.get(routing::SLACK_APP) {
            Some((Connection::App(app), _)) => app.whisper(channel, user, text).await.map_err(|not| not.why),
            _ => Ok(()),
        }
    }
}

impl Inner {
    pub fn wake_workers(&self) {
        for (_, waker) in self.connections.values() {
            waker.notify_one();
        }
    }

    pub fn tell_of_failures(&self) {
        self.failures.send_replace(());
    }

    pub fn under_way(&self) -> std::sync::MutexGuard<'_, HashSet<(DeliveryId, i64, u32)>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before anything is claimed there must be a sign of life: what a courier without one claims is taken over.
    pub async fn register(&self) -> Result<(), DbError> {
        let register = || async {
            let mut tx = self.db.begin().await?;
            courier_store::beat(&mut tx, &self.id).await?;
            Ok::<_, DbError>(tx.commit().await?)
        };
        self.registered.get_or_try_init(register).await.map(|_| ())
    }
}

async fn open_for_ever(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match open_queued(&inner).await {
            Ok(many) if many == OPENED_AT_ONCE as usize => continue,
            Ok(_) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "what is queued cannot be looked up");
                AFTER_TROUBLE
            }
        };
        tokio::select! {
            () = inner.queued.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Looks up the ways of what is queued; says how many there were.
async fn open_queued(inner: &Inner) -> Result<usize, DbError> {
    let queued = queue_store::queued(inner.db.read(), OPENED_AT_ONCE).await?;
    if queued.is_empty() {
        return Ok(0);
    }
    let people: BTreeSet<PersonId> = queued
        .iter()
        .filter_map(|delivery| match &delivery.to {
            Recipient::Person { id } => Some(id.clone()),
            Recipient::Channel { .. } => None,
        })
        .collect();
    let people: Vec<_> = people.into_iter().collect();
    let known = access::reach(&inner.db, &people).await?;
    let now = inner.clock.now();
    let mut stuck = false;
    let mut tx = inner.db.begin().await?;
    for delivery in &queued {
        let plan = match &delivery.to {
            Recipient::Person { id } => {
                routing::to_person(&inner.config, &delivery.message, id, known.get(id))
            }
            Recipient::Channel { name } => routing::to_channel(&inner.config, &delivery.message, name),
        };
        let usable: Vec<_> = plan.ways.iter().map(|way| way.cannot.is_none()).collect();
        let course = Course::begin(delivery.message.occasion, plan.strategy, &usable, now);
        let why = plan.why.or_else(|| course.stuck.then(|| plan_in_words(&plan.ways)));
        stuck |= course.stuck;
        queue_store::open(&mut tx, &delivery.id, &course, &plan.ways, why.as_deref(), now).await?;
    }
    tx.commit().await?;
    inner.wake_workers();
    if stuck {
        inner.tell_of_failures();
    }
    Ok(queued.len())
}

fn plan_in_words(ways: &[routing::PlannedWay]) -> String {
    let said =
        ways.iter().filter_map(|way| Some(format!("{}: {}.", way.medium.label(), way.cannot.as_ref()?)));
    said.collect::<Vec<_>>().join(" ")
}

/// Sends what is due behind one connection.
async fn send_for_ever(inner: Arc<Inner>, name: String, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let Some((_, waker)) = inner.connections.get(&name) else { return };
    while !*stop.borrow() {
        let first = tokio::select! {
            slot = slots.clone().acquire_owned() => slot,
            _ = stop.changed() => continue,
        };
        let Ok(first) = first else { break };
        let wait = match take_due(&inner, &name, &slots, first).await {
            Ok(Taken::Some) => continue,
            Ok(Taken::NoneBefore(wait)) => wait,
            Err(error) => {
                tracing::warn!(delivery.connection = %name, %error, "what is due cannot be looked up");
                AFTER_TROUBLE
            }
        };
        tokio::select! {
            () = waker.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
    // What is under way is written down before it ends.
    let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
    slots.acquire_many(all).await.ok();
}

enum Taken {
    Some,
    NoneBefore(Duration),
}

async fn take_due(
    inner: &Arc<Inner>,
    name: &str,
    slots: &Arc<Semaphore>,
    first: OwnedSemaphorePermit,
) -> Result<Taken, DbError> {
    let now = inner.clock.now();
    let Some(due) = queue_store::next_due(inner.db.read(), name).await? else {
        return Ok(Taken::NoneBefore(LOOK_EVERY));
    };
    if due > now {
        let real = inner.clock.real(Duration::from_millis(due.since(now).unsigned_abs()));
        return Ok(Taken::NoneBefore(real.min(LOOK_EVERY)));
    }
    inner.register().await?;
    let mut free = vec![first];
    while let Ok(slot) = slots.clone().try_acquire_owned() {
        free.push(slot);
    }
    // In a task of its own: what was claimed is sent, whatever becomes of this one.
    let (task_inner, name) = (inner.clone(), name.to_owned());
    let claiming = tokio::spawn(async move {
        let mut tx = task_inner.db.begin().await?;
        let most = i64::try_from(free.len()).unwrap_or(1);
        let jobs = queue_store::claim(&mut tx, &task_inner.id, &name, now, most).await?;
        task_inner.under_way().extend(jobs.iter().map(Job::key));
        if let Err(error) = tx.commit().await {
            task_inner.forget(&jobs);
            return Err(DbError::from(error));
        }
        let many = jobs.len();
        for (job, slot) in jobs.into_iter().zip(free) {
            tokio::spawn(send_one(task_inner.clone(), job, slot));
        }
        Ok::<_, DbError>(many)
    });
    match claiming.await.unwrap_or(Err(DbError::Lost))? {
        0 => Ok(Taken::NoneBefore(LOOK_AGAIN)),
        _ => Ok(Taken::Some),
    }
}

impl Inner {
    fn forget(&self, jobs: &[Job]) {
        let mut under_way = self.under_way();
        for job in jobs {
            under_way.remove(&job.key());
        }
    }
}

async fn send_one(inner: Arc<Inner>, job: Job, slot: OwnedSemaphorePermit) {
    let began = Instant::now();
    let sent = sending::send(&inner, &job).await;
    let took = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    record::keep(&inner, &job, sent, took).await;
    inner.under_way().remove(&job.key());
    drop(slot);
    inner.wake_workers();
}
