//! Against a model that is too slow and too plain to be wrong.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    actions::{ActionKey, Automation},
    monitoring::EngineState,
};

#[derive(Clone, Debug)]
enum Event {
    Wait(i64),
    /// Told this long after its time; an id may come twice.
    Tell(Vec<(u8, i64, u8)>),
    TakeProbe,
    Probe(u8),
    Hold(bool, i64),
    Release,
    Switch,
    Engine(u8),
    Restart,
}

fn came(number: u8) -> Came {
    match number {
        0 | 1 => Came::Success,
        2 => Came::Neither,
        _ => Came::Failure { how: Fault::Connection },
    }
}

fn event() -> impl Strategy<Value = Event> {
    let lag = prop_oneof![Just(0), 0..20_000_i64, 0..400_000_i64, -60_000..0_i64];
    let told = (any::<u8>(), lag, 0..10_u8);
    prop_oneof![
        4 => prop_oneof![0..30 * SECOND, 0..3 * MINUTE, 0..20 * MINUTE].prop_map(Event::Wait),
        8 => prop::collection::vec(told, 1..8).prop_map(Event::Tell),
        2 => Just(Event::TakeProbe),
        3 => (0..10_u8).prop_map(Event::Probe),
        1 => (any::<bool>(), MINUTE..30 * MINUTE).prop_map(|(open, span)| Event::Hold(open, span)),
        1 => Just(Event::Release),
        1 => Just(Event::Switch),
        1 => (0..6_u8).prop_map(Event::Engine),
        1 => Just(Event::Restart),
    ]
}

/// Keeps everything that was ever told, and counts it all anew each time.
struct Model {
    position: Position,
    held_until: Option<Millis>,
    since: Millis,
    told: Vec<(Millis, String, Came)>,
    probe: Option<(String, Millis)>,
}

impl Model {
    fn turn(&mut self, position: Position, now: Millis) {
        (self.position, self.since, self.held_until, self.probe) = (position, now, None, None);
        self.told.clear();
    }

    fn advance(&mut self, now: Millis) {
        if let Some(until) = self.held_until {
            if now >= until {
                let after =
                    if self.position == Position::Closed { Position::Closed } else { Position::HalfOpen };
                self.turn(after, now);
            }
            return;
        }
        match self.position {
            Position::Open if now.since(self.since) >= MINUTE => self.turn(Position::HalfOpen, now),
            Position::HalfOpen
                if self.probe.as_ref().is_some_and(|(_, at)| now.since(*at) >= PROBE_WITHIN) =>
            {
                self.turn(Position::Open, now);
            }
            _ => {}
        }
    }

    fn tell(&mut self, outcome: &Outcome, now: Millis) {
        let at = outcome.at.min(now);
        if self.held_until.is_some() {
            return;
        }
        match self.position {
            Position::Closed if at >= self.since && now.since(at) <= LATE_AFTER => {
                self.told.push((at, outcome.id.clone(), outcome.came));
                if self.running() >= 5 {
                    self.turn(Position::Open, now);
                }
            }
            Position::HalfOpen if self.probe.as_ref().is_some_and(|(id, _)| *id == outcome.id) => {
                match outcome.came {
                    Came::Success => self.turn(Position::Closed, now),
                    Came::Failure { .. } => self.turn(Position::Open, now),
                    Came::Neither => self.probe = None,
                }
            }
            _ => {}
        }
    }

    /// Different failures that are newer than every success.
    fn running(&self) -> usize {
        let success =
            self.told.iter().filter(|(_, _, came)| *came == Came::Success).map(|(at, _, _)| *at).max();
        let failures = self.told.iter().filter(|(at, _, came)| {
            matches!(came, Came::Failure { .. }) && success.is_none_or(|success| *at > success)
        });
        failures.map(|(_, id, _)| id).collect::<BTreeSet<_>>().len()
    }
}

struct World {
    now: Millis,
    breaker: Breaker,
    model: Model,
    automatic: Automatic,
    automation: Automation,
    ran: Vec<Millis>,
    /// What every poll tells of the engine since then.
    engine: (EngineState, Millis),
    probes: BTreeSet<String>,
}

impl World {
    fn new() -> World {
        let model =
            Model { position: Position::Closed, held_until: None, since: NOW, told: vec![], probe: None };
        World {
            now: NOW,
            breaker: breaker(),
            model,
            automatic: Automatic::default(),
            automation: Automation::On,
            ran: vec![],
            engine: (EngineState::Operational, NOW),
            probes: BTreeSet::new(),
        }
    }

