//! Which ways are taken: by the person, the level and the configuration.

use domain::{
    access::PersonId,
    delivery::{Message, Occasion, Strategy},
    monitoring::Level,
};

use super::{channel, configured, page};
use crate::{
    access::{Reach, Way, WayKind},
    config::Config,
    delivery::routing,
};

const ALL: &str = "[delivery.mail]\nurl = \"smtp://127.0.0.1:1\"\nfrom = \"b@example.com\"\n\
    [delivery.webhook.desk]\nurl = \"http://127.0.0.1:1/\"\nsecret_file = \"s\"\n\
    [delivery.slack.ops]\nurl_file = \"u\"\n\
    [delivery.pagerduty.main]\nrouting_key_file = \"s\"\n\
    [delivery.channel.ops]\nmail = [\"ops@example.com\"]\npagerduty = [\"main\"]\nwebhook = [\"desk\"]\n";

fn config(more: &str) -> Config {
    let files =
        [("s", "marked-password-of-a-service"), ("u", "https://hooks.slack.com/services/marked-password")];
    configured(&format!("{ALL}{more}"), &files)
}

fn message(level: Option<Level>) -> Message {
    Message { level, occasion: Occasion::Page, ..page("a1", &channel("ops")).message }
}

fn reach(ways: &[(WayKind, &str)]) -> Reach {
    let ways = ways.iter().map(|(kind, address)| Way { kind: *kind, address: (*address).to_owned() });
    Reach { name: "Ada".to_owned(), is_disabled: false, ways: ways.collect() }
}

#[track_caller]
fn check(config: &Config, level: Level, reach: Option<&Reach>, expected: &str) {
    let plan = routing::to_person(&config.delivery, &message(Some(level)), &PersonId::new("ada"), reach);
    let ways = plan.ways.iter().map(|way| match &way.cannot {
        Some(why) => format!("{} ({why})", way.destination),
        None => way.destination.clone(),
    });
    let order = if plan.strategy == Strategy::AtOnce { "at once: " } else { "" };
    let why = plan.why.map(|why| format!("- {why}")).unwrap_or_default();
    assert_eq!(format!("{order}{}{why}", ways.collect::<Vec<_>>().join(", ")), expected);
}

#[test]
fn a_person_is_reached_by_their_ways_in_their_order() {
    let config = config("[delivery.level.2]\nways = [\"chat\"]\n");
    let ada = reach(&[
        (WayKind::Webhook, "desk"),
        (WayKind::Phone, "+46 70 123 45 67"),
        (WayKind::Mail, "a@example.com"),
        (WayKind::Chat, "U1"),
    ]);
    let chat = "slack_app (no Slack app is configured)";
    check(&config, Level::Critical, Some(&ada), &format!("webhook:desk, mail, {chat}"));
    check(&config, Level::Emergency, Some(&ada), &format!("at once: webhook:desk, mail, {chat}"));
    check(&config, Level::Warning, Some(&ada), chat);
    let gone = reach(&[(WayKind::Webhook, "gone")]);
    check(&config, Level::Critical, Some(&gone), "webhook:gone (this webhook is not configured)");
}

#[test]
fn somebody_who_cannot_be_reached_is_said_why() {
    let config = config("[delivery.level.2]\nways = [\"chat\"]\n");
    let phone = reach(&[(WayKind::Phone, "+46 70 123 45 67")]);
    check(&config, Level::Critical, Some(&phone), "- no way to reach this person is noted in their profile.");
    check(&config, Level::Critical, None, "- this person was removed.");
    let disabled = Reach { is_disabled: true, ..reach(&[(WayKind::Mail, "a@example.com")]) };
    check(&config, Level::Critical, Some(&disabled), "- this person's account is disabled.");
    let mail = reach(&[(WayKind::Mail, "a@example.com")]);
    check(&config, Level::Warning, Some(&mail), "- none of this person's ways is used at this level.");
}

#[test]
fn a_channel_goes_by_all_of_it_at_once() {
    let config = config("");
    let plan = routing::to_channel(&config.delivery, &message(Some(Level::Critical)), "ops");
    let ways: Vec<_> = plan.ways.iter().map(|way| format!("{} to {}", way.destination, way.target)).collect();
    assert_eq!(
        ways,
        ["slack:ops to ops", "pagerduty:main to ops", "webhook:desk to ops", "mail to ops@example.com"]
    );
    assert_eq!(plan.strategy, Strategy::AtOnce);
    assert!(plan.ways.iter().all(|way| way.thread.as_deref() == Some("a1") && way.urgency == 1));
}
