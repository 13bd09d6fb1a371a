//! What was the case around an alert: what else began with it, what ended or was changed shortly before.

use domain::{
    alerts::AlertState,
    time::{HOUR, MINUTE, Millis},
};

use super::{Alerts, Stored};
use crate::{
    db::DbError,
    monitoring::models::{self, ModelChange},
    windows,
};

/// What begins this near to it may have the same cause.
const BESIDE: i64 = 30 * MINUTE;
/// What happened this shortly before it may be the cause.
pub const BEFORE: i64 = HOUR;

/// See the head of this file. Nothing of it is proven to belong to the alert.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Around {
    /// Alerts of the platform that began within half an hour of it, in the order of firing.
    pub beside: Vec<Stored>,
    /// Alerts of the platform that ended within the hour before it.
    pub ended_before: Vec<Stored>,
    /// Silences and windows of the platform that lay in the hour before it, whatever they cover.
    pub windows_before: Vec<windows::Stored>,
    /// Other versions of models that came within the hour before it, oldest first.
    pub models_before: Vec<ModelChange>,
    /// Silences and windows that cover what it is about, at some time from its beginning to its end.
    pub windows: Vec<windows::Stored>,
}

impl Alerts {
    /// What was the case around an alert.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn around(&self, stored: &Stored) -> Result<Around, DbError> {
        let (db, now) = (&self.0.db, self.0.clock.now());
        let key = &stored.alert.key;
        let (began, before) = (stored.alert.began_at, stored.alert.began_at.minus(BEFORE));
        let others = self.between(&key.platform, before, began.plus(BESIDE)).await?;
        let others = || others.iter().filter(|other| other.id != stored.id);
        let beside = others().filter(|other| other.alert.began_at.since(began).abs() <= BESIDE);
        let ended_before = others().filter(|other| {
            ended(other).is_some_and(|at| at <= began) && other.alert.began_at.since(began).abs() > BESIDE
        });
        let until = ended(stored).unwrap_or(now).plus(1);
        let windows = windows::touching(db, before, until).await?;
        let of_platform = |window: &&windows::Stored| {
            window.window.over.platform.as_ref().is_none_or(|platform| *platform == key.platform)
        };
        let covers = |window: &&windows::Stored| {
            let over = &window.window.over;
            let end = window.ended_at.unwrap_or(window.window.until).min(window.window.until);
            end > began
                && over.service.as_ref().is_none_or(|service| key.service.as_ref() == Some(service))
                && over.metric.as_ref().is_none_or(|metric| *metric == key.metric)
        };
        let lay_before = |window: &&windows::Stored| window.window.from <= began && !covers(window);
        let models_before = models::changes(db, &key.platform, before, began.plus(1)).await?;
        Ok(Around {
            models_before,
            beside: beside.cloned().collect(),
            ended_before: ended_before.cloned().collect(),
            windows_before: windows.iter().filter(of_platform).filter(lay_before).cloned().collect(),
            windows: windows.iter().filter(of_platform).filter(covers).cloned().collect(),
        })
    }
}

fn ended(stored: &Stored) -> Option<Millis> {
    match &stored.alert.state {
        AlertState::Resolved { at, .. } => Some(*at),
        _ => None,
    }
}
