//! Who did what: what a record holds, how records are chained so that nobody can edit them unseen, and how they read.

mod chain;
mod entry;
mod facts;
mod harmless;
mod record;
mod sentence;
#[cfg(test)]
mod tests;
mod verifier;

pub use chain::{Hash, NotAHash, link};
pub use entry::{Actor, ActorKind, Entry, Object, Operation, Origin, Outcome};
pub use facts::{Facts, Masked, is_secret};
pub use harmless::harmless;
pub use record::Record;
pub use verifier::{Break, Damage, Head, Verifier};
