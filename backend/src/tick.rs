//! The tick: poll, evaluate, store, tell. What ties the features together stands above them, here.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use domain::{
    crises::{PlatformId, Told, UpstreamStatus},
    live::Frame,
    monitoring::{
        Metric, Range, Sample,
        overall::{CRISIS_ANSWER_WITHIN, CrisisCounts},
    },
    time::Millis,
};
use jiff::tz::TimeZone;
use tokio::sync::{Mutex, mpsc, watch as signal};

use crate::{
    alerts::{self, Alerts},
    clock::Clock,
    config::Config,
    connect::platform::{ActiveCrises, PlatformClient},
    crises::Cases,
    db::{Db, DbError},
    live::Hub,
    monitoring::{
        charts,
        models::{self, Model},
        recording,
        shown::{Now, Performance},
        watch::{Seen, Watch},
    },
    oncall,
};

/// Viewers do not wait longer than this for the database.
const TELL_WITHIN: Duration = Duration::from_millis(200);
/// Crises are asked for this often.
const CRISES_EVERY: Duration = Duration::from_secs(5);
/// Errors of the last hour are asked for this often, in rounds of crises.
const ERRORS_EVERY: u32 = 6;
/// Models are asked for this often, in rounds of crises.
const MODELS_EVERY: u32 = 60;
/// Open pages hear of alerts no more often than this.
const ALERTS_TOLD_EVERY: Duration = Duration::from_millis(250);
/// Old polls are cleared away this often.
const RETAIN_EVERY: Duration = Duration::from_secs(600);

/// Everything the console knows and does about the platforms. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    pub db: Db,
    pub clock: Clock,
    pub hub: Hub,
    pub config: Arc<Config>,
    pub alerts: Alerts,
    watches: Arc<Vec<Arc<Mutex<Watch>>>>,
    /// Where each poll goes besides, once somebody listens.
    polls: Arc<OnceLock<mpsc::UnboundedSender<(String, Sample)>>>,
    /// Who takes crises in as cases, once the console serves.
    cases: Arc<OnceLock<Cases>>,
    troubles: Arc<std::sync::Mutex<BTreeMap<&'static str, String>>>,
}

