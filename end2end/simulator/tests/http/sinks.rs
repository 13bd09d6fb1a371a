//! Where pages to staff arrive: chat, mail, PagerDuty, webhooks; what is ordered against them; a button that is pressed.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{
    scenario::Scenario,
    serve::{Settings, start_with},
    sinks,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::client::{START, Simulator, TOKEN, simulator};

async fn with_sinks(sinks: sinks::Settings) -> Simulator {
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        seed: 7,
        name: "wedsync".into(),
        token: TOKEN.into(),
        start: START.parse().unwrap(),
        speed: 1.0,
        scenario: Scenario::Calm,
        truth: None,
    };
    Simulator(start_with(settings, sinks).await.unwrap())
}

async fn arrived(simulator: &Simulator, kind: &str) -> Vec<Value> {
    let told = simulator.read(&format!("/control/arrived?kind={kind}")).await;
    told["arrived"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_chat_keeps_threads_and_changes_messages_in_place() {
    let simulator = simulator().await;
    let posted =
        simulator.post("/api/chat.postMessage", r#"{"channel":"U0ADA","text":"<b>first"}"#).await.json();
    assert_eq!((posted["ok"].as_bool(), posted["channel"].as_str()), (Some(true), Some("D0ADA")));
    let ts = posted["ts"].as_str().unwrap();
    let changed = json!({ "channel": "D0ADA", "ts": ts, "text": "second" }).to_string();
    assert_eq!(simulator.post("/api/chat.update", &changed).await.json()["ok"], true);
    let reply = json!({ "channel": "D0ADA", "thread_ts": ts, "text": "below" }).to_string();
    simulator.post("/api/chat.postMessage", &reply).await;
    let missing = simulator.post("/api/chat.update", r#"{"channel":"D0ADA","ts":"1","text":"x"}"#).await;
    assert_eq!(missing.json(), json!({ "ok": false, "error": "message_not_found" }));
    assert_eq!(simulator.post("/hooks/ops", r#"{"text":"by a hook"}"#).await.text(), "ok");
    assert_eq!(arrived(&simulator, "chat").await.len(), 5);
    let page = simulator.get("/chat").await.text();
    assert!(page.contains("second") && !page.contains("&lt;b&gt;first"), "{page}");
    assert!(page.contains("by a hook") && page.contains("class=\"reply\""), "{page}");
}

#[tokio::test]
async fn a_sink_refuses_waits_and_drops_on_command() {
    let simulator = simulator().await;
    let order = |fault: &'static str| simulator.post("/control/fault", fault);
    order(r#"{"route":"/hooks/ops","status":429,"retry_after":3,"times":1}"#).await;
    let refused = simulator.post("/hooks/ops", "{}").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("3")));
    assert!(arrived(&simulator, "chat").await.is_empty(), "what was refused did not arrive");
    order(r#"{"route":"/v2/enqueue","delay_ms":150,"times":1}"#).await;
    let began = Instant::now();
    let event = r#"{"routing_key":"k","event_action":"trigger","dedup_key":"d"}"#;
    assert_eq!(simulator.post("/v2/enqueue", event).await.status, 202);
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(simulator.post("/v2/enqueue", r#"{"event_action":"trigger"}"#).await.status, 400);
    order(r#"{"route":"/webhooks/desk","drop":true,"times":1}"#).await;
    let headers = format!("authorization: Bearer {TOKEN}\r\nwebhook-id: w-1\r\n");
    simulator.send("POST", "/webhooks/desk", &headers, "{}").await.unwrap_err();
    let webhooks = arrived(&simulator, "webhook").await;
    assert_eq!(webhooks[0]["headers"]["webhook-id"], "w-1", "it was taken before the connection was dropped");
    assert_eq!(arrived(&simulator, "pagerduty").await.len(), 1);
}

/// Says one line and returns the answer's last line; an empty one when the connection was closed.
async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> String {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    loop {
        let mut answer = String::new();
        stream.read_line(&mut answer).await.unwrap();
        if answer.as_bytes().get(3) != Some(&b'-') {
            return answer.trim_end().to_owned();
        }
    }
}

async fn mail(address: std::net::SocketAddr, subject: &str) -> String {
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut hello = String::new();
    stream.read_line(&mut hello).await.unwrap();
    assert!(hello.starts_with("220 "), "{hello}");
    assert!(say(&mut stream, "EHLO test").await.starts_with("250 "));
    assert!(say(&mut stream, "MAIL FROM:<bellwether@example.com>").await.starts_with("250"));
    assert!(say(&mut stream, "RCPT TO:<ada@example.com>").await.starts_with("250"));
    assert!(say(&mut stream, "DATA").await.starts_with("354"));
    say(&mut stream, &format!("Subject: {subject}\r\n\r\nHello <ada>\r\n..dotted\r\n.")).await
}

#[tokio::test]
async fn the_mail_server_takes_refuses_and_breaks_off_after_the_last_line() {
    let smtp = Some("127.0.0.1:0".parse().unwrap());
    let simulator = with_sinks(sinks::Settings { smtp, ..sinks::Settings::default() }).await;
    let address = simulator.0.smtp.unwrap();
    assert_eq!(mail(address, "one").await, "250 taken");
    simulator.post("/control/fault", r#"{"route":"/smtp","status":451,"times":1}"#).await;
    assert_eq!(mail(address, "two").await, "451 as ordered");
    simulator.post("/control/fault", r#"{"route":"/smtp","drop":true,"times":1}"#).await;
    assert_eq!(mail(address, "three").await, "");
    let mails = arrived(&simulator, "mail").await;
    let subjects: Vec<_> = mails.iter().map(|mail| mail["headers"]["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["one", "three"]);
    assert_eq!(mails[0]["headers"]["envelope-to"], "ada@example.com");
    assert!(mails[0]["body"].as_str().unwrap().contains("\n.dotted\n"));
    assert!(simulator.get("/mail").await.text().contains("Hello &lt;ada&gt;"));
}

#[tokio::test]
async fn a_pressed_button_is_told_to_the_console_as_slack_signs_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let console = format!("http://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 4_096];
        let read = stream.read(&mut heard).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
        String::from_utf8_lossy(&heard[..read]).into_owned()
    });
    let settings =
        sinks::Settings { smtp: None, console: Some(console), signing_secret: Some("secret".to_owned()) };
    let simulator = with_sinks(settings).await;
    let press = r#"{"user":"U0ADA","action_id":"alert_acknowledge","value":"a1","channel":"C1","ts":"1"}"#;
    assert_eq!(simulator.post("/chat/press", press).await.json(), json!({ "status": 200, "body": "ok" }));
    let heard = heard.await.unwrap();
    assert!(heard.starts_with("POST /api/v1/slack/interactions HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains("X-Slack-Signature: v0="), "{heard}");
    assert!(heard.contains("payload=%7B") && heard.contains("alert_acknowledge"), "{heard}");
}
