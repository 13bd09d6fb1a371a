//! Orders: by JSON and by form, faults with and without an end, and the truth.

use std::time::Instant;

use serde_json::{Value, json};

use crate::client::{Simulator, TOKEN, simulator};

async fn order(simulator: &Simulator, fault: &str) {
    let answer = simulator.post("/control/fault", fault).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_fault_is_over_after_its_times() {
    let simulator = simulator().await;
    order(&simulator, r#"{"route":"/ai/health","status":503,"body":"{\"sorry\":true}","times":3}"#).await;
    for left in [2, 1, 0] {
        let answer = simulator.get("/ai/health").await;
        assert_eq!((answer.status, answer.json()), (503, json!({ "sorry": true })));
        assert_eq!(simulator.get("/ai/queue").await.status, 200, "only the route that was named");
        let faults = &simulator.read("/control/state").await["faults"];
        assert_eq!(faults[0]["times"].as_u64().unwrap_or_default(), left, "{faults}");
    }
    assert_eq!(simulator.get("/ai/health").await.status, 200);
}

#[tokio::test]
async fn a_fault_without_times_lasts_until_it_is_cleared() {
    let simulator = simulator().await;
    order(&simulator, r#"{"route":"/crisis/*","status":500}"#).await;
    for path in ["/crisis/active", "/crisis/manual-mode", "/crisis/active"] {
        assert_eq!(simulator.get(path).await.status, 500);
    }
    assert_eq!(simulator.post("/control/clear", "").await.json()["faults"], json!([]));
    assert_eq!(simulator.get("/crisis/active").await.status, 200);
}

#[tokio::test]
async fn a_delay_alone_is_followed_by_the_true_answer() {
    let simulator = simulator().await;
    order(&simulator, r#"{"route":"/ai/health","delay_ms":300,"times":1}"#).await;
    let before = Instant::now();
    assert_eq!(simulator.read("/ai/health").await["status"], "healthy");
    assert!(before.elapsed().as_millis() >= 300);
    assert_eq!(simulator.read("/control/state").await["faults"], json!([]));
}

#[tokio::test]
async fn connections_are_dropped_and_reset() {
    let simulator = simulator().await;
    order(&simulator, r#"{"route":"/weddings","drop":true,"times":1}"#).await;
    order(&simulator, r#"{"route":"/weddings","reset":true,"times":1}"#).await;
    let dropped = simulator.try_get("/weddings").await.unwrap_err();
    assert_eq!(dropped.kind(), std::io::ErrorKind::UnexpectedEof);
    let reset = simulator.try_get("/weddings").await.unwrap_err();
    assert_eq!(reset.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(simulator.get("/weddings").await.status, 200);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_changes_nothing() {
    let simulator = simulator().await;
    for (path, body) in [
        ("/control/fault", r#"{"route":"/ai/health"}"#),
        ("/control/fault", r#"{"route":"ai","status":500}"#),
        ("/control/fault", r#"{"route":"/ai/health","state":500}"#),
        ("/control/scenario", r#"{"scenario":"sunny"}"#),
        ("/control/scenario", ""),
    ] {
        let answer = simulator.post(path, body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["error"].is_string());
    }
    let state = simulator.read("/control/state").await;
    assert_eq!((&state["scenario"], &state["faults"]), (&json!("calm"), &json!([])));
}

#[tokio::test]
async fn the_forms_of_the_page_lead_back_to_it() {
    let simulator = simulator().await;
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    for (path, body) in [
        ("/control/scenario", "scenario=queue"),
        ("/control/fault", "route=%2Fai%2Fhealth&status=502&delay_ms=&body=&times=2&drop="),
        ("/control/crisis", "crisis_type=vendor_cancelled"),
    ] {
        let answer = simulator.send("POST", path, form, body).await.unwrap();
        assert_eq!((answer.status, answer.header("location")), (303, Some("/control")), "{}", answer.text());
    }
    let state = simulator.read("/control/state").await;
    assert_eq!(state["scenario"], "queue");
    assert_eq!(state["faults"][0]["status"], 502);
    assert_eq!(state["crises"]["ai_processing"], 1);
    let page = simulator.send("GET", "/control", "", "").await.unwrap();
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text().contains(r#"value="queue" aria-pressed="true""#), "{}", page.text());
    let fresh = simulator.send("POST", "/control/reset?page=true", form, "").await.unwrap();
    assert_eq!(fresh.status, 303);
    let state = simulator.read("/control/state").await;
    assert_eq!(
        (&state["scenario"], &state["faults"], &state["crises"]["ai_processing"]),
        (&json!("calm"), &json!([]), &json!(0))
    );
}

#[tokio::test]
async fn the_truth_is_what_was_told() {
    let simulator = simulator().await;
    let health = simulator.read("/ai/health").await;
    let refused = simulator.send("GET", "/ai/queue?x=1", "", "").await.unwrap().json();
    let truth = simulator.read("/control/truth?since=0").await;
    assert_eq!(truth["next"], 2);
    let told: Vec<(&Value, &Value, &Value, &Value)> = truth["told"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| (&told["n"], &told["route"], &told["status"], &told["body"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!(0), &json!("/ai/health"), &json!(200), &health),
            (&json!(1), &json!("/ai/queue"), &json!(401), &refused),
        ]
    );
    assert!(truth["told"][0]["at"].as_str().unwrap().starts_with("2026-11-24T12:00:0"));
    assert!(!truth.to_string().contains(TOKEN), "the truth does not tell the token");
    assert_eq!(simulator.read("/control/truth?since=2").await, json!({ "next": 2, "told": [] }));
}
