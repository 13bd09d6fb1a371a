use serde_json::{Value, json};

use super::*;
use crate::notices::reports::{self, Reported};

const ID: &str = "0199c0de-7f00-7abc-8def-0123456789ab";

#[track_caller]
fn check(read: fn(&Value) -> Vec<Reported>, body: Value, expected: Option<Report>) {
    let attempt = AttemptId(ID.to_owned());
    let expected: Vec<Reported> = expected.map(|report| Reported { attempt, report }).into_iter().collect();
    assert_eq!(read(&body), expected, "{body}");
}

fn name() -> String {
    AttemptId(ID.to_owned()).message_id("console.example.com")
}

#[test]
fn each_provider_is_read_in_its_own_words() {
    let (delivered, bounced) = (Some(Report::Delivered), Some(Report::Bounced));
    check(reports::generic, json!({ "message_id": name(), "event": "delivered" }), delivered);
    check(reports::generic, json!({ "events": [{ "id": ID, "event": "bounced" }] }), bounced);
    check(reports::generic, json!({ "message_id": name(), "event": "opened" }), None);
    check(reports::generic, json!({ "message_id": "<x@y>", "event": "bounced" }), None);
    check(reports::generic, json!("delivered"), None);

    let sendgrid = |event: &str| json!([{ "email": "a@example.com", "event": event, "smtp-id": name() }]);
    check(reports::sendgrid, sendgrid("delivered"), delivered);
    check(reports::sendgrid, sendgrid("bounce"), bounced);
    check(reports::sendgrid, sendgrid("dropped"), bounced);
    check(reports::sendgrid, sendgrid("deferred"), None);

    let mailgun = |event: &str, severity: &str| {
        let bare = name().trim_matches(['<', '>']).to_owned();
        json!({ "event-data": { "event": event, "severity": severity,
            "message": { "headers": { "message-id": bare } } } })
    };
    check(reports::mailgun, mailgun("delivered", ""), delivered);
    check(reports::mailgun, mailgun("failed", "permanent"), bounced);
    check(reports::mailgun, mailgun("failed", "temporary"), None);

    let postmark = |record: &str, of: &str| json!({ "RecordType": record, "Type": of, "MessageID": "their own", "Metadata": { "notice": ID } });
    check(reports::postmark, postmark("Delivery", ""), delivered);
    check(reports::postmark, postmark("Bounce", "HardBounce"), bounced);
    check(reports::postmark, postmark("Bounce", "AutoResponder"), None);
    check(reports::postmark, postmark("SpamComplaint", "SpamComplaint"), None);

    let ses = |key: &str, kind: &str, of: &str, header: &str, value: &str| {
        json!({ key: kind, "bounce": { "bounceType": of }, "mail": { "messageId": "their own",
            "headers": [{ "name": "To", "value": "a@example.com" }, { "name": header, "value": value }] } })
    };
    check(reports::ses, ses("notificationType", "Delivery", "", "X-Bellwether-Notice", ID), delivered);
    check(reports::ses, ses("eventType", "Bounce", "Permanent", "message-id", &name()), bounced);
    check(reports::ses, ses("notificationType", "Bounce", "Transient", "X-Bellwether-Notice", ID), None);
    check(reports::ses, ses("notificationType", "Delivery", "", "X-Bellwether-Notice", "a b"), None);
    check(reports::ses, json!({ "notificationType": "Delivery", "mail": {} }), None);
}
