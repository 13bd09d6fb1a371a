//! `/settings/connections`: nothing to forward to, one that fails, names that are none.

use super::{Page, page};
use crate::{
    Shell,
    access::{Connections, PlatformRow, ProviderRow, ReceiverRow, WayRow, connections_page},
    monitoring::samples::{HOSTILE, NOW},
};
use domain::time::{HOUR, MINUTE};

pub fn connections(shell: &Shell, hostile: &Shell) -> Vec<Page> {
    let platform = |name: &str, trouble: Option<&str>| PlatformRow {
        name: name.to_owned(),
        address: "https://api.wedsync.com".to_owned(),
        last_answer: trouble.is_none().then(|| NOW.minus(MINUTE)),
        trouble: trouble.map(str::to_owned),
    };
    let receiver = |name: &str, lag: i64, failure: Option<&str>| ReceiverRow {
        name: name.to_owned(),
        what: "syslog over TLS to siem.example.com:6514".to_owned(),
        lag,
        last_success: Some(NOW.minus(HOUR)),
        last_failure: failure.map(|why| (NOW.minus(MINUTE), why.to_owned())),
        failures: if failure.is_some() { 12 } else { 0 },
    };
    let way = |name: &str, waiting: i64, failure: Option<&str>| WayRow {
        name: name.to_owned(),
        what: "Slack webhook at hooks.slack.com".to_owned(),
        waiting,
        oldest: (waiting > 0).then(|| NOW.minus(4 * MINUTE)),
        last_success: Some(NOW.minus(HOUR)),
        last_failure: failure.map(|why| (NOW.minus(MINUTE), why.to_owned())),
        failures: if failure.is_some() { 3 } else { 0 },
    };
    let provider = |label: &str, failure: Option<&str>| ProviderRow {
        label: label.to_owned(),
        issuer: "https://login.wedsync.example/realms/staff".to_owned(),
        redirect: "https://ops.wedsync.example/sign-in/staff/back".to_owned(),
        last_answer: failure.is_none().then(|| NOW.minus(MINUTE)),
        last_failure: failure.map(|why| (NOW.minus(MINUTE), why.to_owned())),
    };
    let empty = Connections {
        now: NOW,
        ways: Vec::new(),
        platforms: vec![platform("wedsync", None)],
        providers: Vec::new(),
        receivers: Vec::new(),
        saved: None,
    };
    let storm = Connections {
        platforms: vec![
            platform("wedsync", None),
            platform("north", Some("nobody answers: connection refused")),
        ],
        ways: vec![
            way("slack:ai-ops-alerts", 0, None),
            way("slack:platform", 14, Some("answered 429: too many requests")),
        ],
        providers: vec![provider("WedSync account", None), provider("Agency", Some("connection refused"))],
        receivers: vec![
            receiver("security", 0, None),
            receiver("archive", 4_210, Some("the connection was refused")),
        ],
        saved: Some(
            "A test record is on its way to security: it has arrived when none is still to come.".to_owned(),
        ),
        ..empty.clone()
    };
    let bad = Connections {
        platforms: vec![platform(HOSTILE, Some(HOSTILE))],
        ways: vec![way(HOSTILE, 1, Some(HOSTILE))],
        providers: vec![provider(HOSTILE, Some(HOSTILE))],
        receivers: vec![receiver(HOSTILE, 1, Some(HOSTILE))],
        saved: Some(HOSTILE.to_owned()),
        ..empty.clone()
    };
    vec![
        page("connections-empty", connections_page(shell, &empty)),
        page("connections-storm", connections_page(shell, &storm)),
        page("connections-hostile", connections_page(hostile, &bad)),
    ]
}
