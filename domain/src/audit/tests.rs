use super::*;

#[test]
fn a_line_cannot_be_forged_nor_a_text_turned_round() {
    assert_eq!(harmless("Mozilla\r\nINFO all is well\0", 300), "Mozilla  INFO all is well ");
    assert_eq!(harmless("a\u{202e}b", 300), "a\u{fffd}b");
    assert_eq!(harmless("Åsa 日本", 300), "Åsa 日本");
    assert_eq!(harmless("abcdef", 4), "abc…");
    assert_eq!(harmless("abcd", 4), "abcd");
}

#[test]
fn keys_of_secrets_are_known() {
    for key in
        ["password", "api_token", "recoveryCodes", "TOTP-secret", "private key", "apiKey", "Authorization"]
    {
        assert!(is_secret(key), "{key}");
    }
    for key in ["role", "name", "key", "tokenizer", "barcode", "zone", "time"] {
        assert!(!is_secret(key), "{key}");
    }
}

#[test]
fn of_what_is_hidden_only_the_change_is_told() {
    let masked = Masked::new()
        .shown("role", Some("viewer"), Some("lead"))
        .shown("zone", Some("UTC"), Some("UTC"))
        .shown("password", Some("old"), Some("new"))
        .hidden("e-mail", Some("a@example.com"), Some("b@example.com"))
        .hidden("telephone", None, Some("+46 1"));
    assert!(!format!("{masked:?}").contains("example.com"));
    let (before, after) = masked.parts();
    let told =
        |facts: Facts| facts.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
    assert_eq!(told(before), ["e-mail=•••", "password=•••", "role=viewer"]);
    assert_eq!(told(after), ["e-mail=••• (changed)", "password=••• (changed)", "role=lead", "telephone=•••"]);
}

#[test]
fn a_forgotten_secret_is_masked_all_the_same() {
    let facts = |value: &str| Facts::from([("password".to_owned(), value.to_owned())]);
    let entry =
        Entry::new("person.changed", Actor::nobody(), Origin::default()).changed(facts("a"), facts("b"));
    assert_eq!(entry.before, Some(facts("•••")));
    assert_eq!(entry.after, Some(facts("••• (changed)")));
    let masked = Masked::new().shown("password", Some("a"), Some("b")).parts();
    let entry = Entry::new("person.changed", Actor::nobody(), Origin::default()).changed(masked.0, masked.1);
    assert_eq!(entry.after, Some(facts("••• (changed)")));
}

#[test]
fn everything_in_a_record_is_bounded_and_harmless() {
    let long = "x\n".repeat(5_000);
    let origin = Origin {
        address: Some(long.clone()),
        user_agent: Some(long.clone()),
        request_id: Some(long.clone()),
    };
    let facts: Facts = (0..500).map(|number| (format!("{number:03}"), long.clone())).collect();
    let entry = Entry::new(long.clone(), Actor::person(long.clone(), long.clone()), origin)
        .about(Object::new("person", long.clone(), long.clone()))
        .changed(facts.clone(), facts)
        .refused(long.clone())
        .of(Operation { wedding_id: Some(long.clone()), ..Operation::default() });
    let record = Record::of(1, crate::time::Millis(0), &entry, &Hash::GENESIS);
    let letters = |text: &Option<String>| text.as_ref().unwrap().chars().count();
    assert_eq!(
        (letters(&record.user_agent), letters(&record.reason), letters(&record.address)),
        (300, 1_000, 200)
    );
    assert_eq!(record.before().len(), 100);
    assert!(record.before().values().all(|value| value.chars().count() == 2_000));
    let canonical = String::from_utf8(record.canonical()).unwrap();
    assert!(!canonical.contains('\n'));
    assert!(!canonical.contains("\\n"));
}

#[test]
fn a_hash_is_read_strictly() {
    let hash = link(&Hash::GENESIS, b"a");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    for bad in
        [hash.to_string().to_uppercase(), "0".repeat(63), "g".repeat(64), "é".repeat(32), String::new()]
    {
        assert_eq!(bad.parse::<Hash>(), Err(NotAHash), "{bad}");
    }
    let head = Head { sequence: 7, hash };
    assert_eq!(Head::from_words(&head.to_string()), Some(head));
    for bad in ["", "7", "7:", "-1:00", &format!("x:{hash}")] {
        assert_eq!(Head::from_words(bad), None, "{bad}");
    }
}

#[test]
fn a_record_reads_as_a_sentence() {
    #[track_caller]
    fn check(entry: Entry, expected: &str) {
        let record = Record::of(1, crate::time::Millis(0), &entry, &Hash::GENESIS);
        assert_eq!(record.sentence(), expected);
    }
    let by_ada =
        |verb: &'static str| Entry::new(verb, Actor::person("p1", "Ada Lovelace"), Origin::default());
    let grace = || Object::new("person", "p2", "grace@example.com");
    check(by_ada("person.invited").about(grace()), "Ada Lovelace invited grace@example.com");
    check(
        by_ada("person.invited").about(grace()).refused("no"),
        "Ada Lovelace was not allowed to invite grace@example.com",
    );
    check(by_ada("session.signed_in"), "Ada Lovelace signed in");
    check(by_ada("session.signed_in").failed("no"), "Ada Lovelace failed to sign in");
    check(by_ada("audit_log.exported"), "Ada Lovelace exported the audit log");
    check(
        by_ada("thing.frobbed").about(grace()).refused("x"),
        "Ada Lovelace was refused: frobbed grace@example.com",
    );
    let ada = || Object::new("person", "p1", "Ada Lovelace");
    check(by_ada("person.signed_in").about(ada()), "Ada Lovelace signed in");
    check(by_ada("second_factor.begun").about(ada()), "Ada Lovelace began to set up a second factor");
    check(by_ada("sessions.ended").about(grace()), "Ada Lovelace ended all sessions of grace@example.com");
    check(
        by_ada("page.refused").about(Object::new("page", "/audit", "/audit")).refused("no"),
        "Ada Lovelace was not allowed to open /audit",
    );
    let nobody = || Entry::new("person.signed_in", Actor::nobody(), Origin::default());
    check(nobody().refused("x"), "Somebody not signed in was not allowed to sign in");
    check(
        nobody().about(grace()).refused("x"),
        "Somebody not signed in was not allowed to sign in as grace@example.com",
    );
    let nobody = Entry::new("session.signed_in", Actor::nobody(), Origin::default());
    check(nobody.refused("x"), "Somebody not signed in was not allowed to sign in");
    check(
        Entry::new("audit.sealed", Actor::console("the command line"), Origin::default()).about(Object::new(
            "audit-segment",
            "1",
            "audit-1.ndjson",
        )),
        "The command line sealed audit-1.ndjson",
    );
}
