//! How single values are written, and what is wrong with one that is not written so.

use std::{net::SocketAddr, time::Duration};

use reqwest::Url;

/// `400d`.
pub(super) fn days(text: &str) -> Option<Duration> {
    let days: u64 = text.strip_suffix('d')?.parse().ok()?;
    Some(Duration::from_secs(days.checked_mul(24 * 3_600)?))
}

/// `HOST:PORT`, `[::1]:PORT`.
pub(super) fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':');
    let port = port.parse().ok().filter(|port| *port > 0)?;
    (!host.is_empty() && host.chars().all(is_host)).then(|| (host.to_owned(), port))
}

/// `30s`, `500ms`, `2m`, `1h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let split = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (digits, unit) = text.split_at(split);
    let number: u64 = digits.parse().ok()?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(milliseconds)?))
}

/// An address that requests go to, without the slash at its end. The error never repeats the address, because it may
/// hold a password.
pub(super) fn web_address(text: &str) -> Result<String, &'static str> {
    const EXPECTED: &str = "expected an address such as https://api.wedsync.com";
    let url = Url::parse(text).map_err(|_| EXPECTED)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(EXPECTED);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("expected an address without a user and password; the token has a file of its own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("expected an address without ? and #");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Where to listen.
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not an address and port; expected one such as 127.0.0.1:3000"))
}

/// Where the database is. The error never repeats the address, because it may hold a password.
pub(super) fn database(text: &str) -> Result<(), &'static str> {
    let named = ["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    if named { Ok(()) } else { Err("expected sqlite://FILE or postgres://USER@HOST/NAME") }
}

/// What is logged: a level, or pairs of a module and a level.
pub(super) fn log_filter(text: &str) -> bool {
    let is_level = |word: &str| {
        ["off", "error", "warn", "info", "debug", "trace"].contains(&word.to_ascii_lowercase().as_str())
    };
    let is_module = |word: &str| {
        !word.is_empty()
            && word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '-'))
    };
    text.split(',').map(str::trim).all(|part| match part.split_once('=') {
        Some((module, level)) => is_module(module) && is_level(level),
        None => is_level(part),
    })
}

/// A name that can stand in an address, a label and a column: `wedsync`, `eu-2`.
pub(super) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && text.chars().all(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_')
        })
}
