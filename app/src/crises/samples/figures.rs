//! The months in numbers.

use domain::{
    crises::{Figure, by_month},
    time::{DAY, MINUTE, SECOND},
};
use jiff::tz::TimeZone;

use super::{HOSTILE, NOW, made::types};
use crate::crises::{FiguresView, MonthView};

pub(super) fn figures() -> Vec<(&'static str, FiguresView)> {
    let one = [case(0, "weather", Some(4 * MINUTE), 0)];
    vec![
        ("crises-figures-empty", view(&[])),
        ("crises-figures-one", view(&one)),
        ("crises-figures", view(&year())),
        ("crises-figures-hostile", view(&[case(0, HOSTILE, None, 3), case(0, "weather", None, 0)])),
    ]
}

fn view(cases: &[Figure]) -> FiguresView {
    let name = |key: &str| {
        let known = types().into_iter().find(|(own, _)| own == key);
        known.map_or_else(|| key.to_owned(), |(_, name)| name)
    };
    let months = by_month(cases, &TimeZone::UTC);
    FiguresView {
        frames: Vec::new(),
        now: NOW,
        months: months.iter().map(|month| MonthView::of(month, name)).collect(),
    }
}

fn case(days_ago: i64, of: &str, told: Option<i64>, late: usize) -> Figure {
    let detected_at = NOW.minus(days_ago * DAY);
    let told_at = told.map(|span| detected_at.plus(span));
    Figure { of: of.to_owned(), detected_at, told_at, late, is_open: days_ago == 0 }
}

/// Every third day something happened.
fn year() -> Vec<Figure> {
    const WORDS: [&str; 5] = ["vendor_cancelled", "weather", "vendor_cancelled", "payment", "transport"];
    let days = (0..120_usize).map(|number| (number, number as i64 * 3));
    let told = |number: usize| (number % 7 != 6).then_some((number as i64 * 37 % 600) * SECOND);
    days.map(|(number, days)| case(days, WORDS[number % WORDS.len()], told(number), number % 4)).collect()
}
