//! How people can be reached: what is read by whoever has something to tell them.

use std::{collections::BTreeMap, fmt};

use domain::access::PersonId;

use super::{Way, store};
use crate::db::{Db, DbError};

/// Somebody, and the ways to them in their order.
#[derive(Clone, PartialEq, Eq)]
pub struct Reach {
    pub name: String,
    pub is_disabled: bool,
    pub ways: Vec<Way>,
}

impl fmt::Debug for Reach {
    /// Names and addresses are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach").field("is_disabled", &self.is_disabled).finish_non_exhaustive()
    }
}

/// How these people can be reached. Whoever was removed is missing.
///
/// # Errors
/// When the database cannot be read.
pub async fn reach(db: &Db, people: &[PersonId]) -> Result<BTreeMap<PersonId, Reach>, DbError> {
    store::reach(db.read(), people).await
}
