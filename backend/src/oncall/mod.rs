//! Who is called: tiers, rotations, overrides and their calendars. Each thing that happens is one function and one
//! transaction, with its record in the audit log inside.

mod board;
mod calendar;
mod change;
mod duties;
mod escalation_test;
mod feeds;
mod load;
mod overrides;
mod ready;
mod refused;
mod seed;
mod staffing;
mod store;
#[cfg(test)]
mod tests;

pub use board::{Board, StoredOverride, TierState, board, on_call_now};
pub use change::set_staffing;
pub use duties::{CONTACT_CHECK, ESCALATION_TEST, GAP_WARNING, SCHEDULE_CHECK, duties};
pub use escalation_test::{TestPage, TestStory, TestTo, answer_test, begin_test, test_story};
pub use feeds::{Feed, FeedCalendar, MOST_FEEDS, NewFeed, create_feed, feed_calendar, revoke_feed};
pub use load::roster;
pub use overrides::{NewOverride, Part, add_override, remove_override, swap, take};
pub use ready::{Ready, ready};
pub use refused::OnCallRefused;
pub use seed::{seed, seed_staffing};
pub use staffing::WrittenStaffing;

use crate::db::DbError;

/// Runs a change to its end in a task of its own: a closed tab must not cancel it half-way.
async fn whole<T, E>(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    tokio::spawn(work).await.unwrap_or_else(|_| Err(DbError::Lost.into()))
}
