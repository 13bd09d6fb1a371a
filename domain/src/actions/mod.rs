//! Acting safely on the platform: what may be done, what exactly will be done, and one run of it from its request to an
//! end that is known.

mod action;
mod actor;
mod afterwards;
mod agreeing;
mod answer;
mod automation;
mod board;
mod carrying_out;
mod catalogue;
mod check;
mod check_steps;
mod key;
mod kind;
mod parameter;
mod preview;
mod refusal;
mod request;
mod run;
mod scaling;
mod state;
mod step;
mod target;
#[cfg(test)]
mod tests;
mod values;
pub mod wedsync;
pub mod wording;

pub use action::{Action, Danger, Effect, Goal, Look, Precondition, Undo};
pub use actor::{Account, Actor, Second};
pub use agreeing::Asked;
pub use answer::{Answer, MOST_ATTEMPTS, NotDone, Sighting};
pub use automation::Automation;
pub use board::Board;
pub use carrying_out::Begun;
pub use catalogue::{Catalogue, NotPlanned, Plan, PlannedStep, Problem};
pub use key::{
    ActionKey, EnvName, KubeName, Mark, NotAName, ParameterName, ProcedureSlug, RedisPattern, RunId, SqlName,
};
pub(crate) use key::{is_identifier, is_slug, name};
pub use kind::{Count, Datum, DoesNotFit, Kind, Part, Text};
pub use parameter::{Month, NotAValue, Parameter, ParameterKind, Value, Values};
pub use preview::{Changed, Check, Fact, Fingerprint, Found, Preview, StepPreview};
pub use refusal::Refusal;
pub use request::{Line, Request};
pub use run::{APPROVE_WITHIN, Approval, BEGIN_WITHIN, Happening, Next, Requested, Review, Run};
pub use scaling::{Autoscaler, CannotScale, Scale, Scaling};
pub use state::{Dispatch, Failure, Intent, Known, Phase, State, StepEnd, StepRecord, Stop};
pub use step::{Backend, Base, Body, CronJob, Deployment, IngressPath, Method, OldValue, Scalar, Step};
pub use target::{Target, overlap};
pub use values::{FieldError, check_values};
