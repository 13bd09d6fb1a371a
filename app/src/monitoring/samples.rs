//! What the pages may have to show, from an empty console to a storm. Every one is drawn in a test, and can
//! be looked at: `cargo run -p app --example pages`.

use std::sync::Arc;

use backend::monitoring::shown::{Chart, ErrorCount, Now, Performance, Point, Summary};
use domain::{
    live::{AlertsFrame, Frame, MetricFrame, ServiceFrame, spark},
    monitoring::{Level, Metric, Range, Width, metric::defaults, range::Preset, wording},
    time::{HOUR, MINUTE, Millis, SECOND},
};
use jiff::tz::TimeZone;

use super::ChartDrawing;
use crate::{Assets, Shell, Theme};

/// 2026-11-24T03:28:12Z, a Tuesday.
pub const NOW: Millis = Millis(1_795_490_892_000);

/// What a person might type, or a platform might send, to break out of a page.
pub const HOSTILE: &str = "</title></textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

/// One world: a name, and both pages of it.
pub struct World {
    pub name: &'static str,
    pub shell: Shell,
    pub performance: Performance,
    pub now: Now,
}

pub fn samples() -> Vec<World> {
    vec![empty(), calm(), departure(), storm(), stale(), several(), long_names(), hostile()]
}

pub fn shell(platforms: &[&str]) -> Shell {
    Shell {
        assets: Assets::default(),
        build: "0f0f".to_owned(),
        zone: TimeZone::UTC,
        theme: Theme::System,
        path_and_query: "/performance?range=6h".to_owned(),
        platforms: platforms.iter().map(|name| (*name).to_owned()).collect(),
        viewer: None,
        alerts: AlertsFrame::default(),
        crises: crate::OpenCrises::default(),
        automation: None,
    }
}

/// Values of the five metrics and our own round trip, with the level of each.
type Values = [(Option<f64>, Option<Level>); 6];

const CALM: Values = [
    (Some(2_140.0), None),
    (Some(0.921), None),
    (Some(0.9993), None),
    (Some(0.0021), None),
    (Some(3.0), None),
    (Some(180.0), None),
];

fn frame(platform: &str, values: Values, level: Option<Level>, sentence: &str) -> Frame {
    let normals = [2_100.0, 0.92, 0.9993, 0.002, 3.0, 175.0];
    let metrics =
        defaults().into_iter().zip(values).zip(normals).map(|((metric, (value, level)), normal)| {
            let late = level.is_some_and(|level| level >= Level::Warning);
            MetricFrame {
                key: metric.key.0.clone(),
                name: metric.name.clone(),
                value: value.map(|value| wording::value(metric.unit, value)),
                level,
                target: wording::target(&metric),
                normal: Some(wording::normal(&metric, normal)),
                why: late.then(|| "past the alert line and 400\u{a0}% worse than normal".to_owned()),
                departed: late.then_some(NOW.0 - 32 * MINUTE),
                spark: value.map(|value| spark_to(normal, value)).unwrap_or_default(),
            }
        });
    let service = |key: &str, name: &str| ServiceFrame {
        key: key.to_owned(),
        name: name.to_owned(),
        state: "Operational".to_owned(),
        level: None,
        known: true,
    };
    Frame {
        revision: 41,
        platform: platform.to_owned(),
        polled_at: Some(NOW.0 - 12 * SECOND),
        answered_at: Some(NOW.0 - 12 * SECOND),
        poll_every: 30 * SECOND,
        level,
        sentence: sentence.to_owned(),
        metrics: metrics.collect(),
        services: vec![
            service("optimization", "Optimization engine"),
            service("recommendation", "Recommendation engine"),
            service("crisis_manager", "Crisis manager"),
        ],
        weddings_today: Some(14),
        crises: 0,
        trouble: None,
    }
}

/// An hour that ripples around `normal` and ends at `value`.
fn spark_to(normal: f64, value: f64) -> String {
    let points: Vec<_> = course(normal, value, 120, NOW.0 - HOUR, HOUR / 120).collect();
    spark(&points, NOW.0 - HOUR, NOW.0, 90 * SECOND)
}

fn course(normal: f64, value: f64, count: i64, from: i64, step: i64) -> impl Iterator<Item = (i64, f64)> {
    (0..count).map(move |index| {
        let ripple = ((index * 37 % 11) as f64 - 5.0) / 5.0
            * normal
            * if normal > 0.5 && normal < 1.0 { 0.001 } else { 0.04 };
        let share = ((index as f64 / count as f64 - 0.55) / 0.3).clamp(0.0, 1.0);
        (from + index * step, normal + ripple + (value - normal) * share)
    })
}

