//! The world: the seed, when it began, and everything that was done to it since. What it is like at a moment follows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::cluster::Cluster;
use crate::cluster::felt::{Behind, USUAL_PODS};
use crate::crises::{Crises, Crisis};
use crate::figures::{self, Figures};
use crate::past;
use crate::scenario::{Cure, Order, Scenario};
use crate::vitals::{Engine, Vitals};
use crate::weddings::{self, Wedding};

/// For how long a warm cache is felt.
const WARM_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Something that is on or off, and remembers since when.
#[derive(Debug, Clone, Default)]
pub struct Switch {
    turns: Vec<(Timestamp, bool)>,
}

/// What `GET /ai/fallback` and `GET /crisis/manual-mode` answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    pub enabled: bool,
    /// When it was last switched; nothing when it never was.
    pub since: Option<Timestamp>,
}

impl Switch {
    /// Switches at `at`; switching to where it already is changes nothing.
    pub fn turn(&mut self, at: Timestamp, on: bool) {
        if self.is_on(at) != on {
            self.turns.push((at, on));
        }
    }

    #[must_use]
    pub fn is_on(&self, at: Timestamp) -> bool {
        self.turns.iter().rev().find(|(turned, _)| *turned <= at).is_some_and(|(_, on)| *on)
    }

    /// When it was first on in `from..=to`.
    #[must_use]
    pub fn first_on(&self, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        if self.is_on(from) {
            return Some(from);
        }
        self.turns
            .iter()
            .find(|(turned, on)| *on && *turned > from && *turned <= to)
            .map(|(turned, _)| *turned)
    }

    #[must_use]
    pub fn position(&self) -> Position {
        let last = self.turns.last();
        Position { enabled: last.is_some_and(|(_, on)| *on), since: last.map(|(at, _)| *at) }
    }
}

/// One scenario, from when it was switched on until the next.
#[derive(Debug, Clone)]
pub struct Chapter {
    pub from: Timestamp,
    pub order: Order,
    /// How often each route was asked since, for what goes by turns.
    asked: BTreeMap<String, u64>,
}

/// One call at the emergency host.
#[derive(Debug, Clone, Serialize)]
pub struct Emergency {
    #[serde(skip)]
    pub number: u64,
    pub id: String,
    pub at: Timestamp,
    #[serde(rename = "type")]
    pub kind: String,
    pub severity: String,
}

/// Everything that decides what is told.
#[derive(Debug, Clone)]
pub struct World {
    pub seed: u64,
    pub name: String,
    /// Up to here the past is known; later, nothing happens that was not switched on.
    pub began: Timestamp,
    chapters: Vec<Chapter>,
    pub fallback: Switch,
    pub manual_mode: Switch,
    warmed: Vec<Timestamp>,
    pub crises: Crises,
    pub emergencies: Vec<Emergency>,
    pub cluster: Cluster,
}

impl World {
    #[must_use]
    pub fn new(seed: u64, name: &str, began: Timestamp) -> Self {
        Self {
            seed,
            name: name.to_owned(),
            began,
            chapters: Vec::new(),
            fallback: Switch::default(),
            manual_mode: Switch::default(),
            warmed: Vec::new(),
            crises: Crises::default(),
            emergencies: Vec::new(),
            cluster: Cluster::new(seed, began),
        }
    }

    /// The same world from the beginning. Whoever watched the cluster of this one notices.
    #[must_use]
    pub fn afresh(&self, now: Timestamp) -> Self {
        let mut world = Self::new(self.seed, &self.name, self.began);
        world.cluster.follow(&self.cluster);
        world.cluster.advance(now);
        world
    }

