//! What is taken, what is refused, and what is said about it.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use secrecy::ExposeSecret;

use super::{
    Config, Problem, SiemTo,
    document::{self, Content, Table},
    keys::{self, Key, Kind},
    load,
};

const EXAMPLE: &str = include_str!("../../../bellwether.example.toml");

fn loaded(text: &str, env: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    fs::write(folder.path().join("api-token"), "s3cret\n").unwrap();
    fs::write(folder.path().join("slack-url"), "https://hooks.slack.com/services/T/B/s3cret\n").unwrap();
    fs::write(&file, text).unwrap();
    load(Some(&file), variables(env))
}

fn variables(env: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>().into_iter()
}

fn defaults() -> Config {
    load(None, std::iter::empty()).unwrap()
}

/// The problems, with the file's folder left out.
fn problems(text: &str, env: &[(&str, &str)]) -> Vec<String> {
    let problems = loaded(text, env).expect_err("it should have been refused");
    let name = |mut problem: Problem| {
        problem.file = problem.file.map(|file| Path::new(file.file_name().unwrap()).to_owned());
        problem.to_string()
    };
    problems.into_iter().map(name).collect()
}

/// One problem, which begins as expected and has these words in it.
#[track_caller]
fn check(text: &str, start: &str, words: &str) {
    let problems = problems(text, &[]);
    let as_expected = problems.len() == 1 && problems[0].starts_with(start) && problems[0].contains(words);
    assert!(as_expected, "expected only {start} … {words}, got {problems:#?}");
}

#[track_caller]
fn check_variable(name: &str, value: &str, words: &str) {
    let problems = problems("", &[(name, value)]);
    let as_expected =
        problems.len() == 1 && problems[0].starts_with(&format!("{name}: ")) && problems[0].contains(words);
    assert!(as_expected, "expected only {name}: … {words}, got {problems:#?}");
}

#[test]
fn nothing_at_all_is_wedsync() {
    let config = defaults();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.server.public_url, "http://127.0.0.1:3000");
    assert_eq!(config.database.url.expose_secret(), "sqlite://bellwether.db");
    assert_eq!(config.demo.fast_clock, 1);
    assert_eq!(config.metrics, domain::monitoring::metric::defaults());
    let [platform] = &config.platforms[..] else { panic!("one platform") };
    assert_eq!(platform.name, "wedsync");
    assert_eq!(platform.api_url, "https://api.wedsync.com");
    assert_eq!(platform.alerts_url.as_deref(), Some("https://alerts.wedsync.com"));
    assert_eq!(platform.poll_every, Duration::from_secs(30));
    assert_eq!(platform.crisis_manager.as_deref(), Some("crisis"));
    let services: Vec<_> = platform.services.iter().map(|service| service.field.as_str()).collect();
    assert_eq!(services, ["optimization_engine", "recommendation_engine", "crisis_manager"]);
    assert!(platform.token.is_none());
}

/// Debug shows all but the secrets, and those are compared beside it.
#[track_caller]
fn same(one: &Config, other: &Config) {
    assert_eq!(format!("{one:#?}"), format!("{other:#?}"));
    assert_eq!(one.database.url.expose_secret(), other.database.url.expose_secret());
}

#[test]
fn the_example_changes_nothing() {
    same(&loaded(EXAMPLE, &[]).unwrap(), &defaults());
}

