//! From samples to changes of alerts: what one platform's samples have said so far.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    AlertKey, Debounce, Severity, UNANSWERED,
    finding::{self, Context, Finding},
    track::{Track, Turn},
};
use crate::{
    monitoring::{
        Metric, Reading, Sample, Verdict, Zone,
        judge::{judge, zone_of},
        wording,
    },
    time::{MINUTE, Millis},
};

/// What is remembered of one platform. It stands in the database beside the polls, so that a restart forgets nothing.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// By service (empty for the platform) and metric; what is calm is left out.
    tracks: BTreeMap<String, Track>,
    /// The newest sample that was judged: an older one that comes late changes no alert.
    judged: Option<Millis>,
    /// Polls running without anything usable, and since when.
    silent: Option<(usize, Millis)>,
    /// Polls running in which a service was down and the platform not healthy.
    down: BTreeMap<String, usize>,
    /// Values of the last ten minutes, for metrics whose doubling counts.
    recent: BTreeMap<String, Vec<(Millis, f64)>>,
}

/// What became of one alert.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    pub key: AlertKey,
    pub at: Millis,
    pub turn: ChangeOf,
    /// In words, as it is now.
    pub title: String,
    pub why: String,
    pub value: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeOf {
    /// Nothing was open. `began_at` is the first bad sample.
    Fired {
        severity: Severity,
        began_at: Millis,
    },
    Rose(Severity),
    Fell(Severity),
    Recovered,
}

/// A departure that has not lasted long enough for an alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    pub key: AlertKey,
    pub severity: Severity,
    pub samples: u8,
    pub needs: u8,
    pub since: Millis,
}

impl Memory {
    /// Takes one poll in. A poll that is not newer than the last one changes nothing.
    pub fn take_in(&mut self, context: &Context<'_>, sample: &Sample, debounce: &Debounce) -> Vec<Change> {
        if self.judged.is_some_and(|judged| sample.at <= judged) {
            return Vec::new();
        }
        self.judged = Some(sample.at);
        let mut changes = Vec::new();
        if let Some(finding) = self.silence(context, sample) {
            self.settle(context, finding, sample.at, debounce, true, &mut changes);
        }
        if !sample.is_answered() {
            return changes;
        }
        // While the platform is unreachable, that is the alert; its metrics open none of their own.
        let may_open = self.tracks.get(&name_of(None, UNANSWERED)).is_none_or(|track| track.open.is_none());
        for service in sample.services.keys() {
            let run = if finding::is_outage_of(sample, service) {
                self.down.get(service).map_or(1, |run| run.saturating_add(1))
            } else {
                0
            };
            self.down.insert(service.clone(), run);
        }
        self.down.retain(|_, run| *run > 0);
        let down = self.down.clone();
        let down_for = |service: &str| down.get(service).copied().unwrap_or(0);
        for found in finding::services(context, sample, down_for) {
            self.settle(context, found, sample.at, debounce, may_open, &mut changes);
        }
        for metric in context.metrics {
            self.measure(context, metric, None, sample, debounce, may_open, &mut changes);
            for (service, _) in context.services {
                self.measure(context, metric, Some(service), sample, debounce, may_open, &mut changes);
            }
        }
        changes
    }

    /// Takes in how the platform's crises stand, which is asked more often than the rest.
    pub fn take_in_crises(&mut self, context: &Context<'_>, at: Millis, debounce: &Debounce) -> Vec<Change> {
        let mut changes = Vec::new();
        self.settle(context, finding::crises(context), at, debounce, true, &mut changes);
        changes
    }

    /// Agrees with the alerts that are open in the database, which people change too. `open` are this platform's own
    /// (not those from outside).
    pub fn agree(&mut self, open: &BTreeMap<AlertKey, Severity>) {
        let mut names = BTreeSet::new();
        for (key, severity) in open {
            let name = name_of(key.service.as_deref(), &key.metric);
            let track = self.tracks.entry(name.clone()).or_default();
            track.open = Some(*severity);
            track.dismissed = None;
            names.insert(name);
        }
        for (name, track) in &mut self.tracks {
            if let Some(severity) = track.open.filter(|_| !names.contains(name)) {
                track.open = None;
                track.dismissed = Some(severity);
            }
        }
    }

    /// Whether the newest known sample of what an alert is about was good. What nothing is remembered of is well.
    pub fn is_good(&self, key: &AlertKey) -> bool {
        let track = self.tracks.get(&name_of(key.service.as_deref(), &key.metric));
        track.is_none_or(Track::is_good)
    }

    /// What departs and is not an alert yet.
    pub fn pending(&self, platform: &str, debounce: &Debounce) -> Vec<Pending> {
        let pending = self.tracks.iter().filter_map(|(name, track)| {
            let (samples, needs, severity) = track.pending(debounce)?;
            let (service, metric) = name.split_once('/')?;
            let key = AlertKey::new(platform, (!service.is_empty()).then_some(service), metric);
            Some(Pending { key, severity, samples, needs, since: track.began? })
        });
        pending.collect()
    }

