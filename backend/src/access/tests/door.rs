//! Signing in by password.

use domain::time::{HOUR, SECOND};

use super::*;

#[tokio::test]
async fn a_right_password_opens_whatever_the_case_of_the_address() {
    for door in doors().await {
        door.person("ada", "operator").await;
        let signed_in = door.access.sign_in(asked(" ADA@Example.COM ", PASSWORD), &here()).await.unwrap();
        assert_eq!(signed_in.stage, Stage::SignedIn);
        let viewer = door.viewer(&door.session(signed_in.content).await).await;
        assert_eq!((viewer.name.as_str(), viewer.role_label.as_str()), ("ada", "Operator"));
        assert!(viewer.permit::<HandleAlerts>().is_ok());
        let missing = viewer.permit::<ManageAccess>().unwrap_err();
        assert_eq!(
            missing.to_string(),
            "your role may not manage users, roles, keys, tokens (manage_access)"
        );
        assert_eq!(
            door.log().await,
            ["person.added done by the command line about ada", "person.signed_in done by ada about ada"]
        );
    }
}

#[tokio::test]
async fn whoever_is_not_let_in_hears_the_same_words() {
    for door in doors().await {
        let person = door.person("ada", "operator").await;
        door.access.add_by_command("new@example.com", "new", "viewer").await.unwrap();
        let gone = door.person("gone", "viewer").await;
        let (_, _, permit) = door.admin("root").await;
        door.access.disable(&permit, &gone).await.unwrap();
        for (email, password, why) in [
            ("ada@example.com", "not the password", " about ada: the password is wrong"),
            ("ada@example.com", "", " about ada: the password is wrong"),
            ("nobody@example.com", PASSWORD, ": there is no such account"),
            ("not an address", PASSWORD, ": there is no such account"),
            ("new@example.com", PASSWORD, " about new: the account has no password yet"),
            ("gone@example.com", PASSWORD, " about gone: the account is disabled"),
        ] {
            let refused = door.access.sign_in(asked(email, password), &here()).await.unwrap_err();
            assert_eq!(refused.to_string(), "the e-mail address or the password is not right", "{email}");
            let line = door.last().await;
            assert_eq!(line, format!("person.signed_in refused by somebody not signed in{why}"));
        }
        // A look-alike letter that NFKC does not fold is another address, and nobody's.
        let cyrillic = asked("\u{430}da@example.com", PASSWORD);
        assert!(matches!(door.access.sign_in(cyrillic, &here()).await, Err(SignInRefused::Wrong)));
        assert!(
            door.access.sign_in(asked("ａｄａ＠example.com", PASSWORD), &here()).await.unwrap().person
                == person
        );
    }
}

/// The work is the same: an account that is not there costs as much as a wrong password.
#[tokio::test]
async fn an_unknown_account_costs_as_much() {
    let door = door(testing::sqlite().await, |_| {});
    door.person("ada", "viewer").await;
    let made = || door.access.inner.passwords.hashes_made();
    for email in ["ada@example.com", "nobody@example.com", "not even an address"] {
        let before = made();
        let refused = door.access.sign_in(asked(email, "not the password"), &here()).await;
        assert!(matches!(refused, Err(SignInRefused::Wrong)));
        // A hash takes tens of milliseconds, and nothing else on the way takes one.
        assert_eq!(made() - before, 1, "{email}");
    }
}

#[tokio::test]
async fn a_megabyte_of_password_is_refused_at_once() {
    let door = door(testing::sqlite().await, |_| {});
    door.person("ada", "viewer").await;
    let made = || door.access.inner.passwords.hashes_made();
    let before = made();
    let huge = "a".repeat(1 << 20);
    for (email, password) in [("ada@example.com", huge.as_str()), (&huge, "x"), ("nobody@example.com", &huge)]
    {
        let refused = door.access.sign_in(asked(email, password), &here()).await.unwrap_err();
        assert!(matches!(refused, SignInRefused::Wrong), "{refused}");
    }
    assert_eq!(made() - before, 1, "for the address that is too long alone");
    assert!(!door.log().await.join("\n").contains("aaaa"), "what was typed is not kept");
    let added =
        door.access.add_with_password_by_command("b@example.com", "b", "viewer", &secret(&huge)).await;
    assert_eq!(added.unwrap_err().to_string(), "the password is too long: at most 1,000 bytes");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_owner_still_gets_in() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let owner = door.access.sign_in(asked("ada@example.com", PASSWORD), &here()).await.unwrap();
        let attacker = from("203.0.113.9");
        for _ in 0..5 {
            let refused = door.access.sign_in(asked("ada@example.com", "guess guess guess"), &attacker).await;
            assert!(matches!(refused, Err(SignInRefused::Wrong)));
        }
        // Now even the right password waits, wherever it comes from…
        let waits = door.access.sign_in(asked("ADA@example.com", PASSWORD), &from("198.51.100.1")).await;
        assert!(matches!(waits, Err(SignInRefused::Wait { seconds: 1 })), "{waits:?}");
        assert_eq!(
            door.last().await,
            "person.signed_in refused by somebody not signed in about ada: too many tries that failed: wait 1 s"
        );
        // …but not from the browser that the owner used before.
        let known = SignIn { known_browser: owner.known_browser, ..asked("ada@example.com", PASSWORD) };
        let again = door.access.sign_in(known, &here()).await.unwrap();
        assert_eq!(again.stage, Stage::SignedIn);
        // A cookie that somebody made up opens nothing.
        let forged = SignIn { known_browser: Some(secret("x")), ..asked("ada@example.com", PASSWORD) };
        assert!(matches!(door.access.sign_in(forged, &attacker).await, Err(SignInRefused::Wait { .. })));
        // The wait is over, and doubles with the next failure.
        door.clock.advance(SECOND);
        let wrong = door.access.sign_in(asked("ada@example.com", "guess guess guess"), &attacker).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)));
        let waits = door.access.sign_in(asked("ada@example.com", PASSWORD), &attacker).await;
        assert!(matches!(waits, Err(SignInRefused::Wait { seconds: 2 })), "{waits:?}");
        door.clock.advance(2 * SECOND);
        door.access.sign_in(asked("ada@example.com", PASSWORD), &attacker).await.unwrap();
    }
}

