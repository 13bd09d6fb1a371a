//! What couples are told of their crisis: in their language, seen in full before it goes, and never twice unseen.

mod attempt;
pub mod bulk;
mod fate;
mod language;
mod letter;
mod markup;
mod notice;
mod page;
mod purpose;
pub mod reports;
mod template;
mod templates;
#[cfg(test)]
mod tests;
mod texts;
mod way;

pub use attempt::{
    Answer, Arrival, Attempt, AttemptId, AttemptState, BOUNCE_WINDOW, Doubt, Failure, Next, NotNow, Report,
};
pub use fate::Fate;
pub use language::{Language, NotALanguage};
pub use letter::{Given, Letter, Missing, NotALetter};
pub use notice::{Notice, Refusal, unsettled};
pub use page::{Promise, StatusPage, promised_time};
pub use purpose::Purpose;
pub use template::{Flaw, Place, Template, Variable};
pub use templates::{Chosen, Templates};
pub use way::Way;
