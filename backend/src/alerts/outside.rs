//! Alerts that senders from outside tell of: Alertmanager and whoever speaks PagerDuty's events.

use std::collections::BTreeMap;

use domain::{
    alerts::{
        Alert, AlertId, AlertKey, Happening, Policy, Severity, Who,
        outside::{Report, ReportTold, began},
    },
    audit::{Facts, Object},
    delivery::Occasion,
    monitoring::Level,
    time::Millis,
};

use super::{Alerts, Source, Stored, pages, passing::clock_time, store};
use crate::{
    access::{HandleAlerts, Permit},
    audit,
    config::Platform,
    connect::{
        inbound::{Read, RefusedReport, Unreadable},
        inbound_alertmanager::read_alertmanager,
    },
    db::{DbError, Tx},
    monitoring,
};

/// Two payloads that open the same alert at the same moment: one of them is taken once more.
const TRIES: usize = 3;
/// A long payload lets others have their turn after so many alerts.
const IN_ONE_GO: usize = 200;

/// What became of a payload.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Received {
    /// Alerts that were opened.
    pub opened: usize,
    /// Open ones that are another level now, or are told of in other words.
    pub changed: usize,
    pub acknowledged: usize,
    pub resolved: usize,
    /// What was known already, and ends and acknowledgements of what is not open.
    pub unchanged: usize,
    /// In the order of the payload.
    pub refused: Vec<RefusedReport>,
}

/// Why nothing of a payload was taken.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What a payload does, decided before anything is written.
#[derive(Default)]
struct Deeds {
    opened: Vec<Stored>,
    changed: Vec<Stored>,
    resolved: Vec<Stored>,
    acknowledged: Vec<Stored>,
    told: Vec<(AlertId, Millis, Vec<Happening>)>,
}

impl Alerts {
    /// Takes in a payload of Alertmanager's webhook. Taking the same once more changes nothing.
    ///
    /// # Errors
    /// When it cannot be read, or the database refuses; then nothing of it was taken.
    pub async fn receive_alertmanager(
        &self,
        permit: &Permit<HandleAlerts>,
        bytes: Vec<u8>,
    ) -> Result<Received, NotReceived> {
        let config = self.0.config.clone();
        // Sixteen megabytes of JSON take a while: not on a thread that answers pages.
        let reading = tokio::task::spawn_blocking(move || read_alertmanager(&bytes, &config.severities));
        let read = reading.await.map_err(|_| DbError::Lost)??;
        Ok(self.receive(permit, Source::Alertmanager, read).await?)
    }

    /// Takes in one event in PagerDuty's form.
    ///
    /// # Errors
    /// When the database refuses; then nothing of it was taken.
    pub async fn receive_event(
        &self,
        permit: &Permit<HandleAlerts>,
        report: Report,
    ) -> Result<Received, DbError> {
        self.receive(permit, Source::Pagerduty, Read { reports: vec![(0, report)], refused: Vec::new() })
            .await
    }

    async fn receive(
        &self,
        permit: &Permit<HandleAlerts>,
        source: Source,
        read: Read,
    ) -> Result<Received, DbError> {
        let (alerts, permit) = (self.clone(), permit.clone());
        // In a task of its own: a sender that hangs up leaves nothing half-way.
        let receiving = tokio::spawn(async move {
            let mut tries = 1;
            loop {
                match alerts.receive_whole(&permit, source, &read).await {
                    Err(error) if tries < TRIES && error.is_conflict() => {
                        tracing::debug!(%error, tries, "a payload is taken once more");
                        tries += 1;
                    }
                    done => return done,
                }
            }
        });
        receiving.await.map_err(|_| DbError::Lost)?
    }

