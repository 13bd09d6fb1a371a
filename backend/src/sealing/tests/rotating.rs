//! A new wrapping key, and new data keys, while values are read and written.

use std::os::unix::fs::PermissionsExt;

use super::*;

async fn wrapped_by(world: &World) -> Vec<String> {
    let stored = testing::everything_stored(&world.db, "data_key", &["wrapped_by"]).await;
    let mut by: Vec<_> = stored.lines().map(str::to_owned).collect();
    by.dedup();
    by
}

#[tokio::test]
async fn a_rotation_keeps_all_readable_and_needs_the_old_key_no_longer() {
    for world in worlds().await {
        let file = new_file(&world);
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        let serving = with_file(&world, &file);
        for case in 0..1_203 {
            let mut tx = world.db.begin().await.unwrap();
            serving.make_key(&mut tx, &format!("case-{case:04}")).await.unwrap();
            tx.commit().await.unwrap();
        }
        note(&world, &serving, "case-0007", "n1", "Ada").await;

        let rotated = with_file(&world, &file).rotate("a test").await.unwrap();
        assert_eq!(
            (rotated.is_new, rotated.wrapped, rotated.in_all, rotated.left.len()),
            (true, 1_203, 1_203, 0)
        );
        assert_eq!(wrapped_by(&world).await, std::slice::from_ref(&rotated.by));
        let about = std::fs::metadata(&file).unwrap();
        assert_eq!(
            about.permissions().mode() & 0o777,
            0o640,
            "whoever could read it still can, and nobody else"
        );

        // The console that serves read the file again; new keys are wrapped by the new one.
        assert_eq!(read(&world, &serving, "case-0007", "n1").await.unwrap(), "Ada");
        note(&world, &serving, "case-new", "n2", "Grace").await;
        assert_eq!(wrapped_by(&world).await, std::slice::from_ref(&rotated.by));

        let (keys, _) = parse_keys(&read_key_file(&file).unwrap());
        let [newest, old] = &keys[..] else { panic!("{keys:?}") };
        assert_eq!(newest.id(), rotated.by);
        let without_old = with_keys(&world, vec![newest.clone()]);
        assert_eq!(read(&world, &without_old, "case-0007", "n1").await.unwrap(), "Ada");
        assert_eq!(read(&world, &without_old, "case-new", "n2").await.unwrap(), "Grace");
        assert!(read(&world, &with_keys(&world, vec![old.clone()]), "case-0007", "n1").await.is_err());

        let on_record = testing::on_record(&world.db).await;
        assert_eq!(on_record, ["encryption.rotated done by a test"]);
    }
}

#[tokio::test]
async fn a_rotation_that_was_cut_off_is_finished_before_another_begins() {
    for world in worlds().await {
        let file = new_file(&world);
        let sealing = with_file(&world, &file);
        note(&world, &sealing, "case-1", "n1", "Ada").await;
        note(&world, &sealing, "case-2", "n2", "Grace").await;
        // The new key is in the file, and nothing is wrapped by it yet.
        key_file::put_first(&file, &WrappingKey::random()).unwrap();
        let first = sealing.rotate("a test").await.unwrap();
        assert_eq!((first.is_new, first.wrapped, first.in_all), (false, 2, 2));
        let second = sealing.rotate("a test").await.unwrap();
        assert_eq!((second.is_new, second.wrapped, second.in_all), (true, 2, 2));
        assert_ne!(first.by, second.by);
        assert_eq!(read(&world, &sealing, "case-1", "n1").await.unwrap(), "Ada");
    }
}

