//! The fields of a JSON object, each still as it was written, so that one that cannot be read spoils no other.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// Texts of the other side stand in our sentences only up to here.
const SHOWN: usize = 40;

/// The fields by name. One that stands there twice says two things, and neither can be believed.
#[derive(Debug)]
pub struct Fields<'a>(BTreeMap<String, Field<'a>>);

#[derive(Debug)]
enum Field<'a> {
    Once(&'a RawValue),
    Twice,
}

/// One field, read.
#[derive(Clone, PartialEq, Debug)]
pub enum Read<T> {
    /// Not there, or null.
    Absent,
    Value(T),
    /// There, and not to be believed; with the reason.
    Wrong(String),
}

impl<T> Read<T> {
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Result<U, String>) -> Read<U> {
        match self {
            Read::Absent => Read::Absent,
            Read::Wrong(why) => Read::Wrong(why),
            Read::Value(value) => match read(value) {
                Ok(value) => Read::Value(value),
                Err(why) => Read::Wrong(why),
            },
        }
    }

    pub fn value(self) -> Option<T> {
        match self {
            Read::Value(value) => Some(value),
            Read::Absent | Read::Wrong(_) => None,
        }
    }
}

impl<'a> Fields<'a> {
    /// # Errors
    /// In a few words, why this is no JSON object.
    pub fn of(bytes: &'a [u8]) -> Result<Fields<'a>, &'static str> {
        let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        match start {
            None => return Err("an empty answer"),
            Some(b'<') => return Err("HTML, not JSON"),
            Some(_) => {}
        }
        serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => "not JSON: it ends too early",
            serde_json::error::Category::Data => "JSON, but not an object",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "not JSON",
        })
    }

    pub fn number(&self, name: &str) -> Read<f64> {
        let Some(field) = self.0.get(name) else { return Read::Absent };
        let Field::Once(raw) = field else { return Read::Wrong("stands there twice".to_owned()) };
        let text = raw.get();
        if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            // The JSON library reads some fractions as their neighbour; what was written is what is taken.
            // 1e999 is JSON, and no number that can be held.
            return match text.parse() {
                Ok(number) if f64::is_finite(number) => Read::Value(number),
                _ => Read::Wrong("a number too large".to_owned()),
            };
        }
        match serde_json::from_str(text) {
            Ok(Value::Null) => Read::Absent,
            Ok(other) => Read::Wrong(format!("{}, expected a number", kind(&other))),
            Err(_) => Read::Wrong("cannot be read, expected a number".to_owned()),
        }
    }

    /// A whole number from 0.
    pub fn whole(&self, name: &str) -> Read<u64> {
        self.number(name).and_then(|number| {
            if number < 0.0 {
                Err(format!("{number} is below 0"))
            } else if number.fract() != 0.0 {
                Err(format!("{number} is not a whole number"))
            } else if number > 9e15 {
                Err(format!("{number} is beyond anything measured here"))
            } else {
                Ok(number as u64)
            }
        })
    }

    pub fn text(&self, name: &str) -> Read<String> {
        let Some(field) = self.0.get(name) else { return Read::Absent };
        let Field::Once(raw) = field else { return Read::Wrong("stands there twice".to_owned()) };
        match serde_json::from_str(raw.get()) {
            Ok(Value::Null) => Read::Absent,
            Ok(Value::String(text)) => Read::Value(text),
            Ok(other) => Read::Wrong(format!("{}, expected text", kind(&other))),
            Err(_) => Read::Wrong("cannot be read, expected text".to_owned()),
        }
    }

    /// The objects of a list, each still as it was written.
    pub fn list(&self, name: &str) -> Read<Vec<&'a RawValue>> {
        let Some(field) = self.0.get(name) else { return Read::Absent };
        let Field::Once(raw) = field else { return Read::Wrong("stands there twice".to_owned()) };
        match serde_json::from_str::<Option<Vec<&'a RawValue>>>(raw.get()) {
            Ok(Some(entries)) => Read::Value(entries),
            Ok(None) => Read::Absent,
            Err(_) => Read::Wrong("not a list".to_owned()),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A word of the other side in quotes, cut off where it grows long, with nothing in it that moves a cursor.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{:?}", format!("{short}{more}"))
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields<'de>, M::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    fields
                        .entry(name)
                        .and_modify(|field| *field = Field::Twice)
                        .or_insert(Field::Once(value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
