//! Connections to the outside, one file a kind. Every request has a deadline, every answer a largest size, and what
//! comes is believed only as far as it can be read.

mod acting;
pub(crate) mod answers;
#[cfg(test)]
mod answers_tests;
pub mod chat;
pub mod failure;
pub mod fields;
pub mod hand_over;
mod holding;
pub mod inbound;
pub mod inbound_alertmanager;
pub mod inbound_pagerduty;
#[cfg(test)]
mod inbound_tests;
pub mod kubernetes;
pub mod mail;
pub mod notice_mail;
pub mod oidc;
mod oidc_claims;
#[cfg(test)]
pub(crate) mod oidc_fake;
#[cfg(test)]
mod oidc_tests;
pub mod pagerduty;
pub mod platform;
pub mod postgres;
pub mod redis;
pub mod siem;
pub mod timing;
mod transport;
pub mod webhook;

pub use failure::{Because, Failure};
pub use platform::{ActiveCrises, Deadlines, PlatformClient};

/// Why there is no answer that could be used. The sentences are ours: no secret, no personal datum and no text of the
/// other side stands in them, but for words of a few letters.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConnectError {
    /// The connection cannot be set up as it is configured.
    #[error("{0}")]
    Setup(String),
    /// No answer: time-out, refused connection, reset, or a 5xx.
    #[error("{0}")]
    Missed(String),
    /// Something came that is not an answer.
    #[error("{0}")]
    Bad(String),
}
