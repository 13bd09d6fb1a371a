use scraper::{Html, Selector};

use super::samples::{HOSTILE, World, drawings, samples};
use crate::{error_page, performance_page};

use crate::failover::samples::breakers;

fn pages(world: &World) -> [(&'static str, String); 2] {
    let drawn = drawings(&world.performance);
    [
        ("performance", performance_page(&world.shell, &world.performance, &drawn, &breakers(world.name))),
        (
            "now",
            crate::now_page(
                &world.shell,
                &world.now,
                &crate::crises::samples::now_cases(world.name),
                &crate::alerts::samples::now_list(world.name),
                &crate::actions::samples::now_runs(world.name),
                &breakers(world.name).into_iter().map(|row| ("wedsync".to_owned(), row)).collect::<Vec<_>>(),
                None,
            ),
        ),
    ]
}

fn world(name: &str) -> World {
    samples().into_iter().find(|world| world.name == name).unwrap()
}

fn performance(name: &str) -> Html {
    Html::parse_document(&pages(&world(name))[0].1)
}

fn now(name: &str) -> Html {
    Html::parse_document(&pages(&world(name))[1].1)
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let text = |element: scraper::ElementRef<'_>| {
        element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.select(&Selector::parse(selector).unwrap()).map(text).collect()
}

fn count(page: &Html, selector: &str) -> usize {
    page.select(&Selector::parse(selector).unwrap()).count()
}

#[test]
fn every_sample_has_one_heading_of_the_first_level_and_skips_none() {
    for world in samples() {
        for (name, html) in pages(&world) {
            let page = Html::parse_document(&html);
            assert_eq!(count(&page, "h1"), 1, "{}, {name}", world.name);
            let all = Selector::parse("h1, h2, h3, h4").unwrap();
            let mut before = 0;
            for heading in page.select(&all) {
                let level = heading.value().name()[1..].parse::<u32>().unwrap();
                assert!(level <= before + 1, "{}, {name}: h{level} after h{before}", world.name);
                before = level;
            }
            assert_eq!(count(&page, "html[lang=en]"), 1);
            assert_eq!(count(&page, "main#main"), 1);
            assert_eq!(count(&page, "[style], style"), 0, "{}, {name}: looks stand in style/", world.name);
            assert_eq!(count(&page, "[data-part=freshness] [data-part=age]"), 1, "{}, {name}", world.name);
            assert_eq!(count(&page, "noscript"), 1, "{}, {name}", world.name);
        }
    }
}

#[test]
fn the_first_stop_is_the_skip_link() {
    let page = performance("calm");
    let first = page.select(&Selector::parse("body a, body button, body input").unwrap()).next().unwrap();
    assert_eq!(first.value().attr("href"), Some("#main"));
}

#[test]
fn nothing_that_was_sent_or_typed_becomes_part_of_the_page() {
    let world = world("hostile");
    let mut all = pages(&world).to_vec();
    all.push(("error", error_page(&world.shell, 400, HOSTILE, HOSTILE, HOSTILE)));
    for (name, html) in all {
        assert!(!html.contains("<script>alert"), "{name}");
        assert!(!html.contains("<img"), "{name}");
        assert!(!html.contains("</textarea>"), "{name}");
        let page = Html::parse_document(&html);
        assert_eq!(count(&page, "script, img, textarea"), 0, "{name}");
        assert_eq!(count(&page, "head title"), 1, "{name}");
        assert!(texts(&page, "body").concat().contains("</textarea>"), "{name}: it is shown as text");
    }
}

#[test]
fn five_cards_in_the_order_of_the_frame() {
    let page = performance("storm");
    let keys: Vec<_> = page
        .select(&Selector::parse("[data-metric]").unwrap())
        .map(|card| card.value().attr("data-metric").unwrap().to_owned())
        .collect();
    assert_eq!(keys, ["response_time_ms", "accuracy_rate", "availability", "error_rate", "queue_length"]);
    assert_eq!(
        texts(&page, "[data-metric] [data-part=value]"),
        ["12.7 s", "86.1 %", "99.93 %", "0.74 %", "64"]
    );
    assert_eq!(
        texts(&page, "[data-metric] [data-part=level]"),
        ["Emergency", "Information", "Well", "Warning", "Emergency"]
    );
    assert_eq!(texts(&page, "[data-metric] .since")[..3], ["since 02:56", "", ""]);
    assert_eq!(texts(&page, ".badge"), ["Emergency14 weddings today"]);
    assert_eq!(texts(&page, "title"), ["Emergency \u{2013} AI performance \u{2013} Bellwether"]);
    assert_eq!(texts(&page, "[data-part=sentence]"), ["Slow since 02:56; queue and errors rose with it."]);
    assert_eq!(count(&page, "[data-part=sentence][aria-live=assertive]"), 1);
}

#[test]
fn what_is_unknown_says_so_and_is_not_nought() {
    let page = performance("empty");
    assert_eq!(texts(&page, "[data-metric] [data-part=value]"), ["unknown"; 5]);
    assert_eq!(texts(&page, "[data-metric] [data-part=level]"), ["Unknown"; 5]);
    assert_eq!(texts(&page, "[data-part=age]"), ["no answer yet"]);
    assert!(texts(&page, "[data-part=errors]")[0].contains("could not be asked"));
}

#[test]
fn the_worst_chart_is_wide_and_every_chart_has_its_files_and_table() {
    let page = performance("departure");
    assert_eq!(count(&page, "figure.wide[data-chart=error_rate]"), 1);
    assert_eq!(count(&page, "figure.wide"), 1);
    assert_eq!(count(&page, "figure[data-chart]"), 6);
    assert_eq!(count(&page, "figure table"), 6);
    let query = "platform=wedsync&range=6h";
    for ending in ["csv", "svg", "png"] {
        let link = format!("figure a[href=\"/charts/health_answer_ms.{ending}?{query}\"]");
        assert_eq!(count(&page, &link), 1, "{link}");
    }
    let calm = performance("calm");
    assert_eq!(count(&calm, "figure.wide[data-chart=response_time_ms]"), 1);
    assert_eq!(
        texts(&calm, "figure.wide [data-part=compare]"),
        ["Mean 2.11 s, 0.6 % worse than the 6 hours before."]
    );
}

#[test]
fn ranges_keep_the_platform_where_there_are_several() {
    let page = performance("several");
    assert_eq!(count(&page, "a[href='/performance?platform=wedsync-eu&range=24h']"), 1);
    assert_eq!(count(&page, "a[href='/performance?platform=wedsync-us&range=6h']"), 1);
    assert_eq!(count(&page, "form[method=get] input[name=platform][value=wedsync-eu]"), 1);
    let calm = performance("calm");
    assert_eq!(count(&calm, "a[href='/performance?range=1y']"), 1);
    assert_eq!(count(&calm, "a[href='/performance?range=6h'][aria-current=true]"), 1);
    assert_eq!(count(&calm, "form[method=get] input[name=from][value='2026-11-23T21:28']"), 1);
}

#[test]
fn stale_values_say_of_when_they_are() {
    for page in [performance("stale"), now("stale")] {
        assert_eq!(count(&page, "body[data-stale]"), 1);
        assert_eq!(texts(&page, "[data-part=age]"), ["no answer for 16 min"]);
        assert_eq!(texts(&page, ".late"), ["as of 03:12"]);
        assert_eq!(texts(&page, "[data-metric] .as-of"), ["as of 03:12"; 5]);
        assert_eq!(count(&page, "[data-part=trouble][data-said=yes]"), 1);
    }
    assert_eq!(count(&performance("calm"), "body[data-stale]"), 0);
    assert_eq!(count(&performance("calm"), "[data-part=trouble][data-said=yes]"), 0);
}

#[test]
fn several_platforms_stand_one_below_the_other_and_the_worst_stands_on_top() {
    let page = now("several");
    assert_eq!(
        texts(&page, "h2.banner-title"),
        ["wedsync-eu: Well", "wedsync-us: Emergency", "wedsync-asia: Unknown"]
    );
    assert_eq!(texts(&page, ".badge .level"), ["Emergency"]);
    assert_eq!(texts(&page, ".badge .weddings"), ["42 weddings today"]);
    assert_eq!(count(&page, "meta[name=live][content='/live']"), 1);
    assert_eq!(count(&now("calm"), "meta[name=live][content='/live?platform=wedsync']"), 1);
}

#[test]
fn what_needs_someone_is_at_warning_or_worse() {
    let page = now("storm");
    assert_eq!(
        texts(&page, "[data-part=needs] [data-row=open] .name"),
        ["Response time", "Error rate", "Queue", "Optimization engine", "Crisis manager"]
    );
    assert_eq!(count(&now("calm"), "[data-part=needs] [data-row=open]"), 0);
    assert!(texts(&now("calm"), ".empty")[0].starts_with("Nothing needs anybody"));
}

#[test]
fn the_main_parts_of_calm_and_storm() {
    for name in ["calm", "storm"] {
        for (page, html) in [("performance", performance(name)), ("now", now(name))] {
            let parts = "h1, h2, h3, [data-part=sentence], [data-part=value], [data-part=level], .against, \
                         .since, [data-part=compare], [data-row=open], dt, dd, .empty:not([data-said=no]), .freshness";
            insta::assert_snapshot!(format!("{page}-{name}"), texts(&html, parts).join("\n"));
        }
    }
}
