//! What is answered to what cannot be, by the real console: the person learns what is known to have happened, and why.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::{StreamExt, future::BoxFuture};
use serde_json::{Value, json};
use simulator::{
    cluster::orders::{ClusterOrder, Denied},
    serve::Running,
};

use crate::{
    fault::{Fault, Truth},
    gate::Gate,
    kind::{Kind, Target},
    platform::{HTTP, INGRESS, Platform, SCALE},
    runs::Runs,
    stand::{People, Stand, words},
    world::{self, TOKEN},
};

const DEPLOYMENT: &str = "/k8s/apis/apps/v1/namespaces/ai-services/deployments/ai-recommendation-engine";
const AUTOSCALER: &str =
    "/k8s/apis/autoscaling/v2/namespaces/ai-services/horizontalpodautoscalers/ai-optimization-hpa";
const INGRESSES: &str = "/k8s/apis/networking.k8s.io/v1/namespaces/ai-services/ingresses/ai-ingress";

/// A platform on which something else happens just before each request of the effect.
struct Crossing {
    platform: Platform,
    requests: AtomicUsize,
    cross: fn(&Platform, usize) -> BoxFuture<'_, ()>,
}

impl Target for Crossing {
    fn upstream(&self) -> std::net::SocketAddr {
        self.platform.upstream()
    }

    fn configuration(&self, gate: std::net::SocketAddr, folder: &std::path::Path) -> String {
        self.platform.configuration(gate, folder)
    }

    fn truth(&self) -> BoxFuture<'_, Truth> {
        self.platform.truth()
    }

    fn spoil(&self, _: Fault) -> BoxFuture<'_, ()> {
        let request = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        (self.cross)(&self.platform, request)
    }
}