    fn silence(&mut self, context: &Context<'_>, sample: &Sample) -> Option<Finding> {
        if sample.is_answered() {
            self.silent = None;
            return finding::unanswered(context, 0, 0, "");
        }
        let (polls, since) = self.silent.map_or((1, sample.at), |(polls, since)| (polls + 1, since));
        self.silent = Some((polls, since));
        let reason = sample.outcome.reason().unwrap_or("no answer");
        finding::unanswered(context, polls, sample.at.since(since), reason)
    }

    #[expect(clippy::too_many_arguments, reason = "one reading with everything that it is judged by")]
    fn measure(
        &mut self,
        context: &Context<'_>,
        metric: &Metric,
        service: Option<&str>,
        sample: &Sample,
        debounce: &Debounce,
        may_open: bool,
        changes: &mut Vec<Change>,
    ) {
        let series = match service {
            None => metric.key.as_str().to_owned(),
            Some(service) => format!("{service}/{}", metric.key),
        };
        let Some(value) = sample.readings.get(series.as_str()).copied() else { return };
        let name = name_of(service, metric.key.as_str());
        let five_minutes_ago =
            if metric.doubling_alerts { self.five_minutes_ago(&name, sample.at, value) } else { None };
        let normal = context.normals.get(series.as_str()).copied();
        let mut reading = Reading {
            value,
            normal,
            past_alert_for: 0,
            five_minutes_ago,
            wedding_affected: context.wedding_affected(),
        };
        let past_alert = zone_of(metric, &reading) >= Zone::PastAlert;
        let known = self.tracks.get(&name);
        let since = past_alert.then(|| known.and_then(|track| track.past_alert_since).unwrap_or(sample.at));
        reading.past_alert_for = since.map_or(0, |since| sample.at.since(since));
        let Verdict { level, why, .. } = judge(metric, &reading);
        if level.is_none() && known.is_none() {
            // Well, and nothing is remembered: the usual case, and the cheap one.
            return;
        }
        let severity = level.map(|level| Severity::new(level, past_alert, context.wedding_affected()));
        self.tracks.entry(name).or_default().past_alert_since = since;
        let of = service.map(|service| format!(" of the {}", context.service_name(service)));
        let found = Finding {
            service: service.map(str::to_owned),
            metric: metric.key.as_str().to_owned(),
            severity,
            value: Some(value),
            title: format!(
                "{}{} {}",
                metric.name,
                of.unwrap_or_default(),
                wording::value(metric.unit, value)
            ),
            why,
        };
        self.settle(context, found, sample.at, debounce, may_open, changes);
    }

    /// The newest value that is at least five minutes, and at most ten, older; remembers this one.
    fn five_minutes_ago(&mut self, name: &str, at: Millis, value: f64) -> Option<f64> {
        let values = self.recent.entry(name.to_owned()).or_default();
        values.retain(|(earlier, _)| at.since(*earlier) <= 10 * MINUTE);
        let before = values.iter().rev().find(|(earlier, _)| at.since(*earlier) >= 5 * MINUTE);
        let before = before.map(|(_, value)| *value);
        values.push((at, value));
        before
    }

    fn settle(
        &mut self,
        context: &Context<'_>,
        finding: Finding,
        at: Millis,
        debounce: &Debounce,
        may_open: bool,
        changes: &mut Vec<Change>,
    ) {
        let name = name_of(finding.service.as_deref(), &finding.metric);
        if finding.severity.is_none() && !self.tracks.contains_key(&name) {
            return;
        }
        let track = self.tracks.entry(name.clone()).or_default();
        let began = track.began;
        let turn = track.take_in(finding.severity, at, debounce, may_open);
        let began_at = track.began.or(began).unwrap_or(at);
        if track.is_calm() {
            self.tracks.remove(&name);
        }
        let Some(turn) = turn else { return };
        changes.push(Change {
            key: AlertKey {
                platform: context.platform.to_owned(),
                service: finding.service,
                metric: finding.metric,
            },
            at,
            turn: match turn {
                Turn::Fired(severity) => ChangeOf::Fired { severity, began_at },
                Turn::Rose(severity) => ChangeOf::Rose(severity),
                Turn::Fell(severity) => ChangeOf::Fell(severity),
                Turn::Recovered => ChangeOf::Recovered,
            },
            title: finding.title,
            why: finding.why,
            value: finding.value,
        });
    }
}

/// "optimization/error_rate", "/error_rate": how a track is named.
fn name_of(service: Option<&str>, metric: &str) -> String {
    format!("{}/{metric}", service.unwrap_or_default())
}
