//! When something recurs: a cron pattern, or the same in plain words, in a named zone.

use std::fmt;

use croner::{Cron, parser::CronParser};
use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::time::{HOUR, Millis};

/// When something recurs. A time of day that the clocks skip comes as soon as they go on; one that they repeat counts the
/// first time. What recurs within a day (`0 * * * *`) goes by the hours that there are.
#[derive(Clone, Debug)]
pub struct Rule {
    written: String,
    cron: Cron,
    zone: TimeZone,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotARule {
    #[error(
        "{written:?} is not a rule: {why}; write it as in \"every Monday at 09:00\", \"first Saturday of the month at \
         02:00\", \"day 1 of the month at 09:00\", \"every day at 09:00\", \"every hour\", or as cron: \"0 9 * * MON\""
    )]
    Pattern { written: String, why: String },
    /// Such as the 30th of February.
    #[error("{written:?} is never due")]
    Never { written: String },
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const ORDINALS: [(&str, &str); 6] =
    [("first", "#1"), ("second", "#2"), ("third", "#3"), ("fourth", "#4"), ("fifth", "#5"), ("last", "#L")];
/// No clock was ever put forward by more than a day.
const LONGEST_GAP: i64 = 25 * HOUR;

impl Rule {
    /// Reads a rule; its times are those of the zone.
    ///
    /// # Errors
    /// When it is none, or is never due.
    pub fn parse(written: &str, zone: &TimeZone) -> Result<Rule, NotARule> {
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let wrong = |why: String| NotARule::Pattern { written: written.clone(), why };
        let pattern = in_cron(&written).unwrap_or_else(|| written.clone());
        if pattern.split(' ').count() != 5 {
            return Err(wrong(
                "it has other than the five fields of cron, and no words that are known".to_owned(),
            ));
        }
        let parsed = CronParser::new().parse(&pattern);
        let cron = parsed.map_err(|error| wrong(error.to_string()))?;
        // From a year with everything in it: leap days too. In UTC, which has no gaps to give up in.
        let search = cron.find_next_occurrence::<Zoned>(
            &Timestamp::constant(1_704_067_200, 0).to_zoned(TimeZone::UTC),
            true,
        );
        match search {
            Ok(_) => Ok(Rule { written, cron, zone: zone.clone() }),
            Err(_) => Err(NotARule::Never { written }),
        }
    }

    /// As it was written, with single blanks.
    pub fn written(&self) -> &str {
        &self.written
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first moment after this one at which it is due; `None` at the end of the calendar.
    pub fn next(&self, after: Millis) -> Option<Millis> {
        let mut start = after;
        // The search gives up in a gap of a whole day; it is begun anew on the other side.
        for _ in 0..=LONGEST_GAP / HOUR {
            let from = Timestamp::from_millisecond(start.0).ok()?.to_zoned(self.zone.clone());
            if let Ok(found) = self.cron.find_next_occurrence::<Zoned>(&from, false) {
                let found = Millis(found.timestamp().as_millisecond());
                // It looks at whole seconds, and so may find the second that `after` lies in.
                if found > after {
                    return Some(found);
                }
            }
            start = start.plus(HOUR);
        }
        None
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The cron pattern of a rule in words; `None` where the words are not known.
fn in_cron(written: &str) -> Option<String> {
    let words = written.to_ascii_lowercase();
    let words: Vec<&str> = words.split(' ').collect();
    match words.as_slice() {
        ["every", "hour"] => Some("0 * * * *".to_owned()),
        ["every", "day", "at", time] => at(time, "*", "*"),
        ["every", day, "at", time] => at(time, "*", weekday(day)?),
        ["day", day, "of", "the", "month", "at", time] => {
            let number = day.bytes().all(|byte| byte.is_ascii_digit());
            at(time, if number { day } else { return None }, "*")
        }
        [which, day, "of", "the", "month", "at", time] => {
            let (_, which) = ORDINALS.iter().find(|(word, _)| word == which)?;
            at(time, "*", &format!("{}{which}", weekday(day)?))
        }
        _ => None,
    }
}

fn weekday(word: &str) -> Option<&'static str> {
    const SHORT: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    WEEKDAYS.iter().position(|day| *day == word).and_then(|place| SHORT.get(place).copied())
}

fn at(time: &str, day: &str, weekday: &str) -> Option<String> {
    let (hour, minute) = time.split_once(':')?;
    let number = |text: &str, below: u8| {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u8>().ok().filter(|number| plain && *number < below)
    };
    Some(format!("{} {} {day} * {weekday}", number(minute, 60)?, number(hour, 24)?))
}
