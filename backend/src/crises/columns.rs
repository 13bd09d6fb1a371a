//! Where what is sealed of a case stands; `SEALED_COLUMNS` names the same columns.

use crate::sealing::Place;

/// The columns of the couple, in the order in which they are read and written.
pub(super) const COUPLE: [&str; 7] = [
    "couple_names",
    "couple_emails",
    "couple_phones",
    "couple_language",
    "couple_venue",
    "couple_summary",
    "couple_unusable",
];

pub(super) fn place<'a>(column: &'a str, case: &'a str) -> Place<'a> {
    Place { table: "crisis_case", column, row: case }
}

pub(super) fn place_of_words(line: &str) -> Place<'_> {
    Place { table: "crisis_line", column: "words", row: line }
}

pub(super) fn place_of_file<'a>(column: &'a str, file: &'a str) -> Place<'a> {
    Place { table: "crisis_file", column, row: file }
}