/// Somebody else changes the cluster.
async fn patch(simulator: &Running, path: &str, kind: &str, body: &Value) {
    let head = format!("PATCH {path} HTTP/1.1\r\nauthorization: Bearer {TOKEN}");
    let answer = world::send(&simulator.address.to_string(), &head, kind, &body.to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn scaled_by_somebody_else(simulator: &Running, replicas: u32) {
    let body = json!({ "spec": { "replicas": replicas } });
    patch(simulator, &format!("{DEPLOYMENT}/scale"), "application/merge-patch+json", &body).await;
}

async fn led_by_somebody_else(simulator: &Running) {
    let backend = json!({ "service": { "name": "ai-backup-services", "port": { "number": 80 } } });
    let body = json!([{ "op": "replace", "path": "/spec/rules/0/http/paths/0/backend", "value": backend }]);
    patch(simulator, INGRESSES, "application/json-patch+json", &body).await;
}

/// What was done for a run, and by nobody else.
fn own_effects(simulator: &Running, run: &str) -> usize {
    let (_, effects) = simulator.platform.effects.since(0);
    let own = effects
        .iter()
        .filter(|effect| effect.changed && effect.request_id.as_ref().is_some_and(|id| id.starts_with(run)));
    own.count()
}

async fn started<'a>(
    people: &'a People,
    kind: &'static Kind,
    fault: Fault,
    target: Arc<dyn Target>,
) -> (Stand<'a>, Gate) {
    let mut stand = Stand::new(people);
    let runs = Runs::of(stand.folder.path()).await;
    let gate = Gate::open(kind, fault, 0, target.clone(), runs).await;
    stand.configure(kind.times, &target.configuration(gate.address, stand.folder.path()));
    stand.start().await;
    (stand, gate)
}

/// What happens in the moment before the request, the state that is right, effects of the run, and words of its story.
struct Case {
    name: &'static str,
    kind: &'static Kind,
    cross: fn(&Platform, usize) -> BoxFuture<'_, ()>,
    state: &'static str,
    effects: usize,
    words: &'static str,
}

const NOT_KNOWN: &str = "It is not known whether it took effect";
const TRIED_AGAIN: &str = "Nothing has happened; it is tried again";

static CASES: [Case; 9] = [
    Case {
        name: "the cluster says 409 each time",
        kind: &SCALE,
        cross: |platform, _| order(platform, json!({ "status": 409 })),
        state: "failed",
        effects: 0,
        words: "It was refused, because something else changed it meanwhile",
    },
    Case {
        name: "somebody else has scaled it",
        kind: &SCALE,
        cross: |platform, request| {
            Box::pin(async move {
                if request == 1 {
                    scaled_by_somebody_else(&platform.simulator, 4).await;
                }
            })
        },
        state: "failed",
        effects: 0,
        words: "ai-recommendation-engine was set to 4 pods meanwhile, not 3",
    },
    Case {
        name: "the right is gone",
        kind: &SCALE,
        cross: |platform, _| {
            let denied = Denied { verb: "patch".to_owned(), resource: "deployments/scale".to_owned() };
            let order = ClusterOrder { deny: Some(vec![denied]), ..ClusterOrder::default() };
            platform.simulator.platform.world().0.cluster.obey(order).unwrap();
            Box::pin(async {})
        },
        state: "failed",
        effects: 0,
        words: "lacks a right: patch deployments/scale (apps) in ai-services",
    },
    Case {
        name: "the cluster says 429 once",
        kind: &SCALE,
        cross: |platform, request| order_first(platform, request, json!({ "status": 429, "retry_after": 1 })),
        state: "succeeded",
        effects: 1,
        words: TRIED_AGAIN,
    },
    Case {
        name: "the cluster says 503 once",
        kind: &SCALE,
        cross: |platform, request| order_first(platform, request, json!({ "status": 503 })),
        state: "unknown",
        effects: 0,
        words: NOT_KNOWN,
    },
    Case {
        name: "the test of the patch fails",
        kind: &INGRESS,
        cross: |platform, request| {
            Box::pin(async move {
                if request == 1 {
                    led_by_somebody_else(&platform.simulator).await;
                }
            })
        },
        state: "failed",
        effects: 0,
        words: "leads to ai-backup-services:80 now, and not to ai-optimization:80 any more",
    },
    Case {
        name: "the API says 429 once",
        kind: &HTTP,
        cross: |platform, request| order_first(platform, request, json!({ "status": 429, "retry_after": 1 })),
        state: "succeeded",
        effects: 1,
        words: TRIED_AGAIN,
    },
    Case {
        name: "the API says 503 once, and when to come again",
        kind: &HTTP,
        cross: |platform, request| order_first(platform, request, json!({ "status": 503, "retry_after": 1 })),
        state: "succeeded",
        effects: 1,
        words: TRIED_AGAIN,
    },
    Case {
        name: "the API says 502 once",
        kind: &HTTP,
        cross: |platform, request| order_first(platform, request, json!({ "status": 502 })),
        state: "unknown",
        effects: 0,
        words: NOT_KNOWN,
    },
];

/// The next request gets this answer, and nothing is done.
fn order(platform: &Platform, mut fault: Value) -> BoxFuture<'_, ()> {
    fault["route"] = json!(platform.route);
    fault["method"] = json!(platform.method);
    fault["times"] = json!(1);
    platform.fault(fault);
    Box::pin(async {})
}

fn order_first(platform: &Platform, request: usize, fault: Value) -> BoxFuture<'_, ()> {
    if request == 1 { order(platform, fault) } else { Box::pin(async {}) }
}

/// Tries again only where nothing can have happened, and says what is known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_platform_answers_is_told_and_not_tried_again_in_vain() {
    let people = &People::new().await;
    let wrong = futures::stream::iter(&CASES).map(|case| wrong_with(people, case)).buffered(5);
    let wrong: Vec<String> = wrong.filter_map(async |wrong| wrong).collect().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn wrong_with(people: &People, case: &Case) -> Option<String> {
    let (route, method) =
        if case.kind.name == "http" { ("/ai/fallback/enable", "POST") } else { ("/k8s/*", "PATCH") };
    let platform = Platform::new(route, method).await;
    let target = Arc::new(Crossing { platform, requests: AtomicUsize::new(0), cross: case.cross });
    let (stand, _gate) = started(people, case.kind, Fault::Crossed, target.clone()).await;
    let wrong = |why: String| Some(format!("{}: {why}", case.name));
    let id = match stand.ask(case.kind).await {
        Ok(id) => id,
        Err(why) => return wrong(why),
    };
    let told = match stand.ended(&id).await {
        Ok(told) => told,
        Err(why) => return wrong(why),
    };
    let effects = own_effects(&target.platform.simulator, &id);
    let said = told.lines.iter().any(|line| line.contains(case.words));
    if told.state == case.state && effects == case.effects && said {
        return None;
    }
    wrong(format!("{} with {effects} effects: {:?}", told.state, told.lines))
}

