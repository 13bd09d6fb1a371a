//! Each address answers in the shape that the platform's API promises.

use serde_json::Value;

use crate::client::{Simulator, simulator};

/// Where a field stands (`a/b` goes inside, `0` into a list), and whether a value fits there.
type Field = (&'static str, fn(&Value) -> bool);

/// Checks that each of `fields` is there and of its kind.
#[track_caller]
fn check(answer: &Value, fields: &[Field]) {
    for (field, fits) in fields {
        let value = answer.pointer(&format!("/{field}")).unwrap_or_else(|| panic!("no {field} in {answer}"));
        assert!(fits(value), "{field} is {value}");
    }
}

fn word(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn moment(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok())
}

fn share(value: &Value) -> bool {
    value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share))
}

fn ok_word(value: &Value) -> bool {
    value == "operational"
}

const DAY: &[Field] = &[
    ("requests", Value::is_u64),
    ("errors", Value::is_u64),
    ("response_time_ms/p50", Value::is_u64),
    ("response_time_ms/p95", Value::is_u64),
    ("response_time_ms/p99", Value::is_u64),
    ("recommendations/shown", Value::is_u64),
    ("recommendations/accepted", Value::is_u64),
    ("cost_savings/amount", Value::is_u64),
    ("cost_savings/currency", |value| value == "GBP"),
    ("satisfaction/average", |value| value.as_f64().is_some_and(|average| (1.0..=5.0).contains(&average))),
    ("satisfaction/responses", Value::is_u64),
];

#[tokio::test]
async fn health_is_healthy() {
    let health = simulator().await.read("/ai/health").await;
    check(
        &health,
        &[
            ("status", |value| value == "healthy"),
            ("optimization_engine", ok_word),
            ("recommendation_engine", ok_word),
            ("crisis_manager", ok_word),
            ("response_time_ms", |value| value.as_u64().is_some_and(|time| (200..400).contains(&time))),
            ("accuracy_rate", |value| value.as_f64().is_some_and(|rate| (0.91..0.93).contains(&rate))),
            ("availability", |value| value.as_f64().is_some_and(|rate| (0.999..1.0).contains(&rate))),
            ("error_rate", |value| value.as_f64().is_some_and(|rate| rate < 0.003)),
            ("queue_length", |value| value.as_u64().is_some_and(|queue| queue < 6)),
            ("weddings_today", |value| value.as_u64().is_some_and(|count| (5..=20).contains(&count))),
        ],
    );
}

