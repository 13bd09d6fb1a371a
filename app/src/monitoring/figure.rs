//! One chart with all that belongs to it: what it says, how that compares, and the data in other forms.

use backend::monitoring::shown::Chart;
use domain::{
    monitoring::{Better, Unit, range::Preset, wording},
    time::MINUTE,
};
use leptos::prelude::*;

use crate::shell::encoded;

/// A chart as it was drawn: three drawings of the same, and its words.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ChartDrawing {
    /// SVG over the whole width of the page.
    pub wide: String,
    /// SVG over half of it.
    pub half: String,
    /// SVG for a phone.
    pub narrow: String,
    /// What the chart shows, in one sentence.
    pub describe: String,
    /// Time, value, lowest, highest; the last two where a row stands for several polls.
    pub table: Vec<(String, String, Option<String>, Option<String>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Wide,
    Half,
}

pub fn figure(chart: &Chart, drawing: &ChartDrawing, size: Size) -> impl IntoView + use<> {
    let key = chart.metric.key.as_str();
    let query = format!("platform={}&{}", encoded(&chart.platform), chart.range.query());
    let link = |ending: &str| format!("/charts/{}.{ending}?{query}", encoded(key));
    let (large, large_svg) = match size {
        Size::Wide => ("wide", drawing.wide.clone()),
        Size::Half => ("half", drawing.half.clone()),
    };
    // A year does not change with a poll: drawn again when a point of it would have moved.
    let at_most_every = match chart.range.preset {
        Some(Preset::Hour | Preset::SixHours) | None => 0,
        Some(Preset::Day) => MINUTE,
        Some(_) => 5 * MINUTE,
    };
    let address = chart.range.preset.map(|_| link("svg"));
    // What a reading of the chart is worded by and held against. Numbers and names can always be written.
    let measure = serde_json::to_string(&chart.metric).unwrap_or_default();
    let title = format!("chart-{key}");
    let labelled_by = title.clone();
    view! {
        <figure
            class="card chart-card"
            class:wide=size == Size::Wide
            data-chart=key.to_owned()
            data-measure=measure
            aria-labelledby=labelled_by
        >
            <figcaption>
                <h3 id=title>{chart.metric.name.clone()}</h3>
                <p class="describe">{drawing.describe.clone()}</p>
                <p class="compare" data-part="compare">{compared(chart)}</p>
            </figcaption>
            <div
                class="drawings"
                data-redraw=address
                data-platform-of=chart.platform.clone()
                data-every=at_most_every.to_string()
            >
                <div class="drawing large" data-inline=large inner_html=large_svg></div>
                <div class="drawing narrow" data-inline="narrow" inner_html=drawing.narrow.clone()></div>
            </div>
            <div class="chart-foot">
                <details class="as-table">
                    <summary>"As a table"</summary>
                    {table(chart, drawing)}
                </details>
                <ul class="links" aria-label=format!("{} as a file", chart.metric.name)>
                    <li><a href=link("csv")>"CSV"</a></li>
                    <li><a href=link("svg")>"SVG"</a></li>
                    <li><a href=link("png")>"PNG"</a></li>
                </ul>
            </div>
        </figure>
    }
}

fn table(chart: &Chart, drawing: &ChartDrawing) -> impl IntoView + use<> {
    if drawing.table.is_empty() {
        return view! { <p class="empty">"No value is known in this range."</p> }.into_any();
    }
    let spread = drawing.table.iter().any(|(_, _, low, high)| low.is_some() || high.is_some());
    let rows: Vec<_> = drawing
        .table
        .iter()
        .cloned()
        .map(|(time, value, low, high)| {
            view! {
                <tr>
                    <th scope="row">{time}</th>
                    <td>{value}</td>
                    {spread.then(|| view! { <td>{low.unwrap_or_default()}</td><td>{high.unwrap_or_default()}</td> })}
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=format!("{}, table", chart.metric.name)>
            <table>
                <caption>{chart.metric.name.clone()}", one row for "{chart.width.words()}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        <th scope="col">{if spread { "Mean" } else { "Value" }}</th>
                        {spread.then(|| view! { <th scope="col">"Lowest"</th><th scope="col">"Highest"</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// "mean 2.1 s, 12 % worse than the 6 hours before"
pub fn compared(chart: &Chart) -> String {
    let metric = &chart.metric;
    let Some(now) = chart.summary else { return "Nothing is known of this range.".to_owned() };
    let mean = format!("Mean {}", wording::value(metric.unit, now.mean));
    let before_words = match chart.range.preset {
        Some(preset) => format!("the {} before", preset.words()),
        None => "the same length of time before".to_owned(),
    };
    let Some(before) = chart.before else {
        return format!("{mean}; nothing is known of {before_words}.");
    };
    let change = now.mean - before.mean;
    let worse = if metric.better == Better::Lower { change > 0.0 } else { change < 0.0 };
    let direction = if worse { "worse" } else { "better" };
    // A rate near one hundred per cent is compared in points: 99.9 % after 99.5 % is no "0.4 % better".
    let (size, unit) = if metric.unit == Unit::Ratio && metric.better == Better::Higher {
        (change.abs() * 100.0, "points")
    } else if before.mean.abs() < f64::EPSILON {
        return format!("{mean}, after {} in {before_words}.", wording::value(metric.unit, before.mean));
    } else {
        ((change / before.mean).abs() * 100.0, "%")
    };
    let said = match size {
        size if size >= 9.95 => format!("{size:.0}"),
        size if size >= 0.095 || unit == "%" => format!("{size:.1}"),
        size => format!("{size:.2}"),
    };
    if said.chars().all(|letter| matches!(letter, '0' | '.')) {
        return format!("{mean}, as in {before_words}.");
    }
    format!("{mean}, {said}\u{a0}{unit} {direction} than {before_words}.")
}
