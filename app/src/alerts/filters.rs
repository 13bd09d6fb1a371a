//! The filters of past alerts as they stand in the address.

use backend::alerts::{Past, PastPlace, PastState};
use domain::monitoring::Level;
use jiff::{ToSpan as _, tz::TimeZone};
use serde::Deserialize;

use crate::filtering::{self, beyond, day, start};

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
        filtering::is_any(&self.pairs())
    }

    /// `/alerts` with these filters in its query.
    pub(super) fn address(&self, before: Option<&PastPlace>) -> String {
        let before: Vec<_> = before.map(|place| ("before", place.to_string())).into_iter().collect();
        format!("{}#past", filtering::address("/alerts", &self.pairs(), &before))
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
