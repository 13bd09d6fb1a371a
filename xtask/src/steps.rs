//! A list of steps with the time each took, so that nobody has to wonder what a long command is doing.

use anyhow::Result;
use std::time::{Duration, Instant};

/// The steps so far, and when the first began.
pub struct Steps {
    began: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub fn new() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }

    /// Runs one step under its title; the title of a failed step is part of the error.
    pub fn run<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n==> {title}");
        let began = Instant::now();
        let result = work();
        let took = began.elapsed();
        self.done.push((title.to_owned(), took));
        match result {
            Ok(value) => {
                println!("    {} [{}, {} so far]", title, words(took), words(self.began.elapsed()));
                Ok(value)
            }
            Err(problem) => Err(problem.context(format!("\"{title}\" failed after {}", words(took)))),
        }
    }

    pub fn so_far(&self) -> Duration {
        self.began.elapsed()
    }

    /// The table of times: one row a step, the sum last.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> =
            self.done.iter().map(|(title, took)| vec![title.clone(), words(*took)]).collect();
        rows.push(vec!["together".to_owned(), words(self.began.elapsed())]);
        rows
    }
}

/// A duration as a person says it: `4 ms`, `7.3 s`, `2 min 05 s`.
pub fn words(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..=59 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_words() {
        assert_eq!(words(Duration::from_millis(4)), "4 ms");
        assert_eq!(words(Duration::from_millis(7_340)), "7.3 s");
        assert_eq!(words(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_failed_step_is_named_and_still_listed() {
        let mut steps = Steps::new();
        let problem = steps.run("lint", || -> Result<()> { anyhow::bail!("2 warnings") }).unwrap_err();
        assert!(format!("{problem:#}").starts_with("\"lint\" failed after"));
        assert!(format!("{problem:#}").ends_with("2 warnings"));
        assert_eq!(steps.rows()[0][0], "lint");
        assert_eq!(steps.rows()[1][0], "together");
    }
}