#[tokio::test]
async fn health_can_leave_out_what_is_optional() {
    let simulator = simulator().await;
    simulator.switch("calm", r#","minimal":true"#).await;
    let health = simulator.read("/ai/health").await;
    for field in ["error_rate", "queue_length", "weddings_today"] {
        assert!(health.get(field).is_none(), "{health}");
    }
    assert_eq!(health["status"], "healthy");
}

#[tokio::test]
async fn the_sources_beside_health() {
    let simulator = simulator().await;
    check(
        &simulator.read("/ai/queue").await,
        &[("pending", Value::is_u64), ("oldest_seconds", Value::is_u64)],
    );
    check(
        &simulator.read("/ai/metrics/recent?minutes=5").await,
        &[
            ("requests", |value| value.as_u64().is_some_and(|requests| requests > 50)),
            ("errors", Value::is_u64),
        ],
    );
    check(
        &simulator.read("/ai/errors/recent").await,
        &[
            ("errors/0/code", word),
            ("errors/0/message", word),
            ("errors/0/service", word),
            ("errors/0/count", |value| value.as_u64().is_some_and(|count| count <= 10)),
            ("errors/0/last_seen", moment),
        ],
    );
    let models = simulator.read("/ai/models/health").await;
    assert_eq!(models["models"].as_array().unwrap().len(), 3);
    for model in models["models"].as_array().unwrap() {
        check(
            model,
            &[
                ("name", word),
                ("version", |value| value.as_str().is_some_and(|version| version.starts_with('v'))),
                ("accuracy", share),
                ("trained_at", moment),
                ("status", |value| value == "healthy"),
                ("traffic_share", share),
                ("shown", Value::is_u64),
                ("accepted", Value::is_u64),
            ],
        );
    }
    check(
        &simulator.read("/ai/feedback/summary?hours=24").await,
        &[("groups/0/rating", Value::is_u64), ("groups/0/outcome", word), ("groups/0/count", Value::is_u64)],
    );
}

#[tokio::test]
async fn a_day_is_the_sum_of_its_hours_and_the_same_as_in_the_figures_file() {
    let simulator = simulator().await;
    let day = simulator.read("/ai/metrics/daily?date=2026-11-23").await;
    check(&day, DAY);
    let hours = simulator.read("/ai/metrics/hourly?date=2026-11-23").await;
    let hours = hours["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 24);
    for hour in hours {
        check(hour, DAY);
    }
    for field in [
        "/requests",
        "/errors",
        "/recommendations/accepted",
        "/cost_savings/amount",
        "/satisfaction/responses",
    ] {
        let sum: u64 = hours.iter().map(|hour| hour.pointer(field).unwrap().as_u64().unwrap()).sum();
        assert_eq!(day.pointer(field).unwrap().as_u64(), Some(sum), "{field}");
    }
    let mut file = Vec::new();
    let until = crate::client::START.parse().unwrap();
    let world = simulator::world::World::new(7, "wedsync", until);
    simulator::figures::write(&mut file, &world, until, 1).unwrap();
    let mut line: Value = serde_json::from_slice(&file).unwrap();
    line.as_object_mut().unwrap().remove("platform");
    assert_eq!(line, day);
}

#[tokio::test]
async fn today_is_told_as_far_as_it_has_got() {
    let simulator = simulator().await;
    let hours = simulator.read("/ai/metrics/hourly").await;
    // It is a moment after noon: twelve whole hours, and perhaps the first second of the thirteenth.
    assert!((12..=13).contains(&hours["hours"].as_array().unwrap().len()));
    assert_eq!(simulator.get("/ai/metrics/daily?date=2026-11-25").await.status, 404);
}

#[tokio::test]
async fn weddings_by_date_words_and_page() {
    let simulator = simulator().await;
    let today = simulator.read("/weddings?from=2026-11-24&to=2026-11-24").await;
    let health = simulator.read("/ai/health").await;
    assert_eq!(
        today["weddings"].as_array().unwrap().len() as u64,
        health["weddings_today"].as_u64().unwrap()
    );
    check(
        &today,
        &[
            ("weddings/0/id", word),
            ("weddings/0/date", |value| value == "2026-11-24"),
            ("weddings/0/time", word),
            ("weddings/0/zone", |value| {
                value.as_str().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_ok())
            }),
            ("weddings/0/venue", word),
            ("weddings/0/couple/names", word),
            ("weddings/0/status", |value| value == "confirmed"),
            ("next", Value::is_null),
        ],
    );
    let name =
        today["weddings"][0]["couple"]["names"].as_str().unwrap().split(' ').next().unwrap().to_lowercase();
    let found = simulator.read(&format!("/weddings?from=2026-11-24&to=2026-11-24&q={name}")).await;
    assert!(found["weddings"].as_array().unwrap().contains(&today["weddings"][0]));
    let ids = all_pages(&simulator, "/weddings?from=2026-06-01&to=2026-08-31", "weddings").await;
    assert!(ids.len() > 400, "three summer months have many weddings, not {}", ids.len());
}

/// Every id of every page; none may come twice or out of order.
pub async fn all_pages(simulator: &Simulator, path: &str, list: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut page = simulator.read(path).await;
    loop {
        ids.extend(page[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        let separator = if path.contains('?') { '&' } else { '?' };
        page = simulator.read(&format!("{path}{separator}cursor={next}")).await;
    }
    assert!(ids.is_sorted_by(|one, other| one < other), "in order, each once");
    ids
}

#[tokio::test]
async fn without_the_token_there_is_no_answer() {
    let simulator = simulator().await;
    for header in [
        "",
        "authorization: Bearer wrong\r\n",
        "authorization: secret\r\n",
        "authorization: Basic secret\r\n",
    ] {
        for path in ["/ai/health", "/weddings", "/crisis/active", "/nowhere"] {
            let answer = simulator.send("GET", path, header, "").await.unwrap();
            assert_eq!(answer.status, 401, "{path} {header}");
            assert!(word(&answer.json()["error"]));
        }
        assert_eq!(simulator.send("POST", "/alerts/emergency", header, "{}").await.unwrap().status, 401);
    }
    let lower_case = "authorization: bearer secret\r\n";
    assert_eq!(simulator.send("GET", "/ai/health", lower_case, "").await.unwrap().status, 200);
    assert_eq!(simulator.send("GET", "/control/state", "", "").await.unwrap().status, 200);
}

#[tokio::test]
async fn nonsense_is_refused_in_words() {
    let simulator = simulator().await;
    for (path, status) in [
        ("/nowhere", 404),
        ("/ai/metrics/daily?date=yesterday", 400),
        ("/ai/metrics/recent?minutes=0", 400),
        ("/ai/metrics/recent?minutes=many", 400),
        ("/ai/feedback/summary?hours=9999", 400),
        ("/weddings?from=2026-11-24&to=2026-11-01", 400),
        ("/weddings?from=2020-01-01&to=2026-11-01", 400),
        ("/crisis/active?since=now", 400),
        ("/crisis/active?cursor=here", 400),
        ("/ai/cache/warm", 405),
    ] {
        let answer = simulator.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(word(&answer.json()["error"]), "{path}");
    }
}
