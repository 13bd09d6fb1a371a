//! A day and its hours in figures: what was asked, what it led to, what it saved. Sums of the vitals, in slices of
//! five minutes, so that an hour in which it went badly is a bad hour here too.

use std::io::Write;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::chance::{Stream, jitter, wander};
use crate::vitals::Vitals;

const SLICE_SECONDS: i64 = 300;
/// How the response times of single requests lie around the one that is reported: (factor, share). It has a long tail.
const SPREAD: [(f64, f64); 11] = [
    (0.45, 0.08),
    (0.62, 0.15),
    (0.80, 0.17),
    (0.96, 0.15),
    (1.08, 0.15),
    (1.40, 0.12),
    (2.10, 0.09),
    (3.60, 0.06),
    (5.60, 0.0125),
    (8.60, 0.0125),
    (14.0, 0.005),
];
/// No request takes longer: then it is given up.
const TIME_OUT_MS: f64 = 30_000.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Recommendations {
    pub shown: u64,
    pub accepted: u64,
}

/// Minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Savings {
    pub amount: u64,
    pub currency: &'static str,
}

/// Nothing where nobody answered: an average of no answers is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Satisfaction {
    pub average: Option<f64>,
    pub responses: u64,
}

/// What one hour, or one day, came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    pub requests: u64,
    pub errors: u64,
    pub response_time_ms: Quantiles,
    pub recommendations: Recommendations,
    pub cost_savings: Savings,
    pub satisfaction: Satisfaction,
}

/// Figures that can still be added up.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    requests: u64,
    errors: u64,
    shown: u64,
    accepted: u64,
    saved: u64,
    responses: u64,
    /// Tenths of a point, summed over the responses.
    rating_sum: u64,
    /// (milliseconds, how many requests).
    times: Vec<(f64, f64)>,
}

impl Figures {
    /// The sum of several hours.
    #[must_use]
    pub fn sum<'a>(hours: impl IntoIterator<Item = &'a Self>) -> Self {
        hours.into_iter().fold(Self::default(), |mut sum, hour| {
            sum.requests += hour.requests;
            sum.errors += hour.errors;
            sum.shown += hour.shown;
            sum.accepted += hour.accepted;
            sum.saved += hour.saved;
            sum.responses += hour.responses;
            sum.rating_sum += hour.rating_sum;
            sum.times.extend_from_slice(&hour.times);
            sum
        })
    }

    #[must_use]
    pub fn told(&self) -> Told {
        let mut times = self.times.clone();
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        let all: f64 = times.iter().map(|(_, share)| share).sum();
        let quantile = |wanted: f64| {
            let mut before = 0.0;
            let found = times.iter().find(|(_, share)| {
                before += share;
                before >= wanted * all
            });
            found.or(times.last()).map_or(0, |(time, _)| time.round() as u64)
        };
        let average = self.rating_sum as f64 / 10.0 / self.responses as f64;
        Told {
            requests: self.requests,
            errors: self.errors,
            response_time_ms: Quantiles { p50: quantile(0.50), p95: quantile(0.95), p99: quantile(0.99) },
            recommendations: Recommendations { shown: self.shown, accepted: self.accepted },
            cost_savings: Savings { amount: self.saved, currency: "GBP" },
            satisfaction: Satisfaction {
                average: (self.responses > 0).then_some((average * 100.0).round() / 100.0),
                responses: self.responses,
            },
        }
    }
}

/// The figures of the hours of `date` that have begun by `now`; the last is cut off at `now`.
#[must_use]
pub fn hours(
    seed: u64,
    date: Date,
    now: Timestamp,
    vitals: &dyn Fn(Timestamp) -> Vitals,
) -> Vec<(u8, Figures)> {
    let Ok(midnight) = date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp().as_second()) else {
        return Vec::new();
    };
    (0..24_u8)
        .map(|hour| (hour, midnight + i64::from(hour) * 3_600))
        .take_while(|(_, start)| *start < now.as_second())
        .map(|(hour, start)| (hour, one_hour(seed, start, now.as_second().min(start + 3_600), vitals)))
        .collect()
}

