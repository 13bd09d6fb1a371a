//! Actions and runs in the words of the pages.

use domain::{
    actions::{ActionKey, Danger, Plan, Run, RunId, State, Step, Target, Undo},
    monitoring::{Level, wording::listed},
    time::{Millis, lasting},
};
use islands::Shown;
use leptos::prelude::*;

/// What whoever looks may do. An error is the sentence that says who may.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    /// Run this action, and whatever is done to a run of it but to approve it.
    pub run: Result<(), String>,
    pub approve: Result<(), String>,
    /// The id of whoever looks; empty for a machine.
    pub own: String,
}

/// What a run does to what, as a button says it: "Scale ai-optimization-engine to 10".
pub fn does(plan: &Plan) -> String {
    let [only] = plan.steps.as_slice() else {
        return match plan.steps.len() {
            0 => plan.name.clone(),
            count => format!("{}: {count} steps on {}", plan.name, plan.platform),
        };
    };
    // What takes something back says so first.
    let undo = plan.name.starts_with("Undo: ");
    let words = match &only.step {
        Step::KubernetesScale { deployment, replicas, .. } => {
            format!("Scale {} to {replicas}", deployment.name)
        }
        Step::KubernetesRestart { deployment } => format!("Restart {}", deployment.name),
        Step::KubernetesIngressBackend { at, to, .. } => {
            format!("Route {}{} to {}", at.host, at.path, to.service)
        }
        Step::RedisFlush { database } => {
            format!("Flush database {database} of the cache of {}", plan.platform)
        }
        Step::RedisDeletePattern { pattern, .. } => {
            format!("Delete {} from the cache of {}", pattern.as_str(), plan.platform)
        }
        Step::SqlBatchDelete { table, older_than_days, .. } => {
            format!("Delete rows of {table} older than {older_than_days} days")
        }
        Step::SqlAnalyze { tables } => {
            let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
            format!("Analyze {}", listed(&tables))
        }
        Step::Http { .. } | Step::KubernetesJobFromCronjob { .. } => {
            let values: Vec<String> = plan.values.values().map(ToString::to_string).collect();
            let with = if values.is_empty() { String::new() } else { format!(" {}", values.join(", ")) };
            return format!("{}{with} on {}", plan.name, plan.platform);
        }
    };
    if undo { format!("Undo: {words}") } else { words }
}

/// What its one button says.
pub fn asks(plan: &Plan) -> String {
    if plan.two_person { format!("Ask for approval: {}", does(plan)) } else { does(plan) }
}

/// Shape, colour and word of where a run stands.
pub(super) fn standing(run: &Run) -> (Shown, &'static str) {
    match &run.state {
        State::Requested { .. } => (Shown::At(Level::Information), "Waits for approval"),
        State::Approved { .. } => (Shown::At(Level::Information), "About to begin"),
        State::Running { stopping: Some(_), .. } => (Shown::At(Level::Information), "Stopping"),
        State::Running { .. } => (Shown::At(Level::Information), "Running"),
        State::Succeeded { .. } => (Shown::Well, "Worked"),
        State::Failed { .. } => (Shown::At(Level::Warning), "Failed"),
        State::Unknown { .. } => (Shown::At(Level::Critical), "Nobody knows"),
        State::Undone { .. } => (Shown::At(Level::Information), "Undone"),
        State::Refused { .. } => (Shown::Unknown, "Refused"),
        State::Lapsed { .. } => (Shown::Unknown, "Lapsed"),
        State::Cancelled { .. } if run.changed_something() => (Shown::At(Level::Warning), "Stopped"),
        State::Cancelled { .. } => (Shown::Unknown, "Cancelled"),
    }
}

/// When it came to its end.
pub(super) fn ended_at(run: &Run) -> Option<Millis> {
    match &run.state {
        State::Requested { .. } | State::Approved { .. } | State::Running { .. } => None,
        State::Succeeded { at }
        | State::Failed { at, .. }
        | State::Unknown { at, .. }
        | State::Undone { at, .. }
        | State::Refused { at, .. }
        | State::Lapsed { at }
        | State::Cancelled { at, .. } => Some(*at),
    }
}

/// "6 s": from its first request to the last effect; `None` when nothing was sent.
pub(super) fn took(run: &Run) -> Option<String> {
    let (first, last) = (run.steps.first()?, run.steps.last()?);
    let took = last.ended.since(first.began);
    Some(if took < 1_000 { "under 1 s".to_owned() } else { lasting(took) })
}

/// How it is taken back, as a sentence.
pub(super) fn undo_sentence(undo: &Undo, name_of: impl Fn(&ActionKey) -> Option<String>) -> String {
    match undo {
        Undo::Action { key } => match name_of(key) {
            Some(name) => format!("By \u{201c}{name}\u{201d}, with one button on the page of the run."),
            None => format!("By {key}, with one button on the page of the run."),
        },
        Undo::OldValue => {
            "What was there before is recorded, and put back with one button on the page of the run."
                .to_owned()
        }
        Undo::Impossible { because } => format!("It cannot be undone. {because}"),
    }
}

/// What it touches, each once.
pub(super) fn targets(plan: &Plan) -> Vec<String> {
    plan.targets().iter().map(Target::to_string).collect()
}

/// Why it is dangerous; `None` when it is not.
pub(super) fn danger(danger: &Danger) -> Option<String> {
    match danger {
        Danger::Ordinary => None,
        Danger::Dangerous { because } => Some(because.clone()),
    }
}

/// "within 30 s"; "within 2 h".
pub(super) fn within(milliseconds: i64) -> String {
    format!("within {}", lasting(milliseconds))
}

/// A sentence in which each run that is named is a link to its page.
pub(super) fn linked(sentence: &str) -> AnyView {
    let mut parts: Vec<AnyView> = Vec::new();
    let mut rest = sentence;
    while let Some(place) = rest.find("run ") {
        let (before, after) = rest.split_at(place + 4);
        let length = after.bytes().take_while(|byte| byte.is_ascii_hexdigit() || *byte == b'-').count();
        parts.push(before.to_owned().into_any());
        if length == 36 {
            let id = after[..length].to_owned();
            let address = format!("/runs/{id}");
            // The whole of it is for machines; people know a run by what it does.
            let short = id[..8].to_owned();
            parts.push(view! { <a href=address>{short}</a> }.into_any());
            rest = &after[length..];
        } else {
            rest = after;
        }
    }
    parts.push(rest.to_owned().into_any());
    parts.into_any()
}

/// The run that a sentence names first.
pub(super) fn run_named(sentence: &str) -> Option<RunId> {
    let after =
        sentence.split("run ").skip(1).find(|after| after.len() >= 36 && after.is_char_boundary(36))?;
    let id = &after[..36];
    id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-').then(|| RunId(id.to_owned()))
}
