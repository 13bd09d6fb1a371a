//! The catalogue: actions that are known to make sense together, and what each comes to with its values.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{
    Action, ActionKey, Danger, DoesNotFit, Effect, Goal, Kind, Look, OldValue, Part, Precondition, Run, Step,
    StepEnd, Target, Undo, Values, check,
};

/// A set of actions that was checked as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Catalogue {
    actions: BTreeMap<ActionKey, Action>,
}

/// What is wrong with a catalogue, in words that name the entry and its field.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    pub entry: String,
    pub field: &'static str,
    /// Goes on after entry and field, without a full stop.
    pub said: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "action {}, {}: {}", self.entry, self.field, self.said)
    }
}

/// All that a run of an action will do, worked out before it begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub action: ActionKey,
    /// Of the action, as it was then.
    pub name: String,
    pub platform: String,
    pub values: Values,
    pub danger: Danger,
    pub two_person: bool,
    /// Milliseconds.
    pub cooldown: i64,
    pub steps: Vec<PlannedStep>,
    pub undo: Undo,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The action that the step is of: the run's own, or a part of its sequence.
    pub action: ActionKey,
    pub name: String,
    pub step: Step,
    pub preconditions: Vec<Precondition>,
    pub effect: Effect,
    pub touches: Vec<Target>,
}

