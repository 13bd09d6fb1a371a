//! Crises: the board of those that are open by the time that is left, one case with its checklist, its couple and its
//! story, and the form that opens one by hand. Every button is a plain form and works without a script; what was typed is
//! kept when it is refused. What is personal is drawn only where a view holds it: who may not see it gets a view without.

mod asked;
mod beside;
mod board;
mod clocks;
mod correcting;
mod couple;
mod doing;
mod figures;
mod files;
mod filters;
mod finding;
mod new;
mod notices;
mod one;
mod review;
mod rows;
pub mod samples;
mod steps;
mod story;
#[cfg(test)]
mod tests;
mod view;
mod words;
mod yes;

pub use asked::{AskedStanding, AskedView};
pub(crate) use beside::on_now;
pub use beside::{OpenCases, now_fragment};
pub use board::{BoardView, board_fragment, board_page, board_standing_fragment};
pub use correcting::CorrectForm;
pub use couple::{CoupleWords, Known, OddWords};
pub use figures::{FigureRow, FiguresView, MonthView, figures_page};
pub use files::FileRow;
pub use filters::{SEARCH, board_address, found_address};
pub use finding::{FoundCase, FoundView, SearchForm, WeddingRow};
pub use new::{NewForm, NewView, new_page};
pub use notices::{CallForm, LinkView, NoticesView, PromiseForm, PurposeView};
pub use one::{CasePart, CaseView, case_page, case_part};
pub use review::{FindingsView, ReviewForm, TaskForm, TaskRow};
pub use rows::CaseRow;
pub use steps::{Act, StepView};
pub use story::{Said, StoryLine};
pub use view::{Drawing, Rights, Standing, Typed};
pub use yes::{YesView, YesWords, yes_over_page, yes_page};
