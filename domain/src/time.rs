//! Times and spans as the console stores and compares them.

use std::fmt;

use serde::{Deserialize, Serialize};

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// A moment: milliseconds since 1970-01-01 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The start of the slot of `width` milliseconds that this moment lies in (also before 1970).
    pub fn floor_to(self, width: i64) -> Millis {
        Millis(self.0.div_euclid(width) * width)
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    pub fn since(self, earlier: Millis) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub fn plus(self, milliseconds: i64) -> Millis {
        Millis(self.0.saturating_add(milliseconds))
    }

    pub fn minus(self, milliseconds: i64) -> Millis {
        Millis(self.0.saturating_sub(milliseconds))
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// "12 s", "3 min", "2 h 5 min", "4 d": how long something has lasted, in the words of the pages.
pub fn lasting(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / SECOND;
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} min", seconds / 60),
        3_600..=86_399 => match (seconds / 3_600, seconds % 3_600 / 60) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_on_both_sides_of_1970() {
        assert_eq!(Millis(299_999).floor_to(5 * MINUTE), Millis(0));
        assert_eq!(Millis(300_000).floor_to(5 * MINUTE), Millis(300_000));
        assert_eq!(Millis(-1).floor_to(5 * MINUTE), Millis(-300_000));
    }

    #[test]
    fn spans_read_as_people_say_them() {
        for (milliseconds, words) in [
            (-5, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (3_600_000, "1 h"),
            (7_500_000, "2 h 5 min"),
            (4 * DAY, "4 d"),
        ] {
            assert_eq!(lasting(milliseconds), words);
        }
    }
}
