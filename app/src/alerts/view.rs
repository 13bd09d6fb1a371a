//! Alerts in the words of the pages.

use backend::alerts::Stored;
use domain::{
    alerts::{AlertState, Policy, Resolution},
    monitoring::Level,
    time::{Millis, lasting},
    words::capitalised,
};
use jiff::tz::TimeZone;

use super::Names;
use crate::when;

/// What every view of alerts is made with.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    pub now: Millis,
    pub zone: &'a TimeZone,
    pub names: &'a Names,
    pub policy: &'a Policy,
    pub rights: &'a Rights,
}

/// What whoever looks may do to alerts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    /// The sentence that says who may, when they may not.
    pub handle: Result<(), String>,
    /// The keys of the services that their role is limited to; `None` is all of them.
    pub services: Option<Vec<String>>,
}

/// One alert in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlertRow {
    pub id: String,
    pub level: Level,
    /// "Response time 12.7 s"
    pub title: String,
    /// "Past the alert line of 10 s and 40 % worse than normal."
    pub why: String,
    /// "Optimization engine, wedsync"; empty for the only platform as a whole.
    pub place: String,
    /// The name of the row that says the same in the list of what needs somebody.
    pub about: Option<String>,
    pub began_at: i64,
    /// "32 min"
    pub lasted: String,
    /// "02:56"
    pub since: String,
    pub state: StateView,
    pub may_acknowledge: bool,
    pub procedure: Option<String>,
}

/// Who has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StateView {
    Firing {
        /// When the next page goes out: "03:38".
        next: Option<String>,
    },
    Held {
        by: String,
        /// "03:08"
        since: String,
        /// Epoch milliseconds, and "03:44".
        until: i64,
        until_words: String,
        /// "16 min left"
        left: String,
    },
    Resolved {
        /// "Resolved by itself 03:20, after 24 min."
        words: String,
    },
}

impl Rights {
    /// Whether an alert of this service, or of the platform as a whole, is theirs to handle.
    ///
    /// # Errors
    /// With the sentence that says who may.
    pub fn may(&self, service: Option<&str>, names: &Names) -> Result<(), String> {
        self.handle.clone()?;
        match (&self.services, service) {
            (None, _) => Ok(()),
            (Some(own), Some(service)) if own.iter().any(|one| one == service) => Ok(()),
            (Some(own), _) => {
                let own: Vec<String> = own.iter().map(|service| names.service_words(service)).collect();
                Err(format!(
                    "Your role handles alerts of {} only.",
                    domain::monitoring::wording::listed(&own)
                ))
            }
        }
    }
}

impl AlertRow {
    pub fn of(stored: &Stored, drawing: Drawing<'_>) -> AlertRow {
        let Drawing { now, zone, names, rights, .. } = drawing;
        let Stored { id, title, why, alert, .. } = stored;
        let state = StateView::of(stored, drawing);
        let end = match &alert.state {
            AlertState::Resolved { at, .. } => *at,
            _ => now,
        };
        AlertRow {
            id: id.as_str().to_owned(),
            level: if alert.is_open() { alert.severity.level } else { alert.highest },
            title: title.clone(),
            why: sentence(why),
            place: names.place_beside(&alert.key, title),
            about: names.needs_row(&alert.key),
            began_at: alert.began_at.0,
            lasted: lasting(end.since(alert.began_at)),
            since: when::clock(alert.began_at.0, now, zone),
            may_acknowledge: matches!(state, StateView::Firing { .. })
                && rights.may(alert.key.service.as_deref(), names).is_ok(),
            state,
            procedure: names.procedure(stored),
        }
    }
}

impl StateView {
    pub(super) fn of(stored: &Stored, drawing: Drawing<'_>) -> StateView {
        let Drawing { now, zone, policy, .. } = drawing;
        let alert = &stored.alert;
        let clock = |at: Millis| when::clock(at.0, now, zone);
        match &alert.state {
            AlertState::Firing => {
                let due = alert.due_at(policy).filter(|due| *due > now);
                StateView::Firing { next: due.map(clock) }
            }
            AlertState::Acknowledged { by, at, until } => StateView::Held {
                by: by.name.clone(),
                since: clock(*at),
                until: until.0,
                until_words: clock(*until),
                left: islands::clock_left(until.0, now.0),
            },
            AlertState::Resolved { how, at } => {
                let after = lasting(at.since(alert.began_at));
                let who = match how {
                    Resolution::Recovered => "by itself".to_owned(),
                    Resolution::ByPerson { by, .. } => format!("by {}", by.name),
                };
                let mut words = format!("Resolved {who} {}, after {after}.", clock(*at));
                if let Resolution::ByPerson { reason, .. } = how
                    && !reason.is_empty()
                {
                    words.push(' ');
                    words.push_str(&sentence(reason));
                }
                StateView::Resolved { words }
            }
        }
    }

    pub(super) fn is_firing(&self) -> bool {
        matches!(self, StateView::Firing { .. })
    }
}

/// Begins with a capital and ends with a stop.
pub(super) fn sentence(text: &str) -> String {
    let capital = capitalised(text.trim());
    if capital.is_empty() || capital.ends_with(['.', '!', '?']) { capital } else { format!("{capital}.") }
}

/// "2 alerts are open; nobody has acknowledged 1 of them."
pub(super) fn open_sentence(open: i64, rows: &[AlertRow], last_resolved: Option<String>) -> String {
    let firing = rows.iter().filter(|row| row.state.is_firing()).count() as i64;
    let holders: std::collections::BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| match &row.state {
            StateView::Held { by, .. } => Some(by.as_str()),
            _ => None,
        })
        .collect();
    let only = holders.iter().next().filter(|_| holders.len() == 1);
    match (open, firing, only) {
        (0, ..) => match last_resolved {
            Some(at) => format!("No open alerts. Last one resolved {at}."),
            None => "No open alerts. The first one will stand here.".to_owned(),
        },
        (1, 0, Some(by)) => format!("1 alert is open; {by} has it."),
        (1, ..) => "1 alert is open; nobody has acknowledged it.".to_owned(),
        (open, 0, Some(by)) => format!("{open} alerts are open; {by} has all of them."),
        (open, 0, None) => format!("{open} alerts are open; all are acknowledged."),
        (open, firing, _) if firing >= open => {
            format!("{open} alerts are open; nobody has acknowledged any of them.")
        }
        (open, firing, _) => format!("{open} alerts are open; nobody has acknowledged {firing} of them."),
    }
}
