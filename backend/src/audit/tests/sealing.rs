use std::fs;

use domain::audit::{Break, Damage};
use sha2::{Digest, Sha256};

use super::*;

fn who() -> (Actor, Origin) {
    (Actor::console("the command line"), Origin::default())
}

#[tokio::test]
async fn a_sealed_stretch_stands_in_its_file_and_the_chain_goes_on() {
    for world in testing::worlds().await {
        let folder = tempfile::tempdir().unwrap();
        let mut tx = world.db.begin().await.unwrap();
        for number in 0..1_200 {
            record(&mut tx, Millis(START + number), &invited(number as usize)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let now = Millis(START + 5_000);
        let sealed =
            seal(&world.db, now, Millis(START + 1_100), None, folder.path(), who()).await.unwrap().unwrap();
        assert_eq!((sealed.segment.first, sealed.segment.last, sealed.records), (1, 1_100, 1_100));
        let text = fs::read(&sealed.path).unwrap();
        assert_eq!(sealed.segment.file_digest, domain::audit::Hash(Sha256::digest(&text).into()).to_string());
        assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 1_100);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half file is left");
        let left = page(&world.db, &Filter::default(), None, 500).await.unwrap();
        assert_eq!(left.len(), 101);
        assert_eq!((left[0].verb.as_str(), left[0].sequence), ("audit.sealed", 1_201));
        assert_eq!(left[0].after()["digest"], sealed.segment.file_digest);
        let (end, records) = whole(&verify(&world.db, None).await.unwrap());
        assert_eq!((end.sequence, records), (1_201, 101), "{}", world.name);

        // Nothing that old is left; a second stretch joins the first; a receiver that lags holds it back.
        assert_eq!(
            seal(&world.db, now, Millis(START + 1_100), None, folder.path(), who()).await.unwrap(),
            None
        );
        let held =
            seal(&world.db, now, Millis(START + 1_150), Some(1_120), folder.path(), who()).await.unwrap();
        assert_eq!(held.unwrap().segment.last, 1_120);
        whole(&verify(&world.db, None).await.unwrap());
        assert_eq!(segments(&world.db).await.unwrap().len(), 2);

        // The files are walked too, and say where they were touched.
        let told = segments(&world.db).await.unwrap();
        assert_eq!(verify_file(folder.path(), &told[0], None).unwrap(), 1_100);
        assert_eq!(verify_file(folder.path(), &told[1], None).unwrap(), 20);
        let forged = Head { sequence: 7, hash: Hash::GENESIS };
        let found = verify_file(folder.path(), &told[0], Some(forged)).unwrap_err().to_string();
        assert!(found.ends_with("record 7 is not the one whose hash was kept"), "{found}");
        assert_eq!(verify_file(folder.path(), &told[1], Some(forged)).unwrap(), 20);
        let text = String::from_utf8(text).unwrap();
        for (touched, words) in [
            (text.replacen("guest500@", "guest501@", 1), "record 501 is not what was written there"),
            (text.replacen("\"sequence\":7,", "\"sequence\":8,", 1), "record 7 is missing"),
            (text.rsplit_once("{\"seq").unwrap().0.to_owned(), "record 1100 and all after it are missing"),
            (text.replacen("\"at\":\"2026", "\"at\":\"2025", 1), "is not the file that was sealed"),
            (text.replacen("{", "", 1), "record 1 is not what was written there"),
        ] {
            fs::write(&sealed.path, touched).unwrap();
            let found = verify_file(folder.path(), &told[0], None).unwrap_err().to_string();
            assert!(found.contains(words) && found.contains(&told[0].file), "{found}");
        }

        // A stretch that was put aside, or whose end was changed, no longer joins.
        world.tamper("UPDATE audit_segment SET hash_after = hash_before WHERE first_sequence = 1").await;
        let found = verify(&world.db, None).await.unwrap();
        assert_eq!(found, Verified::Broken(Break { sequence: 1_101, damage: Damage::Segment }));
        world.tamper("DELETE FROM audit_segment WHERE first_sequence = 1").await;
        let found = verify(&world.db, None).await.unwrap();
        assert_eq!(found, Verified::Broken(Break { sequence: 1_101, damage: Damage::Segment }));
    }
}

#[tokio::test]
async fn a_broken_chain_is_not_sealed_away() {
    for world in testing::worlds().await {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..5 {
            write(&world, &invited(number)).await;
        }
        world.tamper("UPDATE audit_record SET actor_name = 'Nobody' WHERE sequence = 2").await;
        let refused =
            seal(&world.db, Millis(0), Millis(i64::MAX), None, folder.path(), who()).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the chain is broken: record 2 is not what was written there; nothing was sealed"
        );
        assert_eq!(page(&world.db, &Filter::default(), None, 10).await.unwrap().len(), 5);
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_not_pruned() {
    let world = testing::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    write(&world, &invited(1)).await;
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let refused = seal(&world.db, Millis(0), Millis(i64::MAX), None, &in_the_way, who()).await.unwrap_err();
    assert!(refused.to_string().contains("cannot be written"), "{refused}");
    assert_eq!(whole(&verify(&world.db, None).await.unwrap()).1, 1);
}

/// What a receiver has not been told stays, however old it is.
#[tokio::test]
async fn retention_seals_months_and_waits_for_receivers() {
    const MONTH: i64 = 30 * domain::time::DAY;
    let now = START / MONTH * MONTH + 5 * domain::time::DAY;
    let keep = std::time::Duration::from_millis((2 * MONTH).unsigned_abs());
    for world in testing::worlds().await {
        let folder = tempfile::tempdir().unwrap();
        for months in [4, 3, 2, 1] {
            write_at(&world, now - months * MONTH, &invited(1)).await;
        }
        let to = crate::config::SiemTo::SyslogTcp { host: "127.0.0.1".into(), port: 9 };
        let lagging = crate::config::Siem { name: "soc".into(), to, ca_file: None };
        let held = retain(&world.db, Millis(now), keep, folder.path(), &[lagging]).await.unwrap();
        assert_eq!(held, None);
        let sealed = retain(&world.db, Millis(now), keep, folder.path(), &[]).await.unwrap().unwrap();
        // The record of two months ago is younger than the last whole month before that.
        assert_eq!((sealed.segment.first, sealed.segment.last), (1, 2), "{}", world.name);
        assert_eq!(retain(&world.db, Millis(now), keep, folder.path(), &[]).await.unwrap(), None);
        whole(&verify(&world.db, None).await.unwrap());
    }
}