/// The example with the keys that are commented out: "#key" without a blank is a key, "# Words" are words.
fn whole_example() -> String {
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|first: char| first == '[' || first.is_ascii_lowercase()) => {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(uncommented).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_has_every_key_and_no_other() {
    let mut problems = Vec::new();
    let tree = document::parse(&whole_example(), Path::new("bellwether.example.toml"), &mut problems);
    assert_eq!(problems, []);
    let (mut written, mut known) = (BTreeSet::new(), BTreeSet::new());
    paths_of_tree(&tree, keys::ROOT, "", &mut written);
    paths_of_keys(keys::ROOT, "", &mut known);
    assert_eq!(written, known);
}

fn paths_of_keys(keys: &[Key], path: &str, paths: &mut BTreeSet<String>) {
    for key in keys {
        let path = format!("{path}.{}", key.name);
        match key.kind {
            Kind::Value | Kind::Texts | Kind::Tree => {
                paths.insert(path);
            }
            Kind::Secret => {}
            Kind::Section(keys) | Kind::List(_, keys) | Kind::Named(keys) => {
                paths_of_keys(keys, &path, paths)
            }
        }
    }
}

fn paths_of_tree(table: &Table, keys: &'static [Key], path: &str, paths: &mut BTreeSet<String>) {
    for (name, node) in table {
        let path = format!("{path}.{name}");
        match (&keys::find(keys, name).unwrap().kind, &node.content) {
            (Kind::Section(keys), Content::Table(table)) => paths_of_tree(table, keys, &path, paths),
            (Kind::List(_, keys), Content::List(entries)) => {
                for entry in entries {
                    let Content::Table(table) = &entry.content else { panic!("{path}") };
                    paths_of_tree(table, keys, &path, paths);
                }
            }
            (Kind::Named(keys), Content::Table(entries)) => {
                for entry in entries.values() {
                    let Content::Table(table) = &entry.content else { panic!("{path}") };
                    paths_of_tree(table, keys, &path, paths);
                }
            }
            _ => {
                paths.insert(path);
            }
        }
    }
}

const CASE: &str = r#"
[server]
listen = "127.0.0.1:3000"
public_url = "http://127.0.0.1:3000"

[database]
url = "sqlite://bellwether.db"          # or postgres://user@host/name

[[platform]]
name = "wedsync"
api_url = "http://127.0.0.1:4000"
token_file = "api-token"
alerts_url = "http://127.0.0.1:4000/alerts"
poll_every = "30s"

[platform.kubernetes]
namespace = "ai-services"               # kubeconfig or in-cluster

[[metric]]
name = "response_time_ms"
better = "lower"
target = 5000
alert = 10000
critical = 15000

[delivery.mail]
url = "smtp://127.0.0.1:2525"
from = "Bellwether <bellwether@example.com>"

[delivery.slack.ai-ops-alerts]
url_file = "slack-url"
"#;

#[test]
fn a_small_configuration_is_read_whole() {
    let config = loaded(CASE, &[]).unwrap();
    let platform = &config.platforms[0];
    assert_eq!(platform.api_url, "http://127.0.0.1:4000");
    assert_eq!(platform.token.as_ref().unwrap().expose_secret(), "s3cret");
    assert_eq!(platform.kubernetes.as_ref().unwrap().namespace, "ai-services");
    let mail = config.delivery.mail.as_ref().unwrap();
    assert_eq!(mail.from.to_string(), "Bellwether <bellwether@example.com>");
    assert_eq!((mail.host.name.as_str(), mail.host.port, mail.host.is_here), ("127.0.0.1", 2525, true));
    let slack = config.delivery.slack["ai-ops-alerts"].url.expose_secret();
    assert_eq!(slack, "https://hooks.slack.com/services/T/B/s3cret");
    assert_eq!(config.delivery.channel["ai-ops-alerts"].slack.as_deref(), Some("ai-ops-alerts"));
    assert_eq!(config.metrics, defaults().metrics);
    assert!(!format!("{config:?}").contains("s3cret"));
    check(
        &CASE.replace("\"api-token\"", "\"other\""),
        "bellwether.toml:12:1: platform[0].token_file: ",
        "cannot be read",
    );
}

#[test]
fn every_problem_is_told_with_its_place() {
    let text = "[server]\nlisten = \"0.0.0.0\"\nlisen = 1\nzone = \"Mars/Olympus\"\n\n[serve]\nx = 1\n\n\
                [log]\nformat = \"xml\"\nfilter = 3\n\n[[platform]]\n  poll_every = \"1ms\"\n  token = \"hunter2\"\n";
    let problems = problems(text, &[("BELLWETHER__DEMO__FAST_CLOCK", "0"), ("BELLWETHER__DEMO__SLOW", "0")]);
    let starts = [
        "bellwether.toml:2:1: server.listen: \"0.0.0.0\" is not an address and port; expected one such as 127.0.0.1:3000",
        "bellwether.toml:3:1: server.lisen: there is no such key; known here are listen, public_url, zone",
        "bellwether.toml:4:1: server.zone: \"Mars/Olympus\" is not a time zone",
        "bellwether.toml:6:2: serve: there is no such key; known here are server, database",
        "bellwether.toml:10:1: log.format: \"xml\" is not a format",
        "bellwether.toml:11:1: log.filter: is a number, expected text",
        "bellwether.toml:14:3: platform[0].poll_every: \"1ms\" is not possible; expected 200ms to 1h",
        "bellwether.toml:15:3: platform[0].token: a secret does not belong in this file",
        "BELLWETHER__DEMO__FAST_CLOCK: 0 is not possible; expected a whole number from 1",
        "BELLWETHER__DEMO__SLOW: there is no such key; known here are fast_clock",
    ];
    assert_eq!(problems.len(), starts.len(), "{problems:#?}");
    for (problem, start) in problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}\n{start}");
    }
    assert!(!problems.concat().contains("hunter2"));
}

