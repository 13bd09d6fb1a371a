//! What a look came to: a sentence, and what it was made from, as a page draws it and as evidence keeps it.

use std::fmt::Write as _;

use super::Thing;
use crate::{monitoring::range::rfc3339, time::Millis};

/// Evidence is cut off here, in bytes.
pub const LONGEST_EVIDENCE: usize = 32 * 1024;

/// What was seen.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// "2 of 3 pods are ready; one restarted 4 times, last 3 min ago (OOMKilled)."
    pub sentence: String,
    pub tone: Tone,
    pub parts: Vec<Part>,
    /// What is not shown, and why; what is judged how.
    pub notes: Vec<String>,
}

/// How it looks. Not a level of the policy: nobody is called for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tone {
    /// There is nothing to judge.
    Plain,
    Well,
    Warning,
    Critical,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// Names and values.
    Pairs(Vec<(String, String)>),
    Table(Table),
    /// Of a log, oldest first.
    Lines(Vec<super::Line>),
    /// Stretches of time, in milliseconds, one after the other.
    Stages(Vec<(&'static str, f64)>),
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// What it lists: "Pods".
    pub caption: String,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// The column that holds long text.
    pub long: Option<usize>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    pub cells: Vec<String>,
    /// What it is about, where that can be looked at further.
    pub about: Option<Thing>,
    /// It needs a look before the others.
    pub stands_out: bool,
}

impl Report {
    pub fn new(tone: Tone, sentence: impl Into<String>) -> Report {
        Report { sentence: sentence.into(), tone, parts: Vec::new(), notes: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, part: Part) -> Report {
        self.parts.push(part);
        self
    }

    #[must_use]
    pub fn noting(mut self, notes: impl IntoIterator<Item = String>) -> Report {
        self.notes.extend(notes);
        self
    }

    /// All of it as plain text, at most `LONGEST_EVIDENCE` bytes, cut off after a whole line and saying so. Of a log the
    /// newest lines are kept.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.sentence);
        for part in &self.parts {
            text.push('\n');
            part.write(&mut text);
        }
        for note in &self.notes {
            // Writing into a text cannot fail.
            let _ = write!(text, "\n{note}");
        }
        let is_log = self.parts.iter().any(|part| matches!(part, Part::Lines(_)));
        shortened(&self.sentence, text.trim_end(), is_log)
    }
}

const CUT: &str = "(The rest is left out: it was longer than 32 KiB.)";

fn shortened(sentence: &str, text: &str, keeps_end: bool) -> String {
    if text.len() <= LONGEST_EVIDENCE {
        return text.to_owned();
    }
    let room = LONGEST_EVIDENCE.saturating_sub(sentence.len() + CUT.len() + 4);
    if keeps_end {
        let from = (text.len() - room..).find(|place| text.is_char_boundary(*place)).unwrap_or(text.len());
        let rest = &text[from..];
        let whole = rest.split_once('\n').map_or(rest, |(_, whole)| whole);
        return format!("{sentence}\n{CUT}\n\n{whole}");
    }
    let to = (0..=room).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
    let rest = &text[..to];
    let whole = rest.rsplit_once('\n').map_or(rest, |(whole, _)| whole);
    format!("{whole}\n{CUT}")
}

impl Part {
    fn write(&self, text: &mut String) {
        match self {
            Part::Pairs(pairs) => {
                for (name, value) in pairs {
                    let _ = writeln!(text, "{name}: {value}");
                }
            }
            Part::Table(table) => {
                let _ = writeln!(text, "{}\n{}", table.caption, table.columns.join(" | "));
                for row in &table.rows {
                    let _ = writeln!(text, "{}", row.cells.join(" | "));
                }
            }
            Part::Lines(lines) => {
                for line in lines {
                    let _ = match line.at {
                        Some(at) => writeln!(text, "{} {}", rfc3339(at), line.text),
                        None => writeln!(text, "{}", line.text),
                    };
                }
            }
            Part::Stages(stages) => {
                for (name, milliseconds) in stages {
                    let _ = writeln!(text, "{name}: {milliseconds:.1} ms");
                }
            }
        }
    }
}

impl Row {
    pub fn new(cells: impl IntoIterator<Item = String>) -> Row {
        Row { cells: cells.into_iter().collect(), ..Row::default() }
    }
}

/// "3 min ago"; "just now" within a second.
pub(super) fn ago(at: Millis, now: Millis) -> String {
    match now.since(at) {
        ..1_000 => "just now".to_owned(),
        span => format!("{} ago", crate::time::lasting(span)),
    }
}

/// "1 pod", "3 pods".
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(count)),
    }
}

/// "Both", "All 3".
pub(super) fn all_of(count: usize) -> String {
    if count == 2 { "Both".to_owned() } else { format!("All {count}") }
}

pub(super) fn grouped(count: u64) -> String {
    crate::monitoring::wording::value(crate::monitoring::Unit::Count, count as f64)
}
