//! There and back again, on both databases and between them; and everything that may be wrong with a backup, with the
//! database it is to go to, and with the disk.

mod damaged;
mod erased;
mod filled;
mod older;
mod refused;
mod there;

use std::{collections::BTreeMap, io::Read, path::Path};

use domain::time::Millis;
use flate2::read::MultiGzDecoder;

use super::*;
use crate::{
    audit::{self, Verified},
    clock::Clock,
    config,
    db::newest_schema,
    sealing::{Sealing, WrappingKey, parse_keys},
    testing::{self, World, bare_worlds, on_record, sqlite, worlds},
};

const START: Millis = Millis(1_795_000_000_000);
const KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

fn keys() -> Vec<WrappingKey> {
    parse_keys(KEY).0
}

fn configured(keys: Vec<WrappingKey>, erasures: &Path) -> config::Sealing {
    config::Sealing { keys, keys_file: None, fault: None, erasures: erasures.to_owned(), backups_kept: None }
}

fn sealing(world: &World, erasures: &Path) -> Sealing {
    Sealing::new(world.db.clone(), Clock::held(START), &configured(keys(), erasures))
}

async fn restored(world: &World, backup: &Path) -> Result<Restored, BackupError> {
    let journal = world.folder().join("erasures.ndjson");
    restore(&world.db, &Clock::held(START.plus(5)), &configured(Vec::new(), &journal), backup, "a test").await
}

/// The lines of a backup.
fn lines(backup: &Path) -> Vec<String> {
    let mut text = String::new();
    MultiGzDecoder::new(std::fs::File::open(backup).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The rows of each table.
fn by_table(backup: &Path) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = String::new();
    for line in &lines(backup)[1..] {
        if line.starts_with('[') {
            tables.get_mut(&table).unwrap().push(line.clone());
        } else if let Ok(section) = serde_json::from_str::<format::Section>(line) {
            table = section.table;
            tables.insert(table.clone(), Vec::new());
        }
    }
    tables
}

async fn numbers(world: &World, sql: &str) -> Vec<i64> {
    testing::numbers(&world.db, sql).await
}
