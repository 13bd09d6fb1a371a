//! The five kinds of chart as snapshots, looked at once; what must hold for any points as properties.

use backend::monitoring::shown::{Chart, Point};
use domain::{
    monitoring::{Metric, Preset, Unit, Width},
    time::{HOUR, Millis},
};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{samples::*, *};

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

#[test]
fn the_kinds_of_chart_look_as_they_did() {
    insta::assert_snapshot!("calm", inline(&calm(12), Size::Narrow, &london()));
    insta::assert_snapshot!("storm", inline(&storm(40), Size::Half, &london()));
    insta::assert_snapshot!("empty", inline(&empty(), Size::Wide, &london()));
    let week = rolled_up("availability", Preset::Week, Width::FiveMinutes, 14, 0.9993, 0.0006);
    insta::assert_snapshot!("rollup", inline(&week, Size::Half, &london()));
    insta::assert_snapshot!("file", file(&storm(12), Size::Half, &london()));
}

/// Writes pictures to look at: `CHARTS_TO=/tmp/charts cargo nextest run -E 'test(pictures)'`.
#[test]
fn pictures_are_drawn_of_all_samples() {
    let charts = [
        ("calm", calm(720)),
        ("storm", storm(720)),
        ("empty", empty()),
        ("week", rolled_up("availability", Preset::Week, Width::FiveMinutes, 2_016, 0.9993, 0.0006)),
        ("month", rolled_up("error_rate", Preset::Month, Width::Hour, 720, 0.004, 0.004)),
        ("year", rolled_up("response_time_ms", Preset::Year, Width::Hour, 8_760, 2_300.0, 2_400.0)),
        ("quarter", rolled_up("accuracy_rate", Preset::Quarter, Width::Hour, 2_160, 0.9, 0.06)),
        ("queue", {
            let rising = |index: usize| Some((3.0 + (index as f64 / 3.2).powf(1.2)).floor());
            chart(metric("queue_length"), Preset::Hour, Width::Raw, &polls(120, rising))
        }),
        ("torn", {
            let torn =
                |index: usize| (index % 40 < 12 || index % 40 == 25).then(|| 4.0 + ripple(index) * 3.0);
            chart(metric("queue_length"), Preset::Day, Width::Raw, &polls(480, torn))
        }),
    ];
    for (name, chart) in charts {
        let folder = std::env::var("CHARTS_TO");
        // Drawing pictures is slow without optimisation; all sizes only for those who look at them.
        for size in Size::ALL.into_iter().filter(|size| *size == Size::Narrow || folder.is_ok()) {
            let picture = png(&chart, size, &london()).unwrap();
            assert_eq!(picture.get(..4), Some(b"\x89PNG".as_slice()));
            if let Ok(folder) = &folder {
                let path = |ending: &str| format!("{folder}/{name}-{}.{ending}", size.code());
                std::fs::write(path("png"), &picture).unwrap();
                std::fs::write(path("svg"), file(&chart, size, &london())).unwrap();
                std::fs::write(path("html"), inline(&chart, size, &london())).unwrap();
            }
        }
    }
}

#[test]
fn names_in_a_picture_are_drawn_with_letters() {
    // The same chart without any font would have no dark pixel in its title.
    let white = png(&Chart { platform: String::new(), ..empty() }, Size::Narrow, &london()).unwrap();
    let mut named = empty();
    named.metric.name = "Another name of the queue".to_owned();
    assert_ne!(white, png(&named, Size::Narrow, &london()).unwrap());
}

#[track_caller]
fn check_words(chart: &Chart, expected: &str) {
    assert_eq!(describe(chart, &london()).replace('\u{a0}', " "), expected);
}

#[test]
fn a_chart_is_described_in_one_sentence() {
    check_words(&empty(), "No value is known in this range.");
    check_words(
        &calm(720),
        "Response time over the last 6 hours: between 220 ms and 260 ms, mean 240 ms; \
         alert line 10 s and critical line 15 s lie above.",
    );
    check_words(
        &storm(720),
        "Response time over the last 6 hours: between 1.99 s and 13.2 s, mean 5.8 s; 44 of 720 polls brought no value.",
    );
    let mut own = chart(
        Metric { target: None, ..metric("queue_length") },
        Preset::Hour,
        Width::Raw,
        &polls(4, |_| Some(7.0)),
    );
    own.range.preset = None;
    own.missed = 1;
    check_words(
        &own,
        "Queue from 24 Nov 2026 02:12 to 24 Nov 2026 03:12 GMT: steady at 7; 1 of 4 polls brought no value; \
         alert line 50 and critical line 100 lie above.",
    );
}

