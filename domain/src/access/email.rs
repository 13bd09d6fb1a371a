//! The address that a person signs in with. Two ways of writing it that look the same are the same.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Longest that mail allows.
const LONGEST: usize = 254;
const LONGEST_NAME: usize = 64;
/// Nothing longer is even looked at.
const LONGEST_TYPED: usize = 1_024;

/// An address, equal to every other way of writing it: capital letters, full-width letters, ligatures.
#[derive(Clone, Eq)]
pub struct EmailAddress {
    written: String,
    folded: String,
}

/// Why a text is not an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAnAddress {
    #[error("it is empty")]
    Empty,
    #[error("it is too long; an address has at most {LONGEST} letters")]
    TooLong,
    #[error("it has blanks or signs in it that cannot be seen or do not belong into an address")]
    Signs,
    #[error("it is not of the form name@example.com")]
    Form,
}

impl EmailAddress {
    /// Reads an address as somebody typed it: blanks around it are dropped, look-alikes of plain letters become those
    /// letters (NFKC).
    ///
    /// # Errors
    /// When it is not one. The error never repeats it: people type passwords into the wrong field.
    pub fn parse(typed: &str) -> Result<EmailAddress, NotAnAddress> {
        if typed.len() > LONGEST_TYPED {
            return Err(NotAnAddress::TooLong);
        }
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        let written: String = typed.nfkc().collect();
        let folded = fold(&written);
        if written.chars().chain(folded.chars()).any(is_foreign) {
            return Err(NotAnAddress::Signs);
        }
        if written.len() > LONGEST || folded.len() > LONGEST {
            return Err(NotAnAddress::TooLong);
        }
        match folded.split_once('@') {
            Some((name, host)) if is_name(name) && is_host(host) => Ok(EmailAddress { written, folded }),
            _ => Err(NotAnAddress::Form),
        }
    }

    /// As it is shown and written to.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// As it is compared: one text for all ways of writing it.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// Letter by letter, so that a letter becomes the same wherever it stands.
fn fold(text: &str) -> String {
    let small =
        text.chars().flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter });
    small.nfkc().collect()
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
}

fn is_host(host: &str) -> bool {
    !host.contains('@')
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-' || !letter.is_ascii())
        })
}

/// Blanks, controls, quoting, and what has no shape of its own and would make two addresses look alike.
fn is_foreign(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace()
        || matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | '\\' | ',' | ';' | ':' | '"')
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}')
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &EmailAddress) -> bool {
        self.folded == other.folded
    }
}

impl fmt::Debug for EmailAddress {
    /// Shows nothing: it is a personal datum, and logs are copied.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}
