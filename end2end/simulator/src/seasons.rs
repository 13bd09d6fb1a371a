//! How busy the platform is: couples plan in the evening and at the weekend, and sleep at night. In UTC, since most of
//! them live close to it.

use jiff::Timestamp;

const DAY_SECONDS: i64 = 86_400;

/// How busy each hour of a day is; a day's mean is close to 1.
const HOURS: [f64; 24] = [
    0.47, 0.34, 0.28, 0.25, 0.26, 0.33, 0.52, 0.77, 0.99, 1.15, 1.23, 1.27, 1.36, 1.34, 1.25, 1.20, 1.23,
    1.32, 1.48, 1.65, 1.71, 1.59, 1.20, 0.79,
];

/// Monday to Sunday.
const WEEKDAYS: [f64; 7] = [0.97, 0.93, 0.94, 0.95, 0.98, 1.10, 1.13];

/// Requests a minute when the load is 1.
pub const REQUESTS_A_MINUTE: f64 = 34.5;

/// How busy it is at `at`, relative to an average moment: from about 0.2 (a weekday at four in the morning) to 1.9.
#[must_use]
pub fn load(at: Timestamp) -> f64 {
    let second = at.as_second();
    let day = second.div_euclid(DAY_SECONDS);
    let within = second.rem_euclid(DAY_SECONDS);
    hour_of_day(within) * day_of_week(day, within)
}

fn hour_of_day(within: i64) -> f64 {
    let hour = (within / 3_600) as usize;
    let along = (within % 3_600) as f64 / 3_600.0;
    HOURS[hour] + (HOURS[(hour + 1) % 24] - HOURS[hour]) * along
}

/// A weekday's factor; it changes over the two hours around midnight, so that midnight is not a cliff.
fn day_of_week(day: i64, within: i64) -> f64 {
    let factor = |day: i64| WEEKDAYS[(day + 3).rem_euclid(7) as usize];
    let hour = 3_600.0;
    if within < 3_600 {
        let along = 0.5 + within as f64 / hour / 2.0;
        factor(day - 1) + (factor(day) - factor(day - 1)) * along
    } else if within >= DAY_SECONDS - 3_600 {
        let along = (within - (DAY_SECONDS - 3_600)) as f64 / hour / 2.0;
        factor(day) + (factor(day + 1) - factor(day)) * along
    } else {
        factor(day)
    }
}

/// How far down at night: 0 through the day, near 1 in the quietest hour.
#[must_use]
pub fn night(load: f64) -> f64 {
    ((0.85 - load) / 0.6).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn evenings_are_busier_than_nights() {
        assert!(load(at("2026-11-24T20:00:00Z")) > 5.0 * load(at("2026-11-24T03:30:00Z")));
        assert!(night(load(at("2026-11-24T03:00:00Z"))) > 0.9);
        assert!(night(load(at("2026-11-24T14:00:00Z"))) < f64::EPSILON);
    }

    #[test]
    fn sundays_are_busier_than_tuesdays_and_midnight_is_smooth() {
        assert!(load(at("2026-11-22T12:00:00Z")) > 1.15 * load(at("2026-11-24T12:00:00Z")));
        let step = load(at("2026-11-23T00:00:00Z")) - load(at("2026-11-22T23:59:59Z"));
        assert!(step.abs() < 0.001, "a cliff of {step} at midnight");
    }

    #[test]
    fn an_average_day_has_an_average_load() {
        let start = at("2026-11-16T00:00:00Z").as_second();
        let mean = (0..7 * 1_440)
            .map(|minute| load(Timestamp::from_second(start + minute * 60).unwrap()))
            .sum::<f64>()
            / (7.0 * 1_440.0);
        assert!((0.95..1.05).contains(&mean), "mean {mean}");
    }
}
