//! Filters in an address: what a form typed, days, and the address again.

use domain::time::Millis;
use jiff::{civil::Date, tz::TimeZone};

use crate::shell::encoded;

/// Whether nothing is filtered.
pub fn is_any(pairs: &[(&str, &str)]) -> bool {
    pairs.iter().all(|(_, value)| value.trim().is_empty())
}

/// `path` with what is filtered in its query, and with `more`.
pub fn address(path: &str, pairs: &[(&str, &str)], more: &[(&str, String)]) -> String {
    let own = pairs.iter().filter(|(_, value)| !value.trim().is_empty());
    let own = own.map(|(name, value)| format!("{name}={}", encoded(value)));
    let more = more.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    let query: Vec<String> = own.chain(more).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A day as a date field sends it; nothing typed is none.
///
/// # Errors
/// With the sentence for whoever typed it.
pub fn day(typed: &str) -> Result<Option<Date>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let read = typed.parse().map(Some);
    read.map_err(|_| format!("“{typed}” is not a day; write it as 2026-11-24."))
}

/// When a day begins in a zone.
///
/// # Errors
/// With the sentence for whoever typed it, when that lies beyond all times.
pub fn start(day: Date, zone: &TimeZone) -> Result<Millis, String> {
    let start = day.to_zoned(zone.clone()).map_err(|_| beyond(day))?;
    Ok(Millis(start.timestamp().as_millisecond()))
}

pub fn beyond(day: Date) -> String {
    format!("{day} is beyond what the console can show.")
}
