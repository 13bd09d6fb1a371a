//! What the pages show of alerts.

use std::collections::BTreeMap;

use domain::{
    access::PersonId,
    alerts::{AlertId, Happening, Memory, Pending},
    delivery::Recipient,
    oncall::Effect,
    time::{MINUTE, Millis},
};

use super::{AlertRefused, Alerts, Source, Stored, store};
use crate::{
    access,
    db::DbError,
    delivery::{self, Delivery},
    monitoring, windows,
};

/// Samples of the story reach this far before its beginning and after its end.
const AROUND: i64 = 30 * MINUTE;
const MOST_OPEN: i64 = 500;

/// `/alerts`
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    /// The worst first, then the oldest; at most 500.
    pub open: Vec<Row>,
    /// How many are open, by level 1 to 4.
    pub counts: [i64; 4],
    pub pending: Vec<Pending>,
    /// Newest first.
    pub ended: Vec<Row>,
    pub silences: Vec<windows::Stored>,
    pub now: Millis,
}

/// One alert in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub stored: Stored,
}

/// `/alerts/{id}`
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    pub stored: Stored,
    /// Oldest first.
    pub story: Vec<(Millis, Happening)>,
    /// Of everybody in the story.
    pub names: BTreeMap<PersonId, String>,
    /// The metric's values around it, oldest first; empty for what is no metric.
    pub samples: Vec<(Millis, Option<f64>)>,
    /// Whether the newest sample is good, so that it may be resolved without a reason.
    pub good: bool,
    /// Silences and windows that touch it.
    pub windows: Vec<windows::Stored>,
    pub now: Millis,
}

impl Alerts {
    /// Open and past alerts. `before` pages through the past.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn shown(&self, before: Option<Millis>, past: i64) -> Result<Shown, DbError> {
        let (db, now) = (&self.0.db, self.0.clock.now());
        let row = |stored| Row { stored };
        let open = store::open(db.read(), MOST_OPEN).await?.into_iter().map(row).collect();
        let before = before.unwrap_or(Millis(i64::MAX));
        let ended = store::ended(db.read(), before, past).await?.into_iter().map(row).collect();
        let mut pending = Vec::new();
        for platform in &self.0.config.platforms {
            let memory = store::memory(db.read(), &platform.name).await?.unwrap_or_default();
            pending.extend(memory.pending(&platform.name, &self.0.policy.debounce));
        }
        Ok(Shown {
            open,
            counts: store::open_counts(db.read()).await?,
            pending,
            ended,
            silences: windows::present(db, now).await?,
            now,
        })
    }

    /// What became of everything that was sent about an alert, by itself or in a list with others; oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn deliveries(&self, id: &AlertId) -> Result<Vec<Delivery>, DbError> {
        let lists = store::lists_of(self.0.db.read(), id).await?;
        delivery::of_alert(&self.0.db, id.as_str(), &lists).await
    }

    /// Those that are open, the worst first; at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(&self, limit: i64) -> Result<Vec<Stored>, DbError> {
        store::open(self.0.db.read(), limit).await
    }

    /// How many are open, by level 1 to 4.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn counts(&self) -> Result<[i64; 4], DbError> {
        store::open_counts(self.0.db.read()).await
    }

    /// One alert as it is stored.
    ///
    /// # Errors
    /// When there is none such, or the database cannot be read.
    pub async fn one(&self, id: &AlertId) -> Result<Stored, AlertRefused> {
        store::one(self.0.db.read(), id).await?.ok_or(AlertRefused::Unknown)
    }

    /// The alerts of a platform that were open at some time in a stretch, in the order of firing: the bands of a chart.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn between(&self, platform: &str, from: Millis, to: Millis) -> Result<Vec<Stored>, DbError> {
        store::between(self.0.db.read(), platform, from, to).await
    }

    /// One alert's story.
    ///
    /// # Errors
    /// When there is none such, or the database cannot be read.
    pub async fn story(&self, id: &AlertId) -> Result<Told, AlertRefused> {
        let (db, now) = (&self.0.db, self.0.clock.now());
        let stored = self.one(id).await?;
        let story = store::story(db.read(), id).await?;
        let key = &stored.alert.key;
        let ended = story
            .iter()
            .rev()
            .find_map(|(at, happening)| matches!(happening, Happening::Resolved(_)).then_some(*at));
        let (from, to) =
            (stored.alert.began_at.minus(AROUND), ended.map_or(now, |at| at.plus(AROUND)).min(now).plus(1));
        let samples = match stored.source {
            Source::Watch => monitoring::values(db, &key.platform, &series(&stored), from, to).await?,
            // What it is about is not measured here.
            Source::Alertmanager | Source::Pagerduty => Vec::new(),
        };
        let people: Vec<PersonId> = story.iter().filter_map(|(_, happening)| person(happening)).collect();
        let of = (key.platform.as_str(), key.service.as_deref(), key.metric.as_str());
        let windows = windows::present(db, now).await?;
        let touching = windows.into_iter().filter(|silence| {
            silence.window.covers(of, domain::monitoring::Level::Critical, None, now.max(silence.window.from))
        });
        Ok(Told {
            names: access::names(db, &people).await?,
            good: self.is_good(id).await?,
            windows: touching.collect(),
            story,
            samples,
            stored,
            now,
        })
    }

    /// What is remembered of a platform, for whoever starts to watch it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn memory(&self, platform: &str) -> Result<Memory, DbError> {
        Ok(store::memory(self.0.db.read(), platform).await?.unwrap_or_default())
    }
}

/// "optimization/error_rate", as samples name it.
fn series(stored: &Stored) -> String {
    let key = &stored.alert.key;
    match &key.service {
        Some(service) => format!("{service}/{}", key.metric),
        None => key.metric.clone(),
    }
}

fn person(happening: &Happening) -> Option<PersonId> {
    match happening {
        Happening::Paged(Effect::Tell { to: Recipient::Person { id }, .. }) => Some(id.clone()),
        _ => None,
    }
}
