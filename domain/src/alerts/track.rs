//! What is remembered of one thing between samples: runs of bad ones, the last few, and whether an alert is open.

use serde::{Deserialize, Serialize};

use super::{Debounce, Severity};
use crate::{monitoring::Level, time::Millis};

/// Debounces one thing. As plain as it is, it decides whether somebody is woken.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Track {
    /// Samples running at this level or above, for levels 1 to 4; counted up to 250.
    runs: [u8; 4],
    /// The known samples that resolving looks at, newest last.
    last: Vec<Option<Severity>>,
    /// When the present run of bad samples began.
    pub began: Option<Millis>,
    /// Since when it has been past its alert line without a break.
    pub past_alert_since: Option<Millis>,
    /// Of the alert that is open.
    pub open: Option<Severity>,
    /// Resolved by a person while it was this bad: nothing new opens until it is good, or worse than this.
    pub dismissed: Option<Severity>,
}

/// What a sample changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    Fired(Severity),
    Rose(Severity),
    Fell(Severity),
    Recovered,
}

impl Track {
    /// Takes one known sample in. With `may_open` false nothing new opens: the whole platform is unreachable, and that
    /// is an alert already.
    pub fn take_in(
        &mut self,
        severity: Option<Severity>,
        at: Millis,
        debounce: &Debounce,
        may_open: bool,
    ) -> Option<Turn> {
        let number = severity.map_or(0, |severity| severity.level.number());
        for (index, run) in self.runs.iter_mut().enumerate() {
            *run = if usize::from(number) > index { run.saturating_add(1).min(250) } else { 0 };
        }
        match severity {
            Some(_) => self.began = self.began.or(Some(at)),
            None => self.began = None,
        }
        self.last.push(severity);
        let keep = usize::from(debounce.resolve.max(1));
        let surplus = self.last.len().saturating_sub(keep);
        self.last.drain(..surplus);

        let worst = self.last.iter().copied().max().flatten();
        let settled = self.last.len() == keep;
        if settled && worst.is_none() {
            self.dismissed = None;
        }
        let reached = severity.and_then(|severity| self.reached(severity, debounce));
        match (self.open, reached) {
            (None, Some(reached)) if may_open && self.dismissed.is_none_or(|past| reached > past) => {
                self.dismissed = None;
                self.open = Some(reached);
                Some(Turn::Fired(reached))
            }
            (Some(open), Some(reached)) if reached > open => {
                self.open = Some(reached);
                Some(Turn::Rose(reached))
            }
            (Some(_), _) if settled && worst.is_none() => {
                self.open = None;
                Some(Turn::Recovered)
            }
            (Some(open), _) if settled && worst.is_some_and(|worst| worst < open) => {
                self.open = worst;
                worst.map(Turn::Fell)
            }
            _ => None,
        }
    }

    /// The highest severity for which enough samples ran.
    fn reached(&self, severity: Severity, debounce: &Debounce) -> Option<Severity> {
        [Level::Emergency, Level::Critical, Level::Warning, Level::Information]
            .into_iter()
            .zip(self.runs.iter().rev())
            .filter(|(level, _)| *level <= severity.level)
            .find(|(level, run)| **run >= debounce.needs(*level, severity.urgent).max(1))
            .map(|(level, _)| Severity::new(level, severity.urgent, severity.wedding))
    }

    /// Whether there is nothing to remember.
    pub fn is_calm(&self) -> bool {
        self.runs == [0; 4]
            && self.open.is_none()
            && self.dismissed.is_none()
            && self.past_alert_since.is_none()
            && self.last.iter().all(Option::is_none)
    }

    /// Whether the newest known sample was good.
    pub fn is_good(&self) -> bool {
        self.last.last().is_none_or(Option::is_none)
    }

    /// How many of the samples that it needs a departure has, while it is pending: `(has, needs, level)`.
    pub fn pending(&self, debounce: &Debounce) -> Option<(u8, u8, Severity)> {
        let severity = self.last.last().copied().flatten()?;
        if self.open.is_some() || self.dismissed.is_some() {
            return None;
        }
        let run = self.runs[usize::from(severity.level.number()) - 1];
        Some((run, debounce.needs(severity.level, severity.urgent), severity))
    }
}
