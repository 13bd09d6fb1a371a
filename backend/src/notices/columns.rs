//! Where what is sealed of an attempt stands; `SEALED_COLUMNS` names the same columns.

use crate::sealing::Place;

/// In the order in which they are read and written.
pub(super) const SEALED: [&str; 6] = ["address", "language", "subject", "words", "html", "reason"];

pub(super) fn place<'a>(column: &'a str, attempt: &'a str) -> Place<'a> {
    Place { table: "notice_attempt", column, row: attempt }
}
