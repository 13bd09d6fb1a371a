//! A simulator on a free port, and the smallest HTTP client that sees how a connection ends.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use simulator::scenario::Scenario;
use simulator::serve::{Running, Settings, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const TOKEN: &str = "secret";
/// A Tuesday.
pub const START: &str = "2026-11-24T12:00:00Z";

pub struct Simulator(pub Running);

/// One answer, read until the connection was closed.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// At real speed.
pub async fn simulator() -> Simulator {
    fast_simulator(1.0).await
}

/// Whose time runs `speed` times as fast.
pub async fn fast_simulator(speed: f64) -> Simulator {
    let settings = Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        seed: 7,
        name: "wedsync".into(),
        token: TOKEN.into(),
        start: START.parse().unwrap(),
        speed,
        scenario: Scenario::Calm,
        truth: None,
    };
    Simulator(start(settings).await.unwrap())
}

impl Simulator {
    pub async fn get(&self, path: &str) -> Answer {
        self.try_get(path).await.unwrap()
    }

    /// The JSON of an answer that must be 200.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub async fn try_get(&self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, &format!("authorization: Bearer {TOKEN}\r\n"), "").await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let headers = format!("authorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\n");
        self.send("POST", path, &headers, body).await.unwrap()
    }

    /// Asks the cluster for something.
    pub async fn k8s(&self, method: &str, path: &str, content_type: &str, body: &Value) -> Answer {
        let headers = format!(
            "authorization: Bearer {TOKEN}\r\ncontent-type: {content_type}\r\nx-request-id: test-{method}\r\n"
        );
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, &format!("/k8s{path}"), &headers, &body).await.unwrap()
    }

    /// Switches the scenario, with `more` fields of the order.
    pub async fn switch(&self, scenario: &str, more: &str) {
        let answer = self.post("/control/scenario", &format!(r#"{{"scenario":"{scenario}"{more}}}"#)).await;
        assert_eq!(
            (answer.status, answer.json()["scenario"].as_str()),
            (200, Some(scenario)),
            "{}",
            answer.text()
        );
    }

    pub async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.0.address).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: simulator\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        parse(&bytes).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head, body: bytes[end + 4..].to_vec() })
}
