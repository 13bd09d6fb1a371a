//! Where no backup is written, and where none is restored.

use std::{fs, os::unix::fs::symlink};

use super::*;

async fn made(world: &World) -> std::path::PathBuf {
    let file = world.folder().join("backup");
    make(&world.db, START, &file, false).await.unwrap();
    file
}

#[tokio::test]
async fn a_file_that_is_there_is_kept_unless_it_may_be_replaced() {
    let world = sqlite().await;
    let file = world.folder().join("backup");
    fs::write(&file, "another").unwrap();
    let words = make(&world.db, START, &file, false).await.unwrap_err().to_string();
    assert!(
        words.ends_with("backup is there already; name another file, or give --force to replace it"),
        "{words}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "another");
    make(&world.db, START, &file, true).await.unwrap();
    restored(&bare_worlds().await[0], &file).await.unwrap();
}

#[tokio::test]
async fn half_a_backup_never_bears_the_name() {
    let world = sqlite().await;
    for (place, words) in [
        ("nowhere/backup", "nowhere/backup.part cannot be written: No such file or directory"),
        (".", "cannot be written: is a directory"),
    ] {
        let error = make(&world.db, START, &world.folder().join(place), true).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    // A value that no console writes: reading breaks off in the middle of it.
    world.tamper("INSERT INTO daily_figures (platform, day, figures, taken_at) VALUES ('p', CAST(x'ff' AS TEXT), '', 1)").await;
    let file = world.folder().join("backup");
    fs::write(&file, "the one of before").unwrap();
    let error = make(&world.db, START, &file, true).await.unwrap_err();
    assert!(matches!(error, BackupError::Database(_)), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "the one of before");
    assert!(!world.folder().join("backup.part").exists());

    // What a crash left is overwritten, and not for others to read.
    world.tamper("DELETE FROM daily_figures").await;
    fs::write(world.folder().join("backup.part"), vec![b'x'; 1_000_000]).unwrap();
    make(&world.db, START, &file, true).await.unwrap();
    assert!(fs::metadata(&file).unwrap().len() < 100_000);
    restored(&bare_worlds().await[0], &file).await.unwrap();
}

#[tokio::test]
async fn two_at_once_do_not_write_one_file() {
    let world = sqlite().await;
    let file = world.folder().join("backup");
    let other = part::Part::begin(&file, false).unwrap();
    assert!(matches!(make(&world.db, START, &file, false).await, Err(BackupError::Busy { .. })));
    drop(other);
    // Another's file is not written through a link that somebody put there.
    fs::remove_file(world.folder().join("backup.part")).unwrap();
    let elsewhere = world.folder().join("elsewhere");
    fs::write(&elsewhere, "another").unwrap();
    symlink(&elsewhere, world.folder().join("backup.part")).unwrap();
    assert!(make(&world.db, START, &file, false).await.is_err());
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "another");
}

#[tokio::test]
async fn what_is_no_console_s_database_has_no_backup() {
    for world in bare_worlds().await {
        let file = world.folder().join("backup");
        let error = make(&world.db, START, &file, false).await.unwrap_err();
        assert!(matches!(error, BackupError::NoSchema), "{error}");
        world.db.migrate_to(newest_schema()).await.unwrap();
        world.tamper("CREATE TABLE guests (name TEXT NOT NULL)").await;
        assert_eq!(make(&world.db, START, &file, false).await.unwrap().unknown, ["guests"]);
        world.tamper(&format!("UPDATE {} SET version = 900 WHERE version = 1", store::MIGRATIONS)).await;
        let error = make(&world.db, START, &file, true).await.unwrap_err();
        assert!(matches!(error, BackupError::OfANewerConsole { has: 900, .. }), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_ever_overwritten() {
    let from = sqlite().await;
    filled::fill(&from).await;
    let file = made(&from).await;
    for to in worlds().await {
        // Tables and nothing in them: as after `config check` and a start that was broken off.
        assert_eq!(restored(&to, &file).await.unwrap().header.schema, newest_schema());
        let before = by_table(&file)["poll"].len() as i64;
        let words = restored(&to, &file).await.unwrap_err().to_string();
        assert!(words.starts_with("the database is not empty (its table "), "{words}");
        assert!(
            words.ends_with("name a new database in database.url, or move this one away first"),
            "{words}"
        );
        assert_eq!(numbers(&to, "SELECT COUNT(*) FROM poll").await, [before]);
    }
    for to in bare_worlds().await {
        to.tamper("CREATE TABLE guests (name TEXT NOT NULL)").await;
        let words = restored(&to, &file).await.unwrap_err().to_string();
        assert!(words.contains("its table guests is none of the console's"), "{words}");
        let mut tx = to.db.snapshot().await.unwrap();
        assert_eq!(store::tables(&mut tx, to.db.kind()).await.unwrap(), ["guests"]);
    }
    for to in worlds().await {
        to.tamper("INSERT INTO session VALUES ('id', NULL, '{}', 1, 1, 1, 2, NULL, NULL)").await;
        assert!(restored(&to, &file).await.unwrap_err().to_string().contains("its table session has rows"));
    }
}

/// Nothing is half there: what the database refuses takes everything back.
#[tokio::test]
async fn a_row_that_the_database_refuses_leaves_it_empty() {
    let from = sqlite().await;
    filled::fill(&from).await;
    from.tamper("PRAGMA ignore_check_constraints = ON").await;
    from.tamper("UPDATE notice_attempt SET purpose = 'nonsense'").await;
    let file = made(&from).await;
    for to in bare_worlds().await {
        let error = restored(&to, &file).await.unwrap_err().to_string();
        assert!(error.contains("notice_attempt_purpose_is_known"), "{error}");
        for table in TABLES.iter().filter(|table| !tables::SEEDED.contains(table)) {
            assert_eq!(numbers(&to, &format!("SELECT COUNT(*) FROM {table}")).await, [0], "{table}");
        }
        assert_eq!(numbers(&to, "SELECT sequence FROM audit_head").await, [0]);
    }
}

#[tokio::test]
async fn what_is_no_backup_is_called_so() {
    let to = bare_worlds().await.remove(0);
    let file = to.folder().join("backup");
    assert!(restored(&to, &file).await.unwrap_err().to_string().contains("cannot be read: No such file"));
    let nothing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()).finish().unwrap();
    for (bytes, words) in [
        (&b""[..], "it is not compressed with gzip"),
        (b"SQLite format 3\0", "it is not compressed with gzip"),
        (&nothing, "it is empty"),
    ] {
        fs::write(&file, bytes).unwrap();
        let error = restored(&to, &file).await.unwrap_err().to_string();
        assert!(error.contains("is no backup of Bellwether") && error.contains(words), "{error}");
    }
}
