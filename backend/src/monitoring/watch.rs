//! What is known of a platform now: the recent polls, what is normal, the crises, and the frame that
//! follows from them.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    alerts::{Context, Memory},
    live::{Frame, MetricFrame, ServiceFrame, spark},
    monitoring::{
        EngineState, Level, Metric, Overall, Sample, SeriesKey, Situation, Standing, Width,
        overall::{CrisisCounts, sentence, unanswered_run},
        rollup::{NORMAL_OVER, normals},
        standings, wording,
    },
    time::{HOUR, Millis, SECOND},
};
use jiff::tz::TimeZone;

use super::{shown::ErrorCount, store};
use crate::{
    config::{Platform, Service},
    db::{Db, DbError},
};

/// Recent polls reach back this far: departures are followed so far back.
const RECENT: i64 = 6 * HOUR;
/// A spark shows this stretch.
const SPARK: i64 = HOUR;
/// Polls that could not be stored are kept for a day at the most, then the oldest go.
const UNSAVED_AT_MOST: usize = 2_880;

/// What is seen of a platform at one moment, to be judged elsewhere.
#[derive(Clone, Debug)]
pub struct Seen {
    pub platform: String,
    pub memory: Memory,
    normals: BTreeMap<SeriesKey, f64>,
    services: Vec<(String, String)>,
    crisis_manager: Option<String>,
    crises: CrisisCounts,
    weddings_today: Option<u32>,
}

impl Seen {
    /// As alerts are judged by it.
    pub fn context<'a>(&'a self, metrics: &'a [Metric]) -> Context<'a> {
        Context {
            platform: &self.platform,
            metrics,
            normals: &self.normals,
            services: &self.services,
            crisis_manager: self.crisis_manager.as_deref(),
            crises: self.crises,
            weddings_today: self.weddings_today,
        }
    }
}

/// One watched platform. Plain data: the tick changes it, pages look at its frame.
#[derive(Debug)]
pub struct Watch {
    pub platform: Platform,
    metrics: Vec<Metric>,
    zone: TimeZone,
    recent: Vec<Sample>,
    /// Polls that the database has not taken yet.
    pub unsaved: Vec<Sample>,
    pub normals: BTreeMap<SeriesKey, f64>,
    normals_at: Option<Millis>,
    crises: CrisisCounts,
    /// What alerts remember of it between samples, as it is stored.
    pub memory: Memory,
    pub errors: Option<Vec<ErrorCount>>,
    answered_at: Option<Millis>,
}

impl Watch {
    pub fn new(platform: Platform, metrics: Vec<Metric>, zone: TimeZone) -> Watch {
        Watch {
            platform,
            metrics,
            zone,
            recent: Vec::new(),
            unsaved: Vec::new(),
            normals: BTreeMap::new(),
            normals_at: None,
            crises: CrisisCounts::default(),
            memory: Memory::default(),
            errors: None,
            answered_at: None,
        }
    }

    /// Reads what was known before the console was stopped.
    pub async fn recall(&mut self, db: &Db, now: Millis) -> Result<(), DbError> {
        self.recent = store::polls(db.read(), &self.platform.name, now.minus(RECENT), now.plus(1)).await?;
        self.answered_at =
            self.recent.iter().rev().find(|sample| sample.is_answered()).map(|sample| sample.at);
        self.learn_normals(db, now).await
    }

    /// What is normal changes slowly: it is learnt anew every five minutes.
    pub async fn learn_normals(&mut self, db: &Db, now: Millis) -> Result<(), DbError> {
        if self.normals_at.is_some_and(|at| now.since(at).abs() < 300 * SECOND) {
            return Ok(());
        }
        let from = now.minus(NORMAL_OVER).floor_to(HOUR);
        let hours = store::buckets(db.read(), &self.platform.name, Width::Hour, from, now).await?;
        self.normals = normals(&hours);
        self.normals_at = Some(now);
        Ok(())
    }

    /// Takes a poll in. Polls that come late find their place; one with the same time is replaced.
    pub fn take_in(&mut self, sample: Sample, arrived: Millis) {
        if sample.is_answered() {
            self.answered_at = self.answered_at.max(Some(arrived));
        }
        let oldest = sample.at.minus(RECENT);
        match self.recent.binary_search_by_key(&sample.at, |known| known.at) {
            Ok(place) => self.recent[place] = sample.clone(),
            Err(place) => self.recent.insert(place, sample.clone()),
        }
        self.recent.retain(|known| known.at >= oldest);
        self.unsaved.push(sample);
        if self.unsaved.len() > UNSAVED_AT_MOST {
            self.unsaved.remove(0);
        }
    }

    /// The crises as they are now; says whether that is a change.
    pub fn take_in_crises(&mut self, crises: CrisisCounts) -> bool {
        std::mem::replace(&mut self.crises, crises) != crises
    }

    /// Values of the newest answered poll, judged.
    fn standings(&self) -> Vec<Standing> {
        let affected = Situation::wedding_affected(self.weddings_today(), self.crises);
        standings(&self.metrics, &self.recent, &self.normals, affected)
    }

