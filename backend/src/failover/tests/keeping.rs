//! What of a breaker is written, and what a restart may forget.

use super::*;

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
