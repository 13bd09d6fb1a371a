//! From points to what can be seen of them: one pair of values a column, broken where there is a gap.

use backend::monitoring::shown::{Chart, Point};
use domain::{monitoring::Width, time::Millis};

use super::scale::plottable;

/// One vertex of the line. `at` is in milliseconds; low and high enclose what its column holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Spot {
    pub at: i64,
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// A stretch without a gap; never empty.
pub(super) type Run = Vec<Spot>;

/// The chart's points as runs, at most `columns` columns with at most two vertices each.
pub(super) fn runs(chart: &Chart, columns: i64) -> Vec<Run> {
    let width = (chart.range.span().max(1) / columns.max(1)).max(1);
    let mut runs: Vec<Run> = Vec::new();
    let mut column: Vec<Spot> = Vec::new();
    let mut previous: Option<(i64, i64)> = None;
    for (at, spot) in in_order(chart) {
        let number = spot.at.saturating_sub(chart.range.from.0) / width;
        if let Some((last_at, last_number)) = previous {
            // A gap narrower than a column cannot be seen; between columns it breaks the line.
            let broken = chart.is_gap(Millis(last_at), Millis(at));
            if number != last_number {
                close(&mut runs, &mut column, chart.width);
                if broken {
                    runs.push(Vec::new());
                }
            }
        }
        column.push(spot);
        previous = Some((at, number));
    }
    close(&mut runs, &mut column, chart.width);
    runs.retain(|run| !run.is_empty());
    runs
}

/// What can be drawn, oldest first, with the stored time beside each for the gaps.
fn in_order(chart: &Chart) -> Vec<(i64, Spot)> {
    let unit = chart.metric.unit;
    let bucket = if chart.width == Width::Raw { 0 } else { chart.width.milliseconds() };
    let mut spots: Vec<(i64, Spot)> = chart
        .points
        .iter()
        .filter(|point| point.at.plus(bucket) >= chart.range.from && point.at <= chart.range.to)
        .filter_map(|Point { at, mean, min, max, .. }| {
            let mean = plottable(unit, *mean)?;
            let low = plottable(unit, *min).unwrap_or(mean).min(mean);
            let high = plottable(unit, *max).unwrap_or(mean).max(mean);
            // A bucket is drawn at its middle.
            let drawn = at.plus(bucket / 2).min(chart.range.to).max(chart.range.from);
            Some((at.0, Spot { at: drawn.0, mean, low, high }))
        })
        .collect();
    if !spots.is_sorted_by_key(|(at, _)| *at) {
        spots.sort_by_key(|(at, _)| *at);
    }
    spots
}

/// Adds the column to the last run: single polls as their extremes in order of time, so that no spike is lost;
/// roll-ups as one mean with what encloses it.
fn close(runs: &mut Vec<Run>, column: &mut Vec<Spot>, width: Width) {
    if runs.is_empty() {
        runs.push(Vec::new());
    }
    let (Some(run), Some(first)) = (runs.last_mut(), column.first()) else { return };
    let enclosing = column.iter().fold(*first, |all, spot| Spot {
        low: all.low.min(spot.low),
        high: all.high.max(spot.high),
        ..all
    });
    if column.len() == 1 {
        run.push(*first);
    } else if width == Width::Raw {
        let by_mean = |a: &&Spot, b: &&Spot| a.mean.total_cmp(&b.mean);
        let lowest = column.iter().min_by(by_mean).unwrap_or(first);
        let highest = column.iter().max_by(by_mean).unwrap_or(first);
        run.push(if lowest.at <= highest.at { *lowest } else { *highest });
        if lowest != highest {
            run.push(if lowest.at <= highest.at { *highest } else { *lowest });
        }
    } else {
        let count = column.len() as f64;
        let mean = column.iter().map(|spot| spot.mean / count).sum();
        let middle = column.get(column.len() / 2).unwrap_or(first).at;
        run.push(Spot { at: middle, mean, ..enclosing });
    }
    column.clear();
}
