use domain::audit::{Actor, Entry, Object, Origin};

use super::*;
use crate::testing::{self, World};

fn invited(number: usize) -> Entry {
    Entry::new("person.invited", Actor::person("p1", "Ada Lovelace"), Origin::default())
        .with("people.manage")
        .about(Object::new("person", format!("p{number}"), format!("guest{number}@example.com")))
}

async fn write(world: &World, entry: &Entry) -> Recorded {
    let mut tx = world.db.begin().await.unwrap();
    let recorded = record(&mut tx, Millis(1_795_000_000_000), entry).await.unwrap();
    tx.commit().await.unwrap();
    recorded
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
        assert_eq!(write(&world, &invited(3)).await.sequence, 3);
    }
}
