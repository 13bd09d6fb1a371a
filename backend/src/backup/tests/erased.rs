//! Who was erased stays erased, whatever backup is put back.

use super::*;
use crate::sealing::Locked;

async fn open(world: &World, case: &str) -> Result<(), String> {
    let mut tx = world.db.snapshot().await.unwrap();
    let opened = sealing(world, Path::new("nowhere")).open_key(&mut tx, case).await;
    opened.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn an_old_backup_brings_no_erased_couple_back() {
    for world in worlds().await {
        let journal = world.folder().join("erasures.ndjson");
        let sealing = sealing(&world, &journal);
        let mut tx = world.db.begin().await.unwrap();
        for case in ["c1", "c2", "c3"] {
            sealing.make_key(&mut tx, case).await.unwrap();
        }
        tx.commit().await.unwrap();
        let erase = async |case: &str| {
            let mut tx = world.db.begin().await.unwrap();
            assert!(sealing.destroy_key(&mut tx, case, "the couple asked for it").await.unwrap());
            tx.commit().await.unwrap();
        };
        erase("c1").await;
        let file = world.folder().join("backup");
        make(&world.db, START, &file, false).await.unwrap();
        erase("c2").await;

        for to in bare_worlds().await {
            // Without the key, too: to destroy one needs none.
            let config = configured(Vec::new(), &journal);
            let done = restore(&to.db, &Clock::held(START), &config, &file, "a test").await.unwrap();
            assert_eq!((done.erasures.destroyed_again, done.erasures.noted, done.no_journal), (1, 0, None));
            let erased = Locked::Destroyed { at: START }.to_string();
            assert_eq!(open(&to, "c1").await, Err(erased.clone()));
            assert_eq!(open(&to, "c2").await, Err(erased));
            assert_eq!(open(&to, "c3").await, Ok(()));
            let record =
                "personal_data.erased done by the console about c2: the journal of erasures names it";
            assert_eq!(on_record(&to.db).await.last().map(String::as_str), Some(record));
            assert!(matches!(audit::verify(&to.db, None).await.unwrap(), Verified::Whole { .. }));
        }
        for to in bare_worlds().await {
            // The journal is lost: that is told, and with it they are back. Those of before the backup are not.
            let lost = to.folder().join("lost.ndjson");
            let done = restore(&to.db, &Clock::held(START), &configured(keys(), &lost), &file, "a test")
                .await
                .unwrap();
            assert_eq!((done.erasures.destroyed_again, done.erasures.noted), (0, 1));
            assert_eq!(done.no_journal.as_deref(), Some(lost.as_path()));
            assert!(open(&to, "c1").await.is_err());
            assert_eq!(open(&to, "c2").await, Ok(()), "the backup has it: the test is worth something");
        }
    }
}
