//! Crises come, wait, fail, are taken over and end.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::client::{Simulator, fast_simulator, simulator};
use crate::routes::all_pages;

async fn by_status(simulator: &Simulator) -> BTreeMap<String, usize> {
    let list = simulator.read("/crisis/active").await;
    let mut counts = BTreeMap::new();
    for crisis in list["crises"].as_array().unwrap() {
        *counts.entry(crisis["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn a_calm_platform_has_none() {
    let none = simulator().await.read("/crisis/active").await;
    assert_eq!(none, serde_json::json!({ "next": null, "crises": [] }));
}

#[tokio::test]
async fn a_wave_begins_with_three_and_has_everything_that_a_case_needs() {
    let simulator = simulator().await;
    simulator.switch("crisis-wave", "").await;
    let list = simulator.read("/crisis/active").await;
    let crises = list["crises"].as_array().unwrap();
    assert_eq!(crises.len(), 3);
    for crisis in crises {
        for field in ["id", "wedding_id", "crisis_type", "summary", "status", "created_at", "wedding_date"] {
            assert!(crisis[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {crisis}");
        }
        for field in ["names", "email", "phone", "language"] {
            assert!(
                crisis["couple"][field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}: {crisis}"
            );
        }
        assert!(crisis["couple"]["email"].as_str().unwrap().ends_with("@example.com"));
    }
    let statuses: Vec<&Value> = crises.iter().map(|crisis| &crisis["status"]).collect();
    assert_eq!(statuses, ["ai_processing"; 3]);
    assert_eq!(simulator.read("/ai/health").await["crisis_manager"], "degraded");
}

#[tokio::test]
async fn after_a_while_some_wait_some_failed_and_some_are_resolved() {
    let simulator = fast_simulator(1_000.0).await;
    simulator.switch("crisis-wave", "").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let counts = by_status(&simulator).await;
    // 24 have come by now: two of five wait, two of five failed, one of five was solved.
    assert_eq!(counts, BTreeMap::from([("ai_processing".to_owned(), 10), ("ai_failed".to_owned(), 9)]));
    let since = simulator.read(&format!("/crisis/active?since={}", crate::client::START)).await;
    let resolved =
        since["crises"].as_array().unwrap().iter().filter(|crisis| crisis["status"] == "resolved").count();
    assert_eq!((since["crises"].as_array().unwrap().len(), resolved), (24, 5));
    let later = simulator.read("/crisis/active?since=2026-11-24T20:00:00Z").await;
    assert_eq!(later["crises"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn all_of_them_can_be_ended_with_those_still_to_come() {
    let simulator = fast_simulator(200.0).await;
    simulator.switch("crisis-wave", "").await;
    let state = simulator.post("/control/crises/end", "").await.json();
    assert_eq!(state["scenario"], "crisis-wave");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(by_status(&simulator).await, BTreeMap::new());
    let since = simulator.read(&format!("/crisis/active?since={}", crate::client::START)).await;
    assert!(
        since["crises"].as_array().unwrap().iter().all(|crisis| crisis["status"] == "resolved"),
        "{since}"
    );
    let page = simulator.send("POST", "/control/crises/end?page=true", "", "").await.unwrap();
    assert_eq!((page.status, page.header("location")), (303, Some("/control")));
}

#[tokio::test]
async fn what_has_not_come_when_the_wave_ends_does_not_come() {
    let simulator = fast_simulator(200.0).await;
    simulator.switch("crisis-wave", "").await;
    simulator.switch("calm", "").await;
    tokio::time::sleep(Duration::from_millis(1_900)).await;
    let left = by_status(&simulator).await.values().sum::<usize>();
    assert!(left < 24, "{left} came");
}

#[tokio::test]
async fn a_long_list_comes_in_pages_of_500() {
    let simulator = simulator().await;
    simulator.switch("crisis-wave", r#","crises":1200"#).await;
    assert_eq!(simulator.read("/crisis/active").await["crises"].as_array().unwrap().len(), 500);
    assert_eq!(all_pages(&simulator, "/crisis/active", "crises").await.len(), 1_200);
}

#[tokio::test]
async fn manual_mode_takes_over_what_the_ai_has_not_solved() {
    let simulator = fast_simulator(1_000.0).await;
    simulator.switch("crisis-wave", r#","crises":10"#).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        simulator.read("/crisis/manual-mode").await,
        serde_json::json!({ "enabled": false, "since": null })
    );
    let on = simulator.post("/crisis/manual-mode/enable", "").await.json();
    assert_eq!(on["enabled"], true);
    assert_eq!(simulator.read("/crisis/manual-mode").await, on);
    assert_eq!(by_status(&simulator).await, BTreeMap::from([("manual".to_owned(), 8)]));
    // A new one goes to people at once, and what they have is not taken back.
    simulator.post("/control/crisis", "{}").await;
    assert_eq!(by_status(&simulator).await, BTreeMap::from([("manual".to_owned(), 9)]));
    assert_eq!(simulator.post("/crisis/manual-mode/disable", "").await.json()["enabled"], false);
    assert_eq!(by_status(&simulator).await, BTreeMap::from([("manual".to_owned(), 9)]));
    simulator.post("/control/crisis", "{}").await;
    assert_eq!(by_status(&simulator).await["ai_processing"], 1);
}

#[tokio::test]
async fn one_is_assigned_and_resolved() {
    let simulator = simulator().await;
    let given = r#"{"crisis_type":"vendor_cancelled","couple":{"names":"Ada & Bo","email":"ada@example.com","language":"fr"},"summary":"No cake"}"#;
    let added = simulator.post("/control/crisis", given).await.json();
    let id = added["id"].as_str().unwrap().to_owned();
    let list = simulator.read("/crisis/active").await;
    assert_eq!(list["crises"], serde_json::json!([added]));
    assert_eq!((&added["couple"]["names"], &added["summary"]), (&"Ada & Bo".into(), &"No cake".into()));
    let assigned = simulator.post(&format!("/crisis/{id}/assign"), r#"{"assignee":"Grace"}"#).await;
    assert_eq!(assigned.status, 200);
    assert_eq!(
        (&assigned.json()["status"], &assigned.json()["assigned_to"]),
        (&"manual".into(), &"Grace".into())
    );
    assert_eq!(simulator.post(&format!("/crisis/{id}/assign"), "").await.status, 200);
    assert_eq!(simulator.post(&format!("/crisis/{id}/assign"), "Grace").await.status, 400);
    for _ in 0..2 {
        let resolved = simulator.post(&format!("/crisis/{id}/resolve"), "").await;
        assert_eq!((resolved.status, &resolved.json()["status"]), (200, &"resolved".into()));
    }
    assert_eq!(simulator.read("/crisis/active").await["crises"].as_array().unwrap().len(), 0);
    assert_eq!(simulator.post(&format!("/crisis/{id}/assign"), "").await.status, 409);
    assert_eq!(simulator.post("/crisis/cr-nobody/resolve", "").await.status, 404);
}

#[tokio::test]
async fn one_may_begin_failed_or_in_hand() {
    let simulator = simulator().await;
    for status in ["ai_failed", "manual", "ai_processing"] {
        let added = simulator.post("/control/crisis", &format!(r#"{{"status":"{status}"}}"#)).await.json();
        assert_eq!(added["status"], status);
    }
    assert_eq!(simulator.post("/control/crisis", r#"{"status":"lost"}"#).await.status, 400);
    assert_eq!(simulator.post("/control/crisis", r#"{"crisis":"typo"}"#).await.status, 400);
}
