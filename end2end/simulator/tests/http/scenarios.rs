//! Each scenario shows at the next poll.

use serde_json::Value;

use crate::client::{fast_simulator, simulator};

#[tokio::test]
async fn slow_reports_12_7_seconds_and_does_not_take_them() {
    let simulator = simulator().await;
    simulator.switch("slow", "").await;
    let before = std::time::Instant::now();
    let health = simulator.read("/ai/health").await;
    let took = before.elapsed().as_millis();
    assert!((200..10_000).contains(&took), "took {took} ms");
    assert!((12_650..12_750).contains(&health["response_time_ms"].as_u64().unwrap()), "{health}");
    assert!((62..=66).contains(&health["queue_length"].as_u64().unwrap()), "{health}");
    assert!(health["error_rate"].as_f64().unwrap() > 0.01, "{health}");
    assert_eq!((&health["status"], &health["optimization_engine"]), (&"degraded".into(), &"degraded".into()));
    assert!((62..=66).contains(&simulator.read("/ai/queue").await["pending"].as_u64().unwrap()));
    simulator.switch("slow", r#","real_delay_ms":600"#).await;
    let before = std::time::Instant::now();
    simulator.read("/ai/health").await;
    assert!(before.elapsed().as_millis() >= 600);
    simulator.switch("calm", "").await;
    assert_eq!(simulator.read("/ai/health").await["status"], "healthy");
}

#[tokio::test]
async fn inaccurate_is_under_80_percent_everywhere() {
    let simulator = simulator().await;
    simulator.switch("inaccurate", "").await;
    let health = simulator.read("/ai/health").await;
    assert!(health["accuracy_rate"].as_f64().unwrap() < 0.80, "{health}");
    assert_eq!(health["recommendation_engine"], "degraded");
    let models = simulator.read("/ai/models/health").await;
    assert!(models["models"][1]["accuracy"].as_f64().unwrap() < 0.80, "{models}");
    assert_eq!(models["models"][1]["status"], "degraded");
}

#[tokio::test]
async fn errors_show_in_the_rate_and_in_the_list() {
    let simulator = simulator().await;
    simulator.switch("errors", "").await;
    let health = simulator.read("/ai/health").await;
    assert!((0.03..0.04).contains(&health["error_rate"].as_f64().unwrap()), "{health}");
    assert!(health["availability"].as_f64().unwrap() < 0.99, "{health}");
    let errors = simulator.read("/ai/errors/recent").await;
    assert!(errors["errors"][0]["count"].as_u64().unwrap() > 10, "{errors}");
}

#[tokio::test]
async fn a_scenario_is_counted_in_the_figures() {
    let simulator = fast_simulator(20_000.0).await;
    simulator.switch("errors", "").await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let recent = simulator.read("/ai/metrics/recent?minutes=30").await;
    let rate = recent["errors"].as_f64().unwrap() / recent["requests"].as_f64().unwrap();
    assert!((0.025..0.045).contains(&rate), "{recent}");
}

#[tokio::test]
async fn queue_is_far_past_its_line() {
    let simulator = simulator().await;
    simulator.switch("queue", "").await;
    assert!((80..=96).contains(&simulator.read("/ai/health").await["queue_length"].as_u64().unwrap()));
    assert!(simulator.read("/ai/queue").await["oldest_seconds"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn an_outage_is_503_and_dropped_connections_for_the_ai_alone() {
    let simulator = simulator().await;
    simulator.switch("outage", "").await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(simulator.try_get("/ai/health").await.map(|answer| {
            assert_eq!(answer.json()["status"], "down");
            assert_eq!(answer.json()["crisis_manager"], "down");
            answer.status
        }));
    }
    let statuses: Vec<Option<u16>> = statuses.into_iter().map(Result::ok).collect();
    assert_eq!(statuses, [Some(503), Some(503), None, Some(503), Some(503), None]);
    assert_eq!(simulator.get("/ai/models/health").await.status, 503);
    for path in ["/weddings", "/crisis/active", "/ai/fallback"] {
        assert_eq!(simulator.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn flapping_is_bad_and_good_by_turns() {
    let simulator = simulator().await;
    simulator.switch("flapping", "").await;
    let mut told: Vec<Value> = Vec::new();
    for _ in 0..4 {
        let health = simulator.read("/ai/health").await;
        let pending = simulator.read("/ai/queue").await["pending"].as_u64().unwrap();
        assert_eq!(pending > 50, health["queue_length"].as_u64().unwrap() > 50, "the queue flaps along");
        told.push(health["status"].clone());
    }
    assert_eq!(told, ["degraded", "healthy", "degraded", "healthy"]);
}

#[tokio::test]
async fn a_wedding_day_has_many_weddings_and_one_crisis() {
    let simulator = simulator().await;
    let usual = simulator.read("/ai/health").await["weddings_today"].as_u64().unwrap();
    simulator.switch("wedding-day", "").await;
    let health = simulator.read("/ai/health").await;
    assert_eq!(health["weddings_today"].as_u64().unwrap(), usual + 28);
    let listed = simulator.read("/weddings?from=2026-11-24&to=2026-11-24").await;
    assert_eq!(listed["weddings"].as_array().unwrap().len() as u64, usual + 28);
    let tomorrow = simulator.read("/weddings?from=2026-11-25&to=2026-11-25").await;
    assert!(tomorrow["weddings"].as_array().unwrap().len() <= 20);
    let crises = simulator.read("/crisis/active").await;
    assert_eq!(crises["crises"].as_array().unwrap().len(), 1);
    assert_eq!(crises["crises"][0]["wedding_date"], "2026-11-24");
    assert_eq!(crises["crises"][0]["crisis_type"], "vendor_cancelled");
}

#[tokio::test]
async fn two_with_the_same_seed_tell_the_same() {
    let (one, other) = (simulator().await, simulator().await);
    for path in [
        "/weddings?from=2026-11-24&to=2026-12-24",
        "/ai/metrics/daily?date=2026-10-14",
        "/ai/metrics/hourly?date=2026-09-24",
    ] {
        assert_eq!(one.read(path).await, other.read(path).await, "{path}");
    }
}
