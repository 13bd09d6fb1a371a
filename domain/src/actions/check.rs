//! What makes a catalogue sensible. Everything that is wrong is told at once, each by its entry and field.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, ActionKey, Count, Danger, Kind, ParameterKind, Problem, Text, Undo, check_steps};
use crate::{
    access::Permission,
    time::{DAY, HOUR, SECOND, lasting},
};

/// Training takes hours; nothing that takes longer should be watched as a run.
const LONGEST_DEADLINE: i64 = 12 * HOUR;
const LONGEST_COOLDOWN: i64 = DAY;
const LONGEST_NAME: usize = 80;
const LONGEST_SENTENCE: usize = 400;
/// Steps of a sequence, with those of the sequences in it.
const MOST_STEPS: usize = 30;

/// Gathers what is wrong with one entry.
pub(super) struct Entry<'a> {
    pub action: &'a Action,
    pub problems: Vec<Problem>,
}

impl Entry<'_> {
    pub fn say(&mut self, field: &'static str, said: impl Into<String>) {
        let entry = self.action.key.to_string();
        self.problems.push(Problem { entry, field, said: said.into() });
    }
}

type All<'a> = BTreeMap<&'a ActionKey, &'a Action>;

pub(super) fn problems(actions: &[Action]) -> Vec<Problem> {
    let all: All<'_> = actions.iter().map(|action| (&action.key, action)).collect();
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for action in actions {
        let mut entry = Entry { action, problems: Vec::new() };
        if !seen.insert(&action.key) {
            entry.say("key", "another entry has the same key");
        }
        words(&mut entry);
        rights(&mut entry);
        times(&mut entry);
        parameters(&mut entry);
        check_steps::does(&mut entry);
        match &action.does {
            Kind::Sequence { parts } => {
                if parts.is_empty() {
                    entry.say("does.parts", "a sequence has at least one action");
                }
                match length(action, &all, &mut Vec::new()) {
                    Ok(0..=MOST_STEPS) => check_steps::parts(&mut entry, &all),
                    Ok(steps) => {
                        entry
                            .say("does.parts", format!("it has {steps} steps, and {MOST_STEPS} is the most"));
                    }
                    Err(why) => entry.say("does.parts", why),
                }
            }
            does if !does.can_be_seen_by(&action.effect.look) => {
                entry.say("effect.look", "its effect cannot be seen in this way");
            }
            _ => {}
        }
        undo(&mut entry, &all);
        problems.append(&mut entry.problems);
    }
    problems
}

fn words(entry: &mut Entry<'_>) {
    let action = entry.action;
    let mut sentence = |field, text: &str, longest| {
        let count = text.trim().chars().count();
        if count == 0 {
            entry.say(field, "it is empty");
        } else if count > longest {
            entry.say(field, format!("it is longer than {longest} characters"));
        } else if text.chars().any(char::is_control) {
            entry.say(field, "it has line ends or other signs that cannot be seen in it");
        }
    };
    sentence("name", &action.name, LONGEST_NAME);
    sentence("changes", &action.changes, LONGEST_SENTENCE);
    sentence("platform", &action.platform, LONGEST_NAME);
    if let Danger::Dangerous { because } = &action.danger {
        sentence("danger.because", because, LONGEST_SENTENCE);
    }
    if let Undo::Impossible { because } = &action.undo {
        sentence("undo.because", because, LONGEST_SENTENCE);
    }
}

fn rights(entry: &mut Entry<'_>) {
    let action = entry.action;
    let dangerous = action.danger.is_dangerous();
    match action.permission {
        Permission::RunOrdinaryActions if dangerous => {
            entry.say("permission", "what is dangerous needs run_dangerous_actions or run_crisis_actions");
        }
        Permission::RunDangerousActions if !dangerous => {
            entry.say("danger", "it needs run_dangerous_actions, so say what is dangerous about it");
        }
        Permission::RunOrdinaryActions | Permission::RunDangerousActions | Permission::RunCrisisActions => {}
        other => entry.say("permission", format!("{} does not allow to run anything", other.key())),
    }
    if action.two_person && !dangerous {
        entry.say("two_person", "what needs two people is dangerous: say why");
    }
}

fn times(entry: &mut Entry<'_>) {
    let action = entry.action;
    let within = action.effect.within;
    if matches!(action.does, Kind::Sequence { .. }) {
        if within != 0 {
            entry.say("effect.within", "a sequence has no deadline of its own: each of its actions has one");
        }
    } else if within == 0 {
        entry.say("effect.within", "it has no deadline");
    } else if within < SECOND {
        entry.say("effect.within", "the deadline is under a second");
    } else if within > LONGEST_DEADLINE {
        let longest = lasting(LONGEST_DEADLINE);
        entry.say(
            "effect.within",
            format!("the deadline is {}, and {longest} is the longest", lasting(within)),
        );
    }
    if !(0..=LONGEST_COOLDOWN).contains(&action.cooldown) {
        entry.say("cooldown", format!("it is not between 0 and {}", lasting(LONGEST_COOLDOWN)));
    }
}