/// A browser that is known has failures of its own: stealing its cookie gives no free guesses.
#[tokio::test]
async fn a_known_browser_waits_for_its_own_failures() {
    let door = door(testing::sqlite().await, |_| {});
    door.person("ada", "viewer").await;
    let cookie =
        door.access.sign_in(asked("ada@example.com", PASSWORD), &here()).await.unwrap().known_browser;
    let guess = |password| SignIn { known_browser: cookie.clone(), ..asked("ada@example.com", password) };
    for _ in 0..5 {
        let refused = door.access.sign_in(guess("guess guess guess"), &here()).await;
        assert!(matches!(refused, Err(SignInRefused::Wrong)));
    }
    assert!(matches!(door.access.sign_in(guess(PASSWORD), &here()).await, Err(SignInRefused::Wait { .. })));
    // The account itself was not guessed at.
    door.access.sign_in(asked("ada@example.com", PASSWORD), &from("198.51.100.1")).await.unwrap();
}

/// Guesses at many accounts from one place.
#[tokio::test]
async fn an_address_has_a_limit_of_its_own() {
    let door = door(testing::sqlite().await, |_| {});
    door.person("ada", "viewer").await;
    // Too long for any account, so that each costs no hash.
    let long = "a".repeat(2_000);
    for number in 0..30 {
        let email = format!("nobody{number}@example.com");
        let refused = door.access.sign_in(asked(&email, &long), &here()).await;
        assert!(matches!(refused, Err(SignInRefused::Wrong)));
    }
    let waits = door.access.sign_in(asked("ada@example.com", PASSWORD), &here()).await;
    assert!(matches!(waits, Err(SignInRefused::Wait { .. })), "{waits:?}");
    door.access.sign_in(asked("ada@example.com", PASSWORD), &from("198.51.100.1")).await.unwrap();
    door.clock.advance(HOUR);
    door.access.sign_in(asked("ada@example.com", PASSWORD), &here()).await.unwrap();
}

#[tokio::test]
async fn twenty_guesses_at_once_are_not_each_the_first() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let guesses = (0..20).map(|_| {
            let access = door.access.clone();
            tokio::spawn(async move {
                access.sign_in(asked("ada@example.com", "guess guess guess"), &here()).await
            })
        });
        let mut wrong = 0;
        for guess in guesses.collect::<Vec<_>>() {
            wrong += usize::from(matches!(guess.await.unwrap(), Err(SignInRefused::Wrong)));
        }
        assert_eq!(wrong, 5, "{}", door.world.name);
        assert_eq!(door.log().await.len(), 21, "each of them is on record");
    }
}

#[tokio::test]
async fn a_weak_hash_is_made_strong_at_the_next_sign_in() {
    let door = door(testing::sqlite().await, |_| {});
    door.person("ada", "viewer").await;
    // Eight KiB and one pass, of the password of all tests.
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::phc::PasswordHash};
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let weak: PasswordHash = weak.hash_password(PASSWORD.as_bytes()).unwrap();
    let mut tx = door.world.db.begin().await.unwrap();
    let email = EmailAddress::parse("ada@example.com").unwrap();
    let person = store::person_by_email(&mut *tx, &email).await.unwrap().unwrap();
    store::set_password(&mut tx, &person.id, &secret(&weak.to_string())).await.unwrap();
    tx.commit().await.unwrap();
    door.access.sign_in(asked("ada@example.com", PASSWORD), &here()).await.unwrap();
    let stored = testing::everything_stored(&door.world.db, "person", &["password_hash"]).await;
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    door.access.sign_in(asked("ada@example.com", PASSWORD), &here()).await.unwrap();
}

