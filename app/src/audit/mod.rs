//! Who did what: `/audit`.

mod filters;
mod page;
pub mod samples;
#[cfg(test)]
mod tests;
mod view;

pub use filters::Filters;
pub use page::audit_page;
pub use view::{AuditRow, AuditView, ChainState, FactRow};
