//! The value of an alert against its lines and normal, and the chart of the samples around it.

use backend::{
    alerts::Stored,
    monitoring::shown::{Chart, Point, Summary},
};
use domain::{
    monitoring::{Metric, Range, Width, wording},
    time::{MINUTE, Millis},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::Names;
use crate::{charts, shell::encoded};

/// Rows of the table under the chart.
const TABLE_ROWS: usize = 40;
/// Room around what is shown, so that it does not begin with the departure.
const AROUND: i64 = 30 * MINUTE;

/// "Value" "12.7 s", "Alert line" "10 s", …; empty for what is not measured.
pub(super) fn measures(stored: &Stored, names: &Names, normal: Option<f64>) -> Vec<(&'static str, String)> {
    let Some(metric) = names.metric(&stored.alert.key.metric) else { return Vec::new() };
    let word = |value: f64| wording::value(metric.unit, value);
    let mut measures = Vec::new();
    let label = if stored.alert.is_open() { "Value" } else { "Last value" };
    measures.extend(stored.value.map(|value| (label, word(value))));
    if let Some(target) = wording::target(metric) {
        measures.push(("Target", target.trim_start_matches("target ").to_owned()));
    }
    measures.extend(metric.alert.map(|line| ("Alert line", word(line))));
    measures.extend(metric.critical.map(|line| ("Critical line", word(line))));
    measures.push(("Normal", normal.map_or_else(|| "not known yet".to_owned(), word)));
    measures
}

/// The samples as a chart, with the alert as its band; `None` for what is no metric, or has no sample.
pub(super) fn chart(
    stored: &Stored,
    names: &Names,
    samples: &[(Millis, Option<f64>)],
    normal: Option<f64>,
    poll_every: i64,
    now: Millis,
) -> Option<Chart> {
    let mut metric: Metric = names.metric(&stored.alert.key.metric)?.clone();
    if let Some(service) = &stored.alert.key.service {
        metric.name = format!("{}, {}", metric.name, names.service_words(service));
    }
    let points: Vec<Point> = samples
        .iter()
        .filter_map(|(at, value)| {
            let value = value.filter(|value| value.is_finite())?;
            Some(Point { at: *at, mean: value, min: value, max: value, count: 1 })
        })
        .collect();
    let (first, last) = (points.first()?.at, points.last()?.at);
    let band = stored.band();
    let from = stored.alert.began_at.minus(AROUND).max(first).min(last);
    let to = band.to.map_or(now, |end| end.plus(AROUND).min(now)).max(from.plus(MINUTE));
    let count = points.len() as u64;
    let sum: f64 = points.iter().map(|point| point.mean).sum();
    let summary = Summary {
        mean: sum / points.len() as f64,
        min: points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min),
        max: points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max),
        count,
    };
    Some(Chart {
        platform: stored.alert.key.platform.clone(),
        metric,
        range: Range { from, to, preset: None },
        width: Width::Raw,
        gap: 3 * poll_every,
        slower: Vec::new(),
        summary: Some(summary),
        before: None,
        normal,
        polls: samples.len() as u64,
        missed: samples.len() as u64 - count,
        bands: vec![band],
        points,
    })
}

pub(super) fn figure(chart: &Chart, has_files: bool, zone: &TimeZone) -> impl IntoView + use<> {
    let key = chart.metric.key.as_str().to_owned();
    // Numbers and names can always be written.
    let measure = serde_json::to_string(&chart.metric).unwrap_or_default();
    let rows: Vec<_> = charts::table(chart, zone, TABLE_ROWS)
        .into_iter()
        .map(|row| view! { <tr><th scope="row">{row.at}</th><td>{row.value}</td></tr> })
        .collect();
    let files = has_files.then(|| {
        let query = format!("platform={}&{}", encoded(&chart.platform), chart.range.query());
        let link = |ending: &str| format!("/charts/{}.{ending}?{query}", encoded(&key));
        view! {
            <ul class="links" aria-label="The chart as a file">
                <li><a href=link("csv")>"CSV"</a></li>
                <li><a href=link("svg")>"SVG"</a></li>
                <li><a href=link("png")>"PNG"</a></li>
            </ul>
        }
    });
    let wide = charts::inline(chart, charts::Size::Half, zone);
    let narrow = charts::inline(chart, charts::Size::Narrow, zone);
    view! {
        <figure class="card chart-card" data-chart=key.clone() data-measure=measure aria-labelledby="chart-title">
            <figcaption>
                <h2 id="chart-title">"The samples around it"</h2>
                <p class="describe">{charts::describe(chart, zone)}</p>
            </figcaption>
            <div class="drawings">
                <div class="drawing large" data-inline="half" inner_html=wide></div>
                <div class="drawing narrow" data-inline="narrow" inner_html=narrow></div>
            </div>
            <div class="chart-foot">
                <details class="as-table">
                    <summary>"As a table"</summary>
                    <div class="scroll" tabindex="0" role="region" aria-label="The samples, table">
                        <table>
                            <caption>{chart.metric.name.clone()}", the newest first"</caption>
                            <thead><tr><th scope="col">"Time"</th><th scope="col">"Value"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </details>
                {files}
            </div>
        </figure>
    }
}
