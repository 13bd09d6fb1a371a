//! A case in the words of the pages: when its ceremony is, who has it, who was told.

use domain::{
    crises::{
        Case, Contact, Origin, State,
        wording::{countdown, step_clock},
    },
    monitoring::range::rfc3339,
    notices::Purpose,
    time::{Millis, lasting},
};
use jiff::{Timestamp, Zoned, tz::TimeZone};

use super::Drawing;
use crate::when;

/// When the ceremony is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CeremonyWords {
    /// "Ceremony in", "Ceremony began"
    pub label: &'static str,
    /// "9 h 04 min", "40 min ago"; "unknown day"
    pub left: String,
    /// "Today 12:30, Europe/Stockholm"; nothing where nobody knows the day.
    pub when: String,
    /// For machines.
    pub moment: Option<String>,
    /// Within three hours, or going on.
    pub is_now: bool,
}

impl CeremonyWords {
    pub(super) fn of(case: &Case, drawing: Drawing<'_>) -> CeremonyWords {
        let is_now =
            case.priority(drawing.assumed, drawing.now) == domain::crises::Priority::Now && case.is_open();
        let Some(ceremony) = case.wedding.ceremony(drawing.assumed) else {
            return CeremonyWords {
                label: "Ceremony on an",
                left: "unknown day".to_owned(),
                when: String::new(),
                moment: None,
                is_now,
            };
        };
        let left = ceremony.left(drawing.now);
        let (label, left) = if left >= 0 {
            ("Ceremony in", countdown(left))
        } else {
            // The smallest number has no positive counterpart.
            ("Ceremony began", format!("{} ago", countdown(left.saturating_neg())))
        };
        let mut when = day_and_time(ceremony.at, drawing.now, &ceremony.zone);
        when = format!("{when}, {}", when::zone_name(&ceremony.zone, drawing.now));
        let here = day_and_time(ceremony.at, drawing.now, drawing.zone);
        if here != day_and_time(ceremony.at, drawing.now, &ceremony.zone) {
            when = format!("{when} ({here} {})", when::zone_name(drawing.zone, drawing.now));
        }
        CeremonyWords { label, left, when, moment: Some(rfc3339(ceremony.at)), is_now }
    }
}

/// "Today 12:30", "Tomorrow 12:30", "Sat 28 Nov 2026 12:30", as the days are where the ceremony is.
fn day_and_time(at: Millis, now: Millis, zone: &TimeZone) -> String {
    let zoned = |at: Millis| -> Option<Zoned> {
        Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(zone.clone()))
    };
    let (Some(at), Some(now)) = (zoned(at), zoned(now)) else { return String::new() };
    let days = at.date().since(now.date()).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => at.strftime("Today %H:%M").to_string(),
        1 => at.strftime("Tomorrow %H:%M").to_string(),
        -1 => at.strftime("Yesterday %H:%M").to_string(),
        _ => at.strftime("%a %-d %b %Y %H:%M").to_string(),
    }
}

/// Who has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Has {
    /// Since when, in words: "4 min".
    Nobody {
        lasted: String,
    },
    You,
    Somebody(String),
    /// "Resolved by Priya N., 03:40"
    Over(String),
}

impl Has {
    pub(super) fn of(case: &Case, drawing: Drawing<'_>) -> Has {
        let by =
            |word: &str, by: &str, at: Millis| Has::Over(format!("{word} by {by}, {}", drawing.clock(at)));
        match &case.state {
            State::Detected { since } => Has::Nobody { lasted: lasting(drawing.now.since(*since)) },
            State::Acknowledged { holder, .. } | State::Working { holder, .. } => {
                if holder.id.as_str() == drawing.rights.own {
                    Has::You
                } else {
                    Has::Somebody(holder.name.clone())
                }
            }
            State::Resolved { by: who, at } => by("Resolved", who.name(), *at),
            State::Reviewed { by: who, at, .. } => by("Reviewed", who.name(), *at),
            State::Merged { by: who, at, .. } => by("Merged", who.name(), *at),
        }
    }

    pub fn is_nobody(&self) -> bool {
        matches!(self, Has::Nobody { .. })
    }
}

/// What the couple was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToldWords {
    pub words: String,
    /// They should know something now that they have not been told.
    pub untold: bool,
}

impl ToldWords {
    pub(super) fn of(case: &Case, drawing: Drawing<'_>) -> ToldWords {
        let untold = case.is_untold(drawing.now);
        let words = match (&case.contact, case.told.iter().max_by_key(|(_, at)| **at)) {
            (Contact::NotWanted { .. }, _) => "Not to be contacted".to_owned(),
            (Contact::Allowed, None) if case.is_open() => "Couple not told yet".to_owned(),
            (Contact::Allowed, None) => "Couple was not told".to_owned(),
            (Contact::Allowed, Some((purpose, at))) => {
                let told = format!("Told {}, {}", quoted(*purpose), drawing.clock(*at));
                match case.to_tell().next().filter(|_| case.is_open()) {
                    Some(next) => format!("{told}; not yet {}", quoted(next)),
                    None => told,
                }
            }
        };
        ToldWords { words, untold }
    }
}

pub(super) fn quoted(purpose: Purpose) -> String {
    format!("\u{201c}{}\u{201d}", purpose.label())
}

/// What is to be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NextWords {
    pub name: String,
    /// "due 03:08", "4 min late"
    pub clock: String,
    pub late: bool,
}

impl NextWords {
    pub(super) fn of(case: &Case, drawing: Drawing<'_>) -> Option<NextWords> {
        let step = case.next_step()?;
        Some(NextWords {
            name: step.declared.name.clone(),
            clock: step_clock(step, drawing.now, |at| drawing.clock(at)),
            late: step.late_by(drawing.now) > 0,
        })
    }
}

/// "Crisis C-2041 of wedsync, detected 03:03", "Opened by Priya N., 03:03": where it comes from. The platform is named
/// where there are several.
pub(super) fn origin(case: &Case, platform: Option<&str>, drawing: Drawing<'_>) -> String {
    let of = platform.map(|platform| format!(" of {platform}")).unwrap_or_default();
    match &case.origin {
        Origin::Platform { id, .. } => {
            format!("Crisis {id}{of}, detected {}", when::ago(case.detected_at, drawing.now, drawing.zone))
        }
        Origin::ByHand { by } => {
            format!("Opened by {}, {}", by.name(), when::ago(case.opened_at, drawing.now, drawing.zone))
        }
    }
}