fn charts(platform: &str, range: Range, values: Values) -> Vec<Arc<Chart>> {
    let normals = [2_100.0, 0.92, 0.9993, 0.002, 3.0, 175.0];
    let charts = defaults().into_iter().zip(values).zip(normals).map(|((metric, (value, _)), normal)| {
        let step = range.span() / 120;
        let points: Vec<Point> = value.map_or_else(Vec::new, |value| {
            course(normal, value, 120, range.from.0, step)
                .map(|(at, mean)| Point { at: Millis(at), mean, min: mean, max: mean, count: 1 })
                .collect()
        });
        Arc::new(chart(platform, metric, range, points, normal))
    });
    charts.collect()
}

fn chart(platform: &str, metric: Metric, range: Range, points: Vec<Point>, normal: f64) -> Chart {
    let mean = |points: &[Point]| points.iter().map(|point| point.mean).sum::<f64>() / points.len() as f64;
    let summary = (!points.is_empty()).then(|| Summary {
        mean: mean(&points),
        min: points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min),
        max: points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max),
        count: points.len() as u64,
    });
    let before = summary.map(|_| Summary { mean: normal, min: normal, max: normal, count: 720 });
    Chart {
        platform: platform.to_owned(),
        metric,
        range,
        width: Width::Raw,
        points,
        gap: 90 * SECOND,
        slower: Vec::new(),
        summary,
        before,
        normal: Some(normal),
        polls: 720,
        missed: 0,
        bands: Vec::new(),
    }
}

fn world(name: &'static str, platforms: &[&str], frames: Vec<Frame>, values: Values) -> World {
    let frames: Vec<Arc<Frame>> = frames.into_iter().map(Arc::new).collect();
    let frame = frames.first().cloned().unwrap_or_default();
    let range = Range::last(Preset::SixHours, NOW);
    let charts = charts(&frame.platform, range, values);
    World {
        name,
        shell: shell(platforms),
        performance: Performance {
            platforms: platforms.iter().map(|name| (*name).to_owned()).collect(),
            platform: frame.platform.clone(),
            frame,
            range,
            charts,
            errors: Some(Vec::new()),
            now: NOW,
        },
        now: Now { frames, troubles: Vec::new(), now: NOW },
    }
}

fn empty() -> World {
    let nothing: Values = [(None, None); 6];
    let mut frame = frame("wedsync", nothing, None, "No answer yet: the first poll is on its way.");
    frame.polled_at = None;
    frame.answered_at = None;
    frame.weddings_today = None;
    frame.services.clear();
    for metric in &mut frame.metrics {
        metric.normal = None;
    }
    let mut world = world("empty", &["wedsync"], vec![frame], nothing);
    world.performance.errors = None;
    world
}

fn calm() -> World {
    let frame = frame("wedsync", CALM, None, "All is well: every metric meets its target.");
    world("calm", &["wedsync"], vec![frame], CALM)
}

fn departure() -> World {
    let mut values = CALM;
    values[3] = (Some(0.0074), Some(Level::Warning));
    let frame = frame("wedsync", values, Some(Level::Warning), "More errors since 02:56.");
    let mut world = world("departure", &["wedsync"], vec![frame], values);
    world.performance.errors = Some(errors());
    world
}

fn storm_values() -> Values {
    [
        (Some(12_740.0), Some(Level::Emergency)),
        (Some(0.861), Some(Level::Information)),
        (Some(0.9993), None),
        (Some(0.0074), Some(Level::Warning)),
        (Some(64.0), Some(Level::Emergency)),
        (Some(900.0), None),
    ]
}

fn storm_frame(platform: &str) -> Frame {
    let sentence = "Slow since 02:56; queue and errors rose with it.";
    let mut frame = frame(platform, storm_values(), Some(Level::Emergency), sentence);
    frame.services[0].state = "Degraded".to_owned();
    frame.services[0].level = Some(Level::Warning);
    frame.services[2].state = "Down".to_owned();
    frame.services[2].level = Some(Level::Emergency);
    frame.crises = 2;
    frame
}

fn errors() -> Vec<ErrorCount> {
    let error = |code: &str, message: &str, count| ErrorCount {
        code: code.to_owned(),
        message: message.to_owned(),
        service: Some("Optimization engine".to_owned()),
        count,
        last_seen: Some(NOW.minus(2 * MINUTE)),
    };
    vec![error("503", "upstream timed out", 41), error("429", "model quota", 12)]
}

