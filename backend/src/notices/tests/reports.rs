use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use serde_json::{Value, json};

use super::*;

/// As Standard Webhooks signs.
fn signed(body: &Value, now: i64) -> (HeaderMap, String) {
    let body = body.to_string();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"marked-password-of-texts").unwrap();
    mac.update(format!("msg_1.{now}.{body}").as_bytes());
    let mut headers = HeaderMap::new();
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    for (name, value) in
        [("webhook-id", "msg_1"), ("webhook-timestamp", &now.to_string()), ("webhook-signature", &signature)]
    {
        headers.insert(name, value.parse().unwrap());
    }
    (headers, body)
}

async fn told(desk: &Desk, attempt: &AttemptId, event: &str) -> usize {
    let body = json!({ "message_id": attempt.message_id("console.example.com"), "event": event });
    let (headers, body) = signed(&body, 1_000);
    let sent = SentReport { headers: &headers, body: body.as_bytes(), now: 1_100 };
    desk.notices.report(Provider::Generic, &sent).await.unwrap()
}

#[tokio::test]
async fn a_bounce_takes_back_what_they_know_and_a_delivery_settles_it() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let working = Working::start(&desk.notices);
        let (bounces, arrives) = (desk.elena().await, desk.elena().await);
        let bounced = desk.send(&desk.wish(&bounces)).await.unwrap();
        let arrived = desk.send(&desk.wish(&arrives)).await.unwrap();
        assert_eq!(told(&desk, &AttemptId("none".to_owned()), "bounced").await, 0);
        desk.becomes(&bounced, "sent").await;
        desk.becomes(&arrived, "sent").await;
        assert_eq!(told(&desk, &bounced, "bounced").await, 1);
        assert_eq!(told(&desk, &bounced, "bounced").await, 0);
        assert_eq!(desk.attempt(&bounced).await.state_word(), "failed");
        assert!(!desk.case(&bounces).await.told.contains_key(&Purpose::WeKnow));
        assert_eq!(desk.step(&bounces, Purpose::WeKnow).await, StepState::Open);
        let open = desk.cases.resolve(&desk.work(), &bounces, "").await.unwrap_err().to_string();
        assert!(open.contains("failed, and no other attempt was made"), "{open}");
        assert_eq!(told(&desk, &arrived, "delivered").await, 1);
        assert_eq!(desk.attempt(&arrived).await.state_word(), "delivered");
        // A bounce counts whenever it comes.
        assert_eq!(told(&desk, &arrived, "bounced").await, 1);
        assert_eq!(desk.attempt(&arrived).await.state_word(), "failed");
        let said = desk.sentences().await;
        assert!(said[0].contains("heard of the bounce of a notice to the couple of case"), "{said:?}");
        working.end().await;
    }
}

#[tokio::test]
async fn a_provider_ends_a_doubt() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        sink.cuts(1);
        let working = Working::start(&desk.notices);
        let id = desk.elena().await;
        let attempt = desk.send(&desk.wish(&id)).await.unwrap();
        desk.becomes(&attempt, "in doubt").await;
        assert_eq!(told(&desk, &attempt, "delivered").await, 1);
        assert!(desk.case(&id).await.told.contains_key(&Purpose::WeKnow));
        assert!(matches!(desk.step(&id, Purpose::WeKnow).await, StepState::Done { .. }));
        working.end().await;
    }
}

#[tokio::test]
async fn only_whoever_signs_is_believed() {
    let desk = Desk::of(testing::sqlite().await, nowhere()).await;
    let body = json!({ "message_id": "<x>", "event": "bounced" });
    let (headers, text) = signed(&body, 1_000);
    let refused = |body: String, now: i64, headers: HeaderMap, provider: Provider| {
        let notices = desk.notices.clone();
        async move {
            let sent = SentReport { headers: &headers, body: body.as_bytes(), now };
            notices.report(provider, &sent).await.unwrap_err()
        }
    };
    let late = refused(text.clone(), 1_301, headers.clone(), Provider::Generic).await;
    assert!(matches!(late, ReportRefused::NotSigned(_)), "{late}");
    let other =
        refused(text.replace("bounced", "delivered"), 1_000, headers.clone(), Provider::Generic).await;
    assert!(matches!(other, ReportRefused::NotSigned(_)), "{other}");
    let none = refused(text.clone(), 1_000, HeaderMap::new(), Provider::Generic).await;
    assert!(matches!(none, ReportRefused::NotSigned(_)), "{none}");
    for provider in [Provider::Ses, Provider::SendGrid, Provider::Mailgun, Provider::Postmark] {
        let none = refused(text.clone(), 1_000, headers.clone(), provider).await;
        assert!(matches!(none, ReportRefused::NotConfigured(of) if of == provider), "{none}");
    }
}
