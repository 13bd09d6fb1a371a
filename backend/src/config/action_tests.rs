//! `[[action]]`: what is taken, and what is said about the rest.

use domain::{
    access::Permission,
    actions::{Action, ActionKey, Danger, Kind},
};

use super::{Config, Problem, load};

const NEW: &str = r#"
[[action]]
key = "drop-answers"
name = "Drop old answers"
goal = "cache"
changes = "Answers of older models are gone."
services = ["recommendation"]
dangerous = "Until the answers are made anew, response times rise for all."
two_person = "on"
cooldown = "10m"
procedure = "high-response-times"
parameters = [{ name = "version", label = "Version", kind = "version", like = "v2.1" }]
does = { kind = "http", method = "POST", base = "api", path = ["drop", { parameter = "version" }], body = { hard = true } }
effect = { look = "answer_only", within = "30s" }
undo = { undo = "impossible", because = "They are gone." }
"#;

fn loaded(text: &str) -> Result<Config, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    std::fs::write(&file, text).unwrap();
    load(Some(&file), std::iter::empty())
}

fn action(config: &Config, platform: &str, key: &str) -> Option<Action> {
    config.catalogues[platform].get(&ActionKey::parse(key).unwrap()).cloned()
}

/// One problem, at this line, which says this of this key.
#[track_caller]
fn check(text: &str, line: usize, key: &str, words: &str) {
    let problems = loaded(text).expect_err("it should have been refused");
    let as_expected = problems.len() == 1
        && problems[0].key == key
        && problems[0].line == Some(line)
        && problems[0].message.contains(words);
    assert!(as_expected, "expected only {line}: {key}: … {words}, got {problems:#?}");
}

#[test]
fn a_new_action_joins_those_that_are_there() {
    let config = loaded(NEW).unwrap();
    let made = action(&config, "wedsync", "drop-answers").unwrap();
    assert_eq!((made.permission, made.two_person), (Permission::RunDangerousActions, true));
    assert_eq!((made.cooldown, made.effect.within), (600_000, 30_000));
    assert!(matches!(&made.danger, Danger::Dangerous { because } if because.starts_with("Until")));
    assert!(matches!(&made.does, Kind::Http { body, .. } if body.len() == 1), "{:?}", made.does);
    assert!(action(&config, "wedsync", "enable-fallback").is_some());
}

#[test]
fn a_section_changes_what_it_names_and_nothing_else() {
    let before = action(&loaded("").unwrap(), "wedsync", "reroute-to-backup-region").unwrap();
    assert!(before.two_person);
    let text = "[[action]]\nkey = \"reroute-to-backup-region\"\ntwo_person = \"off\"\ncooldown = \"1m\"\n";
    let after = action(&loaded(text).unwrap(), "wedsync", "reroute-to-backup-region").unwrap();
    assert_eq!(after, Action { two_person: false, cooldown: 60_000, ..before });
}

#[test]
fn actions_are_left_out_one_by_one_or_all() {
    let config = loaded("[[action]]\nkey = \"flush-and-warm-cache\"\nleft_out = \"on\"\n").unwrap();
    assert!(action(&config, "wedsync", "flush-and-warm-cache").is_none());
    assert!(action(&config, "wedsync", "flush-cache").is_some());
    let config = loaded(&format!("[actions]\nbuilt_in = \"off\"\n{NEW}")).unwrap();
    assert_eq!(config.catalogues["wedsync"].iter().count(), 1);
}

#[test]
fn one_platform_may_have_what_another_has_not() {
    let platforms = "[[platform]]\nname = \"east\"\napi_url = \"http://127.0.0.1:1\"\n\n\
                     [[platform]]\nname = \"west\"\napi_url = \"http://127.0.0.1:2\"\n\n";
    let only = NEW.replace("key = \"drop-answers\"", "key = \"drop-answers\"\nplatform = \"west\"");
    let config = loaded(&format!("{platforms}{only}")).unwrap();
    assert!(action(&config, "east", "drop-answers").is_none());
    assert_eq!(action(&config, "west", "drop-answers").unwrap().platform, "west");
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    let with = |from: &str, to: &str| {
        assert!(NEW.contains(from), "{from}");
        NEW.replace(from, to)
    };
    check(&with("two_person", "two_persons"), 9, "action[0].two_persons", "no such key");
    check(&with("\"on\"", "\"yes\""), 9, "action[0].two_person", "expected \"on\" or \"off\"");
    check(&with("10m", "soon"), 10, "action[0].cooldown", "is not a time");
    check(&with("\"30s\"", "\"soon\""), 14, "action[0].effect.within", "is not a time");
    check(&with("hard = true }", "hard = true }, hart = 1"), 13, "action[0].does.hart", "no such key");
    check(&with("\"http\"", "\"shell\""), 13, "action[0].does.kind", "unknown variant `shell`");
    check(&with("\"cache\"", "\"cash\""), 5, "action[0].goal", "unknown variant `cash`");
    check(&with("[\"recommendation\"]", "[\"recommendations\"]"), 7, "action[0].services", "no service");
    check(
        &with("like = \"v2.1\"", "like = \"v2.1\", most = 3"),
        12,
        "action[0].parameters.0.most",
        "no such",
    );
    check(
        &with("effect = { look = \"answer_only\", within = \"30s\" }\n", ""),
        3,
        "action[0].key",
        "missing field `effect`",
    );
    check(&with("{ parameter = \"version\" }", "\"x\""), 12, "action[0].parameters", "version");
    check(&with("\"drop-answers\"", "\"Drop answers\""), 3, "action[0].key", "is not a key");
    check(&format!("{NEW}{NEW}"), 18, "action[1].key", "another section");
    check("[[action]]\nkey = \"nothing\"\nleft_out = \"on\"\n", 1, "action[0].left_out", "no action");
    check("[actions]\nbuilt_in = \"maybe\"\n", 2, "actions.built_in", "expected \"on\" or \"off\"");
}