/// The answer of the API to a request that it refuses: its code and its words.
async fn refused(stand: &Stand<'_>, action: &str, body: &str) -> (String, String) {
    let (address, cookie) = (stand.address(), &stand.people.asks);
    let head =
        format!("POST /api/v1/actions/{action} HTTP/1.1\r\norigin: http://{address}\r\ncookie: {cookie}");
    let answer = world::send(address, &head, "application/json", body).await;
    assert!(answer.starts_with("HTTP/1.1 409"), "{action}: {answer}");
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    (body["code"].as_str().unwrap().to_owned(), body["error"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_is_refused_with_the_reason_before_anything_is_sent() {
    let people = &People::new().await;
    let target = Arc::new(Platform::new("/k8s/*", "PATCH").await);
    let simulator = &target.simulator;
    let (stand, _gate) = started(people, &SCALE, Fault::Nothing, target.clone()).await;

    target.fault(json!({ "route": DEPLOYMENT, "method": "GET", "status": 404 }));
    let (code, why) = refused(&stand, "scale-recommendation", "").await;
    assert!(code == "check_fails" && why.contains("here is no such object in the cluster"), "{why}");
    let page = stand.look_at("scale-recommendation").await.unwrap_err();
    assert!(page.contains("here is no such object in the cluster"), "{page}");
    simulator.platform.faults.lock().unwrap().clear();

    let most = json!({ "spec": { "maxReplicas": 3 } });
    patch(simulator, AUTOSCALER, "application/merge-patch+json", &most).await;
    let (code, why) = refused(&stand, "scale-optimization", r#"{"with":{"replicas":"10"}}"#).await;
    let owned = "is owned by the autoscaler ai-optimization-hpa, which is at its maximum of 3 pods";
    assert!(code == "check_fails" && why.contains(owned), "{why}");

    let old = |is| {
        let order = ClusterOrder { old_ingress: Some(is), ..ClusterOrder::default() };
        simulator.platform.world().0.cluster.obey(order).unwrap();
    };
    old(true);
    let page = stand.look_at("reroute-to-backup-region").await.unwrap_err();
    assert!(page.contains("old form with `serviceName`"), "{page}");
    old(false);

    // The version of a deployment changes when a pod comes or goes: a look that runs into that begins again.
    let busy = |times| {
        target.fault(json!({
            "route": format!("{DEPLOYMENT}/scale"), "method": "PATCH", "status": 409, "times": times
        }));
    };
    busy(2);
    let seen = stand.look_at("scale-recommendation").await.unwrap();
    // Where it never ends, what was seen is not called gone.
    busy(50);
    let page = stand.press("scale-recommendation", &seen).await.unwrap_err();
    assert!(page.contains("omebody else has changed it since it was looked at"), "{page}");
    assert!(!page.contains("is not found any more"), "{page}");
    simulator.platform.faults.lock().unwrap().clear();

    // What was seen is not so any more: it is looked at anew, what changed is shown, and it is asked again.
    let seen = stand.look_at("scale-recommendation").await.unwrap();
    scaled_by_somebody_else(simulator, 4).await;
    let page = stand.press("scale-recommendation", &seen).await.unwrap_err();
    assert!(page.contains("Replicas of ai-recommendation-engine was 3 and is 4 now"), "{page}");
    let anew = stand.look_at("scale-recommendation").await.unwrap();
    assert_ne!(anew, seen);
    let run = stand.press("scale-recommendation", &anew).await.unwrap();
    assert_eq!(stand.ended(&run).await.unwrap().state, "succeeded");

    // The same before an approval.
    let seen = stand.look_at("reroute-to-backup-region").await.unwrap();
    let rerouting = stand.press("reroute-to-backup-region", &seen).await.unwrap();
    led_by_somebody_else(simulator).await;
    let page = stand.approve(&rerouting).await.unwrap_err();
    assert!(page.contains("was ai-optimization:80 and is ai-backup-services:80 now"), "{page}");
    assert_eq!((own_effects(simulator, &run), own_effects(simulator, &rerouting)), (1, 0));
}

/// What cannot be undone, or was not, is not called undone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_that_fails_leaves_what_it_would_have_undone_as_it_is() {
    let people = &People::new().await;
    let platform = Platform::new("/k8s/*", "PATCH").await;
    let target = Arc::new(Crossing {
        platform,
        requests: AtomicUsize::new(0),
        cross: |platform, request| match request {
            2 => order(platform, json!({ "status": 500 })),
            _ => Box::pin(async {}),
        },
    });
    let simulator = &target.platform.simulator;
    let (stand, _gate) = started(people, &SCALE, Fault::Crossed, target.clone()).await;
    let run = stand.ask(&SCALE).await.unwrap();
    assert_eq!(stand.ended(&run).await.unwrap().state, "succeeded");

    // Its request comes to nothing, and only the network knows whether it still will.
    let undo = stand.undo(&run).await.unwrap();
    let told = stand.ended(&undo).await.unwrap();
    assert_eq!((told.state.as_str(), own_effects(simulator, &undo)), ("unknown", 0), "{:?}", told.lines);
    assert_eq!(stand.ended(&run).await.unwrap().state, "succeeded");

    // It cannot even be asked for.
    target.platform.fault(json!({ "route": DEPLOYMENT, "method": "GET", "status": 404 }));
    let page = stand.undo(&run).await.unwrap_err();
    assert!(page.contains("here is no such object in the cluster"), "{page}");
    assert_eq!(
        (stand.ended(&run).await.unwrap().state.as_str(), own_effects(simulator, &run)),
        ("succeeded", 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_of_somebody_else_is_not_analyzed_and_that_is_no_success() {
    let Some(target) = crate::database::of_somebody_else().await else {
        return println!("SKIPPED, nothing was tested: there is no PostgreSQL here");
    };
    let people = &People::new().await;
    let (stand, _gate) = started(people, &crate::database::ANALYZE, Fault::Nothing, target.clone()).await;
    let (code, why) = refused(&stand, "analyze-tables", "").await;
    assert!(code == "check_fails" && why.contains("does not own the table wedding_optimizations"), "{why}");
    let page = stand.look_at("analyze-tables").await.unwrap_err();
    assert!(page.contains("PostgreSQL would skip it with a warning and call that a success"), "{page}");
    assert_eq!(target.truth().await.most, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_and_a_node_of_a_cluster_are_not_changed() {
    let people = &People::new().await;
    for (options, why) in [
        (
            &["--replicaof", "127.0.0.1", "1"] as &[&str],
            "this Redis is a read-only replica: its master must be asked",
        ),
        (&["--cluster-enabled", "yes"], "this Redis is a node of a cluster"),
    ] {
        let Some(target) = crate::cache::empty(options).await else {
            return println!("SKIPPED, nothing was tested: there is no redis-server here");
        };
        let (stand, _gate) = started(people, &crate::cache::DELETE_PATTERN, Fault::Nothing, target).await;
        let (code, said) = refused(&stand, "clear-ai-keys", "").await;
        let words_of = |text: &str| words(text).to_lowercase();
        assert!(code == "check_fails" && words_of(&said).contains(&words_of(why)), "{said}");
        let page = stand.look_at("flush-cache").await.unwrap_err();
        assert!(words_of(&page).contains(&words_of(why)), "{page}");
    }
}