    /// Begins a scenario.
    pub fn switch(&mut self, order: Order, now: Timestamp) {
        if order.scenario != Scenario::CrisisWave {
            self.crises.end_wave(now);
        }
        match order.scenario {
            Scenario::CrisisWave => {
                let weddings = self.weddings_near(now);
                self.crises.begin_wave(self.seed, now, order.crises, &weddings);
            }
            Scenario::WeddingDay => {
                let weddings = self.weddings_near(now);
                self.crises.open_for_wedding_day(self.seed, now, &weddings);
            }
            _ => {}
        }
        self.chapters.push(Chapter { from: now, order, asked: BTreeMap::new() });
    }

    /// The order in force; calm before the first.
    #[must_use]
    pub fn order(&self) -> Order {
        self.chapters.last().map_or_else(|| Order::plain(Scenario::Calm), |chapter| chapter.order.clone())
    }

    /// When the scenario in force began.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.chapters.last().map_or(self.began, |chapter| chapter.from)
    }

    /// Counts one more question of `route`, and says how many came before it in this scenario.
    pub fn ask(&mut self, route: &str) -> u64 {
        let Some(chapter) = self.chapters.last_mut() else { return 0 };
        let asked = chapter.asked.entry(route.to_owned()).or_default();
        *asked += 1;
        *asked - 1
    }

    /// Whether the turn of `flapping` that `/ai/health` told last was a good one.
    #[must_use]
    pub fn good_turn(&self) -> bool {
        self.chapters
            .last()
            .and_then(|chapter| chapter.asked.get("/ai/health"))
            .is_none_or(|asked| asked.is_multiple_of(2))
    }

    /// How the platform is, or was, at `at`. `flapping` goes by half minutes here.
    #[must_use]
    pub fn vitals(&self, at: Timestamp) -> Vitals {
        self.vitals_in_turn(at, at.as_second().div_euclid(30) % 2 == 0)
    }

    /// As `vitals`, with the turn of `flapping` given.
    #[must_use]
    pub fn vitals_in_turn(&self, at: Timestamp, good_turn: bool) -> Vitals {
        let mut vitals = Vitals::calm(self.seed, at);
        if let Some(incident) = past::incident(at, self.began) {
            vitals.suffer(incident, self.seed, at);
        }
        if let Some(chapter) = self.chapters.iter().rev().find(|chapter| chapter.from <= at)
            && !self.is_cured(chapter, at)
        {
            chapter.order.scenario.afflict(&mut vitals, self.seed, at, good_turn);
        }
        self.share_the_load(&mut vitals, at);
        if self.cluster.felt.behind(at) == Behind::Backup {
            self.answer_from_the_backup(&mut vitals, at);
        }
        if self.warmed.iter().any(|warmed| *warmed <= at && at.duration_since(*warmed) < WARM_FOR) {
            vitals.response_time_ms *= 0.9;
        }
        if self.fallback.is_on(at) {
            self.answer_by_rules(&mut vitals, at);
        }
        vitals.rounded()
    }

    /// Whether what the scenario does is over, because its cure was applied.
    fn is_cured(&self, chapter: &Chapter, at: Timestamp) -> bool {
        chapter.order.cure == Some(Cure::Restart) && self.cluster.felt.restarted(chapter.from, at)
    }

    /// More pods of the optimization engine than usual work the queue off, fewer let it grow.
    fn share_the_load(&self, vitals: &mut Vitals, at: Timestamp) {
        let pods = self.cluster.felt.pods(at);
        if pods == USUAL_PODS {
            return;
        }
        let calm = Vitals::calm(self.seed, at);
        let share = f64::from(USUAL_PODS) / f64::from(pods.max(1));
        vitals.queue_length *= share;
        let excess = (vitals.response_time_ms - calm.response_time_ms).max(0.0);
        vitals.response_time_ms += excess * (share - 1.0);
        if pods == 0 {
            vitals.optimization = Engine::Down;
            vitals.queue_length += 200.0;
        }
    }

    /// The backup: farther away, with an older model, but there.
    fn answer_from_the_backup(&self, vitals: &mut Vitals, at: Timestamp) {
        let calm = Vitals::calm(self.seed, at);
        *vitals = Vitals {
            accuracy_rate: calm.accuracy_rate - 0.05,
            response_time_ms: calm.response_time_ms + 90.0,
            crisis_manager: if vitals.crisis_manager == Engine::Down {
                calm.crisis_manager
            } else {
                vitals.crisis_manager
            },
            ..calm
        };
    }

    /// How hard the engines work: 1 on a usual day.
    #[must_use]
    pub fn strain(&self, at: Timestamp) -> f64 {
        let vitals = self.vitals(at);
        let pods = f64::from(self.cluster.felt.pods(at).max(1)) / f64::from(USUAL_PODS);
        (1.0 + vitals.queue_length / 60.0).min(2.4) / pods.max(0.5)
    }

    /// The fallback: quick and there, but less often right.
    fn answer_by_rules(&self, vitals: &mut Vitals, at: Timestamp) {
        let calm = Vitals::calm(self.seed, at);
        vitals.accuracy_rate = vitals.accuracy_rate.min(calm.accuracy_rate - 0.08);
        vitals.availability = calm.availability;
        vitals.error_rate = calm.error_rate;
        vitals.queue_length = calm.queue_length;
        vitals.response_time_ms = calm.response_time_ms * 0.6;
        // An engine for which the rules answer is not well; what it is itself is said once it works again.
        for engine in [&mut vitals.optimization, &mut vitals.recommendation] {
            if *engine == Engine::Down {
                *engine = Engine::Degraded;
            }
        }
        if vitals.crisis_manager == Engine::Down {
            vitals.crisis_manager = Engine::Operational;
        }
    }

    /// Whether `/ai/...` does not answer at `at`: an outage without a cure, a fallback or a backup that answers, or an
    /// ingress that leads nowhere.
    #[must_use]
    pub fn is_out(&self, at: Timestamp) -> bool {
        if self.fallback.is_on(at) {
            return false;
        }
        match self.cluster.felt.behind(at) {
            Behind::Nobody => true,
            Behind::Backup => false,
            Behind::Engines => self.chapters.last().is_some_and(|chapter| {
                chapter.order.scenario == Scenario::Outage && !self.is_cured(chapter, at)
            }),
        }
    }

    /// Warms the cache: answers are a little quicker for ten minutes. Returns the number of the job.
    pub fn warm(&mut self, now: Timestamp) -> usize {
        self.warmed.push(now);
        self.warmed.len()
    }

    /// The figures of the hours of `date` that have begun by `now`, with the hour that each is of.
    #[must_use]
    pub fn hours(&self, date: Date, now: Timestamp) -> Vec<(u8, Figures)> {
        figures::hours(self.seed, date, now, &|at| self.vitals(at))
    }

    /// All weddings of `date` as known at `now`, with those that `wedding-day` adds to the days that it lasts.
    #[must_use]
    pub fn weddings_on(&self, date: Date, now: Timestamp) -> Vec<Wedding> {
        let many = self.chapters.iter().enumerate().any(|(index, chapter)| {
            let end = self.chapters.get(index + 1).map_or(now, |next| next.from);
            chapter.order.scenario == Scenario::WeddingDay
                && (day_of(chapter.from)..=day_of(end)).contains(&date)
        });
        weddings::on(self.seed, date, many)
    }

    /// The weddings that a crisis may hit: those of today and of the two weeks after.
    #[must_use]
    pub fn weddings_near(&self, now: Timestamp) -> Vec<Wedding> {
        let mut date = day_of(now);
        let mut near = Vec::new();
        for _ in 0..14 {
            near.extend(self.weddings_on(date, now));
            date = date.tomorrow().unwrap_or(date);
        }
        near
    }

    /// Every crisis that exists at `now`, oldest first, as it is then.
    #[must_use]
    pub fn crises(&self, now: Timestamp) -> Vec<Crisis> {
        self.crises.at(now, &self.manual_mode)
    }
}

/// The platform's day: the one of UTC.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
