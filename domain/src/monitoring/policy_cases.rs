//! Worked cases of the policy as rows: what `bellwether policy eval` reads.

use super::{Metric, Reading, Verdict, judge};
use crate::time::MINUTE;

/// One row: a metric and a reading, as text. Empty `normal` means there is none.
#[derive(Clone, PartialEq, Debug)]
pub struct Case<'a> {
    pub metric: &'a str,
    pub normal: &'a str,
    pub value: &'a str,
    pub wedding_affected: &'a str,
    pub minutes_past_alert_line: &'a str,
}

/// Why a row cannot be judged. The caller adds the line number.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum CaseError {
    #[error("there is no metric {0:?}; known are {1}")]
    UnknownMetric(String, String),
    #[error("{field} is {text:?}, expected {expected}")]
    Unreadable { field: &'static str, text: String, expected: &'static str },
    #[error("value {0}")]
    Impossible(#[from] super::sample::OutOfRange),
}

/// Judges one row with these metrics.
///
/// # Errors
/// When a field cannot be read, or the value cannot be one of the metric.
pub fn eval(metrics: &[Metric], case: &Case<'_>) -> Result<Verdict, CaseError> {
    let metric = metrics.iter().find(|metric| metric.key.as_str() == case.metric).ok_or_else(|| {
        let known: Vec<_> = metrics.iter().map(|metric| metric.key.as_str()).collect();
        CaseError::UnknownMetric(case.metric.to_owned(), known.join(", "))
    })?;
    let value = metric.unit.accept(number("value", case.value)?)?;
    let normal = match case.normal.trim() {
        "" => None,
        text => Some(metric.unit.accept(number("normal", text)?)?),
    };
    let wedding_affected = match case.wedding_affected.trim() {
        "yes" => true,
        "no" | "" => false,
        text => return Err(unreadable("wedding_affected", text, "yes or no")),
    };
    let minutes = match case.minutes_past_alert_line.trim() {
        "" => 0.0,
        text => number("minutes_past_alert_line", text)?,
    };
    if !(0.0..=1e9).contains(&minutes) {
        return Err(unreadable("minutes_past_alert_line", case.minutes_past_alert_line, "minutes from 0"));
    }
    let past_alert_for = (minutes * MINUTE as f64) as i64;
    Ok(judge(metric, &Reading { value, normal, past_alert_for, five_minutes_ago: None, wedding_affected }))
}

fn number(field: &'static str, text: &str) -> Result<f64, CaseError> {
    text.trim().parse().map_err(|_| unreadable(field, text, "a number"))
}

fn unreadable(field: &'static str, text: &str, expected: &'static str) -> CaseError {
    CaseError::Unreadable { field, text: text.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::metric::defaults;

    #[track_caller]
    fn check(row: &str, expected: Result<u8, &str>) {
        let fields: Vec<_> = row.split(',').collect();
        let case = Case {
            metric: fields[0],
            normal: fields[1],
            value: fields[2],
            wedding_affected: fields[3],
            minutes_past_alert_line: fields[4],
        };
        let level =
            eval(&defaults(), &case).map(|verdict| verdict.level.map_or(0, super::super::Level::number));
        assert_eq!(level.map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{row}");
    }

    /// The worked cases of the policy, one line each: metric, normal, value, wedding, minutes, level.
    #[test]
    fn every_worked_case_gets_its_level() {
        for line in include_str!("worked_cases.csv").lines().skip(1) {
            let (row, level) = line.rsplit_once(',').unwrap();
            check(row, Ok(level.parse().unwrap()));
        }
    }

    #[test]
    fn unreadable_rows_say_what_was_expected() {
        check("response_time_ms,,fast,no,0", Err("value is \"fast\", expected a number"));
        check("accuracy_rate,0.9,1.7,no,0", Err("value 1.7 is above 1"));
        check("queue_length,3,4,perhaps,0", Err("wedding_affected is \"perhaps\", expected yes or no"));
        check("queue_length,3,4,no,-1", Err("minutes_past_alert_line is \"-1\", expected minutes from 0"));
    }
}
