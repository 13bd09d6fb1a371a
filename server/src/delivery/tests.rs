//! Links and buttons through the real router.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::{Method, StatusCode};
use backend::{
    access::{Profile, Theme, Way, WayKind},
    alerts::{self, Alerts},
    clock::Clock,
    delivery::{Order, ack_link, enqueue},
};
use domain::{
    access::PersonId,
    alerts::{Context, Memory, Policy},
    audit::Origin,
    delivery::{Message, Occasion, Recipient},
    monitoring::{Level, Outcome, Sample, Unit, overall::CrisisCounts},
};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;

use crate::walk::world::{Answer, Walker, World};

/// Tries that were refused before.
const REFUSED: usize = 1;
const SIGNING: &str = "marked-password-slack-signing";

async fn world() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "marked-password-slack-token").unwrap();
    std::fs::write(folder.path().join("signing"), SIGNING).unwrap();
    let place = folder.path().display();
    // Port 9 takes nothing: what is whispered to whoever pressed is lost, and that is no failure.
    let settings = format!(
        "[access]\nsecond_factor = \"off\"\n[delivery.slack_app]\ntoken_file = \"{place}/token\"\n\
         signing_secret_file = \"{place}/signing\"\napi_url = \"http://127.0.0.1:9/api\"\n"
    );
    (World::new(&settings).await, folder)
}

/// An alert that a slow answer made, and a page about it that is still to be sent.
async fn paged(world: &World, person: &PersonId) -> String {
    let config = backend::config::load(None, std::iter::empty()).unwrap();
    let now = world.clock.now();
    let mut sample = Sample::empty(now, Outcome::Answered);
    sample.take_in("response_time_ms".into(), Unit::Milliseconds, 16_000.0);
    let context = Context {
        platform: "wedsync",
        metrics: &config.metrics,
        normals: &BTreeMap::new(),
        services: &[],
        crisis_manager: None,
        crises: CrisisCounts::default(),
        weddings_today: None,
    };
    let db = world.access.db();
    let mut tx = db.begin().await.unwrap();
    let policy = Policy::default();
    alerts::take_in(&mut tx, &policy, &context, Memory::default(), &[sample]).await.unwrap();
    tx.commit().await.unwrap();
    let kept = Alerts::new(db.clone(), world.clock.clone(), Arc::new(config));
    let alert = kept.open(1).await.unwrap().remove(0).id.to_string();
    told(world, &alert, person).await;
    alert
}

async fn told(world: &World, alert: &str, person: &PersonId) {
    let message = Message {
        occasion: Occasion::Page,
        level: Some(Level::Critical),
        title: "Response time 16 s on wedsync".to_owned(),
        lines: Vec::new(),
        path: format!("/alerts/{alert}"),
        alert: Some(alert.to_owned()),
        dedup_key: alert.to_owned(),
        asks: None,
    };
    let mut tx = world.access.db().begin().await.unwrap();
    let order = Order { message, to: Recipient::Person { id: person.clone() } };
    enqueue(&mut tx, world.clock.now(), &order).await.unwrap();
    tx.commit().await.unwrap();
}

async fn known_as(world: &World, person: &PersonId, name: &str, chat: &str) {
    let viewer = world.access.acting_by_message(person, Origin::default(), "a test").await.unwrap().unwrap();
    let ways = vec![Way { kind: WayKind::Chat, address: chat.to_owned() }];
    let profile = Profile { name: name.to_owned(), zone: None, theme: Theme::System, ways };
    world.access.change_profile(&viewer, profile).await.unwrap();
}

/// A press as Slack tells it, signed with `secret` so many seconds ago.
async fn press(world: &World, alert: &str, secret: &str, ago: i64, user: &str, action: &str) -> Answer {
    let payload = serde_json::json!({
        "type": "block_actions",
        "user": { "id": user },
        "channel": { "id": "C1" },
        "actions": [{ "action_id": action, "value": alert }],
    });
    let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
    let timestamp = (Clock::system().now().0 / 1_000 - ago).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let signature = format!("v0={digits}");
    let headers = [
        ("x-slack-request-timestamp", timestamp.as_str()),
        ("x-slack-signature", signature.as_str()),
        ("accept", "application/json"),
    ];
    let mut slack = Walker::nobody("slack");
    world.ask(&mut slack, Method::POST, "/api/v1/slack/interactions", &headers, &body).await
}

