//! The cluster: pods, one object in full, the lines of a log.

use super::{
    Part, Report, Row, Table, Thing, Tone, mask,
    report::{ago, all_of, counted},
};
use crate::{
    monitoring::wording::listed,
    time::{HOUR, Millis, lasting},
};

/// A pod with what it uses.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PodSeen {
    pub name: String,
    /// `Running`, `CrashLoopBackOff`, `Completed`.
    pub state: String,
    /// Containers that are ready, and all of them.
    pub ready: (u32, u32),
    pub restarts: u32,
    pub last_end: Option<End>,
    pub since: Option<Millis>,
    pub node: Option<String>,
    pub usage: Option<Usage>,
}

/// How a container last ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// `OOMKilled`
    pub reason: String,
    pub exit_code: i32,
    pub at: Option<Millis>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usage {
    pub cpu_millicores: u64,
    pub memory_bytes: u64,
}

/// One object in full.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThingSeen {
    pub thing: Thing,
    pub facts: Vec<(String, String)>,
    pub conditions: Vec<Condition>,
    /// Oldest first.
    pub events: Vec<Noted>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    pub name: String,
    /// `True`, `False`, `Unknown`.
    pub status: String,
    pub reason: String,
    pub message: String,
}

/// What the cluster noted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    pub warning: bool,
    pub reason: String,
    pub message: String,
    pub count: u32,
    pub last_seen: Option<Millis>,
}

/// One line of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub at: Option<Millis>,
    pub text: String,
}

/// Lines of a log as they were read, not yet masked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogSeen {
    pub pod: String,
    pub previous: bool,
    pub search: String,
    /// Oldest first.
    pub lines: Vec<Line>,
    /// So many are shown at most, the newest of those that are found.
    pub shown: usize,
}

impl PodSeen {
    /// Its work is done: it need not be ready.
    pub fn is_finished(&self) -> bool {
        matches!(self.state.as_str(), "Completed" | "Succeeded")
    }

    pub fn is_ready(&self) -> bool {
        self.ready.1 > 0 && self.ready.0 == self.ready.1
    }

    /// The higher, the sooner somebody wants to read its log.
    pub fn need(&self) -> (bool, u32) {
        (!self.is_ready() && !self.is_finished(), self.restarts)
    }
}

/// All the pods of a scope.
pub fn pods(pods: &[PodSeen], now: Millis) -> Report {
    let at_work: Vec<&PodSeen> = pods.iter().filter(|pod| !pod.is_finished()).collect();
    let ready = at_work.iter().filter(|pod| pod.is_ready()).count();
    let restarted: Vec<&&PodSeen> = at_work.iter().filter(|pod| pod.restarts > 0).collect();
    let last = restarted.iter().filter_map(|pod| pod.last_end.as_ref()).max_by_key(|end| end.at);
    let lately = last.and_then(|end| end.at).is_some_and(|at| now.since(at) < HOUR);
    let tone = match (at_work.len(), ready) {
        (0, _) | (_, 0) => Tone::Critical,
        (all, ready) if ready < all || lately => Tone::Warning,
        _ => Tone::Well,
    };
    let rows = pods.iter().map(|pod| pod_row(pod, now)).collect();
    let columns = ["Pod", "State", "Ready", "Restarts", "Age", "CPU", "Memory"];
    let table =
        Table { caption: "Pods".to_owned(), columns: columns.map(str::to_owned).to_vec(), rows, long: None };
    let sentence = match at_work.as_slice() {
        [] if pods.is_empty() => "There are no pods.".to_owned(),
        [] => "No pod is at work; all of them are done.".to_owned(),
        [only] if ready == 1 => {
            format!("The only pod, {}, is ready; {}.", only.name, restarts(&restarted, now))
        }
        all if ready == all.len() => {
            format!("{} pods are ready; {}.", all_of(all.len()), restarts(&restarted, now))
        }
        all => format!(
            "{} of {} {} ready; {}.",
            if ready == 0 { "None".to_owned() } else { ready.to_string() },
            counted(all.len() as u64, "pod", "pods"),
            if ready == 1 { "is" } else { "are" },
            restarts(&restarted, now)
        ),
    };
    let report = Report::new(tone, sentence);
    if pods.is_empty() { report } else { report.with(Part::Table(table)) }
}

