//! Every kind of change against every kind of fault: what the client says must agree with what the platform knows.

use backend::connect::{
    Because, Failure,
    kubernetes::{Applied, Port},
};
use domain::time::Millis;
use serde_json::{Value, json};

use crate::platform::{Stand, stand};

const HOST: &str = "api.wedsync.com";

#[derive(Clone, Copy, Debug)]
enum Kind {
    Scale,
    AutoscaledScale,
    Restart,
    Ingress,
    Job,
}

const KINDS: [Kind; 5] = [Kind::Scale, Kind::AutoscaledScale, Kind::Restart, Kind::Ingress, Kind::Job];

/// (fault of the changing request, whether the effect is applied, whether the client can know that nothing happened)
fn faults() -> Vec<(Value, bool, bool)> {
    vec![
        (json!({ "reset": true }), false, false),
        (json!({ "reset": true, "when": "after" }), true, false),
        (json!({ "drop": true }), false, false),
        (json!({ "drop": true, "when": "after" }), true, false),
        (json!({ "status": 500 }), false, false),
        (json!({ "status": 500, "when": "after" }), true, false),
        (json!({ "status": 503, "when": "after" }), true, false),
        (json!({ "status": 504 }), false, false),
        (json!({ "status": 302 }), false, false),
        (json!({ "delay_ms": 1_500 }), true, false),
        (json!({ "delay_ms": 1_500, "when": "after" }), true, false),
        (json!({ "status": 429, "retry_after": 7 }), false, true),
        (json!({ "status": 401 }), false, true),
        (json!({ "status": 403 }), false, true),
        (json!({ "status": 404 }), false, true),
        (json!({ "status": 422 }), false, true),
    ]
}

async fn change(stand: &Stand, kind: Kind, id: &str) -> Result<Applied, Failure> {
    let cluster = &stand.cluster;
    match kind {
        Kind::Scale => {
            let facts = cluster.observe_scale("ai-recommendation-engine").await?;
            cluster.apply_scale(&facts, 8, id).await
        }
        Kind::AutoscaledScale => {
            let facts = cluster.observe_scale("ai-optimization-engine").await?;
            cluster.apply_scale(&facts, 10, id).await
        }
        Kind::Restart => {
            let change = cluster.restart_change("ai-optimization-engine", id, Millis(1))?;
            cluster.apply(&change, id).await
        }
        Kind::Ingress => {
            let facts = cluster.observe_backend("ai-ingress", HOST, "/ai/").await?;
            cluster.apply_backend(&facts, "ai-backup", &Port::Number(80), id).await
        }
        Kind::Job => {
            let change = cluster.job_change("validate-models", id, &[]).await?;
            cluster.apply(&change, id).await
        }
    }
}

#[tokio::test]
async fn without_a_fault_each_change_is_made_exactly_once() {
    for kind in KINDS {
        let stand = stand(1.0).await;
        assert_eq!(change(&stand, kind, "run-1").await.unwrap(), Applied::Done, "{kind:?}");
        let effects = stand.effects();
        assert_eq!((effects.len(), effects[0].0.as_str()), (1, "run-1"), "{kind:?}: {effects:?}");
    }
}

#[tokio::test]
async fn with_a_fault_it_is_made_at_most_once_and_nothing_is_promised_that_is_not_so() {
    // Side by side: most of the time is waited.
    futures::future::join_all(KINDS.map(async |kind| {
        for (fault, applied, certain) in faults() {
            let stand = stand(1.0).await;
            let mut ordered = fault.clone();
            ordered["route"] = json!("/k8s/*");
            ordered["method"] = json!(if matches!(kind, Kind::Job) { "POST" } else { "PATCH" });
            stand.fault(ordered);
            let failure = change(&stand, kind, "run-1").await.unwrap_err();
            // What was late arrives all the same.
            if !fault["delay_ms"].is_null() {
                tokio::time::sleep(std::time::Duration::from_millis(1_000)).await;
            }
            let effects = stand.effects();
            assert_eq!(effects.len(), usize::from(applied), "{kind:?} {fault}: {effects:?}");
            assert_eq!(failure.is_certain(), certain, "{kind:?} {fault}: {failure}");
        }
    }))
    .await;
}

#[tokio::test]
async fn a_refusal_says_what_would_help() {
    let stand = stand(1.0).await;
    stand.fault(json!({ "route": "/k8s/*", "method": "PATCH", "status": 429, "retry_after": 7 }));
    let Err(Failure::NothingHappened { because, retry_after, .. }) =
        change(&stand, Kind::Restart, "run").await
    else {
        panic!("it was refused")
    };
    assert_eq!((because, retry_after), (Because::Busy, Some(std::time::Duration::from_secs(7))));
    for (kind, verb, resource, right) in [
        (Kind::Scale, "patch", "deployments/scale", "patch deployments/scale (apps) in ai-services"),
        (Kind::Restart, "patch", "deployments", "patch deployments (apps) in ai-services"),
        (Kind::Ingress, "patch", "ingresses", "patch ingresses (networking.k8s.io) in ai-services"),
        (Kind::Job, "create", "jobs", "create jobs (batch) in ai-services"),
        (
            Kind::AutoscaledScale,
            "patch",
            "horizontalpodautoscalers",
            "patch horizontalpodautoscalers (autoscaling) in ai-services",
        ),
        (
            Kind::Scale,
            "list",
            "horizontalpodautoscalers",
            "list horizontalpodautoscalers (autoscaling) in ai-services",
        ),
    ] {
        stand.deny(verb, resource);
        let failure = change(&stand, kind, "run").await.unwrap_err();
        assert_eq!(failure.because(), Some(&Because::Forbidden { right: right.to_owned() }), "{failure}");
    }
    assert_eq!(stand.effects(), []);
}

#[tokio::test]
async fn a_question_that_fails_has_changed_nothing() {
    for fault in [
        json!({ "reset": true }),
        json!({ "drop": true }),
        json!({ "status": 500 }),
        json!({ "status": 503 }),
        json!({ "delay_ms": 2_000 }),
        json!({ "status": 200, "body": "<html>" }),
        json!({ "status": 200, "body": "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"items\":[]}" }),
    ] {
        let stand = stand(1.0).await;
        let mut ordered = fault.clone();
        ordered["route"] = json!("/k8s/*");
        stand.fault(ordered);
        let failure = stand.cluster.pods(None).await.unwrap_err();
        assert_eq!(failure.because(), Some(&Because::Unreachable), "{fault}: {failure}");
    }
}

/// The library would try again after 429, 503 and 504 when it is left as it comes.
#[tokio::test]
async fn nothing_is_ever_sent_twice() {
    for status in [429, 503, 504] {
        let stand = stand(1.0).await;
        stand.lasting_fault(
            json!({ "route": "/k8s/*", "method": "PATCH", "status": status, "when": "after" }),
        );
        change(&stand, Kind::Restart, "run").await.unwrap_err();
        assert_eq!(stand.effects().len(), 1, "{status}");
    }
}
