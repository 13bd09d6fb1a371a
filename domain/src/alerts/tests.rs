use std::collections::BTreeMap;

use super::*;
use crate::{
    access::PersonId,
    delivery::{Occasion, Recipient},
    monitoring::{
        EngineState, Level, Metric, Outcome, PlatformStatus, Sample, SeriesKey, Unit, metric::defaults,
        overall::CrisisCounts,
    },
    oncall::{Effect, OnCall, Roster, RosterTier},
    time::{HOUR, MINUTE, Millis, SECOND},
    windows::{Scope, Window, WindowKind},
};

const POLL: i64 = 30 * SECOND;

/// A platform, a policy and a roster, with a clock that moves from poll to poll.
struct Night {
    history: History,
    policy: Policy,
    roster: Roster,
    windows: Vec<Window>,
    metrics: Vec<Metric>,
    normals: BTreeMap<SeriesKey, f64>,
    services: Vec<(String, String)>,
    weddings: Option<u32>,
    crises: CrisisCounts,
    now: Millis,
}

fn quiet_night() -> Night {
    Night {
        history: History::default(),
        policy: Policy::default(),
        roster: everybody(),
        windows: Vec::new(),
        metrics: defaults(),
        normals: BTreeMap::from([("response_time_ms".into(), 250.0), ("queue_length".into(), 3.0)]),
        services: vec![
            ("optimization".to_owned(), "Optimization engine".to_owned()),
            ("crisis".to_owned(), "Crisis manager".to_owned()),
        ],
        weddings: None,
        crises: CrisisCounts::default(),
        now: Millis(1_800_000_000_000),
    }
}

fn everybody() -> Roster {
    let tier = |number: u8, channel: Option<&str>, who: &str| RosterTier {
        number,
        name: format!("tier {number}"),
        channel: channel.map(str::to_owned),
        on_call: OnCall::People { people: vec![PersonId::new(who)] },
    };
    Roster {
        tiers: vec![
            tier(1, Some("ai-ops-alerts"), "ada"),
            tier(2, None, "ben"),
            tier(3, None, "cleo"),
            tier(4, None, "dee"),
        ],
    }
}

fn nobody_in(roster: &mut Roster, numbers: &[u8]) {
    for tier in roster.tiers.iter_mut().filter(|tier| numbers.contains(&tier.number)) {
        tier.on_call = OnCall::Nobody { why: "nobody is on call".to_owned() };
    }
}

impl Night {
    fn step(&mut self, change: impl FnOnce(&mut Sample)) -> &mut Night {
        self.now = self.now.plus(POLL);
        let mut sample = Sample::empty(self.now, Outcome::Answered);
        sample.status = Some(PlatformStatus::Healthy);
        for (service, _) in &self.services {
            sample.services.insert(service.clone(), EngineState::Operational);
        }
        sample.take_in("response_time_ms".into(), Unit::Milliseconds, 250.0);
        change(&mut sample);
        self.give(sample);
        self
    }

    fn give(&mut self, sample: Sample) {
        let Night { history, policy, roster, windows, metrics, normals, services, weddings, crises, .. } =
            self;
        let context = Context {
            platform: "wedsync",
            metrics,
            normals,
            services,
            crisis_manager: Some("crisis"),
            crises: *crises,
            weddings_today: *weddings,
        };
        history.sample(&World { policy, roster, windows }, &context, &sample);
    }

    fn response(&mut self, value: f64) -> &mut Night {
        self.step(|sample| sample.take_in("response_time_ms".into(), Unit::Milliseconds, value))
    }

    fn responses(&mut self, value: f64, times: usize) -> &mut Night {
        for _ in 0..times {
            self.response(value);
        }
        self
    }

    fn missed(&mut self, times: usize) -> &mut Night {
        for _ in 0..times {
            self.now = self.now.plus(POLL);
            self.give(Sample::missed(self.now, "timed out"));
        }
        self
    }