#[test]
fn wrong_files_say_what_was_expected() {
    check("[server\nlisten = 1", "bellwether.toml:", "not TOML");
    check("server = 3", "bellwether.toml:1:1: server: ", "expected a section [server]");
    check("platform = 3", "bellwether.toml:1:1: platform: ", "expected sections [[platform]]");
    check("platform = []", "bellwether.toml:1:1: platform: ", "at least one");
    check("[[platform]]\nname = \"b\"", "bellwether.toml:1:", "platform[0].api_url: is missing");
    check("[[platform]]\n[[platform]]\n", "bellwether.toml: platform[1].name: ", "distinct");
    let secret = "[[platform]]\napi_url = \"https://user:hunter2@host\"";
    check(secret, "bellwether.toml:2:1: platform[0].api_url: ", "without a user");
    assert!(!problems(secret, &[]).concat().contains("hunter2"));
    check(
        "[[platform]]\napi_url = \"https://host/?a=b\"",
        "bellwether.toml:2:1: platform[0].api_url: ",
        "without ?",
    );
    check(
        "[[platform]]\napi_url = \"ftp://host\"",
        "bellwether.toml:2:1: platform[0].api_url: ",
        "such as https",
    );
    check(
        "[[platform]]\ntoken_env = \"NO_SUCH\"",
        "bellwether.toml:2:1: platform[0].token_env: ",
        "NO_SUCH is not set",
    );
    check(
        "[[platform]]\ncrisis_manager = \"x\"",
        "bellwether.toml:2:1: platform[0].crisis_manager: ",
        "no service \"x\"",
    );
    check(
        "[[platform]]\nca_file = \"api-token\"",
        "bellwether.toml:2:1: platform[0].ca_file: ",
        "holds no certificate",
    );
    check(
        "[database]\nurl = \"mysql://u:hunter2@h/n\"",
        "bellwether.toml:2:1: database.url: ",
        "expected sqlite://",
    );
    check("[delivery.mail]\nurl = \"smtp://h\"", "bellwether.toml:2:1: delivery.mail.from: ", "is missing");
    let problem = &load(Some(Path::new("/no/such.toml")), std::iter::empty()).unwrap_err()[0];
    assert!(problem.to_string().starts_with("/no/such.toml: cannot be read: "), "{problem}");
}

#[test]
fn lines_must_lie_in_order_and_in_range() {
    let metric = |rest: &str| format!("[[metric]]\nname = \"accuracy_rate\"\n{rest}\n");
    check(&metric("alert = 0.9"), "bellwether.toml:3:1: metric[0].alert: ", "expected alert below target");
    check(
        &metric("critical = 0.8"),
        "bellwether.toml:3:1: metric[0].critical: ",
        "expected critical below alert",
    );
    check(
        &metric("target = 85"),
        "bellwether.toml:3:1: metric[0].target: ",
        "85 is above 1; expected a rate",
    );
    check(&metric("target = \"high\""), "bellwether.toml:3:1: metric[0].target: ", "expected a number");
    check(&metric("target = nan"), "bellwether.toml:3:1: metric[0].target: ", "expected a number");
    check(
        &metric("better = \"lower\""),
        "bellwether.toml:3:1: metric[0].better: ",
        "because lower is better",
    );
    check(&metric("[[metric]]\nname = \"accuracy_rate\""), "bellwether.toml:4:1: metric[1].name: ", "twice");
    check(
        "[[metric]]\nname = \"cost\"\nunit = \"count\"",
        "bellwether.toml:2:1: metric[0].better: ",
        "is missing",
    );
    check("[[metric]]\nname = \"status\"", "bellwether.toml:2:1: metric[0].name: ", "a field of its own");
    let text =
        "[[metric]]\nname = \"cost\"\nlabel = \"Cost\"\nunit = \"count\"\nbetter = \"lower\"\ntarget = 3\n";
    let config = loaded(text, &[]).unwrap();
    let cost = config.metrics.last().unwrap();
    assert_eq!((cost.name.as_str(), cost.target, config.metrics.len()), ("Cost", Some(3.0), 7));
}

