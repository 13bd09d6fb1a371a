//! A wedding in trouble: one case, its clocks and steps, who has it and who has been told.
//!
//! Nothing in a `Case` is a personal datum, so that it can be listed, sorted and counted without a key, and outlives the
//! erasure of its couple. What is personal is of the type `Private`, stands in `Couple` or beside a line of the story,
//! and is stored sealed.

mod after;
mod asking;
mod board;
mod case;
mod ceremony;
mod cleaning;
mod declared;
mod figures;
mod filter;
mod intake;
mod key;
mod kind;
mod linking;
mod merging;
mod paging;
mod people;
mod refusal;
mod resolving;
mod review;
mod step;
mod stepping;
mod story;
#[cfg(test)]
mod tests;
mod told;
mod told_parts;
pub mod wording;

pub use crate::sealing::Private;
pub use after::After;
pub use asking::Asking;
pub use board::{Automatic, Lateness, automatic_steps, board_order, is_crisis_failure};
pub use case::{Ai, Case, Contact, Holder, Origin, Presence, State, UpstreamStatus};
pub use ceremony::{Assumptions, Ceremony, Priority, Wedding};
pub(crate) use cleaning::{is_unseen, lines, one_line};
pub use declared::built_in;
pub use figures::{Figure, Figures, Month, by_month};
pub use filter::{Filter, NotAFilter, States};
pub use intake::{Intake, Marks, take_in, vanish};
pub use key::{CaseId, PlatformId, StepKey, TypeKey};
pub use kind::{CaseType, CaseTypes, Problem, TypeOfCase};
pub use paging::{CALL_WITHIN, Call, Calling};
pub use people::{Asked, FlawOfPeople, Outsider, People, PeopleKey, Saying, built_in_people};
pub use refusal::Refusal;
pub use resolving::Unsettled;
pub use review::{Findings, Task};
pub use step::{By, How, Stage, Step, StepDeclaration, StepState, Wait};
pub use story::{Happening, Line};
pub use told::{Couple, Field, NotTold, Told, Trouble, Unusable};
