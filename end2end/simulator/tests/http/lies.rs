//! Every lie of `lying`, as it arrives.

use std::io::ErrorKind;
use std::time::Duration;

use simulator::lies::Lie;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Answer, Simulator, TOKEN, simulator};

async fn told(lie: &str) -> Answer {
    lying(lie).await.get("/ai/health").await
}

async fn lying(lie: &str) -> Simulator {
    let simulator = simulator().await;
    simulator.switch("lying", &format!(r#","lie":"{lie}""#)).await;
    simulator
}

#[tokio::test]
async fn a_page_of_html() {
    let answer = told("html").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html")));
    assert!(answer.text().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn ten_megabytes() {
    let answer = told("huge").await;
    assert!(answer.body.len() > 10 * 1024 * 1024, "{} bytes", answer.body.len());
    assert_eq!(answer.json()["status"], "healthy");
}

#[tokio::test]
async fn wrong_types() {
    let lie = told("wrong-types").await.json();
    assert!(
        lie["status"].is_u64() && lie["response_time_ms"].is_string() && lie["queue_length"].is_string(),
        "{lie}"
    );
}

#[tokio::test]
async fn values_out_of_range() {
    assert_eq!(told("accuracy-too-high").await.json()["accuracy_rate"], 1.7);
    assert_eq!(told("negative-time").await.json()["response_time_ms"], -250);
    assert_eq!(told("unknown-status").await.json()["status"], "splendid");
}

#[tokio::test]
async fn texts_that_are_not_json() {
    let nan = told("nan").await;
    assert!(nan.text().contains(r#""accuracy_rate":NaN"#), "{}", nan.text());
    let truncated = told("truncated").await;
    assert!(
        truncated.text().starts_with(r#"{""#) && !truncated.text().ends_with('}'),
        "{}",
        truncated.text()
    );
    for answer in [nan, truncated, told("empty").await] {
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
        assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    }
}

#[tokio::test]
async fn a_redirect_to_another_host() {
    let simulator = lying("redirect").await;
    let answer = simulator.get("/ai/health").await;
    let elsewhere = format!("http://127.0.0.2:{}/ai/health", simulator.0.address.port());
    assert_eq!((answer.status, answer.header("location")), (307, Some(elsewhere.as_str())));
    simulator.switch("lying", r#","lie":"redirect","redirect_to":"http://localhost:9/x""#).await;
    assert_eq!(simulator.get("/ai/health").await.header("location"), Some("http://localhost:9/x"));
}

#[tokio::test]
async fn a_byte_a_second() {
    let simulator = lying("byte-a-second").await;
    let mut stream = tokio::net::TcpStream::connect(simulator.0.address).await.unwrap();
    let request =
        format!("GET /ai/health HTTP/1.1\r\nhost: simulator\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let end = tokio::time::timeout(Duration::from_millis(2_500), stream.read_to_end(&mut read)).await;
    assert!(end.is_err(), "it should go on for minutes");
    let text = String::from_utf8_lossy(&read);
    let body = text.split_once("\r\n\r\n").unwrap().1;
    // At once, after one second, and, if the machine is not too busy, after two.
    assert!((2..=3).contains(&body.matches("1\r\n").count()), "{body:?}");
}

#[tokio::test]
async fn a_reset_connection() {
    let error = lying("reset").await.try_get("/ai/health").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_good_answer_of_the_wrong_kind_and_a_500() {
    let answer = told("wrong-content-type").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/octet-stream")));
    assert_eq!(answer.json()["status"], "healthy");
    assert_eq!(told("server-error").await.status, 500);
}

#[tokio::test]
async fn all_lies_come_by_turns_and_stand_in_the_truth() {
    let simulator = simulator().await;
    simulator.switch("lying", "").await;
    for lie in Lie::ALL {
        // Two seconds are enough for all but the byte a second, whose end nobody waits for.
        let waited = tokio::time::timeout(Duration::from_secs(2), simulator.try_get("/ai/health")).await;
        assert_eq!(waited.is_err(), lie == Lie::ByteASecond, "{lie:?}");
    }
    let truth = simulator.read("/control/truth").await;
    let faults: Vec<&str> =
        truth["told"].as_array().unwrap().iter().map(|told| told["fault"].as_str().unwrap()).collect();
    assert_eq!(faults, Lie::ALL.map(|lie| format!("lie: {}", lie.word())));
    assert!(truth["told"][9]["status"].is_null(), "nothing arrived of the reset");
    assert_eq!(simulator.read("/ai/queue").await["pending"].as_u64().map(|pending| pending < 10), Some(true));
}
