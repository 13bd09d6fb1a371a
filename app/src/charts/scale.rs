//! The upright axis: from where to where, with round values to label.

use backend::monitoring::shown::Chart;
use domain::monitoring::{Better, Metric, Unit, wording};

/// Beyond this a value cannot be told apart on an axis and would overflow the arithmetic of one.
const HUGEST: f64 = 1e15;

/// A line is shown when the values come within this factor of it; a farther one would flatten the chart.
const NEAR: f64 = 1.5;

/// From `low` to `high` in the metric's unit: finite, `low < high`. The same for every size of a chart, so
/// that the description in words holds for all of them.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Scale {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
}

impl Scale {
    pub fn of(chart: &Chart) -> Scale {
        let metric = &chart.metric;
        let values = chart.points.iter().flat_map(|point| [point.mean, point.min, point.max]);
        let (mut low, mut high) = values
            .filter_map(|value| plottable(metric.unit, value))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high): (f64, f64), value| {
                (low.min(value), high.max(value))
            });
        let lines = metric.named_lines().filter(|(_, line)| line.is_finite());
        for (name, line) in lines {
            let line = line.clamp(-HUGEST, HUGEST);
            if name == "target" || (low <= high && near(metric, line, low, high)) {
                low = low.min(line);
                high = high.max(line);
            }
        }
        if low > high {
            (low, high) = (0.0, least_span(metric.unit));
        }
        // What is better high lives near its top, and from zero nothing of it would be seen. All else starts
        // at zero, so that twice as high is twice as much.
        let zoomed = metric.better == Better::Higher;
        if !zoomed {
            low = low.min(0.0);
        }
        Scale::round(metric.unit, low, high, zoomed)
    }

    fn round(unit: Unit, mut low: f64, mut high: f64, zoomed: bool) -> Scale {
        let least = least_span(unit).max(high.abs().max(low.abs()) * 1e-6);
        if high - low < least {
            if zoomed {
                low = high - least;
            } else {
                high = low + least;
            }
        }
        let step = round_step((high - low) / 4.5, unit);
        let mut first = (low / step + 1e-9).floor();
        let mut last = (high / step - 1e-9).ceil();
        if unit == Unit::Ratio {
            (first, last) = (first.max(0.0), last.min((1.0 / step).round()));
        }
        let count = ((last - first) as i64).clamp(1, 12);
        let ticks: Vec<f64> = (0..=count).map(|index| (first + index as f64) * step).collect();
        let top = (first + count as f64) * step;
        Scale { low: first * step, high: top.max(high.min(HUGEST)), ticks }
    }

    /// 0 at the bottom, 1 at the top; what lies beyond sticks to the edge.
    pub fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The label of a tick: all in seconds where the steps are whole seconds.
    pub fn label(&self, unit: Unit, tick: f64) -> String {
        let step = self.ticks.get(1).zip(self.ticks.first()).map_or(0.0, |(second, first)| second - first);
        if unit == Unit::Milliseconds && tick == 0.0 && step >= 1_000.0 {
            return "0\u{a0}s".to_owned();
        }
        worded(unit, tick)
    }

    pub fn shows(&self, line: f64) -> bool {
        self.low <= line && line <= self.high
    }
}

/// The value as far as it can be drawn: none when it is no number, a ratio never beyond 0 and 1.
pub(super) fn plottable(unit: Unit, value: f64) -> Option<f64> {
    let (least, most) = if unit == Unit::Ratio { (0.0, 1.0) } else { (-HUGEST, HUGEST) };
    value.is_finite().then(|| value.clamp(least, most))
}

/// A value in the words of the pages, kept short however large it is.
pub(super) fn worded(unit: Unit, value: f64) -> String {
    if value.abs() >= 1e12 { format!("{value:.1e}") } else { wording::value(unit, value) }
}

fn near(metric: &Metric, line: f64, low: f64, high: f64) -> bool {
    match (metric.better, metric.unit) {
        // Near 1 it is the missing part that counts: 99.9 % misses half as much as 99.8 %.
        (Better::Higher, Unit::Ratio) => 1.0 - line <= (1.0 - low) * NEAR,
        (Better::Higher, _) => low <= line * NEAR,
        (Better::Lower, _) => line <= high * NEAR,
    }
}

/// The shortest axis that still means something: a steady value must not look like a storm.
fn least_span(unit: Unit) -> f64 {
    match unit {
        Unit::Milliseconds => 10.0,
        Unit::Ratio => 0.002,
        Unit::Count => 4.0,
    }
}

/// The next of 1, 2, 2.5, 5, 10 times a power of ten; whole for things that are counted.
fn round_step(rough: f64, unit: Unit) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power * 10.0);
    // A quarter would need a decimal more than the words of small shares and counts have.
    let quarter = (step / power - 2.5).abs() < 0.01;
    match unit {
        Unit::Count if step < 1.0 => 1.0,
        Unit::Count if quarter && power < 10.0 => 5.0 * power,
        Unit::Ratio if quarter && power < 0.01 => 5.0 * power,
        _ => step,
    }
}
