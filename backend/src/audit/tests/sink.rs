//! A receiver to test against: real sockets, syslog with octet counting or HTTP, plain or TLS, that can be killed.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Manner {
    Syslog,
    /// Accepts, and reads nothing.
    Deaf,
    /// Answers this to every post; keeps what it takes with a 2xx.
    Http(u16),
}

/// What arrived, over all its lives.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<(i64, String)>>>);

impl Kept {
    pub fn sequences(&self) -> Vec<i64> {
        self.0.lock().unwrap().iter().map(|(sequence, _)| *sequence).collect()
    }

    /// The sequences in the order of their first arrival: what is left when doubles are dropped.
    pub fn once(&self) -> Vec<i64> {
        let mut once = Vec::new();
        for sequence in self.sequences() {
            if !once.contains(&sequence) {
                once.push(sequence);
            }
        }
        once
    }

    pub fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(_, text)| text.clone()).collect()
    }

    pub async fn until(&self, count: usize) {
        for _ in 0..600 {
            if self.once().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("only {} of {count} arrived", self.once().len());
    }
}

pub struct Sink(JoinHandle<()>);

impl Sink {
    /// Lives until it is killed.
    pub async fn start(address: SocketAddr, manner: Manner, tls: Option<TlsAcceptor>, kept: &Kept) -> Sink {
        let listener = TcpListener::bind(address).await.unwrap();
        let kept = kept.clone();
        Sink(tokio::spawn(async move {
            // Dropped with this task: its sockets die with it.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, kept) = (tls.clone(), kept.clone());
                connections.spawn(async move {
                    match tls {
                        None => serve(stream, manner, &kept).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, manner, &kept).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        }))
    }

    pub async fn kill(self) {
        self.0.abort();
        self.0.await.ok();
    }
}

/// A free port of this machine.
pub fn somewhere() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, manner: Manner, kept: &Kept) -> Option<()> {
    match manner {
        Manner::Deaf => std::future::pending().await,
        Manner::Syslog => loop {
            let length = until(&mut stream, b" ").await?;
            let mut message = vec![0; length.trim().parse().unwrap()];
            stream.read_exact(&mut message).await.ok()?;
            let message = String::from_utf8(message).unwrap();
            assert!(message.starts_with('<') && message.contains(">1 "), "{message}");
            let sequence = message.split_once("sequence=\"").unwrap().1.split_once('"').unwrap().0;
            kept.0.lock().unwrap().push((sequence.parse().unwrap(), message));
        },
        Manner::Http(status) => loop {
            let head = until(&mut stream, b"\r\n\r\n").await?.to_ascii_lowercase();
            let length = head.split_once("content-length: ").unwrap().1.split_once("\r\n").unwrap().0;
            let mut body = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut body).await.ok()?;
            if (200..300).contains(&status) {
                let records: Vec<serde_json::Value> = serde_json::from_slice(&body).unwrap();
                let records =
                    records.iter().map(|record| (record["sequence"].as_i64().unwrap(), record.to_string()));
                kept.0.lock().unwrap().extend(records);
            }
            let answer =
                format!("HTTP/1.1 {status} x\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.ok()?;
        },
    }
}

async fn until(stream: &mut (impl AsyncRead + Unpin), end: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    while !text.ends_with(end) {
        text.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(text).unwrap())
}
