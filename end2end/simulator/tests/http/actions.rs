//! What is done to the platform changes what it reports.

use serde_json::json;

use crate::client::simulator;

#[tokio::test]
async fn the_fallback_ends_an_outage_and_costs_accuracy() {
    let simulator = simulator().await;
    simulator.switch("outage", "").await;
    assert_eq!(simulator.get("/ai/health").await.status, 503);
    let on = simulator.post("/ai/fallback/enable", "").await.json();
    assert_eq!(on["enabled"], true);
    assert_eq!(simulator.read("/ai/fallback").await, on);
    let health = simulator.read("/ai/health").await;
    assert!((0.82..0.86).contains(&health["accuracy_rate"].as_f64().unwrap()), "{health}");
    assert!(health["availability"].as_f64().unwrap() >= 0.999, "{health}");
    assert!(health["error_rate"].as_f64().unwrap() < 0.003, "{health}");
    assert!(health["response_time_ms"].as_u64().unwrap() < 1_000, "{health}");
    assert_eq!((&health["status"], &health["crisis_manager"]), (&json!("degraded"), &json!("operational")));
    let again = simulator.post("/ai/fallback/enable", "").await.json();
    assert_eq!(again, on, "enabled again, it is on since the first time");
    let off = simulator.post("/ai/fallback/disable", "").await.json();
    assert_eq!(off["enabled"], false);
    let out = simulator.try_get("/ai/health").await;
    assert!(out.is_err() || out.is_ok_and(|answer| answer.status == 503), "the outage goes on");
}

#[tokio::test]
async fn a_warm_cache_is_a_job_and_a_little_quicker() {
    let simulator = simulator().await;
    simulator.switch("slow", r#","real_delay_ms":0"#).await;
    let before = simulator.read("/ai/health").await["response_time_ms"].as_u64().unwrap();
    let warm = simulator.post("/ai/cache/warm", "").await;
    assert_eq!((warm.status, warm.json()), (202, json!({ "job": "warm-0001" })));
    let after = simulator.read("/ai/health").await["response_time_ms"].as_u64().unwrap();
    assert!(after * 10 < before * 95 / 10, "{before} ms, then {after} ms");
}

#[tokio::test]
async fn the_emergency_host_takes_a_call_and_shows_it() {
    let simulator = simulator().await;
    let call = r#"{"type":"ai_crisis_failure","severity":"<critical>"}"#;
    let answer = simulator.post("/alerts/emergency", call).await;
    assert_eq!((answer.status, answer.json()), (202, json!({ "id": "em-0001" })));
    assert_eq!(simulator.post("/alerts/emergency", call).await.json()["id"], "em-0002");
    for bad in ["", "{}", r#"{"type":1,"severity":"critical"}"#] {
        assert_eq!(simulator.post("/alerts/emergency", bad).await.status, 400, "{bad}");
    }
    let arrived = &simulator.read("/control/state").await["emergency"];
    assert_eq!(arrived.as_array().unwrap().len(), 2);
    assert_eq!((&arrived[0]["id"], &arrived[0]["type"]), (&json!("em-0001"), &json!("ai_crisis_failure")));
    let page = simulator.get("/control").await.text();
    assert!(
        page.contains("ai_crisis_failure")
            && page.contains("&lt;critical&gt;")
            && !page.contains("<critical>")
    );
}
