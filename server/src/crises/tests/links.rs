//! Who is asked, and what a case is linked to.

use axum::http::Method;
use backend::delivery::answer_link;
use domain::{audit::Origin, crises::CaseId, delivery::Asks, time::HOUR};
use secrecy::ExposeSecret;

use super::*;

#[tokio::test]
async fn whoever_is_asked_answers_by_a_link_without_an_account_and_once() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    world.signed_in("executive", "executive").await;
    let address = opened(&world, &mut support).await;
    let id = CaseId(address.trim_start_matches("/crises/").to_owned());
    let refused = world.post(&mut support, &format!("{address}/ask"), "step=deploy_planners").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("There is nobody whom the step could ask"), "{}", refused.body);
    let asked = world.post(&mut support, &format!("{address}/ask"), "step=tell_executives").await;
    assert_eq!(location(&asked), format!("{address}?done=ask"), "{}", asked.body);
    let page = world.get(&mut support, &address).await;
    assert!(
        page.body.contains("data-asked=\"awaited\"") && page.body.contains("no answer yet"),
        "{}",
        page.body
    );
    let vera = world.person("vera", "viewer").await;
    let vera = world.access.acting_by_message(&vera, Origin::default(), "a test").await.unwrap().unwrap();
    let see = vera.permit().unwrap();
    let asked = world.cases.asked_of(&see, &id).await.unwrap();
    let now = world.clock.now();
    let asks = Asks { id: asked[0].id.clone(), answer: String::new(), until: asked[0].until };
    let link = answer_link(world.access.db(), "", &asks, now).await.unwrap();
    let link = link.expose_secret();
    let mut nobody = Walker::nobody("nobody");
    for _ in 0..2 {
        let looked = world.get(&mut nobody, link).await;
        assert_eq!(looked.status, StatusCode::OK);
        assert!(
            looked.body.contains("I have read it") && looked.body.contains("You are executive."),
            "{}",
            looked.body
        );
        for private in ["Okafor", "Lindqvist", "Marked Venue", "florist"] {
            assert!(!looked.body.contains(private), "{private}");
        }
    }
    assert_eq!(world.on_record("crisis.answered_yes_for").await, 0, "looking answers nothing");
    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let other_site = world.ask(&mut nobody, Method::POST, link, &evil, "").await;
    assert_eq!(other_site.status, StatusCode::FORBIDDEN);
    let said = world.post(&mut nobody, link, "").await;
    assert!(said.body.contains("Your answer has arrived"), "{}", said.body);
    let again = world.post(&mut nobody, link, "").await;
    assert!(again.body.contains("You answered at"), "{}", again.body);
    assert_eq!(world.on_record("crisis.answered_yes_for").await, 1);
    let page = world.get(&mut support, &address).await;
    assert!(
        page.body.contains("data-asked=\"yes\"") && page.body.contains("executive says yes"),
        "{}",
        page.body
    );
    for none in ["/yes/marked-token-of-nobody", "/yes/%00", "/yes/..%2F..%2Fetc"] {
        let over = world.get(&mut nobody, none).await;
        assert_eq!(over.status, StatusCode::GONE, "{none}");
        assert!(over.body.contains("This link does not work"), "{none}");
        assert_eq!(world.post(&mut nobody, none, "").await.status, StatusCode::GONE, "{none}");
    }
    world.clock.advance(2 * HOUR);
    assert_eq!(world.get(&mut nobody, link).await.status, StatusCode::GONE, "its time is over");
}

/// The id of an alert that somebody else's watch has sent.
async fn fired(world: &World, by: &mut Walker) -> String {
    world.person("sender", "lead").await;
    let mut sender = world.token_by_command("sender", backend::access::Permission::HandleAlerts).await;
    let labels = r#"{"alertname":"slow","severity":"critical","service":"crisis"}"#;
    let alert =
        format!(r#"{{"version":"4","alerts":[{{"status":"firing","fingerprint":"a","labels":{labels}}}]}}"#);
    let webhook = "/api/v1/alerts/webhook";
    let sent = world.ask(&mut sender, axum::http::Method::POST, webhook, &[], &alert).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    let listed = world.get(by, "/api/v1/alerts").await;
    let listed: serde_json::Value = serde_json::from_str(&listed.body).unwrap();
    listed["alerts"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_alert_that_caused_a_case_is_linked_and_its_story_stands_in_the_timeline() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    let page = world.get(&mut support, &address).await;
    assert!(!page.body.contains("The alert that caused it"), "there is no alert to choose from");
    let alert = fired(&world, &mut support).await;
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains(&format!("<option value=\"{alert}\"")), "{}", page.body);
    let none = world.post(&mut support, &format!("{address}/link"), "to=none").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("There is no such alert."));
    let linked = world.post(&mut support, &format!("{address}/link"), &format!("to={alert}")).await;
    assert_eq!(location(&linked), format!("{address}?done=link"));
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains("Caused by"), "{}", page.body);
    assert!(page.body.contains("The alert that caused it: Fired at level"), "{}", page.body);
    assert_eq!(world.on_record("crisis.linked_an_alert_to").await, 1);
    let unlinked = world.post(&mut support, &format!("{address}/unlink"), "").await;
    assert_eq!(location(&unlinked), format!("{address}?done=unlink"));
    let page = world.get(&mut support, &address).await;
    assert!(!page.body.contains("Caused by") && page.body.contains("the alert did not cause it"));
    let twice = world.post(&mut support, &format!("{address}/unlink"), "").await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}