    fn tell(&mut self, outcomes: &[Outcome]) {
        self.breaker.take_in(&RULE, outcomes, self.now);
        self.model.advance(self.now);
        let mut in_order = outcomes.to_vec();
        in_order.sort_by_key(|outcome| outcome.at);
        in_order.iter().for_each(|outcome| self.model.tell(outcome, self.now));
    }

    fn act(&mut self, event: &Event) {
        match event {
            Event::Wait(span) => {
                self.now = self.now.plus(*span);
                self.breaker.advance(&RULE, self.now);
                self.model.advance(self.now);
            }
            Event::Tell(told) => {
                // An id stands for one outcome: what comes of it and when are told the same each time.
                let outcome = |(id, lag, number): &(u8, i64, u8)| Outcome {
                    id: format!("{id}-{}-{number}", self.now.minus(*lag)),
                    at: self.now.minus(*lag),
                    came: came(*number),
                };
                let mut outcomes: Vec<Outcome> = told.iter().map(outcome).collect();
                outcomes.extend(outcomes.first().cloned());
                self.tell(&outcomes);
            }
            Event::TakeProbe => {
                let probe = self.breaker.take_probe(self.now);
                let free = self.model.held_until.is_none()
                    && self.model.position == Position::HalfOpen
                    && self.model.probe.is_none();
                assert_eq!(probe.is_some(), free, "a probe when there is one to be made, and no second");
                if let Some(id) = probe {
                    assert!(self.probes.insert(id.clone()), "no probe is handed out twice");
                    self.model.probe = Some((id, self.now));
                }
            }
            Event::Probe(number) => {
                let probe = self.model.probe.as_ref();
                let id = probe.map_or_else(|| format!("no-probe-{}", self.now), |(id, _)| id.clone());
                let outcome = Outcome { id, at: self.now, came: came(*number) };
                self.tell(&[outcome]);
            }
            Event::Hold(open, span) => {
                let position = if *open { Position::Open } else { Position::Closed };
                let until = self.now.plus(*span);
                if self.breaker.hold(position, ada(), "known", until, self.now).is_ok() {
                    self.model.turn(position, self.now);
                    self.model.held_until = Some(until);
                }
            }
            Event::Release => {
                let held = self.model.held_until.is_some();
                assert_eq!(self.breaker.release(ada(), self.now).is_ok(), held);
                if held {
                    self.model.held_until = Some(self.now);
                    self.model.advance(self.now);
                }
            }
            Event::Switch => {
                self.automation = match self.automation.turn_off(ada(), "testing", self.now) {
                    Ok(off) => off,
                    Err(_) => Automation::On,
                };
            }
            Event::Engine(number) => {
                let state = match number {
                    0 => EngineState::Down,
                    1 => EngineState::Degraded,
                    _ => EngineState::Operational,
                };
                if state != self.engine.0 {
                    self.engine = (state, self.now);
                }
            }
            Event::Restart => {
                let stored = serde_json::to_string(&(&self.breaker, &self.automatic)).unwrap();
                (self.breaker, self.automatic) = serde_json::from_str(&stored).unwrap();
            }
        }
        self.decide();
    }

    fn decide(&mut self) {
        let settings = Settings {
            failover: ActionKey::parse("enable-fallback").ok(),
            failback: ActionKey::parse("disable-fallback").ok(),
            on_open: Mode::Automatic,
            on_recovery: Mode::Automatic,
        };
        let in_effect = match self.automatic.services.get("optimization").and_then(|one| one.failed_over) {
            Some(_) => InEffect::Yes,
            None => InEffect::No,
        };
        let recovery = Recovery::of(&self.breaker, &self.polls(), 30 * SECOND, self.now);
        let looked = Looked { in_effect, recovery };
        let has_matter = self.automatic.matter(&self.breaker).is_some();
        let decision = self.automatic.decide(&self.breaker, &settings, &looked, &self.automation, self.now);
        assert!(has_matter || decision.is_none(), "there was nothing to decide");
        let runs = match &decision {
            Some(Decision::RunFailover { .. }) => {
                self.ran.push(self.now);
                true
            }
            Some(Decision::RunFailback { .. }) => {
                assert!(self.now.since(self.breaker.state.since()) >= STEADY, "it is not steady yet");
                let (engine, since) = self.engine;
                assert!(engine == EngineState::Operational, "its engine is not well");
                assert!(self.now.since(since) >= STEADY, "its engine has not been well for long enough");
                true
            }
            _ => false,
        };
        assert!(!runs || self.automation.is_on(), "the switch is off");
        assert!(!runs || !self.breaker.is_held(), "somebody holds it");
        assert_eq!(
            self.automatic.decide(&self.breaker, &settings, &looked, &self.automation, self.now),
            None,
            "nothing is decided twice"
        );
        if let Some(Decision::RunFailback { .. }) = decision {
            let back = Looked { in_effect: InEffect::No, recovery };
            self.automatic.decide(&self.breaker, &settings, &back, &self.automation, self.now);
            assert_eq!(self.automatic.services["optimization"].failed_over, None);
        }
    }

