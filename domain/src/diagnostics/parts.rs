//! What the platform leans on: its cache, its models, the services outside, and what one call of its API costs.

use super::{
    Part, Report, Row, Table, Tone,
    report::{all_of, counted, grouped},
};
use crate::{
    monitoring::{
        Unit,
        wording::{listed, value},
    },
    time::{Millis, lasting},
};

/// Of its memory.
const NEARLY_FULL: f64 = 0.9;

/// How the cache is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CacheSeen {
    pub version: String,
    /// "master", "replica", "node of a cluster".
    pub role: String,
    pub keys: u64,
    pub used_bytes: u64,
    pub most_bytes: Option<u64>,
    /// Since the server started.
    pub hits: u64,
    pub misses: u64,
    pub evicted: u64,
}

/// A stretch of one call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    Name,
    Connect,
    Tls,
    /// From the request's end to the first byte of the answer.
    FirstByte,
    /// From there to the answer's end.
    Rest,
}

/// One call, measured stretch by stretch.
#[derive(Clone, PartialEq, Debug)]
pub struct CallSeen {
    /// "GET https://api.wedsync.com/ai/health"
    pub request: String,
    /// In milliseconds, those that were finished, in their order.
    pub stages: Vec<(Stage, f64)>,
    pub end: CallEnd,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallEnd {
    Answered {
        status: u16,
    },
    /// It went no further than this.
    Broke {
        during: Stage,
        why: String,
    },
}

/// Something outside that the platform, or the console, needs.
#[derive(Clone, PartialEq, Debug)]
pub struct DependencySeen {
    pub name: String,
    /// Without a user, a password and a query.
    pub address: String,
    pub state: Dependency,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Dependency {
    /// Any answer under 500: that it lets nobody in without a key is an answer too.
    Answers {
        status: u16,
        milliseconds: f64,
    },
    Fails {
        status: u16,
    },
    Silent {
        why: String,
    },
}

/// One version of a model.
#[derive(Clone, PartialEq, Debug)]
pub struct ModelSeen {
    pub name: String,
    pub version: String,
    /// 0 to 1.
    pub accuracy: Option<f64>,
    pub trained_at: Option<Millis>,
    pub status: Option<String>,
    /// 0 to 1.
    pub traffic: Option<f64>,
}

/// "41 MiB", "1.5 GiB".
pub(super) fn bytes(bytes: u64) -> String {
    const MIB: f64 = 1_048_576.0;
    let mib = bytes as f64 / MIB;
    match mib {
        ..1.0 => format!("{:.0}\u{a0}KiB", bytes as f64 / 1_024.0),
        1.0..1_024.0 => format!("{mib:.0}\u{a0}MiB"),
        _ => format!("{:.1}\u{a0}GiB", mib / 1_024.0),
    }
}

/// "0.4 ms", "250 ms", "12.7 s".
pub(super) fn milliseconds(milliseconds: f64) -> String {
    if milliseconds < 10.0 {
        format!("{milliseconds:.1}\u{a0}ms")
    } else {
        value(Unit::Milliseconds, milliseconds)
    }
}

pub fn cache(seen: &CacheSeen) -> Report {
    let used = bytes(seen.used_bytes);
    let share = seen.most_bytes.map(|most| seen.used_bytes as f64 / most.max(1) as f64);
    let memory = match (seen.most_bytes, share) {
        (Some(most), Some(share)) => {
            format!("{used} of {} are used ({})", bytes(most), value(Unit::Ratio, share))
        }
        _ => format!("{used} are used, without a limit"),
    };
    let reads = seen.hits + seen.misses;
    let rate = (reads > 0).then(|| value(Unit::Ratio, seen.hits as f64 / reads as f64));
    let found = match &rate {
        Some(rate) => format!("{rate} of reads found their key"),
        None => "nothing has been read yet".to_owned(),
    };
    let full = share.is_some_and(|share| share >= NEARLY_FULL);
    let tone = if full { Tone::Warning } else { Tone::Well };
    let pairs = [
        ("Memory used", used.clone()),
        ("Memory at most", seen.most_bytes.map_or_else(|| "no limit".to_owned(), bytes)),
        ("Hit rate since it started", rate.clone().unwrap_or_else(|| "not known yet".to_owned())),
        ("Reads that found their key", grouped(seen.hits)),
        ("Reads that did not", grouped(seen.misses)),
        ("Keys pushed out for want of memory", grouped(seen.evicted)),
        ("Keys in the database", grouped(seen.keys)),
        ("Server", format!("Redis {}, {}", seen.version, seen.role)),
    ];
    Report::new(tone, format!("{memory}; {found}."))
        .with(Part::Pairs(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()))
}

impl Stage {
    pub fn words(self) -> &'static str {
        match self {
            Stage::Name => "Name look-up",
            Stage::Connect => "Connection",
            Stage::Tls => "TLS",
            Stage::FirstByte => "First byte",
            Stage::Rest => "Rest of the answer",
        }
    }

    /// In a sentence: "before ...".
    fn during(self) -> &'static str {
        match self {
            Stage::Name => "looking its name up",
            Stage::Connect => "connecting",
            Stage::Tls => "agreeing on TLS",
            Stage::FirstByte => "waiting for the first byte",
            Stage::Rest => "reading the answer",
        }
    }
}