    /// Time goes by without a poll: what is due is done at its second.
    fn wait(&mut self, span: i64) -> &mut Night {
        let end = self.now.plus(span);
        while let Some(due) = self.history.due_at(&self.policy).filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.pass();
        }
        self.now = end;
        self.pass();
        self
    }

    fn pass(&mut self) {
        let world = World { policy: &self.policy, roster: &self.roster, windows: &self.windows };
        self.history.pass(&world, self.weddings, self.now);
    }

    fn acknowledge(&mut self, metric: &str) -> Result<(), Refusal> {
        let (policy, now) = (self.policy.clone(), self.now);
        let by = Who { person: Some(PersonId::new("ada")), name: "Ada".to_owned() };
        self.history
            .act(&key(metric), now, |alert| alert.acknowledge(&policy, by, now))
            .expect("an alert is open")
    }

    fn told(&self) -> Vec<String> {
        let told = self.history.log.iter().filter_map(|(_, _, happened)| match happened {
            Happening::Paged(Effect::Tell { to, occasion, .. }) => Some((to, occasion)),
            _ => None,
        });
        told.map(|(to, occasion)| {
            let who = match to {
                Recipient::Person { id } => id.to_string(),
                Recipient::Channel { name } => format!("#{name}"),
            };
            if *occasion == Occasion::Reminder { format!("{who} again") } else { who }
        })
        .collect()
    }

    fn levels(&self) -> Vec<(String, Level)> {
        let open = self.history.open.iter();
        open.map(|(key, (_, alert))| (key.metric.clone(), alert.severity.level)).collect()
    }

    fn alerts(&self) -> usize {
        self.history.open.len() + self.history.ended.len()
    }
}

fn key(metric: &str) -> AlertKey {
    AlertKey::new("wedsync", None, metric)
}

#[test]
fn a_warning_needs_three_samples_and_tells_the_channel_only() {
    let mut night = quiet_night();
    assert_eq!(night.responses(6_000.0, 2).alerts(), 0);
    assert_eq!(night.history.memory.pending("wedsync", &night.policy.debounce).len(), 1);
    night.response(6_000.0);
    assert_eq!(night.levels(), [("response_time_ms".to_owned(), Level::Warning)]);
    assert_eq!(night.told(), ["#ai-ops-alerts"]);
    night.wait(4 * HOUR);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ben"], "nobody looked into it for four hours");
}

#[test]
fn past_the_alert_line_one_sample_is_enough_and_somebody_is_called() {
    let mut night = quiet_night();
    night.normals.insert("response_time_ms".into(), 9_500.0);
    night.response(10_001.0);
    assert_eq!(night.levels(), [("response_time_ms".to_owned(), Level::Warning)]);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada"]);
}

#[test]
fn information_needs_five_samples_and_nobody_hears() {
    let mut night = quiet_night();
    night.responses(300.0, 4);
    assert_eq!(night.alerts(), 0);
    night.responses(300.0, 1).wait(48 * HOUR);
    assert_eq!(night.levels(), [("response_time_ms".to_owned(), Level::Information)]);
    assert!(night.told().is_empty());
}

#[test]
fn a_critical_alert_climbs_tier_by_tier_and_repeats_until_somebody_takes_it() {
    let mut night = quiet_night();
    night.response(16_000.0);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada"]);
    night.wait(10 * MINUTE - 1);
    assert_eq!(night.told().len(), 2);
    night.wait(1);
    assert_eq!(night.told()[2..], ["ben", "ada again"]);
    night.wait(10 * MINUTE);
    assert_eq!(night.told()[4..], ["cleo", "ada again", "ben again"]);
    night.wait(10 * MINUTE);
    assert_eq!(night.told()[7..], ["ada again", "ben again", "cleo again"]);
    night.acknowledge("response_time_ms").unwrap();
    night.wait(30 * MINUTE - 1);
    assert_eq!(night.told().len(), 10, "an acknowledgement stops paging");
}

#[test]
fn an_acknowledgement_lapses_without_work_and_holds_with_it() {
    let mut night = quiet_night();
    night.response(16_000.0);
    night.acknowledge("response_time_ms").unwrap();
    assert_eq!(night.acknowledge("response_time_ms"), Err(Refusal::IsAcknowledged { by: "Ada".to_owned() }));
    night.wait(20 * MINUTE);
    let (policy, now) = (night.policy.clone(), night.now);
    night
        .history
        .act(&key("response_time_ms"), now, |alert| {
            alert.work(&policy, now);
            Ok::<_, Refusal>(Vec::new())
        })
        .unwrap()
        .unwrap();
    night.wait(30 * MINUTE - 1);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada"]);
    night.wait(1);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada", "ada again"], "it goes on where it stood");
    night.wait(10 * MINUTE);
    assert_eq!(night.told()[3..], ["ben", "ada again"]);
}

#[test]
fn rising_after_an_acknowledgement_takes_it_back() {
    let mut night = quiet_night();
    night.normals.insert("response_time_ms".into(), 9_500.0);
    night.response(10_001.0);
    night.acknowledge("response_time_ms").unwrap();
    night.response(16_000.0);
    assert_eq!(night.levels(), [("response_time_ms".to_owned(), Level::Critical)]);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada", "#ai-ops-alerts", "ada"]);
    assert_eq!(night.alerts(), 1);
}

