//! `[delivery…]`: what is taken, and what is said about the rest.

use domain::{
    delivery::{Medium, Strategy},
    monitoring::Level,
};
use secrecy::ExposeSecret;

use super::{Config, Problem, load};

const SECRET: &str = "hunter2-of-deliveries";

/// The file `s` holds a secret, `u` an address that is one.
fn loaded(text: &str, env: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    std::fs::write(folder.path().join("s"), SECRET).unwrap();
    std::fs::write(folder.path().join("u"), format!("https://hooks.example.com/{SECRET}")).unwrap();
    std::fs::write(folder.path().join("plain"), format!("http://hooks.example.com/{SECRET}")).unwrap();
    std::fs::write(&file, text).unwrap();
    load(Some(&file), env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// One problem, which says this of this key and tells no secret.
#[track_caller]
fn check(text: &str, key: &str, words: &str) {
    let problems = loaded(text, &[]).expect_err("it should have been refused");
    let as_expected = problems.len() == 1 && problems[0].key == key && problems[0].message.contains(words);
    assert!(as_expected, "expected only {key}: … {words}, got {problems:#?}");
    assert!(problems[0].line.is_some(), "{problems:#?}");
    assert!(!format!("{problems:?}").contains(SECRET));
}

#[test]
fn everything_that_can_be_connected_is_read() {
    let config = loaded(
        "[delivery.mail]\nurl = \"smtps://mail.example.com\"\nfrom = \"B <b@example.com>\"\n\
         [delivery.slack_app]\ntoken_file = \"s\"\nsigning_secret_file = \"s\"\n\
         [delivery.slack.ops]\nurl_file = \"u\"\n\
         [delivery.webhook.desk]\nurl = \"https://desk.example.com/in\"\nsecret_file = \"s\"\n\
         [delivery.pagerduty.main]\nrouting_key_file = \"s\"\n\
         [delivery.channel.ops]\nmail = [\"a@example.com\"]\nwebhook = [\"desk\"]\npagerduty = [\"main\"]\n\
         [delivery.channel.app]\nslack_channel = \"C1\"\n\
         [delivery.level.4]\nways = [\"chat\", \"mail\"]\norder = \"in_turn\"\n",
        &[],
    );
    let config = config.unwrap();
    let delivery = &config.delivery;
    let mail = delivery.mail.as_ref().unwrap();
    assert_eq!((mail.host.port, mail.host.tls_from_the_beginning, mail.host.is_here), (465, true, false));
    let app = delivery.slack_app.as_ref().unwrap();
    assert_eq!((app.api_url.as_str(), app.token.expose_secret()), ("https://slack.com/api", SECRET));
    assert_eq!(delivery.pagerduty["main"].url, "https://events.pagerduty.com/v2/enqueue");
    let ops = &delivery.channel["ops"];
    assert_eq!((ops.slack.as_deref(), ops.webhook.len(), ops.pagerduty.len()), (Some("ops"), 1, 1));
    assert_eq!(delivery.channel["app"].slack, None);
    let emergency = delivery.ways_of(Some(Level::Emergency));
    assert_eq!((emergency.ways, emergency.strategy), (vec![Medium::Chat, Medium::Mail], Strategy::InTurn));
    assert_eq!(delivery.ways_of(Some(Level::Critical)).strategy, Strategy::InTurn);
    assert!(!format!("{config:?}").contains(SECRET));
}

#[test]
fn at_emergency_all_ways_go_at_once_when_nothing_is_said() {
    let config = loaded("", &[]).unwrap();
    assert_eq!(config.delivery.ways_of(Some(Level::Emergency)).strategy, Strategy::AtOnce);
    assert_eq!(config.delivery.ways_of(None).ways, Medium::OF_PEOPLE);
}

#[test]
fn a_login_of_the_mail_server_is_read_and_never_told() {
    let env = [("BELLWETHER__DELIVERY__MAIL__URL", "smtp://bell%40example.com:hunter2%25@mail.example.com")];
    let config = loaded("[delivery.mail]\nfrom = \"b@example.com\"\n", &env).unwrap();
    let host = &config.delivery.mail.as_ref().unwrap().host;
    let (user, password) = host.login.as_ref().unwrap();
    assert_eq!((user.as_str(), password.expose_secret()), ("bell@example.com", "hunter2%"));
    assert_eq!((host.port, host.tls_from_the_beginning), (587, false));
    assert!(!format!("{config:?}").contains("hunter2"));
    let env = [("BELLWETHER__DELIVERY__MAIL__URL", "smtp://user:hunter2@mail.example.com/path")];
    let problems = loaded("[delivery.mail]\nfrom = \"b@example.com\"\n", &env).unwrap_err();
    assert!(!format!("{problems:?}").contains("hunter2"), "{problems:?}");
}

#[test]
fn what_cannot_be_used_is_named() {
    let mail = "[delivery.mail]\nfrom = \"b@example.com\"\n";
    check(&format!("{mail}url = \"http://h\""), "delivery.mail.url", "expected an address such as smtps://");
    check("[delivery.mail]\nurl = \"smtp://h\"\nfrom = \"nobody\"", "delivery.mail.from", "is not a sender");
    check("[delivery.slack.ops]\nurl_file = \"none\"", "delivery.slack.ops.url_file", "cannot be read");
    check("[delivery.slack.ops]\nurl_file = \"s\"", "delivery.slack.ops.url_file", "is no address");
    check("[delivery.slack.ops]\nurl_file = \"plain\"", "delivery.slack.ops.url_file", "expected https");
    check("[delivery.slack.Ops]\nurl_file = \"u\"", "delivery.slack.Ops", "is not a name");
    check(
        "[delivery.slack.ops]\nurl = \"https://hooks.example.com/hunter2-of-deliveries\"\nurl_file = \"u\"",
        "delivery.slack.ops.url",
        "name that with url_file",
    );
    check(
        "[delivery.webhook.desk]\nurl = \"http://desk.example.com\"\nsecret_file = \"s\"",
        "delivery.webhook.desk.url",
        "expected https",
    );
    check(
        "[delivery.webhook.desk]\nurl = \"https://desk.example.com\"",
        "delivery.webhook.desk.secret_file",
        "is missing",
    );
    check("[delivery.slack_app]\ntoken_file = \"s\"", "delivery.slack_app.signing_secret_file", "is missing");
    check("[delivery.channel.ops]\n", "delivery.channel.ops", "goes nowhere");
    check(
        "[delivery.slack.ops]\nurl_file = \"u\"\n[delivery.channel.ops]\nwebhook = [\"gone\"]",
        "delivery.channel.ops.webhook",
        "no section [delivery.webhook.gone]",
    );
    check(
        "[delivery.slack.ops]\nurl_file = \"u\"\n[delivery.channel.ops]\nslack_channel = \"C1\"",
        "delivery.channel.ops.slack_channel",
        "needs a Slack app",
    );
    check("[delivery.level.5]\nways = [\"mail\"]", "delivery.level.5", "expected 1, 2, 3 or 4");
    check("[delivery.level.2]\nways = [\"pagerduty\"]", "delivery.level.2.ways", "is no way");
    check("[delivery.level.2]\norder = \"both\"", "delivery.level.2.order", "is no order");
}