fn parameters(entry: &mut Entry<'_>) {
    let action = entry.action;
    let used = action.does.uses();
    let mut declared = BTreeSet::new();
    for parameter in &action.parameters {
        let name = &parameter.name;
        if !declared.insert(name) {
            entry.say("parameters", format!("{name} is declared twice"));
        }
        if !used.contains(name) {
            entry.say("parameters", format!("{name} is declared, but nothing uses it"));
        }
        if parameter.label.trim().is_empty() {
            entry.say("parameters", format!("{name} has no label"));
        }
        match &parameter.kind {
            ParameterKind::Number { min, max } if min > max => {
                entry.say("parameters", format!("of {name} the least, {min}, is more than the most, {max}"));
            }
            ParameterKind::Choice { among } if among.is_empty() => {
                entry.say("parameters", format!("{name} leaves nothing to choose"));
            }
            ParameterKind::Choice { among }
                if among.iter().any(|one| one.trim() != one || one.is_empty()) =>
            {
                entry
                    .say("parameters", format!("a choice of {name} is empty or begins or ends with a blank"));
            }
            ParameterKind::Version { like } if !super::parameter::is_version_example(like) => {
                entry.say("parameters", format!("the example of {name}, {like:?}, is not like v2.1"));
            }
            kind => {
                let wrong = parameter.default.as_deref().and_then(|default| kind.read(default).err());
                if let Some(wrong) = wrong {
                    entry.say("parameters", format!("the default of {name} may not be given: {wrong}"));
                }
            }
        }
    }
    for name in used.into_iter().filter(|name| !declared.contains(name)) {
        entry.say("does", format!("it uses {name}, which is not declared"));
    }
}

/// How many steps it comes to, or why that has no answer.
fn length<'a>(action: &'a Action, all: &All<'a>, above: &mut Vec<&'a ActionKey>) -> Result<usize, String> {
    let Kind::Sequence { parts } = &action.does else { return Ok(1) };
    if above.contains(&&action.key) {
        let way: Vec<&str> = above.iter().chain([&&action.key]).map(|key| key.as_str()).collect();
        return Err(format!("it leads back to itself: {}", way.join(", then ")));
    }
    above.push(&action.key);
    let mut steps = 0_usize;
    for part in parts {
        let inner = all.get(&part.action).ok_or_else(|| format!("there is no action {}", part.action))?;
        steps = steps.saturating_add(length(inner, all, above)?);
        if steps > MOST_STEPS {
            break;
        }
    }
    above.pop();
    Ok(steps)
}

fn undo(entry: &mut Entry<'_>, all: &All<'_>) {
    let action = entry.action;
    match &action.undo {
        Undo::Impossible { .. } => {}
        Undo::OldValue => match &action.does {
            Kind::Sequence { parts } => {
                for inner in parts.iter().filter_map(|part| all.get(&part.action)) {
                    if inner.undo != Undo::OldValue {
                        entry.say("undo", format!("{} has no old value that could be put back", inner.key));
                    }
                }
            }
            does if !does.has_old_value() => {
                entry.say("undo", "it finds no old value that could be put back");
            }
            _ => {}
        },
        Undo::Action { key } if *key == action.key => {
            entry.say("undo", "it cannot undo itself");
        }
        Undo::Action { key } => match all.get(key) {
            None => entry.say("undo", format!("there is no action {key}")),
            Some(undoing) => {
                if let Undo::Action { key: back } = &undoing.undo
                    && *back != action.key
                {
                    let said =
                        format!("{key} undoes it, but is itself undone by {back}, which does not lead back");
                    entry.say("undo", said);
                }
                if undoing.platform != action.platform {
                    entry.say("undo", format!("{key} belongs to another platform"));
                }
                if let Some(asked) = undoing.parameters.iter().find(|one| one.default.is_none()) {
                    let said = format!("{key} cannot undo by itself: its {} has no default", asked.name);
                    entry.say("undo", said);
                }
            }
        },
    }
}

/// The fixed number of a place.
pub(super) fn fixed(count: &Count) -> Option<i64> {
    match count {
        Count::Fixed(number) => Some(*number),
        Count::Of { .. } => None,
    }
}

/// The fixed text of a place.
pub(super) fn fixed_text(text: &Text) -> Option<&str> {
    match text {
        Text::Fixed(text) => Some(text),
        Text::Of { .. } => None,
    }
}