#[test]
fn five_good_samples_resolve_and_gaps_are_neither_good_nor_bad() {
    let mut night = quiet_night();
    night.response(16_000.0).responses(250.0, 4).missed(2);
    assert_eq!(night.history.open.len(), 1);
    night.responses(250.0, 1);
    assert_eq!((night.history.open.len(), night.history.ended.len()), (0, 1));
}

#[test]
fn flapping_for_an_hour_is_one_alert() {
    let mut night = quiet_night();
    for _ in 0..30 {
        night.responses(12_000.0, 2).responses(250.0, 2);
    }
    assert_eq!(night.alerts(), 1);
}

#[test]
fn three_polls_without_an_answer_are_one_alert_and_not_one_for_each_metric() {
    let mut night = quiet_night();
    night.missed(2);
    assert_eq!(night.alerts(), 0);
    night.missed(1);
    assert_eq!(night.levels(), [(UNANSWERED.to_owned(), Level::Emergency)]);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada", "ben"]);
    night.responses(16_000.0, 4);
    assert_eq!(night.alerts(), 1, "while it is unreachable its metrics open no alerts");
    night.responses(16_000.0, 2);
    assert_eq!(night.levels(), [("response_time_ms".to_owned(), Level::Critical)]);
}

#[test]
fn on_a_wedding_day_what_is_critical_is_an_emergency_and_support_hears() {
    let mut night = quiet_night();
    night.weddings = Some(2);
    night.response(16_000.0);
    assert_eq!(night.levels(), [("response_time_ms".to_owned(), Level::Emergency)]);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada", "ben", "dee"]);
    night.wait(5 * MINUTE);
    assert_eq!(night.told()[4..], ["cleo", "ada again", "ben again", "dee again"]);
}

#[test]
fn an_engine_that_is_down_rises_to_an_emergency_after_three_polls() {
    let mut night = quiet_night();
    let down = |sample: &mut Sample| {
        sample.status = Some(PlatformStatus::Down);
        sample.services.insert("optimization".to_owned(), EngineState::Down);
    };
    night.step(down).step(down);
    assert_eq!(night.levels(), [(ENGINE_STATE.to_owned(), Level::Critical)]);
    night.step(down);
    assert_eq!(night.levels(), [(ENGINE_STATE.to_owned(), Level::Emergency)]);
    assert_eq!(night.alerts(), 1);
}

#[test]
fn a_crisis_manager_that_is_not_operational_is_an_emergency_at_once() {
    let mut night = quiet_night();
    night.step(|sample| {
        sample.services.insert("crisis".to_owned(), EngineState::Degraded);
    });
    assert_eq!(night.levels(), [(ENGINE_STATE.to_owned(), Level::Emergency)]);
}

#[test]
fn a_tier_with_nobody_on_call_is_skipped_at_once_and_that_is_said() {
    let mut night = quiet_night();
    nobody_in(&mut night.roster, &[1, 2]);
    night.response(16_000.0);
    assert_eq!(night.told(), ["#ai-ops-alerts", "cleo"]);
    let skipped = night
        .history
        .log
        .iter()
        .filter(|(.., happened)| matches!(happened, Happening::Paged(Effect::Skipped { .. })));
    assert_eq!(skipped.count(), 2);
}

#[test]
fn nobody_on_call_anywhere_is_said_once_and_looked_at_every_minute() {
    let mut night = quiet_night();
    nobody_in(&mut night.roster, &[1, 2, 3, 4]);
    night.response(16_000.0).wait(10 * MINUTE);
    let said = |night: &Night| {
        night.history.log.iter().filter(|(.., what)| *what == Happening::Paged(Effect::Nobody)).count()
    };
    assert_eq!((night.told(), said(&night)), (vec!["#ai-ops-alerts".to_owned()], 1));
    night.roster = everybody();
    night.wait(MINUTE);
    assert_eq!(night.told()[1..], ["ada again", "ben again", "cleo again"]);
}

#[test]
fn whoever_cannot_be_reached_is_not_waited_for() {
    let mut night = quiet_night();
    night.response(16_000.0);
    let (policy, now) = (night.policy.clone(), night.now);
    night
        .history
        .act(&key("response_time_ms"), now, |alert| {
            alert.unreachable(&policy, now);
            Ok::<_, Refusal>(Vec::new())
        })
        .unwrap()
        .unwrap();
    night.wait(0);
    assert_eq!(night.told()[2..], ["ben", "ada again"]);
}