    /// What alerts are judged by now.
    pub fn seen(&self) -> Seen {
        let services = self.platform.services.iter();
        Seen {
            platform: self.platform.name.clone(),
            memory: self.memory.clone(),
            normals: self.normals.clone(),
            services: services.map(|service| (service.key.clone(), service.name.clone())).collect(),
            crisis_manager: self.platform.crisis_manager.clone(),
            crises: self.crises,
            weddings_today: self.weddings_today(),
        }
    }

    fn weddings_today(&self) -> Option<u32> {
        self.recent.iter().rev().find(|sample| sample.is_answered()).and_then(|sample| sample.weddings_today)
    }

    fn overall(&self, standings: &[Standing]) -> Overall {
        let services = self.platform.services.iter();
        let names: Vec<(String, String)> =
            services.map(|service| (service.key.clone(), service.name.clone())).collect();
        domain::monitoring::overall(&Situation {
            standings,
            recent: &self.recent,
            crises: self.crises,
            weddings_today: self.weddings_today(),
            crisis_manager: self.platform.crisis_manager.as_deref().map(|key| (key, "crisis manager")),
            service_names: &names,
        })
    }

    /// Whether it is a level 4 because crises are not answered.
    pub fn is_crisis_failure(&self) -> bool {
        domain::crises::is_crisis_failure(&self.overall(&self.standings()).reasons)
    }

    /// The frame for every viewer; its revision is given by the hub.
    pub fn frame(&self) -> Frame {
        let standings = self.standings();
        let services = &self.platform.services;
        let overall = self.overall(&standings);
        Frame {
            revision: 0,
            platform: self.platform.name.clone(),
            polled_at: self.recent.last().map(|sample| sample.at.0),
            answered_at: self.answered_at.map(|at| at.0),
            poll_every: self.platform.poll_every.as_millis() as i64,
            level: overall.level,
            sentence: sentence(&overall, |at| clock_time(at, &self.zone)),
            metrics: standings.iter().map(|standing| self.metric_frame(standing)).collect(),
            services: services.iter().map(|service| self.service_frame(service, &overall)).collect(),
            weddings_today: self.weddings_today(),
            crises: self.crises.active,
            trouble: self.trouble(),
        }
    }

    fn metric_frame(&self, standing: &Standing) -> MetricFrame {
        let metric = &standing.metric;
        let newest = self.recent.last().map_or(Millis(0), |sample| sample.at);
        let from = newest.minus(SPARK);
        let first = self.recent.partition_point(|sample| sample.at < from);
        let points: Vec<(i64, f64)> = self.recent[first..]
            .iter()
            .filter_map(|sample| Some((sample.at.0, sample.reading(&metric.key)?)))
            .collect();
        let gap = 3 * self.platform.poll_every.as_millis() as i64;
        MetricFrame {
            key: metric.key.to_string(),
            name: metric.name.clone(),
            value: standing.newest.map(|(_, value)| wording::value(metric.unit, value)),
            level: standing.level(),
            target: wording::target(metric),
            normal: standing.normal.map(|normal| wording::normal(metric, normal)),
            why: standing.verdict.as_ref().map(|verdict| verdict.why.clone()),
            departed: standing.departed.map(|at| at.0),
            spark: spark(&points, from.0, newest.0, gap),
        }
    }

    fn service_frame(&self, service: &Service, overall: &Overall) -> ServiceFrame {
        let newest = self.recent.last().filter(|sample| sample.is_answered() || !sample.services.is_empty());
        let state = newest.and_then(|sample| sample.services.get(&service.key).copied());
        let is_crisis_manager = self.platform.crisis_manager.as_deref() == Some(&service.key);
        let level = state.and_then(|state| match state {
            EngineState::Operational => None,
            _ if is_crisis_manager => Some(Level::Emergency),
            EngineState::Degraded => Some(Level::Warning),
            EngineState::Down => {
                Some(overall.level.map_or(Level::Critical, |level| level.max(Level::Critical)))
            }
        });
        ServiceFrame {
            key: service.key.clone(),
            name: service.name.clone(),
            state: match state {
                Some(EngineState::Operational) => "Operational",
                Some(EngineState::Degraded) => "Degraded",
                Some(EngineState::Down) => "Down",
                None => "Unknown",
            }
            .to_owned(),
            level,
            known: state.is_some(),
        }
    }

    fn trouble(&self) -> Option<String> {
        let newest = self.recent.last()?;
        if let Some(reason) = newest.outcome.reason() {
            let polls = unanswered_run(&self.recent).map_or(1, |(_, polls)| polls);
            let bad = newest.outcome.word() == "bad";
            let what =
                if bad { "The newest answer cannot be read" } else { "The newest poll brought no answer" };
            let running = if polls > 1 { format!("; {polls} polls running") } else { String::new() };
            return Some(format!("{what}: {reason}{running}."));
        }
        match newest.faults.as_slice() {
            [] => None,
            faults => {
                Some(format!("Refused in the newest answer, and shown as unknown: {}.", faults.join("; ")))
            }
        }
    }

    /// How long after a poll the next is due.
    pub fn poll_every(&self) -> Duration {
        self.platform.poll_every
    }
}

/// "02:56", with the day when it is not near: the sentence is read within hours of it.
fn clock_time(at: Millis, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|timestamp| timestamp.to_zoned(zone.clone()).strftime("%H:%M").to_string())
        .unwrap_or_else(|_| at.0.to_string())
}
