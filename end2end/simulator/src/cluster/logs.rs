//! What pods write: engines a line every two seconds, jobs what their work says.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::jobs::{is_to_fail, seconds_of, work_of};
use super::pods::{containers, name_of};
use super::resource::Resource;
use super::{Cluster, read_time};
use crate::chance::{Stream, bits, unit};

/// An engine writes so often.
const EVERY_SECONDS: i64 = 2;
/// Older lines are rotated away.
const MOST_LINES: usize = 5_000;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: Timestamp,
    pub text: String,
}

impl Cluster {
    /// What `pod` wrote from `from` (not itself) up to now. `trouble` is the share of requests that fail at a moment.
    #[must_use]
    pub fn log(&self, pod: &Value, from: Option<Timestamp>, trouble: &dyn Fn(Timestamp) -> f64) -> Vec<Line> {
        let labels = &pod["metadata"]["labels"];
        match labels["job-name"].as_str() {
            Some(job) => {
                let mut lines =
                    self.object(Resource::Jobs, job).map(|job| job_lines(job)).unwrap_or_default();
                lines.retain(|line| line.at <= self.now && from.is_none_or(|from| line.at > from));
                lines
            }
            None => self.engine_lines(pod, from, trouble),
        }
    }

    fn engine_lines(
        &self,
        pod: &Value,
        from: Option<Timestamp>,
        trouble: &dyn Fn(Timestamp) -> f64,
    ) -> Vec<Line> {
        let Some(started) = started(pod) else { return Vec::new() };
        let first =
            from.map_or(started.as_second() - 1, |from| from.as_second().max(started.as_second() - 1));
        let last = self.now.as_second().div_euclid(EVERY_SECONDS);
        let first = (first.div_euclid(EVERY_SECONDS) + 1).max(last - MOST_LINES as i64 + 1);
        let name = name_of(pod);
        let spread = name.bytes().fold(7_i64, |sum, letter| sum * 31 % 1_000_003 + i64::from(letter));
        (first..=last)
            .filter_map(|tick| {
                let at = Timestamp::from_second(tick * EVERY_SECONDS).ok()?;
                let index = tick * 1_000_003 + spread;
                Some(Line { at, text: self.engine_line(index, trouble(at)) })
            })
            .collect()
    }

    fn engine_line(&self, index: i64, trouble: f64) -> String {
        let request = format!("{:08x}", bits(self.seed, Stream::Log, index) >> 32);
        let chance = unit(self.seed, Stream::Log, index + 1);
        let wedding = format!("w-{:05}", bits(self.seed, Stream::Log, index + 2) % 90_000 + 10_000);
        let took = 150 + (chance * 200.0) as u32;
        // A line of a log is rather written when something is wrong.
        if chance < (trouble * 8.0).min(0.9) {
            format!("ERROR request={request} wedding={wedding} upstream time-out after 30000 ms")
        } else if chance > 0.97 {
            format!("WARN  request={request} wedding={wedding} cache miss, took_ms={}", took * 3)
        } else {
            format!("INFO  request={request} wedding={wedding} optimized, took_ms={took}")
        }
    }
}

/// When its container last started.
fn started(pod: &Value) -> Option<Timestamp> {
    pod["status"]["containerStatuses"]
        .as_array()?
        .iter()
        .find_map(|status| read_time(&status["state"]["running"]["startedAt"]))
}

/// Everything that a job writes from its beginning to its end.
fn job_lines(job: &Value) -> Vec<Line> {
    let Some(began) = read_time(&job["status"]["startTime"]) else { return Vec::new() };
    let Some(work) = work_of(job) else { return Vec::new() };
    let seconds = f64::from(seconds_of(job));
    let given: Vec<String> = containers(&job["spec"]["template"]["spec"])
        .flat_map(|container| container["env"].as_array().into_iter().flatten())
        .filter_map(|env| {
            Some(format!(" {}={}", env["name"].as_str()?, env["value"].as_str().unwrap_or_default()))
        })
        .collect();
    let mut texts = vec![format!("{}: begins{}", work.cronjob, given.concat())];
    let fails = is_to_fail(job);
    let kept = if fails { work.lines.len() - 1 } else { work.lines.len() };
    texts.extend(work.lines.iter().take(kept).map(|line| (*line).to_owned()));
    texts.push(if fails { format!("error: {}", work.failure) } else { format!("{}: done", work.cronjob) });
    let last = (texts.len() - 1).max(1) as f64;
    texts
        .into_iter()
        .enumerate()
        .map(|(index, text)| {
            let after = SignedDuration::from_millis((seconds * 1_000.0 * index as f64 / last) as i64);
            Line { at: began.saturating_add(after).unwrap_or(began), text }
        })
        .collect()
}
