//! Erased is erased: here, in the file, and in a backup that is put back.

use super::*;

async fn erase(world: &World, sealing: &Sealing, case: &str) -> bool {
    let mut tx = world.db.begin().await.unwrap();
    let done = sealing.destroy_key(&mut tx, case, "the couple asked for it").await.unwrap();
    tx.commit().await.unwrap();
    done
}

const ERASED: Locked = Locked::Destroyed { at: START };

#[tokio::test]
async fn what_is_erased_cannot_be_opened_or_written_again() {
    for world in worlds().await {
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        note(&world, &sealing, "case-1", "n1", "Ada").await;
        note(&world, &sealing, "case-2", "n2", "Grace").await;
        let wrapped = testing::everything_stored(&world.db, "data_key", &["id", "wrapped"]).await;
        let wrapped = wrapped.lines().find_map(|line| line.strip_prefix("case-1 ")).unwrap().to_owned();
        assert!(erase(&world, &sealing, "case-1").await);
        assert!(!erase(&world, &sealing, "case-1").await, "once");
        assert!(!erase(&world, &sealing, "case-3").await, "there is nobody");
        assert!(!erase(&world, &sealing, INDEX_OWNER).await);

        let why = read(&world, &sealing, "case-1", "n1").await.unwrap_err();
        assert_eq!((&why, why.to_string().as_str()), (&ERASED, "Erased on 2026-11-18 11:06 UTC."));
        assert_eq!(read(&world, &sealing, "case-2", "n2").await.unwrap(), "Grace");
        let mut tx = world.db.begin().await.unwrap();
        assert!(matches!(sealing.make_key(&mut tx, "case-1").await, Err(SealingError::Locked(ERASED))));
        drop(tx);
        sealing.rotate("a test").await.unwrap();
        sealing.rotate_data(&[NOTES], "a test").await.unwrap();
        assert_eq!(read(&world, &sealing, "case-1", "n1").await, Err(ERASED));

        let line = format!("{{\"owner\":\"case-1\",\"at_ms\":{}}}\n", START.0);
        assert_eq!(std::fs::read_to_string(journal(&world)).unwrap(), line);
        assert_eq!(sealing.keep_erasures().await.unwrap(), Reconciled::default());
        if world.name == "sqlite" {
            world.db.close().await;
            let kept = world
                .on_disk()
                .iter()
                .any(|(_, bytes)| bytes.windows(wrapped.len()).any(|part| part == wrapped.as_bytes()));
            assert!(!kept, "the wrapped key is still in the file");
        }
    }
}

#[tokio::test]
async fn a_backup_from_before_an_erasure_brings_nobody_back() {
    let world = sqlite().await;
    let key = WrappingKey::random();
    let sealing = with_keys(&world, vec![key.clone()]);
    note(&world, &sealing, "case-1", "n1", "Ada").await;
    note(&world, &sealing, "case-2", "n2", "Grace").await;
    let backup = world.folder().join("backup.db");
    testing::copy_to(&world.db, &backup).await;
    assert!(erase(&world, &sealing, "case-1").await);

    let url = secrecy::SecretString::from(format!("sqlite://{}", backup.display()));
    let db = Db::open(&url).await.unwrap();
    let config = config::Sealing {
        keys: vec![key],
        keys_file: None,
        fault: None,
        erasures: journal(&world),
        backups_kept: None,
    };
    let restored = Sealing::new(db.clone(), Clock::held(START.plus(5)), &config);
    let open = async |case: &str| {
        let mut tx = db.snapshot().await.unwrap();
        restored.open_key(&mut tx, case).await.map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(open("case-1").await, Ok(()), "the backup has it: the test is worth something");
    let found = restored.keep_erasures().await.unwrap();
    assert_eq!(found, Reconciled { destroyed_again: 1, ..Reconciled::default() });
    assert_eq!(open("case-1").await, Err(ERASED.to_string()));
    assert_eq!(open("case-2").await, Ok(()));
    let on_record = testing::on_record(&db).await;
    assert_eq!(
        on_record,
        ["personal_data.erased done by the console about case-1: the journal of erasures names it"]
    );
    assert_eq!(restored.keep_erasures().await.unwrap(), Reconciled::default());
}

#[tokio::test]
async fn a_journal_that_was_lost_or_cut_off_is_mended() {
    for world in worlds().await {
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        for case in ["case-1", "case-2", "case-3"] {
            note(&world, &sealing, case, case, "words").await;
        }
        erase(&world, &sealing, "case-1").await;
        std::fs::write(journal(&world), "{\"owner\":\"case-1\",\"at_").unwrap();
        let found = sealing.keep_erasures().await.unwrap();
        assert_eq!(found, Reconciled { noted: 1, unreadable: 1, ..Reconciled::default() });
        erase(&world, &sealing, "case-2").await;
        let text = std::fs::read_to_string(journal(&world)).unwrap();
        let whole: Vec<_> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(whole, ["{\"owner\":\"case-1\"", "{\"owner\":\"case-2\""]);
        assert_eq!(read(&world, &sealing, "case-3", "case-3").await.unwrap(), "words");
    }
}

#[tokio::test]
async fn an_erasure_that_cannot_be_noted_does_not_happen() {
    for world in worlds().await {
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        note(&world, &sealing, "case-1", "n1", "Ada").await;
        // A folder in the place of the file.
        std::fs::create_dir_all(journal(&world)).unwrap();
        let mut tx = world.db.begin().await.unwrap();
        let refused = sealing.destroy_key(&mut tx, "case-1", "the couple asked for it").await;
        assert!(matches!(refused, Err(SealingError::Journal { .. })), "{refused:?}");
        drop(tx);
        assert_eq!(read(&world, &sealing, "case-1", "n1").await.unwrap(), "Ada");
        assert!(sealing.keep_erasures().await.is_err());
    }
}

/// The transaction that erases was taken back after the journal was written: somebody asked for it, so it is finished.
#[tokio::test]
async fn an_erasure_that_was_cut_off_is_finished_at_the_next_start() {
    for world in worlds().await {
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        note(&world, &sealing, "case-1", "n1", "Ada").await;
        let mut tx = world.db.begin().await.unwrap();
        sealing.destroy_key(&mut tx, "case-1", "the couple asked for it").await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(sealing.keep_erasures().await.unwrap().destroyed_again, 1);
        assert_eq!(read(&world, &sealing, "case-1", "n1").await, Err(ERASED));
    }
}
