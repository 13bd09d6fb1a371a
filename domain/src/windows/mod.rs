//! Stretches in which nobody is called: silences and maintenance windows. What happens in them is recorded all the same.

use serde::{Deserialize, Serialize};

use crate::{
    monitoring::Level,
    time::{DAY, HOUR, Millis, lasting},
};

/// An emergency is silenced no longer than this, and not at all on a day with weddings.
pub const LONGEST_EMERGENCY: i64 = HOUR;
/// Anything else no longer than this: what should never call anybody belongs into the policy.
pub const LONGEST: i64 = 30 * DAY;

/// A stretch in which certain alerts call nobody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Window {
    pub kind: WindowKind,
    pub over: Scope,
    pub from: Millis,
    /// Not included.
    pub until: Millis,
    /// Holds for level 4 too; never so for maintenance.
    pub emergencies: bool,
    pub reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    Silence,
    Maintenance,
}

/// What it covers; what is left out is everything.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Scope {
    pub platform: Option<String>,
    pub service: Option<String>,
    pub metric: Option<String>,
}

/// Why a window cannot be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WindowRefused {
    #[error("Say why nobody should be called: those who find it in the morning will ask.")]
    NoReason,
    #[error("The reason is longer than {most} characters.")]
    LongReason { most: usize },
    #[error("It would end before it begins.")]
    EndsBeforeItBegins,
    #[error("It would be over already.")]
    IsPast,
    #[error("It would last {}; {} is the longest.", lasting(*.0), lasting(LONGEST))]
    TooLong(i64),
    #[error("An emergency is silenced for {} at the most.", lasting(LONGEST_EMERGENCY))]
    TooLongForEmergencies,
    #[error("Weddings take place today: emergencies call somebody.")]
    WeddingsToday,
}

const LONGEST_REASON: usize = 500;

impl Window {
    /// A window that may be, as it was given.
    ///
    /// # Errors
    /// With the rule that it breaks.
    pub fn checked(self, weddings_today: Option<u32>, now: Millis) -> Result<Window, WindowRefused> {
        let span = self.until.since(self.from);
        if self.reason.trim().is_empty() {
            Err(WindowRefused::NoReason)
        } else if self.reason.chars().count() > LONGEST_REASON {
            Err(WindowRefused::LongReason { most: LONGEST_REASON })
        } else if span <= 0 {
            Err(WindowRefused::EndsBeforeItBegins)
        } else if self.until <= now {
            Err(WindowRefused::IsPast)
        } else if span > LONGEST {
            Err(WindowRefused::TooLong(span))
        } else if self.emergencies && span > LONGEST_EMERGENCY {
            Err(WindowRefused::TooLongForEmergencies)
        } else if self.emergencies && weddings_today.is_some_and(|count| count > 0) {
            Err(WindowRefused::WeddingsToday)
        } else {
            Ok(Window { reason: self.reason.trim().to_owned(), ..self })
        }
    }

    /// Whether it keeps an alert of this level quiet at `now`. On a day with weddings no emergency is kept quiet, also
    /// by a window that was made before anybody knew of them.
    pub fn covers(
        &self,
        (platform, service, metric): (&str, Option<&str>, &str),
        level: Level,
        weddings_today: Option<u32>,
        now: Millis,
    ) -> bool {
        let matches = |wanted: &Option<String>, is: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == is)
        };
        let may = level < Level::Emergency
            || (self.emergencies
                && self.kind == WindowKind::Silence
                && self.until.since(self.from) <= LONGEST_EMERGENCY
                && weddings_today.is_none_or(|count| count == 0));
        may && self.from <= now
            && now < self.until
            && matches(&self.over.platform, Some(platform))
            && matches(&self.over.service, service)
            && matches(&self.over.metric, Some(metric))
    }
}

