//! Looking closer at the platform, without changing anything: what there is to look at, the sentence that says what was
//! seen, and what of it may be shown and kept.

mod cluster;
mod database;
mod mask;
mod panel;
mod parts;
mod report;
mod unseen;

#[cfg(test)]
mod tests;

pub use cluster::{Condition, End, Line, LogSeen, Noted, PodSeen, ThingSeen, Usage, log, pods, thing};
pub use database::{Rows, active, crises, feedback, quality, slowest};
pub use mask::mask;
pub use panel::{LogAsked, Panel, Question, Thing};
pub use parts::{
    CacheSeen, CallEnd, CallSeen, Dependency, DependencySeen, ModelSeen, Stage, cache, call, dependencies,
    models,
};
pub use report::{LONGEST_EVIDENCE, Part, Report, Row, Table, Tone};
pub use unseen::Unseen;
