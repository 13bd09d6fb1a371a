//! What is sealed opens at its place with its key, and nowhere else; what is on disk tells nothing.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;
use crate::sealing::cipher::{open, random_secret, seal};

const AT: Place<'_> = Place { table: "note", column: "words", row: "7" };

proptest! {
    #[test]
    fn what_is_sealed_opens_again(value in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = DataKey::random();
        let (one, other) = (key.seal(AT, &value), key.seal(AT, &value));
        prop_assert_ne!(&one, &other);
        prop_assert_eq!(key.open(AT, &one).unwrap().to_vec(), value.clone());
        prop_assert_eq!(OpeningKey::from(key).open(AT, &other).unwrap().to_vec(), value);
    }

    #[test]
    fn a_flipped_bit_is_refused(value in proptest::collection::vec(any::<u8>(), 0..60), bit in any::<proptest::sample::Index>()) {
        let key = random_secret();
        let mut bytes = STANDARD.decode(seal(&key, AT, &value)).unwrap();
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(open(&key, AT, &STANDARD.encode(&bytes)).unwrap_err(), AT.tampered());
    }

    /// Of the text too, in which one letter could stand for another.
    #[test]
    fn another_letter_and_a_cut_are_refused(
        value in proptest::collection::vec(any::<u8>(), 0..60),
        at in any::<proptest::sample::Index>(),
        letter in "[ -~]",
    ) {
        let key = random_secret();
        let sealed = seal(&key, AT, &value);
        let at = at.index(sealed.len());
        let mut changed = sealed.clone();
        changed.replace_range(at..=at, &letter);
        prop_assert_eq!(open(&key, AT, &changed).is_ok(), changed == sealed);
        prop_assert!(open(&key, AT, &sealed[..at]).is_err());
    }

    /// Letters that move from one part of the place to the next make another place.
    #[test]
    fn another_place_and_another_key_are_refused(
        one in ("[a-z]{0,4}", "[a-z]{0,4}", "[a-z]{0,4}"),
        other in ("[a-z]{0,4}", "[a-z]{0,4}", "[a-z]{0,4}"),
    ) {
        let key = random_secret();
        let place = |parts: &'static (String, String, String)| Place { table: &parts.0, column: &parts.1, row: &parts.2 };
        let (one, other): (&'static _, &'static _) = (Box::leak(Box::new(one)), Box::leak(Box::new(other)));
        let sealed = seal(&key, place(one), b"Ada");
        prop_assert_eq!(open(&key, place(other), &sealed).is_ok(), one == other);
        prop_assert!(open(&random_secret(), place(one), &sealed).is_err());
    }
}

#[test]
fn places_whose_parts_join_to_the_same_are_others() {
    let key = random_secret();
    let sealed = seal(&key, Place { table: "ab", column: "c", row: "d" }, b"Ada");
    for (table, column, row) in [("a", "bc", "d"), ("ab", "", "cd"), ("ab", "cd", ""), ("", "abc", "d")] {
        assert!(open(&key, Place { table, column, row }, &sealed).is_err());
    }
    assert!(open(&key, Place { table: "ab", column: "c", row: "d" }, &sealed).is_ok());
}

#[test]
fn a_known_answer_stays_readable() {
    // Made elsewhere, from the draft of XChaCha20-Poly1305: what is stored must open with every later version.
    let key = zeroize::Zeroizing::new([7; 32]);
    let sealed = "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWF/J4aC7aOnvkQaZ/mR2Pvd7FCHGr+gG/hGXW";
    assert_eq!(open(&key, AT, sealed).unwrap().as_slice(), "Zoë & Ada".as_bytes());
}

