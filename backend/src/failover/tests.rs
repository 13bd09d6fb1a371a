//! Breakers on both databases, and what follows from them on a pretended platform.

use domain::{
    actions::ActionKey,
    failover::{Fault, Mode, Position},
    monitoring::{EngineState, Outcome as Answered},
    time::{MINUTE, SECOND},
};

use super::*;
use crate::{
    access::{HandleAlerts, Permit, RunOrdinaryActions, SeeStatus, Viewer},
    actions::{Asking, RunPermit, testing::Stand},
    monitoring::recording,
    testing,
};

const ALL: [&str; 3] = ["optimization", "recommendation", "crisis"];

struct Guard {
    stand: Stand,
    clock: Clock,
    failover: Failover,
}

async fn guards(on_open: Mode) -> Vec<Guard> {
    let mut guards = Vec::new();
    for world in testing::worlds().await {
        let clock = Clock::held(Clock::system().now());
        let stand = Stand::with(world, clock.clone(), |config| {
            for settings in config.platforms[0].failovers.values_mut() {
                (settings.on_open, settings.on_recovery) = (on_open, on_open);
            }
        });
        let stand = stand.await;
        let (db, config) = (stand.world.db.clone(), stand.config.clone());
        let failover = Failover::new(db, clock.clone(), config, stand.actions.clone());
        guards.push(Guard { stand, clock, failover });
    }
    guards
}

impl Guard {
    async fn polls(&self, count: usize, down: bool) {
        self.polls_of(count, &["optimization"], down).await;
    }

    async fn polls_of(&self, count: usize, services: &[&str], down: bool) {
        let state = if down { EngineState::Down } else { EngineState::Operational };
        self.polls_saying(count, services, state).await;
    }

