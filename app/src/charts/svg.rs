//! Dresses the bare drawing: for a page in signal colours with a name and a description, for a file in real ones.

use std::fmt::Write as _;

use backend::monitoring::shown::Chart;
use jiff::tz::TimeZone;

use super::{
    Size,
    draw::{self, Title},
    layout::{FINE, Layout},
    words,
};

/// No drawing is longer, in bytes; a page holds several.
const LONGEST: usize = 48_000;

/// Dashes of the target, alert and critical line, told apart also without colour. In units of the drawing.
const DASHES: [(&str, &str); 3] = [("#060606", "20 40"), ("#070707", "60 40"), ("#080808", "110 50")];

/// What a file has in place of each role: attribute with signal colour, and what it becomes. The colours are those of the
/// light theme; each text has a contrast of at least 4.5 on white.
const ROLES: [(&str, &str); 18] = [
    ("stroke=\"#010101\"", "stroke=\"#1f5f99\" stroke-linejoin=\"round\" stroke-linecap=\"round\""),
    ("fill=\"#010101\"", "fill=\"#1f5f99\""),
    ("fill=\"#020202\"", "fill=\"#1f5f99\" fill-opacity=\"0.08\""),
    ("fill=\"#030303\"", "fill=\"#1f5f99\" fill-opacity=\"0.2\""),
    ("stroke=\"#030303\"", "stroke=\"#1f5f99\" stroke-opacity=\"0.2\""),
    ("stroke=\"#040404\"", "stroke=\"#e4e1da\""),
    ("fill=\"#050505\"", "fill=\"#5c5850\""),
    ("stroke=\"#060606\"", "stroke=\"#1b7346\""),
    ("stroke=\"#070707\"", "stroke=\"#8a5a00\""),
    ("stroke=\"#080808\"", "stroke=\"#b3261e\""),
    ("fill=\"#090909\"", "fill=\"#5c5850\""),
    ("fill=\"#121212\"", "fill=\"#eaf1f7\""),
    ("fill=\"#131313\"", "fill=\"#fdf3dc\""),
    ("fill=\"#141414\"", "fill=\"#fdebe6\""),
    ("fill=\"#151515\"", "fill=\"#fbe7f1\""),
    ("fill=\"#101010\"", "fill=\"#1c1b19\""),
    ("fill=\"#111111\"", "fill=\"#ffffff\""),
    ("class=\"chart-name\" ", "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"30\" "),
];

/// Colours of the names of the lines in a file; apart, because a halo goes with them.
const NAMES: [(&str, &str); 3] = [("#060606", "#1b7346"), ("#070707", "#8a5a00"), ("#080808", "#b3261e")];

/// The chart for a page: scales with its box, named and described for those who do not see it, coloured by
/// `style/charts.css`. `data-plot` holds left, top, right and bottom of the values' rectangle in the picture's
/// own pixels, `data-from` and `data-to` the times (in milliseconds) of its sides, `data-low` and `data-high`
/// the values, so that a pointer can be read.
pub fn inline(chart: &Chart, size: Size, zone: &TimeZone) -> String {
    let layout = Layout::of(chart, size, false);
    let id = identifier(chart, size);
    let (width, height) = size.pixels();
    let mut svg = format!(
        "<svg class=\"chart chart-{}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\"",
        size.code()
    );
    let side = |units: i32| f64::from(units) / f64::from(FINE);
    let (left, top, right, bottom) =
        (side(layout.left), side(layout.top), side(layout.right), side(layout.bottom));
    // A string never refuses to be written to.
    let _ = write!(
        svg,
        " data-plot=\"{left} {top} {right} {bottom}\" data-from=\"{}\" data-to=\"{}\" data-low=\"{}\" data-high=\"{}\">\n\
         <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n",
        chart.range.from,
        chart.range.to,
        layout.scale.low,
        layout.scale.high,
        escaped(&words::name(chart)),
        escaped(&words::describe(chart, zone)),
    );
    svg.push_str("<g transform=\"scale(0.1)\">\n");
    svg.push_str(&body(chart, &layout, None, zone));
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The chart as a document of its own, titled, on white.
pub fn file(chart: &Chart, size: Size, zone: &TimeZone) -> String {
    let layout = Layout::of(chart, size, true);
    let (width, height) = (layout.width / FINE, layout.height / FINE);
    let most = (width / 8) as usize;
    let title = Title {
        name: words::shortened(&format!("{}, {}", words::name(chart), words::platform(chart)), most),
        range: words::shortened(&words::range(chart, zone), most + most / 6),
    };
    let mut drawing = body(chart, &layout, Some(&title), zone);
    for (color, real) in NAMES {
        drawing = drawing.replace(
            &format!("class=\"chart-name\" fill=\"{color}\""),
            &format!("class=\"chart-name\" fill=\"{real}\""),
        );
    }
    for (role, real) in ROLES {
        drawing = drawing.replace(role, real);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n\
         <g transform=\"scale(0.1)\" font-family=\"system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif\">\n\
         {drawing}</g>\n</svg>\n",
        escaped(&title.name),
        escaped(&words::describe(chart, zone)),
    )
}

/// The drawing without its root, with as many columns as fit the permitted length.
fn body(chart: &Chart, layout: &Layout, title: Option<&Title>, zone: &TimeZone) -> String {
    let mut columns = layout.columns();
    loop {
        let mut svg = String::with_capacity(LONGEST);
        let drawn = draw::draw(&mut svg, chart, layout, columns, title, zone);
        let body = trimmed(&svg);
        if drawn.is_ok() && (body.len() <= LONGEST || columns <= 16) {
            return body;
        }
        // Only a series torn into very many pieces comes here; a failed drawing leaves name and description.
        if drawn.is_err() {
            return String::new();
        }
        columns /= 2;
    }
}

/// Without the root element and what is said by default or by the style sheet, and with the dashes.
fn trimmed(svg: &str) -> String {
    let start = svg.find('>').map_or(0, |end| end + 1);
    let end = svg.rfind("</svg>").unwrap_or(svg.len());
    let inner = svg.get(start..end).unwrap_or_default().trim_start();
    let mut body = inner
        .replace(" opacity=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(".00000000000001\"", "\"")
        .replace(" \"/>", "\"/>");
    for (color, dashes) in DASHES {
        body = body
            .replace(
                &format!("stroke=\"{color}\""),
                &format!("stroke=\"{color}\" stroke-dasharray=\"{dashes}\""),
            )
            .replace(&format!("fill=\"{color}\""), &format!("class=\"chart-name\" fill=\"{color}\""));
    }
    body
}

/// One for each platform, metric and size; two different ones never meet.
fn identifier(chart: &Chart, size: Size) -> String {
    let mut id = String::from("chart");
    for part in [chart.platform.as_str(), chart.metric.key.as_str(), size.code()] {
        id.push('-');
        for letter in part.chars() {
            if letter.is_ascii_alphanumeric() {
                id.push(letter);
            } else {
                let _ = write!(id, "_{:x}_", u32::from(letter));
            }
        }
    }
    id
}

/// For the inside of an element. What XML cannot hold was left out by `words::clean`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
