//! Actions for machines, through the real router. The platform of these tests answers nobody.

use axum::http::{Method, StatusCode};
use backend::access::Permission;
use serde_json::{Value, json};

use crate::walk::{
    WITHOUT_SECOND_FACTOR,
    world::{Answer, World},
};

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}: {}", answer.status, answer.body))
}

#[tokio::test]
async fn a_program_lists_what_may_be_done_and_what_it_may_do_itself() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut reader = world.signed_in("support", "support").await;
    let listed = body(&world.get(&mut reader, "/api/v1/actions").await);
    let actions = listed["actions"].as_array().unwrap();
    assert!(actions.len() > 20);
    let of = |key: &str| actions.iter().find(|action| action["key"] == key).unwrap();
    assert_eq!(
        (&of("enable-manual-mode")["allowed"], &of("enable-fallback")["allowed"]),
        (&json!(true), &json!(false))
    );
    let scale = of("scale-optimization");
    assert_eq!(
        (&scale["parameters"][0]["name"], &scale["parameters"][0]["kind"]),
        (&json!("replicas"), &json!("number"))
    );
    assert_eq!(of("reroute-to-backup-region")["two_person"], true);
    let nowhere = world.get(&mut reader, "/api/v1/actions?platform=nowhere").await;
    assert_eq!(
        (nowhere.status, &body(&nowhere)["code"]),
        (StatusCode::NOT_FOUND, &json!("unknown_platform"))
    );
    let none = world.get(&mut reader, "/api/v1/runs/none").await;
    assert_eq!((none.status, &body(&none)["code"]), (StatusCode::NOT_FOUND, &json!("unknown")));
}

#[tokio::test]
async fn what_is_wrong_or_not_for_a_program_is_refused_in_words() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut operator = world.signed_in("operator", "operator").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    for (action, sent, status, code) in [
        ("none", "", 404, "unknown"),
        ("NOT-A-KEY", "", 404, "unknown"),
        ("enable-fallback", "{", 400, "bad_request"),
        ("enable-fallback", r#"{"why":1}"#, 422, "unprocessable"),
        ("enable-fallback", r#"{"with":{"replicas":"3"}}"#, 422, "wrong_values"),
        ("scale-optimization", r#"{"with":{"replicas":"-1"}}"#, 422, "wrong_values"),
        ("scale-optimization", r#"{"with":{"replicas":"100000"}}"#, 422, "wrong_values"),
        // No cluster is configured there.
        ("scale-optimization", r#"{"with":{"replicas":"10"}}"#, 409, "check_fails"),
        ("reroute-to-backup-region", r#"{"reason":"x"}"#, 403, "needs_person"),
    ] {
        let path = format!("/api/v1/actions/{action}");
        let answer = world.ask(&mut operator, Method::POST, &path, &[], sent).await;
        assert_eq!(answer.status.as_u16(), status, "{action} {sent}: {}", answer.body);
        assert_eq!(body(&answer)["code"], code, "{action} {sent}");
    }
    let refused = world.ask(&mut viewer, Method::POST, "/api/v1/actions/enable-fallback", &[], "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(body(&refused)["error"].as_str().unwrap().contains("run_ordinary_actions"));
}

#[tokio::test]
async fn a_token_does_nothing_dangerous() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    world.person("lead", "lead").await;
    let mut machine = world.token_by_command("lead", Permission::RunDangerousActions).await;
    let answer = world
        .ask(&mut machine, Method::POST, "/api/v1/actions/reroute-to-backup-region", &[], r#"{"reason":"x"}"#)
        .await;
    // It may not even see how things stand.
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
