//! The lines of a backup: gzip over NDJSON. First a header; then of each table a line that names it, and a line for each
//! row, in the order of its key; at the end how many rows there were, and SHA-256 of every byte before.

use std::{collections::BTreeMap, fmt::Write};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What `Header::what` says.
pub(super) const WHAT: &str = "bellwether backup";
/// One higher with each change that an older console could not read.
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    pub what: String,
    pub format: u32,
    /// The console that wrote it: "0.1.0".
    pub version: String,
    /// The number of the last migration of the database.
    pub schema: i64,
    pub made_at_ms: i64,
    /// "sqlite" or "postgresql"; it can be put into either.
    pub database: String,
    pub tables: Vec<Columns>,
    /// Tables that the database had and the backup has not.
    pub left_out: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Columns {
    pub table: String,
    /// In the order in which a row tells them.
    pub columns: Vec<String>,
}

/// What follows is of this table.
#[derive(Serialize, Deserialize)]
pub(super) struct Section {
    pub table: String,
}

/// The last line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Trailer {
    pub rows: BTreeMap<String, u64>,
    /// In hexadecimal letters.
    pub sha256: String,
}

/// What a column holds. The console's schema has no others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Text,
    Whole,
    Real,
}

/// One value of a row.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Null,
    Text(String),
    Whole(i64),
    Real(f64),
}

impl Value {
    /// What stands in a line, for a column of this kind; `None` when it cannot be that column's.
    pub fn read(json: Json, kind: Kind) -> Option<Value> {
        match (kind, json) {
            (_, Json::Null) => Some(Value::Null),
            (Kind::Text, Json::String(text)) => Some(Value::Text(text)),
            (Kind::Whole, Json::Number(number)) => number.as_i64().map(Value::Whole),
            (Kind::Real, Json::Number(number)) => number.as_f64().map(Value::Real),
            // What JSON has no number for.
            (Kind::Real, Json::String(text)) => text.parse().ok().map(Value::Real),
            _ => None,
        }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Value::Text(text) => text.len() + 8,
            _ => 8,
        }
    }
}

/// A line that is written value by value: `[1,"a",null]`.
pub(super) struct RowWriter<'a> {
    out: &'a mut String,
    is_first: bool,
}

impl RowWriter<'_> {
    pub fn begin(out: &mut String) -> RowWriter<'_> {
        out.push('[');
        RowWriter { out, is_first: true }
    }

    pub fn null(&mut self) {
        self.comma();
        self.out.push_str("null");
    }

    pub fn whole(&mut self, number: i64) {
        self.comma();
        // Writing into a text does not fail.
        let _ = write!(self.out, "{number}");
    }

    pub fn real(&mut self, number: f64) {
        let words = match number.is_finite() {
            // The shortest that is read back as the same.
            true => Json::from(number).to_string(),
            false => format!("\"{number}\""),
        };
        self.comma();
        self.out.push_str(&words);
    }

    pub fn text(&mut self, text: &str) {
        self.comma();
        escape(self.out, text);
    }

    pub fn end(self) {
        self.out.push_str("]\n");
    }

    fn comma(&mut self) {
        if !self.is_first {
            self.out.push(',');
        }
        self.is_first = false;
    }
}

/// As JSON has it.
fn escape(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        match short {
            "" => drop(write!(out, "\\u{byte:04x}")),
            short => out.push_str(short),
        }
        plain = at + 1;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_is_read_back_as_it_was(text in any::<String>(), whole: i64, real: f64) {
            let mut line = String::new();
            let mut row = RowWriter::begin(&mut line);
            row.text(&text);
            row.whole(whole);
            row.null();
            row.real(real);
            row.end();
            prop_assert_eq!(line.matches('\n').count(), 1);
            let read: Vec<Json> = serde_json::from_str(&line).unwrap();
            let kinds = [Kind::Text, Kind::Whole, Kind::Text, Kind::Real];
            let read: Vec<_> = read.into_iter().zip(kinds).map(|(json, kind)| Value::read(json, kind)).collect();
            prop_assert_eq!(&read[..3], &[Some(Value::Text(text)), Some(Value::Whole(whole)), Some(Value::Null)]);
            let Some(Value::Real(back)) = read[3] else { panic!("{read:?}") };
            prop_assert!(back.to_bits() == real.to_bits() || (back.is_nan() && real.is_nan()));
        }
    }

    #[test]
    fn a_value_of_another_kind_is_none_of_the_column() {
        for (json, kind) in [
            (Json::from(1), Kind::Text),
            (Json::from("1"), Kind::Whole),
            (Json::from(1.5), Kind::Whole),
            (Json::from(u64::MAX), Kind::Whole),
            (Json::from("one"), Kind::Real),
            (Json::Bool(true), Kind::Text),
        ] {
            assert_eq!(Value::read(json.clone(), kind), None, "{json} as {kind:?}");
        }
        for real in [f64::INFINITY, f64::NEG_INFINITY] {
            let mut line = String::new();
            let mut row = RowWriter::begin(&mut line);
            row.real(real);
            row.end();
            let mut read: Vec<Json> = serde_json::from_str(&line).unwrap();
            assert_eq!(Value::read(read.remove(0), Kind::Real), Some(Value::Real(real)));
        }
    }
}
