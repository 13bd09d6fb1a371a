//! Moments as forms send them.

use domain::time::Millis;
use jiff::{civil::DateTime, tz::TimeZone};

/// "2026-11-24T02:56" on the clocks of the zone. In an hour that they skip it is that much later, in one that they repeat
/// the first.
pub fn moment(typed: &str, zone: &TimeZone) -> Option<Millis> {
    let at = typed.parse::<DateTime>().ok().filter(|_| typed.len() >= 16)?.to_zoned(zone.clone()).ok()?;
    Some(Millis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_on_the_clocks_of_the_zone() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let read = |typed: &str| {
            moment(typed, &zone).map(|at| jiff::Timestamp::from_millisecond(at.0).unwrap().to_string())
        };
        assert_eq!(read("2026-11-24T02:56").as_deref(), Some("2026-11-24T01:56:00Z"));
        assert_eq!(read("2026-03-29T02:30").as_deref(), Some("2026-03-29T01:30:00Z"), "skipped");
        assert_eq!(read("2026-10-25T02:30").as_deref(), Some("2026-10-25T00:30:00Z"), "repeated");
        for wrong in ["", "tomorrow", "2026-11-24", "2026-02-30T00:00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
