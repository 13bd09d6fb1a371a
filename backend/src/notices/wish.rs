//! What somebody wants to tell a couple, as a form has it.

use std::fmt;

use domain::{
    crises::CaseId,
    notices::{Language, Purpose, Way},
    time::Millis,
};

/// One notice to one couple, by mail or by text message. A debug print shows nothing that somebody wrote.
#[derive(Clone)]
pub struct Wish {
    pub case: CaseId,
    pub purpose: Purpose,
    pub way: Way,
    /// Which of their addresses (numbers), from 0; `None` where there is one.
    pub to: Option<usize>,
    /// Of those in which there is a text; `None` is the couple's own.
    pub language: Option<Language>,
    pub filled: Filled,
    /// In the place of the template's text.
    pub edited: Option<Edited>,
    /// Why by a second way, or once more. May be empty where the couple has not been told.
    pub reason: String,
}

/// What a text names and nobody but whoever writes it knows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// What is being done for them, in sentences; several lines. Empty is not known.
    pub plan: String,
    /// When they hear of us next; `None` keeps what was promised before.
    pub promised_at: Option<Millis>,
    /// Whom they may call; empty is whom the configuration names.
    pub contact: String,
}

/// As somebody changed it before it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Edited {
    pub subject: String,
    pub text: String,
}

impl fmt::Debug for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wish")
            .field("case", &self.case)
            .field("purpose", &self.purpose)
            .field("way", &self.way)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled").field("promised_at", &self.promised_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edited(…)")
    }
}
