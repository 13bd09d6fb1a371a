//! Looks at a pretended platform through the real router: who is shown the way to them, what is pinned, and when a log
//! that is followed ends.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use backend::access::Permission;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use simulator::{
    faults::Fault,
    scenario::Scenario,
    serve::{Running, Settings, start},
};

use crate::walk::{
    WITHOUT_SECOND_FACTOR,
    world::{Walker, World},
};

const TOKEN: &str = "marked-token-of-the-platform";
/// Real time: far longer than anything takes here, and shorter than a silent stream looks around.
const PATIENCE: Duration = Duration::from_secs(10);

/// The folder holds the token, which the cluster's client reads when it needs it.
async fn world(settings: &str) -> (World, Running, tempfile::TempDir) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let platform = start(Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        seed: 7,
        name: "wedsync".to_owned(),
        token: TOKEN.to_owned(),
        start: simulator::clock::real_time(),
        // A pod writes a line every two seconds of the platform.
        speed: 10.0,
        scenario: Scenario::Calm,
        truth: None,
    });
    let platform = platform.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, TOKEN).unwrap();
    let (address, file) = (platform.address, token.display());
    let settings = format!(
        "{WITHOUT_SECOND_FACTOR}{settings}[[platform]]\nname = \"wedsync\"\napi_url = \"http://{address}\"\n\
         token_file = \"{file}\"\n[platform.kubernetes]\nnamespace = \"ai-services\"\n\
         url = \"http://{address}/k8s\"\ntoken_file = \"{file}\"\n"
    );
    (World::new(&settings).await, platform, folder)
}

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}")).1;
    rest.split_once(after).unwrap().0
}

async fn live_log(world: &World, walker: &mut Walker) -> String {
    let page = world.get(walker, "/diagnostics/log?service=optimization").await;
    assert_eq!(page.status, StatusCode::OK);
    between(&page.body, "data-log-live=\"", "\"").replace("&amp;", "&")
}

/// The next piece of a stream; `None` at its end.
async fn piece(body: &mut Body) -> Option<String> {
    let frame =
        tokio::time::timeout(PATIENCE, body.frame()).await.expect("nothing comes and it does not end");
    let data = frame?.unwrap().into_data().unwrap();
    Some(String::from_utf8(data.to_vec()).unwrap())
}

async fn sign_out(world: &World, walker: &Walker) {
    let mut elsewhere = Walker::nobody(&walker.name).showing("session", walker.cookie("session").unwrap());
    let out = world.post(&mut elsewhere, "/sign-out", "").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_log_that_is_followed_ends_when_whoever_follows_signs_out() {
    let (world, _platform, _folder) = world("").await;
    let mut operator = world.signed_in("operator", "operator").await;
    let address = live_log(&world, &mut operator).await;
    let (status, mut body) = world.follow(&operator, &address).await;
    assert_eq!(status, StatusCode::OK);
    for _ in 0..3 {
        let line = piece(&mut body).await.unwrap();
        assert!(line.starts_with("event: line\ndata: {"), "{line}");
    }
    sign_out(&world, &operator).await;
    let mut last = piece(&mut body).await.unwrap();
    // What was on its way when they left may still come.
    if last.starts_with("event: line") {
        last = piece(&mut body).await.unwrap();
    }
    assert_eq!(last, "event: over\ndata: {}\n\n");
    assert_eq!(piece(&mut body).await, None, "and no byte after it");
    let (status, _) = world.follow(&operator, &address).await;
    assert_ne!(status, StatusCode::OK, "nor can they begin anew");
}

#[tokio::test]
async fn who_signs_out_while_a_log_is_being_opened_reads_nothing_of_it() {
    let (world, platform, _folder) = world("").await;
    let mut operator = world.signed_in("operator", "operator").await;
    let address = live_log(&world, &mut operator).await;
    let slow = json!({"route": "/k8s/*", "delay_ms": 400});
    let slow: Fault = serde_json::from_value(slow).unwrap();
    platform.platform.faults.lock().unwrap().add(slow);
    let leaving = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        sign_out(&world, &operator).await;
    };
    let ((status, mut body), ()) = tokio::join!(world.follow(&operator, &address), leaving);
    assert_eq!(status, StatusCode::OK, "they were signed in when they asked");
    assert_eq!(piece(&mut body).await.as_deref(), Some("event: over\ndata: {}\n\n"));
    assert_eq!(piece(&mut body).await, None);
}

