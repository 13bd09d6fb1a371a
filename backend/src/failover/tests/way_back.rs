//! When what was failed over comes back, and when not.

use super::*;

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
