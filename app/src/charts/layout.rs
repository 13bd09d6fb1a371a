//! Where things stand in a chart, in tenths of a pixel: the drawing backend counts in whole units, and a line
//! in whole pixels would show its steps.

use backend::monitoring::shown::{Band, Chart};
use domain::time::Millis;

use super::{Size, scale::Scale};

/// Units in a pixel.
pub(super) const FINE: i32 = 10;

/// Height of a letter, in pixels.
pub(super) const LETTER: i32 = 12;

/// Room above the chart of a file for its two lines of title, in pixels.
const TITLE: i32 = 44;

/// Room above the plot for the names of bands, in pixels.
const NAMED: i32 = 14;

/// The rectangle that the values are drawn in, and what its sides stand for.
pub(super) struct Layout {
    pub width: i32,
    pub height: i32,
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
    /// How far above the usual names those of bands stand.
    pub named: i32,
    pub scale: Scale,
    from: i64,
    span: f64,
}

impl Layout {
    pub fn of(chart: &Chart, size: Size, titled: bool) -> Layout {
        let scale = Scale::of(chart);
        let (width, plain_height) = size.pixels();
        let title = if titled { TITLE } else { 0 };
        let height = plain_height + title;
        let longest = scale.ticks.iter().map(|tick| text_width(&scale.label(chart.metric.unit, *tick))).max();
        let left = (longest.unwrap_or(0) + 18 * FINE).clamp(46 * FINE, 104 * FINE);
        let named = if chart.bands.is_empty() { 0 } else { NAMED };
        Layout {
            width: width * FINE,
            height: height * FINE,
            left,
            // Room for the name of a line that lies at the very top.
            top: (title + 18 + named) * FINE,
            named: named * FINE,
            right: (width - 8) * FINE,
            bottom: (height - 24) * FINE,
            scale,
            from: chart.range.from.0,
            span: chart.range.span().max(1) as f64,
        }
    }

    /// Whether any of it lies in the range.
    pub fn shows(&self, band: &Band) -> bool {
        let to = self.from.saturating_add(self.span as i64);
        band.from.0 < to && band.to.is_none_or(|end| end.0 > self.from)
    }

    pub fn x(&self, at: Millis) -> i32 {
        let share = (at.0.saturating_sub(self.from) as f64 / self.span).clamp(0.0, 1.0);
        // Whole pixels: finer steps to the side are not seen, and cost a fifth of the page.
        self.left + (share * f64::from((self.right - self.left) / FINE)).round() as i32 * FINE
    }

    pub fn y(&self, value: f64) -> i32 {
        self.bottom - (self.scale.share(value) * f64::from(self.bottom - self.top)).round() as i32
    }

    /// Columns that keep their lowest and highest value: two pixels each, so that a drawing has about
    /// one point for each pixel.
    pub fn columns(&self) -> i64 {
        i64::from((self.right - self.left) / (2 * FINE)).max(1)
    }
}

/// About how wide a text is, in units; most letters and figures of a sans are narrower than this.
pub(super) fn text_width(text: &str) -> i32 {
    text.chars().map(|letter| if letter.is_whitespace() { 4 } else { 7 }).sum::<i32>() * FINE
}