#[tokio::test]
async fn without_a_key_or_with_another_everything_is_locked_and_nothing_is_written() {
    for world in worlds().await {
        let key = WrappingKey::random();
        let sealing = with_keys(&world, vec![key.clone()]);
        assert_eq!(sealing.locked(), None);
        note(&world, &sealing, "case-1", "n1", "Ada & Grace").await;
        assert_eq!(read(&world, &sealing, "case-1", "n1").await.unwrap(), "Ada & Grace");

        let none = with_keys(&world, Vec::new());
        let why = none.locked().unwrap();
        assert!(why.to_string().contains("there is no encryption key"), "{why}");
        assert_eq!(read(&world, &none, "case-1", "n1").await, Err(why));
        let other = with_keys(&world, vec![WrappingKey::random()]);
        let why = read(&world, &other, "case-1", "n1").await.unwrap_err();
        assert_eq!(why, Locked::OtherKey { id: key.id().to_owned() });
        assert!(why.to_string().contains(key.id()));

        let before = testing::everything_stored(&world.db, "data_key", &["id", "wrapped"]).await;
        let mut tx = world.db.begin().await.unwrap();
        for (sealing, owner) in [(&none, "case-1"), (&none, "case-2"), (&other, "case-1")] {
            assert!(
                matches!(sealing.make_key(&mut tx, owner).await, Err(SealingError::Locked(_))),
                "{owner}"
            );
        }
        tx.commit().await.unwrap();
        assert_eq!(testing::everything_stored(&world.db, "data_key", &["id", "wrapped"]).await, before);
        let faulty = config::Sealing {
            fault: config::check(Some("/none".as_ref()), std::iter::empty()).pop(),
            ..config(&world)
        };
        let faulty = Sealing::new(world.db.clone(), Clock::held(START), &faulty);
        assert!(faulty.locked().unwrap().to_string().contains("/none"), "it says what is wrong with the key");
    }
}

fn config(world: &World) -> config::Sealing {
    config::Sealing {
        keys: Vec::new(),
        keys_file: None,
        fault: None,
        erasures: journal(world),
        backups_kept: None,
    }
}

#[tokio::test]
async fn what_was_changed_in_the_database_is_named_and_not_guessed() {
    for world in worlds().await {
        let sealing = with_keys(&world, vec![WrappingKey::random()]);
        for (case, id) in [("case-1", "n1"), ("case-1", "n2"), ("case-2", "n3")] {
            note(&world, &sealing, case, id, &format!("words of {id}")).await;
        }
        // A value of another row, of the same owner.
        world
            .tamper(
                "UPDATE test_note SET words = (SELECT words FROM test_note WHERE id = 'n2') WHERE id = 'n1'",
            )
            .await;
        assert_eq!(read(&world, &sealing, "case-1", "n1").await, Err(place("n1").tampered()));
        assert_eq!(read(&world, &sealing, "case-1", "n2").await.unwrap(), "words of n2");
        // The data key of another owner.
        world.tamper("UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = 'case-2') WHERE id = 'case-1'").await;
        let why = read(&world, &sealing, "case-1", "n2").await.unwrap_err();
        assert_eq!(why.to_string(), "Locked: data_key.wrapped of case-1 was changed outside of the console.");
        assert_eq!(read(&world, &sealing, "case-2", "n3").await.unwrap(), "words of n3");

        let mut tx = world.db.snapshot().await.unwrap();
        let keys = sealing.open_keys(&mut tx, &["case-1", "case-2", "case-3"]).await.unwrap();
        let states: Vec<_> = keys.values().map(|key| key.as_ref().err().map(ToString::to_string)).collect();
        assert_eq!(
            states,
            [Some(why.to_string()), None, Some("Locked: there is no data key for case-3.".to_owned())]
        );
    }
}

