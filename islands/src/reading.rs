//! Reading a chart: which point is meant, and what it says. All from what the drawing itself carries, so a
//! reading is as fine as the drawing and never finer.

use domain::monitoring::{Metric, Reading, Zone, judge, wording};
use domain::time::{HOUR, MINUTE};

/// The rectangle of the values in the drawing's own pixels, and what its sides stand for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plot {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    /// Milliseconds since 1970.
    pub from: f64,
    pub to: f64,
    /// In the metric's unit.
    pub low: f64,
    pub high: f64,
}

/// One vertex of the line of values, in the drawing's own pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    /// Where its highest and its lowest value lie, when it stands for several.
    pub spread: Option<(f64, f64)>,
}

/// When a point is, as exactly as its place can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    Clock(i64),
    /// A pixel is hours wide: only the day is sure.
    Day(i64),
}

/// What is said of a point.
#[derive(Clone, PartialEq, Debug)]
pub struct Words {
    pub at: Moment,
    pub value: String,
    /// Against the metric's lines; empty without any.
    pub status: &'static str,
}

/// The points of a drawing. `lines` and `bands` are `points` attributes in tenths of pixels, left to right as
/// they were drawn; a band goes along its highest values and back along its lowest.
pub fn points(lines: &[String], bands: &[String]) -> Vec<Point> {
    let mut spreads: Vec<(f64, f64, f64)> = Vec::new();
    for band in bands {
        let outline: Vec<_> = pairs(band).collect();
        let there = outline.iter().take(outline.len() / 2);
        spreads.extend(there.zip(outline.iter().rev()).map(|((x, high), (_, low))| (*x, *high, *low)));
    }
    let spread_at = |x: f64| {
        let found = spreads.binary_search_by(|spread| spread.0.total_cmp(&x)).ok()?;
        spreads.get(found).map(|(_, high, low)| (*high, *low))
    };
    let points = lines.iter().flat_map(|line| pairs(line));
    points.map(|(x, y)| Point { x, y, spread: spread_at(x) }).collect()
}

/// "640,1960 4720,1960" in tenths becomes pixels; what is no pair of whole numbers is passed over.
fn pairs(text: &str) -> impl Iterator<Item = (f64, f64)> {
    let tenth = |number: &str| number.parse::<i32>().ok().map(|tenths| f64::from(tenths) / 10.0);
    text.split_ascii_whitespace().filter_map(move |pair| {
        let (x, y) = pair.split_once(',')?;
        Some((tenth(x)?, tenth(y)?))
    })
}

/// The point that a pointer means: the nearest by time, of several at one time the nearest by value.
pub fn nearest(points: &[Point], x: f64, y: f64) -> Option<usize> {
    let far = |point: &Point| ((point.x - x).abs(), (point.y - y).abs());
    let indexed = points.iter().map(far).enumerate();
    let by_distance = |one: &(usize, (f64, f64)), other: &(usize, (f64, f64))| {
        one.1.0.total_cmp(&other.1.0).then(one.1.1.total_cmp(&other.1.1))
    };
    indexed.min_by(by_distance).map(|(index, _)| index)
}