#[test]
fn a_silence_holds_pages_back_and_they_go_out_at_its_end() {
    let mut night = quiet_night();
    night.windows = vec![Window {
        kind: WindowKind::Silence,
        over: Scope { metric: Some("response_time_ms".to_owned()), ..Scope::default() },
        from: night.now,
        until: night.now.plus(HOUR),
        emergencies: false,
        reason: "known".to_owned(),
    }];
    night.response(16_000.0).wait(30 * MINUTE);
    assert_eq!((night.alerts(), night.told().len()), (1, 0), "recorded, and nobody is called");
    night.wait(30 * MINUTE);
    assert_eq!(night.told(), ["#ai-ops-alerts", "ada"]);
}

#[test]
fn what_a_person_resolved_while_bad_stays_closed_until_it_was_good_or_gets_worse() {
    let mut night = quiet_night();
    night.normals.insert("response_time_ms".into(), 9_500.0);
    night.response(10_500.0);
    let now = night.now;
    let by = || Who { person: None, name: "Ada".to_owned() };
    let mut resolve = |reason: &str| {
        night
            .history
            .act(&key("response_time_ms"), now, |alert| alert.resolve(by(), reason, false, now))
            .unwrap()
    };
    assert_eq!(resolve(" "), Err(Refusal::NeedsReason));
    assert_eq!(resolve("known, and accepted"), Ok(()));
    night.responses(10_500.0, 10);
    assert_eq!(night.alerts(), 1);
    night.response(16_000.0);
    assert_eq!(night.alerts(), 2, "it is worse than what was accepted");
}