#[test]
fn a_procedure_is_a_web_address_or_a_path_of_the_console() {
    let metric =
        |procedure: &str| format!("[[metric]]\nname = \"error_rate\"\nprocedure = \"{procedure}\"\n");
    let of = |text: &str| {
        let metrics = loaded(text, &[]).unwrap().metrics;
        metrics.into_iter().find(|metric| metric.key.as_str() == "error_rate").unwrap().procedure
    };
    for good in ["https://wiki.example.com/errors", "/runbook/errors"] {
        assert_eq!(of(&metric(good)).as_deref(), Some(good));
    }
    assert_eq!(of(&metric("none")), None);
    for wrong in ["javascript:alert(1)", "//evil.example", "https:///x", "wiki", "https://a b"] {
        check(&metric(wrong), "bellwether.toml:3:1: metric[0].procedure: ", "is no address");
    }
}

#[test]
fn one_line_of_a_metric_can_be_taken_away() {
    let text = "[[metric]]\nname = \"availability\"\nalert = \"none\"\n\n\
                [[metric]]\nname = \"queue_length\"\ntarget = \"none\"\ncritical = \"none\"\n";
    let config = loaded(text, &[("BELLWETHER__METRIC__ERROR_RATE__CRITICAL", "none")]).unwrap();
    let mut expected = defaults().metrics;
    expected[2].alert = None;
    expected[3].critical = None;
    (expected[4].target, expected[4].critical) = (None, None);
    assert_eq!(config.metrics, expected, "and nothing else changed");

    // What is left must still lie in order.
    let metric = |rest: &str| format!("[[metric]]\nname = \"queue_length\"\n{rest}\n");
    let far = metric("alert = \"none\"\ntarget = 200");
    check(&far, "bellwether.toml:4:1: metric[0].target: ", "critical is 100 and target is 200");
    let both = "is \"no\", expected a number, or \"none\"";
    check(&metric("alert = \"no\""), "bellwether.toml:3:1: metric[0].alert: ", both);
    check(&metric("alert = false"), "bellwether.toml:3:1: metric[0].alert: ", "or \"none\"");
    // A floor always is: 0 is as good as none.
    check(&metric("floor = \"none\""), "bellwether.toml:3:1: metric[0].floor: ", "expected a number");
    check_variable("BELLWETHER__METRIC__QUEUE_LENGTH__ALERT", "no", both);
}

#[test]
fn diagnostics_have_their_own_role_path_and_dependencies() {
    let usual = loaded("", &[]).unwrap();
    let diagnosing = &usual.platforms[0].diagnosing;
    assert_eq!(diagnosing.timed_path, "/ai/health");
    assert_eq!(diagnosing.dependencies[0].url, "https://api.openai.com/v1/models");
    let own = "[[platform]]\nname = \"wedsync\"\ntimed_path = \"/ai/queue\"\ndependency = []\n";
    let everything = ("BELLWETHER__PLATFORM__0__POSTGRES__URL", "postgres://all:hunter2@host/name");
    let reads = ("BELLWETHER__PLATFORM__0__POSTGRES__DIAGNOSTICS_URL", "postgres://reads:hunter3@host/name");
    let by = |env: &[(&str, &str)]| {
        let config = loaded(own, env).unwrap();
        assert!(!format!("{config:?}").contains("hunter"));
        let diagnosing = &config.platforms[0].diagnosing;
        assert_eq!((diagnosing.timed_path.as_str(), diagnosing.dependencies.len()), ("/ai/queue", 0));
        diagnosing.postgres.as_ref().map(|url| url.expose_secret().to_owned())
    };
    assert_eq!(by(&[]), None);
    assert_eq!(by(&[everything]).as_deref(), Some(everything.1));
    assert_eq!(by(&[everything, reads]).as_deref(), Some(reads.1));
    let twice = "[[platform.dependency]]\nname = \"a\"\nurl = \"https://a.example\"\n";
    let platform = "[[platform]]\nname = \"wedsync\"\n";
    check(
        &format!("{platform}{twice}{twice}"),
        "bellwether.toml:7:1: platform[0].dependency[1].name: ",
        "another dependency",
    );
    let secret = twice.replace("https://", "https://user:hunter2@");
    check(
        &format!("{platform}{secret}"),
        "bellwether.toml:5:1: platform[0].dependency[0].url: ",
        "without a user",
    );
    check(
        &format!("{platform}timed_path = \"ai\""),
        "bellwether.toml:3:1: platform[0].timed_path: ",
        "no path",
    );
}

