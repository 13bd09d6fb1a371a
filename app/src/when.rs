//! Moments in the words of the pages, in the zone of the console.

use domain::time::Millis;
use jiff::{Timestamp, Zoned, tz::TimeZone};

fn zoned(at: i64, zone: &TimeZone) -> Option<Zoned> {
    Timestamp::from_millisecond(at).ok().map(|timestamp| timestamp.to_zoned(zone.clone()))
}

/// "02:56"; with the day before it when that is not the day of `now`: "Mon 23 Nov 02:56". The browser writes
/// the same, see `islands`.
pub fn clock(at: i64, now: Millis, zone: &TimeZone) -> String {
    let (Some(at), Some(now)) = (zoned(at, zone), zoned(now.0, zone)) else { return String::new() };
    let same_day = at.date() == now.date();
    at.strftime(if same_day { "%H:%M" } else { "%a %-d %b %H:%M" }).to_string()
}

/// As a field of a form wants it: "2026-11-24T02:56".
pub fn field(at: Millis, zone: &TimeZone) -> String {
    zoned(at.0, zone).map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
}

/// "24 Nov 2026, 02:56"
pub fn full(at: Millis, zone: &TimeZone) -> String {
    zoned(at.0, zone).map(|at| at.strftime("%-d %b %Y, %H:%M").to_string()).unwrap_or_default()
}

/// "Mon 23 Nov 02:56"
pub fn day_and_time(at: Millis, zone: &TimeZone) -> String {
    zoned(at.0, zone).map(|at| at.strftime("%a %-d %b %H:%M").to_string()).unwrap_or_default()
}

/// "Mon 23 Nov"
pub fn day(at: Millis, zone: &TimeZone) -> String {
    zoned(at.0, zone).map(|at| at.strftime("%a %-d %b").to_string()).unwrap_or_default()
}

/// "02:56"
pub fn time(at: Millis, zone: &TimeZone) -> String {
    zoned(at.0, zone).map(|at| at.strftime("%H:%M").to_string()).unwrap_or_default()
}

/// "32 min ago, 02:56"; beyond a day only when it was.
pub fn ago(at: Millis, now: Millis, zone: &TimeZone) -> String {
    let minutes = now.since(at) / 60_000;
    let clock = clock(at.0, now, zone);
    match minutes {
        ..=0 => format!("just now, {clock}"),
        1..=59 => format!("{minutes} min ago, {clock}"),
        60..=1439 => format!("{} h ago, {clock}", minutes / 60),
        _ => full(at, zone),
    }
}

/// "14:10" today, "Tuesday 14:10" within the last six days, else "24 Nov 2026, 14:10".
pub fn weekday(at: Millis, now: Millis, zone: &TimeZone) -> String {
    let (Some(then), Some(today)) = (zoned(at.0, zone), zoned(now.0, zone)) else { return String::new() };
    let days = today.date().since(then.date()).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => then.strftime("%H:%M").to_string(),
        1..=6 => then.strftime("%A %H:%M").to_string(),
        _ => full(at, zone),
    }
}

/// How the zone is named: "Europe/Berlin", else its offset.
pub fn zone_name(zone: &TimeZone, now: Millis) -> String {
    match zone.iana_name() {
        Some("UTC" | "Etc/UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
        None => zoned(now.0, zone).map(|at| at.strftime("%:z").to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_another_day_says_so() {
        let zone = TimeZone::UTC;
        let now = Millis(1_795_489_200_000); // 2026-11-24T03:00:00Z
        assert_eq!(clock(now.0 - 240_000, now, &zone), "02:56");
        assert_eq!(clock(now.0 - 4 * 3_600_000, now, &zone), "Mon 23 Nov 23:00");
        assert_eq!(ago(Millis(now.0 - 240_000), now, &zone), "4 min ago, 02:56");
        assert_eq!(ago(Millis(now.0 - 4 * 3_600_000), now, &zone), "4 h ago, Mon 23 Nov 23:00");
        assert_eq!(ago(Millis(now.0 - 48 * 3_600_000), now, &zone), "22 Nov 2026, 03:00");
        assert_eq!(ago(Millis(now.0 + 1), now, &zone), "just now, 03:00");
        assert_eq!(weekday(Millis(now.0 - 240_000), now, &zone), "02:56");
        assert_eq!(weekday(Millis(now.0 - 4 * 3_600_000), now, &zone), "Monday 23:00");
        assert_eq!(weekday(Millis(now.0 - 8 * 86_400_000), now, &zone), "16 Nov 2026, 03:00");
        assert_eq!(field(now, &zone), "2026-11-24T03:00");
        assert_eq!(zone_name(&zone, now), "UTC");
        assert_eq!(zone_name(&TimeZone::fixed(jiff::tz::offset(2)), now), "+02:00");
    }
}
