//! What a feature hands to the scheduler.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{audit::Entry, schedule::Rule, time::Millis};

use crate::db::{DbError, Tx};

/// One due time of a rule, about to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The name of the rule.
    pub rule: &'static str,
    pub due_at: Millis,
    pub now: Millis,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// In words, for its row: "2 leads were asked".
    pub note: String,
    /// Put into the audit log last of all.
    pub entry: Option<Entry>,
}

/// Why it could not be done now. It is tried again until its grace is over.
#[derive(Debug, thiserror::Error)]
pub enum DutyError {
    #[error("{0}")]
    Said(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Something that recurs.
#[async_trait]
pub trait Duty: Send + Sync {
    /// Does it, with everything that follows, in the transaction; nothing outside of it. What goes out of the console goes
    /// through the outbox in the same transaction.
    ///
    /// # Errors
    /// When it cannot be done now. Then nothing of it was.
    async fn run(&self, tx: &mut Tx, due: &Due) -> Result<Done, DutyError>;
}

/// A duty with its rule.
#[derive(Clone)]
pub struct Planned {
    /// Known by this name for ever: "oncall.schedule_check".
    pub name: &'static str,
    pub rule: Rule,
    /// Milliseconds for which it still makes sense after it was due.
    pub grace: i64,
    pub duty: Arc<dyn Duty>,
}

impl Planned {
    pub fn new(name: &'static str, rule: Rule, grace: i64, duty: impl Duty + 'static) -> Planned {
        Planned { name, rule, grace, duty: Arc::new(duty) }
    }
}