#[tokio::test]
async fn keys_of_the_environment_are_taken_as_they_are() {
    for world in worlds().await {
        let (old, new) = (WrappingKey::random(), WrappingKey::random());
        note(&world, &with_keys(&world, vec![old.clone()]), "case-1", "n1", "Ada").await;
        let sealing = with_keys(&world, vec![new.clone(), old]);
        for wrapped in [1, 0] {
            let rotated = sealing.rotate("a test").await.unwrap();
            assert_eq!((rotated.by.as_str(), rotated.is_new, rotated.wrapped), (new.id(), false, wrapped));
        }
        assert_eq!(read(&world, &with_keys(&world, vec![new]), "case-1", "n1").await.unwrap(), "Ada");
        assert!(matches!(
            with_keys(&world, Vec::new()).rotate("a test").await,
            Err(SealingError::Locked(Locked::NoKey { .. }))
        ));
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_left_and_counted() {
    for world in worlds().await {
        let lost = WrappingKey::random();
        note(&world, &with_keys(&world, vec![lost.clone()]), "case-1", "n1", "Ada").await;
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        note(&world, &sealing, "case-2", "n2", "Grace").await;
        let rotated = sealing.rotate("a test").await.unwrap();
        assert_eq!((rotated.wrapped, rotated.in_all), (0, 1));
        assert_eq!(rotated.left.into_iter().collect::<Vec<_>>(), [(lost.id().to_owned(), 1)]);
        assert_eq!(read(&world, &with_keys(&world, vec![lost]), "case-1", "n1").await.unwrap(), "Ada");
    }
}

#[tokio::test]
async fn with_data_every_value_is_another_text_and_says_the_same() {
    for world in worlds().await {
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        for number in 0..40 {
            note(
                &world,
                &sealing,
                &format!("case-{}", number / 4),
                &format!("n{number}"),
                &format!("words {number}"),
            )
            .await;
        }
        world
            .tamper(
                "UPDATE test_note SET words = (SELECT words FROM test_note WHERE id = 'n5') WHERE id = 'n4'",
            )
            .await;
        let all = || testing::everything_stored(&world.db, "test_note", &["id", "words"]);
        let before = all().await;
        let rotated = sealing.rotate_data(&[NOTES], "a test").await.unwrap();
        assert_eq!((rotated.owners, rotated.values), (9, 36));
        assert_eq!(rotated.left, [("case-1".to_owned(), place("n4").tampered())]);
        let after = all().await;
        let kept: Vec<_> = before.lines().filter(|line| after.contains(line)).collect();
        assert!(
            kept.len() == 4
                && kept
                    .iter()
                    .all(|line| ["n4", "n5", "n6", "n7"].contains(&line.split(' ').next().unwrap())),
            "{kept:?}"
        );
        for number in (0..40).filter(|number| *number != 4) {
            let words = read(&world, &sealing, &format!("case-{}", number / 4), &format!("n{number}")).await;
            assert_eq!(words.unwrap(), format!("words {number}"));
        }
    }
}

#[tokio::test]
async fn nothing_that_is_written_meanwhile_is_lost() {
    for world in worlds().await {
        let file = new_file(&world);
        let serving = with_file(&world, &file);
        for case in 0..20 {
            note(&world, &serving, &format!("case-{case}"), &format!("n{case}"), "before").await;
        }
        let rotating = async {
            for _ in 0..3 {
                with_file(&world, &file).rotate("a test").await.unwrap();
                with_file(&world, &file).rotate_data(&[NOTES], "a test").await.unwrap();
            }
        };
        let writing = async {
            for round in 0..6 {
                for case in 0..20 {
                    let (id, words) = (format!("n{case}-{round}"), format!("words {round}"));
                    note(&world, &serving, &format!("case-{case}"), &id, &words).await;
                    assert_eq!(read(&world, &serving, &format!("case-{case}"), &id).await.unwrap(), words);
                }
            }
        };
        tokio::join!(rotating, writing);
        for case in 0..20 {
            assert_eq!(
                read(&world, &serving, &format!("case-{case}"), &format!("n{case}")).await.unwrap(),
                "before"
            );
            for round in 0..6 {
                let words =
                    read(&world, &serving, &format!("case-{case}"), &format!("n{case}-{round}")).await;
                assert_eq!(words.unwrap(), format!("words {round}"), "{}", world.name);
            }
        }
    }
}
