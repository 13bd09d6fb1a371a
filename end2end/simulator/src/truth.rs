//! The truth: what was told to whom asked, so that a test can hold what a page shows against it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::platform::lock;

/// So much is remembered; the file, if there is one, holds everything.
const MOST_ENTRIES: usize = 10_000;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// One answer.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Counts from 0 without a gap.
    pub n: u64,
    /// Simulated time.
    pub at: Timestamp,
    pub method: String,
    pub route: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Nothing where the connection was broken instead.
    pub status: Option<u16>,
    pub body: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// The log of all answers, oldest first.
#[derive(Debug, Default)]
pub struct Truth(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    next: u64,
    told: VecDeque<(usize, Told)>,
    bytes: usize,
    file: Option<File>,
}

impl Truth {
    /// Also writes each answer to `file`, one JSON object a line; what is there already stays.
    ///
    /// # Errors
    /// When the file cannot be opened for writing.
    pub fn with_file(file: Option<&Path>) -> std::io::Result<Self> {
        let file = file.map(|path| File::options().create(true).append(true).open(path)).transpose()?;
        Ok(Self(Mutex::new(Log { file, ..Log::default() })))
    }

    /// Writes down one answer; its number is given here.
    pub fn tell(&self, mut told: Told) {
        let mut log = lock(&self.0);
        told.n = log.next;
        log.next += 1;
        let mut line = serde_json::to_vec(&told).unwrap_or_default();
        log.bytes += line.len();
        log.told.push_back((line.len(), told));
        while log.told.len() > MOST_ENTRIES || log.bytes > MOST_BYTES {
            let Some((length, _)) = log.told.pop_front() else { break };
            log.bytes -= length;
        }
        line.push(b'\n');
        if let Some(Err(error)) = log.file.as_mut().map(|file| file.write_all(&line)) {
            eprintln!("simulator: the truth is no longer written: {error}");
            log.file = None;
        }
    }

    /// The answers from number `since` on, as far as they are remembered, and the number to ask for next.
    #[must_use]
    pub fn since(&self, since: u64) -> (u64, Vec<Told>) {
        let log = lock(&self.0);
        let told = log.told.iter().filter(|(_, told)| told.n >= since).map(|(_, told)| told.clone());
        (log.next, told.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: Value) -> Told {
        Told {
            n: 0,
            at: "2026-11-24T12:00:00Z".parse().unwrap(),
            method: "GET".into(),
            route: "/ai/health".into(),
            query: None,
            status: Some(200),
            body,
            fault: None,
        }
    }

    #[test]
    fn it_remembers_so_much_and_counts_on() {
        let truth = Truth::default();
        for _ in 0..MOST_ENTRIES + 5 {
            truth.tell(told(Value::Null));
        }
        let (next, all) = truth.since(0);
        assert_eq!((next, all.len(), all[0].n), (10_005, MOST_ENTRIES, 5));
        let (_, last) = truth.since(next - 1);
        assert_eq!(last.len(), 1);
        assert!(truth.since(next).1.is_empty());
    }

    #[test]
    fn large_answers_push_older_ones_out() {
        let truth = Truth::default();
        for _ in 0..40 {
            truth.tell(told(Value::String("x".repeat(1024 * 1024))));
        }
        assert_eq!(truth.since(0).1.len(), 31);
    }
}
