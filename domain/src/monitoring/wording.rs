//! Values, lines and verdicts in the words of the pages.

use super::{Better, Metric, Unit, Zone};

/// A no-break space: a number and its unit stay on one line.
const NBSP: char = '\u{a0}';

/// A value with its unit: `250 ms`, `12.7 s`, `99.93 %`, `64`.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Milliseconds if value < 999.5 => format!("{value:.0}{NBSP}ms"),
        Unit::Milliseconds if value < 9_995.0 => format!("{}{NBSP}s", trimmed(value / 1_000.0, 2)),
        Unit::Milliseconds => format!("{}{NBSP}s", trimmed(value / 1_000.0, 1)),
        Unit::Ratio => format!("{}{NBSP}%", ratio_digits(value)),
        Unit::Count => grouped(value),
    }
}

/// Near 0 and 1 the second decimal matters (99.93 %, 0.74 %); between them the first is enough.
fn ratio_digits(value: f64) -> String {
    let percent = value * 100.0;
    let decimals = if percent > 0.0 && !(10.0..=99.0).contains(&percent) { 2 } else { 1 };
    // 99.996 % must not read as 100 %: what is not whole is never rounded up to it.
    let rounded = trimmed(percent, decimals);
    if value < 1.0 && rounded == "100" { "99.99".to_owned() } else { rounded }
}

/// Fixed decimals without trailing zeros: 5, 12.7, 0.74.
fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A count with a thin space between thousands.
fn grouped(value: f64) -> String {
    let decimals = usize::from(value.fract().abs() > 0.05 && value < 100.0);
    let text = trimmed(value, decimals);
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

/// What the metric is measured against: "target < 5 s", "target at least 99.9 %".
pub fn target(metric: &Metric) -> Option<String> {
    let target = value(metric.unit, metric.target?);
    Some(match (metric.met_at_target, metric.better) {
        (true, _) => format!("target at least {target}"),
        (false, Better::Lower) => format!("target <{NBSP}{target}"),
        (false, Better::Higher) => format!("target >{NBSP}{target}"),
    })
}

/// "normal 2.1 s".
pub fn normal(metric: &Metric, normal: f64) -> String {
    format!("normal{NBSP}{}", value(metric.unit, normal))
}

/// What a verdict rests on.
pub(super) struct Why {
    pub zone: Zone,
    pub degradation: Option<f64>,
    /// Past the alert line only because it doubled within five minutes.
    pub by_doubling: bool,
    /// Past the alert line for 15 minutes or more.
    pub lasted: bool,
    /// Raised to an emergency by a wedding that is affected.
    pub wedding: bool,
}

/// Why a verdict is what it is: "past the alert line of 10 s and 40 % worse than normal".
pub(super) fn why(metric: &Metric, facts: &Why) -> String {
    let line = |name: &str, line: Option<f64>| match line {
        Some(line) => format!("{name} of {}", value(metric.unit, line)),
        None => name.to_owned(),
    };
    let mut words = match facts.zone {
        Zone::Unlined => "no lines configured".to_owned(),
        Zone::MeetsTarget => "meets its target".to_owned(),
        Zone::MissesTarget => line("misses its target", metric.target),
        Zone::PastAlert if facts.by_doubling => "doubled within 5 minutes, and misses its target".to_owned(),
        Zone::PastAlert => line("past the alert line", metric.alert),
        Zone::PastCritical => line("past the critical line", metric.critical),
    };
    match facts.degradation.filter(|degradation| *degradation >= 0.0005) {
        // Past three times, people count in times, not in per cent.
        Some(worse) if worse >= 2.0 && metric.better == Better::Lower => {
            words.push_str(&format!(" and about {:.0} times normal", worse + 1.0));
        }
        Some(worse) => {
            words.push_str(&format!(" and {}{NBSP}% worse than normal", trimmed(worse * 100.0, 1)))
        }
        None => {}
    }
    if facts.lasted {
        words.push_str(", for 15 minutes or more");
    }
    if facts.wedding {
        words.push_str(", and a wedding is affected");
    }
    words
}

/// A name in the middle of a sentence: "optimization engine". Names like "API gateway" stay as they are.
pub fn mid_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

/// How a departure is said when it begins the sentence: "Slow", "Errors high".
pub fn departure(metric: &Metric) -> String {
    match metric.key.as_str() {
        "response_time_ms" | "health_answer_ms" => "Slow".to_owned(),
        "accuracy_rate" => "Less accurate".to_owned(),
        "availability" => "Less available".to_owned(),
        "error_rate" => "More errors".to_owned(),
        "queue_length" => "Queue grown".to_owned(),
        _ => match metric.better {
            Better::Lower => format!("{} high", metric.name),
            Better::Higher => format!("{} low", metric.name),
        },
    }
}

/// How it is named when it follows another: "queue", "errors".
pub fn follower(metric: &Metric) -> String {
    match metric.key.as_str() {
        "response_time_ms" => "response time".to_owned(),
        "error_rate" => "errors".to_owned(),
        _ => mid_sentence(&metric.name),
    }
}

/// "a", "a and b", "a, b and c".
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_on_the_pages() {
        for (unit, number, words) in [
            (Unit::Milliseconds, 250.4, "250 ms"),
            (Unit::Milliseconds, 999.6, "1 s"),
            (Unit::Milliseconds, 2_140.0, "2.14 s"),
            (Unit::Milliseconds, 12_740.0, "12.7 s"),
            (Unit::Ratio, 0.861, "86.1 %"),
            (Unit::Ratio, 0.9993, "99.93 %"),
            (Unit::Ratio, 0.99999, "99.99 %"),
            (Unit::Ratio, 1.0, "100 %"),
            (Unit::Ratio, 0.0074, "0.74 %"),
            (Unit::Ratio, 0.0, "0 %"),
            (Unit::Count, 64.0, "64"),
            (Unit::Count, 48_211.0, "48\u{202f}211"),
            (Unit::Count, 3.4, "3.4"),
        ] {
            assert_eq!(value(unit, number).replace(NBSP, " "), words);
        }
    }

    #[test]
    fn lists_read_as_sentences() {
        let words = |list: &[&str]| listed(&list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&["queue"]), "queue");
        assert_eq!(words(&["queue", "errors", "accuracy"]), "queue, errors and accuracy");
    }
}