#[test]
fn variables_win_over_the_file() {
    let env = [
        ("BELLWETHER__SERVER__LISTEN", "[::1]:8080"),
        ("BELLWETHER__DATABASE__URL", "postgres://user:hunter2@host/name"),
        ("BELLWETHER__DEMO__FAST_CLOCK", "60"),
        ("BELLWETHER__PLATFORM__0__TOKEN", "other"),
        ("BELLWETHER__PLATFORM__WEDSYNC__POLL_EVERY", "500ms"),
        ("BELLWETHER__METRIC__QUEUE_LENGTH__TARGET", "20"),
        ("BELLWETHER__DELIVERY__SLACK__AI_OPS_ALERTS__URL", "https://hooks.slack.com/hunter2"),
        ("API_TOKEN", "unused"),
        ("PATH", "/bin"),
    ];
    let config = loaded(CASE, &env).unwrap();
    assert_eq!(config.server.listen.to_string(), "[::1]:8080");
    assert_eq!(config.database.url.expose_secret(), "postgres://user:hunter2@host/name");
    assert_eq!(config.demo.fast_clock, 60);
    assert_eq!(config.platforms[0].token.as_ref().unwrap().expose_secret(), "other");
    assert_eq!(config.platforms[0].poll_every, Duration::from_millis(500));
    assert_eq!(config.metrics[4].target, Some(20.0));
    let slack = config.delivery.slack["ai-ops-alerts"].url.expose_secret();
    assert_eq!(slack, "https://hooks.slack.com/hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn tokens_come_from_the_nearest_place() {
    #[track_caller]
    fn token(text: &str, env: &[(&str, &str)], expected: Option<&str>) {
        let config = loaded(text, env).unwrap();
        assert_eq!(config.platforms[0].token.as_ref().map(ExposeSecret::expose_secret), expected);
    }
    let usual = ("API_TOKEN", "usual");
    token("", &[], None);
    token("", &[usual], Some("usual"));
    token("[[platform]]\ntoken_env = \"MINE\"", &[usual, ("MINE", " mine ")], Some("mine"));
    token("[[platform]]\ntoken_file = \"api-token\"", &[usual], Some("s3cret"));
    let own = ("BELLWETHER__PLATFORM__0__TOKEN", "own");
    token("[[platform]]\ntoken_file = \"missing\"", &[usual, own], Some("own"));
    let second = "[[platform]]\n[[platform]]\nname = \"b\"\napi_url = \"http://b\"";
    assert!(loaded(second, &[usual]).unwrap().platforms[1].token.is_none(), "it is WedSync's");
    let both = "[[platform]]\ntoken_env = \"MINE\"\ntoken_file = \"api-token\"";
    check(both, "bellwether.toml:2:1: platform[0].token_env: ", "expected one of them");
}

#[test]
fn another_platforms_trouble_does_not_ring_wedsyncs_alarm() {
    let config = loaded("[[platform]]\napi_url = \"http://127.0.0.1:4000/\"", &[]).unwrap();
    assert_eq!(config.platforms[0].api_url, "http://127.0.0.1:4000");
    assert_eq!(config.platforms[0].alerts_url, None);
}

#[test]
fn wrong_variables_are_named() {
    check_variable("BELLWETHER__SERVER__LISTEN", "0.0.0.0", "expected");
    check_variable("BELLWETHER__SERVER__LISTEN__PORT", "80", "has no keys");
    check_variable("BELLWETHER__SERVER", "80", "names a section");
    check_variable("BELLWETHER__LISTEN", "x", "there is no such key");
    check_variable("BELLWETHER__PLATFORM__2__NAME", "x", "there is no entry 2; the next one would be 1");
    check_variable("BELLWETHER__METRIC__QUEUE_LENGTH__TARGET", "many", "expected a number");
    check_variable("BELLWETHER__PLATFORM__0__TOKEN", "two words", "blanks");
    check_variable("API_TOKEN", "two words", "blanks");
}

#[test]
fn receivers_of_the_audit_log_are_read_strictly() {
    let env = [("SIEM_TOKEN", "s3cret")];
    let config = loaded(
        "[[siem]]\nname = \"a\"\nkind = \"syslog-tcp\"\naddress = \"[::1]:601\"\n\
         [[siem]]\nname = \"b\"\nkind = \"https\"\nurl = \"https://siem/in/\"\ntoken_env = \"SIEM_TOKEN\"\n\
         [audit]\nkeep = \"90d\"\nseal_to = \"sealed\"",
        &env,
    )
    .unwrap();
    assert!(matches!(&config.siem[0].to, SiemTo::SyslogTcp { host, port: 601 } if host == "::1"));
    assert!(matches!(&config.siem[1].to, SiemTo::Https { url, token: Some(_) } if url == "https://siem/in"));
    assert_eq!(config.audit.keep, Duration::from_secs(90 * 86_400));
    assert!(config.audit.seal_to.as_ref().unwrap().ends_with("sealed"));
    assert!(!format!("{config:?}").contains("s3cret"));

    let with = |rest: &str| format!("[[siem]]\nname = \"a\"\n{rest}");
    check(&with("kind = \"udp\""), "bellwether.toml:3:1: siem[0].kind: ", "is no kind");
    check(&with(""), "bellwether.toml:1:1: siem[0].kind: ", "is missing");
    check(&with("kind = \"https\""), "bellwether.toml:1:1: siem[0].url: ", "https needs it");
    let tcp = "kind = \"syslog-tcp\"\naddress = \"h:1\"\n";
    check(
        &with(&format!("{tcp}token_file = \"api-token\"")),
        "bellwether.toml:5:1: siem[0].token_file: ",
        "no use",
    );
    check(
        &with(&format!("{tcp}[[siem]]\nname = \"a\"\n{tcp}")),
        "bellwether.toml:6:1: siem[1].name: ",
        "distinct",
    );
    for address in ["h", "h:0", "h:x", ":1", "h h:1", "h:70000"] {
        let text = with(&format!("kind = \"syslog-tls\"\naddress = \"{address}\""));
        check(&text, "bellwether.toml:4:1: siem[0].address: ", "is not a host and port");
    }
    let plain = with("kind = \"https\"\nurl = \"http://siem/in\"");
    check(&plain, "bellwether.toml:4:1: siem[0].url: ", "in plain");
    assert!(loaded(&with("kind = \"https\"\nurl = \"http://127.0.0.1:9/in\""), &[]).is_ok());
    for keep in ["29d", "1h", "-1d", "99999999999999999999d", "d"] {
        check(&format!("[audit]\nkeep = \"{keep}\""), "bellwether.toml:2:1: audit.keep: ", "is not possible");
    }
}

#[test]
fn roles_are_changed_and_joined() {
    use domain::access::{Permission, SecondFactor};
    let text = "[access]\nsecond_factor = \"off\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
        [[role]]\nname = \"operator\"\nservices = [\"optimization\", \"crisis\"]\n\
        [[role]]\nname = \"night\"\nlabel = \"Night\"\npermissions = [\"see_status\", \"manage_access\"]\n";
    let config = loaded(text, &[]).unwrap().access;
    assert!(!config.second_factors_required);
    assert!(config.trusted_proxies[0].contains("10.1.2.3".parse().unwrap()));
    assert_eq!(config.roles.len(), 8);
    let operator = &config.roles[3];
    assert!(operator.covers("crisis") && !operator.covers("recommendation"));
    assert!(operator.permissions.has(Permission::HandleAlerts), "what is left out stays");
    let night = &config.roles[7];
    assert_eq!(
        (night.label.as_str(), night.permissions.keys().as_str()),
        ("Night", "see_status manage_access")
    );
    assert_eq!(night.second_factor, SecondFactor::Required);

    let env = [
        ("BELLWETHER__ACCESS__TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2"),
        ("BELLWETHER__ROLE__VIEWER__PERMISSIONS", "see_status"),
    ];
    let config = loaded("", &env).unwrap().access;
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.roles[0].permissions.keys(), "see_status");
}

