//! What staff are told, and how one attempt follows the other.

mod message;

pub use message::{Message, Occasion, Recipient};
