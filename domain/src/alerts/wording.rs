//! What people are told of an alert, and how its story reads.

use super::{Alert, Happening, Resolution, STORM_OVER, Severity};
use crate::{
    access::PersonId,
    delivery::{Message, Occasion, Recipient},
    monitoring::Level,
    oncall::Effect,
    time::{Millis, lasting},
    words::capitalised,
};

/// So many alerts are named in a list; the rest are counted.
const NAMED: usize = 20;

/// What a message is made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub id: &'a str,
    pub alert: &'a Alert,
    /// "Response time 12.7 s"
    pub title: &'a str,
    pub why: &'a str,
}

/// The page of one alert to one recipient. `clock` writes a moment as people read it ("02:56 UTC").
pub fn page(
    facts: Facts<'_>,
    tier: u8,
    occasion: Occasion,
    now: Millis,
    clock: impl Fn(Millis) -> String,
) -> Message {
    let Facts { alert, .. } = facts;
    let lasted = now.since(alert.began_at);
    let mut lines =
        vec![sentence(facts.why), format!("Since {} ({}).", clock(alert.began_at), lasting(lasted))];
    if alert.severity.wedding {
        lines.push("A wedding of today or an open crisis is affected.".to_owned());
    }
    let waited = now.since(alert.fired_at);
    match occasion {
        Occasion::Reminder => {
            lines.push(format!("Nobody has acknowledged it for {}.", lasting(waited)));
        }
        Occasion::Page if tier > 1 && alert.paging.step > 1 => {
            lines.push(format!(
                "Tier {tier} is called, because nobody has acknowledged it for {}.",
                lasting(waited)
            ));
        }
        _ => {}
    }
    message(facts, occasion, lines)
}

/// That nobody need come any more, or who has it.
pub fn update(facts: Facts<'_>, occasion: Occasion, said: String) -> Message {
    message(facts, occasion, vec![said])
}

/// Many alerts in one page: their severities and titles, the worst first.
pub fn storm(key: &str, platform: &str, alerts: &[(Severity, String)], occasion: Occasion) -> Message {
    let mut worst_first: Vec<&(Severity, String)> = alerts.iter().collect();
    worst_first.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let mut lines: Vec<String> = worst_first
        .iter()
        .take(NAMED)
        .map(|(severity, title)| format!("{}: {title}", severity.level))
        .collect();
    if alerts.len() > NAMED {
        lines.push(format!("And {} more.", alerts.len() - NAMED));
    }
    lines.push(format!("More than {STORM_OVER} alerts in a minute come as one page."));
    let count = alerts.len();
    let title = if count == 1 {
        format!("One more alert in a storm of them on {platform}")
    } else {
        format!("{count} alerts at once on {platform}")
    };
    let occasion = if occasion == Occasion::Reminder { Occasion::Reminder } else { Occasion::Storm };
    Message {
        occasion,
        level: worst_first.first().map(|(severity, _)| severity.level),
        title,
        lines,
        path: "/alerts".to_owned(),
        alert: None,
        dedup_key: key.to_owned(),
        asks: None,
    }
}

/// Many alerts that ended together, in one message: their severities and titles, the worst first.
pub fn storm_over(key: &str, alerts: &[(Severity, String)]) -> Message {
    let mut worst_first: Vec<&(Severity, String)> = alerts.iter().collect();
    worst_first.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let mut lines: Vec<String> = worst_first.iter().take(NAMED).map(|(_, title)| title.clone()).collect();
    if alerts.len() > NAMED {
        lines.push(format!("And {} more.", alerts.len() - NAMED));
    }
    Message {
        occasion: Occasion::Resolved,
        level: None,
        title: format!("{} alerts are well again", alerts.len()),
        lines,
        path: "/alerts".to_owned(),
        alert: None,
        dedup_key: key.to_owned(),
        asks: None,
    }
}

fn message(facts: Facts<'_>, occasion: Occasion, lines: Vec<String>) -> Message {
    let Facts { id, alert, title, .. } = facts;
    Message {
        occasion,
        level: Some(alert.severity.level),
        title: format!("{title} on {}", alert.key.platform),
        lines,
        path: format!("/alerts/{id}"),
        alert: Some(id.to_owned()),
        dedup_key: format!("bellwether-{id}"),
        asks: None,
    }
}

