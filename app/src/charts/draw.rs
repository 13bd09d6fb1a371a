//! The drawing itself: grid, band, area, line, the three lines with their names, and the labels of the axes.

use backend::monitoring::shown::Chart;
use domain::{
    monitoring::{Level, Width},
    time::Millis,
};
use jiff::tz::TimeZone;
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{
    clock,
    layout::{FINE, LETTER, Layout, text_width},
    scale::worded,
    series::{self, Run, Spot},
};

/// Colours that stand for a role; `svg::ROLES` says what each becomes.
pub(super) mod role {
    use plotters::style::RGBColor;

    pub const SERIES: RGBColor = RGBColor(1, 1, 1);
    pub const AREA: RGBColor = RGBColor(2, 2, 2);
    pub const BAND: RGBColor = RGBColor(3, 3, 3);
    pub const GRID: RGBColor = RGBColor(4, 4, 4);
    pub const LABEL: RGBColor = RGBColor(5, 5, 5);
    pub const TARGET: RGBColor = RGBColor(6, 6, 6);
    pub const ALERT: RGBColor = RGBColor(7, 7, 7);
    pub const CRITICAL: RGBColor = RGBColor(8, 8, 8);
    pub const EMPTY: RGBColor = RGBColor(9, 9, 9);
    pub const INFORMATION: RGBColor = RGBColor(18, 18, 18);
    pub const WARNING: RGBColor = RGBColor(19, 19, 19);
    pub const GRAVE: RGBColor = RGBColor(20, 20, 20);
    pub const EMERGENCY: RGBColor = RGBColor(21, 21, 21);
    pub const TITLE: RGBColor = RGBColor(16, 16, 16);
    pub const GROUND: RGBColor = RGBColor(17, 17, 17);
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Two lines of visible title, for a chart that stands alone.
pub(super) struct Title {
    pub name: String,
    pub range: String,
}

/// Draws into `svg` with at most `columns` columns of values.
///
/// # Errors
/// None that a string as target can cause.
pub(super) fn draw(
    svg: &mut String,
    chart: &Chart,
    layout: &Layout,
    columns: i64,
    title: Option<&Title>,
    zone: &TimeZone,
) -> Drawn {
    let area = SVGBackend::with_string(svg, (layout.width as u32, layout.height as u32)).into_drawing_area();
    if let Some(title) = title {
        let corners = [(0, 0), (layout.width, layout.height)];
        area.draw(&Rectangle::new(corners, role::GROUND.filled()))?;
        text(&area, &title.name, (14 * FINE, 12 * FINE), (HPos::Left, VPos::Top), role::TITLE, LETTER + 3)?;
        text(&area, &title.range, (14 * FINE, 32 * FINE), (HPos::Left, VPos::Top), role::LABEL, LETTER)?;
    }
    bands(&area, chart, layout)?;
    grid(&area, chart, layout)?;
    times(&area, chart, layout, zone)?;
    let runs = series::runs(chart, columns);
    values(&area, chart, layout, &runs)?;
    lines(&area, chart, layout, &runs)?;
    if runs.is_empty() {
        let middle = ((layout.left + layout.right) / 2, (layout.top + layout.bottom) / 2);
        let anchor = (HPos::Center, VPos::Center);
        text(&area, "No data in this range", middle, anchor, role::EMPTY, LETTER + 2)?;
    }
    area.present()
}

/// What was the case over a stretch: its ground, a line at its beginning, and above the plot its name where that fits.
fn bands(area: &Area<'_>, chart: &Chart, layout: &Layout) -> Drawn {
    let mut free_from = layout.left;
    for band in chart.bands.iter().filter(|band| layout.shows(band)) {
        let (left, right) = (layout.x(band.from), layout.x(band.to.unwrap_or(chart.range.to)));
        let color = match band.level {
            Level::Information => role::INFORMATION,
            Level::Warning => role::WARNING,
            Level::Critical => role::GRAVE,
            Level::Emergency => role::EMERGENCY,
        };
        // A short one is still to be seen.
        let right = right.max(left + 2 * FINE);
        area.draw(&Rectangle::new([(left, layout.top), (right, layout.bottom)], color.filled()))?;
        if band.from >= chart.range.from {
            line(area, vec![(left, layout.top - 4 * FINE), (left, layout.bottom)], role::GRID, FINE as u32)?;
        }
        let words = [band.title.as_str(), band.level.word()];
        let fits = |at: i32, words: &str| at + text_width(words) <= layout.right;
        let places = words.into_iter().flat_map(|words| {
            // Where it begins, or far enough to the left that it ends with the plot.
            [left, layout.right - text_width(words)].into_iter().map(move |at| (at.min(left), words))
        });
        let free = |(at, words): &(i32, &str)| *at >= free_from && fits(*at, words);
        if let Some((at, words)) = places.into_iter().find(free) {
            let anchor = (HPos::Left, VPos::Bottom);
            text(area, words, (at, layout.top - 5 * FINE - layout.named), anchor, role::LABEL, LETTER)?;
            free_from = at + text_width(words) + 8 * FINE;
        }
    }
    Ok(())
}

fn grid(area: &Area<'_>, chart: &Chart, layout: &Layout) -> Drawn {
    let mut last_label = String::new();
    for tick in &layout.scale.ticks {
        let y = layout.y(*tick);
        line(area, vec![(layout.left, y), (layout.right, y)], role::GRID, FINE as u32)?;
        let label = layout.scale.label(chart.metric.unit, *tick);
        // Two ticks that read the same would say that nothing lies between them.
        if label != last_label {
            let at = (layout.left - 7 * FINE, y);
            text(area, &label, at, (HPos::Right, VPos::Center), role::LABEL, LETTER)?;
            last_label = label;
        }
    }
    Ok(())
}

fn times(area: &Area<'_>, chart: &Chart, layout: &Layout, zone: &TimeZone) -> Drawn {
    let most = (layout.columns() / 60).clamp(3, 8);
    let mut free_from = 0;
    for tick in clock::ticks(&chart.range, zone, most) {
        let x = layout.x(tick.at);
        line(area, vec![(x, layout.bottom), (x, layout.bottom + 4 * FINE)], role::GRID, FINE as u32)?;
        let half = text_width(&tick.label) / 2;
        let middle = x.min(layout.width - half - FINE);
        if middle - half >= free_from {
            let at = (middle, layout.bottom + 9 * FINE);
            text(area, &tick.label, at, (HPos::Center, VPos::Top), role::LABEL, LETTER)?;
            free_from = middle + half + 6 * FINE;
        }
    }
    Ok(())
}

fn values(area: &Area<'_>, chart: &Chart, layout: &Layout, runs: &[Run]) -> Drawn {
    let place = |spot: &Spot, value: f64| (layout.x(Millis(spot.at)), layout.y(value));
    let means = |run: &Run| run.iter().map(|spot| place(spot, spot.mean)).collect::<Vec<_>>();
    // Only from zero does the area under a line say anything.
    if layout.scale.low == 0.0 {
        for run in runs.iter().filter(|run| run.len() > 1) {
            let mut outline = means(run);
            let ends = (outline.first().copied(), outline.last().copied());
            if let (Some((first, _)), Some((last, _))) = ends {
                outline.extend([(last, layout.bottom), (first, layout.bottom)]);
                area.draw(&Polygon::new(outline, role::AREA.filled()))?;
            }
        }
    }
    if chart.width != Width::Raw {
        for run in runs {
            let above = run.iter().map(|spot| place(spot, spot.high));
            let below = run.iter().rev().map(|spot| place(spot, spot.low));
            match run.as_slice() {
                [one] if one.low < one.high => {
                    line(area, above.chain(below).collect(), role::BAND, 4 * FINE as u32)?;
                }
                [_] => {}
                _ => area.draw(&Polygon::new(above.chain(below).collect::<Vec<_>>(), role::BAND.filled()))?,
            }
        }
    }
    for run in runs {
        match means(run).as_slice() {
            [alone] => area.draw(&Circle::new(*alone, 2 * FINE + FINE / 2, role::SERIES.filled()))?,
            many => line(area, many.to_vec(), role::SERIES, 2 * FINE as u32)?,
        }
    }
    Ok(())
}

/// The lines, each with its name above its right end; where the values run through the name or two names would
/// meet, it stands below the line or further left.
fn lines(area: &Area<'_>, chart: &Chart, layout: &Layout, runs: &[Run]) -> Drawn {
    let height = (LETTER + 3) * FINE;
    // Names already written, as left, right and foot.
    let mut taken: Vec<(i32, i32, i32)> = Vec::new();
    for (name, value) in chart.metric.named_lines().filter(|(_, value)| layout.scale.shows(*value)) {
        let color = match name {
            "target" => role::TARGET,
            "alert" => role::ALERT,
            _ => role::CRITICAL,
        };
        let y = layout.y(value);
        line(area, vec![(layout.left, y), (layout.right, y)], color, FINE as u32 + 5)?;
        let label = format!("{name} {}", worded(chart.metric.unit, value));
        let width = text_width(&label);
        let free = |(right, foot): (i32, i32)| {
            taken.iter().all(|(other_left, other_right, other_foot)| {
                right <= *other_left || right - width >= *other_right || (foot - other_foot).abs() >= height
            })
        };
        let clear = |(right, foot): (i32, i32)| {
            foot < layout.bottom && !crosses(layout, runs, (right - width, right), (foot - height, foot))
        };
        // Places in order of liking; the far ones only on the right half, where names are looked for.
        let last = layout.right - 2 * FINE;
        let middle = (layout.left + layout.right) / 2;
        let places: Vec<(i32, i32)> = (0..24)
            .map(|step| last - step * width / 3)
            .filter(|right| *right == last || right - width > middle)
            .flat_map(|right| [(right, y - 3 * FINE), (right, y + height)])
            .collect();
        let chosen = places.iter().copied().find(|place| free(*place) && clear(*place));
        let chosen = chosen.or_else(|| places.iter().copied().find(|place| free(*place)));
        let (right, foot) = chosen.unwrap_or((last, y - 3 * FINE));
        taken.push((right - width, right, foot));
        text(area, &label, (right, foot), (HPos::Right, VPos::Bottom), color, LETTER)?;
    }
    Ok(())
}

/// Whether the line of values runs through the rectangle.
fn crosses(layout: &Layout, runs: &[Run], (left, right): (i32, i32), (top, bottom): (i32, i32)) -> bool {
    runs.iter().flatten().any(|spot| {
        let (x, y) = (layout.x(Millis(spot.at)), layout.y(spot.mean));
        left <= x && x <= right && top <= y && y <= bottom
    })
}

fn line(area: &Area<'_>, through: Vec<(i32, i32)>, color: RGBColor, width: u32) -> Drawn {
    area.draw(&PathElement::new(through, color.stroke_width(width)))
}

fn text(
    area: &Area<'_>,
    words: &str,
    at: (i32, i32),
    (level, upright): (HPos, VPos),
    color: RGBColor,
    pixels: i32,
) -> Drawn {
    // The backend divides sizes by 1.24.
    let font = ("sans-serif", f64::from(pixels * FINE) * 1.24).into_font();
    let style = font.color(&color).pos(Pos::new(level, upright));
    area.draw(&Text::new(words.to_owned(), at, style))
}
