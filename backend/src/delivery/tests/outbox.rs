//! What is written down, stopped and handed over.

use domain::{
    access::PersonId,
    delivery::{Course, DeliveryState, Occasion, Recipient},
};

use super::{START, channel, page, told};
use crate::{
    db::Db,
    delivery::{DeliveryId, Order, enqueue_all, exhausted, of_alert, queue_store, routing, send_again, stop},
    testing::{on_record, worlds},
};

async fn written(db: &Db, orders: &[Order]) -> Vec<DeliveryId> {
    let mut tx = db.begin().await.unwrap();
    let ids = enqueue_all(&mut tx, START, orders).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn stopped(db: &Db, alerts: &[&str]) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let many = stop(&mut tx, START.plus(5), alerts).await.unwrap();
    tx.commit().await.unwrap();
    many
}

/// Opens a queued delivery with these plain ways.
async fn opened(db: &Db, id: &DeliveryId, destinations: &[&str]) {
    let ways: Vec<_> = destinations
        .iter()
        .map(|name| routing::PlannedWay {
            medium: domain::delivery::Medium::Webhook,
            destination: (*name).to_owned(),
            target: "somebody".to_owned(),
            person: None,
            thread: None,
            urgency: 0,
            cannot: None,
        })
        .collect();
    let usable = vec![true; ways.len()];
    let course = Course::begin(Occasion::Page, domain::delivery::Strategy::InTurn, &usable, START);
    let why = destinations.is_empty().then_some("there is no way.");
    let mut tx = db.begin().await.unwrap();
    assert!(queue_store::open(&mut tx, id, &course, &ways, why, START).await.unwrap());
    assert!(!queue_store::open(&mut tx, id, &course, &ways, why, START).await.unwrap(), "opened twice");
    tx.commit().await.unwrap();
}

async fn state(db: &Db, alert: &str) -> Vec<DeliveryState> {
    of_alert(db, alert, &[]).await.unwrap().into_iter().map(|delivery| delivery.state).collect()
}

