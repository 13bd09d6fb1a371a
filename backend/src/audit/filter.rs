//! Which records are meant.

use domain::{audit::Outcome, time::Millis};

/// Every condition that is given must hold.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filter {
    /// The id, or the whole name, of who acted.
    pub person: Option<String>,
    /// `person.invited`, or `person` for everything of that kind.
    pub verb: Option<String>,
    /// The kind of the object, and its id when one only is meant.
    pub object: Option<(String, Option<String>)>,
    pub outcome: Option<Outcome>,
    /// From this moment on.
    pub from: Option<Millis>,
    /// Before this moment.
    pub to: Option<Millis>,
    /// Anywhere in the names, facts, reasons and addresses; capitals of A to Z do not matter.
    pub search: Option<String>,
}

/// The text as itself within a LIKE whose escape is `!`.
pub(super) fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 4);
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern
}
