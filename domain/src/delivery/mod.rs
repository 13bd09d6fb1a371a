//! What staff are told, and how one attempt follows the other.

mod course;
#[cfg(test)]
mod course_tests;
pub mod forms;
mod medium;
mod message;
mod words;

pub use course::{Again, Course, DeliveryState, Outcome, Strategy, Way, WayState};
pub use medium::Medium;
pub use message::{Asks, Message, Occasion, Recipient};
