//! The filters of past alerts as they stand in the address.

use backend::alerts::{Past, PastPlace, PastState};
use domain::{monitoring::Level, time::Millis};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use serde::Deserialize;

use crate::shell::encoded;

/// Characters of one filter; what follows is left out.
const LONGEST: usize = 200;
/// In the list of services: the platform as a whole.
pub(super) const WHOLE: &str = "-";

/// The query of `/alerts`, as it was typed. Empty means any; of `state` it means those that are resolved.
#[derive(Clone, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(default)]
pub struct Filters {
    pub text: String,
    /// 1 to 4: the worst that it has been.
    pub level: String,
    pub platform: String,
    pub service: String,
    pub metric: String,
    pub state: String,
    /// A day, in the zone of the page.
    pub from: String,
    /// A day, and all of it.
    pub to: String,
    /// Where the page before ended.
    pub before: String,
    /// What was done on the way here.
    pub done: String,
    pub count: String,
}

impl Filters {
    /// What is looked for, and after which.
    ///
    /// # Errors
    /// The sentence for the person who typed it.
    pub fn wanted(&self, zone: &TimeZone) -> Result<(Past, Option<PastPlace>), String> {
        let text = |typed: &str| {
            let text: String =
                typed.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
            Some(text).filter(|text| !text.is_empty())
        };
        let level = match self.level.trim() {
            "" => None,
            "1" => Some(Level::Information),
            "2" => Some(Level::Warning),
            "3" => Some(Level::Critical),
            "4" => Some(Level::Emergency),
            other => return Err(format!("“{other}” is not a level; levels are 1 to 4.")),
        };
        let state = match self.state.trim() {
            "" => PastState::default(),
            word => PastState::from_word(word).ok_or_else(|| format!("There is no state “{word}”."))?,
        };
        let before = match self.before.trim() {
            "" => None,
            place => Some(
                place
                    .parse()
                    .map_err(|()| "The place in the address is none; begin at the newest.".to_owned())?,
            ),
        };
        let from = day(&self.from)?.map(|from| start(from, zone)).transpose()?;
        let to = match day(&self.to)? {
            Some(to) => Some(start(to.checked_add(1.day()).map_err(|_| beyond(to))?, zone)?),
            None => None,
        };
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err("The last day is before the first.".to_owned());
        }
        let service =
            text(&self.service).map(|service| if service == WHOLE { String::new() } else { service });
        let past = Past {
            level,
            platform: text(&self.platform),
            service,
            metric: text(&self.metric),
            state,
            from,
            to,
            text: text(&self.text),
        };
        Ok((past, before))
    }

    pub fn is_any(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.trim().is_empty())
    }

    /// `/alerts` with these filters in its query.
    pub(super) fn address(&self, before: Option<&PastPlace>) -> String {
        let pairs = self.pairs();
        let own = pairs.iter().filter(|(_, value)| !value.trim().is_empty());
        let own = own.map(|(name, value)| format!("{name}={}", encoded(value)));
        let before = before.map(|place| format!("before={}", encoded(&place.to_string())));
        let query: Vec<String> = own.chain(before).collect();
        let address =
            if query.is_empty() { "/alerts".to_owned() } else { format!("/alerts?{}", query.join("&")) };
        format!("{address}#past")
    }

    fn pairs(&self) -> [(&'static str, &str); 8] {
        [
            ("text", &self.text),
            ("level", &self.level),
            ("platform", &self.platform),
            ("service", &self.service),
            ("metric", &self.metric),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }
}

fn day(typed: &str) -> Result<Option<Date>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let read = typed.parse().map(Some);
    read.map_err(|_| format!("“{typed}” is not a day; write it as 2026-11-24."))
}

fn start(day: Date, zone: &TimeZone) -> Result<Millis, String> {
    let start = day.to_zoned(zone.clone()).map_err(|_| beyond(day))?;
    Ok(Millis(start.timestamp().as_millisecond()))
}

fn beyond(day: Date) -> String {
    format!("{day} is beyond what the console can show.")
}