fn storm() -> World {
    let mut world = world("storm", &["wedsync"], vec![storm_frame("wedsync")], storm_values());
    world.performance.errors = Some(errors());
    world
}

fn stale() -> World {
    let mut frame =
        frame("wedsync", CALM, Some(Level::Emergency), "No answer since 03:12 (32 polls, 16 min).");
    frame.answered_at = Some(NOW.0 - 16 * MINUTE);
    frame.trouble =
        Some("The newest poll brought nothing: the platform did not answer within 10 s.".to_owned());
    let mut world = world("stale", &["wedsync"], vec![frame], CALM);
    world.performance.errors = None;
    world.now.troubles = vec!["The database cannot be written to; samples are kept in memory.".to_owned()];
    world
}

fn several() -> World {
    let frames = vec![
        frame("wedsync-eu", CALM, None, "All is well: every metric meets its target."),
        storm_frame("wedsync-us"),
        frame("wedsync-asia", [(None, None); 6], None, "The newest answer holds no value that can be read."),
    ];
    world("several", &["wedsync-eu", "wedsync-us", "wedsync-asia"], frames, CALM)
}

fn long_names() -> World {
    let name = "the-platform-of-the-federated-wedding-planners-of-central-and-northern-europe";
    let mut world = world("long-names", &[name, "b"], vec![storm_frame(name)], storm_values());
    let mut frame = (*world.performance.frame).clone();
    frame.metrics[0].name =
        "Response time of the optimization engine as measured behind both balancers".to_owned();
    frame.services[0].name = "Optimierungsdienstleistungsverwaltungsschnittstellenadapter".to_owned();
    frame.sentence = frame.sentence.repeat(4);
    world.performance.frame = Arc::new(frame.clone());
    world.now.frames = vec![Arc::new(frame)];
    world
}

fn hostile() -> World {
    let mut frame = storm_frame(HOSTILE);
    frame.sentence = HOSTILE.to_owned();
    frame.trouble = Some(HOSTILE.to_owned());
    for metric in &mut frame.metrics {
        metric.name = HOSTILE.to_owned();
        metric.value = Some(HOSTILE.to_owned());
        metric.why = Some(HOSTILE.to_owned());
        metric.target = Some(HOSTILE.to_owned());
    }
    for service in &mut frame.services {
        service.name = HOSTILE.to_owned();
        service.state = HOSTILE.to_owned();
    }
    let mut world = world("hostile", &[HOSTILE, "b"], vec![frame], storm_values());
    world.shell.path_and_query = format!("/performance?{HOSTILE}");
    world.shell.build = HOSTILE.to_owned();
    world.now.troubles = vec![HOSTILE.to_owned()];
    let error = ErrorCount {
        code: HOSTILE.to_owned(),
        message: HOSTILE.to_owned(),
        service: Some(HOSTILE.to_owned()),
        count: 1,
        last_seen: Some(NOW),
    };
    world.performance.errors = Some(vec![error]);
    world
}

/// A plain line for each chart, in place of the real drawings.
pub fn drawings(view: &Performance) -> Vec<ChartDrawing> {
    view.charts
        .iter()
        .map(|chart| {
            let points: Vec<_> = chart.points.iter().map(|point| (point.at.0, point.mean)).collect();
            let path = spark(&points, chart.range.from.0, chart.range.to.0, chart.range.span());
            let svg = |width: u32, height: u32| {
                format!(
                    "<svg class=\"chart\" viewBox=\"0 0 100 34\" width=\"{width}\" height=\"{height}\" \
                     preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\"><path d=\"{path}\" fill=\"none\" \
                     stroke=\"currentColor\" vector-effect=\"non-scaling-stroke\"/></svg>",
                    chart.metric.key.as_str()
                )
            };
            let row = |point: &Point| {
                let value = wording::value(chart.metric.unit, point.mean);
                (crate::when::clock(point.at.0, NOW, &TimeZone::UTC), value, None, None)
            };
            ChartDrawing {
                wide: svg(1_160, 320),
                half: svg(560, 240),
                narrow: svg(340, 240),
                describe: chart.summary.map_or("Nothing is known in this range.".to_owned(), |summary| {
                    format!(
                        "From {} to {}.",
                        wording::value(chart.metric.unit, summary.min),
                        wording::value(chart.metric.unit, summary.max)
                    )
                }),
                table: chart.points.iter().step_by(20).map(row).collect(),
            }
        })
        .collect()
}