/// "one restarted 4 times, last 3 min ago (OOMKilled)"
fn restarts(restarted: &[&&PodSeen], now: Millis) -> String {
    let times: u32 = restarted.iter().map(|pod| pod.restarts).sum();
    let who = match restarted.len() {
        0 => return "none has restarted".to_owned(),
        1 => "one restarted".to_owned(),
        many => format!("{many} restarted"),
    };
    let times = match (restarted.len(), times) {
        (_, 1) => "once".to_owned(),
        (1, times) => format!("{times} times"),
        (_, times) => format!("{times} times in all"),
    };
    let last = restarted.iter().filter_map(|pod| pod.last_end.as_ref()).max_by_key(|end| end.at);
    let last = last.map(|end| {
        let when = end.at.map(|at| format!(" {}", ago(at, now))).unwrap_or_default();
        format!(", last{when} ({})", end.reason)
    });
    format!("{who} {times}{}", last.unwrap_or_default())
}

fn pod_row(pod: &PodSeen, now: Millis) -> Row {
    let restarts = match (pod.restarts, &pod.last_end) {
        (restarts, Some(End { reason, at: Some(at), .. })) if restarts > 0 => {
            format!("{restarts}, last {} ({reason})", ago(*at, now))
        }
        (restarts, _) => restarts.to_string(),
    };
    let unknown = || "not measured".to_owned();
    Row {
        cells: vec![
            pod.name.clone(),
            pod.state.clone(),
            format!("{} of {}", pod.ready.0, pod.ready.1),
            restarts,
            pod.since.map_or_else(|| "unknown".to_owned(), |since| lasting(now.since(since))),
            pod.usage.map_or_else(unknown, |usage| format!("{}\u{a0}m", usage.cpu_millicores)),
            pod.usage.map_or_else(unknown, |usage| super::parts::bytes(usage.memory_bytes)),
        ],
        about: Some(Thing::Pod(pod.name.clone())),
        stands_out: !pod.is_finished() && !pod.is_ready(),
    }
}

/// One object in full.
pub fn thing(seen: &ThingSeen, now: Millis) -> Report {
    let bad: Vec<&Condition> = seen.conditions.iter().filter(|condition| condition.is_bad()).collect();
    let warnings: Vec<&Noted> = seen.events.iter().filter(|event| event.warning).collect();
    let lately = |event: &&&Noted| event.last_seen.is_some_and(|at| now.since(at) < HOUR);
    let tone = if !bad.is_empty() || warnings.iter().any(|event| lately(&event)) {
        Tone::Warning
    } else {
        Tone::Well
    };
    let name = seen.thing.name();
    let stands = match (&seen.thing, bad.as_slice()) {
        (_, [first, ..]) => {
            let why = if first.reason.is_empty() { String::new() } else { format!(" ({})", first.reason) };
            format!("{name} does not meet its condition {}{why}", first.name)
        }
        (Thing::Deployment(_), []) => match (seen.fact("pods ready"), seen.fact("pods wanted")) {
            (Some(ready), Some(wanted)) => format!("{name} has {ready} of {wanted} pods ready"),
            _ => format!("{name} is there"),
        },
        (Thing::Pod(_), []) => match seen.fact("state") {
            Some(state) => format!("{name} is {state}"),
            None => format!("{name} is there"),
        },
    };
    let noted = match warnings.as_slice() {
        [] => "the cluster noted no warning".to_owned(),
        [.., last] => {
            let when = last.last_seen.map(|at| format!(" {}", ago(at, now))).unwrap_or_default();
            let many = counted(warnings.len() as u64, "warning", "warnings");
            format!("the cluster noted {many}, the last{when}: {}", last.reason)
        }
    };
    let mut report = Report::new(tone, format!("{stands}; {noted}."));
    if !seen.facts.is_empty() {
        report = report
            .with(Part::Pairs(seen.facts.iter().map(|(name, value)| (name.clone(), mask(value))).collect()));
    }
    if !seen.conditions.is_empty() {
        report = report.with(Part::Table(Table {
            caption: "Conditions".to_owned(),
            columns: ["Condition", "Status", "Reason", "Message"].map(str::to_owned).to_vec(),
            rows: seen.conditions.iter().map(Condition::row).collect(),
            long: Some(3),
        }));
    }
    if !seen.events.is_empty() {
        report = report.with(Part::Table(Table {
            caption: "Events, the newest first".to_owned(),
            columns: ["Last seen", "Kind", "Times", "Message"].map(str::to_owned).to_vec(),
            rows: seen.events.iter().rev().map(|event| event.row(now)).collect(),
            long: Some(3),
        }));
    }
    report
}