#[test]
fn wrong_roles_are_named() {
    let role = |rest: &str| format!("[[role]]\nname = \"night\"\n{rest}\n");
    check(&role(""), "bellwether.toml:2:1: role[0].permissions: ", "is missing");
    check(
        &role("permissions = [\"see_status\",\n \"fly\"]"),
        "bellwether.toml:4:2: role[0].permissions: \"fly\" is not a permission",
        "manage_access",
    );
    check(&role("permissions = [3]"), "bellwether.toml:3:16: role[0].permissions: ", "expected text");
    check(
        &role("permissions = \"approve\""),
        "bellwether.toml:3:1: role[0].permissions: ",
        "expected a list",
    );
    let services = |list: &str| role(&format!("permissions = []\nservices = {list}"));
    check(&services("[\"x\"]"), "bellwether.toml:4:13: role[0].services: ", "there is no service \"x\"");
    check(&services("[]"), "bellwether.toml:4:1: role[0].services: ", "leave it out");
    let twice = role("permissions = []") + &role("permissions = []");
    check(&twice, "bellwether.toml:5:1: role[1].name: ", "twice");
    check("[[role]]\nname = \"Night\"", "bellwether.toml:2:1: role[0].name: ", "is not a name");
    check(
        "[[role]]\nname = \"admin\"\npermissions = [\"read_audit\"]",
        "bellwether.toml:1:3: role: ",
        "nobody could be let in again",
    );
    check(
        "[access]\nsecond_factor = \"maybe\"",
        "bellwether.toml:2:1: access.second_factor: ",
        "expected \"required\" or \"off\"",
    );
    check(
        "[access]\ntrusted_proxies = [\"10.0.0.0/33\"]",
        "bellwether.toml:2:20: access.trusted_proxies: ",
        "is not a network",
    );
}