/// Why a page has nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    #[error("there is no platform of that name")]
    NoPlatform,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Console {
    /// Recalls what was known and publishes the first frames. Nothing is polled yet.
    pub async fn start(db: Db, clock: Clock, config: Arc<Config>) -> Result<Console, DbError> {
        oncall::seed(&db, &config, clock.now()).await?;
        let hub = Hub::new(clock.now());
        let alerts = Alerts::new(db.clone(), clock.clone(), config.clone());
        let mut watches = Vec::new();
        for platform in &config.platforms {
            let mut watch = Watch::new(platform.clone(), config.metrics.clone(), config.server.zone.clone());
            watch.recall(&db, clock.now()).await?;
            watch.memory = alerts.memory(&watch.platform.name).await?;
            hub.publish(watch.frame());
            watches.push(Arc::new(Mutex::new(watch)));
        }
        let console = Console {
            db,
            clock,
            hub,
            config,
            alerts,
            watches: Arc::new(watches),
            polls: Arc::default(),
            cases: Arc::default(),
            troubles: Arc::default(),
        };
        console.hub.publish_alerts(console.alerts.standing().await?);
        Ok(console)
    }

    /// Every poll from now on, with the name of its platform, for one listener.
    pub fn polls(&self) -> mpsc::UnboundedReceiver<(String, Sample)> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.polls.set(sender).ok();
        receiver
    }

    /// From now on crises become cases.
    pub fn hand_crises_to(&self, cases: Cases) {
        self.cases.set(cases).ok();
    }

    /// Starts a poller and a reader of crises for each platform; they end when `stop` says so.
    pub fn run(
        &self,
        clients: Vec<PlatformClient>,
        stop: &signal::Receiver<bool>,
    ) -> Vec<tokio::task::JoinHandle<()>> {
        let mut tasks = Vec::new();
        for (watch, client) in self.watches.iter().zip(clients) {
            let client = Arc::new(client);
            let (console, of, with, end) = (self.clone(), watch.clone(), client.clone(), stop.clone());
            tasks.push(tokio::spawn(async move { console.poll_for_ever(of, with, end).await }));
            let (console, of, end) = (self.clone(), watch.clone(), stop.clone());
            tasks.push(tokio::spawn(async move { console.read_crises_for_ever(of, client, end).await }));
        }
        let (console, end) = (self.clone(), stop.clone());
        tasks.push(tokio::spawn(async move { console.retain_for_ever(end).await }));
        let (console, end) = (self.clone(), stop.clone());
        tasks.push(tokio::spawn(async move { console.tell_of_alerts_for_ever(end).await }));
        tasks
    }

    /// One request at a time, at the platform's own beat. After a pause the missed beats are left
    /// out, never caught up; a share of the interval, different for each platform, keeps several
    /// from asking at the same moment.
    async fn poll_for_ever(
        &self,
        watch: Arc<Mutex<Watch>>,
        client: Arc<PlatformClient>,
        mut stop: signal::Receiver<bool>,
    ) {
        let (every, name, services) = {
            let watch = watch.lock().await;
            (watch.poll_every(), watch.platform.name.clone(), watch.platform.services.clone())
        };
        let every = self.clock.real(every);
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + jitter(&name, every), every);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                _ = beat.tick() => {}
            }
            let at = self.clock.now();
            let polled = tokio::select! {
                _ = stop.changed() => return,
                polled = client.poll(&self.config.metrics, &services, at) => polled,
            };
            let (sample, took) = polled;
            tracing::debug!(platform = %name, poll.outcome = sample.outcome.word(), poll.duration_ms = took.as_millis() as u64, "polled");
            if let Some(reason) = sample.outcome.reason() {
                tracing::warn!(platform = %name, poll.outcome = sample.outcome.word(), reason, "no usable answer");
            }
            for fault in &sample.faults {
                tracing::warn!(platform = %name, fault, "refused a field of the answer");
            }
            metrics::counter!("bellwether_polls_total", "platform" => name.clone(), "outcome" => sample.outcome.word()).increment(1);
            metrics::histogram!("bellwether_poll_duration_seconds", "platform" => name.clone())
                .record(took.as_secs_f64());
            self.take_in(&watch, sample).await;
        }
    }

    /// One poll from answer to screen: stored, then told, so that a chart that is asked for on the
    /// telling has it. A database that is slow or refuses stops neither the telling nor the polling:
    /// the poll waits in memory and is stored with the next.
    pub async fn take_in(&self, watch: &Mutex<Watch>, sample: Sample) -> Arc<Frame> {
        let mut watch = watch.lock().await;
        let begun = Instant::now();
        if let Some(polls) = self.polls.get() {
            polls.send((watch.platform.name.clone(), sample.clone())).ok();
        }
        watch.take_in(sample, self.clock.now());
        let storing = self.store(watch.seen(), watch.unsaved.clone());
        tokio::pin!(storing);
        let (frame, stored) = match tokio::time::timeout(TELL_WITHIN, &mut storing).await {
            Ok(stored) => (self.hub.publish(watch.frame()), stored),
            Err(_) => (self.hub.publish(watch.frame()), storing.await),
        };
        match stored {
            Ok(taken) => {
                metrics::histogram!("bellwether_take_in_duration_seconds")
                    .record(begun.elapsed().as_secs_f64());
                watch.unsaved.clear();
                watch.memory = taken.memory;
                if taken.changed {
                    self.alerts.stir();
                }
                self.trouble("database", None);
                if let Err(error) = watch.learn_normals(&self.db, self.clock.now()).await {
                    tracing::error!(%error, "what is normal could not be learnt anew");
                }
            }
            Err(error) => {
                tracing::error!(%error, polls.waiting = watch.unsaved.len(), "polls could not be stored");
                self.trouble(
                    "database",
                    Some(format!(
                        "Polls cannot be stored ({error}); {} wait in memory and are stored as soon as that is possible.",
                        watch.unsaved.len()
                    )),
                );
            }
        }
        frame
    }

    /// Takes a poll of the first platform in, as if it had just been made.
    #[cfg(test)]
    pub async fn poll_for_tests(&self, sample: Sample) {
        self.take_in(&self.watches[0], sample).await;
    }

    /// Polls, what they come to, and the alerts that follow, in one transaction. In a task of its own, so that nothing
    /// that is cancelled leaves it half-way.
    async fn store(&self, seen: Seen, samples: Vec<Sample>) -> Result<alerts::Taken, DbError> {
        let console = self.clone();
        let storing = tokio::spawn(async move {
            let mut tx = console.db.begin().await?;
            recording::record(&mut tx, &seen.platform, &samples).await?;
            let (policy, context) = (console.alerts.policy(), seen.context(&console.config.metrics));
            let taken = alerts::take_in(&mut tx, policy, &context, seen.memory.clone(), &samples).await?;
            tx.commit().await?;
            Ok(taken)
        });
        storing.await.map_err(|_| DbError::Lost)?
    }

    async fn read_crises_for_ever(
        &self,
        watch: Arc<Mutex<Watch>>,
        client: Arc<PlatformClient>,
        mut stop: signal::Receiver<bool>,
    ) {
        let name = watch.lock().await.platform.name.clone();
        let every = self.clock.real(CRISES_EVERY).max(Duration::from_millis(100));
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + jitter(&name, every), every);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut round = 0u32;
        let mut first_read = FirstRead::new();
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                _ = beat.tick() => {}
            }
            match client.active_crises(self.clock.now()).await {
                Ok(crises) => {
                    let counts = count(&crises, &mut first_read, self.clock.now());
                    self.take_in_crises(&watch, counts).await;
                    self.take_in_cases(&watch, &name, crises).await;
                }
                Err(error) => tracing::debug!(platform = %name, %error, "crises could not be read"),
            }
            if round.is_multiple_of(ERRORS_EVERY) {
                let errors = client.recent_errors().await;
                if let Err(error) = &errors {
                    tracing::debug!(platform = %name, %error, "errors could not be read");
                }
                watch.lock().await.errors = errors.ok();
            }
            if round.is_multiple_of(MODELS_EVERY) {
                match client.models().await {
                    Ok(models) => self.take_in_models(&name, models).await,
                    Err(error) => tracing::debug!(platform = %name, %error, "models could not be read"),
                }
            }
            round = round.wrapping_add(1);
        }
    }

    /// Which versions run is kept where that changed.
    async fn take_in_models(&self, platform: &str, models: Vec<Model>) {
        let (db, at, name) = (self.db.clone(), self.clock.now(), platform.to_owned());
        let storing = tokio::spawn(async move {
            let mut tx = db.begin().await?;
            models::take_in(&mut tx, &name, &models, at).await?;
            tx.commit().await?;
            Ok::<_, DbError>(())
        });
        if let Ok(Err(error)) = storing.await {
            tracing::error!(platform, %error, "the versions of models could not be stored");
        }
    }

    /// How crises stand: told at once, and stored when that changes an alert.
    pub async fn take_in_crises(&self, watch: &Mutex<Watch>, counts: CrisisCounts) {
        let mut watch = watch.lock().await;
        if watch.take_in_crises(counts) {
            self.hub.publish(watch.frame());
        }
        let (seen, at) = (watch.seen(), self.clock.now());
        let mut tried = seen.memory.clone();
        let changes =
            tried.take_in_crises(&seen.context(&self.config.metrics), at, &self.alerts.policy().debounce);
        if changes.is_empty() && tried == seen.memory {
            return;
        }
        let console = self.clone();
        let storing = tokio::spawn(async move {
            let mut tx = console.db.begin().await?;
            let (policy, context) = (console.alerts.policy(), seen.context(&console.config.metrics));
            let taken = alerts::take_in_crises(&mut tx, policy, &context, seen.memory.clone(), at).await?;
            tx.commit().await?;
            Ok::<_, DbError>(taken)
        });
        match storing.await {
            Ok(Ok(taken)) => {
                watch.memory = taken.memory;
                if taken.changed {
                    self.alerts.stir();
                }
            }
            // Asked again in five seconds; nothing was remembered.
            Ok(Err(error)) => tracing::error!(%error, "alerts of crises could not be stored"),
            Err(_) => {}
        }
    }

    /// Crises become cases. Beside the counts, which go to the alerts first: whatever keeps a case out keeps no alert back.
    pub async fn take_in_cases(&self, watch: &Mutex<Watch>, platform: &str, crises: ActiveCrises) {
        let Some(cases) = self.cases.get() else { return };
        cases.set_failing(platform, watch.lock().await.is_crisis_failure());
        let unreadable = crises.unreadable;
        let taken = cases.take_in(platform, crises.told, unreadable == 0).await;
        let trouble = match &taken {
            Err(error) => {
                tracing::error!(platform, %error, "crises could not be taken in as cases");
                Some(format!(
                    "Crises of {platform} cannot be taken in as cases ({error}); they are tried again every 5 s."
                ))
            }
            Ok(_) if unreadable > 0 => Some(format!(
                "{unreadable} of the crises of {platform} have no id that can be read: they are counted, and are no cases."
            )),
            Ok(_) => None,
        };
        self.trouble("cases", trouble);
        if let Ok(taken) = taken
            && taken.opened > 0
        {
            tracing::info!(platform, cases.opened = taken.opened, "crises were taken in as cases");
        }
    }

    /// Open pages hear of each change of an alert; of many at once, of the last.
    async fn tell_of_alerts_for_ever(&self, mut stop: signal::Receiver<bool>) {
        let mut changes = self.alerts.changes();
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                _ = changes.changed() => {}
            }
            match self.alerts.standing().await {
                Ok(frame) => self.hub.publish_alerts(frame),
                Err(error) => tracing::error!(%error, "open pages could not be told of alerts"),
            }
            tokio::time::sleep(ALERTS_TOLD_EVERY).await;
        }
    }

    async fn retain_for_ever(&self, mut stop: signal::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                () = tokio::time::sleep(RETAIN_EVERY) => {}
            }
            let (db, now) = (self.db.clone(), self.clock.now());
            let cleared = tokio::spawn(async move {
                let mut tx = db.begin().await?;
                let gone = recording::retain(&mut tx, now).await?;
                tx.commit().await?;
                Ok::<_, DbError>(gone)
            });
            match cleared.await {
                Ok(Ok(gone)) => tracing::debug!(rows = gone, "cleared away what is past its keeping"),
                Ok(Err(error)) => {
                    tracing::error!(%error, "what is past its keeping could not be cleared away")
                }
                Err(_) => return,
            }
        }
    }

    /// The names of all platforms, in their configured order.
    pub fn platforms(&self) -> Vec<String> {
        self.config.platforms.iter().map(|platform| platform.name.clone()).collect()
    }

    fn watch(&self, platform: Option<&str>) -> Result<&Arc<Mutex<Watch>>, ShowError> {
        let index = match platform {
            None => 0,
            Some(name) => self
                .config
                .platforms
                .iter()
                .position(|platform| platform.name == name)
                .ok_or(ShowError::NoPlatform)?,
        };
        self.watches.get(index).ok_or(ShowError::NoPlatform)
    }

    /// The charts of one platform (the first one when none is named) over a range.
    pub async fn charts(
        &self,
        platform: Option<&str>,
        range: Range,
    ) -> Result<Vec<Arc<crate::monitoring::shown::Chart>>, ShowError> {
        let watch = self.watch(platform)?;
        let (name, poll_every, normals) = {
            let watch = watch.lock().await;
            (watch.platform.name.clone(), watch.poll_every().as_millis() as i64, watch.normals.clone())
        };
        let frame = charts::Frame {
            platform: &name,
            metrics: &self.config.metrics,
            normals: &normals,
            poll_every,
            now: self.clock.now(),
        };
        let mut charts = charts::charts(&self.db, &frame, range).await?;
        let alerts = self.alerts.between(&name, range.from, range.to).await?;
        for chart in charts.iter_mut().filter_map(Arc::get_mut) {
            let own = alerts.iter().filter(|stored| {
                let key = &stored.alert.key;
                key.service.is_none() && key.metric == chart.metric.key.as_str()
            });
            chart.bands = own.map(alerts::Stored::band).collect();
        }
        Ok(charts)
    }

    /// What is normal for a series of a platform ("optimization/error_rate"), when that is known.
    pub async fn normal(&self, platform: &str, series: &str) -> Option<f64> {
        let watch = self.watch(Some(platform)).ok()?.lock().await;
        watch.normals.get(series).copied()
    }

    /// `/performance`, without its charts: those are read and drawn apart, since they are shared.
    pub async fn performance(&self, platform: Option<&str>, range: Range) -> Result<Performance, ShowError> {
        let watch = self.watch(platform)?.lock().await;
        let name = watch.platform.name.clone();
        let frame = self.hub.frame(&name).unwrap_or_else(|| Arc::new(watch.frame()));
        Ok(Performance {
            platforms: self.platforms(),
            platform: name,
            frame,
            range,
            charts: Vec::new(),
            errors: watch.errors.clone(),
            now: self.clock.now(),
        })
    }

    /// `/`
    pub fn now_page(&self) -> Now {
        let frames = self.platforms().iter().filter_map(|name| self.hub.frame(name)).collect();
        let troubles = self.troubles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Now { frames, troubles: troubles.values().cloned().collect(), now: self.clock.now() }
    }

    pub fn metrics(&self) -> &[Metric] {
        &self.config.metrics
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn zone(&self) -> &TimeZone {
        &self.config.server.zone
    }

    fn trouble(&self, about: &'static str, words: Option<String>) {
        let mut troubles = self.troubles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match words {
            Some(words) => troubles.insert(about, words),
            None => troubles.remove(about),
        };
    }
}