/// One line of the story. `name` gives a person's name, `clock` writes a moment.
pub fn told(
    happening: &Happening,
    name: impl Fn(&PersonId) -> String,
    clock: impl Fn(Millis) -> String,
) -> String {
    let level = |severity: &Severity| word(*severity);
    match happening {
        Happening::Fired(severity) => format!("Fired at level {}.", level(severity)),
        Happening::Rose { from, to } if from.level == to.level && to.wedding => {
            "A wedding of today or an open crisis is affected now.".to_owned()
        }
        Happening::Rose { from, to } if from.level == to.level => {
            "Went past its alert line: somebody is called.".to_owned()
        }
        Happening::Rose { from, to } => format!("Rose from {} to {}.", level(from), level(to)),
        Happening::Fell { from, to } if from.level == to.level => "Got a little better.".to_owned(),
        Happening::Fell { from, to } => format!("Fell from {} to {}.", level(from), level(to)),
        Happening::Acknowledged { by, until } => {
            format!("{} acknowledged it; without news that holds until {}.", by.name, clock(*until))
        }
        Happening::Unacknowledged { by: Some(by) } => {
            format!("{} took the acknowledgement back: paging goes on.", by.name)
        }
        Happening::Unacknowledged { by: None } => {
            "It is worse than when it was acknowledged: paging begins again.".to_owned()
        }
        Happening::Lapsed { by } => {
            format!("Nothing was heard of {} since the acknowledgement: paging goes on.", by.name)
        }
        Happening::Resolved(Resolution::Recovered) => "Resolved by itself: it is well again.".to_owned(),
        Happening::Resolved(Resolution::ByPerson { by, reason }) if reason.is_empty() => {
            format!("{} resolved it.", by.name)
        }
        Happening::Resolved(Resolution::ByPerson { by, reason }) => {
            format!("{} resolved it: {}", by.name, sentence(reason))
        }
        Happening::Reopened { by } => format!("{} opened it again.", by.name),
        Happening::HandedOver { by, to, until } if by == to => {
            format!("{} took it over; without news that holds until {}.", by.name, clock(*until))
        }
        Happening::HandedOver { by, to, until } => format!(
            "{} handed it over to {}; without news that holds until {}.",
            by.name,
            to.name,
            clock(*until)
        ),
        Happening::Noted { by, text } => format!("{}: {text}", by.name),
        Happening::Pinned { by, kind, title } => {
            format!("{} pinned what was seen: {kind}. {title}", by.name)
        }
        Happening::Unreachable { who, why } => {
            format!("{who} cannot be reached ({why}): the next tier is called.")
        }
        Happening::Paged(effect) => paged(effect, name, clock),
    }
}

fn paged(effect: &Effect, name: impl Fn(&PersonId) -> String, clock: impl Fn(Millis) -> String) -> String {
    match effect {
        Effect::Tell { tier, to, occasion } => {
            let who = match to {
                Recipient::Person { id } => name(id),
                Recipient::Channel { name } => format!("#{name}"),
            };
            match (occasion, to) {
                (Occasion::Reminder, _) => format!("Tier {tier}: {who} is called again."),
                (_, Recipient::Channel { .. }) => format!("Tier {tier}: {who} is told."),
                _ => format!("Tier {tier}: {who} is called."),
            }
        }
        Effect::Skipped { tier, why } => format!("Tier {tier} is skipped: {why}."),
        Effect::StoodIn { tier, by, why } => format!("Tier {by} stands in for tier {tier}: {why}."),
        Effect::Nobody => {
            "Nobody is on call in any tier of the plan. Look at it every minute until somebody is.".to_owned()
        }
        Effect::Held { until } => format!("Silenced: nobody is called before {}.", clock(*until)),
    }
}

fn word(severity: Severity) -> String {
    let mut words = format!("{} {}", severity.level.number(), severity.level.word());
    if severity.level == Level::Warning && severity.urgent {
        words.push_str(" (past its alert line)");
    }
    words
}

fn sentence(text: &str) -> String {
    let text = capitalised(text.trim());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alerts::AlertKey, time::MINUTE};

    fn alert() -> Alert {
        let severity = Severity::new(Level::Critical, true, false);
        Alert::fire(AlertKey::new("wedsync", None, "response_time_ms"), severity, Millis(0), Millis(MINUTE)).0
    }

    fn facts(alert: &Alert) -> Facts<'_> {
        Facts { id: "a1", alert, title: "Response time 16 s", why: "past the critical line of 15 s" }
    }

    #[test]
    fn a_page_says_what_since_when_and_why_this_tier() {
        let mut alert = alert();
        let first = page(facts(&alert), 1, Occasion::Page, Millis(2 * MINUTE), |at| format!("T{}", at.0));
        assert_eq!(first.title, "Response time 16 s on wedsync");
        assert_eq!(first.lines, ["Past the critical line of 15 s.", "Since T0 (2 min)."]);
        assert_eq!((first.path.as_str(), first.alert.as_deref()), ("/alerts/a1", Some("a1")));
        alert.paging.step = 2;
        let second = page(facts(&alert), 2, Occasion::Page, Millis(11 * MINUTE), |_| "then".to_owned());
        assert_eq!(second.lines[2], "Tier 2 is called, because nobody has acknowledged it for 10 min.");
        assert_eq!(first.dedup_key, second.dedup_key);
    }

    #[test]
    fn a_storm_names_the_worst_and_counts_the_rest() {
        let mut alerts: Vec<(Severity, String)> =
            (0..30).map(|n| (Severity::new(Level::Warning, true, false), format!("w{n}"))).collect();
        alerts.push((Severity::new(Level::Emergency, true, false), "the worst".to_owned()));
        let message = storm("storm-1", "wedsync", &alerts, Occasion::Page);
        assert_eq!(message.title, "31 alerts at once on wedsync");
        assert_eq!(message.lines[0], "Emergency: the worst");
        assert_eq!(message.lines[20], "And 11 more.");
        assert_eq!((message.level, message.occasion), (Some(Level::Emergency), Occasion::Storm));
    }
}
