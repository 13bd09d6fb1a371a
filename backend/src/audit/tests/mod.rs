mod configuration;
mod exporting;
mod forwarding;
mod sealing;
mod sink;
mod tampering;

use domain::audit::{Actor, Entry, Object, Origin};

use super::*;
use crate::testing::{self, World};

const START: i64 = 1_795_000_000_000;

fn invited(number: usize) -> Entry {
    Entry::new("person.invited", Actor::person("p1", "Ada Lovelace"), Origin::default())
        .with("people.manage")
        .about(Object::new("person", format!("p{number}"), format!("guest{number}@example.com")))
}

async fn write(world: &World, entry: &Entry) -> Recorded {
    write_at(world, START, entry).await
}

async fn write_at(world: &World, at: i64, entry: &Entry) -> Recorded {
    let mut tx = world.db.begin().await.unwrap();
    let recorded = record(&mut tx, Millis(at), entry).await.unwrap();
    tx.commit().await.unwrap();
    recorded
}

#[track_caller]
fn whole(found: &Verified) -> (Head, u64) {
    match found {
        Verified::Whole { head, records, .. } => (*head, *records),
        Verified::Broken(broken) => panic!("{broken}"),
    }
}

#[tokio::test]
async fn records_are_numbered_and_linked() {
    for world in testing::worlds().await {
        let first = write(&world, &invited(1)).await;
        let second = write(&world, &invited(1)).await;
        assert_eq!((first.sequence, second.sequence), (1, 2), "{}", world.name);
        assert_ne!(first.hash, second.hash);
        // What is taken back leaves no gap.
        let mut tx = world.db.begin().await.unwrap();
        record(&mut tx, Millis(0), &invited(2)).await.unwrap();
        tx.rollback().await.unwrap();
        let third = write(&world, &invited(3)).await;
        assert_eq!(third.sequence, 3);
        let (end, records) = whole(&verify(&world.db, None).await.unwrap());
        assert_eq!((end.to_string(), records), (format!("3:{}", third.hash), 3));
        assert_eq!(head(&world.db).await.unwrap(), end);
    }
}

#[tokio::test]
async fn an_empty_log_is_whole() {
    for world in testing::worlds().await {
        assert_eq!(whole(&verify(&world.db, Some(Head::START)).await.unwrap()), (Head::START, 0));
    }
}

/// Writers on several replicas at once: one chain, no gap, nothing lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_keep_one_chain() {
    for world in testing::worlds().await {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    for number in 0..25 {
                        let mut tx = db.begin().await.unwrap();
                        record(&mut tx, Millis(START), &invited(writer * 100 + number)).await.unwrap();
                        if number % 5 == 4 {
                            tx.rollback().await.unwrap()
                        } else {
                            tx.commit().await.unwrap()
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let (end, records) = whole(&verify(&world.db, None).await.unwrap());
        assert_eq!((end.sequence, records), (80, 80), "{}", world.name);
    }
}

/// A walk sees one state: what is written meanwhile is neither missing nor too much.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_beside_writers_finds_nothing() {
    for world in testing::worlds().await {
        let db = world.db.clone();
        let writer = tokio::spawn(async move {
            for number in 0..60 {
                let mut tx = db.begin().await.unwrap();
                record(&mut tx, Millis(START), &invited(number)).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        let mut kept = None;
        while !writer.is_finished() {
            kept = Some(whole(&verify(&world.db, kept).await.unwrap()).0);
        }
        writer.await.unwrap();
        assert_eq!(whole(&verify(&world.db, kept).await.unwrap()).1, 60, "{}", world.name);
    }
}

#[tokio::test]
async fn a_page_is_filtered_and_goes_on_where_it_ended() {
    for world in testing::worlds().await {
        for number in 0..5 {
            write_at(&world, START + number, &invited(number as usize)).await;
        }
        let grace = Actor::person("p2", "Grace Hopper");
        write_at(
            &world,
            START + 5,
            &Entry::new("person.removed", grace.clone(), Origin::default()).refused("100 % not_allowed!"),
        )
        .await;
        write_at(&world, START + 6, &Entry::new("session.started", grace, Origin::default())).await;
        let found = async |filter: Filter| -> Vec<i64> {
            let records = page(&world.db, &filter, None, 100).await.unwrap();
            records.iter().map(|record| record.sequence).collect()
        };
        let any = Filter::default;
        assert_eq!(found(any()).await, [7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(found(Filter { person: Some("grace hopper".into()), ..any() }).await, [7, 6]);
        assert_eq!(found(Filter { person: Some("p1".into()), ..any() }).await, [5, 4, 3, 2, 1]);
        assert_eq!(found(Filter { verb: Some("person.removed".into()), ..any() }).await, [6]);
        assert_eq!(found(Filter { verb: Some("person".into()), ..any() }).await, [6, 5, 4, 3, 2, 1]);
        assert_eq!(found(Filter { verb: Some("perso_".into()), ..any() }).await, [0i64; 0]);
        assert_eq!(found(Filter { object: Some(("person".into(), Some("p3".into()))), ..any() }).await, [4]);
        assert_eq!(found(Filter { object: Some(("person".into(), None)), ..any() }).await.len(), 5);
        assert_eq!(found(Filter { outcome: Some(domain::audit::Outcome::Refused), ..any() }).await, [6]);
        let between = Filter { from: Some(Millis(START + 1)), to: Some(Millis(START + 3)), ..any() };
        assert_eq!(found(between).await, [3, 2]);
        assert_eq!(found(Filter { search: Some("GUEST3@".into()), ..any() }).await, [4]);
        // What has a meaning in LIKE is itself here.
        for text in ["100 %", "not_allowed", "d!", "% not_"] {
            assert_eq!(found(Filter { search: Some(text.into()), ..any() }).await, [6], "{text}");
        }
        assert_eq!(found(Filter { search: Some("%".into()), ..any() }).await, [6]);
        assert_eq!(found(Filter { search: Some("' OR 1=1 --".into()), ..any() }).await, [0i64; 0]);

        let first = page(&world.db, &any(), None, 3).await.unwrap();
        assert_eq!(first.iter().map(|record| record.sequence).collect::<Vec<_>>(), [7, 6, 5]);
        let second = page(&world.db, &any(), Some(5), 3).await.unwrap();
        assert_eq!(second.iter().map(|record| record.sequence).collect::<Vec<_>>(), [4, 3, 2]);
        assert_eq!(second[0].actor_name, "Ada Lovelace");
        assert_eq!(second[0].hash.len(), 64);
    }
}
