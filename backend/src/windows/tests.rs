use domain::{
    time::{HOUR, MINUTE},
    windows::{Scope, WindowKind},
};

use super::*;
use crate::{clock::Clock, testing};

const START: Millis = Millis(1_795_000_000_000);

fn silence(minutes: i64) -> Window {
    Window {
        kind: WindowKind::Silence,
        over: Scope { metric: Some("error_rate".to_owned()), ..Scope::default() },
        from: START,
        until: START.plus(minutes * MINUTE),
        emergencies: false,
        reason: "  the new model warms up ".to_owned(),
    }
}

#[tokio::test]
async fn a_silence_holds_until_its_end_or_until_somebody_ends_it() {
    for world in testing::worlds().await {
        let viewer = testing::viewer(&world.db, &Clock::held(START), "ada", "operator").await;
        let permit = viewer.permit::<HandleAlerts>().unwrap();
        let mut tx = world.db.begin().await.unwrap();
        let made = make(&mut tx, &permit, silence(60), None, START).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(made.window.reason, "the new model warms up");
        assert_eq!(present(&world.db, START).await.unwrap(), std::slice::from_ref(&made), "{}", world.name);
        assert!(present(&world.db, START.plus(HOUR)).await.unwrap().is_empty());

        let mut tx = world.db.begin().await.unwrap();
        end(&mut tx, &permit, &made.id, START.plus(MINUTE)).await.unwrap();
        let again = end(&mut tx, &permit, &made.id, START.plus(MINUTE)).await;
        assert!(matches!(again, Err(Refused::Over)), "{again:?}");
        let none = end(&mut tx, &permit, "none such", START).await;
        assert!(matches!(none, Err(Refused::Unknown)), "{none:?}");
        assert!(in_force(&mut tx, START.plus(2 * MINUTE)).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let was = between(&world.db, START.minus(HOUR), START.plus(HOUR)).await.unwrap();
        assert_eq!(was[0].until, START.plus(MINUTE), "what it held back ended when somebody ended it");
        assert_eq!(
            testing::on_record(&world.db).await[1..],
            [
                "silence.made done by ada (by a test) about error_rate: the new model warms up",
                "silence.ended done by ada (by a test) about error_rate"
            ]
        );
    }
}

#[tokio::test]
async fn a_silence_that_breaks_a_rule_is_not_stored() {
    let world = testing::sqlite().await;
    let viewer = testing::viewer(&world.db, &Clock::held(START), "ada", "operator").await;
    let permit = viewer.permit::<HandleAlerts>().unwrap();
    let mut tx = world.db.begin().await.unwrap();
    for (window, words) in [
        (Window { reason: String::new(), ..silence(60) }, "Say why nobody should be called"),
        (Window { emergencies: true, ..silence(61) }, "An emergency is silenced for 1 h at the most."),
        (Window { emergencies: true, ..silence(60) }, "Weddings take place today"),
    ] {
        let refused = make(&mut tx, &permit, window, Some(3), START).await.unwrap_err().to_string();
        assert!(refused.starts_with(words), "{refused}");
    }
    tx.commit().await.unwrap();
    assert!(present(&world.db, START).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_role_that_is_limited_to_services_silences_those_alone() {
    let world = testing::sqlite().await;
    let clock = Clock::held(START);
    let limited = testing::signed_in(&world.db, &clock, "operator", |config| {
        let operator = config.access.roles.iter_mut().find(|role| role.name == "operator").unwrap();
        operator.services = Some(vec!["optimization".to_owned()]);
    });
    let permit = limited.await.permit::<HandleAlerts>().unwrap();
    let unlimited = testing::viewer(&world.db, &clock, "ada", "lead").await.permit::<HandleAlerts>().unwrap();
    let of = |service: Option<&str>| Window {
        over: Scope { service: service.map(str::to_owned), ..Scope::default() },
        ..silence(60)
    };
    let mut tx = world.db.begin().await.unwrap();
    for over in [None, Some("crisis")] {
        let refused = make(&mut tx, &permit, of(over), None, START).await;
        assert!(matches!(refused, Err(Refused::Missing(_))), "{over:?}: {refused:?}");
    }
    let made = make(&mut tx, &permit, of(Some("optimization")), None, START).await.unwrap();
    let whole = make(&mut tx, &unlimited, of(None), None, START).await.unwrap();
    let refused = end(&mut tx, &permit, &whole.id, START).await;
    assert!(matches!(refused, Err(Refused::Missing(_))), "{refused:?}");
    end(&mut tx, &permit, &made.id, START).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(in_force(&mut world.db.begin().await.unwrap(), START).await.unwrap().len(), 1);
}
