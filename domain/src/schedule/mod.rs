//! What recurs: rules in a named zone, and the moments at which they are due.

mod due;
mod rule;
#[cfg(test)]
mod tests;

pub use due::{CatchUp, MOST_MISSED, catch_up};
pub use rule::{NotARule, Rule};
