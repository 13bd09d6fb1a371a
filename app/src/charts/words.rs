//! The chart in words and numbers: a sentence, a table, a file for a spreadsheet.

use backend::monitoring::shown::Chart;
use domain::{
    monitoring::{Width, range::rfc3339, wording},
    time::{DAY, Millis},
};
use jiff::tz::TimeZone;

use super::{
    clock,
    scale::{Scale, worded},
};

/// A name longer than this is cut, in letters.
const LONGEST_NAME: usize = 80;

/// One line of the table under a chart, in the words of the pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// In the zone asked for: "24 Nov 2026 03:12:30".
    pub at: String,
    pub value: String,
    /// Lowest and highest of a roll-up; `None` for a single poll.
    pub low: Option<String>,
    pub high: Option<String>,
}

/// What the chart shows, in one sentence: "Response time over the last 6 hours: between 231 ms and 12.7 s,
/// mean 2.14 s; 12 of 720 polls brought no value."
pub fn describe(chart: &Chart, zone: &TimeZone) -> String {
    let unit = chart.metric.unit;
    let known = chart
        .summary
        .filter(|summary| summary.count > 0)
        .filter(|summary| [summary.mean, summary.min, summary.max].iter().all(|value| value.is_finite()));
    let Some(summary) = known else { return "No value is known in this range.".to_owned() };
    let (min, max) = (worded(unit, summary.min), worded(unit, summary.max));
    let values = if min == max {
        format!("steady at {min}")
    } else {
        format!("between {min} and {max}, mean {}", worded(unit, summary.mean))
    };
    let stretch = match chart.range.preset {
        Some(preset) => format!("over the last {}", preset.words()),
        None => range(chart, zone),
    };
    let mut parts = vec![format!("{} {stretch}: {values}", name(chart))];
    if chart.missed > 0 {
        parts.push(format!("{} of {} polls brought no value", chart.missed, chart.polls));
    }
    parts.extend(unseen_lines(chart));
    parts.extend(bands(chart, zone));
    format!("{}.", parts.join("; "))
}

/// The lines that the chart leaves out because the values are far from them.
fn unseen_lines(chart: &Chart) -> impl Iterator<Item = String> {
    let scale = Scale::of(chart);
    let unit = chart.metric.unit;
    [("above", true), ("below", false)].into_iter().filter_map(move |(side, above)| {
        let lines: Vec<String> = chart
            .metric
            .named_lines()
            .filter(|(_, line)| if above { *line > scale.high } else { *line < scale.low })
            .map(|(name, line)| format!("{name} line {}", worded(unit, line)))
            .collect();
        let verb = if lines.len() == 1 { "lies" } else { "lie" };
        (!lines.is_empty()).then(|| format!("{} {verb} {side}", wording::listed(&lines)))
    })
}

/// The alerts in it, while they can be named in a sentence; else how many there were.
fn bands(chart: &Chart, zone: &TimeZone) -> Option<String> {
    let own = chart
        .bands
        .iter()
        .filter(|band| band.from < chart.range.to && band.to.is_none_or(|end| end > chart.range.from));
    let own: Vec<_> = own.collect();
    match own.as_slice() {
        [] => None,
        [one] => {
            let from = said(one.from, zone, "%H:%M");
            let to = one.to.map_or_else(|| "now".to_owned(), |to| said(to, zone, "%H:%M"));
            let title = shortened(&clean(&one.title), LONGEST_NAME);
            Some(format!("an alert from {from} to {to} ({title})"))
        }
        many => Some(format!("{} alerts", many.len())),
    }
}

/// Newest first; when there are more than `max_rows`, every so-manyth, the newest among them.
pub fn table(chart: &Chart, zone: &TimeZone, max_rows: usize) -> Vec<Row> {
    let unit = chart.metric.unit;
    let form = match chart.width {
        Width::Raw => "%-d %b %Y %H:%M:%S",
        Width::FiveMinutes | Width::Hour => "%-d %b %Y %H:%M",
        Width::Day => "%-d %b %Y",
    };
    let rolled_up = chart.width != Width::Raw;
    let bound = |value: f64| (rolled_up && value.is_finite()).then(|| worded(unit, value));
    let points: Vec<_> = chart.points.iter().rev().filter(|point| point.mean.is_finite()).collect();
    let every = points.len().div_ceil(max_rows.max(1)).max(1);
    points
        .into_iter()
        .step_by(every)
        .take(max_rows)
        .map(|point| Row {
            at: said(point.at, zone, form),
            value: worded(unit, point.mean),
            low: bound(point.min),
            high: bound(point.max),
        })
        .collect()
}

/// All points, oldest first, for a spreadsheet: times in UTC, values in the metric's own unit (milliseconds,
/// 0 to 1, things). Single polls have `at` and the metric's key as columns; roll-ups `at` and the key with
/// `_mean`, `_min`, `_max`, `_count`.
pub fn csv(chart: &Chart) -> String {
    let key = harmless(chart.metric.key.as_str());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let raw = chart.width == Width::Raw;
    let header = if raw {
        vec!["at".to_owned(), key]
    } else {
        let columns = ["mean", "min", "max", "count"].map(|column| format!("{key}_{column}"));
        [vec!["at".to_owned()], columns.to_vec()].concat()
    };
    let rows = chart
        .points
        .iter()
        .filter(|point| [point.mean, point.min, point.max].iter().all(|value| value.is_finite()))
        .map(|point| {
            let mut row = vec![rfc3339(point.at), point.mean.to_string()];
            if !raw {
                row.extend([point.min.to_string(), point.max.to_string(), point.count.to_string()]);
            }
            row
        });
    for row in std::iter::once(header).chain(rows) {
        // Writing to memory does not fail, and all rows have the header's length.
        if writer.write_record(&row).is_err() {
            break;
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A spreadsheet reads what begins like this as a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The metric's name, fit to be written anywhere.
pub(super) fn name(chart: &Chart) -> String {
    shortened(&clean(&chart.metric.name), LONGEST_NAME)
}

pub(super) fn platform(chart: &Chart) -> String {
    shortened(&clean(&chart.platform), LONGEST_NAME)
}

/// "from 23 Nov 2026 21:12 to 24 Nov 2026 03:12 GMT"; whole days without the hours.
pub(super) fn range(chart: &Chart, zone: &TimeZone) -> String {
    let form = if chart.range.span() > 60 * DAY { "%-d %b %Y" } else { "%-d %b %Y %H:%M" };
    let zone_name = clock::local(chart.range.to, zone).map(|at| at.strftime(" %Z").to_string());
    format!(
        "from {} to {}{}",
        said(chart.range.from, zone, form),
        said(chart.range.to, zone, form),
        zone_name.unwrap_or_default()
    )
}

/// At most `most` letters, with an ellipsis where more was.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// Without control characters and the two code points that XML forbids.
fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect()
}

/// The time in the zone; beyond the calendar, the number.
fn said(at: Millis, zone: &TimeZone, form: &str) -> String {
    clock::local(at, zone).map_or_else(|| at.to_string(), |local| local.strftime(form).to_string())
}