    async fn receive_whole(
        &self,
        permit: &Permit<HandleAlerts>,
        source: Source,
        read: &Read,
    ) -> Result<Received, DbError> {
        let now = self.0.clock.now();
        let mut received = Received { refused: read.refused.clone(), ..Received::default() };
        // The last word on each alert counts.
        let mut reports: BTreeMap<AlertKey, &Report> = BTreeMap::new();
        for (place, report) in &read.reports {
            match self.key(permit, report) {
                Ok(key) => drop(reports.insert(key, report)),
                Err(why) => received.refused.push(RefusedReport { place: *place, why }),
            }
        }
        received.refused.sort_by_key(|refused| refused.place);
        let keys: Vec<&AlertKey> = reports.keys().collect();

        let mut tx = self.0.db.begin().await?;
        let open = store::open_for_any(&mut tx, &keys).await?;
        let mut open: BTreeMap<AlertKey, Stored> =
            open.into_iter().map(|stored| (stored.alert.key.clone(), stored)).collect();
        let weddings = self.weddings(&mut tx, &reports).await?;
        let by = Who { person: None, name: permit.actor().name };
        let mut deeds = Deeds::default();
        for (index, (key, report)) in reports.into_iter().enumerate() {
            let is_wedding_day = weddings.get(&key.platform).copied().unwrap_or_default();
            let is_known = open.remove(&key);
            let moment = Moment { policy: &self.0.policy, by: &by, is_wedding_day, now };
            let done = match is_known {
                None => deeds.open(&moment, source, key, report),
                Some(stored) => deeds.change(&moment, stored, report),
            };
            received.count(done);
            if index % IN_ONE_GO == 0 {
                tokio::task::yield_now().await;
            }
        }
        self.write(&mut tx, &deeds, now).await?;
        let entry = permit
            .entry("alerts.received")
            .about(Object::new("sender", source.word(), source.name()))
            .changed(Facts::new(), received.facts());
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        metrics::counter!("bellwether_alerts_received_total", "source" => source.word())
            .increment(read.reports.len() as u64);
        if !deeds.told.is_empty() || !deeds.changed.is_empty() {
            self.stir();
        }
        Ok(received)
    }

    async fn write(&self, tx: &mut Tx, deeds: &Deeds, now: Millis) -> Result<(), DbError> {
        let policy = &self.0.policy;
        store::insert(tx, &deeds.opened, |alert| alert.due_at(policy)).await?;
        for stored in deeds.changed.iter().chain(&deeds.resolved).chain(&deeds.acknowledged) {
            if !store::update(tx, stored, stored.alert.due_at(policy)).await? {
                return Err(DbError::Conflict("an alert was changed meanwhile"));
            }
        }
        store::tell(tx, &deeds.told).await?;
        pages::ended_together(tx, &deeds.resolved, now).await?;
        for stored in &deeds.acknowledged {
            let said = deeds.told.iter().find(|(id, ..)| *id == stored.id);
            let said = said.and_then(|(.., happened)| happened.first()).map(|happening| {
                let clock = |at| clock_time(at, &self.0.config.server.zone);
                domain::alerts::wording::told(happening, |id| id.to_string(), clock)
            });
            pages::told(tx, stored, Occasion::Acknowledged, said.unwrap_or_default(), now).await?;
        }
        Ok(())
    }

    /// What an alert from outside is about: of the platform and the service that it names, where they are watched.
    fn key(&self, permit: &Permit<HandleAlerts>, report: &Report) -> Result<AlertKey, String> {
        let platforms = &self.0.config.platforms;
        let named = report
            .platform
            .as_deref()
            .and_then(|named| platforms.iter().find(|platform| platform.name.eq_ignore_ascii_case(named)));
        let Some(platform) = named.or(platforms.first()) else {
            return Err("no platform is watched".to_owned());
        };
        let service = report.service.as_deref().and_then(|named| service(platform, named));
        let is_covered = match service {
            Some(service) => permit.covers(service),
            None => permit.viewer().services.is_none(),
        };
        if !is_covered {
            return Err("the token's role is limited to services, and this is of none of them".to_owned());
        }
        Ok(AlertKey::new(&platform.name, service, &report.metric))
    }

    async fn weddings(
        &self,
        tx: &mut Tx,
        reports: &BTreeMap<AlertKey, &Report>,
    ) -> Result<BTreeMap<String, bool>, DbError> {
        let mut weddings = BTreeMap::new();
        for platform in reports.keys().map(|key| &key.platform) {
            if !weddings.contains_key(platform) {
                let today = monitoring::weddings_today(tx, platform).await?;
                weddings.insert(platform.clone(), today.is_some_and(|count| count > 0));
            }
        }
        Ok(weddings)
    }
}

