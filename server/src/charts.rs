//! `GET /charts/{metric}.svg|.png|.csv`, and the drawings that the pages share.

use std::sync::Arc;

use app::{ChartDrawing, charts as drawing};
use axum::{
    extract::{Path, Query},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backend::{
    monitoring::shown::Chart,
    tick::{Console, ShowError},
};
use domain::monitoring::Range;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::{
    access::asked::Asked,
    cache::{Cache, Stamp},
    http::State,
    pages::{self, Trouble},
};

/// The charts of one platform over one range, each with its drawings in the same place.
pub struct Drawings {
    pub charts: Vec<Arc<Chart>>,
    pub drawings: Vec<ChartDrawing>,
}

/// Drawings by platform, range and time zone, as new as the platform's newest poll and the newest change of an alert.
pub type Drawn = Cache<(String, String, String), Arc<Drawings>>;

/// Rows of a chart's table: enough to read the shape, few enough to read.
const TABLE_ROWS: usize = 24;

#[derive(Deserialize)]
pub struct Wanted {
    platform: Option<String>,
    range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    inline: Option<String>,
}

/// The drawings of all metrics of a platform over a range.
pub async fn drawings(
    state: &State,
    platform: &str,
    range: Range,
    zone: &TimeZone,
) -> Result<Arc<Drawings>, Trouble> {
    let polled_at = state.console.hub.frame(platform).and_then(|frame| frame.polled_at).unwrap_or(0);
    // A drawing has the alerts of its range in it.
    let alerts = *state.console.alerts.changes().borrow();
    let stamp = Stamp { revision: polled_at.max(0).unsigned_abs().saturating_add(alerts), second: 0 };
    let console = state.console.clone();
    let (name, in_zone) = (platform.to_owned(), zone.clone());
    let make = move || async move { draw(console, name, range, in_zone).await };
    let zone = zone.iana_name().unwrap_or_default().to_owned();
    state.drawn.get(&(platform.to_owned(), range.query(), zone), stamp, make).await
}

async fn draw(
    console: Console,
    platform: String,
    range: Range,
    zone: TimeZone,
) -> Result<Arc<Drawings>, Trouble> {
    let charts = console.charts(Some(&platform), range).await.map_err(|error| match error {
        ShowError::NoPlatform => Trouble::NotFound,
        ShowError::Db(error) => Trouble::Inside(error.to_string()),
    })?;
    let drawn = tokio::task::spawn_blocking(move || {
        let drawings = charts.iter().map(|chart| draw_one(chart, &zone)).collect();
        Arc::new(Drawings { charts, drawings })
    });
    drawn.await.map_err(|error| Trouble::Inside(error.to_string()))
}

fn draw_one(chart: &Chart, zone: &TimeZone) -> ChartDrawing {
    ChartDrawing {
        wide: drawing::inline(chart, drawing::Size::Wide, zone),
        half: drawing::inline(chart, drawing::Size::Half, zone),
        narrow: drawing::inline(chart, drawing::Size::Narrow, zone),
        describe: drawing::describe(chart, zone),
        table: drawing::table(chart, zone, TABLE_ROWS)
            .into_iter()
            .map(|row| (row.at, row.value, row.low, row.high))
            .collect(),
    }
}

/// One chart as a file, or (`?inline=wide|half|narrow`) as the piece of a page that it replaces.
pub async fn file(asked: Asked, Path(name): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    match try_file(&asked.state, &asked.shell().zone, &name, wanted).await {
        Ok(response) => response,
        Err(trouble) => pages::trouble_page(&asked, &trouble),
    }
}

async fn try_file(state: &State, zone: &TimeZone, name: &str, wanted: Wanted) -> Result<Response, Trouble> {
    let (metric, ending) = name.rsplit_once('.').ok_or(Trouble::NotFound)?;
    let range = Range::parse(
        wanted.range.as_deref(),
        wanted.from.as_deref(),
        wanted.to.as_deref(),
        zone,
        state.console.clock.now(),
    )?;
    let platform = pages::platform(state, wanted.platform.as_deref())?;
    let drawings = drawings(state, &platform, range, zone).await?;
    let mut both = drawings.charts.iter().zip(&drawings.drawings);
    let (chart, drawn) =
        both.find(|(chart, _)| chart.metric.key.as_str() == metric).ok_or(Trouble::NotFound)?;
    if let Some(size) = &wanted.inline {
        let svg = match size.as_str() {
            "wide" => &drawn.wide,
            "half" => &drawn.half,
            "narrow" => &drawn.narrow,
            other => {
                return Err(Trouble::Request(format!(
                    "\u{201c}{other}\u{201d} is not a size. Use wide, half or narrow."
                )));
            }
        };
        return Ok(answer("image/svg+xml", svg.clone().into_bytes(), None));
    }
    let chart = chart.clone();
    let zone = zone.clone();
    let file_name = format!("{platform}-{metric}-{}", range.query().replace(['=', '&', ':'], "-"));
    match ending {
        "svg" => {
            let svg = drawing::file(&chart, drawing::Size::Wide, &zone);
            Ok(answer("image/svg+xml", svg.into_bytes(), Some(format!("{file_name}.svg"))))
        }
        "csv" => {
            let csv = drawing::csv(&chart);
            Ok(answer("text/csv; charset=utf-8", csv.into_bytes(), Some(format!("{file_name}.csv"))))
        }
        "png" => {
            let png = tokio::task::spawn_blocking(move || drawing::png(&chart, drawing::Size::Wide, &zone));
            let png = png.await.map_err(|error| Trouble::Inside(error.to_string()))?;
            let png = png.map_err(|error| Trouble::Inside(error.to_string()))?;
            Ok(answer("image/png", png, Some(format!("{file_name}.png"))))
        }
        _ => Err(Trouble::NotFound),
    }
}

fn answer(content_type: &'static str, body: Vec<u8>, file_name: Option<String>) -> Response {
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, content_type)], body).into_response();
    let disposition =
        file_name.and_then(|name| HeaderValue::from_str(&format!("inline; filename=\"{name}\"")).ok());
    if let Some(disposition) = disposition {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