fn one_hour(seed: u64, start: i64, end: i64, vitals: &dyn Fn(Timestamp) -> Vitals) -> Figures {
    let (mut requests, mut errors, mut shown, mut accepted, mut responses, mut rating) =
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let mut times = Vec::with_capacity(12 * SPREAD.len());
    let tail = 1.0 + 0.12 * wander(seed, Stream::Tail, start, 36 * 3_600);
    for slice in (start..end).step_by(SLICE_SECONDS as usize) {
        let length = SLICE_SECONDS.min(end - slice);
        let Ok(middle) = Timestamp::from_second(slice + length / 2) else { continue };
        let vitals = vitals(middle);
        let asked = vitals.requests_a_minute * length as f64 / 60.0;
        let answered = asked * (1.0 - vitals.error_rate);
        requests += asked;
        errors += asked * vitals.error_rate;
        shown += answered * 0.189;
        accepted += answered * 0.189 * acceptance(seed, &vitals, slice);
        responses += answered * 0.0044;
        rating += answered * 0.0044 * satisfaction(seed, &vitals, slice);
        times.extend(SPREAD.map(|(factor, share)| {
            let factor = if factor > 2.0 { factor * tail } else { factor };
            ((vitals.response_time_ms * factor).min(TIME_OUT_MS), share * asked)
        }));
    }
    let accepted = accepted.round() as u64;
    let pence_each = 153.6 + 9.0 * wander(seed, Stream::Savings, start, 5 * 86_400);
    let responses_told = responses.round() as u64;
    Figures {
        requests: requests.round() as u64,
        errors: errors.round() as u64,
        shown: shown.round() as u64,
        accepted,
        saved: (accepted as f64 * pence_each).round() as u64,
        responses: responses_told,
        rating_sum: if responses > 0.0 {
            (rating / responses * responses_told as f64 * 10.0).round() as u64
        } else {
            0
        },
        times,
    }
}

/// How many of a hundred recommendations are taken, as a share: it follows accuracy, and people do not wait.
fn acceptance(seed: u64, vitals: &Vitals, second: i64) -> f64 {
    let waiting = ((vitals.response_time_ms - 2_000.0) / 10_000.0).clamp(0.0, 1.0);
    (vitals.accuracy_rate - 0.004 + 0.008 * jitter(seed, Stream::Acceptance, second) - 0.22 * waiting)
        .clamp(0.0, 1.0)
}

/// Points out of five.
fn satisfaction(seed: u64, vitals: &Vitals, second: i64) -> f64 {
    let waiting = ((vitals.response_time_ms - 2_000.0) / 10_000.0).clamp(0.0, 1.0);
    let wrong = (0.92 - vitals.accuracy_rate).max(-0.02);
    (4.6 + 0.12 * wander(seed, Stream::Satisfaction, second, 2 * 86_400) - 4.5 * wrong - 1.4 * waiting)
        .clamp(1.0, 5.0)
}

/// One line of `figures.ndjson`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    date: Date,
    platform: &'a str,
    #[serde(flatten)]
    told: Told,
}

/// Writes the `days` whole days before the day of `until`, oldest first, one JSON object a line.
///
/// # Errors
/// What `out` says.
pub fn write(
    out: &mut dyn Write,
    world: &crate::world::World,
    until: Timestamp,
    days: i64,
) -> std::io::Result<()> {
    let last = crate::world::day_of(until);
    for ago in (1..=days).rev() {
        let Ok(date) = last.checked_sub(jiff::SignedDuration::from_hours(24 * ago)) else { continue };
        let hours = world.hours(date, until);
        let told = Figures::sum(hours.iter().map(|(_, hour)| hour)).told();
        serde_json::to_writer(&mut *out, &Line { date, platform: &world.name, told })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
