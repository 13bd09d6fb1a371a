//! Who may do what: permissions, roles, addresses people sign in with, and how long each proof of them lasts.

mod delay;
mod email;
mod limits;
mod permission;
mod role;
mod single_sign_on;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use delay::{Delay, Failures};
pub use email::{EmailAddress, NotAnAddress};
pub use limits::{
    ABSOLUTE, ANONYMOUS, HALF_WAY, IDLE, INVITATION, LONGEST_TOKEN, PROOF, RESET, SET_UP, is_proof_fresh,
    session_ends,
};
pub use permission::{Permission, Permissions};
pub use role::{Role, SecondFactor, default_roles};
pub use single_sign_on::{GroupRole, PROVIDER_LEEWAY, TRIP, is_proof_of_trip, role_of_groups};

/// Which person: a UUIDv7 as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(String);

impl PersonId {
    pub fn new(id: impl Into<String>) -> PersonId {
        PersonId(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
