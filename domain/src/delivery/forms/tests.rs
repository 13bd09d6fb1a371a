//! What each way really says, and that nobody can make it say something else.

use super::{Outgoing, mail, pagerduty, slack, webhook};
use crate::{
    delivery::{Message, Occasion},
    monitoring::Level,
    time::Millis,
};

const HOSTILE: &str =
    "<!channel> </title><script>alert(1)</script> & \"quoted\"\r\nBcc: x@example.com\u{202e}";

fn message(occasion: Occasion, title: &str) -> Message {
    Message {
        occasion,
        level: Some(Level::Critical),
        title: title.to_owned(),
        lines: vec!["It misses its target of 5 s.".to_owned(), format!("Summary: {title}")],
        path: "/alerts/0199".to_owned(),
        alert: Some("0199".to_owned()),
        dedup_key: "bellwether-0199".to_owned(),
        asks: None,
    }
}

fn outgoing(message: &Message, is_repeated: bool) -> Outgoing<'_> {
    Outgoing {
        message,
        id: "0199-d",
        link: "https://console.example.com/alerts/0199?a=1&b=2",
        at: Millis(1_795_000_000_000),
        is_repeated,
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn slack_has_blocks_a_text_and_buttons() {
    let page = message(Occasion::Page, "Response time 16 s on wedsync");
    insta::assert_snapshot!("slack-page", pretty(&slack::body(&outgoing(&page, false), true)));
    let hostile = message(Occasion::Reminder, HOSTILE);
    insta::assert_snapshot!("slack-hostile", pretty(&slack::body(&outgoing(&hostile, true), true)));
    let acknowledged = message(Occasion::Acknowledged, "Response time 16 s on wedsync");
    let acknowledged = slack::body(&outgoing(&acknowledged, false), true).to_string();
    assert!(acknowledged.contains(slack::RESOLVE) && !acknowledged.contains(slack::ACKNOWLEDGE));
    for told in [
        slack::body(&outgoing(&message(Occasion::Resolved, "a"), false), true),
        slack::body(&outgoing(&page, false), false),
    ] {
        assert!(!told.to_string().contains("\"actions\""), "{told}");
    }
}

#[test]
fn a_mail_says_the_same_twice() {
    let page = message(Occasion::Page, "Response time 16 s on wedsync");
    let letter = mail::letter(
        &outgoing(&page, false),
        Some(mail::Press::acknowledge("https://console.example.com/ack/marked-token")),
    );
    insta::assert_snapshot!("mail-page", format!("{}\n\n{}\n{}", letter.subject, letter.text, letter.html));
    let hostile = message(Occasion::Page, HOSTILE);
    let letter = mail::letter(&outgoing(&hostile, true), None);
    insta::assert_snapshot!(
        "mail-hostile",
        format!("{}\n\n{}\n{}", letter.subject, letter.text, letter.html)
    );
    assert!(!letter.subject.contains(['\r', '\n']), "a header could be added: {}", letter.subject);
    assert!(!letter.html.contains("<script"), "{}", letter.html);
}

#[test]
fn pagerduty_follows_the_alert_under_one_key() {
    let told =
        |occasion| pretty(&pagerduty::event(&outgoing(&message(occasion, HOSTILE), false), "marked-key"));
    insta::assert_snapshot!("pagerduty-trigger", told(Occasion::Page));
    insta::assert_snapshot!("pagerduty-acknowledge", told(Occasion::Acknowledged));
    insta::assert_snapshot!("pagerduty-resolve", told(Occasion::Resolved));
    let long = message(Occasion::Page, &"é".repeat(5_000));
    let event = pagerduty::event(&outgoing(&long, false), "k");
    assert!(event["payload"]["summary"].as_str().unwrap().chars().count() <= 1_024);
}

#[test]
fn a_webhook_gets_it_as_json() {
    let told = message(Occasion::Storm, "12 alerts on wedsync");
    insta::assert_snapshot!("webhook-storm", pretty(&webhook::body(&outgoing(&told, true))));
}

#[test]
fn every_occasion_says_what_it_is_in_one_line() {
    for (occasion, words) in [
        (Occasion::Page, "◆ Critical: It is slow"),
        (Occasion::Reminder, "◆ Critical, not acknowledged: It is slow"),
        (Occasion::Storm, "◆ Critical: It is slow"),
        (Occasion::Acknowledged, "Acknowledged: It is slow"),
        (Occasion::Resolved, "✓ Resolved: It is slow"),
        (Occasion::Test, "TEST: It is slow"),
        (Occasion::Reminding, "It is slow"),
    ] {
        let message = message(occasion, "It is slow");
        assert_eq!(outgoing(&message, false).headline(), words);
        assert_eq!(outgoing(&message, true).headline(), format!("{words} (repeated)"));
        assert_eq!(outgoing(&message, false).can_be_acknowledged(), occasion.calls());
    }
}

#[test]
fn a_storm_of_lines_is_cut_and_says_so() {
    let mut many = message(Occasion::Storm, "300 alerts");
    many.lines = (0..300).map(|n| format!("Alert {n}")).collect();
    let lines = outgoing(&many, false).lines();
    assert_eq!(lines.len(), 41);
    assert_eq!(lines[40], "And 260 more; the page has all.");
}
