//! The fields of a crisis, one by one, with what is odd about each.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    Couple, Field, PlatformId, Private, Trouble, Unusable, ceremony,
    cleaning::{lines, one_line},
};
use crate::{
    access::EmailAddress,
    notices::Language,
    time::{MINUTE, Millis},
};

/// Long enough for every name; a longer one is no name.
const LONGEST_NAMES: usize = 1_000;
const LONGEST_SUMMARY: usize = 10_000;
const LONGEST_ODD: usize = 500;
/// More addresses than that are a list of something else.
const MOST: usize = 10;
/// The platform's clock may be so much before ours.
const CLOCKS_DIFFER: i64 = MINUTE;

pub(super) struct Reading<'a> {
    fields: &'a Map<String, Value>,
    couple: Option<&'a Map<String, Value>>,
    troubles: Vec<Trouble>,
    unusable: Vec<Unusable>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(fields: &'a Map<String, Value>) -> Reading<'a> {
        let couple = fields.get("couple").and_then(Value::as_object);
        Reading { fields, couple, troubles: Vec::new(), unusable: Vec::new() }
    }

    pub(super) fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    pub(super) fn troubles(mut self) -> Vec<Trouble> {
        self.troubles.sort_unstable();
        self.troubles.dedup();
        self.troubles
    }

    /// An id is a text, or a whole number.
    pub(super) fn id(&self, key: &str) -> Option<PlatformId> {
        match self.fields.get(key)? {
            Value::String(text) => PlatformId::parse(text).ok(),
            Value::Number(number) if number.is_u64() || number.is_i64() => {
                PlatformId::parse(&number.to_string()).ok()
            }
            _ => None,
        }
    }

    pub(super) fn wedding_id(&mut self) -> Option<PlatformId> {
        let id = self.id("wedding_id");
        if id.is_none() {
            let given = self.fields.get("wedding_id");
            self.nothing_from(Field::WeddingId, given, true);
        }
        id
    }

    /// A word in one line.
    pub(super) fn line(&mut self, field: Field, key: &str, longest: usize, needed: bool) -> Option<String> {
        let given = self.fields.get(key);
        self.line_of(field, given, longest, needed)
    }

    pub(super) fn parsed<T: std::str::FromStr>(
        &mut self,
        field: Field,
        key: &str,
        needed: bool,
    ) -> Option<T> {
        let given = self.fields.get(key);
        let text = self.line_of(field, given, LONGEST_ODD, needed)?;
        let read = text.parse().ok();
        if read.is_none() {
            self.cannot_be_used(field, &text);
        }
        read
    }

    pub(super) fn zone(&mut self) -> Option<String> {
        let name = self.line(Field::WeddingZone, "wedding_zone", LONGEST_ODD, false)?;
        if ceremony::zone(&name).is_some() {
            return Some(name);
        }
        self.cannot_be_used(Field::WeddingZone, &name);
        None
    }

    pub(super) fn created_at(&mut self, now: Millis) -> Option<Millis> {
        let given = self.fields.get("created_at");
        let read = match given {
            Some(Value::String(text)) => {
                text.trim().parse::<Timestamp>().ok().map(|at| Millis(at.as_millisecond()))
            }
            Some(Value::Number(number)) => number.as_i64().filter(|at| *at > 0).map(Millis),
            _ => None,
        };
        let Some(at) = read else {
            self.nothing_from(Field::CreatedAt, given, true);
            return None;
        };
        if at.since(now) > CLOCKS_DIFFER {
            self.trouble(Trouble::InTheFuture(Field::CreatedAt));
        }
        Some(at)
    }

    pub(super) fn couple(&mut self) -> Couple {
        let Some(couple) = self.couple else {
            self.troubles.extend([Field::Names, Field::Email].map(Trouble::Missing));
            return Couple { summary: self.summary(), unusable: self.taken_aside(), ..Couple::default() };
        };
        let names = self.names(couple.get("names"));
        let emails = self.each(Field::Email, couple.get("email"), true, |text| {
            EmailAddress::parse(text).ok().map(|address| address.as_str().to_owned())
        });
        let phones = self.each(Field::Phone, couple.get("phone"), false, number);
        let language = self.language(couple.get("language"));
        let given = self.fields.get("venue").or_else(|| couple.get("venue"));
        let venue =
            self.line_of(Field::Venue, given, LONGEST_NAMES, false).map(Private::new).unwrap_or_default();
        let summary = self.summary();
        Couple { names, emails, phones, language, venue, summary, unusable: self.taken_aside() }
    }

    /// A text, or a list of them.
    fn names(&mut self, given: Option<&Value>) -> Private {
        let joined = match given {
            Some(Value::Array(names)) => {
                let names: Vec<&str> = names.iter().take(MOST).filter_map(Value::as_str).collect();
                Some(Value::String(names.join(", ")))
            }
            given => given.cloned(),
        };
        let names = self.line_of(Field::Names, joined.as_ref(), LONGEST_NAMES, true);
        names.map(Private::new).unwrap_or_default()
    }

    fn language(&mut self, given: Option<&Value>) -> Option<Language> {
        let text = self.line_of(Field::Language, given, LONGEST_ODD, true)?;
        let language = Language::parse(&text).ok();
        if language.is_none() {
            self.unusable.push(Unusable { field: Field::Language, given: Private::new(text) });
            self.trouble(Trouble::Unknown(Field::Language));
        }
        language
    }

    fn summary(&mut self) -> Private {
        match self.fields.get("summary") {
            Some(Value::String(text)) => {
                let (kept, taken) = lines(text, LONGEST_SUMMARY);
                if taken {
                    self.trouble(Trouble::Cleaned(Field::Summary));
                }
                Private::new(kept)
            }
            given => {
                self.nothing_from(Field::Summary, given, false);
                Private::default()
            }
        }
    }

    /// Everything in a text ("a@example.com, b@example.com") or a list that can be used; no two of the same.
    fn each(
        &mut self,
        field: Field,
        given: Option<&Value>,
        needed: bool,
        read: impl Fn(&str) -> Option<String>,
    ) -> Vec<Private> {
        let given_texts: Vec<&str> = match given {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(texts)) => texts.iter().take(MOST).filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let parts = given_texts.iter().flat_map(|text| text.split([',', ';'])).map(str::trim);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).take(MOST).collect();
        let mut usable: Vec<Private> = Vec::new();
        for part in &parts {
            match read(part) {
                Some(text) if usable.iter().any(|known| known.expose().eq_ignore_ascii_case(&text)) => {}
                Some(text) => usable.push(Private::new(text)),
                None => self.cannot_be_used(field, part),
            }
        }
        if parts.is_empty() {
            self.nothing_from(field, given, needed);
        }
        if usable.len() > 1 {
            self.trouble(Trouble::Several(field));
        }
        usable
    }

    fn line_of(
        &mut self,
        field: Field,
        given: Option<&Value>,
        longest: usize,
        needed: bool,
    ) -> Option<String> {
        let Some(Value::String(text)) = given else {
            self.nothing_from(field, given, needed);
            return None;
        };
        let (line, taken) = one_line(text, longest);
        if taken {
            self.trouble(Trouble::Cleaned(field));
        }
        if line.is_empty() {
            self.nothing_from(field, None, needed);
            return None;
        }
        Some(line)
    }

    /// It is not there, or of a kind that it cannot be.
    fn nothing_from(&mut self, field: Field, given: Option<&Value>, needed: bool) {
        let is_blank = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        match given {
            Some(value) if !is_blank(value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.cannot_be_used(field, &text);
            }
            _ if needed => self.trouble(Trouble::Missing(field)),
            _ => {}
        }
    }

    fn cannot_be_used(&mut self, field: Field, given: &str) {
        let (given, _) = one_line(given, LONGEST_ODD);
        self.unusable.push(Unusable { field, given: Private::new(given) });
        self.trouble(Trouble::Unreadable(field));
    }

    fn taken_aside(&mut self) -> Vec<Unusable> {
        std::mem::take(&mut self.unusable)
    }
}

/// 5 to 15 digits, with what people write between them.
fn number(text: &str) -> Option<String> {
    let between = |letter: char| matches!(letter, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')');
    let (plus, rest) = text.strip_prefix('+').map_or(("", text), |rest| ("+", rest));
    let digits: String = rest.chars().filter(|letter| !between(*letter)).collect();
    let is_number = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{plus}{digits}"))
}
