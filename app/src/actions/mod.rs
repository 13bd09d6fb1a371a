//! Actions and their runs: what may be done, what exactly it would do now, and each run from its request to a known end.
//! Every button is a plain form that says what it does to what; what was typed is kept when it is refused.

mod ask;
mod beside;
mod doing;
mod list;
mod past;
mod preview;
mod requests;
mod rows;
mod run;
pub mod samples;
mod seen;
mod steps;
mod switch;
#[cfg(test)]
mod tests;
mod undo;
mod words;

pub use ask::{ActionView, Proof, action_page};
pub(crate) use beside::on_now;
pub use beside::{now_fragment, offers_of, ran};
pub use list::{ActionsView, EntryRow, GoalRows, actions_page, open_fragment};
pub use past::{PastView, runs_page};
pub use rows::{OpenRuns, RunRow};
pub use run::{RunPart, RunView, Typed, run_page, run_part};
pub use seen::{Seen, changed_since};
pub use switch::SwitchView;
pub use undo::{UndoView, undo_page};
pub use words::{Rights, asks, does};
