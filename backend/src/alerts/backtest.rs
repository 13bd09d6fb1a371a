//! What a policy would have made of the stored past: the rules of `domain`, run over the polls as they are stored.
//!
//! The roster is one on which somebody is on call in every tier, and nobody acknowledges: it counts the most that people
//! could have been called. What is normal is learnt at each full hour, from the hourly roll-ups of the seven days
//! before it, where the watching learns it every five minutes. Crises are not stored, so none is replayed, and the past
//! begins calm: what was open at its beginning fires at its first bad sample.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use domain::{
    access::PersonId,
    alerts::{Alert, AlertKey, AlertState, Context, Debounce, Happening, History, Policy, Severity, World},
    delivery::{Occasion, Recipient},
    monitoring::{Level, Metric, Sample, SeriesKey, overall::CrisisCounts},
    oncall::{Effect, OnCall, Roster, RosterTier},
    time::{DAY, HOUR, Millis},
    windows::Window,
};

use super::{Alerts, Source, Stored, store};
use crate::{
    db::DbError,
    monitoring::replay::{self, Page},
    windows,
};

/// Raw polls are kept for a hundred days.
const MOST_DAYS: u32 = 100;

/// A policy that is tried: what is not named stays as it is configured.
#[derive(Clone, PartialEq, Debug)]
pub struct Edited {
    /// By the key of a metric: target, alert and critical line.
    pub lines: BTreeMap<String, [Option<f64>; 3]>,
    pub debounce: Debounce,
}

/// What came of trying.
#[derive(Clone, PartialEq, Debug)]
pub struct Backtest {
    pub from: Millis,
    pub to: Millis,
    pub took_ms: u64,
    /// Polls that were replayed.
    pub samples: usize,
    pub as_is: Outcome,
    pub edited: Option<Outcome>,
    /// The console's own alerts that were open at some time in the stretch, in the order of firing.
    pub happened: Vec<Stored>,
}

/// What one policy would have made.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// In the order of firing.
    pub alerts: Vec<Tried>,
    /// Calls of people; what only a channel reads calls nobody.
    pub pages: usize,
    /// Calls once more, because nobody acknowledged.
    pub reminders: usize,
    /// Alerts by their highest level, 1 to 4.
    pub by_level: [usize; 4],
}

/// An alert that would have been.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    pub key: AlertKey,
    pub highest: Severity,
    pub began_at: Millis,
    pub fired_at: Millis,
    pub resolved_at: Option<Millis>,
    pub pages: usize,
    pub reminders: usize,
}