#[tokio::test]
async fn what_is_rolled_back_was_never_told() {
    for world in worlds().await {
        let mut tx = world.db.begin().await.unwrap();
        enqueue_all(&mut tx, START, &[page("a1", &channel("ops"))]).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(of_alert(&world.db, "a1", &[]).await.unwrap().is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn thousands_are_written_at_once_and_in_order() {
    for world in worlds().await {
        let orders: Vec<_> = (0..2_345).map(|n| page(&format!("a{n}"), &channel("ops"))).collect();
        let ids = written(&world.db, &orders).await;
        assert!(ids.is_sorted() && ids.len() == 2_345, "{}", world.name);
        let delivery = &of_alert(&world.db, "a1999", &[]).await.unwrap()[0];
        assert_eq!(delivery.id, ids[1_999]);
        assert_eq!(delivery.to_words, "the channel ops");
        let queued = queue_store::queued(world.db.read(), 3_000).await.unwrap();
        assert_eq!(queued.len(), 2_345);
        assert_eq!(queued[7].message, orders[7].message);
    }
}

#[tokio::test]
async fn a_stop_takes_every_call_of_its_alert_and_nothing_else() {
    for world in worlds().await {
        let (first, other) = (page("a1", &channel("ops")), page("a2", &channel("ops")));
        let resolved = told(&first, Occasion::Resolved);
        let ids = written(&world.db, &[first.clone(), first.clone(), resolved, other]).await;
        opened(&world.db, &ids[1], &["webhook:x", "webhook:y"]).await;

        assert_eq!(stopped(&world.db, &["a1", "none"]).await, 2, "{}", world.name);
        assert_eq!(stopped(&world.db, &["a1"]).await, 0, "it is stopped once");
        use DeliveryState::{Open, Stopped};
        assert_eq!(state(&world.db, "a1").await, [Stopped, Stopped, Open], "{}", world.name);
        assert_eq!(state(&world.db, "a2").await, [Open]);
        let mut tx = world.db.begin().await.unwrap();
        let due = queue_store::claim(&mut tx, "c1", "webhook:x", START.plus(60_000), 9).await.unwrap();
        assert!(due.is_empty(), "{}", world.name);
        // Nor is it opened after it.
        let course = Course::begin(Occasion::Page, domain::delivery::Strategy::InTurn, &[], START);
        assert!(!queue_store::open(&mut tx, &ids[0], &course, &[], None, START).await.unwrap());
    }
}

#[tokio::test]
async fn what_no_way_took_is_handed_over_once() {
    for world in worlds().await {
        let ada = Recipient::Person { id: PersonId::new("ada") };
        let ids = written(&world.db, &[page("a1", &ada), page("a2", &ada)]).await;
        opened(&world.db, &ids[0], &[]).await;
        opened(&world.db, &ids[1], &["webhook:x"]).await;
        let mut tx = world.db.begin().await.unwrap();
        let handed = exhausted(&mut tx, START.plus(1)).await.unwrap();
        let [one] = &handed[..] else { panic!("{}: {handed:?}", world.name) };
        assert_eq!((&one.delivery, &one.to, one.why.as_str()), (&ids[0], &ada, "there is no way."));
        assert_eq!(one.alert.as_deref(), Some("a1"));
        assert!(exhausted(&mut tx, START.plus(2)).await.unwrap().is_empty(), "{}", world.name);
        tx.commit().await.unwrap();
        assert_eq!(state(&world.db, "a1").await, [DeliveryState::Exhausted]);
        assert_eq!(of_alert(&world.db, "a1", &[]).await.unwrap()[0].to_words, "somebody who was removed");
    }
}

#[tokio::test]
async fn two_workers_never_take_the_same_way() {
    for world in worlds().await {
        let orders: Vec<_> = (0..40).map(|n| page(&format!("a{n}"), &channel("ops"))).collect();
        for id in written(&world.db, &orders).await {
            opened(&world.db, &id, &["webhook:x"]).await;
        }
        let take = |courier: &'static str| {
            let db = world.db.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let mut tx = db.begin().await.unwrap();
                    let jobs = queue_store::claim(&mut tx, courier, "webhook:x", START, 3).await.unwrap();
                    tx.commit().await.unwrap();
                    if jobs.is_empty() && taken.len() > 2 {
                        return taken;
                    }
                    taken.extend(jobs.into_iter().map(|job| job.delivery));
                    if taken.is_empty() {
                        return taken;
                    }
                }
            })
        };
        let (one, other) = (take("c1"), take("c2"));
        let mut all = one.await.unwrap();
        all.extend(other.await.unwrap());
        assert!(all.len() >= 38, "{}: {}", world.name, all.len());
        let many = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), many, "{}: one was taken twice", world.name);
    }
}

#[tokio::test]
async fn a_delivery_is_sent_again_as_a_new_one_and_that_is_on_record() {
    for world in worlds().await {
        let config = super::configured("", &[]);
        let id = super::person(&world, &config, "ada", &[]).await;
        let access =
            crate::access::Access::new(world.db.clone(), &config, crate::clock::Clock::held(START)).unwrap();
        let viewer =
            access.acting_by_message(&id, domain::audit::Origin::default(), "a test").await.unwrap().unwrap();
        let permit = viewer.permit().unwrap();
        let ids = written(&world.db, &[page("a1", &channel("ops"))]).await;
        let refused = send_again(&world.db, &permit, &ids[0], START).await.unwrap_err();
        assert_eq!(refused.to_string(), "it is still being sent");
        opened(&world.db, &ids[0], &[]).await;
        let again = send_again(&world.db, &permit, &ids[0], START.plus(9)).await.unwrap();
        let deliveries = of_alert(&world.db, "a1", &[]).await.unwrap();
        assert_eq!(deliveries.len(), 2);
        assert_eq!((&deliveries[1].id, &deliveries[1].again_of), (&again.id, &Some(ids[0].clone())));
        let none = send_again(&world.db, &permit, &DeliveryId::new("none"), START).await.unwrap_err();
        assert_eq!(none.to_string(), "there is no such delivery");
        let last = on_record(&world.db).await.pop().unwrap();
        assert_eq!(last, "delivery.sent_again done by ada (by a test) about Response time 16 s on wedsync");
    }
}
