//! A message in the form of each way. Nothing in a message can become markup, a mention or a header: titles may hold
//! what a stranger typed.

pub mod mail;
pub mod pagerduty;
pub mod slack;
#[cfg(test)]
mod tests;
pub mod webhook;

use super::{Message, Occasion};
use crate::{audit::harmless, monitoring::Level, time::Millis};

/// A message on its way: what every form is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    pub message: &'a Message,
    /// The delivery.
    pub id: &'a str,
    /// The whole address of its page.
    pub link: &'a str,
    /// When it was written down.
    pub at: Millis,
    /// One before may have arrived.
    pub is_repeated: bool,
}

const LONGEST_TITLE: usize = 300;
const LONGEST_LINE: usize = 600;
const MOST_LINES: usize = 40;

impl Outgoing<'_> {
    /// "◆ Critical: Response time 16 s on wedsync"; one line, whatever the title holds.
    pub fn headline(&self) -> String {
        let Message { occasion, level, title, .. } = self.message;
        let title = one_line(title, LONGEST_TITLE);
        let level = level.map(|level| format!("{} {}", shape(level), level.word()));
        let told = match (occasion, level) {
            (Occasion::Page | Occasion::Storm, Some(level)) => format!("{level}: {title}"),
            (Occasion::Page | Occasion::Storm | Occasion::Reminding, _) => title,
            (Occasion::Reminder, Some(level)) => format!("{level}, not acknowledged: {title}"),
            (Occasion::Reminder, None) => format!("Not acknowledged: {title}"),
            (Occasion::Acknowledged, _) => format!("Acknowledged: {title}"),
            (Occasion::Resolved, _) => format!("✓ Resolved: {title}"),
            (Occasion::Test, _) => format!("TEST: {title}"),
        };
        if self.is_repeated { format!("{told} (repeated)") } else { told }
    }

    /// The sentences, each in one line, with what is to be said of the sending itself.
    pub fn lines(&self) -> Vec<String> {
        let lines = &self.message.lines;
        let mut told: Vec<_> =
            lines.iter().take(MOST_LINES).map(|line| one_line(line, LONGEST_LINE)).collect();
        if lines.len() > MOST_LINES {
            told.push(format!("And {} more; the page has all.", lines.len() - MOST_LINES));
        }
        if self.message.occasion == Occasion::Test {
            told.push("This is a test of the way to you. Nothing is wrong.".to_owned());
        }
        if self.is_repeated {
            told.push(REPEATED.to_owned());
        }
        told
    }

    /// Whether whoever gets it can acknowledge by it.
    pub fn can_be_acknowledged(&self) -> bool {
        self.message.alert.is_some() && self.message.occasion.calls()
    }
}

pub(super) const REPEATED: &str =
    "Repeated: it is not known whether the same message has reached you already.";

/// What stands before the level's word.
fn shape(level: Level) -> &'static str {
    match level {
        Level::Information => "○",
        Level::Warning => "▲",
        Level::Critical => "◆",
        Level::Emergency => "🛑",
    }
}

/// The level's colour on white, and green for what is resolved. The same as in the stylesheet's tokens.
fn colour(message: &Message) -> &'static str {
    match (message.occasion, message.level) {
        (Occasion::Resolved, _) => "#2f6b4f",
        (Occasion::Test | Occasion::Reminding, _) | (_, None) => "#646974",
        (_, Some(Level::Information)) => "#2b5f8a",
        (_, Some(Level::Warning)) => "#805300",
        (_, Some(Level::Critical)) => "#b3311b",
        (_, Some(Level::Emergency)) => "#8e1155",
    }
}

/// Without line breaks and signs that hide or turn text.
fn one_line(text: &str, longest: usize) -> String {
    harmless(text.trim(), longest)
}
