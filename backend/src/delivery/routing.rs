//! By which ways something goes: from the recipient and the configuration.

use domain::{
    access::PersonId,
    delivery::{Medium, Message, Occasion, Strategy},
    monitoring::Level,
};

use crate::{
    access::{Reach, WayKind},
    config,
};

/// Where the Slack app and the mail server stand in the list of connections.
pub const SLACK_APP: &str = "slack_app";
pub const MAIL: &str = "mail";

/// A way as it is written down.
#[derive(Clone, PartialEq, Eq)]
pub struct PlannedWay {
    pub medium: Medium,
    /// The connection: `mail`, `slack:ai-ops-alerts`.
    pub destination: String,
    pub target: String,
    pub person: Option<PersonId>,
    pub thread: Option<String>,
    /// 0 is sent first.
    pub urgency: i64,
    /// Why it cannot be used; `None` when it can.
    pub cannot: Option<String>,
}

/// All that a message goes by.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    pub strategy: Strategy,
    pub ways: Vec<PlannedWay>,
    /// Why there is no way at all.
    pub why: Option<String>,
}

/// The connections that there are, by name, in the order of the page.
pub fn destinations(config: &config::Delivery) -> Vec<String> {
    let mut all: Vec<String> = config.slack.keys().map(|name| format!("slack:{name}")).collect();
    all.extend(config.slack_app.is_some().then(|| SLACK_APP.to_owned()));
    all.extend(config.mail.is_some().then(|| MAIL.to_owned()));
    all.extend(config.pagerduty.keys().map(|name| format!("pagerduty:{name}")));
    all.extend(config.webhook.keys().map(|name| format!("webhook:{name}")));
    all
}

/// The ways to somebody; `reach` is `None` when there is no such person.
pub fn to_person(
    config: &config::Delivery,
    message: &Message,
    person: &PersonId,
    reach: Option<&Reach>,
) -> Plan {
    let used = config.ways_of(message.level);
    let none = |why: &str| Plan { strategy: used.strategy, ways: Vec::new(), why: Some(why.to_owned()) };
    let Some(reach) = reach else { return none("this person was removed.") };
    if reach.is_disabled {
        return none("this person's account is disabled.");
    }
    let own: Vec<_> =
        reach.ways.iter().filter_map(|way| Some((medium_of(way.kind)?, way.address.as_str()))).collect();
    if own.is_empty() {
        return none("no way to reach this person is noted in their profile.");
    }
    let ways: Vec<_> = own
        .into_iter()
        .filter(|(medium, _)| used.ways.contains(medium))
        .map(|(medium, address)| {
            let (destination, cannot) = match medium {
                Medium::Mail => {
                    (MAIL.to_owned(), config.mail.is_none().then_some("no mail server is configured"))
                }
                Medium::Chat => {
                    (SLACK_APP.to_owned(), config.slack_app.is_none().then_some("no Slack app is configured"))
                }
                Medium::Webhook | Medium::PagerDuty => {
                    let is_there = config.webhook.contains_key(address);
                    (format!("webhook:{address}"), (!is_there).then_some("this webhook is not configured"))
                }
            };
            PlannedWay {
                medium,
                destination,
                target: address.to_owned(),
                person: Some(person.clone()),
                thread: message.alert.clone(),
                urgency: urgency(message),
                cannot: cannot.map(str::to_owned),
            }
        })
        .collect();
    if ways.is_empty() {
        return none("none of this person's ways is used at this level.");
    }
    Plan { strategy: used.strategy, ways, why: None }
}

/// What a channel goes by, all at once.
pub fn to_channel(config: &config::Delivery, message: &Message, name: &str) -> Plan {
    let Some(channel) = config.channel.get(name) else {
        let why = Some(format!("there is no channel {name} in the configuration."));
        return Plan { strategy: Strategy::AtOnce, ways: Vec::new(), why };
    };
    let way = |medium: Medium, destination: String, target: &str| PlannedWay {
        medium,
        destination,
        target: target.to_owned(),
        person: None,
        thread: message.alert.clone(),
        urgency: urgency(message),
        cannot: None,
    };
    let mut ways = Vec::new();
    ways.extend(channel.slack.as_ref().map(|slack| way(Medium::Chat, format!("slack:{slack}"), name)));
    ways.extend(channel.slack_channel.as_ref().map(|id| way(Medium::Chat, SLACK_APP.to_owned(), id)));
    ways.extend(channel.pagerduty.iter().map(|key| way(Medium::PagerDuty, format!("pagerduty:{key}"), name)));
    ways.extend(channel.webhook.iter().map(|hook| way(Medium::Webhook, format!("webhook:{hook}"), name)));
    ways.extend(channel.mail.iter().map(|address| way(Medium::Mail, MAIL.to_owned(), address)));
    Plan { strategy: Strategy::AtOnce, ways, why: None }
}

fn medium_of(kind: WayKind) -> Option<Medium> {
    match kind {
        WayKind::Mail => Some(Medium::Mail),
        WayKind::Chat => Some(Medium::Chat),
        WayKind::Webhook => Some(Medium::Webhook),
        WayKind::Phone => None,
    }
}

/// Calls before the rest, worse before better.
fn urgency(message: &Message) -> i64 {
    let calm = 4 - message.level.map_or(0, |level: Level| i64::from(level.number()));
    match message.occasion {
        occasion if occasion.calls() => calm,
        Occasion::Test => 5,
        _ => 6 + calm,
    }
}
