//! A record as RFC 5424 text. Ready-made formatters stamp the time of sending; a record that waited for a day must
//! arrive with the time of the deed, so this is a small one of our own.

use std::fmt::Write as _;

use domain::audit::{Outcome, Record};

use super::export::moment;

/// "log audit".
const FACILITY: u8 = 13;
/// The longest name of a message (MSGID) that the standard takes.
const LONGEST_ID: usize = 32;

/// The message in its frame: its length in bytes, a blank, the message (RFC 6587, octet counting; RFC 5425).
pub fn frame(record: &Record) -> String {
    let message = message(record);
    format!("{} {message}", message.len())
}

fn message(record: &Record) -> String {
    let severity = match record.outcome() {
        Some(Outcome::Done) => 6,
        Some(Outcome::Refused) => 4,
        Some(Outcome::Failed) | None => 3,
    };
    let priority = FACILITY * 8 + severity;
    let id: String = record.verb.chars().filter(char::is_ascii_graphic).take(LONGEST_ID).collect();
    let id = if id.is_empty() { "-" } else { &id };
    // 32473 is the number that the standard leaves to those without one of their own.
    let mut text = format!("<{priority}>1 {} - bellwether - {id} [audit@32473", moment(record));
    let sequence = record.sequence.to_string();
    let parameters = [
        ("sequence", Some(sequence.as_str())),
        ("verb", Some(&record.verb)),
        ("outcome", Some(&record.outcome)),
        ("actorKind", Some(&record.actor_kind)),
        ("actorId", record.actor_id.as_deref()),
        ("actor", Some(&record.actor_name)),
        ("permission", record.permission.as_deref()),
        ("objectKind", record.object_kind.as_deref()),
        ("objectId", record.object_id.as_deref()),
        ("object", record.object_name.as_deref()),
        ("reason", record.reason.as_deref()),
        ("before", record.before_facts.as_deref()),
        ("after", record.after_facts.as_deref()),
        ("operation", record.operation.as_deref()),
        ("address", record.address.as_deref()),
        ("userAgent", record.user_agent.as_deref()),
        ("requestId", record.request_id.as_deref()),
        ("hash", Some(&record.hash)),
    ];
    for (name, value) in parameters {
        if let Some(value) = value {
            // Writing into a String cannot fail.
            let _ = write!(text, " {name}=\"{}\"", escaped(value));
        }
    }
    // The mark says that the words after it are UTF-8.
    let _ = write!(text, "] \u{feff}{}", record.sentence());
    text
}

/// A parameter's value: quotes, backslashes and closing brackets get a backslash.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    for letter in value.chars() {
        if matches!(letter, '"' | '\\' | ']') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::{
        audit::{Actor, Entry, Hash, Object, Origin},
        time::Millis,
    };

    use super::*;

    #[test]
    fn a_message_is_as_the_standard_wants_it() {
        let entry = Entry::new("person.invited", Actor::person("p1", "Ada \"]\\ Åse"), Origin::default())
            .about(Object::new("person", "p2", "grace@example.com"))
            .refused("no");
        let record = Record::of(7, Millis(1_795_000_000_123), &entry, &Hash::GENESIS);
        let expected = format!(
            "<108>1 2026-11-18T11:06:40.123Z - bellwether - person.invited [audit@32473 sequence=\"7\" \
             verb=\"person.invited\" outcome=\"refused\" actorKind=\"person\" actorId=\"p1\" \
             actor=\"Ada \\\"\\]\\\\ Åse\" objectKind=\"person\" objectId=\"p2\" object=\"grace@example.com\" \
             reason=\"no\" hash=\"{}\"] \u{feff}Ada \"]\\ Åse was not allowed to invite grace@example.com",
            record.hash
        );
        assert_eq!(message(&record), expected);
        assert_eq!(frame(&record), format!("{} {expected}", expected.len()));
    }
}