impl Alerts {
    /// Tries the policy as it is, and an edited one, on the last `days` of a platform.
    ///
    /// # Errors
    /// When the database cannot be read, or the platform is not watched.
    pub async fn backtest(
        &self,
        platform: &str,
        days: u32,
        edited: Option<&Edited>,
    ) -> Result<Backtest, DbError> {
        let begun = Instant::now();
        let (db, to) = (&self.0.db, self.0.clock.now());
        let from = to.minus(i64::from(days.clamp(1, MOST_DAYS)) * DAY);
        let past = self.past(platform, from, to).await?;
        let mut trying = Trying::of(&self.0.policy, &self.0.config.metrics, edited);

        // The next polls are read while the ones before are judged.
        let mut next = replay::page(db, platform, from, to).await?;
        while let Some(page) = next {
            let after = page.last();
            let (reading, judging) = tokio::join!(
                replay::page(db, platform, after.plus(1), to),
                judge(past.clone(), trying, page)
            );
            (next, trying) = (reading?, judging?);
        }
        let happened = store::between(db.read(), platform, from, to.plus(1)).await?;
        let mut outcomes = trying.tried.into_iter().map(|one| outcome(one.history));
        Ok(Backtest {
            from,
            to,
            samples: trying.samples,
            as_is: outcomes.next().unwrap_or_default(),
            edited: outcomes.next(),
            happened: happened.into_iter().filter(|stored| stored.source == Source::Watch).collect(),
            took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    async fn past(&self, platform: &str, from: Millis, to: Millis) -> Result<Arc<Past>, DbError> {
        let Some(known) = self.0.config.platforms.iter().find(|known| known.name == platform) else {
            return Err(DbError::Stored(format!("there is no platform {platform:?}")));
        };
        let services = known.services.iter();
        Ok(Arc::new(Past {
            platform: platform.to_owned(),
            services: services.map(|service| (service.key.clone(), service.name.clone())).collect(),
            crisis_manager: known.crisis_manager.clone(),
            normals: replay::normals(&self.0.db, platform, from, to).await?,
            windows: windows::between(&self.0.db, from, to).await?,
            roster: everybody(),
        }))
    }
}

/// What the polls are judged by, whatever the policy.
struct Past {
    platform: String,
    services: Vec<(String, String)>,
    crisis_manager: Option<String>,
    /// From each full hour on.
    normals: BTreeMap<Millis, BTreeMap<SeriesKey, f64>>,
    windows: Vec<Window>,
    roster: Roster,
}

/// The policies that are tried, as far as they have got.
struct Trying {
    tried: Vec<OnePolicy>,
    samples: usize,
    weddings_today: Option<u32>,
}

struct OnePolicy {
    policy: Policy,
    metrics: Vec<Metric>,
    history: History,
}

impl Trying {
    fn of(policy: &Policy, metrics: &[Metric], edited: Option<&Edited>) -> Trying {
        let one =
            |policy: Policy, metrics: Vec<Metric>| OnePolicy { policy, metrics, history: History::default() };
        let mut tried = vec![one(policy.clone(), metrics.to_vec())];
        if let Some(Edited { lines, debounce }) = edited {
            let mut metrics = metrics.to_vec();
            for metric in &mut metrics {
                if let Some([target, alert, critical]) = lines.get(metric.key.as_str()) {
                    (metric.target, metric.alert, metric.critical) = (*target, *alert, *critical);
                }
            }
            tried.push(one(Policy { debounce: *debounce, ..policy.clone() }, metrics));
        }
        Trying { tried, samples: 0, weddings_today: None }
    }

    fn take_in(&mut self, past: &Past, sample: &Sample) {
        self.samples += 1;
        if sample.is_answered() {
            self.weddings_today = sample.weddings_today;
        }
        let none = BTreeMap::new();
        let normals = past.normals.get(&sample.at.floor_to(HOUR)).unwrap_or(&none);
        for OnePolicy { policy, metrics, history } in &mut self.tried {
            let context = Context {
                platform: &past.platform,
                metrics,
                normals,
                services: &past.services,
                crisis_manager: past.crisis_manager.as_deref(),
                crises: CrisisCounts::default(),
                weddings_today: self.weddings_today,
            };
            let world = World { policy, roster: &past.roster, windows: &past.windows };
            history.sample(&world, &context, sample);
        }
    }
}

/// Off the threads that answer pages.
async fn judge(past: Arc<Past>, mut trying: Trying, page: Page) -> Result<Trying, DbError> {
    let judging = tokio::task::spawn_blocking(move || {
        for sample in page.samples() {
            trying.take_in(&past, &sample?);
        }
        Ok(trying)
    });
    judging.await.map_err(|_| DbError::Lost)?
}

/// Somebody in every tier, whose channel reads along in the first.
pub(crate) fn everybody() -> Roster {
    let tier = |number: u8| RosterTier {
        number,
        name: format!("tier {number}"),
        channel: (number == 1).then(|| "tier 1".to_owned()),
        on_call: OnCall::People { people: vec![PersonId::new(format!("tier-{number}"))] },
    };
    Roster { tiers: (1..=4).map(tier).collect() }
}

fn outcome(history: History) -> Outcome {
    let mut calls: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut highest: BTreeMap<usize, Severity> = BTreeMap::new();
    for (_, number, happening) in &history.log {
        match happening {
            Happening::Paged(Effect::Tell { to: Recipient::Person { .. }, occasion, .. }) => {
                let (pages, reminders) = calls.entry(*number).or_default();
                *if *occasion == Occasion::Reminder { reminders } else { pages } += 1;
            }
            Happening::Fired(severity) | Happening::Rose { to: severity, .. } => {
                let worst = highest.entry(*number).or_insert(*severity);
                *worst = (*worst).max(*severity);
            }
            _ => {}
        }
    }
    let open = history.open.into_values();
    let mut alerts: Vec<(usize, Alert)> = history.ended.into_iter().chain(open).collect();
    alerts.sort_by_key(|(number, _)| *number);
    let alerts: Vec<Tried> = alerts
        .into_iter()
        .map(|(number, alert)| {
            let (pages, reminders) = calls.get(&number).copied().unwrap_or_default();
            Tried {
                highest: highest.get(&number).copied().unwrap_or(alert.severity),
                began_at: alert.began_at,
                fired_at: alert.fired_at,
                resolved_at: match alert.state {
                    AlertState::Resolved { at, .. } => Some(at),
                    AlertState::Firing | AlertState::Acknowledged { .. } => None,
                },
                key: alert.key,
                pages,
                reminders,
            }
        })
        .collect();
    let at_level = |level: Level| alerts.iter().filter(|alert| alert.highest.level == level).count();
    Outcome {
        pages: alerts.iter().map(|alert| alert.pages).sum(),
        reminders: alerts.iter().map(|alert| alert.reminders).sum(),
        by_level: [Level::Information, Level::Warning, Level::Critical, Level::Emergency].map(at_level),
        alerts,
    }
}
