//! What a backup holds, and that all of it comes back.

use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::audit::{Actor, Entry, Origin};

use super::*;

/// A migration that adds a table has to say whether it is kept.
#[tokio::test]
async fn every_table_is_kept_or_left_out_on_purpose() {
    let known: BTreeSet<String> =
        TABLES.iter().copied().chain(LEFT_OUT.iter().map(|(table, _)| *table)).map(str::to_owned).collect();
    assert_eq!(known.len(), TABLES.len() + LEFT_OUT.len(), "each once");
    for world in worlds().await {
        let mut tx = world.db.snapshot().await.unwrap();
        let mut there: BTreeSet<_> =
            store::tables(&mut tx, world.db.kind()).await.unwrap().into_iter().collect();
        assert!(there.remove(store::MIGRATIONS));
        assert_eq!(there, known, "{}: see backup/tables.rs", world.name);
        for table in TABLES {
            let layout = store::layout(&mut tx, world.db.kind(), table).await.unwrap();
            assert!(layout.columns.iter().any(|column| column.key > 0), "{table} has no key to sort by");
        }
        drop(tx);
        // Rows bring their numbers with them: nothing counts on by itself after a restore.
        let counting = match world.name {
            "sqlite" => "SELECT COUNT(*) FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'",
            _ => {
                "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema()
                 AND (is_identity = 'YES' OR column_default LIKE 'nextval%')"
            }
        };
        assert_eq!(numbers(&world, counting).await, [0], "{}", world.name);
    }
}

#[tokio::test]
async fn everything_comes_back_on_either_database() {
    for from in worlds().await {
        filled::fill(&from).await;
        let file = from.folder().join("backup");
        let made = make(&from.db, START, &file, false).await.unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!((made.header.schema, made.header.made_at_ms), (newest_schema(), START.0));
        assert_eq!(made.header.database, if from.name == "sqlite" { "sqlite" } else { "postgresql" });
        let empty: Vec<_> = made.rows.iter().filter(|(_, rows)| **rows == 0).collect();
        assert!(empty.is_empty() && made.rows.len() == TABLES.len(), "nothing is tested of {empty:?}");
        assert_eq!((made.header.left_out.len(), made.unknown.len()), (LEFT_OUT.len(), 0));
        assert_eq!(made.rows_in_all() as usize + TABLES.len() + 2, lines(&file).len());

        let before = by_table(&file);
        for to in bare_worlds().await {
            let done = restored(&to, &file).await.unwrap();
            assert_eq!(
                (&done.header, done.rows, &done.digest),
                (&made.header, made.rows_in_all(), &made.digest)
            );
            assert_eq!((done.held, done.no_journal.is_some()), (Held::default(), true));
            // Three are sealed; two, the sealing itself, and the restore.
            assert!(
                matches!(&done.audit, Verified::Whole { records: 4, sealed: Some(_), .. }),
                "{:?}",
                done.audit
            );
            let record = format!("backup.restored done by a test about {}", made.digest);
            assert_eq!(on_record(&to.db).await.last(), Some(&record));
            for (table, _) in LEFT_OUT {
                assert_eq!(numbers(&to, &format!("SELECT COUNT(*) FROM {table}")).await, [0], "{table}");
            }
            let again = to.folder().join("backup");
            make(&to.db, START, &again, false).await.unwrap();
            let mut after = by_table(&again);
            assert!(after.get_mut("audit_record").unwrap().pop().unwrap().contains("backup.restored"));
            assert_ne!(after["audit_head"], before["audit_head"]);
            after.insert("audit_head".to_owned(), before["audit_head"].clone());
            for (table, rows) in &before {
                assert_eq!(&after[table], rows, "{table} from {} to {}", from.name, to.name);
            }
        }
    }
}

/// Each change is a record, and a data key beside it. In the copy there are as many of the one as of the other, and the chain
/// holds, whatever was written meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_shows_one_moment_while_others_write() {
    for world in worlds().await {
        let stop = Arc::new(AtomicBool::new(false));
        let sealing = sealing(&world, Path::new("nowhere"));
        let (db, done) = (world.db.clone(), stop.clone());
        let writer = tokio::spawn(async move {
            let mut written = 0_u64;
            while !done.load(Ordering::Relaxed) {
                let mut tx = db.begin().await.unwrap();
                sealing.make_key(&mut tx, &format!("case-{written}")).await.unwrap();
                let entry = Entry::new("person.changed", Actor::console("a test"), Origin::default());
                audit::record(&mut tx, START, &entry).await.unwrap();
                tx.commit().await.unwrap();
                written += 1;
            }
            written
        });
        let mut last = 0;
        for round in 0..5 {
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
            let file = world.folder().join(format!("backup-{round}"));
            let made = make(&world.db, START, &file, false).await.unwrap();
            assert_eq!(made.rows["audit_record"], made.rows["data_key"], "{}", world.name);
            assert!(made.rows["audit_record"] > last, "nothing was written between two backups");
            last = made.rows["audit_record"];
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.await.unwrap() > last, "nothing was written while the last was made");
        let to = bare_worlds().await.remove(0);
        let done = restored(&to, &world.folder().join("backup-4")).await.unwrap();
        assert!(
            matches!(done.audit, Verified::Whole { records, .. } if records == last + 1),
            "{:?}",
            done.audit
        );
    }
}

#[tokio::test]
async fn a_backup_is_on_record_without_its_place() {
    let world = sqlite().await;
    let file = world.folder().join("a-telling-name");
    let made = make(&world.db, START, &file, false).await.unwrap();
    put_on_record(&world.db, START, &made, "a test").await.unwrap();
    assert_eq!(on_record(&world.db).await, [format!("backup.made done by a test about {}", made.digest)]);
    let facts =
        crate::testing::everything_stored(&world.db, "audit_record", &["after_facts", "object_id"]).await;
    assert!(
        facts.contains("\"rows\":\"3\"") && facts.contains(&made.digest) && !facts.contains("telling"),
        "{facts}"
    );
}
