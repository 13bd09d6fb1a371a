//! What makes a single step of the catalogue sensible: numbers within what the platform can bear, paths that are paths.

use std::collections::BTreeMap;

use super::{
    Action, ActionKey, Count, Kind, Look, Method, Parameter, ParameterKind, ParameterName, Text, Value,
    Values,
    catalogue::inner_values,
    check::{Entry, fixed, fixed_text},
};

const REPLICAS: (i64, i64) = (0, 1_000);
/// A hundred years.
const DAYS: (i64, i64) = (1, 36_500);
/// More at a time holds a lock, or the cache, for too long.
const MOST_KEYS: u32 = 10_000;
const MOST_ROWS: u32 = 10_000;
/// A cache has no more databases in any default.
const DATABASES: u16 = 16;

pub(super) fn does(entry: &mut Entry<'_>) {
    let action = entry.action;
    match &action.does {
        Kind::Http { method, path, body, .. } => {
            if path.is_empty() {
                entry.say("does.path", "it is empty");
            }
            for segment in path.iter().filter_map(fixed_text) {
                if !is_segment(segment) {
                    entry.say("does.path", format!("{segment:?} is not one segment of a path"));
                }
            }
            if *method == Method::Delete && !body.is_empty() {
                entry.say("does.body", "DELETE has none");
            }
            if body.iter().any(|(name, _)| name.trim().is_empty()) {
                entry.say("does.body", "a field has no name");
            }
        }
        Kind::KubernetesScale { replicas, .. } => within(entry, "does.replicas", replicas, REPLICAS),
        Kind::KubernetesIngressBackend { at, from, to } => {
            if !at.path.starts_with('/') {
                entry.say("does.at.path", "a path of an ingress begins with /");
            }
            if to.port == 0 || from.iter().any(|backend| backend.port == 0) {
                entry.say("does.to.port", "there is no port 0");
            }
            if from.contains(to) {
                entry.say("does.from", "it leads from a service to the same service");
            }
        }
        Kind::RedisFlush { database } => redis_database(entry, *database),
        Kind::RedisDeletePattern { database, batch, .. } => {
            redis_database(entry, *database);
            batches(entry, *batch, MOST_KEYS);
        }
        Kind::SqlBatchDelete { older_than_days, batch, .. } => {
            within(entry, "does.older_than_days", older_than_days, DAYS);
            batches(entry, *batch, MOST_ROWS);
        }
        Kind::SqlAnalyze { tables } if tables.is_empty() => entry.say("does.tables", "it names no table"),
        Kind::SqlAnalyze { .. }
        | Kind::KubernetesRestart { .. }
        | Kind::KubernetesJobFromCronjob { .. }
        | Kind::Sequence { .. } => {}
    }
    if let Look::Answer { path, field, .. } = &action.effect.look {
        let plain = path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment));
        if !plain {
            entry.say("effect.path", format!("{path:?} is not a path without ? and #"));
        }
        if field.trim().is_empty() {
            entry.say("effect.field", "it is empty");
        }
    }
}

fn is_segment(text: &str) -> bool {
    !text.is_empty()
        && text != "."
        && text != ".."
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

/// Whether all that a place can hold lies within these bounds: the fixed number, or the bounds of its parameter.
fn within(entry: &mut Entry<'_>, field: &'static str, count: &Count, (least, most): (i64, i64)) {
    let declared = |parameter: &Parameter| match parameter.kind {
        ParameterKind::Number { min, max } => Some((min, max)),
        _ => None,
    };
    let (min, max) = match count.of() {
        None => match fixed(count) {
            Some(number) => (number, number),
            None => return,
        },
        Some(name) => {
            let Some(parameter) = entry.action.parameters.iter().find(|one| one.name == *name) else {
                return;
            };
            match declared(parameter) {
                Some(bounds) => bounds,
                None => return entry.say(field, format!("{name} is not a whole number")),
            }
        }
    };
    if min < least || max > most {
        entry.say(field, format!("{min} to {max} goes beyond {least} to {most}"));
    }
}

fn redis_database(entry: &mut Entry<'_>, database: u16) {
    if database >= DATABASES {
        entry.say("does.database", format!("{database} is not one of 0 to {}", DATABASES - 1));
    }
}

fn batches(entry: &mut Entry<'_>, batch: u32, most: u32) {
    if !(1..=most).contains(&batch) {
        entry.say("does.batch", format!("{batch} at a time is not between 1 and {most}"));
    }
}

/// What a sequence gives to its actions: all of it is known to them, and may be given.
pub(super) fn parts(entry: &mut Entry<'_>, all: &BTreeMap<&ActionKey, &Action>) {
    let action = entry.action;
    let Kind::Sequence { parts } = &action.does else { return };
    for part in parts {
        let Some(inner) = all.get(&part.action) else { continue };
        if inner.platform != action.platform {
            entry.say("does.parts", format!("{} belongs to another platform", part.action));
        }
        for name in part.with.keys() {
            if !inner.parameters.iter().any(|parameter| parameter.name == *name) {
                entry.say("does.parts", format!("{} has no parameter {name}", part.action));
            }
        }
        let outer = action.parameters.iter().filter_map(|outer| Some((outer.name.clone(), sample(outer)?)));
        let outer: Values = outer.collect();
        // What is used and not declared has been told already.
        let declared = part.with.values().filter_map(Text::of).all(|name| outer.contains_key(name));
        if declared && let Err(wrong) = inner_values(inner, part, &outer) {
            entry.say("does.parts", format!("{}: {wrong}", part.action));
        }
        for (name, outer) in part.with.iter().filter_map(|(name, text)| Some((name, text.of()?))) {
            let of = |parameters: &[Parameter], name: &ParameterName| {
                parameters.iter().find(|one| one.name == *name).map(|one| one.kind.clone())
            };
            let (inner_kind, outer_kind) = (of(&inner.parameters, name), of(&action.parameters, outer));
            if let (Some(inner_kind), Some(outer_kind)) = (inner_kind, outer_kind)
                && !allows(&inner_kind, &outer_kind)
            {
                entry.say("does.parts", format!("{outer} allows more than {name} of {} does", part.action));
            }
        }
        if part.with.values().filter_map(fixed_text).any(|text| text.trim() != text) {
            entry.say("does.parts", format!("what is given to {} begins or ends with a blank", part.action));
        }
    }
}

/// Whether every value of the outer parameter may be given to the inner one.
fn allows(inner: &ParameterKind, outer: &ParameterKind) -> bool {
    match (inner, outer) {
        (ParameterKind::Number { min, max }, ParameterKind::Number { min: low, max: high }) => {
            min <= low && high <= max
        }
        (ParameterKind::Choice { among }, ParameterKind::Choice { among: outer }) => {
            outer.iter().all(|one| among.contains(one))
        }
        _ => inner == outer,
    }
}

/// Some value of a parameter.
fn sample(parameter: &Parameter) -> Option<Value> {
    let text = match (&parameter.default, &parameter.kind) {
        (Some(default), _) => default.clone(),
        (None, ParameterKind::Number { min, .. }) => min.to_string(),
        (None, ParameterKind::Choice { among }) => among.first()?.clone(),
        (None, ParameterKind::Version { like }) => like.clone(),
        (None, ParameterKind::Month) => "2026-01".to_owned(),
        (None, ParameterKind::Date) => "2026-01-01".to_owned(),
    };
    parameter.kind.read(&text).ok()
}