#[test]
fn providers_of_single_sign_on_are_read_strictly() {
    let own = "[[oidc]]\nname = \"staff\"\nissuer = \"https://login.example.com/\"\nclient_id = \"bellwether\"\n\
        client_secret_file = \"api-token\"\n";
    let groups = "[[oidc.group]]\nname = \"Leads of ops\"\nrole = \"lead\"\n\
        [[oidc.group]]\nname = \"ops\"\nrole = \"operator\"\n";
    let config = loaded(&format!("{own}{groups}"), &[]).unwrap();
    let provider = &config.oidc[0];
    assert_eq!((provider.label.as_str(), provider.issuer.as_str()), ("staff", "https://login.example.com/"));
    assert_eq!(provider.scopes, ["openid", "profile", "email"]);
    assert_eq!(provider.client_secret.expose_secret(), "s3cret");
    let pairs: Vec<_> = provider.groups.iter().map(|one| (one.group.as_str(), one.role.as_str())).collect();
    assert_eq!(pairs, [("Leads of ops", "lead"), ("ops", "operator")], "their order counts");
    assert!(!format!("{config:?}").contains("s3cret"));
    let env = [
        ("BELLWETHER__OIDC__STAFF__CLIENT_SECRET", "another"),
        ("BELLWETHER__OIDC__0__SCOPES", "email,groups"),
    ];
    let config = loaded(&format!("{own}{groups}"), &env).unwrap();
    assert_eq!(config.oidc[0].client_secret.expose_secret(), "another");
    assert_eq!(config.oidc[0].scopes, ["openid", "email", "groups"]);

    let with = |line: &str| format!("{own}default_role = \"viewer\"\n{line}\n");
    let key = |name: &str, line: &str| {
        let text = with("");
        text.lines().map(|own| if own.starts_with(name) { line } else { own }).collect::<Vec<_>>().join("\n")
    };
    check(own, "bellwether.toml:1:1: oidc[0].group: ", "nobody could come in");
    check(&key("issuer", "issuer = \"http://login\""), "bellwether.toml:3:1: oidc[0].issuer: ", "https");
    assert!(loaded(&key("issuer", "issuer = \"http://127.0.0.1:4000\""), &[]).is_ok());
    check(
        &key("name", "name = \"code\""),
        "bellwether.toml:2:1: oidc[0].name: ",
        "an address of the console",
    );
    check(&key("name", "name = \"My IdP\""), "bellwether.toml:2:1: oidc[0].name: ", "is not a name");
    check(&key("client_id", ""), "bellwether.toml:1:1: oidc[0].client_id: ", "is missing");
    check(&key("client_secret", ""), "bellwether.toml:1:1: oidc[0].client_secret_file: ", "is missing");
    check(
        &with("client_secret = \"s3cret\""),
        "bellwether.toml:7:1: oidc[0].client_secret: ",
        "client_secret_file",
    );
    check(
        &key("default", "default_role = \"boss\""),
        "bellwether.toml:6:1: oidc[0].default_role: ",
        "no role \"boss\"",
    );
    check(&with("scopes = [\"a b\"]"), "bellwether.toml:7:11: oidc[0].scopes: ", "is not a scope");
    let unknown = with("[[oidc.group]]\nname = \"a\"\nrole = \"boss\"");
    check(&unknown, "bellwether.toml:9:1: oidc[0].group[0].role: ", "no role \"boss\"");
    let twice = with(
        "[[oidc.group]]\nname = \"a\"\nrole = \"lead\"\n[[oidc.group]]\nname = \"a\"\nrole = \"viewer\"",
    );
    check(&twice, "bellwether.toml:11:1: oidc[0].group[1].name: ", "twice");
    check(&with("ca_file = \"api-token\""), "bellwether.toml:7:1: oidc[0].ca_file: ", "no certificate");
}