impl ThingSeen {
    fn fact(&self, wanted: &str) -> Option<&str> {
        self.facts.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

impl Condition {
    /// These are to be true; of others nothing is known.
    fn is_bad(&self) -> bool {
        let wanted = ["Available", "Ready", "ContainersReady", "Progressing", "PodScheduled", "Initialized"];
        wanted.contains(&self.name.as_str()) && self.status != "True" && self.reason != "PodCompleted"
    }

    fn row(&self) -> Row {
        Row {
            cells: vec![self.name.clone(), self.status.clone(), self.reason.clone(), mask(&self.message)],
            stands_out: self.is_bad(),
            about: None,
        }
    }
}

impl Noted {
    fn row(&self, now: Millis) -> Row {
        Row {
            cells: vec![
                self.last_seen.map_or_else(|| "unknown".to_owned(), |at| ago(at, now)),
                self.reason.clone(),
                self.count.to_string(),
                mask(&self.message),
            ],
            stands_out: self.warning,
            about: None,
        }
    }
}

/// The words by which a line says that something went wrong.
const TROUBLE: [&str; 4] = ["ERROR", "FATAL", "PANIC", "CRITICAL"];

impl Line {
    /// Masked, as it may be shown.
    pub fn masked(&self) -> Line {
        Line { at: self.at, text: mask(&self.text) }
    }

    /// It says that something went wrong.
    pub fn is_trouble(&self) -> bool {
        let begins = self.text.get(..200).unwrap_or(&self.text).to_uppercase();
        TROUBLE.iter().any(|word| begins.contains(word))
    }

    /// In any case of letters; everything holds nothing.
    pub fn holds(&self, search: &str) -> bool {
        search.is_empty() || self.text.to_lowercase().contains(&search.to_lowercase())
    }
}

/// The lines that are looked for, masked. Searched is what is shown, so that a search tells nothing of what is masked.
pub fn log(seen: &LogSeen, now: Millis) -> Report {
    let all: Vec<Line> = seen.lines.iter().map(Line::masked).collect();
    let read = counted(all.len() as u64, "line", "lines");
    let mut lines: Vec<Line> = all.into_iter().filter(|line| line.holds(&seen.search)).collect();
    let found = lines.len();
    lines.drain(..found.saturating_sub(seen.shown));
    let trouble = lines.iter().filter(|line| line.is_trouble()).count();
    let of = if seen.previous { format!("{} before its last restart", seen.pod) } else { seen.pod.clone() };
    let begin = match (seen.search.is_empty(), found) {
        (true, 0) => format!("{of} wrote nothing"),
        (true, _) => format!("The last {} of {of}", counted(lines.len() as u64, "line", "lines")),
        (false, 0) => format!("None of the last {read} of {of} holds \u{201c}{}\u{201d}", mask(&seen.search)),
        (false, found) => format!(
            "{} of the last {read} of {of} {} \u{201c}{}\u{201d}",
            super::report::grouped(found as u64),
            if found == 1 { "holds" } else { "hold" },
            mask(&seen.search)
        ),
    };
    let mut rest = Vec::new();
    rest.extend(
        lines.last().and_then(|line| line.at).map(|at| format!("the newest was written {}", ago(at, now))),
    );
    if !lines.is_empty() {
        rest.push(match trouble {
            0 => "none says that something went wrong".to_owned(),
            1 => "1 says that something went wrong".to_owned(),
            many => format!("{many} say that something went wrong"),
        });
    }
    let rest = if rest.is_empty() { String::new() } else { format!(": {}", listed(&rest)) };
    let tone = if trouble > 0 { Tone::Warning } else { Tone::Plain };
    let report = Report::new(tone, format!("{begin}{rest}."));
    if lines.is_empty() { report } else { report.with(Part::Lines(lines)) }
}