/// Where a key leads among `count` points; `None` for a key that reads nothing. With `far` (Shift) an arrow
/// goes a tenth of the way. The first arrow shows the newest point.
pub fn moved(key: &str, far: bool, current: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let step = if far { (count / 10).max(1) } else { 1 };
    match key {
        "ArrowLeft" => Some(current.map_or(last, |index| index.saturating_sub(step))),
        "ArrowRight" => Some(current.map_or(last, |index| index.saturating_add(step).min(last))),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

impl Plot {
    pub fn read(&self, point: &Point, metric: &Metric) -> Words {
        let said = |y: f64| wording::value(metric.unit, self.value(y));
        let value = match point.spread.map(|(high, low)| (said(low), said(high))) {
            Some((low, high)) if low != high => format!("mean {} ({low} to {high})", said(point.y)),
            _ => said(point.y),
        };
        let status = match judge(metric, &Reading::of(self.value(point.y), None)).zone {
            Zone::Unlined => "",
            Zone::MeetsTarget => "meets its target",
            Zone::MissesTarget => "misses its target",
            Zone::PastAlert => "past the alert line",
            Zone::PastCritical => "past the critical line",
        };
        Words { at: self.moment(point.x), value, status }
    }

    /// Rounded to the next of 1, 2, 5, 10 that the drawing can still tell apart: it has tenths of pixels.
    fn value(&self, y: f64) -> f64 {
        let height = self.bottom - self.top;
        let value = self.low + (self.bottom - y) / height * (self.high - self.low);
        let finest = (self.high - self.low) / (height * 10.0);
        if !value.is_finite() || !(1e-12..1e12).contains(&finest) {
            return value;
        }
        // Whole steps to a unit or whole units to a step, so that 0.93 is 0.93 exactly.
        let (mut units, mut to_a_unit) = (1.0, 1.0);
        while units * 10.0 < finest {
            units *= 10.0;
        }
        while 1.0 / to_a_unit >= finest && units == 1.0 {
            to_a_unit *= 10.0;
        }
        let least = units / to_a_unit;
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * least >= finest * 0.999);
        let step = step.unwrap_or(10.0);
        (value / units * to_a_unit / step).round() * step / to_a_unit * units
    }

    /// Points stand on whole pixels: a time is half a pixel's worth unsure, and rounded to no less.
    fn moment(&self, x: f64) -> Moment {
        let pixel = (self.to - self.from) / (self.right - self.left);
        let at = (self.from + (x - self.left) * pixel) as i64;
        let unsure = (pixel / 2.0) as i64;
        if unsure <= MINUTE {
            return Moment::Clock(at);
        }
        let steps = [2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];
        match steps.into_iter().find(|step| unsure <= *step) {
            Some(step) => Moment::Clock((at + step / 2).div_euclid(step) * step),
            None => Moment::Day(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::monitoring::metric::five;
    use domain::time::DAY;

    const NOW: i64 = 1_795_489_200_000; // 2026-11-24T03:00:00Z

    fn plot(span: i64, low: f64, high: f64) -> Plot {
        let (from, to) = ((NOW - span) as f64, NOW as f64);
        Plot { left: 50.0, top: 18.0, right: 810.0, bottom: 226.0, from, to, low, high }
    }

    fn own(key: &str) -> Metric {
        five().into_iter().find(|metric| metric.key.as_str() == key).unwrap()
    }

    /// Draws the value as a chart does, and reads it again.
    #[track_caller]
    fn check(key: &str, (low, high): (f64, f64), value: f64, expected: &str) {
        let plot = plot(6 * HOUR, low, high);
        let share = (value - low) / (high - low);
        let y = (2_260.0 - (share * 2_080.0).round()) / 10.0;
        let words = plot.read(&Point { x: 430.0, y, spread: None }, &own(key));
        let said = format!("{}, {}", words.value, words.status).replace('\u{a0}', " ");
        assert_eq!(said, expected);
    }

    #[test]
    fn a_value_is_read_as_it_was_drawn() {
        check("response_time_ms", (0.0, 300.0), 241.0, "241 ms, meets its target");
        check("response_time_ms", (0.0, 15_000.0), 12_700.0, "12.7 s, past the alert line");
        check("response_time_ms", (0.0, 15_000.0), 5_000.0, "5 s, misses its target");
        check("availability", (0.9975, 1.0), 0.9993, "99.93 %, meets its target");
        check("availability", (0.9975, 1.0), 1.0, "100 %, meets its target");
        check("accuracy_rate", (0.5, 1.0), 0.69, "69 %, past the critical line");
        check("error_rate", (0.0, 0.05), 0.0074, "0.74 %, misses its target");
        check("queue_length", (0.0, 120.0), 64.0, "64, past the alert line");
    }

    #[test]
    fn what_the_drawing_cannot_tell_is_not_said() {
        // A tenth of a pixel is 7 ms there: not 247 but what is sure of it.
        check("response_time_ms", (0.0, 15_000.0), 247.0, "250 ms, meets its target");
    }

    #[test]
    fn a_point_of_several_polls_says_its_extremes() {
        let plot = plot(7 * DAY, 0.0, 20_800.0);
        let point = Point { x: 430.0, y: 206.0, spread: Some((99.0, 223.7)) };
        let words = plot.read(&point, &own("response_time_ms"));
        assert_eq!(words.value.replace('\u{a0}', " "), "mean 2 s (230 ms to 12.7 s)");
        let even = Point { spread: Some((206.0, 206.0)), ..point };
        assert_eq!(plot.read(&even, &own("response_time_ms")).value.replace('\u{a0}', " "), "2 s");
    }

    #[test]
    fn a_time_is_as_sure_as_a_pixel() {
        // 380 of 760 pixels to the left of now, and one more to see the rounding.
        let at = |span: i64, x: f64| plot(span, 0.0, 1.0).moment(x);
        assert_eq!(at(6 * HOUR, 430.0), Moment::Clock(NOW - 3 * HOUR));
        assert_eq!(at(7 * DAY, 430.0), Moment::Clock(NOW - 84 * HOUR));
        let Moment::Clock(next) = at(7 * DAY, 431.0) else { panic!("a day") };
        assert_eq!(next, NOW - 84 * HOUR + 10 * MINUTE);
        assert_eq!(at(365 * DAY, 810.0), Moment::Day(NOW));
    }

    #[test]
    fn the_lines_and_bands_of_a_drawing_become_points() {
        let lines = ["640,550 930,490".to_owned(), "4060,500".to_owned()];
        let bands = ["640,540 930,480 930,600 640,700".to_owned()];
        let points = points(&lines, &bands);
        let expected = [
            Point { x: 64.0, y: 55.0, spread: Some((54.0, 70.0)) },
            Point { x: 93.0, y: 49.0, spread: Some((48.0, 60.0)) },
            Point { x: 406.0, y: 50.0, spread: None },
        ];
        assert_eq!(points, expected);
        assert_eq!(super::points(&["x,1 2".to_owned()], &[]), []);
    }

    #[test]
    fn a_pointer_means_the_nearest_point() {
        let points = points(&["100,10 200,20 200,90 900,30".to_owned()], &[]);
        assert_eq!(nearest(&points, -4.0, 0.0), Some(0));
        assert_eq!(nearest(&points, 16.0, 2.0), Some(1));
        assert_eq!(nearest(&points, 16.0, 8.0), Some(2));
        assert_eq!(nearest(&points, 800.0, 0.0), Some(3));
        assert_eq!(nearest(&[], 0.0, 0.0), None);
    }

    #[test]
    fn keys_lead_from_point_to_point_and_no_farther() {
        for (key, far, from, to) in [
            ("ArrowRight", false, None, Some(39)),
            ("ArrowLeft", false, None, Some(39)),
            ("ArrowLeft", false, Some(39), Some(38)),
            ("ArrowLeft", true, Some(39), Some(35)),
            ("ArrowLeft", true, Some(2), Some(0)),
            ("ArrowRight", false, Some(39), Some(39)),
            ("Home", false, Some(7), Some(0)),
            ("End", false, None, Some(39)),
            ("a", false, Some(7), None),
        ] {
            assert_eq!(moved(key, far, from, 40), to, "{key} from {from:?}");
        }
        assert_eq!(moved("End", false, None, 0), None);
    }
}
