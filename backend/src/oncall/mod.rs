//! stand-in
use crate::db::{DbError, Tx};
use domain::{oncall::Roster, time::Millis};
pub async fn roster(_tx: &mut Tx, _now: Millis) -> Result<Roster, DbError> {
    Ok(Roster::default())
}