#[test]
fn the_built_in_tiers_are_wedsyncs_and_those_of_the_file_take_their_place() {
    let config = defaults();
    let told: Vec<_> = config.tiers.iter().map(|tier| (tier.number, tier.name.as_str())).collect();
    let expected =
        ["AI Operations", "Platform Engineering on-call", "Technical leadership", "Wedding Day Support"];
    assert_eq!(told, [(1, expected[0]), (2, expected[1]), (3, expected[2]), (4, expected[3])]);
    assert_eq!(config.tiers[0].channel.as_deref(), Some("ai-ops-alerts"));
    assert_eq!((config.tiers[3].seasons.len(), config.tiers[3].stand_in), (2, Some(2)));
    let text = "[server]\nzone = \"Europe/London\"\n[[tier]]\nnumber = 7\nname = \"Second\"\n\
                [[tier]]\nnumber = 2\nname = \"First\"\n[on_call]\nschedule_check = \"off\"\n";
    let config = loaded(text, &[]).unwrap();
    let told: Vec<_> = config.tiers.iter().map(|tier| tier.number).collect();
    assert_eq!(told, [2, 7], "in the order of their numbers");
    assert!(config.on_call.schedule_check.is_none());
    assert_eq!(config.on_call.zone.iana_name(), Some("Europe/London"), "that of the server");
    assert_eq!(config.on_call.escalation_test.unwrap().zone().iana_name(), Some("Europe/London"));
}

#[test]
fn wrong_tiers_are_named() {
    let one = "[[tier]]\nnumber = 1\nname = \"One\"\n";
    check("tier = []", "bellwether.toml:1:1: tier: ", "nobody could be called");
    check("[[tier]]\nname = \"One\"\n", "bellwether.toml:1:1: tier[0].number: ", "is missing");
    check("[[tier]]\nnumber = 0\nname = \"One\"\n", "bellwether.toml:2:1: tier[0].number: ", "from 1 to 99");
    check(&format!("{one}{one}"), "bellwether.toml:5:1: tier[1].number: ", "another tier 1");
    check(
        "[[tier]]\nnumber = 1\nname = \"One\"\nchannel = \"#ops\"\n",
        "bellwether.toml:4:1: tier[0].channel: ",
        "is not a name",
    );
    let seasonal = |rest: &str| format!("{one}[[tier]]\nnumber = 4\nname = \"Four\"\n{rest}");
    check(
        &seasonal("seasons = [\"May\"]\nstand_in = 1\n"),
        "bellwether.toml:7:12: tier[1].seasons: ",
        "as in \"05-01 to 09-30\"",
    );
    check(
        &seasonal("seasons = [\"05-01 to 09-30\"]\n"),
        "bellwether.toml:7:1: tier[1].stand_in: ",
        "somebody else has to answer",
    );
    check(&seasonal("stand_in = 1\n"), "bellwether.toml:7:1: tier[1].stand_in: ", "no use without seasons");
    for (other, words) in [(4, "for itself"), (9, "there is no tier 9")] {
        let text = seasonal(&format!("seasons = [\"05-01 to 09-30\"]\nstand_in = {other}\n"));
        check(&text, "bellwether.toml:8:1: tier[1].stand_in: ", words);
    }
    check("[on_call]\nzone = \"Mars\"\n", "bellwether.toml:2:1: on_call.zone: ", "IANA name");
    check(
        "[on_call]\ncontact_check = \"now and then\"\n",
        "bellwether.toml:2:1: on_call.contact_check: ",
        "every Monday at 09:00",
    );
}
