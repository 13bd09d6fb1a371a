//! Load as browsers make it: connections that stay open, one page after the other on each.
//!
//! One thread waits for all of them at once, so that the load takes little from what it measures.

use super::first_view::charts;
use super::line::Line;
use crate::children;
use crate::http;
use anyhow::{Context, Result, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What was seen of one page under load.
pub struct Seen {
    /// Milliseconds for each page, shortest first.
    times: Vec<f64>,
    took: Duration,
}

impl Seen {
    pub fn percentile(&self, share: f64) -> f64 {
        percentile(&self.times, share)
    }

    pub fn a_second(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }

    pub fn lines(&self, what: &str, pages: f64, p99: f64) -> Vec<Line> {
        vec![
            Line::at_least(&format!("{what}, 32 connections"), self.a_second(), pages, "pages/s"),
            Line::at_most(&format!("{what}: p99"), self.percentile(0.99), p99, "ms"),
            Line::told(&format!("{what}: median"), self.percentile(0.5), "ms"),
        ]
    }
}

/// Of sorted numbers; not a number when there are none.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

/// One request on a new connection, as the first visitor makes it.
pub fn one(address: &str, cookie: &str, path: &str) -> Result<Duration> {
    let began = Instant::now();
    let answer = http::get(address, path, &["Accept-Encoding: br", &format!("Cookie: {cookie}")])?;
    if answer.status != 200 {
        bail!("{path} answered {}", answer.status);
    }
    Ok(began.elapsed())
}

/// Asks for a page, with the charts that it shows as images, on `count` connections for `length`.
pub fn page(address: &str, cookie: &str, path: &str, count: usize, length: Duration) -> Result<Seen> {
    println!("    on {count} connections for {} s", length.as_secs());
    page_while(address, cookie, path, count, |so_far| so_far < length)
}

/// The same, as long as `goes_on` says so, which is told how long it has gone on.
pub fn page_while(
    address: &str,
    cookie: &str,
    path: &str,
    count: usize,
    goes_on: impl Fn(Duration) -> bool,
) -> Result<Seen> {
    let html = http::get(address, path, &[&format!("Cookie: {cookie}")])?;
    if html.status != 200 {
        bail!("{path} answers {}", html.status);
    }
    let mut paths = vec![path.to_owned()];
    paths.extend(charts(&String::from_utf8_lossy(&html.body)));
    println!("    a page is {} requests", paths.len());
    requests_while(address, cookie, &paths, 200, count, goes_on)
}

/// How many redirects a second the console answers with at this address: of all answers the smallest.
pub fn redirects(
    address: &str,
    cookie: &str,
    path: &str,
    status: u16,
    count: usize,
    length: Duration,
) -> Result<f64> {
    let paths = [path.to_owned()];
    let seen = requests_while(address, cookie, &paths, status, count, |so_far| so_far < length)?;
    Ok(seen.a_second())
}

fn requests_while(
    address: &str,
    cookie: &str,
    paths: &[String],
    status: u16,
    count: usize,
    goes_on: impl Fn(Duration) -> bool,
) -> Result<Seen> {
    let requests: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| {
            format!(
                "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nAccept-Encoding: br\r\nCookie: {cookie}\r\n\r\n"
            )
            .into_bytes()
        })
        .collect();

    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(count);
    let target: SocketAddr = address.parse().context("not an address")?;
    let mut connections = Vec::new();
    for number in 0..count {
        let std_stream = std::net::TcpStream::connect(target)?;
        std_stream.set_nodelay(true)?;
        std_stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(std_stream);
        poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
        let (began, answer) = (Instant::now(), Answer::of(status));
        connections.push(Connection { stream, status, next: 0, began, answer });
    }
    let began = Instant::now();
    for connection in &mut connections {
        connection.ask(&requests)?;
    }
    let mut times = Vec::new();
    let mut buffer = vec![0; 256 * 1024];
    while goes_on(began.elapsed()) && !children::interrupted() {
        poll.poll(&mut events, Some(Duration::from_millis(100)))?;
        for event in &events {
            let connection = &mut connections[event.token().0];
            connection.read(&requests, &mut buffer, &mut times)?;
        }
    }
    let took = began.elapsed();
    times.sort_by(f64::total_cmp);
    Ok(Seen { times, took })
}