#[tokio::test]
async fn a_press_in_slack_counts_when_slack_signed_it_and_the_account_is_known() {
    let (world, _folder) = world().await;
    let ada = world.person("ada", "operator").await;
    let eve = world.person("eve", "viewer").await;
    known_as(&world, &ada, "Ada", "U0ADA").await;
    known_as(&world, &eve, "Eve", "U0EVE").await;
    let alert = paged(&world, &ada).await;

    for (secret, ago) in [("wrong", 0), (SIGNING, 301), (SIGNING, -301)] {
        let refused = press(&world, &alert, secret, ago, "U0ADA", "alert_acknowledge").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{ago}: {}", refused.body);
    }
    let unknown = press(&world, &alert, SIGNING, 0, "U0NOBODY", "alert_acknowledge").await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert!(unknown.body.contains("not linked") && unknown.body.contains("ephemeral"), "{}", unknown.body);
    let missing = press(&world, &alert, SIGNING, 0, "U0EVE", "alert_acknowledge").await;
    assert!(missing.body.contains("Nothing was done: your role may not"), "{}", missing.body);
    assert_eq!(world.on_record("alert.acknowledged").await, REFUSED, "her try is on record");

    let done = press(&world, &alert, SIGNING, 10, "U0ADA", "alert_acknowledge").await;
    assert!(done.body.contains("Ada has it now"), "{}", done.body);
    assert_eq!(world.on_record("alert.acknowledged").await, REFUSED + 1);
    let again = press(&world, &alert, SIGNING, 0, "U0ADA", "alert_acknowledge").await;
    assert!(again.body.contains("Ada acknowledged it already"), "{}", again.body);
    let bad = press(&world, &alert, SIGNING, 0, "U0ADA", "alert_resolve").await;
    assert!(bad.body.contains("It is still bad"), "{}", bad.body);
    let link = press(&world, &alert, SIGNING, 0, "U0ADA", "open").await;
    assert_eq!((link.status, link.body.as_str()), (StatusCode::OK, ""));

    // A name that two have noted says nothing about who presses.
    known_as(&world, &eve, "Eve", "U0ADA").await;
    assert!(press(&world, &alert, SIGNING, 0, "U0ADA", "alert_resolve").await.body.contains("not linked"));
}

#[tokio::test]
async fn a_link_in_a_mail_acknowledges_by_a_press_and_not_by_being_followed() {
    let (world, _folder) = world().await;
    let ada = world.person("ada", "operator").await;
    let eve = world.person("eve", "viewer").await;
    let alert = paged(&world, &ada).await;
    let link = async |person: &PersonId| {
        let url = ack_link(world.access.db(), "", &alert, person, world.clock.now()).await.unwrap();
        url.expose_secret().to_owned()
    };
    let path = link(&ada).await;
    let mut nobody = Walker::nobody("nobody");
    for _ in 0..3 {
        let page = world.get(&mut nobody, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Acknowledge as ada"), "{}", page.body);
        assert!(page.body.contains("Response time 16 s on wedsync"), "{}", page.body);
    }
    assert_eq!(world.on_record("alert.acknowledged").await, 0);
    let done = world.post(&mut nobody, &path, "").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.body.contains("ada has it now"), "{}", done.body);
    assert_eq!(world.on_record("alert.acknowledged").await, 1);

    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let other_site = world.ask(&mut nobody, Method::POST, &path, &evil, "").await;
    assert_eq!(other_site.status, StatusCode::FORBIDDEN);

    let refused = world.post(&mut nobody, &link(&eve).await, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("your role may not"), "{}", refused.body);
    world.clock.advance(domain::time::DAY);
    assert_eq!(world.get(&mut nobody, &path).await.status, StatusCode::GONE);
    assert_eq!(world.post(&mut nobody, &path, "").await.status, StatusCode::GONE);
}
