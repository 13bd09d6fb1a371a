//! The file as a tree in which every value knows where it stands, so that variables can be laid over it.

use std::{collections::BTreeMap, path::Path};

use toml::de::{DeTable, DeValue};

use super::{
    keys::{self, Key, Kind},
    problem::{Place, Problem},
};

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub place: Place,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Text(String),
    Number(f64),
    Flag(bool),
    /// A value that no key takes: a date.
    Other(&'static str),
    List(Vec<Node>),
    Table(Table),
}

impl Content {
    /// "a number": for the sentence about a value of the wrong kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Content::Text(_) => "text",
            Content::Number(_) => "a number",
            Content::Flag(_) => "true or false",
            Content::Other(kind) => kind,
            Content::List(_) => "a list",
            Content::Table(_) => "a section",
        }
    }
}

pub(super) type Table = BTreeMap<String, Node>;

/// Reads the text into a tree. Keys that do not exist are left out of it, and told.
pub(super) fn parse(text: &str, file: &Path, problems: &mut Vec<Problem>) -> Table {
    let positions = Positions { text, file };
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What stands after a broken line may have been read wrongly: nothing is said of it yet.
        problems.extend(errors.iter().map(|error| {
            let at = error.span().map_or(0, |span| span.start);
            positions.problem(at, "", format!("not TOML: {}", error.message()))
        }));
        return Table::new();
    }
    positions.table(document.get_ref(), keys::ROOT, "", problems)
}

struct Positions<'a> {
    text: &'a str,
    file: &'a Path,
}

impl Positions<'_> {
    fn table(
        &self,
        table: &DeTable<'_>,
        known: &'static [Key],
        path: &str,
        problems: &mut Vec<Problem>,
    ) -> Table {
        let mut tree = Table::new();
        for (name, value) in table {
            let at = name.span().start;
            let text = name.get_ref().as_ref();
            let key = joined(path, text);
            match keys::find(known, text) {
                None => {
                    let message = format!("there is no such key; known here are {}", keys::listed(known));
                    problems.push(self.problem(at, &key, message));
                }
                Some(Key { kind: Kind::Secret, .. }) => problems.push(self.problem(
                    at,
                    &key,
                    format!(
                        "a secret does not belong in this file, which is copied, shown and kept: put it in a file \
                         of its own and name that with {text}_file, or in the environment"
                    ),
                )),
                Some(Key { kind, .. }) => {
                    let node = self.node(at, value.get_ref(), kind, &key, problems);
                    tree.insert(text.to_owned(), node);
                }
            }
        }
        tree
    }

    /// `at` is where its key stands, which is what people look for.
    fn node(
        &self,
        at: usize,
        value: &DeValue<'_>,
        kind: &'static Kind,
        key: &str,
        problems: &mut Vec<Problem>,
    ) -> Node {
        let content = match (kind, value) {
            (Kind::Section(known), DeValue::Table(table)) => {
                Content::Table(self.table(table, known, key, problems))
            }
            (Kind::Named(known), DeValue::Table(table)) => {
                let entries = table.iter().map(|(name, value)| {
                    let text = name.get_ref().as_ref();
                    let path = joined(key, text);
                    let node = match value.get_ref() {
                        DeValue::Table(table) => Node {
                            place: self.place(name.span().start),
                            content: Content::Table(self.table(table, known, &path, problems)),
                        },
                        other => Node { place: self.place(name.span().start), content: plain(other) },
                    };
                    (text.to_owned(), node)
                });
                Content::Table(entries.collect())
            }
            (Kind::List(_, known), DeValue::Array(entries)) => Content::List(
                entries
                    .iter()
                    .enumerate()
                    .map(|(index, entry)| {
                        let place = self.place(entry.span().start);
                        let content = match entry.get_ref() {
                            DeValue::Table(table) => {
                                Content::Table(self.table(table, known, &format!("{key}[{index}]"), problems))
                            }
                            other => plain(other),
                        };
                        Node { place, content }
                    })
                    .collect(),
            ),
            (Kind::Texts, DeValue::Array(entries)) => Content::List(
                entries
                    .iter()
                    .map(|entry| Node {
                        place: self.place(entry.span().start),
                        content: plain(entry.get_ref()),
                    })
                    .collect(),
            ),
            (Kind::Tree, whole) => self.whole(whole),
            (_, other) => plain(other),
        };
        Node { place: self.place(at), content }
    }

    /// A value with everything in it.
    fn whole(&self, value: &DeValue<'_>) -> Content {
        let node =
            |at: usize, value: &DeValue<'_>| Node { place: self.place(at), content: self.whole(value) };
        match value {
            DeValue::Array(entries) => {
                Content::List(entries.iter().map(|entry| node(entry.span().start, entry.get_ref())).collect())
            }
            DeValue::Table(table) => Content::Table(
                table
                    .iter()
                    .map(|(name, value)| {
                        (name.get_ref().to_string(), node(name.span().start, value.get_ref()))
                    })
                    .collect(),
            ),
            other => plain(other),
        }
    }

    fn place(&self, at: usize) -> Place {
        let before = self.text.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place::File {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }

    fn problem(&self, at: usize, key: &str, message: String) -> Problem {
        let (line, column) = match self.place(at) {
            Place::File { line, column } => (Some(line), Some(column)),
            Place::Nowhere | Place::Variable(_) => (None, None),
        };
        let file = Some(self.file.to_owned());
        Problem { file, line, column, variable: None, key: key.to_owned(), message }
    }
}

/// A value on its own; the inside of a list or section that stands where none belongs is of no interest.
fn plain(value: &DeValue<'_>) -> Content {
    match value {
        DeValue::String(text) => Content::Text(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or(Content::Other("a number too large"), |integer| Content::Number(integer as f64)),
        DeValue::Float(float) => {
            float.as_str().parse().map_or(Content::Other("an unreadable number"), Content::Number)
        }
        DeValue::Boolean(flag) => Content::Flag(*flag),
        DeValue::Datetime(_) => Content::Other("a date"),
        DeValue::Array(_) => Content::List(Vec::new()),
        DeValue::Table(_) => Content::Table(Table::new()),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
