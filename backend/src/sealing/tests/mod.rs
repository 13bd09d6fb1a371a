mod erasing;
mod rotating;
mod values;

use std::path::PathBuf;

use super::*;
use crate::testing::{self, World};

const START: Millis = Millis(1_795_000_000_000);

/// A table of sealed values, as a feature would have one.
const NOTES: SealedColumn = SealedColumn { table: "test_note", column: "words", row: "id", owner: "of_case" };

fn place(row: &str) -> Place<'_> {
    Place { table: NOTES.table, column: NOTES.column, row }
}

/// Both databases, with the table.
async fn worlds() -> Vec<World> {
    let worlds = testing::worlds().await;
    for world in &worlds {
        world.tamper(TABLE).await;
    }
    worlds
}

async fn sqlite() -> World {
    let world = testing::sqlite().await;
    world.tamper(TABLE).await;
    world
}

const TABLE: &str =
    "CREATE TABLE test_note (id TEXT PRIMARY KEY, of_case TEXT NOT NULL, words TEXT NOT NULL)";

fn journal(world: &World) -> PathBuf {
    world.folder().join("journal/erasures.ndjson")
}

fn with_keys(world: &World, keys: Vec<WrappingKey>) -> Sealing {
    let config =
        config::Sealing { keys, keys_file: None, fault: None, erasures: journal(world), backups_kept: None };
    Sealing::new(world.db.clone(), Clock::held(START), &config)
}

/// With keys from a file, as the configuration reads them.
fn with_file(world: &World, file: &std::path::Path) -> Sealing {
    let (keys, fault) = parse_keys(&read_key_file(file).unwrap());
    assert_eq!(fault, None);
    let config = config::Sealing {
        keys,
        keys_file: Some(file.to_owned()),
        fault: None,
        erasures: journal(world),
        backups_kept: None,
    };
    Sealing::new(world.db.clone(), Clock::held(START), &config)
}

fn new_file(world: &World) -> PathBuf {
    let file = world.folder().join("keys");
    std::fs::write(&file, format!("{}\n", WrappingKey::random().written().as_str())).unwrap();
    file
}

/// Seals a note of this case and stores it under this id.
async fn note(world: &World, sealing: &Sealing, case: &str, id: &str, words: &str) {
    world.tamper(&format!("INSERT INTO test_note (id, of_case, words) VALUES ('{id}', '{case}', '')")).await;
    let mut tx = world.db.begin().await.unwrap();
    let sealed = sealing.make_key(&mut tx, case).await.unwrap().seal(place(id), words.as_bytes());
    values_store::put(&mut tx, &NOTES, id, &sealed).await.unwrap();
    tx.commit().await.unwrap();
}

/// The note as somebody reads it.
async fn read(world: &World, sealing: &Sealing, case: &str, id: &str) -> Result<String, Locked> {
    let mut tx = world.db.snapshot().await.unwrap();
    let key = match sealing.open_key(&mut tx, case).await {
        Ok(key) => key,
        Err(SealingError::Locked(why)) => return Err(why),
        Err(error) => panic!("{error}"),
    };
    let stored = values_store::values(&mut tx, &NOTES, case).await.unwrap();
    let (_, sealed) = stored.into_iter().find(|(row, _)| row == id).unwrap();
    key.open_text(place(id), &sealed).map(|words| words.expose().to_owned())
}