#[tokio::test]
async fn names_are_found_by_their_hashes_and_a_rotation_changes_none() {
    for world in worlds().await {
        let file = new_file(&world);
        let sealing = with_file(&world, &file);
        let mut tx = world.db.begin().await.unwrap();
        assert!(matches!(
            sealing.index_to_search(&mut tx).await,
            Err(SealingError::Locked(Locked::NoDataKey { .. }))
        ));
        let index = sealing.index(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let stored = index.of_name("María García & Noa Lindqvist");
        for typed in ["garcia", "NOA", "maria lind"] {
            let asked = index.for_name(typed);
            assert!(!asked.is_empty() && asked.is_subset(&stored), "{typed}");
        }
        assert!(!index.for_name("maria gomez").is_subset(&stored));
        assert!(stored.iter().all(|hash| hash.len() == 32));
        assert_eq!(index.of_mail("Noa@Example.com"), index.of_mail("noa@example.com "));
        assert_ne!(
            index.of_mail("noa"),
            index.for_name("noa").into_iter().next(),
            "kinds have nothing in common"
        );
        assert!(
            index.of_telephone("+46 70 123 45 67").contains(&index.for_telephone("070-1234567").unwrap())
        );

        sealing.rotate("a test").await.unwrap();
        sealing.rotate_data(&[], "a test").await.unwrap();
        let mut tx = world.db.snapshot().await.unwrap();
        let again = with_file(&world, &file).index_to_search(&mut tx).await.unwrap();
        assert_eq!(again.of_name("María García & Noa Lindqvist"), stored);
        let other = with_keys(&world, vec![WrappingKey::random()]);
        assert!(other.index_to_search(&mut tx).await.is_err());
    }
}

/// The text in plain, in base64 wherever it stands in what was encoded, and in UTF-16.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut forms = vec![
        text.as_bytes().to_vec(),
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    for before in 0..3 {
        let encoded = STANDARD.encode([&vec![0; before], text.as_bytes()].concat());
        // What does not depend on what stands around it.
        forms.push(encoded[if before == 0 { 0 } else { 4 }..(before + text.len()) / 3 * 4].into());
    }
    forms
}

fn is_in(files: &[(String, Vec<u8>)], text: &str) -> bool {
    let found =
        |form: &Vec<u8>| files.iter().any(|(_, bytes)| bytes.windows(form.len()).any(|part| part == form));
    forms(text).iter().any(found)
}

const PLANTED: &str = "marked-couple Zoraida and Quentin";

#[tokio::test]
async fn what_is_sealed_stands_nowhere_on_disk() {
    for (number, form) in forms(PLANTED).into_iter().enumerate() {
        let world = sqlite().await;
        let text: String = form.iter().map(|byte| format!("{byte:02x}")).collect();
        world
            .tamper(&format!(
                "INSERT INTO test_note (id, of_case, words) VALUES ('leak', 'x', CAST(x'{text}' AS TEXT))"
            ))
            .await;
        assert!(
            is_in(&world.on_disk(), PLANTED),
            "a leak in form {number} is not found: the search is worth nothing"
        );
    }
    let world = sqlite().await;
    let file = new_file(&world);
    let sealing = with_file(&world, &file);
    let mut tx = world.db.begin().await.unwrap();
    let hashes = sealing.index(&mut tx).await.unwrap().of_name(PLANTED);
    tx.commit().await.unwrap();
    for hash in hashes {
        world
            .tamper(&format!("INSERT INTO test_note (id, of_case, words) VALUES ('{hash}', 'a hash', '')"))
            .await;
    }
    note(&world, &sealing, "case-1", "n1", PLANTED).await;
    sealing.rotate("a test").await.unwrap();
    sealing.rotate_data(&[NOTES], "a test").await.unwrap();
    assert_eq!(read(&world, &sealing, "case-1", "n1").await.unwrap(), PLANTED);
    let before = world.on_disk();
    assert!(before.iter().any(|(name, bytes)| name.ends_with("-wal") && !bytes.is_empty()));
    world.db.close().await;
    for files in [before, world.on_disk()] {
        // Shorter ones would be found by chance in so many letters of base64.
        for words in [PLANTED, "Zoraida and", "and Quentin"] {
            assert!(!is_in(&files, words), "{words}");
        }
        for word in ["Zoraida", "zoraida", "quentin"] {
            let found =
                files.iter().any(|(_, bytes)| bytes.windows(word.len()).any(|part| part == word.as_bytes()));
            assert!(!found, "{word}");
        }
    }
}
