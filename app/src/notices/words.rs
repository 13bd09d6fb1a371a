//! A notice in the words of the pages: what it says, by which way, what became of it, and how long ago.

use domain::{
    notices::{Arrival, Attempt, AttemptState, Doubt, Failure, Fate, Language, Purpose, Way},
    time::{Millis, lasting},
};
use jiff::tz::TimeZone;

use crate::when;

/// "We have a plan": at the beginning of a line.
pub(crate) fn heading(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::WeKnow => "We know",
        Purpose::WeHaveAPlan => "We have a plan",
        Purpose::Solved => "It is solved",
        Purpose::Apology => "Apology",
    }
}

/// "E-mail": at the beginning of a line.
pub(crate) fn way_heading(way: Way) -> &'static str {
    match way {
        Way::Mail => "E-mail",
        Way::Sms => "Text message",
        Way::Telephone => "Telephone",
    }
}

/// "German", "German (de-ch)"
pub(super) fn language_words(language: &Language) -> String {
    let label = language.label();
    let is_plain = language.plain() == *language || label == language.as_str();
    if is_plain { label.to_owned() } else { format!("{label} ({language})") }
}

pub(super) fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Drafted => "Not sent off",
        Fate::Waiting => "Waiting",
        Fate::Sent => "Sent",
        Fate::Delivered => "Delivered",
        Fate::InDoubt => "In doubt",
        Fate::Failed => "Failed",
        Fate::TakenBack => "Taken back",
    }
}

/// A shape, because a colour would mean a level.
pub(super) fn fate_sign(fate: Fate) -> &'static str {
    match fate {
        Fate::Drafted => "",
        Fate::Waiting => "\u{2026}",
        Fate::Sent | Fate::Delivered => "\u{2713}",
        Fate::InDoubt => "?",
        Fate::Failed => "\u{d7}",
        Fate::TakenBack => "\u{2013}",
    }
}

/// "Delivered 12 min ago, 03:10: no bounce came."
pub(super) fn sentence(attempt: &Attempt, now: Millis, zone: &TimeZone) -> String {
    let ago = |at: Millis| when::ago(at, now, zone);
    let clock = |at: Millis| when::clock(at.0, now, zone);
    // Its age comes first: what waits and what is in doubt is looked at by that.
    let age = |at: Millis| format!("{}, since {}", lasting(now.since(at)), clock(at));
    let is_call = attempt.way == Way::Telephone;
    match &attempt.state {
        AttemptState::Drafted => format!("Written {}; nobody has sent it off.", ago(attempt.made_at)),
        AttemptState::Queued { since, tries: 0, .. } => format!("Has waited to be sent for {}.", age(*since)),
        AttemptState::Queued { since, tries, not_before } => {
            let again = if *not_before > now {
                format!("again at {}", clock(*not_before))
            } else {
                "again at once".to_owned()
            };
            format!("Has waited to be sent for {}. Tried {}, {again}.", age(*since), times(*tries))
        }
        AttemptState::Intended { since, .. } | AttemptState::Ending { since, .. } => {
            format!("Is being sent; pressed {}.", ago(*since))
        }
        AttemptState::Sent { at, window_ends } if *window_ends > now => {
            format!("Sent {}. It may still bounce until {}.", ago(*at), clock(*window_ends))
        }
        AttemptState::Sent { at, .. } => format!("Sent {}.", ago(*at)),
        AttemptState::InDoubt { at, why } => {
            let why = match why {
                Doubt::NoAnswer => "the line was cut before the server had answered",
                Doubt::Stopped => "the console was stopped before the answer was written down",
            };
            format!("In doubt for {}: {why}. It may have arrived.", age(*at))
        }
        AttemptState::Delivered { at, how } => match how {
            Arrival::NoBounce => format!("Delivered {}: no bounce came.", ago(*at)),
            Arrival::Provider => format!("Delivered {}, as the provider says.", ago(*at)),
            Arrival::Person { by } if is_call => {
                format!("Told on the telephone by {}, {}.", by.name(), ago(*at))
            }
            Arrival::Person { by } => format!("It arrived, says {}, {}.", by.name(), ago(*at)),
        },
        AttemptState::Failed { at, why } => match why {
            Failure::Refused { code } => {
                format!("Failed {}: the server refuses it for good ({code}).", ago(*at))
            }
            Failure::Bounced => format!("Failed {}: it came back.", ago(*at)),
            Failure::Person { by } if is_call => {
                format!("{} called and did not reach them, {}.", by.name(), ago(*at))
            }
            Failure::Person { by } => format!("It did not arrive, says {}, {}.", by.name(), ago(*at)),
        },
        AttemptState::Withdrawn { at, by } => {
            format!("Taken back by {}, {}; it never left.", by.name(), ago(*at))
        }
    }
}

fn times(tries: u32) -> String {
    if tries == 1 { "once".to_owned() } else { format!("{tries} times") }
}