    /// Half an hour of polls; before the engine was as it is now, it was something else.
    fn polls(&self) -> Vec<(Millis, Poll)> {
        let (state, since) = self.engine;
        let before = match state {
            EngineState::Operational => EngineState::Down,
            EngineState::Degraded | EngineState::Down => EngineState::Operational,
        };
        let poll = |number: i64| {
            let at = self.now.minus(number * 30 * SECOND);
            (at, Poll::Answered(Some(if at >= since { state } else { before })))
        };
        (0..60).rev().map(poll).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_breaker_is_what_the_model_says(events in prop::collection::vec(event(), 1..120)) {
        let mut world = World::new();
        for event in &events {
            world.act(event);
            prop_assert_eq!(world.breaker.position(), world.model.position, "after {:?}", event);
            prop_assert_eq!(world.breaker.is_held(), world.model.held_until.is_some());
            if let BreakerState::Closed { failures, .. } = &world.breaker.state {
                prop_assert_eq!(failures.len(), world.model.running());
            }
            if let BreakerState::Open { since, until } = world.breaker.state {
                prop_assert!(until.since(since) == MINUTE && until > world.now, "open always ends");
            }
        }
    }

    #[test]
    fn never_more_than_one_automatic_failover_in_a_quarter_of_an_hour(
        events in prop::collection::vec(event(), 1..200),
    ) {
        let mut world = World::new();
        events.iter().for_each(|event| world.act(event));
        for pair in world.ran.windows(2) {
            prop_assert!(pair[1].since(pair[0]) >= BETWEEN_FAILOVERS);
        }
    }

    /// Services that open one after the other, each at once when the last has been decided for.
    #[test]
    fn however_many_services_fail_one_fails_over_in_a_quarter_of_an_hour(
        openings in prop::collection::vec((0..3_usize, 0..10 * MINUTE), 1..60),
    ) {
        let settings = Settings {
            failover: ActionKey::parse("enable-fallback").ok(),
            on_open: Mode::Automatic,
            ..Settings::default()
        };
        let looked = Looked { in_effect: InEffect::No, recovery: Recovery::Unwell };
        let (mut automatic, mut now, mut ran) = (Automatic::default(), NOW, Vec::new());
        for (number, (service, gap)) in (1..).zip(openings) {
            now = now.plus(gap);
            let state = BreakerState::Open { since: now, until: now.plus(MINUTE) };
            let service = ["optimization", "recommendation", "crisis"][service].to_owned();
            let breaker = Breaker { state, openings: number, service, ..breaker() };
            match automatic.decide(&breaker, &settings, &looked, &Automation::On, now) {
                Some(Decision::RunFailover { .. }) => ran.push(now),
                decision => {
                    prop_assert!(matches!(decision, Some(Decision::AskAPerson { .. })), "{decision:?}");
                    prop_assert!(ran.last().is_some_and(|last| now.since(*last) < BETWEEN_FAILOVERS));
                }
            }
        }
        prop_assert!(ran.windows(2).all(|pair| pair[1].since(pair[0]) >= BETWEEN_FAILOVERS));
    }

    /// Left alone, with polls that probe it, what is well closes: nothing stays open for ever.
    #[test]
    fn what_is_well_again_closes(events in prop::collection::vec(event(), 1..60)) {
        let mut world = World::new();
        events.iter().for_each(|event| world.act(event));
        drop(world.breaker.release(ada(), world.now));
        for _ in 0..10 {
            world.now = world.now.plus(30 * SECOND);
            world.breaker.advance(&RULE, world.now);
            let id = world.breaker.take_probe(world.now).unwrap_or_else(|| format!("poll-{}", world.now));
            world.breaker.take_in(&RULE, &[Outcome { id, at: world.now, came: Came::Success }], world.now);
        }
        prop_assert_eq!(world.breaker.position(), Position::Closed);
    }
}