struct Connection {
    stream: TcpStream,
    /// What every answer has to be.
    status: u16,
    /// Which request of the page is under way.
    next: usize,
    /// When the page's first request was sent.
    began: Instant,
    answer: Answer,
}

impl Connection {
    fn ask(&mut self, requests: &[Vec<u8>]) -> Result<()> {
        if self.next == 0 {
            self.began = Instant::now();
        }
        // A request is far smaller than the socket's buffer, so it goes out whole.
        self.stream.write_all(&requests[self.next]).context("a request could not be sent")
    }

    /// Reads all there is, asks for what comes next, and notes the milliseconds of each page that ended.
    fn read(&mut self, requests: &[Vec<u8>], buffer: &mut [u8], times: &mut Vec<f64>) -> Result<()> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => bail!("the console closed a connection under load"),
                Ok(length) => {
                    if self.answer.take_in(&buffer[..length])? {
                        self.answer = Answer::of(self.status);
                        self.next = (self.next + 1) % requests.len();
                        if self.next == 0 {
                            times.push(self.began.elapsed().as_secs_f64() * 1_000.0);
                        }
                        self.ask(requests)?;
                    }
                }
                Err(problem) if problem.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(problem) => return Err(problem).context("a connection broke under load"),
            }
        }
    }
}

/// As much of an answer as is needed to see its end.
struct Answer {
    /// `http/1.1 200 `
    begins: String,
    head: Vec<u8>,
    /// Bytes of the body still to come; `None` while the head is read or when it comes in chunks.
    left: Option<usize>,
    /// The last bytes of a body in chunks.
    tail: Option<Vec<u8>>,
}

const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

impl Answer {
    fn of(status: u16) -> Answer {
        Answer { begins: format!("http/1.1 {status} "), head: Vec::new(), left: None, tail: None }
    }

    /// `true` when the answer is complete. Nothing is sent before that, so it ends where the bytes end.
    fn take_in(&mut self, bytes: &[u8]) -> Result<bool> {
        if let Some(left) = self.left {
            self.left = Some(left.saturating_sub(bytes.len()));
        } else if let Some(tail) = &mut self.tail {
            tail.extend_from_slice(&bytes[bytes.len().saturating_sub(LAST_CHUNK.len())..]);
        } else {
            self.head.extend_from_slice(bytes);
            let Some(end) = self.head.windows(4).position(|four| four == b"\r\n\r\n") else {
                return Ok(false);
            };
            let head = String::from_utf8_lossy(&self.head[..end]).to_ascii_lowercase();
            if !head.starts_with(&self.begins) {
                bail!("under load an answer was: {}", head.lines().next().unwrap_or_default());
            }
            let body = &self.head[end + 4..];
            match head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
            {
                Some(length) => self.left = Some(length.saturating_sub(body.len())),
                None => self.tail = Some(body.to_vec()),
            }
        }
        Ok(self.left == Some(0) || self.tail.as_ref().is_some_and(|tail| tail.ends_with(LAST_CHUNK)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_pieces_is_seen_to_its_end() {
        let mut answer = Answer::of(200);
        assert!(!answer.take_in(b"HTTP/1.1 200 OK\r\nContent-Len").unwrap());
        assert!(!answer.take_in(b"gth: 5\r\n\r\nab").unwrap());
        assert!(answer.take_in(b"cde").unwrap());
    }

    #[test]
    fn chunks_end_with_the_empty_one() {
        let mut answer = Answer::of(200);
        assert!(!answer.take_in(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc").unwrap());
        assert!(!answer.take_in(b"\r\n0\r").unwrap());
        assert!(answer.take_in(b"\n\r\n").unwrap());
    }

    #[test]
    fn an_error_under_load_is_an_error() {
        assert!(Answer::of(200).take_in(b"HTTP/1.1 503 Busy\r\n\r\n").is_err());
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let times: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&times, 0.5), 50.0);
        assert_eq!(percentile(&times, 0.99), 99.0);
        assert_eq!(percentile(&times[..1], 0.99), 1.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
