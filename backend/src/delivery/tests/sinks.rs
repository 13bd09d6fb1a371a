//! Tiny servers that take what is sent, or do not.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// One request that arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub path: String,
    pub headers: HeaderMap,
    pub body: serde_json::Value,
    pub at: Instant,
}

/// What a sink does with the request of this number, from 0.
pub type Conduct = fn(usize) -> Does;

#[derive(Clone, Copy)]
pub enum Does {
    Takes,
    Answers(u16),
    /// 429 with so many seconds.
    Busy(u32),
    /// So many milliseconds, and then takes it.
    Slow(u64),
}

/// A web server that keeps what it was sent.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    asked: Arc<AtomicUsize>,
    conduct: Conduct,
}

impl Sink {
    pub async fn new(conduct: Conduct) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sink = Sink { address, arrived: Arc::default(), asked: Arc::default(), conduct };
        let router = Router::new().fallback(take).with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        sink
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What had arrived when there were so many.
    pub async fn after(&self, many: usize) -> Vec<Arrived> {
        let enough = async {
            while self.arrived().len() < many {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), enough).await;
        assert!(waited.is_ok(), "only {} of {many} arrived", self.arrived().len());
        self.arrived()
    }
}

async fn take(State(sink): State<Sink>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let number = sink.asked.fetch_add(1, Ordering::SeqCst);
    let at = Instant::now();
    match (sink.conduct)(number) {
        Does::Takes => {}
        Does::Answers(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Does::Busy(seconds) => {
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response();
        }
        Does::Slow(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
    }
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let arrived = Arrived { path: uri.path().to_owned(), headers, body, at };
    sink.arrived.lock().unwrap().push(arrived);
    // As Slack answers; others read no answer.
    let channel = format!("D{number}");
    axum::Json(serde_json::json!({ "ok": true, "channel": channel, "ts": format!("1700.{number}") }))
        .into_response()
}

/// A mail server in plain text that keeps what it took.
#[derive(Clone)]
pub struct MailSink {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
    /// So many mails are taken to the last line, and then the connection is dropped.
    dropped_after_data: Arc<AtomicUsize>,
}

impl MailSink {
    pub async fn new(dropped_after_data: usize) -> MailSink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = MailSink {
            address: listener.local_addr().unwrap(),
            mails: Arc::default(),
            dropped_after_data: Arc::new(AtomicUsize::new(dropped_after_data)),
        };
        let own = sink.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let sink = own.clone();
                tokio::spawn(async move { sink.talk(stream).await.unwrap_or_default() });
            }
        });
        sink
    }

    async fn talk(&self, stream: tokio::net::TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await?;
        let mut mail = String::new();
        while let Some(line) = lines.next_line().await? {
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => write.write_all(b"250-sink\r\n250 8BITMIME\r\n").await?,
                "MAIL" => {
                    mail.clear();
                    write.write_all(b"250 ok\r\n").await?;
                }
                "RCPT" if line.contains("nobody@") => write.write_all(b"550 nobody here\r\n").await?,
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(mail.clone());
                    let drop = |left: usize| left.checked_sub(1);
                    if self.dropped_after_data.fetch_update(Ordering::SeqCst, Ordering::SeqCst, drop).is_ok()
                    {
                        return Ok(());
                    }
                    write.write_all(b"250 taken\r\n").await?;
                }
                "QUIT" => return write.write_all(b"221 bye\r\n").await,
                _ => write.write_all(b"250 ok\r\n").await?,
            }
        }
        Ok(())
    }

    pub async fn after(&self, many: usize) -> Vec<String> {
        let enough = async {
            while self.mails.lock().unwrap().len() < many {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), enough).await;
        assert!(waited.is_ok(), "only {} of {many} mails arrived", self.mails.lock().unwrap().len());
        self.mails.lock().unwrap().clone()
    }
}