#[tokio::test]
async fn only_what_somebody_may_open_is_shown_as_a_way_to_a_closer_look() {
    let role = "[[role]]\nname = \"one\"\nlabel = \"One service\"\nservices = [\"optimization\"]\n\
                permissions = [\"see_status\", \"handle_alerts\"]\nsecond_factor = \"off\"\n";
    let (world, _platform, _folder) = world(role).await;
    let ways = |page: &str| -> Vec<String> {
        let addresses = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let own = addresses.filter(|address| address.starts_with("/diagnostics"));
        own.map(|address| address.replace("&amp;", "&")).collect()
    };
    let mut all = world.signed_in("operator", "operator").await;
    assert_eq!(ways(&world.get(&mut all, "/performance").await.body).len(), 4);
    let mut one = world.signed_in("one", "one").await;
    let mut shown = Vec::new();
    for page in ["/performance", "/", "/breakers", "/actions", "/alerts"] {
        shown.extend(ways(&world.get(&mut one, page).await.body));
    }
    assert_eq!(shown, ["/diagnostics?platform=wedsync&service=optimization"]);
    for address in shown {
        assert_eq!(world.get(&mut one, &address).await.status, StatusCode::OK, "{address}");
    }
    let other = world.get(&mut one, "/diagnostics?platform=wedsync&service=recommendation").await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let mut viewer = world.signed_in("viewer", "viewer").await;
    assert!(ways(&world.get(&mut viewer, "/performance").await.body).is_empty());
}

#[tokio::test]
async fn a_program_reads_what_was_pinned_to_an_alert() {
    let (world, _platform, _folder) = world("").await;
    let mut operator = world.signed_in("operator", "operator").await;
    let mut sender = world.token_by_command("operator", Permission::HandleAlerts).await;
    let alert = json!({"version": "4", "alerts": [{"status": "firing", "fingerprint": "a",
        "labels": {"alertname": "a", "severity": "critical", "service": "optimization"}}]});
    let webhook = "/api/v1/alerts/webhook";
    let sent = world.ask(&mut sender, Method::POST, webhook, &[], &alert.to_string()).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    let read = async |walker: &mut Walker, path: &str| -> Value {
        let answer = world.get(walker, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let listed = read(&mut operator, "/api/v1/alerts").await;
    let id = listed["alerts"][0]["id"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/alerts/{id}/evidence");
    assert_eq!(read(&mut operator, &address).await, json!({"evidence": []}));

    let page = world.get(&mut operator, "/diagnostics/pods?service=optimization").await;
    let look = between(&page.body, "name=\"look\" value=\"", "\"");
    let form = format!("panel=pods&service=optimization&look={look}&to={id}&note=two+%3Cof%3E+three");
    let pinned = world.post(&mut operator, "/diagnostics/pin", &form).await;
    assert_eq!(pinned.status, StatusCode::SEE_OTHER, "{}", pinned.body);

    // As the page: for whoever may see how things stand.
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let told = read(&mut viewer, &address).await;
    let piece = &told["evidence"][0];
    assert_eq!((&piece["kind"], &piece["pinned_by"]), (&json!("Pods"), &json!("operator")));
    assert_eq!((&piece["note"], told["evidence"].as_array().unwrap().len()), (&json!("two <of> three"), 1));
    for text in ["of", "title", "content", "seen_at", "pinned_at"] {
        assert!(piece[text].as_str().is_some_and(|text| !text.is_empty()), "{text}: {piece}");
    }
    assert!(piece["content"].as_str().unwrap().contains("ai-optimization-engine"), "{piece}");
    let none = world.get(&mut viewer, "/api/v1/alerts/none/evidence").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    // A token that may not see how things stand is refused, as on the page.
    assert_eq!(world.get(&mut sender, &address).await.status, StatusCode::FORBIDDEN);
    let nobody = world.get(&mut Walker::nobody("nobody"), &address).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
