//! The pages of actions, through the real router. No cluster is configured in these tests, so nothing is asked of anybody.

use axum::http::StatusCode;
use domain::time::MINUTE;

use crate::walk::{
    WITHOUT_SECOND_FACTOR,
    world::{Answer, World},
};

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |location| location.to_str().unwrap())
}

#[tokio::test]
async fn an_action_that_cannot_be_done_says_why_and_has_no_button() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut operator = world.signed_in("operator", "operator").await;
    let page = world.get(&mut operator, "/actions/scale-optimization?replicas=10").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("No cluster is configured") && !page.body.contains("data-part=\"press\""));
    for wrong in ["-1", "0", "100000", "ten", "%D9%A1"] {
        let page = world.get(&mut operator, &format!("/actions/scale-optimization?replicas={wrong}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(!page.body.contains("data-part=\"press\""), "{wrong}");
    }
    let sent = "with.replicas=10&reason=a+queue&seen=0&was=%5B%5D";
    let refused = world.post(&mut operator, "/actions/scale-optimization", sent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("no longer true"), "{}", refused.body);
    assert_eq!(world.on_record("run.requested").await, 1, "the try is on record");
}

#[tokio::test]
async fn what_is_not_theirs_is_refused_with_the_permission_that_is_missing() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    for (role, action, missing) in [
        ("viewer", "enable-fallback", "run_ordinary_actions"),
        ("support", "enable-fallback", "run_ordinary_actions"),
        ("admin", "enable-manual-mode", "run_crisis_actions"),
        ("auditor", "reroute-to-backup-region", "run_dangerous_actions"),
    ] {
        let mut walker = world.signed_in(role, role).await;
        let refused = world.post(&mut walker, &format!("/actions/{action}"), "seen=0").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
        assert!(refused.body.contains(missing), "{role}");
    }
}

#[tokio::test]
async fn an_old_proof_leads_to_the_password_and_back_with_what_was_typed() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut operator = world.signed_in("operator", "operator").await;
    world.clock.advance(6 * MINUTE);
    let form = "reason=p95+%26+more&seen=0&alert=0199-0000";
    let answer = world.post(&mut operator, "/actions/reroute-to-backup-region", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = "/actions/reroute-to-backup-region?proven=yes&alert=0199-0000&reason=p95%20%26%20more";
    assert_eq!(location(&answer), format!("/prove?next={}", app::encoded(next)));
    let back = world.get(&mut operator, next).await;
    assert!(back.body.contains("No cluster is configured"), "{}", back.body);
    // A reason that is too long for an address is left out of it, and the rest is kept.
    let long = format!("reason={}&seen=0&alert=0199-0000", "%C3%A9".repeat(500));
    let answer = world.post(&mut operator, "/actions/reroute-to-backup-region", &long).await;
    let short = "/actions/reroute-to-backup-region?proven=yes&alert=0199-0000";
    assert_eq!(location(&answer), format!("/prove?next={}", app::encoded(short)));
}

#[tokio::test]
async fn the_switch_needs_a_reason_and_is_told_on_every_page_to_everybody() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut operator = world.signed_in("operator", "operator").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let off = "data-part=\"automatic-off\"";
    let empty = world.post(&mut operator, "/actions/automatic", "turn=off&reason=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("Say why") && !empty.body.contains(off));
    let turned = world.post(&mut operator, "/actions/automatic", "turn=off&reason=a+%3Cb%3Edrill").await;
    assert_eq!(location(&turned), "/actions?done=off");
    let twice = world.post(&mut operator, "/actions/automatic", "turn=off&reason=again").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    for path in ["/", "/actions", "/alerts", "/performance", "/on-call", "/runs", "/settings", "/nowhere"] {
        let page = world.get(&mut viewer, path).await;
        assert!(page.body.contains(off) && page.body.contains("a &lt;b&gt;drill"), "{path}");
    }
    let refused = world.post(&mut viewer, "/actions/automatic", "turn=on").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let on = world.post(&mut operator, "/actions/automatic", "turn=on&reason=").await;
    assert_eq!(location(&on), "/actions?done=on");
    assert!(!world.get(&mut viewer, "/").await.body.contains(off));
    // Two that were refused, and the one that was not.
    assert_eq!(world.on_record("automation.turned_off").await, 3);
    assert_eq!(world.on_record("automation.turned_on").await, 1);
}

#[tokio::test]
async fn nothing_hostile_in_an_address_gets_far() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    for (path, status) in [
        ("/actions/..%2F..%2Fetc", 404),
        ("/actions/%3Cscript%3E", 404),
        ("/actions?platform=nowhere", 404),
        ("/runs?action=%27", 404),
        ("/runs?before=%27%3B--", 200),
        ("/actions/scale-optimization?alert=%3Cscript%3E&unknown=1", 200),
        ("/runs/none/part/head", 404),
        ("/actions/part/nothing", 404),
    ] {
        let answer = world.get(&mut viewer, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(!answer.body.contains("<script>"), "{path}");
    }
}
