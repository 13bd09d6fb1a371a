//! What somebody types of a couple and their wedding, read before it is kept: on the telephone one asks again at once.

use std::collections::BTreeMap;

use domain::{access::EmailAddress, notices::Language};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};

/// By the platform's names of the fields; what is empty is left out.
pub(super) type Typed = BTreeMap<&'static str, String>;

pub(super) fn typed<const N: usize>(fields: [(&'static str, &str); N]) -> Typed {
    let given = fields.into_iter().filter(|(_, text)| !text.is_empty());
    given.map(|(name, text)| (name, text.to_owned())).collect()
}

/// Each field that could not be used, with the sentence for whoever typed it.
pub(super) fn unusable(typed: &Typed) -> Vec<(&'static str, String)> {
    let mut unusable = Vec::new();
    let mut check = |name: &'static str, is_usable: fn(&str) -> bool, why: &str| {
        if typed.get(name).is_some_and(|text| !is_usable(text)) {
            unusable.push((name, why.to_owned()));
        }
    };
    check("email", |text| EmailAddress::parse(text).is_ok(), "It is not an e-mail address.");
    check("phone", is_number, "It is neither a telephone number nor an e-mail address.");
    check("wedding_date", |text| text.parse::<Date>().is_ok(), "It is not a day; write it as 2026-11-24.");
    check("wedding_time", |text| text.parse::<Time>().is_ok(), "It is not a time; write it as 14:30.");
    check(
        "wedding_zone",
        |text| TimeZone::get(text).is_ok(),
        "There is no time zone of that name; write it as Europe/Stockholm.",
    );
    check(
        "language",
        |text| Language::parse(text).is_ok(),
        "It is not the tag of a language, such as en or de-CH.",
    );
    unusable
}

/// 5 to 15 digits, with what people write between them, as `domain` reads what a platform gives.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_plain = |letter: char| letter.is_ascii_digit() || " -./()\u{a0}".contains(letter);
    (5..=15).contains(&digits) && text.strip_prefix('+').unwrap_or(text).chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named_and_the_rest_is_not() {
        let usable = typed([
            ("email", "ada@example.com"),
            ("phone", "+46 (70) 123-41 18"),
            ("wedding_date", "2026-11-28"),
            ("wedding_time", "12:30"),
            ("wedding_zone", "Europe/Stockholm"),
            ("language", "de-CH"),
            ("venue", ""),
        ]);
        assert_eq!(usable.len(), 6, "what is empty is left out");
        assert_eq!(unusable(&usable), []);
        for (name, text) in [
            ("email", "ada at example"),
            ("phone", "12"),
            ("phone", "ask her mother"),
            ("phone", "0701+2341"),
            ("wedding_date", "2026-02-30"),
            ("wedding_time", "25:00"),
            ("wedding_zone", "CEST"),
            ("language", "Swedish"),
        ] {
            let wrong = unusable(&typed([(name, text)]));
            assert_eq!(wrong.len(), 1, "{text}");
            assert_eq!(wrong[0].0, name);
            assert!(!wrong[0].1.contains(text), "it is not repeated");
        }
    }
}
