//! An entry of the catalogue: something that the console may do to the platform.

use serde::{Deserialize, Serialize};

use super::{ActionKey, Base, Deployment, Kind, Parameter, ProcedureSlug, Target};
use crate::access::Permission;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Action {
    pub key: ActionKey,
    /// "Scale the optimization engine"
    pub name: String,
    pub goal: Goal,
    /// A sentence: what is different afterwards.
    pub changes: String,
    /// The platform that it belongs to.
    pub platform: String,
    /// The keys of the services that it concerns; empty is the platform as a whole.
    #[serde(default)]
    pub services: Vec<String>,
    /// One of the three that allow to run something.
    pub permission: Permission,
    pub danger: Danger,
    /// Somebody else has to approve it.
    #[serde(default)]
    pub two_person: bool,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    pub does: Kind,
    #[serde(default)]
    pub preconditions: Vec<Precondition>,
    pub effect: Effect,
    pub undo: Undo,
    /// How long after a run of it the next may be asked for, in milliseconds.
    #[serde(default)]
    pub cooldown: i64,
    /// The page of the runbook that says when and why.
    pub procedure: ProcedureSlug,
    /// What it touches besides what its step names: what other actions change too.
    #[serde(default)]
    pub touches: Vec<Target>,
}

/// What somebody wants to achieve, in the order of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    Traffic,
    Capacity,
    Cache,
    Crisis,
    Models,
    Database,
    Recovery,
}

impl Goal {
    pub const ALL: [Goal; 7] = [
        Goal::Traffic,
        Goal::Capacity,
        Goal::Cache,
        Goal::Crisis,
        Goal::Models,
        Goal::Database,
        Goal::Recovery,
    ];

    /// As a heading.
    pub fn words(self) -> &'static str {
        match self {
            Goal::Traffic => "Keep couples served while something is broken",
            Goal::Capacity => "Give a service more room, or a fresh start",
            Goal::Cache => "Get rid of stale or wrong cached answers",
            Goal::Crisis => "Handle a wedding-day crisis",
            Goal::Models => "Deploy, check and train models",
            Goal::Database => "Look after the database",
            Goal::Recovery => "Recover from a loss",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "danger", rename_all = "snake_case")]
pub enum Danger {
    Ordinary,
    /// Needs a reason, and the password again.
    Dangerous {
        /// A sentence: what may go wrong, and for whom.
        because: String,
    },
}

impl Danger {
    pub fn is_dangerous(&self) -> bool {
        matches!(self, Danger::Dangerous { .. })
    }
}

/// What has to be so before a step begins. It is observed for the preview, at the approval, and just before the step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "precondition", rename_all = "snake_case")]
pub enum Precondition {
    /// What it changes is there, and may be changed by the console.
    MayChange,
    /// The effect is not in place already.
    NotYetInPlace,
    /// The effect of another action is in place.
    InPlace { action: ActionKey },
    /// The service that traffic is sent to has at least this many endpoints that are ready.
    BackendReady { least: u16 },
    /// No rollout of it is going on.
    Settled { deployment: Deployment },
    /// No job of the same CronJob is running.
    NoJobRunning,
    /// No wedding takes place today.
    NoWeddingToday,
}

impl Precondition {
    /// As a check that holds or does not: "the change is possible and allowed".
    pub fn words(&self) -> String {
        match self {
            Precondition::MayChange => "what it changes is there, and the console may change it".to_owned(),
            Precondition::NotYetInPlace => "it is not in place already".to_owned(),
            Precondition::InPlace { action } => format!("the effect of {action} is in place"),
            Precondition::BackendReady { least: 1 } => {
                "at least one endpoint there is ready for traffic".to_owned()
            }
            Precondition::BackendReady { least } => {
                format!("at least {least} endpoints there are ready for traffic")
            }
            Precondition::Settled { deployment } => format!("no rollout of {} is going on", deployment.name),
            Precondition::NoJobRunning => "no such job is running".to_owned(),
            Precondition::NoWeddingToday => "no wedding takes place today".to_owned(),
        }
    }
}

/// What is looked for after a step, and for how long.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Effect {
    #[serde(flatten)]
    pub look: Look,
    /// Milliseconds after the step was begun. Without one (0) the catalogue is refused.
    #[serde(default)]
    pub within: i64,
}

/// How it is seen that a step took effect.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "look", rename_all = "snake_case")]
pub enum Look {
    /// A field of what an address answers has this value.
    Answer { base: Base, path: String, field: String, is: super::Scalar },
    /// Every replica that is wanted runs the newest template and is ready.
    RolledOut,
    /// The path of the ingress leads where it should.
    Routed,
    /// The job with the step's mark has succeeded.
    JobSucceeded,
    /// The mark that was left together with the change is there.
    Marked,
    /// Nothing of what should go is left.
    NothingLeft,
    /// The statistics are newer than the step.
    Analyzed,
    /// There is nothing to look at: only the answer tells.
    AnswerOnly,
    /// Of a sequence: the last effect is in place when all were.
    EachStep,
}

impl Look {
    pub fn words(&self) -> String {
        match self {
            Look::Answer { path, field, is, .. } => {
                let is = match is {
                    super::Scalar::Flag(flag) => flag.to_string(),
                    super::Scalar::Number(number) => number.to_string(),
                    super::Scalar::Text(text) => text.clone(),
                };
                format!("{path} says {field}: {is}")
            }
            Look::RolledOut => "every replica runs the newest version and is ready".to_owned(),
            Look::Routed => "the path leads to the new service".to_owned(),
            Look::JobSucceeded => "the job has succeeded".to_owned(),
            Look::Marked => "the mark that the change leaves is there".to_owned(),
            Look::NothingLeft => "nothing of what should go is left".to_owned(),
            Look::Analyzed => "the statistics are newer than the run".to_owned(),
            Look::AnswerOnly => "only the answer tells; there is nothing to look at".to_owned(),
            Look::EachStep => "each step is seen in place before the next".to_owned(),
        }
    }
}

/// How it is taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "undo", rename_all = "snake_case")]
pub enum Undo {
    /// By another action.
    Action { key: ActionKey },
    /// By putting back what each step found.
    OldValue,
    /// A sentence: why it cannot be.
    Impossible { because: String },
}
