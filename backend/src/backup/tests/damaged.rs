//! A backup that is not what was written is refused before anything is.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};

use super::*;

async fn backup(world: &World) -> Vec<u8> {
    filled::fill(world).await;
    let file = world.folder().join("backup");
    make(&world.db, START, &file, true).await.unwrap();
    fs::read(file).unwrap()
}

/// What is said of it; nothing may have been written.
async fn refused(world: &World, bytes: &[u8]) -> String {
    let file = world.folder().join("damaged");
    fs::write(&file, bytes).unwrap();
    let error = restored(world, &file).await.unwrap_err();
    let mut tx = world.db.snapshot().await.unwrap();
    assert_eq!(store::tables(&mut tx, world.db.kind()).await.unwrap(), [""; 0], "{error}");
    error.to_string()
}

fn gzipped(lines: &[String]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    for line in lines {
        writeln!(out, "{line}").unwrap();
    }
    out.finish().unwrap()
}

#[tokio::test]
async fn half_a_backup_is_none() {
    let whole = backup(&sqlite().await).await;
    for target in bare_worlds().await {
        for part in [1, 5, 10, 50, 90, 99] {
            let words = refused(&target, &whole[..whole.len() * part / 100]).await;
            assert!(words.contains("damaged") || words.contains("is no backup"), "{part} %: {words}");
        }
        // Only the sum of gzip is missing, which comes after our own digest.
        for missing in 1..=8 {
            let words = refused(&target, &whole[..whole.len() - missing]).await;
            assert!(words.contains("the backup is damaged"), "{words}");
        }
        for lines_missing in 1..4 {
            let file = target.folder().join("whole");
            fs::write(&file, &whole).unwrap();
            let mut lines = lines(&file);
            lines.truncate(lines.len() - lines_missing);
            let words = refused(&target, &gzipped(&lines)).await;
            assert_eq!(words, "the backup is damaged: it is cut off. Nothing was written");
        }
    }
}

#[tokio::test]
async fn one_flipped_bit_is_found_wherever_it_is() {
    let whole = backup(&sqlite().await).await;
    let target = bare_worlds().await.remove(0);
    // The first ten bytes are gzip's own, and tell nothing of the content.
    let places: Vec<usize> = (10..whole.len()).step_by(whole.len() / 150).collect();
    assert!(places.len() > 100);
    for place in places {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        refused(&target, &flipped).await;
    }
}

/// With a sum of gzip that is right: only our own digest finds these.
#[tokio::test]
async fn what_was_changed_and_packed_again_is_found() {
    let world = sqlite().await;
    let file = world.folder().join("backup");
    backup(&world).await;
    let target = bare_worlds().await.remove(0);
    let whole = lines(&file);
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = whole.clone();
        change(&mut lines);
        assert_ne!(lines, whole);
        gzipped(&lines)
    };
    let at = |start: &str| whole.iter().position(|line| line.starts_with(start)).unwrap();
    let digest = "the backup is damaged: its content is not what its digest says. Nothing was written";
    let person = at("[\"p1\",\"Ada");
    let said =
        refused(&target, &changed(&|lines| lines[person] = lines[person].replace("Ada@", "Eve@"))).await;
    assert_eq!(said, digest);
    assert_eq!(refused(&target, &changed(&|lines| drop(lines.remove(person)))).await, digest);
    let moved = refused(&target, &changed(&|lines| lines.swap(person, person - 1))).await;
    assert!(
        moved.contains("a row belongs to no table") || moved == digest || moved.contains("damaged"),
        "{moved}"
    );
    let schema = format!("\"schema\":{}", newest_schema());
    let said =
        refused(&target, &changed(&|lines| lines[0] = lines[0].replace(&schema, "\"schema\":17"))).await;
    assert_eq!(said, digest);
    let said = refused(&target, &changed(&|lines| lines.push("more".to_owned()))).await;
    assert!(said.contains("something follows its end"), "{said}");
    // The same, packed again: nothing is wrong with it.
    fs::write(&file, gzipped(&whole)).unwrap();
    restored(&target, &file).await.unwrap();
}