/// When crises that do not say when they began were first read.
type FirstRead = BTreeMap<PlatformId, Millis>;

/// A crisis of which little can be read counts all the same: it is somebody's wedding.
fn count(crises: &ActiveCrises, first_read: &mut FirstRead, now: Millis) -> CrisisCounts {
    first_read.retain(|id, _| crises.told.iter().any(|told| told.id == *id && told.created_at.is_none()));
    let mut counts = CrisisCounts { active: crises.unreadable, waiting_long: 0, failed: 0 };
    for Told { id, status, created_at, .. } in &crises.told {
        let began = created_at.unwrap_or_else(|| *first_read.entry(id.clone()).or_insert(now));
        match status {
            Some(UpstreamStatus::Resolved) => continue,
            Some(UpstreamStatus::AiFailed) => counts.failed += 1,
            Some(UpstreamStatus::AiProcessing) if now.since(began) > CRISIS_ANSWER_WITHIN => {
                counts.waiting_long += 1;
            }
            _ => {}
        }
        counts.active += 1;
    }
    counts
}

/// Up to a tenth of the interval, by the platform's name.
fn jitter(name: &str, every: Duration) -> Duration {
    let spread: u32 = name.bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    every * (spread % 100) / 1_000
}

#[cfg(test)]
#[path = "tick_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "tick_replay_tests.rs"]
mod replay_tests;
