//! Alerts that are looked for: the past, filtered, page by page; and how those that are open stand.

use std::{fmt, str::FromStr};

use domain::{
    alerts::{AlertId, AlertState, Pending},
    live::{AlertNews, AlertsFrame, NEWS},
    monitoring::Level,
    time::Millis,
};

use super::{Alerts, Stored, past_store, store};
use crate::{db::DbError, monitoring::shown::Band};

/// Which alerts are looked for; what is `None` may be anything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Past {
    /// The worst that it has been.
    pub level: Option<Level>,
    pub platform: Option<String>,
    /// Empty: the platform as a whole.
    pub service: Option<String>,
    pub metric: Option<String>,
    pub state: PastState,
    /// Fired in `[from, to)`.
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    /// In its title or its reason, in any case of letters.
    pub text: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PastState {
    #[default]
    Resolved,
    Firing,
    Acknowledged,
    Any,
}

/// Where a page of the past ends: the next one begins after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastPlace {
    pub fired_at: Millis,
    pub id: AlertId,
}

impl PastState {
    pub const ALL: [PastState; 4] =
        [PastState::Resolved, PastState::Firing, PastState::Acknowledged, PastState::Any];

    /// As in an address.
    pub fn word(self) -> &'static str {
        match self {
            PastState::Resolved => "resolved",
            PastState::Firing => "firing",
            PastState::Acknowledged => "acknowledged",
            PastState::Any => "any",
        }
    }

    pub fn from_word(word: &str) -> Option<PastState> {
        PastState::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl PastPlace {
    pub fn of(stored: &Stored) -> PastPlace {
        PastPlace { fired_at: stored.alert.fired_at, id: stored.id.clone() }
    }
}

/// "1795490892000.0199…": as in an address.
impl fmt::Display for PastPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.fired_at, self.id)
    }
}

impl FromStr for PastPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<PastPlace, ()> {
        let (fired_at, id) = text.split_once('.').ok_or(())?;
        Ok(PastPlace { fired_at: Millis(fired_at.parse().map_err(|_| ())?), id: AlertId(id.to_owned()) })
    }
}

impl Alerts {
    /// Those that are looked for, the last fired first, after `before`; at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search(
        &self,
        wanted: &Past,
        before: Option<&PastPlace>,
        limit: i64,
    ) -> Result<Vec<Stored>, DbError> {
        past_store::past(self.0.db.read(), wanted, before, limit).await
    }

    /// When one was last resolved; `None` when none ever was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_resolved(&self) -> Result<Option<Millis>, DbError> {
        past_store::last_resolved(self.0.db.read()).await
    }

    /// What departs on any of the platforms and is no alert yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn pending(&self) -> Result<Vec<Pending>, DbError> {
        let mut pending = Vec::new();
        for platform in &self.0.config.platforms {
            let memory = self.memory(&platform.name).await?;
            pending.extend(memory.pending(&platform.name, &self.0.policy.debounce));
        }
        Ok(pending)
    }

    /// How the open ones stand, for every open page.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn standing(&self) -> Result<AlertsFrame, DbError> {
        // Before the reading, so that what changes meanwhile is a change more.
        let changes = *self.0.changed.borrow();
        let db = self.0.db.read();
        let counts = store::open_counts(db).await?;
        let newest = past_store::newest(db, NEWS).await?;
        Ok(AlertsFrame {
            changes,
            open: counts.iter().sum(),
            firing: past_store::firing(db).await?,
            worst: worst(&counts),
            newest: newest
                .into_iter()
                .map(|stored| AlertNews {
                    id: stored.id.0,
                    title: stored.title,
                    level: Some(stored.alert.severity.level),
                })
                .collect(),
        })
    }
}

/// Of the counts by level 1 to 4.
fn worst(counts: &[i64; 4]) -> Option<Level> {
    let levels = [Level::Information, Level::Warning, Level::Critical, Level::Emergency];
    levels.into_iter().zip(counts).filter(|(_, count)| **count > 0).map(|(level, _)| level).max()
}

impl Stored {
    /// As a chart of its metric marks it.
    pub fn band(&self) -> Band {
        Band {
            from: self.alert.fired_at,
            to: match &self.alert.state {
                AlertState::Resolved { at, .. } => Some(*at),
                _ => None,
            },
            level: self.alert.highest,
            title: format!("{}: {}", self.alert.highest, self.title),
        }
    }
}
