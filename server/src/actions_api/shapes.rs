//! What is sent and answered, as JSON. Described in `/api/v1/openapi.json` from here.

use std::collections::BTreeMap;

use backend::actions::{Stored, Told};
use domain::{
    actions::{self, ParameterKind, State, StepEnd, wording},
    time::Millis,
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything that may be done to a platform.
#[derive(Serialize, ToSchema)]
pub struct Actions {
    pub actions: Vec<Action>,
}

/// An entry of the catalogue.
#[derive(Serialize, ToSchema)]
pub struct Action {
    pub key: String,
    pub name: String,
    /// What is different afterwards.
    pub changes: String,
    /// traffic, capacity, cache, crisis, models, database or recovery.
    pub goal: String,
    pub platform: String,
    /// Keys of services; empty is the platform as a whole.
    pub services: Vec<String>,
    /// Needs a person, their password and a reason: not to be asked for here.
    pub dangerous: bool,
    /// Somebody else has to approve it.
    pub two_person: bool,
    /// Which permission it needs.
    pub permission: &'static str,
    /// Whether whoever asks may ask for a run of it.
    pub allowed: bool,
    pub parameters: Vec<Parameter>,
    /// The newest run of it.
    pub last_run: Option<Run>,
}

/// A value that an action takes.
#[derive(Serialize, ToSchema)]
pub struct Parameter {
    pub name: String,
    pub label: String,
    /// number, choice, version, month or date.
    pub kind: &'static str,
    /// What stands there when it is left out; null has to be given.
    pub default: Option<String>,
    /// Of a number, both included.
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// Of a choice.
    pub among: Option<Vec<String>>,
}

/// One execution of an action.
#[derive(Serialize, ToSchema)]
pub struct Run {
    pub id: String,
    pub action: String,
    pub name: String,
    pub platform: String,
    /// requested, approved, running, succeeded, failed, unknown, undone, refused, lapsed or cancelled.
    pub state: &'static str,
    /// Whether nothing more happens by itself.
    pub over: bool,
    pub requested_by: String,
    /// RFC 3339, as every time here.
    pub requested_at: String,
    pub reason: String,
    /// The values that were given.
    pub with: BTreeMap<String, String>,
    /// How far a long step has come, in words.
    pub progress: Option<String>,
    /// Its page.
    pub url: String,
}

/// A run with its steps, what is known to have happened, and its story.
#[derive(Serialize, ToSchema)]
pub struct RunWithStory {
    #[serde(flatten)]
    pub run: Run,
    pub steps: Vec<Step>,
    /// A sentence for each step: whatever became of the run, this is so.
    pub known: Vec<String>,
    /// The oldest first.
    pub story: Vec<Line>,
}

/// One step of a run.
#[derive(Serialize, ToSchema)]
pub struct Step {
    pub name: String,
    /// in_place, not_done, no_effect, broke, partly, unknown; null before it ended.
    pub end: Option<&'static str>,
    pub began_at: Option<String>,
    pub ended_at: Option<String>,
    pub attempts: u32,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
pub struct Line {
    pub at: String,
    pub text: String,
}

/// What is asked for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The first platform when left out.
    #[serde(default)]
    pub platform: String,
    /// The values of its parameters as they would be typed; those left out have their defaults.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    #[serde(default)]
    pub reason: String,
    /// The id of the alert that it is for.
    #[serde(default)]
    pub alert: Option<String>,
}

pub fn rfc3339(at: Millis) -> String {
    domain::monitoring::range::rfc3339(at)
}

impl Action {
    pub fn of(entry: &backend::actions::Entry, allowed: bool, public_url: &str) -> Action {
        let action = &entry.action;
        let goal = serde_json::to_value(action.goal).ok().and_then(|goal| goal.as_str().map(str::to_owned));
        Action {
            key: action.key.to_string(),
            name: action.name.clone(),
            changes: action.changes.clone(),
            goal: goal.unwrap_or_default(),
            platform: action.platform.clone(),
            services: action.services.clone(),
            dangerous: action.danger.is_dangerous(),
            two_person: action.two_person,
            permission: action.permission.key(),
            allowed,
            parameters: action.parameters.iter().map(Parameter::of).collect(),
            last_run: entry.last.as_ref().map(|stored| Run::of(stored, public_url)),
        }
    }
}

impl Parameter {
    fn of(parameter: &actions::Parameter) -> Parameter {
        let (kind, min, max, among) = match &parameter.kind {
            ParameterKind::Number { min, max } => ("number", Some(*min), Some(*max), None),
            ParameterKind::Choice { among } => ("choice", None, None, Some(among.clone())),
            ParameterKind::Version { .. } => ("version", None, None, None),
            ParameterKind::Month => ("month", None, None, None),
            ParameterKind::Date => ("date", None, None, None),
        };
        Parameter {
            name: parameter.name.to_string(),
            label: parameter.label.clone(),
            kind,
            default: parameter.default.clone(),
            min,
            max,
            among,
        }
    }
}

impl Run {
    pub fn of(stored: &Stored, public_url: &str) -> Run {
        let run = &stored.run;
        Run { progress: stored.progress.clone(), ..Run::new(run, public_url) }
    }

    pub fn new(run: &actions::Run, public_url: &str) -> Run {
        let plan = run.plan();
        Run {
            id: run.id.to_string(),
            action: plan.action.to_string(),
            name: plan.name.clone(),
            platform: plan.platform.clone(),
            state: run.state_word(),
            over: run.is_over(),
            requested_by: run.requested.by.name().to_owned(),
            requested_at: rfc3339(run.requested.at),
            reason: run.requested.reason.clone(),
            with: plan.values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            progress: None,
            url: format!("{public_url}/runs/{}", run.id),
        }
    }
}

impl RunWithStory {
    pub fn of(told: &Told, public_url: &str, zone: &TimeZone) -> RunWithStory {
        let run = &told.stored.run;
        // Sentences name moments as pages do; the times beside them are for programs.
        let clock = |at: Millis| app::weekday(at, told.now, zone);
        let planned = run.plan().steps.iter().enumerate();
        RunWithStory {
            steps: planned.map(|(number, step)| Step::of(run, number, &step.name)).collect(),
            known: wording::known(run, clock),
            story: told
                .story
                .iter()
                .map(|(at, happening)| Line { at: rfc3339(*at), text: wording::told(run, happening, clock) })
                .collect(),
            run: Run::of(&told.stored, public_url),
        }
    }
}

impl Step {
    fn of(run: &actions::Run, number: usize, name: &str) -> Step {
        let record = run.steps.get(number);
        let present = match &run.state {
            State::Running { phase: actions::Phase::Intended { intent }, .. }
            | State::Running { phase: actions::Phase::Observing { intent, .. }, .. }
                if number == run.steps.len() =>
            {
                Some(intent)
            }
            _ => None,
        };
        Step {
            name: name.to_owned(),
            end: record.map(|record| match record.end {
                StepEnd::InPlace { .. } => "in_place",
                StepEnd::NotDone { .. } => "not_done",
                StepEnd::NoEffect { .. } => "no_effect",
                StepEnd::Broke { .. } => "broke",
                StepEnd::Partly { .. } => "partly",
                StepEnd::Unknown { .. } => "unknown",
            }),
            began_at: record.map(|record| rfc3339(record.began)).or(present.map(|intent| rfc3339(intent.at))),
            ended_at: record.map(|record| rfc3339(record.ended)),
            attempts: record
                .map(|record| record.attempts)
                .or(present.map(|intent| intent.attempt))
                .unwrap_or_default(),
        }
    }
}
