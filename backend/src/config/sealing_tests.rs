//! Keys from each place, and what is said about those that are none.

use std::fs;

use super::{Config, check, load};

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const BASE64: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

/// The configuration, whose fault must not hold any key; `keys` is the content of the file `keys`.
fn loaded(text: &str, keys: &str, env: &[(&str, &str)]) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    fs::write(folder.path().join("keys"), keys).unwrap();
    fs::write(&file, text).unwrap();
    let env = || env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = load(Some(&file), env()).unwrap();
    assert_eq!(check(Some(&file), env()), config.sealing.fault.clone().into_iter().collect::<Vec<_>>());
    config
}

fn ids(config: &Config) -> Vec<String> {
    config.sealing.keys.iter().map(|key| key.id().to_owned()).collect()
}

const FROM_FILE: &str = "[sealing]\nkeys_file = \"keys\"\n";

#[test]
fn keys_come_from_the_nearest_place_newest_first() {
    let nothing = loaded("", "", &[]);
    assert!(
        nothing.sealing.keys.is_empty()
            && nothing.sealing.fault.is_none()
            && nothing.sealing.keys_file.is_none()
    );
    assert_eq!(nothing.sealing.erasures.to_str(), Some("erasures.ndjson"));

    let both = loaded(
        FROM_FILE,
        &format!("# of June\n{BASE64}\n\n{HEX} # the old one\n"),
        &[("AI_ENCRYPTION_KEY", HEX)],
    );
    let [base64, hex] = &ids(&both)[..] else { panic!("{both:?}") };
    assert_eq!((base64.len(), hex.len()), (16, 16));
    assert!(both.sealing.keys_file.as_ref().is_some_and(|file| file.ends_with("keys")));
    for (env, expected) in [
        (("AI_ENCRYPTION_KEY", format!("{HEX},{BASE64}")), vec![hex, base64]),
        (("AI_ENCRYPTION_KEY", BASE64.trim_end_matches('=').to_owned()), vec![base64]),
        (("AI_ENCRYPTION_KEY", HEX.to_uppercase()), vec![hex]),
        (("BELLWETHER__SEALING__KEYS", format!("{BASE64} {HEX}")), vec![base64, hex]),
    ] {
        let config = loaded("", "", &[(env.0, &env.1)]);
        assert_eq!(ids(&config).iter().collect::<Vec<_>>(), expected, "{}", env.0);
        assert!(config.sealing.fault.is_none());
    }
    let named =
        loaded("[sealing]\nkeys_env = \"OTHER\"\n", "", &[("OTHER", HEX), ("AI_ENCRYPTION_KEY", BASE64)]);
    assert_eq!(&ids(&named), std::slice::from_ref(hex));
    assert!(!format!("{both:?}").contains(&HEX[..16]) && !format!("{both:?}").contains(&BASE64[..16]));
}

#[test]
fn what_is_no_key_is_told_without_it_and_stops_nothing() {
    for (keys, words) in [
        ("", "there is no key in it"),
        ("corrigible horseflies", "key 1 is neither base64 nor hexadecimal digits"),
        ("c2VjcmV0LXNlY3JldC1zZWNyZXQ=", "key 1 has 20 bytes; expected 32"),
        (&HEX[..60], "key 1 has 45 bytes; expected 32"),
        (&"0".repeat(64), "key 1 is one byte over and over"),
        (&format!("{BASE64}\n{HEX}\n{BASE64}"), "key 3 stands there before"),
    ] {
        let config = loaded(FROM_FILE, keys, &[]);
        let fault = config.sealing.fault.as_ref().unwrap();
        assert_eq!((fault.line, fault.key.as_str()), (Some(2), "sealing.keys_file"), "{fault}");
        assert!(fault.message.contains(words), "{fault}");
        let variable = loaded("", "", &[("AI_ENCRYPTION_KEY", keys)]).sealing.fault;
        match (keys, variable) {
            ("", None) => {}
            (_, Some(fault)) => {
                assert!(
                    fault.to_string().starts_with("AI_ENCRYPTION_KEY: ") && fault.message.contains(words)
                );
            }
            (keys, None) => panic!("{keys:?} was taken"),
        }
        for word in keys.split_whitespace().filter(|word| word.len() > 4) {
            assert!(!format!("{config:?}").contains(word), "it repeats the key");
        }
    }
    // What can be read is used: a slip in a new key must not lock what the old one opens.
    let half = loaded(FROM_FILE, &format!("slip\n{HEX}"), &[]);
    assert_eq!((half.sealing.keys.len(), half.sealing.fault.is_some()), (1, true));
    let missing = loaded("[sealing]\nkeys_file = \"none\"\n", "", &[]).sealing.fault.unwrap();
    assert!(missing.message.contains("cannot be read"), "{missing}");
    let unset = loaded("[sealing]\nkeys_env = \"NONE\"\n", "", &[]).sealing.fault.unwrap();
    assert_eq!(unset.message, "the variable NONE is not set");
}

#[test]
fn a_key_in_the_file_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    for (text, words) in [
        (format!("[sealing]\nkeys = \"{HEX}\"\n"), "a secret does not belong in this file"),
        (
            "[sealing]\nkeys_file = \"a\"\nkeys_env = \"B\"\n".to_owned(),
            "keys_file and keys_env are both given",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let problems = load(Some(&file), std::iter::empty()).unwrap_err();
        assert!(problems.len() == 1 && problems[0].message.contains(words), "{problems:?}");
        assert!(!problems[0].message.contains(HEX));
    }
}

#[test]
fn how_long_backups_live_is_said_in_days_or_not_at_all() {
    assert_eq!(loaded("", "", &[]).sealing.backups_kept, None);
    for (written, days) in [("1d", 1), ("35d", 35), ("3650d", 3_650)] {
        let config = loaded(&format!("[sealing]\nbackups_kept = \"{written}\"\n"), "", &[]);
        assert_eq!(config.sealing.backups_kept, Some(std::time::Duration::from_secs(days * 86_400)));
    }
    for written in ["35", "0d", "3651d", "5w", "-1d", "for ever"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bellwether.toml");
        fs::write(&file, format!("[sealing]\nbackups_kept = \"{written}\"\n")).unwrap();
        let problems = load(Some(&file), std::iter::empty()).unwrap_err();
        assert_eq!(
            (problems.len(), problems[0].line, problems[0].key.as_str()),
            (1, Some(2), "sealing.backups_kept")
        );
        assert!(problems[0].message.contains("expected 1d to 3650d"), "{}", problems[0]);
    }
}
