//! What providers tell of mails, read from what they send. Whether it is theirs is asked elsewhere; what is of no notice
//! of ours, or only delayed, says nothing.

use serde_json::Value;

use super::{AttemptId, Report};

/// The header that every notice by mail carries, for providers that give a mail another name than ours.
pub const ID_HEADER: &str = "X-Bellwether-Notice";

/// What became of one notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reported {
    pub attempt: AttemptId,
    pub report: Report,
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn reported(message_id: &str, report: Option<Report>) -> Option<Reported> {
    Some(Reported { attempt: AttemptId::of_message_id(message_id)?, report: report? })
}

/// `{"message_id": "<…>", "event": "delivered"}` or `"bounced"`, or a list of them in `events`. In the place of the name
/// of a mail there may be the id of the notice, which text messages carry.
pub fn generic(body: &Value) -> Vec<Reported> {
    let one = |event: &Value| {
        let report = match text(event, "/event") {
            "delivered" => Report::Delivered,
            "bounced" => Report::Bounced,
            _ => return None,
        };
        let attempt = match text(event, "/id") {
            "" => AttemptId::of_message_id(text(event, "/message_id"))?,
            id => by_id(id)?,
        };
        Some(Reported { attempt, report })
    };
    match body.get("events").and_then(Value::as_array) {
        Some(events) => events.iter().filter_map(one).collect(),
        None => one(body).into_iter().collect(),
    }
}

/// A list of events. What SendGrid drops or is blocked at it does not try again.
pub fn sendgrid(body: &Value) -> Vec<Reported> {
    let one = |event: &Value| {
        let report = match text(event, "/event") {
            "delivered" => Some(Report::Delivered),
            "bounce" | "dropped" => Some(Report::Bounced),
            _ => None,
        };
        reported(text(event, "/smtp-id"), report)
    };
    body.as_array().map(|events| events.iter().filter_map(one).collect()).unwrap_or_default()
}

/// One event.
pub fn mailgun(body: &Value) -> Vec<Reported> {
    let report = match (text(body, "/event-data/event"), text(body, "/event-data/severity")) {
        ("delivered", _) => Some(Report::Delivered),
        ("failed", "permanent") => Some(Report::Bounced),
        _ => None,
    };
    reported(text(body, "/event-data/message/headers/message-id"), report).into_iter().collect()
}

/// Types of a bounce after which Postmark itself does not try again, and the mail has not arrived.
const POSTMARK_BOUNCES: [&str; 10] = [
    "HardBounce",
    "SoftBounce",
    "Blocked",
    "BadEmailAddress",
    "SpamNotification",
    "DMARCPolicy",
    "DnsError",
    "Undeliverable",
    "ManuallyDeactivated",
    "TemplateRenderingFailed",
];

/// One event. Postmark gives mails names of its own; the notice stands in the metadata.
pub fn postmark(body: &Value) -> Vec<Reported> {
    let report = match (text(body, "/RecordType"), text(body, "/Type")) {
        ("Delivery", _) => Report::Delivered,
        ("Bounce", of) if POSTMARK_BOUNCES.contains(&of) => Report::Bounced,
        _ => return Vec::new(),
    };
    let attempt = by_id(text(body, "/Metadata/notice"));
    attempt.map(|attempt| Reported { attempt, report }).into_iter().collect()
}

/// What stands in the `Message` of a notification of Amazon SNS, as a notification or as a published event. SES gives
/// mails names of its own; the headers of the original stand beside it.
pub fn ses(message: &Value) -> Vec<Reported> {
    let kind = match text(message, "/notificationType") {
        "" => text(message, "/eventType"),
        kind => kind,
    };
    let report = match (kind, text(message, "/bounce/bounceType")) {
        ("Delivery", _) => Report::Delivered,
        // One that passes is tried again by SES for hours, and ends as a permanent one or not at all.
        ("Bounce", "Permanent") | ("Reject", _) => Report::Bounced,
        _ => return Vec::new(),
    };
    let headers = message.pointer("/mail/headers").and_then(Value::as_array);
    let header = |wanted: &str| {
        let named = |header: &&Value| text(header, "/name").eq_ignore_ascii_case(wanted);
        headers.and_then(|headers| headers.iter().find(named)).map(|header| text(header, "/value"))
    };
    let attempt = header(ID_HEADER).and_then(by_id).or_else(|| {
        let name = header("Message-ID").unwrap_or_else(|| text(message, "/mail/commonHeaders/messageId"));
        AttemptId::of_message_id(name)
    });
    attempt.map(|attempt| Reported { attempt, report }).into_iter().collect()
}

/// An id as it stands by itself.
fn by_id(id: &str) -> Option<AttemptId> {
    AttemptId::of_message_id(&format!("notice.{}@x", id.trim()))
}
