//! The time that is promised, as a form types it: in the couple's own zone.

use backend::crises::Stored;
use domain::time::{HOUR, MINUTE, Millis};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::access::asked::Asked;

/// What is promised where nobody has said anything, from now; rounded up to a quarter of an hour.
const PROMISED_WITHIN: i64 = HOUR;
const QUARTER: i64 = 15 * MINUTE;

/// The couple's own; where nobody said it, the one that is assumed.
pub(in crate::notices) fn zone(asked: &Asked, stored: &Stored) -> TimeZone {
    let named = stored.case.wedding.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    named.unwrap_or_else(|| asked.state.cases.assumed().zone.clone())
}

/// A moment as a form types it, in this zone.
pub(in crate::notices) fn moment(typed: &str, zone: &TimeZone) -> Result<Option<Millis>, String> {
    if typed.is_empty() {
        return Ok(None);
    }
    let at = typed.parse::<DateTime>().ok().and_then(|at| at.to_zoned(zone.clone()).ok());
    let at = at.ok_or("It is not a time; write it as 2026-11-24T14:30.")?;
    Ok(Some(Millis(at.timestamp().as_millisecond())))
}

pub(in crate::notices) fn typed_moment(at: Millis, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(at.0).map(|at| at.to_zoned(zone.clone()));
    at.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
}

/// Where nothing was promised before, something near: it is seen before it goes, and is one field to change.
pub(in crate::notices) fn near(now: Millis) -> Millis {
    Millis((now.0 + PROMISED_WITHIN + QUARTER - 1).div_euclid(QUARTER) * QUARTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_typed_in_the_couples_own_time() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let at = moment("2026-11-24T04:00", &zone).unwrap().unwrap();
        assert_eq!(typed_moment(at, &TimeZone::UTC), "2026-11-24T03:00");
        assert_eq!(typed_moment(at, &zone), "2026-11-24T04:00");
        assert_eq!(moment("", &zone), Ok(None));
        for wrong in ["soon", "2026-02-30T10:00", "04:00", "9999999-01-01T00:00", "<script>"] {
            assert!(moment(wrong, &zone).is_err(), "{wrong}");
        }
        assert_eq!(typed_moment(near(at), &zone), "2026-11-24T05:00");
        assert_eq!(typed_moment(near(at.plus(1)), &zone), "2026-11-24T05:15");
    }
}
