//! Whether everybody would be reached: ways and shifts of whoever a tier may call.

use std::collections::BTreeMap;

use domain::{access::PersonId, time::Millis};

use super::{Board, board};
use crate::{
    access::{self, Permit, SeeStatus, WayKind},
    db::{Db, DbError},
    delivery::{self, Arrival},
};

/// The page of everybody, with their kinds of ways in their order.
#[derive(Clone, Debug)]
pub struct Ready {
    pub board: Board,
    pub ways: BTreeMap<PersonId, Vec<WayKind>>,
    /// The last thing that really arrived, by person and way.
    pub arrivals: Vec<Arrival>,
}

/// Reads it.
///
/// # Errors
/// When the database cannot be read.
pub async fn ready(db: &Db, permit: &Permit<SeeStatus>, now: Millis) -> Result<Ready, DbError> {
    let board = board(db, permit, now).await?;
    let mut ways: BTreeMap<PersonId, Vec<WayKind>> = BTreeMap::new();
    for (person, kind) in access::way_kinds(db).await? {
        ways.entry(person).or_default().push(kind);
    }
    let chain = &board.chain;
    let mut members: Vec<PersonId> =
        chain.tiers.iter().flat_map(|tier| chain.members(tier)).cloned().collect();
    members.sort();
    members.dedup();
    let arrivals = delivery::last_arrivals(db, &members).await?;
    Ok(Ready { board, ways, arrivals })
}
