//! What senders of alerts from outside send, read without a connection: bytes in, reports out.

use std::fmt;

use domain::alerts::outside::{Report, cleaned};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Alerts in one payload.
pub const MOST_ALERTS: usize = 50_000;
const LONGEST_REASON: usize = 200;

/// What could be read of a payload.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Read {
    /// In the order in which they stood, with their places from 0.
    pub reports: Vec<(usize, Report)>,
    pub refused: Vec<RefusedReport>,
}

/// One alert of a payload that cannot be read, or may not be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedReport {
    /// From 0.
    pub place: usize,
    pub why: String,
}

/// Why nothing of a payload can be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// JSON, and not what was expected.
    #[error("{0}")]
    Other(String),
}

impl Unreadable {
    pub(super) fn of(error: &serde_json::Error) -> Unreadable {
        let words = shortly(error);
        match error.classify() {
            serde_json::error::Category::Data => Unreadable::Other(words),
            _ => Unreadable::NotJson(words),
        }
    }
}

pub(super) fn read_one<T: DeserializeOwned>(raw: &RawValue) -> Result<T, String> {
    serde_json::from_str(raw.get()).map_err(|error| shortly(&error))
}

/// Errors may repeat what was sent: a short piece of it, and plain.
pub(super) fn shortly(error: &impl fmt::Display) -> String {
    cleaned(&error.to_string(), LONGEST_REASON)
}
