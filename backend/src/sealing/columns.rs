//! Where sealed values stand.

/// A column of sealed values, which `key rotate --data` encrypts again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SealedColumn {
    pub table: &'static str,
    /// Its values are what `DataKey::seal` made at this table, this column and the row's id; NULL and '' are none.
    pub column: &'static str,
    /// The column of the row's id: text, and unique.
    pub row: &'static str,
    /// The column that names the owner of the data key.
    pub owner: &'static str,
}

/// Every sealed column there is. A feature that seals adds its own here; what is missing can no longer be opened after
/// `key rotate --data`.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    of_case("couple_names"),
    of_case("couple_emails"),
    of_case("couple_phones"),
    of_case("couple_language"),
    of_case("couple_venue"),
    of_case("couple_summary"),
    of_case("couple_unusable"),
    of_case("findings"),
    beside_a_case("crisis_line", "words"),
    beside_a_case("crisis_file", "name"),
    beside_a_case("crisis_file", "content"),
    beside_a_case("notice_attempt", "address"),
    beside_a_case("notice_attempt", "language"),
    beside_a_case("notice_attempt", "subject"),
    beside_a_case("notice_attempt", "words"),
    beside_a_case("notice_attempt", "html"),
    beside_a_case("notice_attempt", "reason"),
];

const fn of_case(column: &'static str) -> SealedColumn {
    SealedColumn { table: "crisis_case", column, row: "id", owner: "id" }
}

const fn beside_a_case(table: &'static str, column: &'static str) -> SealedColumn {
    SealedColumn { table, column, row: "id", owner: "crisis" }
}