/// Why there is no plan.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotPlanned {
    #[error("There is no action {0}.")]
    Unknown(ActionKey),
    #[error("The values do not fit: {0}.")]
    DoesNotFit(#[from] DoesNotFit),
    #[error("The values do not fit: {0}")]
    NotAValue(#[from] super::NotAValue),
    #[error("It cannot be undone: {0}")]
    Impossible(String),
    #[error("There is nothing to undo: no step of it is known to be in place.")]
    NothingInPlace,
    #[error("What was there before was not recorded, so it cannot be put back.")]
    OldValueUnknown,
}

impl Plan {
    /// What the whole run touches.
    pub fn targets(&self) -> Vec<Target> {
        let mut targets: Vec<Target> = self.steps.iter().flat_map(PlannedStep::targets).collect();
        targets.sort();
        targets.dedup();
        targets
    }
}

impl PlannedStep {
    pub fn targets(&self) -> Vec<Target> {
        self.step.targets().into_iter().chain(self.touches.iter().cloned()).collect()
    }
}

impl Catalogue {
    /// # Errors
    /// Everything that is wrong with it, in the order of the entries.
    pub fn new(actions: Vec<Action>) -> Result<Catalogue, Vec<Problem>> {
        let problems = check::problems(&actions);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Catalogue { actions: actions.into_iter().map(|action| (action.key.clone(), action)).collect() })
    }

    pub fn get(&self, key: &ActionKey) -> Option<&Action> {
        self.actions.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Action> {
        self.actions.values()
    }

    /// By what one wants to achieve, in the order of the page.
    pub fn by_goal(&self) -> Vec<(Goal, Vec<&Action>)> {
        let of = |goal| self.iter().filter(|action| action.goal == goal).collect::<Vec<_>>();
        Goal::ALL
            .into_iter()
            .map(|goal| (goal, of(goal)))
            .filter(|(_, actions)| !actions.is_empty())
            .collect()
    }

    /// What a run with these values will do.
    ///
    /// # Errors
    /// When there is no such action, or the values are not those that its form asks for.
    pub fn plan(&self, key: &ActionKey, values: &Values) -> Result<Plan, NotPlanned> {
        let action = self.action(key)?;
        let mut steps = Vec::new();
        self.add_steps(action, values, &mut steps)?;
        Ok(Plan {
            action: action.key.clone(),
            name: action.name.clone(),
            platform: action.platform.clone(),
            values: values.clone(),
            danger: action.danger.clone(),
            two_person: action.two_person,
            cooldown: action.cooldown,
            steps,
            undo: action.undo.clone(),
        })
    }

    fn action(&self, key: &ActionKey) -> Result<&Action, NotPlanned> {
        self.get(key).ok_or_else(|| NotPlanned::Unknown(key.clone()))
    }

    fn add_steps(
        &self,
        action: &Action,
        values: &Values,
        steps: &mut Vec<PlannedStep>,
    ) -> Result<(), NotPlanned> {
        let Kind::Sequence { parts } = &action.does else {
            steps.push(PlannedStep {
                action: action.key.clone(),
                name: action.name.clone(),
                step: action.does.fill(values)?,
                preconditions: action.preconditions.clone(),
                effect: action.effect.clone(),
                touches: action.touches.clone(),
            });
            return Ok(());
        };
        for part in parts {
            let inner = self.action(&part.action)?;
            self.add_steps(inner, &inner_values(inner, part, values)?, steps)?;
        }
        Ok(())
    }

    /// What takes back all that the run put in place: another action, or the old values, the last step first.
    ///
    /// # Errors
    /// When it cannot be taken back, or there is nothing to take back.
    pub fn plan_undo(&self, run: &Run) -> Result<Plan, NotPlanned> {
        match &run.plan().undo {
            Undo::Impossible { because } => Err(NotPlanned::Impossible(because.clone())),
            _ if !run.changed_something() => Err(NotPlanned::NothingInPlace),
            Undo::Action { key } => {
                let undoing = self.action(key)?;
                self.plan(key, &defaults(undoing)?)
            }
            Undo::OldValue => {
                let mut steps = Vec::new();
                for (planned, record) in run.plan().steps.iter().zip(&run.steps).rev() {
                    if !matches!(record.end, StepEnd::NotDone { .. }) {
                        steps.push(restored(planned, record.old.as_ref())?);
                    }
                }
                Ok(Plan {
                    name: format!("Undo: {}", run.plan().name),
                    values: Values::new(),
                    steps,
                    undo: Undo::OldValue,
                    cooldown: 0,
                    ..run.plan().clone()
                })
            }
        }
    }
}

fn restored(planned: &PlannedStep, old: Option<&OldValue>) -> Result<PlannedStep, NotPlanned> {
    let step = old.and_then(|old| planned.step.restoring(old)).ok_or(NotPlanned::OldValueUnknown)?;
    Ok(PlannedStep {
        name: format!("Undo: {}", planned.name),
        step,
        preconditions: vec![Precondition::MayChange],
        ..planned.clone()
    })
}

/// The values of a part: what the sequence gives it, and its own defaults.
pub(super) fn inner_values(inner: &Action, part: &Part, values: &Values) -> Result<Values, NotPlanned> {
    let mut own = Values::new();
    for parameter in &inner.parameters {
        let given = match part.with.get(&parameter.name) {
            Some(text) => text.fill(values)?,
            None => parameter.default.clone().ok_or_else(|| DoesNotFit::Missing(parameter.name.clone()))?,
        };
        own.insert(parameter.name.clone(), parameter.kind.read(&given)?);
    }
    Ok(own)
}

fn defaults(action: &Action) -> Result<Values, NotPlanned> {
    let part = Part { action: action.key.clone(), with: BTreeMap::new() };
    inner_values(action, &part, &Values::new())
}

impl Kind {
    /// Ways to look that make sense after it.
    pub(super) fn can_be_seen_by(&self, look: &Look) -> bool {
        match self {
            Kind::Http { .. } => matches!(look, Look::Answer { .. } | Look::AnswerOnly),
            Kind::KubernetesScale { .. } | Kind::KubernetesRestart { .. } => *look == Look::RolledOut,
            Kind::KubernetesIngressBackend { .. } => *look == Look::Routed,
            Kind::KubernetesJobFromCronjob { .. } => *look == Look::JobSucceeded,
            Kind::RedisFlush { .. } => *look == Look::Marked,
            Kind::RedisDeletePattern { .. } | Kind::SqlBatchDelete { .. } => *look == Look::NothingLeft,
            Kind::SqlAnalyze { .. } => *look == Look::Analyzed,
            Kind::Sequence { .. } => *look == Look::EachStep,
        }
    }

    /// Whether what was there before is a value that can be put back.
    pub(super) fn has_old_value(&self) -> bool {
        matches!(self, Kind::KubernetesScale { .. } | Kind::KubernetesIngressBackend { .. })
    }
}