/// By its key, its label or its field, as people write it.
fn service<'a>(platform: &'a Platform, named: &str) -> Option<&'a str> {
    let is_it = |name: &str| name.eq_ignore_ascii_case(named);
    let found =
        platform.services.iter().find(|known| is_it(&known.key) || is_it(&known.name) || is_it(&known.field));
    found.map(|known| known.key.as_str())
}

struct Moment<'a> {
    policy: &'a Policy,
    by: &'a Who,
    is_wedding_day: bool,
    now: Millis,
}

impl Moment<'_> {
    /// A warning from outside is never past an alert line: it has none here.
    fn severity(&self, level: Level) -> Severity {
        Severity::new(level, false, self.is_wedding_day)
    }
}

enum Done {
    Opened,
    Changed,
    Acknowledged,
    Resolved,
    Nothing,
}

impl Deeds {
    fn open(&mut self, moment: &Moment<'_>, source: Source, key: AlertKey, report: &Report) -> Done {
        // The end of what is not open is dropped, and so is an acknowledgement.
        let ReportTold::Firing { level, title, why, labels, began_at } = &report.told else {
            return Done::Nothing;
        };
        let began_at = began(*began_at, moment.now);
        let (alert, happened) = Alert::fire(key, moment.severity(*level), began_at, moment.now);
        let stored = Stored {
            id: AlertId(uuid::Uuid::now_v7().to_string()),
            source,
            title: title.clone(),
            why: why.clone(),
            value: None,
            alert,
            labels: Some(labels.clone()),
            version: 1,
        };
        self.told.push((stored.id.clone(), moment.now, happened));
        self.opened.push(stored);
        Done::Opened
    }

    fn change(&mut self, moment: &Moment<'_>, mut stored: Stored, report: &Report) -> Done {
        let (id, now) = (stored.id.clone(), moment.now);
        match &report.told {
            ReportTold::Resolved => {
                let happened = stored.alert.recover(now);
                self.told.push((id, now, happened));
                self.resolved.push(stored);
                Done::Resolved
            }
            ReportTold::Acknowledged => {
                let Ok(happened) = stored.alert.acknowledge(moment.policy, moment.by.clone(), now) else {
                    return Done::Nothing;
                };
                self.told.push((id, now, happened));
                self.acknowledged.push(stored);
                Done::Acknowledged
            }
            ReportTold::Firing { level, title, why, labels, .. } => {
                let is_same = stored.title == *title
                    && stored.why == *why
                    && stored.labels.as_ref() == Some(labels)
                    && stored.alert.severity == moment.severity(*level);
                if is_same {
                    return Done::Nothing;
                }
                let happened = stored.alert.judge(moment.policy, moment.severity(*level), now);
                stored.title.clone_from(title);
                stored.why.clone_from(why);
                stored.labels = Some(labels.clone());
                if !happened.is_empty() {
                    self.told.push((id, now, happened));
                }
                self.changed.push(stored);
                Done::Changed
            }
        }
    }
}

impl Received {
    fn count(&mut self, done: Done) {
        let place = match done {
            Done::Opened => &mut self.opened,
            Done::Changed => &mut self.changed,
            Done::Acknowledged => &mut self.acknowledged,
            Done::Resolved => &mut self.resolved,
            Done::Nothing => &mut self.unchanged,
        };
        *place += 1;
    }

    /// How many of each, for the record: what is none is left out.
    fn facts(&self) -> Facts {
        let counts = [
            ("opened", self.opened),
            ("changed", self.changed),
            ("acknowledged", self.acknowledged),
            ("resolved", self.resolved),
            ("unchanged", self.unchanged),
            ("refused", self.refused.len()),
        ];
        let told = counts.into_iter().filter(|(_, count)| *count > 0);
        told.map(|(word, count)| (word.to_owned(), count.to_string())).collect()
    }
}