    async fn polls_saying(&self, count: usize, services: &[&str], state: EngineState) {
        for _ in 0..count {
            self.clock.advance(30 * SECOND);
            let mut sample = Sample::empty(self.clock.now(), Answered::Answered);
            sample.services.extend(services.iter().map(|service| ((*service).to_owned(), state)));
            self.failover.polled("wedsync", &sample).await.unwrap();
            let mut tx = self.stand.world.db.begin().await.unwrap();
            recording::record(&mut tx, "wedsync", &[sample]).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// Carries out whatever was begun, to its end.
    async fn carry_out(&self) {
        let (stopping, stop) = watch::channel(false);
        let worker = tokio::spawn(crate::actions::run(self.stand.actions.clone(), stop));
        while !self.runs().await.is_empty() {
            self.clock.advance(100);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        stopping.send(true).unwrap();
        worker.await.unwrap();
    }

    async fn optimization(&self) -> Stored {
        self.failover.one("wedsync", "optimization").await.unwrap()
    }

    async fn runs(&self) -> Vec<String> {
        let open = self.stand.actions.open().await.unwrap();
        open.iter().map(|stored| stored.run.plan().action.to_string()).collect()
    }
}

/// A person looks at an action, presses its button, and it is carried out.
async fn press(guard: &Guard, viewer: &Viewer, key: &str) {
    let (actions, key) = (&guard.stand.actions, ActionKey::parse(key).unwrap());
    let looked = actions.look(&viewer.permit().unwrap(), "wedsync", &key, &BTreeMap::new()).await.unwrap();
    let asking = Asking {
        platform: "wedsync".to_owned(),
        action: key.clone(),
        typed: BTreeMap::new(),
        reason: String::new(),
        seen: looked.preview.fingerprint(),
        alert: None,
    };
    let permit = RunPermit::of(viewer, actions.action("wedsync", &key).unwrap()).unwrap();
    let run = actions.request(&permit, asking).await.unwrap();
    guard.failover.run_asked_for(&run).await.unwrap();
    guard.carry_out().await;
}

#[tokio::test]
async fn five_failures_running_open_it_and_a_probe_closes_it() {
    for guard in guards(Mode::Propose).await {
        let name = guard.stand.world.name;
        guard.polls(4, true).await;
        assert_eq!(guard.optimization().await.breaker.position(), Position::Closed, "{name}");
        // Another console goes on where this one stood.
        let (db, config) = (guard.stand.world.db.clone(), guard.stand.config.clone());
        let next = Failover::new(db, guard.clock.clone(), config, guard.stand.actions.clone());
        let guard = Guard { failover: next, ..guard };
        guard.polls(1, true).await;
        let open = guard.optimization().await;
        assert_eq!(open.breaker.position(), Position::Open, "{name}");
        let offered = open.offered.unwrap().decision;
        assert!(matches!(offered, Decision::ProposeFailover { .. }), "{name}: {offered:?}");
        assert_eq!(guard.runs().await, Vec::<String>::new(), "{name}: it is only offered");
        let crisis = guard.failover.one("wedsync", "crisis").await.unwrap();
        assert_eq!(
            crisis.breaker.position(),
            Position::Closed,
            "{name}: of another service nothing was told"
        );
        guard.polls(3, false).await;
        assert_eq!(guard.optimization().await.breaker.position(), Position::Closed, "{name}");
        let viewer = testing::viewer(&guard.stand.world.db, &guard.clock, "ada", "operator").await;
        let permit: Permit<SeeStatus> = viewer.permit().unwrap();
        let story = guard.failover.story(&permit, ("wedsync", "optimization"), 10).await.unwrap();
        let positions: Vec<Position> = story
            .iter()
            .rev()
            .filter_map(|event| match event {
                Event::Transition(transition) => Some(transition.to),
                Event::Decision { .. } => None,
            })
            .collect();
        assert_eq!(positions, [Position::Open, Position::HalfOpen, Position::Closed], "{name}");
    }
}

#[tokio::test]
async fn opening_begins_the_fallback_by_itself_once_and_not_while_that_is_switched_off() {
    for guard in guards(Mode::Automatic).await {
        let name = guard.stand.world.name;
        guard.polls(5, true).await;
        assert_eq!(guard.runs().await, ["enable-fallback"], "{name}");
        guard.polls(5, true).await;
        assert_eq!(guard.runs().await, ["enable-fallback"], "{name}: one opening, one decision");
        let log = testing::on_record(&guard.stand.world.db).await.join("\n");
        for line in ["failover.decided done by failover", "run.requested done by automatic failover"] {
            assert!(log.contains(line), "{name}: {line} in {log}");
        }
    }
    for guard in guards(Mode::Automatic).await {
        let lead = testing::in_session(&guard.stand.access, "lea", "lead").await;
        let permit = lead.permit().unwrap();
        guard.stand.actions.turn_automation(&permit, false, "we look ourselves".to_owned()).await.unwrap();
        guard.polls(5, true).await;
        assert_eq!(guard.runs().await, Vec::<String>::new(), "{}", guard.stand.world.name);
        assert!(guard.optimization().await.offered.is_some());
    }
}

#[tokio::test]
async fn callers_tell_and_a_person_holds() {
    for guard in guards(Mode::Propose).await {
        let name = guard.stand.world.name;
        let viewer = testing::viewer(&guard.stand.world.db, &guard.clock, "ada", "operator").await;
        let (handle, ordinary): (Permit<HandleAlerts>, Permit<RunOrdinaryActions>) =
            (viewer.permit().unwrap(), viewer.permit().unwrap());
        let outcome = |number: usize| Outcome {
            id: format!("call-{number}"),
            at: guard.clock.now(),
            came: Came::Failure { how: Fault::TimeOut },
        };
        let of = ("wedsync", "optimization");
        let view = guard.failover.report(&handle, of, (0..4).map(outcome).collect()).await.unwrap();
        assert_eq!((view.state, view.failures), (Position::Closed, 4), "{name}");
        // Told twice.
        let view = guard.failover.report(&handle, of, (0..4).map(outcome).collect()).await.unwrap();
        assert_eq!((view.state, view.failures), (Position::Closed, 4), "{name}");
        let view = guard.failover.report(&handle, of, vec![outcome(4)]).await.unwrap();
        assert_eq!(view.state, Position::Open, "{name}");
        let unknown = guard.failover.report(&handle, ("wedsync", "none"), Vec::new()).await;
        assert!(matches!(unknown, Err(BreakerRefused::Unknown)), "{name}");
        let many = guard.failover.report(&handle, of, (0..1_001).map(outcome).collect()).await;
        assert!(matches!(many, Err(BreakerRefused::TooMany)), "{name}");

        let until = guard.clock.now().plus(10 * MINUTE);
        let hold =
            |reason: &str| guard.failover.hold(&ordinary, of, Position::Closed, reason.to_owned(), until);
        assert!(hold(" ").await.is_err(), "{name}: it needs a reason");
        hold("the callers are wrong").await.unwrap();
        guard.polls(6, true).await;
        assert_eq!(guard.optimization().await.breaker.position(), Position::Closed, "{name}: held");
        guard.failover.release(&ordinary, of).await.unwrap();
        guard.polls(5, true).await;
        assert_eq!(guard.optimization().await.breaker.position(), Position::Open, "{name}");
        let action = ActionKey::parse("enable-fallback").unwrap();
        assert_eq!(guard.failover.services_of("wedsync", &action).len(), 3, "{name}");
    }
}

#[tokio::test]
async fn one_action_answers_for_all_that_fail_together_and_comes_back_when_all_are_well() {
    for guard in guards(Mode::Automatic).await {
        let name = guard.stand.world.name;
        let one = async |service: &str| guard.failover.one("wedsync", service).await.unwrap();
        guard.polls_of(5, &ALL, true).await;
        assert_eq!(guard.runs().await, ["enable-fallback"], "{name}");
        guard.carry_out().await;
        guard.polls_of(1, &ALL, true).await;
        assert_eq!(guard.runs().await, Vec::<String>::new(), "{name}: it is in place for all of them");
        for service in ALL {
            let stored = one(service).await;
            assert_eq!(
                (stored.breaker.position(), stored.offered),
                (Position::Open, None),
                "{name}: {service}"
            );
        }
        let viewer = testing::viewer(&guard.stand.world.db, &guard.clock, "ada", "viewer").await;
        let see: Permit<SeeStatus> = viewer.permit().unwrap();
        for service in ALL {
            let story = guard.failover.story(&see, ("wedsync", service), 50).await.unwrap();
            let decided: Vec<Decision> = story
                .into_iter()
                .filter_map(|event| match event {
                    Event::Decision { decision, .. } => Some(decision),
                    Event::Transition(_) => None,
                })
                .collect();
            assert!(
                matches!(decided.as_slice(), [Decision::RunFailover { .. } | Decision::InPlace { .. }]),
                "{name}: {service}: {decided:?}"
            );
        }
        // Two are well for a long time, one is not.
        for _ in 0..30 {
            guard.polls_of(1, &["crisis"], true).await;
            guard.clock.advance(-30 * SECOND);
            guard.polls_of(1, &["optimization", "recommendation"], false).await;
        }
        assert_eq!(one("optimization").await.breaker.position(), Position::Closed, "{name}");
        assert_eq!(one("crisis").await.breaker.position(), Position::Open, "{name}");
        assert_eq!(guard.runs().await, Vec::<String>::new(), "{name}: the crisis manager still needs it");
        guard.polls_of(24, &ALL, false).await;
        assert_eq!(guard.runs().await, ["disable-fallback"], "{name}");
        guard.carry_out().await;
        let effects: Vec<String> = guard.stand.effects().into_iter().map(|(_, what)| what).collect();
        assert_eq!(effects, ["switched the fallback on", "switched the fallback off"], "{name}");
    }
}

#[tokio::test]
async fn what_was_offered_is_taken_back_when_nobody_needs_it_any_more() {
    for guard in guards(Mode::Propose).await {
        let name = guard.stand.world.name;
        guard.polls(5, true).await;
        assert!(guard.optimization().await.offered.is_some(), "{name}");
        guard.polls(1, true).await;
        assert!(guard.optimization().await.offered.is_some(), "{name}: still needed");
        // A person presses the button.
        let lead = testing::in_session(&guard.stand.access, "lea", "lead").await;
        press(&guard, &lead, "enable-fallback").await;
        guard.polls(1, true).await;
        assert_eq!(guard.optimization().await.offered, None, "{name}: it is done");
        guard.polls_of(24, &ALL, false).await;
        let offered = guard.optimization().await.offered.map(|offered| offered.decision);
        assert!(matches!(offered, Some(Decision::ProposeFailback { .. })), "{name}: {offered:?}");
        let permit = lead.permit().unwrap();
        assert_eq!(guard.failover.failed_over(&permit, "wedsync").await.unwrap().len(), 3, "{name}");
        press(&guard, &lead, "disable-fallback").await;
        guard.polls(1, false).await;
        assert_eq!(guard.optimization().await.offered, None, "{name}: it is back");
        assert!(
            guard.failover.failed_over(&permit, "wedsync").await.unwrap().is_empty(),
            "{name}: of all three"
        );
    }
}

/// Callers reach the fallback and tell that all is well, so the breaker closes; the engine behind it is down all along.
#[tokio::test]
async fn nothing_is_brought_back_while_the_engine_itself_is_not_well() {
    for guard in guards(Mode::Automatic).await {
        let name = guard.stand.world.name;
        let viewer = testing::viewer(&guard.stand.world.db, &guard.clock, "ada", "operator").await;
        let handle: Permit<HandleAlerts> = viewer.permit().unwrap();
        let of = ("wedsync", "optimization");
        guard.polls_of(5, &ALL, true).await;
        assert_eq!(guard.runs().await, ["enable-fallback"], "{name}");
        guard.carry_out().await;
        // The platform says of an engine for which the fallback answers that it is degraded.
        guard.polls_saying(4, &ALL, EngineState::Degraded).await;
        for number in 0..60 {
            guard.polls_saying(1, &ALL, EngineState::Degraded).await;
            let well = Outcome { id: format!("call-{number}"), at: guard.clock.now(), came: Came::Success };
            guard.failover.report(&handle, of, vec![well]).await.unwrap();
        }
        let closed = guard.optimization().await;
        assert_eq!((closed.breaker.position(), closed.offered), (Position::Closed, None), "{name}");
        assert_eq!(guard.runs().await, Vec::<String>::new(), "{name}: half an hour closed, and not well");
        // Ten minutes from the first word that it is well.
        guard.polls_of(20, &ALL, false).await;
        assert_eq!(guard.runs().await, Vec::<String>::new(), "{name}: not for long enough");
        guard.polls_of(1, &ALL, false).await;
        assert_eq!(guard.runs().await, ["disable-fallback"], "{name}");
        guard.carry_out().await;
        guard.polls_of(1, &ALL, false).await;
        let permit: Permit<SeeStatus> = viewer.permit().unwrap();
        assert!(
            guard.failover.failed_over(&permit, "wedsync").await.unwrap().is_empty(),
            "{name}: it is back"
        );
    }
}

#[tokio::test]
async fn what_was_offered_to_come_back_is_taken_back_when_the_engine_is_not_well_any_more() {
    for guard in guards(Mode::Propose).await {
        let name = guard.stand.world.name;
        guard.polls_of(5, &ALL, true).await;
        let lead = testing::in_session(&guard.stand.access, "lea", "lead").await;
        press(&guard, &lead, "enable-fallback").await;
        guard.polls_of(30, &ALL, false).await;
        let offered = guard.optimization().await.offered.map(|offered| offered.decision);
        assert!(matches!(offered, Some(Decision::ProposeFailback { .. })), "{name}: {offered:?}");
        guard.polls_saying(1, &ALL, EngineState::Degraded).await;
        assert_eq!(guard.optimization().await.offered, None, "{name}");
        guard.polls_of(21, &ALL, false).await;
        assert!(guard.optimization().await.offered.is_some(), "{name}: well again for ten minutes");
    }
}

#[tokio::test]
async fn a_poll_that_changes_nothing_is_not_written() {
    for guard in guards(Mode::Propose).await {
        let (name, db) = (guard.stand.world.name, &guard.stand.world.db);
        let versions = async || -> Vec<i64> {
            let stored = store::of_platform(db.read(), "wedsync").await.unwrap();
            stored.into_values().map(|stored| stored.version).collect()
        };
        guard.polls_of(1, &ALL, false).await;
        let once = versions().await;
        assert_eq!(once, [1, 1, 1], "{name}: each is there");
        guard.polls_of(10, &ALL, false).await;
        assert_eq!(versions().await, once, "{name}: quiet polls");
        let counts = guard.optimization().await.breaker.counts;
        assert_eq!(counts.successes, 11, "{name}: they are counted all the same");
        guard.polls_of(1, &ALL, true).await;
        assert_eq!(versions().await, [2, 2, 2], "{name}: a failure");
        guard.polls_of(1, &ALL, false).await;
        assert_eq!(versions().await, [3, 3, 3], "{name}: the count begins anew");
        guard.polls_of(5, &ALL, true).await;
        let open = versions().await;
        guard.clock.advance(-20 * SECOND);
        guard.polls_of(1, &ALL, true).await;
        assert_eq!(versions().await, open, "{name}: while it is open polls are only counted");
    }
}

/// The console is killed: what it only had in memory is gone.
#[tokio::test]
async fn the_count_of_failures_is_right_after_a_restart() {
    for guard in guards(Mode::Propose).await {
        let name = guard.stand.world.name;
        guard.polls(3, true).await;
        guard.polls(1, false).await;
        guard.polls(2, true).await;
        guard.polls(1, false).await;
        // Nothing of this poll is stored with the breaker.
        guard.polls(1, false).await;
        let (db, config) = (guard.stand.world.db.clone(), guard.stand.config.clone());
        let next =
            Failover::new(db.clone(), guard.clock.clone(), config.clone(), guard.stand.actions.clone());
        next.recall().await.unwrap();
        let viewer = testing::viewer(&db, &guard.clock, "ada", "operator").await;
        let handle: Permit<HandleAlerts> = viewer.permit().unwrap();
        let of = ("wedsync", "optimization");
        let failed = |number: usize, ago: i64| Outcome {
            id: format!("call-{number}"),
            at: guard.clock.now().minus(ago),
            came: Came::Failure { how: Fault::TimeOut },
        };
        guard.clock.advance(SECOND);
        let late = (0..5).map(|number| failed(number, 11 * SECOND)).collect();
        let view = next.report(&handle, of, late).await.unwrap();
        assert_eq!(
            (view.state, view.failures),
            (Position::Closed, 0),
            "{name}: from before the last success"
        );
        let fresh = (5..9).map(|number| failed(number, 0)).collect();
        assert_eq!(next.report(&handle, of, fresh).await.unwrap().failures, 4, "{name}");
        // Once more, in good order.
        next.store_all().await.unwrap();
        let last = Failover::new(db, guard.clock.clone(), config, guard.stand.actions.clone());
        let view = last.report(&handle, of, vec![failed(9, 0)]).await.unwrap();
        assert_eq!(view.state, Position::Open, "{name}: the fifth");
        assert_eq!(view.counts.failures, 15, "{name}: and nothing that was told is forgotten");
    }
}
