//! What senders send: as they do, and as nobody should.

use domain::{
    alerts::outside::{Report, ReportTold, SeverityWords},
    monitoring::Level,
    time::Millis,
};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    inbound::{MOST_ALERTS, Read, Unreadable},
    inbound_alertmanager::read_alertmanager,
    inbound_pagerduty::read_pagerduty,
};

fn read(payload: &Value) -> Result<Read, Unreadable> {
    read_alertmanager(payload.to_string().as_bytes(), &SeverityWords::default())
}

fn alert(status: &str, fingerprint: &str) -> Value {
    json!({
        "status": status,
        "labels": {"alertname": "DiskFull", "severity": "critical", "service": "optimization"},
        "annotations": {"summary": "The disk is full", "description": "98 % of 2 TB", "runbook_url": "https://runbooks.example/disk"},
        "startsAt": "2026-11-18T17:00:00.123Z", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example/graph?g0.expr=up", "fingerprint": fingerprint,
    })
}

fn payload(alerts: &[Value]) -> Value {
    json!({"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "bellwether", "alerts": alerts,
           "externalURL": "https://alertmanager.example", "truncatedAlerts": 0, "something_new": {"a": [1, 2]}})
}

fn firing(report: &Report) -> (Level, &str, &str, Option<Millis>) {
    match &report.told {
        ReportTold::Firing { level, title, why, began_at, .. } => (*level, title, why, *began_at),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_alert_of_alertmanager_is_read_with_its_words_and_links() {
    let read = read(&payload(&[alert("firing", "f00d"), alert("resolved", "beef")])).unwrap();
    assert!(read.refused.is_empty());
    let (_, report) = &read.reports[0];
    assert_eq!((report.metric.as_str(), report.service.as_deref()), ("am:f00d", Some("optimization")));
    let began = Millis(1_795_021_200_123);
    assert_eq!(firing(report), (Level::Critical, "The disk is full", "98 % of 2 TB", Some(began)));
    let ReportTold::Firing { labels, .. } = &report.told else { panic!() };
    assert_eq!(labels["runbook_url"], "https://runbooks.example/disk");
    assert_eq!(labels["externalURL"], "https://alertmanager.example");
    assert!(labels.contains_key("generatorURL") && labels["service"] == "optimization");
    assert_eq!(read.reports[1].1.told, ReportTold::Resolved);
}

#[test]
fn the_bad_alert_is_named_and_the_good_ones_count() {
    let bad = [
        json!(5),
        json!({"status": "sunny", "fingerprint": "a"}),
        json!({"status": "firing"}),
        json!({"status": "firing", "fingerprint": "b", "labels": {"x": {"y": 1}}}),
        json!({"fingerprint": "c"}),
    ];
    let mut alerts = bad.to_vec();
    alerts.insert(2, alert("firing", "good"));
    let read = read(&payload(&alerts)).unwrap();
    assert_eq!(read.reports.len(), 1);
    assert_eq!(read.reports[0].0, 2);
    let places: Vec<usize> = read.refused.iter().map(|refused| refused.place).collect();
    assert_eq!(places, [0, 1, 3, 4, 5]);
    assert_eq!(read.refused[1].why, "the status is \"sunny\"; expected firing or resolved");
    assert_eq!(read.refused[3].why, "labels.x is no text");
}

#[test]
fn what_is_no_payload_says_why() {
    let words = SeverityWords::default();
    let refused = |bytes: &[u8]| read_alertmanager(bytes, &words).unwrap_err();
    assert!(matches!(refused(b"<html>"), Unreadable::NotJson(_)));
    assert!(matches!(refused(b"{\"version\":\"4\",\"alerts\":[{]"), Unreadable::NotJson(_)));
    assert!(matches!(refused(b"\xff\xfe"), Unreadable::NotJson(_)));
    assert!(matches!(refused(b"[]"), Unreadable::Other(_)));
    assert_eq!(refused(b"{\"alerts\":[]}").to_string(), "the version is none; expected \"4\"");
    assert_eq!(
        refused(b"{\"version\":\"3\",\"alerts\":[]}").to_string(),
        "the version is \"3\"; expected \"4\""
    );
    let many = format!("{{\"version\":\"4\",\"alerts\":[{}0]}}", "0,".repeat(MOST_ALERTS));
    assert_eq!(refused(many.as_bytes()).to_string(), "50001 alerts at once; expected 50000 at the most");
}

#[test]
fn absurd_times_and_texts_stay_possible() {
    let mut odd = alert("firing", "x\u{0}y");
    odd["startsAt"] = json!("0001-01-01T00:00:00Z");
    odd["labels"]["huge"] = json!("h".repeat(1_000_000));
    odd["annotations"]["summary"] = json!("\u{1b}[31mred\u{202e}der\u{0}");
    let read = read(&payload(&[odd])).unwrap();
    let report = &read.reports[0].1;
    let (_, title, _, began) = firing(report);
    assert_eq!((title, began), ("[31mred der", None));
    assert!(report.metric.starts_with("am:sha256:"), "{}", report.metric);
    let ReportTold::Firing { labels, .. } = &report.told else { panic!() };
    assert_eq!(labels["huge"].chars().count(), 1_024);
}

#[test]
fn deep_nesting_is_passed_over_or_refused_and_never_too_deep() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let unknown = format!("{{\"version\":\"4\",\"alerts\":[],\"more\":{deep}}}");
    assert_eq!(read_alertmanager(unknown.as_bytes(), &SeverityWords::default()), Ok(Read::default()));
    let inside =
        format!("{{\"version\":\"4\",\"alerts\":[{{\"status\":\"firing\",\"labels\":{{\"a\":{deep}}}}}]}}");
    let read = read_alertmanager(inside.as_bytes(), &SeverityWords::default()).unwrap();
    assert_eq!((read.reports.len(), read.refused.len()), (0, 1));
    let event = format!("{{\"routing_key\":\"k\",\"event_action\":\"trigger\",\"payload\":{deep}}}");
    assert!(read_pagerduty(event.as_bytes()).is_err());
}

#[test]
fn an_event_of_pagerduty_is_read() {
    let event = json!({
        "routing_key": "marked-key", "event_action": "trigger", "dedup_key": "disk-1",
        "payload": {"summary": "Disk full", "source": "db-1", "severity": "error", "component": "optimization",
                    "timestamp": "2026-11-18T17:00:00Z", "custom_details": {"free": 2, "deep": {"a": 1}}},
        "links": [{"href": "https://wiki.example/disk", "text": "Wiki"}, {"href": "javascript:x", "text": "No"}],
        "client": "Monitor", "client_url": "https://monitor.example",
    });
    let event = read_pagerduty(event.to_string().as_bytes()).unwrap();
    assert_eq!(event.routing_key.expose_secret(), "marked-key");
    assert_eq!(event.dedup_key.as_deref(), Some("disk-1"));
    let report = event.report("disk-1");
    assert_eq!((report.metric.as_str(), report.service.as_deref()), ("pd:disk-1", Some("optimization")));
    assert_eq!(firing(&report).0, Level::Critical);
    assert_eq!(firing(&report).2, "source db-1, component optimization");
    let ReportTold::Firing { labels, .. } = &report.told else { panic!() };
    assert_eq!(labels["link: Wiki"], "https://wiki.example/disk");
    assert!(!labels.contains_key("link: No") && !labels.contains_key("deep"));
    assert_eq!(labels["free"], "2");
}

#[test]
fn everything_that_is_wrong_with_an_event_is_said_at_once() {
    let errors = |event: Value| read_pagerduty(event.to_string().as_bytes()).unwrap_err();
    assert_eq!(
        errors(json!({})),
        ["'routing_key' is missing or blank", "'event_action' is missing or blank"]
    );
    assert_eq!(
        errors(json!({"routing_key": "k", "event_action": "trigger", "payload": {"severity": "bad"}})),
        [
            "'payload.summary' is missing or blank",
            "'payload.source' is missing or blank",
            "'payload.severity' is invalid (must be one of the following: critical, error, warning, info)"
        ]
    );
    assert_eq!(
        errors(json!({"routing_key": "k", "event_action": "resolve"})),
        ["'dedup_key' is missing or blank; 'resolve' needs one"]
    );
    assert_eq!(
        errors(json!({"routing_key": "k", "event_action": "resolve", "dedup_key": "k".repeat(256)})),
        ["'dedup_key' is longer than 255 characters"]
    );
    let long = json!({"routing_key": "k", "event_action": "trigger",
        "payload": {"summary": "s".repeat(1_025), "source": "x", "severity": "info"}});
    assert_eq!(errors(long), ["'payload.summary' is longer than 1024 characters"]);
    assert!(read_pagerduty(b"nonsense").unwrap_err()[0].starts_with("Invalid JSON"));
}

/// JSON that is nearly a payload: the right names with any values.
fn nearly() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![Just("4"), Just("firing"), Just("resolved"), Just("trigger"), Just("critical")]
            .prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("version"),
        Just("alerts"),
        Just("status"),
        Just("labels"),
        Just("annotations"),
        Just("startsAt"),
        Just("fingerprint"),
        Just("generatorURL"),
        Just("externalURL"),
        Just("payload"),
        Just("summary"),
        Just("routing_key"),
        Just("event_action"),
        Just("dedup_key"),
        Just("custom_details"),
        Just("links"),
    ]
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_alertmanager(&bytes, &SeverityWords::default());
        let _ = read_pagerduty(&bytes);
    }

    #[test]
    fn any_json_of_the_right_names_is_read_or_refused(value in nearly(), alerts in prop::collection::vec(nearly(), 0..5)) {
        let _ = read(&value);
        let _ = read_pagerduty(value.to_string().as_bytes());
        let read = read(&payload(&alerts)).unwrap();
        prop_assert_eq!(read.reports.len() + read.refused.len(), alerts.len());
    }
}
