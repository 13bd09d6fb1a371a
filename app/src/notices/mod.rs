//! What couples are told: one notice seen in full before it goes, many at once, how far they are, everything that was told as
//! one list, and the couple's own page. Every button is a plain form and works without a script; what was typed is kept when
//! nothing is sent. What is personal is drawn only where a view holds it.

mod attempt;
mod bulk;
mod couple;
mod letter;
mod named;
mod progress;
pub mod samples;
#[cfg(test)]
mod tests;
mod told;
mod words;
mod write;

pub(crate) use attempt::attempt_row;
pub use attempt::{AttemptView, Content, Said};
pub use bulk::{BulkForm, BulkRow, BulkView, LeftOut, bulk_page};
pub use couple::{couple_gone_page, couple_page};
pub use letter::{LetterWords, To};
pub use progress::{ProgressView, progress_fragment, progress_page};
pub use told::{ToldRow, ToldView, told_page};
pub(crate) use words::{heading, way_heading};
pub use write::{THEIRS, Theirs, Why, WriteForm, WriteView, write_page};
