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
pub const SEALED_COLUMNS: &[SealedColumn] = &[];
