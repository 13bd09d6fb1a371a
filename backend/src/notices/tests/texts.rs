//! Notices by text message, to a real web server that takes them, refuses them, puts them off or says nothing.

use super::*;
use crate::{
    connect::webhook::signed,
    delivery::tests::sinks::{Does, Sink as WebSink},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;

fn text(desk: &Desk, case: &CaseId) -> Wish {
    Wish { way: Way::Sms, ..desk.wish(case) }
}

/// Presses, and waits until it is known what became of it.
async fn pressed(conduct: fn(usize) -> Does, becomes: &str) -> (Desk, WebSink, Attempt, CaseId) {
    let sink = WebSink::new(conduct).await;
    let desk = Desk::of(testing::sqlite().await, sink.address).await;
    let working = Working::start(&desk.notices);
    let case = desk.elena().await;
    let id = desk.send(&text(&desk, &case)).await.unwrap();
    let attempt = desk.becomes(&id, becomes).await;
    working.end().await;
    (desk, sink, attempt, case)
}

#[tokio::test]
async fn whoever_sends_them_gets_the_number_and_the_text_signed_and_once() {
    let (desk, sink, attempt, case) = pressed(|_| Does::Takes, "sent").await;
    assert!(desk.case(&case).await.told.contains_key(&Purpose::WeKnow));
    assert!(matches!(desk.step(&case, Purpose::WeKnow).await, StepState::Done { .. }));
    let arrived = sink.arrived();
    let [one] = &arrived[..] else { panic!("{} arrived", arrived.len()) };
    assert_eq!(one.path, "/sms");
    assert_eq!(one.body["type"], "notice.text_message");
    assert_eq!(one.body["id"], attempt.id.0);
    assert_eq!(one.body["to"], "+46701234118");
    assert_eq!(one.body["language"], "sv");
    let read = desk.notices.read(&desk.see(), &attempt.id).await.unwrap();
    assert_eq!(one.body["text"], read.letter.text.expose());
    let header = |name: &str| one.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("webhook-id"), attempt.id.0);
    let body = serde_json::to_string(&one.body).unwrap();
    let mac =
        signed(b"marked-password-of-texts", &attempt.id.0, &header("webhook-timestamp"), body.as_bytes())
            .unwrap();
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
}

#[tokio::test]
async fn what_is_refused_for_good_failed_and_nobody_counts_as_told() {
    let (desk, sink, attempt, case) = pressed(|_| Does::Answers(404), "failed").await;
    assert!(matches!(attempt.state, AttemptState::Failed { .. }), "{attempt:?}");
    assert!(desk.case(&case).await.told.is_empty());
    assert_eq!(sink.asked(), 1);
}

#[tokio::test]
async fn what_is_put_off_is_tried_again_later() {
    let sink = WebSink::new(|number| if number == 0 { Does::Answers(503) } else { Does::Takes }).await;
    let desk = Desk::of(testing::sqlite().await, sink.address).await;
    let working = Working::start(&desk.notices);
    let case = desk.elena().await;
    let id = desk.send(&text(&desk, &case)).await.unwrap();
    for _ in 0..4_000 {
        if matches!(desk.attempt(&id).await.state, AttemptState::Queued { tries: 1, .. }) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(sink.arrived().is_empty());
    desk.clock.advance(MINUTE);
    desk.becomes(&id, "sent").await;
    assert_eq!(sink.arrived().len(), 1);
    working.end().await;
}

#[tokio::test]
async fn where_no_answer_comes_a_person_decides_and_none_is_sent_again() {
    let (desk, sink, attempt, case) = pressed(|_| Does::Slow(8_000), "in doubt").await;
    assert!(desk.case(&case).await.told.is_empty());
    let again = desk.send(&text(&desk, &case)).await.unwrap_err();
    assert!(matches!(again, NoticeRefused::Refusal(_)), "{again}");
    assert_eq!(sink.asked(), 1);
    assert!(matches!(attempt.state, AttemptState::InDoubt { .. }));
}