pub fn call(seen: &CallSeen) -> Report {
    let total: f64 = seen.stages.iter().map(|(_, took)| took).sum();
    let longest = seen.stages.iter().max_by(|(_, one), (_, other)| one.total_cmp(other));
    let (tone, sentence) = match &seen.end {
        CallEnd::Answered { status } => {
            let most = longest.filter(|(_, took)| *took > 0.0).map(|(stage, took)| {
                format!(", of which {} went into {}", milliseconds(*took), stage.during())
            });
            let tone = if *status < 400 { Tone::Well } else { Tone::Warning };
            (tone, format!("Answered {status} in {}{}.", milliseconds(total), most.unwrap_or_default()))
        }
        CallEnd::Broke { during, why } => {
            (Tone::Critical, format!("It broke while {}: {why}.", during.during()))
        }
    };
    let mut stages: Vec<(&'static str, f64)> =
        seen.stages.iter().map(|(stage, took)| (stage.words(), *took)).collect();
    stages.push(("Total", total));
    Report::new(tone, sentence)
        .with(Part::Pairs(vec![("Request".to_owned(), seen.request.clone())]))
        .with(Part::Stages(stages))
}

pub fn dependencies(all: &[DependencySeen]) -> Report {
    let bad: Vec<&DependencySeen> =
        all.iter().filter(|one| !matches!(one.state, Dependency::Answers { .. })).collect();
    let sentence = match (all, bad.as_slice()) {
        ([], _) => "No service outside is configured.".to_owned(),
        ([only], []) => format!("{} answers.", only.name),
        (all, []) => format!("{} answer.", all_of(all.len())),
        (all, bad) => {
            let names: Vec<String> =
                bad.iter().map(|one| format!("{} ({})", one.name, one.state.short())).collect();
            format!("{} of {} cannot be used: {}.", bad.len(), all.len(), listed(&names))
        }
    };
    let tone = match (all.is_empty(), bad.is_empty()) {
        (true, _) => Tone::Plain,
        (_, true) => Tone::Well,
        _ => Tone::Warning,
    };
    let rows = all.iter().map(|one| Row {
        cells: vec![one.name.clone(), one.state.words(), one.state.time(), one.address.clone()],
        stands_out: !matches!(one.state, Dependency::Answers { .. }),
        about: None,
    });
    let report = Report::new(tone, sentence);
    if all.is_empty() {
        return report;
    }
    report.with(Part::Table(Table {
        caption: "Services outside".to_owned(),
        columns: ["Service", "State", "Took", "Address"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        long: Some(3),
    }))
}

impl Dependency {
    fn words(&self) -> String {
        match self {
            Dependency::Answers { status: status @ (401 | 403), .. } => {
                format!("Answers ({status}: it wants a key)")
            }
            Dependency::Answers { status, .. } => format!("Answers ({status})"),
            Dependency::Fails { status } => format!("Fails ({status})"),
            Dependency::Silent { why } => format!("Does not answer: {why}"),
        }
    }

    fn short(&self) -> String {
        match self {
            Dependency::Answers { status, .. } | Dependency::Fails { status } => format!("answered {status}"),
            Dependency::Silent { why } => why.clone(),
        }
    }

    fn time(&self) -> String {
        match self {
            Dependency::Answers { milliseconds: took, .. } => milliseconds(*took),
            _ => "\u{2013}".to_owned(),
        }
    }
}

/// What a platform calls a model that is well.
const WELL: [&str; 5] = ["healthy", "operational", "active", "ok", "ready"];

impl ModelSeen {
    fn is_well(&self) -> bool {
        self.status.as_deref().is_some_and(|status| WELL.contains(&status.to_lowercase().as_str()))
    }
}

pub fn models(all: &[ModelSeen], now: Millis) -> Report {
    let bad: Vec<String> = all
        .iter()
        .filter(|model| !model.is_well())
        .map(|model| format!("{} ({})", model.name, model.status.as_deref().unwrap_or("not told")))
        .collect();
    let least = all
        .iter()
        .filter_map(|model| Some((model.accuracy?, model)))
        .min_by(|(one, _), (other, _)| one.total_cmp(other));
    let least = least.map(|(accuracy, model)| {
        format!(
            "; the least accurate is {} {} with {}",
            model.name,
            model.version,
            value(Unit::Ratio, accuracy)
        )
    });
    let stand = match (all.len(), bad.as_slice()) {
        (0, _) => "The platform tells of no model".to_owned(),
        (1, []) => "The only model is healthy".to_owned(),
        (count, []) => format!("{} models are healthy", all_of(count)),
        (count, bad) => {
            format!("{} of {} not healthy: {}", bad.len(), counted_are(count), listed(bad))
        }
    };
    let tone = match (all.is_empty(), bad.is_empty()) {
        (true, _) => Tone::Plain,
        (_, true) => Tone::Well,
        _ => Tone::Warning,
    };
    let unknown = || "unknown".to_owned();
    let rows = all.iter().map(|model| Row {
        cells: vec![
            model.name.clone(),
            model.version.clone(),
            model.status.clone().unwrap_or_else(unknown),
            model.accuracy.map_or_else(unknown, |accuracy| value(Unit::Ratio, accuracy)),
            model.traffic.map_or_else(unknown, |share| value(Unit::Ratio, share)),
            model.trained_at.map_or_else(unknown, |at| format!("{} ago", lasting(now.since(at)))),
        ],
        stands_out: !model.is_well(),
        about: None,
    });
    let report = Report::new(tone, format!("{stand}{}.", least.unwrap_or_default()));
    if all.is_empty() {
        return report;
    }
    report.with(Part::Table(Table {
        caption: "Models".to_owned(),
        columns: ["Model", "Version", "State", "Accuracy", "Traffic", "Trained"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        long: None,
    }))
}

fn counted_are(count: usize) -> String {
    let models = counted(count as u64, "model", "models");
    if count == 1 { format!("{models} is") } else { format!("{models} are") }
}