/// Nothing that opens a door stands in the database as it is, nor in the log, nor in a debug print.
#[tokio::test]
async fn what_opens_a_door_is_nowhere_to_be_read() {
    let door = door(testing::sqlite().await, |_| {});
    let (person, viewer, permit) = door.admin("root").await;
    let link = door.access.reset_link(&permit, &person).await.unwrap();
    let proven = viewer.proven(START).unwrap();
    let permissions = Permissions::NONE.with(Permission::SeeStatus);
    let token = door.access.create_token(&proven, "machine", permissions, START.plus(HOUR)).await.unwrap();
    let signed_in = door.access.sign_in(asked("root@example.com", PASSWORD), &here()).await.unwrap();
    let id = door.session(signed_in.content.clone()).await;
    let printed = format!(
        "{link:?}{token:?}{signed_in:?}{viewer:?}{permit:?}{:?}",
        asked("root@example.com", PASSWORD)
    );
    let db = &door.world.db;
    let stored = [
        testing::everything_stored(db, "person", &["password_hash", "email"]).await,
        testing::everything_stored(db, "session", &["id_hash", "data"]).await,
        testing::everything_stored(db, "one_time_link", &["token_hash"]).await,
        testing::everything_stored(db, "api_token", &["token_hash", "name"]).await,
        testing::everything_stored(db, "known_browser", &["token_hash"]).await,
    ]
    .join("\n");
    let columns = ["verb", "actor_name", "object_name", "reason", "before_facts", "after_facts", "operation"];
    let audit = testing::everything_stored(db, "audit_record", &columns).await;
    let cookie = signed_in.known_browser.unwrap();
    let secrets = [
        token_of(&link).expose_secret().to_owned(),
        token.secret.expose_secret().to_owned(),
        cookie.expose_secret().to_owned(),
        id.to_string(),
        PASSWORD.to_owned(),
    ];
    for opens in &secrets {
        for place in [&printed, &stored, &audit] {
            assert!(!place.contains(opens.as_str()), "{opens} in {place}");
        }
    }
    assert!(stored.contains("root@example.com") && stored.contains("machine"), "it would have been found");
    for place in [&printed, &audit] {
        assert!(!place.contains("example.com"), "{place}");
    }
}

#[cfg(target_os = "linux")]
fn kibibytes(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(of)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// Twenty hashes of 19 MiB would be 380 MiB at once.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_sign_ins_at_once_take_the_memory_of_three() {
    let door = door(testing::sqlite().await, |_| {});
    door.person("ada", "viewer").await;
    for number in 0..20 {
        door.access.add_by_command(&format!("p{number}@example.com"), "p", "viewer").await.unwrap();
    }
    let copy = "UPDATE person SET password_hash = (SELECT password_hash FROM person WHERE name = 'ada')";
    assert_eq!(testing::run(&door.world.db, copy).await, 21);
    let before = kibibytes("VmHWM");
    let all = (0..20).map(|number| {
        let access = door.access.clone();
        let asked = asked(&format!("p{number}@example.com"), PASSWORD);
        tokio::spawn(async move { access.sign_in(asked, &from(&format!("192.0.2.{number}"))).await })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap().unwrap().stage, Stage::SignedIn);
    }
    let more = kibibytes("VmHWM") - before;
    assert!(more < 64 * 1024, "{more} KiB");
}

#[tokio::test]
async fn what_no_longer_counts_is_removed() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        door.signed_in("ada").await;
        let link = door.access.reset_by_command("ada@example.com").await.unwrap();
        door.access.sign_in(asked("nobody@example.com", &"a".repeat(2_000)), &here()).await.unwrap_err();
        let db = &door.world.db;
        let count = async || {
            let mut rows = Vec::new();
            for (table, column) in [
                ("session", "id_hash"),
                ("one_time_link", "token_hash"),
                ("known_browser", "token_hash"),
                ("sign_in_failure", "counted_for"),
            ] {
                rows.push(testing::everything_stored(db, table, &[column]).await.lines().count());
            }
            rows
        };
        // The setup link of somebody who came with a password ended at once; it is told of like the other.
        assert_eq!(count().await, [1, 2, 1, 2], "{}", door.world.name);
        assert_eq!(door.access.delete_expired().await.unwrap(), 0);
        assert_eq!(count().await, [1, 2, 1, 2]);
        door.clock.advance(12 * HOUR);
        assert_eq!(door.access.delete_expired().await.unwrap(), 1);
        assert_eq!(count().await, [0, 2, 1, 0]);
        assert!(matches!(door.access.link(&token_of(&link)).await, Err(LinkRefused::Expired)));
        door.clock.advance(30 * 24 * HOUR);
        door.access.delete_expired().await.unwrap();
        assert_eq!(count().await, [0, 0, 1, 0]);
        assert!(matches!(door.access.link(&token_of(&link)).await, Err(LinkRefused::Unknown)));
        door.clock.advance(KNOWN_BROWSER);
        door.access.delete_expired().await.unwrap();
        assert_eq!(count().await, [0, 0, 0, 0]);
    }
}