#[test]
fn the_table_is_thinned_evenly_newest_first() {
    let rows = table(&storm(720), &london(), 10);
    assert_eq!(rows.len(), 10);
    assert_eq!(rows.first().unwrap().at, "24 Nov 2026 03:11:30");
    assert_eq!(rows.first().unwrap().low, None);
    assert!(rows.iter().any(|row| row.value == "2.14\u{a0}s" || row.value.starts_with("2.")), "{rows:?}");
    let week = rolled_up("availability", Preset::Week, Width::FiveMinutes, 3, 0.9993, 0.0006);
    let rows = table(&week, &london(), 100);
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.low.is_some() && row.high.is_some()));
    assert_eq!(table(&week, &london(), 0), []);
}

#[test]
fn a_csv_reads_back_as_the_points() {
    let week = rolled_up("availability", Preset::Week, Width::FiveMinutes, 5, 0.9993, 0.0006);
    let text = csv(&week);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        vec!["at", "availability_mean", "availability_min", "availability_max", "availability_count"]
    );
    let read: Vec<Point> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let number = |column: usize| record[column].parse::<f64>().unwrap();
            let at = Millis(record[0].parse::<jiff::Timestamp>().unwrap().as_millisecond());
            Point { at, mean: number(1), min: number(2), max: number(3), count: number(4) as u64 }
        })
        .collect();
    assert_eq!(read, week.points);

    let mut formula = storm(3);
    formula.metric.key = "=cmd,x".into();
    let text = csv(&formula);
    let first: Vec<&str> = text.lines().take(2).collect();
    assert_eq!(first, ["at,\"'=cmd,x\"", "2026-11-23T21:12:00Z,1990"]);
}

#[test]
fn a_gap_is_never_bridged_and_a_lone_value_is_a_dot() {
    let lines = |chart: &Chart| {
        let svg = inline(chart, Size::Wide, &london());
        (svg.matches("stroke=\"#010101\"").count(), svg.matches("<circle").count())
    };
    let chart_of = |value: fn(usize) -> Option<f64>| {
        chart(metric("queue_length"), Preset::SixHours, Width::Raw, &polls(60, value))
    };
    assert_eq!(lines(&chart_of(|_| Some(3.0))), (1, 0));
    assert_eq!(lines(&chart_of(|index| (!(20..25).contains(&index)).then_some(3.0))), (2, 0));
    assert_eq!(lines(&chart_of(|index| (index < 20 || index == 40).then_some(3.0))), (1, 1));
}

#[test]
fn what_people_named_stays_text() {
    let mut chart = storm(12);
    chart.metric.name = "</title><script>alert(1)</script>\u{0}&".to_owned();
    chart.metric.key = "\"><script>".into();
    chart.platform = "a\" onload=\"x".to_owned();
    for svg in [inline(&chart, Size::Wide, &london()), file(&chart, Size::Wide, &london())] {
        assert!(!svg.contains("<script") && !svg.contains("onload=\""), "{svg}");
        assert_eq!(svg.matches("</title>").count(), 1);
    }
    png(&chart, Size::Wide, &london()).unwrap();
}

#[test]
fn a_picture_in_a_page_has_only_what_the_policy_and_the_page_permit() {
    let mut ids = std::collections::BTreeSet::new();
    for platform in ["a.b", "a-b", "a_2e_b"] {
        for size in Size::ALL {
            let svg = inline(&Chart { platform: platform.to_owned(), ..storm(20) }, size, &london());
            let root = svg.split('>').next().unwrap();
            assert!(!root.contains(" width=") && !root.contains(" height="), "{root}");
            assert!(!svg.contains("style=") && !svg.contains("xmlns"));
            for id in svg.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()) {
                assert!(ids.insert(id.clone()), "{id} twice");
            }
        }
    }
    assert_eq!(ids.len(), 3 * 3 * 2);
}

