//! People's names, for those who write a story that people are in.

use std::collections::BTreeMap;

use domain::access::PersonId;

use super::store;
use crate::db::{Db, DbError};

/// The names of these people, by id; who is not there any more is left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn names(db: &Db, people: &[PersonId]) -> Result<BTreeMap<PersonId, String>, DbError> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    store::names(db.read(), people).await
}