#[test]
fn a_resolved_alert_can_be_opened_again_for_a_day_and_calls_anew() {
    let at = Millis(1_000);
    let by = || Who { person: None, name: "Ada".to_owned() };
    let severity = Severity::new(Level::Critical, true, false);
    let (mut alert, _) = Alert::fire(key("error_rate"), severity, at, at);
    assert_eq!(alert.reopen(by(), at), Err(Refusal::IsOpen));
    alert.recover(at);
    let closed = alert.clone();
    assert_eq!(alert.acknowledge(&Policy::default(), by(), at), Err(Refusal::IsResolved));
    assert_eq!(alert.reopen(by(), at.plus(REOPEN_WITHIN + 1)), Err(Refusal::TooLongAgo));
    assert_eq!(alert, closed, "a refused change leaves it as it was");
    assert!(alert.reopen(by(), at.plus(REOPEN_WITHIN)).is_ok());
    assert_eq!(alert.due_at(&Policy::default()), Some(at.plus(REOPEN_WITHIN)));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Event {
        Response(f64),
        Missed,
        Wait(i64),
        Acknowledge,
        Unacknowledge,
        Unreachable,
        Resolve,
        Restart,
        Roster(Vec<u8>),
        Silence(i64),
        Weddings(u32),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            6 => prop_oneof![Just(250.0), Just(300.0), Just(6_000.0), Just(10_500.0), Just(16_000.0)]
                .prop_map(Event::Response),
            2 => Just(Event::Missed),
            3 => (0i64..40).prop_map(|minutes| Event::Wait(minutes * MINUTE)),
            2 => Just(Event::Acknowledge),
            1 => Just(Event::Unacknowledge),
            1 => Just(Event::Unreachable),
            1 => Just(Event::Resolve),
            1 => Just(Event::Restart),
            1 => prop::collection::vec(1u8..5, 0..4).prop_map(Event::Roster),
            1 => (1i64..50).prop_map(|minutes| Event::Silence(minutes * MINUTE)),
            1 => (0u32..2).prop_map(Event::Weddings),
        ]
    }

    fn act(night: &mut Night, event: &Event) {
        let (policy, now) = (night.policy.clone(), night.now);
        let by = Who { person: None, name: "Ada".to_owned() };
        let keys: Vec<AlertKey> = night.history.open.keys().cloned().collect();
        let every = |night: &mut Night, what: &dyn Fn(&mut Alert) -> Result<Vec<Happening>, Refusal>| {
            for key in &keys {
                night.history.act(key, now, what);
            }
        };
        match event {
            Event::Response(value) => {
                night.response(*value);
            }
            Event::Missed => {
                night.missed(1);
            }
            Event::Wait(span) => {
                night.wait(*span);
            }
            Event::Acknowledge => every(night, &|alert| alert.acknowledge(&policy, by.clone(), now)),
            Event::Unacknowledge => every(night, &|alert| alert.unacknowledge(by.clone(), now)),
            Event::Unreachable => every(night, &|alert| {
                alert.unreachable(&policy, now);
                Ok(Vec::new())
            }),
            Event::Resolve => every(night, &|alert| alert.resolve(by.clone(), "accepted", false, now)),
            // What is stored is all that is left.
            Event::Restart => {
                let memory = serde_json::to_string(&night.history.memory).unwrap();
                night.history.memory = serde_json::from_str(&memory).unwrap();
                for (_, alert) in night.history.open.values_mut() {
                    let stored = serde_json::to_string(&*alert).unwrap();
                    *alert = serde_json::from_str(&stored).unwrap();
                }
            }
            Event::Roster(nobody) => {
                night.roster = everybody();
                nobody_in(&mut night.roster, nobody);
            }
            Event::Silence(span) => night.windows.push(Window {
                kind: WindowKind::Silence,
                over: Scope::default(),
                from: now,
                until: now.plus(*span),
                emergencies: false,
                reason: "known".to_owned(),
            }),
            Event::Weddings(count) => night.weddings = Some(*count),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// The promise of the whole: whatever happens, an alert that somebody should hear of is acknowledged with an
        /// end, resolved, or has a next page that is due, and that page then goes out.
        #[test]
        fn no_firing_alert_is_ever_forgotten(events in prop::collection::vec(event(), 1..60)) {
            let mut night = quiet_night();
            for event in &events {
                act(&mut night, event);
                for (_, alert) in night.history.open.values() {
                    let heard_of = night.policy.plan(alert.severity.level).is_some();
                    match alert.due_at(&night.policy) {
                        None => prop_assert!(!heard_of, "{alert:?} waits for nothing"),
                        Some(due) => {
                            let limit = night.windows.iter().map(|window| window.until).max()
                                .unwrap_or(night.now).max(night.now).plus(4 * HOUR);
                            prop_assert!(due <= limit, "{alert:?} is due too late");
                        }
                    }
                }
            }
            // Left alone with everybody on call, each one that is firing pages somebody within four hours.
            night.roster = everybody();
            night.windows.clear();
            let firing: Vec<AlertKey> = night.history.open.iter()
                .filter(|(_, (_, alert))| night.policy.plan(alert.severity.level).is_some())
                .map(|(key, _)| key.clone()).collect();
            let from = night.history.log.len();
            night.wait(9 * HOUR);
            for key in firing {
                let number = night.history.open[&key].0;
                let heard = night.history.log[from..].iter().any(|(_, of, what)| {
                    *of == number && matches!(what, Happening::Paged(Effect::Tell { .. }))
                });
                prop_assert!(heard, "nobody heard of {key:?}");
            }
        }

        /// From an acknowledgement on nobody is called, until it ends: by its clock, by a rise, or by a person.
        #[test]
        fn paging_stops_with_an_acknowledgement(events in prop::collection::vec(event(), 1..60)) {
            let mut night = quiet_night();
            for event in &events {
                act(&mut night, event);
            }
            let mut held: BTreeMap<usize, bool> = BTreeMap::new();
            for (_, number, happened) in &night.history.log {
                match happened {
                    Happening::Acknowledged { .. } | Happening::HandedOver { .. } => {
                        held.insert(*number, true);
                    }
                    Happening::Unacknowledged { .. } | Happening::Lapsed { .. } | Happening::Reopened { .. } => {
                        held.insert(*number, false);
                    }
                    Happening::Resolved(_) => {
                        held.insert(*number, true);
                    }
                    Happening::Paged(Effect::Tell { .. }) => {
                        prop_assert!(!held.get(number).copied().unwrap_or(false), "{number} was paged: {:?}", night.history.log);
                    }
                    _ => {}
                }
            }
        }

        /// The highest level never falls, and what is open is never below none.
        #[test]
        fn an_alert_keeps_its_highest_level(events in prop::collection::vec(event(), 1..60)) {
            let mut night = quiet_night();
            let mut highest: BTreeMap<usize, Level> = BTreeMap::new();
            for event in &events {
                act(&mut night, event);
                for (number, alert) in night.history.open.values().chain(&night.history.ended) {
                    prop_assert!(alert.highest >= alert.severity.level);
                    let before = highest.insert(*number, alert.highest);
                    prop_assert!(before.is_none_or(|before| before <= alert.highest));
                }
            }
        }
    }
}