/// Until when an alert is kept quiet, by any of the windows. Where one begins before another ends, the last end counts.
pub fn quiet_until(
    windows: &[Window],
    of: (&str, Option<&str>, &str),
    level: Level,
    weddings_today: Option<u32>,
    now: Millis,
) -> Option<Millis> {
    let mut end = None;
    let mut at = now;
    while let Some(until) = windows
        .iter()
        .filter(|window| window.covers(of, level, weddings_today, at))
        .map(|window| window.until)
        .max()
    {
        end = Some(until);
        at = until;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    const OF: (&str, Option<&str>, &str) = ("wedsync", Some("optimization"), "error_rate");

    fn silence(from: i64, until: i64) -> Window {
        Window {
            kind: WindowKind::Silence,
            over: Scope::default(),
            from: Millis(from),
            until: Millis(until),
            emergencies: false,
            reason: "the new model is slow to warm up".to_owned(),
        }
    }

    #[test]
    fn a_window_covers_what_it_names_from_its_beginning_to_just_before_its_end() {
        let scoped = |platform: Option<&str>, service: Option<&str>, metric: Option<&str>| Window {
            over: Scope {
                platform: platform.map(str::to_owned),
                service: service.map(str::to_owned),
                metric: metric.map(str::to_owned),
            },
            ..silence(10, 20)
        };
        let covers = |window: &Window, at| window.covers(OF, Level::Critical, None, Millis(at));
        assert!(
            !covers(&silence(10, 20), 9) && covers(&silence(10, 20), 10) && !covers(&silence(10, 20), 20)
        );
        assert!(covers(&scoped(Some("wedsync"), Some("optimization"), Some("error_rate")), 15));
        assert!(!covers(&scoped(Some("other"), None, None), 15));
        assert!(!covers(&scoped(None, Some("crisis"), None), 15));
        assert!(!covers(&scoped(None, None, Some("queue_length")), 15));
    }

    #[test]
    fn emergencies_are_silenced_for_an_hour_at_the_most_and_never_on_a_wedding_day() {
        let emergencies = |span| Window { emergencies: true, ..silence(0, span) };
        assert!(emergencies(HOUR).checked(Some(0), Millis(0)).is_ok());
        assert_eq!(emergencies(HOUR + 1).checked(None, Millis(0)), Err(WindowRefused::TooLongForEmergencies));
        assert_eq!(emergencies(HOUR).checked(Some(1), Millis(0)), Err(WindowRefused::WeddingsToday));
        let covers = |window: &Window, weddings| window.covers(OF, Level::Emergency, weddings, Millis(5));
        assert!(covers(&emergencies(HOUR), Some(0)));
        assert!(!covers(&emergencies(HOUR), Some(1)), "weddings that became known later count too");
        assert!(!covers(&silence(0, HOUR), Some(0)));
        let maintenance = Window { kind: WindowKind::Maintenance, ..emergencies(HOUR) };
        assert!(!covers(&maintenance, Some(0)));
    }

    #[test]
    fn a_window_needs_a_reason_an_end_and_a_length_that_somebody_will_remember() {
        let check = |window: Window| window.checked(None, Millis(100)).err();
        assert_eq!(
            check(Window { reason: "  ".to_owned(), ..silence(100, 200) }),
            Some(WindowRefused::NoReason)
        );
        assert_eq!(check(silence(200, 200)), Some(WindowRefused::EndsBeforeItBegins));
        assert_eq!(check(silence(0, 100)), Some(WindowRefused::IsPast));
        assert_eq!(check(silence(0, LONGEST + 1)), Some(WindowRefused::TooLong(LONGEST + 1)));
        assert_eq!(check(silence(0, LONGEST)), None);
    }

    #[test]
    fn windows_that_follow_each_other_are_one_stretch() {
        let windows = [silence(0, 10 * MINUTE), silence(5 * MINUTE, 20 * MINUTE), silence(HOUR, 2 * HOUR)];
        let quiet = |at| quiet_until(&windows, OF, Level::Critical, None, Millis(at));
        assert_eq!(quiet(MINUTE), Some(Millis(20 * MINUTE)));
        assert_eq!(quiet(30 * MINUTE), None);
        assert_eq!(quiet(HOUR), Some(Millis(2 * HOUR)));
    }
}
