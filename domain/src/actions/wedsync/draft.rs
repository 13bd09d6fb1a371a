//! How an entry of the default catalogue is written down: what it is and does first, then only what is particular.

use std::collections::BTreeMap;

use super::Names;
use crate::{
    access::Permission,
    actions::{
        Action, ActionKey, Base, Count, CronJob, Danger, Datum, Effect, EnvName, Goal, Kind, Look, Method,
        NotAName, Parameter, ParameterKind, ParameterName, Part, Precondition, ProcedureSlug, Scalar, Target,
        Text, Undo,
    },
};

pub(super) struct Draft(Result<Action, NotAName>);

/// What an entry is.
pub(super) struct About<'a> {
    pub goal: Goal,
    pub key: &'a str,
    pub name: &'a str,
    /// What it changes, and why it cannot be taken back unless one of the undos is given.
    pub changes: &'a str,
    pub procedure: &'a str,
}

/// An ordinary action that cannot be undone.
pub(super) fn draft(
    names: &Names,
    about: &About<'_>,
    does: Result<Kind, NotAName>,
    look: Look,
    within: i64,
) -> Draft {
    let action = || {
        Ok(Action {
            key: ActionKey::parse(about.key)?,
            name: about.name.to_owned(),
            goal: about.goal,
            changes: about.changes.to_owned(),
            platform: names.platform.clone(),
            services: Vec::new(),
            permission: Permission::RunOrdinaryActions,
            danger: Danger::Ordinary,
            two_person: false,
            parameters: Vec::new(),
            does: does?,
            preconditions: vec![Precondition::MayChange],
            effect: Effect { look, within },
            undo: Undo::Impossible { because: "What it did is done.".to_owned() },
            cooldown: 0,
            procedure: ProcedureSlug::parse(about.procedure)?,
            touches: Vec::new(),
        })
    };
    Draft(action())
}

impl Draft {
    pub(super) fn action(self) -> Result<Action, NotAName> {
        self.0
    }

    fn with(mut self, change: impl FnOnce(&mut Action) -> Result<(), NotAName>) -> Draft {
        if let Ok(action) = &mut self.0
            && let Err(wrong) = change(action)
        {
            self.0 = Err(wrong);
        }
        self
    }

    fn set(self, change: impl FnOnce(&mut Action)) -> Draft {
        self.with(|action| {
            change(action);
            Ok(())
        })
    }

    pub(super) fn of(self, services: &[&str]) -> Draft {
        self.set(|action| action.services = services.iter().map(|&service| service.to_owned()).collect())
    }

    pub(super) fn dangerous(self, because: &str) -> Draft {
        self.set(|action| {
            action.danger = Danger::Dangerous { because: because.to_owned() };
            action.permission = Permission::RunDangerousActions;
        })
    }

    pub(super) fn by_two(self) -> Draft {
        self.set(|action| action.two_person = true)
    }

    pub(super) fn in_a_crisis(self) -> Draft {
        self.set(|action| action.permission = Permission::RunCrisisActions)
    }

    pub(super) fn asks(self, name: &str, label: &str, kind: ParameterKind, default: Option<&str>) -> Draft {
        self.with(|action| {
            action.parameters.push(Parameter {
                name: ParameterName::parse(name)?,
                label: label.to_owned(),
                kind,
                default: default.map(str::to_owned),
            });
            Ok(())
        })
    }

    pub(super) fn needs(self, precondition: Precondition) -> Draft {
        self.set(|action| action.preconditions.push(precondition))
    }

    pub(super) fn undone_by(self, key: &str) -> Draft {
        self.with(|action| {
            action.undo = Undo::Action { key: ActionKey::parse(key)? };
            Ok(())
        })
    }

    pub(super) fn restores(self) -> Draft {
        self.set(|action| action.undo = Undo::OldValue)
    }

    pub(super) fn for_good(self, because: &str) -> Draft {
        self.set(|action| action.undo = Undo::Impossible { because: because.to_owned() })
    }

    pub(super) fn rests(self, cooldown: i64) -> Draft {
        self.set(|action| action.cooldown = cooldown)
    }

    pub(super) fn touches(self, thing: &str) -> Draft {
        self.set(|action| action.touches.push(Target::Thing { name: thing.to_owned() }))
    }
}

/// POST to a path of the API or of the alerts host, with a body of texts.
pub(super) fn post(base: Base, path: &str, body: &[(&str, &str)]) -> Kind {
    Kind::Http {
        method: Method::Post,
        base,
        path: path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| Text::Fixed(part.to_owned()))
            .collect(),
        body: body
            .iter()
            .map(|&(name, value)| (name.to_owned(), Datum::Fixed(Scalar::Text(value.to_owned()))))
            .collect(),
    }
}

/// That a switch of the API is on, or off.
pub(super) fn enabled(path: &str, is: bool) -> Look {
    Look::Answer { base: Base::Api, path: path.to_owned(), field: "enabled".to_owned(), is: Scalar::Flag(is) }
}

/// A job with its variables: a text in braces is the parameter of that name.
pub(super) fn job(cronjob: Result<CronJob, NotAName>, env: &[(&str, &str)]) -> Result<Kind, NotAName> {
    let mut variables = BTreeMap::new();
    for &(name, text) in env {
        variables.insert(EnvName::parse(name)?, place(text)?);
    }
    Ok(Kind::KubernetesJobFromCronjob { cronjob: cronjob?, env: variables })
}

pub(super) fn count_of(parameter: &str) -> Result<Count, NotAName> {
    Ok(Count::Of { parameter: ParameterName::parse(parameter)? })
}

/// Actions in a row, each with what is given to it.
pub(super) fn sequence(parts: &[(&str, &[(&str, &str)])]) -> Result<Kind, NotAName> {
    let part = |(action, with): &(&str, &[(&str, &str)])| {
        let with = with.iter().map(|&(name, text)| Ok((ParameterName::parse(name)?, place(text)?)));
        Ok(Part { action: ActionKey::parse(action)?, with: with.collect::<Result<_, NotAName>>()? })
    };
    Ok(Kind::Sequence { parts: parts.iter().map(part).collect::<Result<_, NotAName>>()? })
}

fn place(text: &str) -> Result<Text, NotAName> {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(parameter) => Ok(Text::Of { parameter: ParameterName::parse(parameter)? }),
        None => Ok(Text::Fixed(text.to_owned())),
    }
}
