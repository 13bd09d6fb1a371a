//! The platform's database: what it is at, what is slow, what couples said, what lacks a score.

use super::{
    Part, Report, Row, Table, Tone, mask,
    report::{counted, grouped},
};

/// A statement that runs longer than this is held up, in seconds.
const LONG_RUNNING: f64 = 30.0;
/// A mean time that a person feels, in milliseconds.
const SLOW: f64 = 1_000.0;
/// Of all optimizations.
const MANY_GAPS: f64 = 0.1;

/// Rows as the database answered them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub notes: Vec<String>,
}

impl Rows {
    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|one| one == column)
    }

    /// The values of a column as numbers; what is none is left out.
    fn numbers(&self, column: &str) -> Vec<f64> {
        let Some(place) = self.place(column) else { return Vec::new() };
        self.rows.iter().filter_map(|row| row.get(place)?.parse::<f64>().ok()).collect()
    }

    fn first<'a>(&self, row: Option<&'a Vec<String>>, column: &str) -> Option<&'a str> {
        let place = self.place(column)?;
        row?.get(place).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The report with the rows as its table.
    fn told(&self, caption: &str, report: Report, stands_out: impl Fn(&[String]) -> bool) -> Report {
        let report = report.noting(self.notes.iter().cloned());
        if self.rows.is_empty() {
            return report;
        }
        // A figure is no telephone number, however long it is.
        let cell = |cell: &String| match cell.as_str() {
            "" => "\u{2013}".to_owned(),
            figure if figure.parse::<f64>().is_ok() => figure.to_owned(),
            text => mask(text),
        };
        let rows =
            self.rows.iter().map(|row| Row { stands_out: stands_out(row), ..Row::new(row.iter().map(cell)) });
        report.with(Part::Table(Table {
            caption: caption.to_owned(),
            columns: self.columns.iter().map(|column| heading(column)).collect(),
            rows: rows.collect(),
            long: self.place("query"),
        }))
    }
}

/// `mean_ms` as a person reads it: "Mean, ms".
fn heading(column: &str) -> String {
    let words = match column {
        "pid" => "Process".to_owned(),
        "query" => "Statement".to_owned(),
        "under_0_7" => "under 0.7".to_owned(),
        other => match other.strip_suffix("_ms") {
            Some(what) => format!("{}, ms", what.replace('_', " ")),
            None => other.replace('_', " "),
        },
    };
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What runs now, the longest first: columns `seconds`, `waits_for`, `query`.
pub fn active(rows: &Rows) -> Report {
    let longest = rows.numbers("seconds").into_iter().reduce(f64::max);
    let waits = rows.first(rows.rows.first(), "waits_for").map(|on| format!(", waiting for {on}"));
    let (tone, sentence) = match (rows.rows.len(), longest) {
        (0, _) => (Tone::Well, "No statement runs at this moment.".to_owned()),
        (count, longest) => {
            let run = if count == 1 { "runs" } else { "run" };
            let longest = longest.unwrap_or_default();
            let tone = if longest >= LONG_RUNNING { Tone::Warning } else { Tone::Well };
            let which = if count == 1 { "so far" } else { "the longest" };
            let words = format!(
                "{} {run}, {which} for {longest:.1} s{}.",
                counted(count as u64, "statement", "statements"),
                waits.unwrap_or_default()
            );
            (tone, words)
        }
    };
    let seconds = rows.place("seconds");
    rows.told("Statements that run now", Report::new(tone, sentence), |row| {
        let seconds = seconds.and_then(|place| row.get(place)?.parse::<f64>().ok());
        seconds.is_some_and(|seconds| seconds >= LONG_RUNNING)
    })
}

/// The slowest by their mean time: columns `mean_ms`, `calls`, `query`.
pub fn slowest(rows: &Rows) -> Report {
    let mean = rows.numbers("mean_ms").into_iter().reduce(f64::max);
    let calls = rows.numbers("calls").first().copied().unwrap_or_default();
    let (tone, sentence) = match mean {
        None => (Tone::Plain, "No statement has been measured yet.".to_owned()),
        Some(mean) => {
            let words = format!(
                "The slowest statement takes {} on average, over {}.",
                super::parts::milliseconds(mean),
                counted(calls as u64, "call", "calls")
            );
            (if mean >= SLOW { Tone::Warning } else { Tone::Well }, words)
        }
    };
    let place = rows.place("mean_ms");
    rows.told("Slowest statements by their mean time", Report::new(tone, sentence), |row| {
        place.and_then(|place| row.get(place)?.parse::<f64>().ok()).is_some_and(|mean| mean >= SLOW)
    })
}

/// What couples said: columns `rating`, `outcome`, `count`.
pub fn feedback(rows: &Rows) -> Report {
    let (ratings, counts) = (rows.place("rating"), rows.place("count"));
    let number =
        |row: &[String], place: Option<usize>| place.and_then(|place| row.get(place)?.parse::<f64>().ok());
    let (mut all, mut rated, mut sum) = (0.0, 0.0, 0.0);
    for row in &rows.rows {
        let count = number(row, counts).unwrap_or_default();
        all += count;
        if let Some(rating) = number(row, ratings) {
            rated += count;
            sum += rating * count;
        }
    }
    let sentence = if all == 0.0 {
        "No couple has said anything in 24 hours.".to_owned()
    } else if rated == 0.0 {
        format!("{} in 24 hours, none with a rating.", counted(all as u64, "answer", "answers"))
    } else {
        format!(
            "{} in 24 hours, rated {:.1} of 5 on average.",
            counted(all as u64, "answer", "answers"),
            sum / rated
        )
    };
    rows.told("Answers by rating and outcome", Report::new(Tone::Plain, sentence), |_| false)
}

/// What lacks a score or has a low one: columns `without_score`, `under_0_7`, `optimizations`.
pub fn quality(rows: &Rows) -> Report {
    let sum = |column: &str| rows.numbers(column).into_iter().sum::<f64>();
    let (without, low, all) = (sum("without_score"), sum("under_0_7"), sum("optimizations"));
    let sentence = if all == 0.0 {
        "There were no optimizations in 24 hours.".to_owned()
    } else {
        format!(
            "Of {} in 24 hours {} without a quality score and {} under 0.7.",
            counted(all as u64, "optimization", "optimizations"),
            are(without),
            grouped(low as u64)
        )
    };
    let tone = match () {
        () if all == 0.0 => Tone::Plain,
        () if (without + low) / all >= MANY_GAPS => Tone::Warning,
        () => Tone::Well,
    };
    let note = "A tenth of them or more stands out.".to_owned();
    let report = Report::new(tone, sentence);
    let report = if tone == Tone::Warning { report.noting([note]) } else { report };
    rows.told("Optimizations by status", report, |_| false)
}

/// Crises of the last hour that still wait for the AI, by wedding: who the couple is stays in the platform's database.
pub fn crises(rows: &Rows) -> Report {
    let (tone, sentence) = match rows.rows.len() {
        0 => (Tone::Well, "No crisis of the last hour waits for the AI.".to_owned()),
        1 => (Tone::Warning, "1 crisis of the last hour waits for the AI.".to_owned()),
        count => {
            (Tone::Warning, format!("{} crises of the last hour wait for the AI.", grouped(count as u64)))
        }
    };
    rows.told("Crises that wait, the oldest first", Report::new(tone, sentence), |_| false)
}

fn are(count: f64) -> String {
    if count == 1.0 { "1 is".to_owned() } else { format!("{} are", grouped(count as u64)) }
}
