//! Alerts: those that are open and those that were, the story of each, and the policy in words. Every button is a plain
//! form and works without a script; what was typed is kept when it is refused.

mod acting;
mod doing;
mod evidence;
mod facts;
mod filters;
mod list;
mod names;
mod one;
mod parts;
mod past;
mod policy;
mod policy_words;
mod rows;
pub mod samples;
mod silences;
mod story;
#[cfg(test)]
mod tests;
mod view;

pub use acting::{Offer, Ran};
pub use evidence::EvidenceRow;
pub use filters::Filters;
pub(crate) use list::on_now;
pub use list::{AlertsView, PendingRow, alerts_page, open_fragment};
pub use names::Names;
pub use one::{AlertPart, AlertView, Typed, alert_page, alert_part};
pub use policy::{
    BacktestView, LineField, NumberField, OutcomeView, PolicyView, TriedRow, TryForm, policy_page,
};
pub use rows::{OpenList, open_list};
pub use silences::{Scope, SilenceForm, SilenceRow};
pub use view::{AlertRow, Drawing, Rights, StateView};
