//! Alerts: kept, paged, acknowledged, resolved. What the rules of `domain` decide is carried out here, each thing in one
//! transaction with its story, its pages and its record in the audit log.

mod around;
mod backtest;
#[cfg(test)]
mod backtest_tests;
mod evidence;
mod evidence_store;
#[cfg(test)]
mod evidence_tests;
mod listing;
mod listing_store;
mod outside;
#[cfg(test)]
mod outside_tests;
mod pages;
mod passing;
mod past;
mod past_store;
#[cfg(test)]
mod past_tests;
mod shown;
mod store;
mod taking;
#[cfg(test)]
mod tests;
mod verbs;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use domain::alerts::{Alert, AlertId, Policy, Refusal};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{
    access::Missing,
    clock::Clock,
    config::Config,
    db::{Db, DbError},
    delivery::Courier,
};

#[cfg(test)]
pub(crate) use self::backtest::everybody;
pub use self::{
    around::{Around, BEFORE},
    backtest::{Backtest, Edited, Outcome, Tried},
    evidence::Pinned,
    listing::{AlertFilter, Place, StateFilter},
    outside::{NotReceived, Received},
    passing::run,
    past::{Past, PastPlace, PastState},
    shown::{Row, Shown, Told},
    taking::{Taken, take_in, take_in_crises},
    verbs::Noted,
};

/// Everything that alerts need. Cheap to clone.
#[derive(Clone)]
pub struct Alerts(Arc<Inner>);

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alerts").finish_non_exhaustive()
    }
}

struct Inner {
    db: Db,
    clock: Clock,
    config: Arc<Config>,
    policy: Policy,
    /// Something may be due earlier than whoever sleeps knows.
    due: Notify,
    /// Carries what is told; there once the console serves.
    courier: OnceLock<Courier>,
    /// Alerts changed: open pages look again.
    changed: tokio::sync::watch::Sender<u64>,
    /// In place of the roster of the database.
    #[cfg(test)]
    roster: std::sync::Mutex<Option<domain::oncall::Roster>>,
}

/// Who saw that something is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The console's own watching.
    Watch,
    Alertmanager,
    Pagerduty,
}

/// An alert as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    pub id: AlertId,
    pub source: Source,
    /// "Response time 12.7 s"
    pub title: String,
    /// "past the alert line of 10 s and 40 % worse than normal"
    pub why: String,
    /// In the metric's unit.
    pub value: Option<f64>,
    pub alert: Alert,
    /// What a sender from outside said of it.
    pub labels: Option<BTreeMap<String, String>>,
    pub version: i64,
}

/// Why something was not done to an alert.
#[derive(Debug, thiserror::Error)]
pub enum AlertRefused {
    #[error("There is no such alert.")]
    Unknown,
    #[error(transparent)]
    Refusal(#[from] Refusal),
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error("The note is empty.")]
    EmptyNote,
    #[error("It is longer than {most} characters.")]
    TooLong { most: usize },
    #[error("There is nobody of that name who may handle alerts.")]
    NoSuchPerson,
    #[error("It is pinned to it already.")]
    IsPinned,
    #[error("Somebody else changed it this moment; look at it again.")]
    Changed,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Alerts {
    pub fn new(db: Db, clock: Clock, config: Arc<Config>) -> Alerts {
        Alerts(Arc::new(Inner {
            db,
            clock,
            config,
            policy: Policy::default(),
            due: Notify::new(),
            courier: OnceLock::new(),
            changed: tokio::sync::watch::channel(0).0,
            #[cfg(test)]
            roster: std::sync::Mutex::default(),
        }))
    }

    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Names who carries what is told, so that they are woken at once.
    pub fn deliver_by(&self, courier: Courier) {
        // The first one stays: there is one for each console.
        self.0.courier.set(courier).ok();
    }

    /// Counts up whenever an alert changes.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// From now on these are on call.
    #[cfg(test)]
    pub fn call_in_tests(&self, roster: domain::oncall::Roster) {
        *self.0.roster.lock().unwrap() = Some(roster);
    }

    /// After a commit: whoever sleeps looks again.
    pub fn stir(&self) {
        self.0.due.notify_one();
        self.told();
    }

    /// After a commit that wrote deliveries: they are carried at once, and open pages look again.
    fn told(&self) {
        if let Some(courier) = self.0.courier.get() {
            courier.wake();
        }
        self.0.changed.send_modify(|count| *count += 1);
    }
}

/// Whether there is such an alert, open or over.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_there(db: &Db, id: &AlertId) -> Result<bool, DbError> {
    Ok(store::one(db.read(), id).await?.is_some())
}

impl Source {
    pub const ALL: [Source; 3] = [Source::Watch, Source::Alertmanager, Source::Pagerduty];

    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Source::Watch => "watch",
            Source::Alertmanager => "alertmanager",
            Source::Pagerduty => "pagerduty",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Watch => "the console",
            Source::Alertmanager => "Alertmanager",
            Source::Pagerduty => "PagerDuty events",
        }
    }

    pub fn from_word(word: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.word() == word)
    }
}