#[test]
fn every_signal_colour_of_a_page_has_a_token_and_none_is_left_in_a_file() {
    let css = include_str!("../../../style/charts.css");
    for chart in [storm(40), empty(), rolled_up("error_rate", Preset::Month, Width::Hour, 40, 0.004, 0.004)] {
        let signals = |svg: &str| -> Vec<String> {
            svg.split("#").skip(1).filter_map(|rest| rest.get(..6)).map(str::to_owned).collect()
        };
        for color in signals(&inline(&chart, Size::Wide, &london())) {
            assert!(css.contains(&format!("=\"#{color}\"]")), "{color}");
        }
        for color in signals(&file(&chart, Size::Wide, &london())) {
            assert!(!color.starts_with('0') && !color.starts_with("10"), "{color}");
        }
    }
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -1e4..1e6f64,
        1 => any::<f64>(),
        1 => prop_oneof![
            Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(f64::MAX), Just(f64::MIN),
            Just(0.0), Just(-0.0), Just(1.0), Just(f64::MIN_POSITIVE),
        ],
    ]
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let point = (-HOUR..400 * HOUR, any_value(), any_value(), any_value());
    let lines = (any_value(), any_value(), prop::bool::ANY);
    (prop::collection::vec(point, 0..1_600), 0..5usize, 0..7usize, 0..4usize, -10..100_000i64, lines)
        .prop_map(|(points, metric, preset, width, gap, (target, critical, lined))| {
            let mut metric = domain::monitoring::metric::five().swap_remove(metric);
            if lined {
                (metric.target, metric.critical) = (Some(target), Some(critical));
            }
            let width = [Width::Raw, Width::FiveMinutes, Width::Hour, Width::Day][width];
            let mut chart = chart(metric, Preset::ALL[preset], width, &[]);
            let from = chart.range.from;
            chart.points = points
                .into_iter()
                .map(|(at, mean, min, max)| Point { at: from.plus(at), mean, min, max, count: 1 })
                .collect();
            chart.summary = summary(&chart.points);
            chart.gap = gap * 100;
            chart
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_points_make_a_chart_of_bounded_size(chart in any_chart(), size in 0..3usize) {
        let size = Size::ALL[size];
        let scale = super::scale::Scale::of(&chart);
        prop_assert!(scale.low.is_finite() && scale.high.is_finite() && scale.low < scale.high, "{scale:?}");
        prop_assert!(scale.ticks.len() >= 2 && scale.ticks.len() <= 13);
        let page = inline(&chart, size, &TimeZone::UTC);
        prop_assert!(page.len() <= 60_000, "{}", page.len());
        prop_assert!(!page.contains("NaN") && !page.contains("inf\""));
        let alone = file(&chart, size, &TimeZone::UTC);
        prop_assert!(alone.len() <= 60_000, "{}", alone.len());
        prop_assert!(csv(&chart).lines().count() <= chart.points.len() + 1);
        prop_assert!(table(&chart, &TimeZone::UTC, 50).len() <= 50);
    }
}

#[test]
fn a_series_torn_into_single_polls_stays_small() {
    let mut torn = chart(metric("queue_length"), Preset::SixHours, Width::Raw, &polls(1_440, |_| Some(5.0)));
    torn.gap = 1;
    assert!(inline(&torn, Size::Wide, &london()).len() <= 60_000);
    assert!(file(&torn, Size::Wide, &london()).len() <= 60_000);
}

#[test]
fn counts_are_labelled_with_whole_numbers() {
    let few = chart(
        Metric { target: None, alert: None, critical: None, ..metric("queue_length") },
        Preset::Hour,
        Width::Raw,
        &polls(10, |index| Some((index % 2) as f64)),
    );
    let scale = super::scale::Scale::of(&few);
    assert_eq!(scale.ticks, [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(few.metric.unit, Unit::Count);
}

#[test]
fn a_range_that_no_calendar_holds_is_still_drawn() {
    for (from, to) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0), (i64::MAX - 1, i64::MAX)] {
        let mut beyond = storm(20);
        beyond.range = domain::monitoring::Range { from: Millis(from), to: Millis(to), preset: None };
        for width in [Width::Raw, Width::Day] {
            beyond.width = width;
            beyond.points.push(Point { at: Millis(to), mean: 1.0, min: 0.0, max: 2.0, count: 1 });
            for svg in [inline(&beyond, Size::Half, &london()), file(&beyond, Size::Half, &london())] {
                assert!(svg.ends_with("</g>\n</svg>\n") && svg.contains("<polyline"), "{svg}");
            }
            assert!(describe(&beyond, &london()).ends_with('.'));
        }
    }
}
