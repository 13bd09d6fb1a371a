//! What opens a breaker and closes it, and what follows at once.

use super::*;

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
