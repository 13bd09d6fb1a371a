//! What recurs, exactly once for each due time. A feature names its duties; the one scheduler runs each in a transaction
//! together with the row that says that it was done, so that a crash leaves both or neither.

mod duty;
mod run;
mod store;
#[cfg(test)]
mod tests;

pub use duty::{Done, Due, Duty, DutyError, Planned};
pub use run::{Scheduler, run};

use domain::time::Millis;

use crate::db::{Db, DbError};

/// How a due time went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Done,
    /// Done, but not when it was due: the console was down, or it failed at first.
    Late,
    /// Not done: it was too late for it, or a later one took its place.
    Missed,
}

/// A due time that is dealt with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// The name of the rule.
    pub rule: String,
    pub due_at: Millis,
    pub outcome: Outcome,
    pub at: Millis,
    pub note: String,
}

/// The newest due times of these rules, newest first; at most `most` of all.
///
/// # Errors
/// When the database cannot be read.
pub async fn past(db: &Db, rules: &[&str], most: u16) -> Result<Vec<Past>, DbError> {
    store::past(db.read(), rules, most).await
}

impl Outcome {
    pub const ALL: [Outcome; 3] = [Outcome::Done, Outcome::Late, Outcome::Missed];

    /// As it is stored, and read.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Late => "late",
            Outcome::Missed => "missed",
        }
    }

    fn from_word(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}
