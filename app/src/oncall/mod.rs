//! Who is called: `/on-call`, a tier, "Ready?", a test of the escalation, and a card for other pages.

mod calendar;
mod card;
mod feeds;
mod overview;
mod ready;
mod rotation_form;
pub mod samples;
mod shifts;
mod test_page;
#[cfg(test)]
mod tests;
mod tests_card;
mod tier;
mod tier_forms;
mod words;

pub use card::{OnCallCard, card};
pub use feeds::NewAddress;
pub use overview::{OnCallView, on_call_page};
pub use ready::{ReadyView, ready_page};
pub use rotation_form::{FormKind, RotationForm};
pub use test_page::{TestView, test_page};
pub use tier::{TierView, tier_page};
pub use tier_forms::{OverrideForm, SwapForm, TakeForm};
pub use words::fault_words;

/// "Problem" first, so that it is the first thing that is read out.
fn title(page: &str, refused: bool) -> String {
    let problem = if refused { "Problem: " } else { "" };
    format!("{problem}{page} \u{2013} Bellwether")
}
