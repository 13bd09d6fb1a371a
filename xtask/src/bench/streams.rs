//! A thousand open pages: how soon each has a sample on its screen, and what one costs the console.

use super::line::Line;
use super::load::percentile;
use super::stage_set::resident_kilobytes;
use crate::children;
use anyhow::{Context, Result, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const STREAMS: usize = 1_000;
const WATCH_FOR: Duration = Duration::from_secs(40);

/// How far one sample has got.
#[derive(Default)]
struct Spread {
    screens: usize,
    /// Milliseconds from the answer to the last screen.
    last: f64,
}

pub fn measure(address: &str, cookie: &str, process: u32) -> Result<Vec<Line>> {
    // Let the first polls and the first page be over: what they take is not the streams'.
    super::load::one(address, cookie, "/performance")?;
    sleep(Duration::from_secs(3));
    let before = resident_kilobytes(process)?;
    let mut poll = Poll::new()?;
    let mut streams = open(address, cookie, &poll)?;
    let spreads = watch(&mut poll, &mut streams)?;
    let after = resident_kilobytes(process)?;

    let mut delays: Vec<f64> =
        spreads.values().filter(|spread| spread.screens == STREAMS).map(|spread| spread.last).collect();
    delays.sort_by(f64::total_cmp);
    let lost = spreads.len() - delays.len();
    println!("    {} samples reached every screen, {lost} did not", delays.len());
    if delays.is_empty() {
        bail!("no sample reached all {STREAMS} streams");
    }
    Ok(vec![
        Line::at_most("1,000 streams: a sample on all screens, median", percentile(&delays, 0.5), 20.0, "ms"),
        Line::at_most("1,000 streams: p99", percentile(&delays, 0.99), 100.0, "ms"),
        Line::at_most("1,000 streams: samples that missed a screen", lost as f64, 0.0, ""),
        Line::at_most("1,000 streams: memory of each", (after - before) / STREAMS as f64, 10.0, "KB"),
    ])
}

/// One open page: milliseconds from each answer of the platform, whose times `answers` tells, to its frame; shortest first.
pub fn one(
    address: &str,
    cookie: &str,
    length: Duration,
    answers: impl Fn() -> Vec<Instant>,
) -> Result<Vec<f64>> {
    let mut socket = std::net::TcpStream::connect(address)?;
    socket.write_all(request(address, cookie).as_bytes())?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let (mut rest, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    let (mut delays, mut last) = (Vec::new(), None);
    let began = Instant::now();
    while began.elapsed() < length && !children::interrupted() {
        let read = socket.read(&mut buffer).context("a stream fell silent")?;
        if read == 0 {
            bail!("the console closed a stream");
        }
        let now = Instant::now();
        rest.extend_from_slice(&buffer[..read]);
        for sample in frames(&mut rest) {
            // The first frame is of an answer before the page was open.
            if last.replace(sample).is_some_and(|last| last != sample)
                && let Some(answer) = answers().into_iter().rfind(|answer| *answer <= now)
            {
                delays.push(now.duration_since(answer).as_secs_f64() * 1_000.0);
            }
        }
    }
    delays.sort_by(f64::total_cmp);
    Ok(delays)
}

/// One open page: the times, in milliseconds since 1970, at which frames came that hold these words.
pub fn hear(
    address: &str,
    cookie: &str,
    words: &str,
    heard: &Mutex<Vec<f64>>,
    goes_on: impl Fn() -> bool,
) -> Result<()> {
    let mut socket = std::net::TcpStream::connect(address)?;
    socket.write_all(request(address, cookie).as_bytes())?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let (mut rest, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    while goes_on() && !children::interrupted() {
        let read = match socket.read(&mut buffer) {
            Ok(0) => bail!("the console closed a stream"),
            Ok(read) => read,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) => return Err(error).context("a stream broke off"),
        };
        let now = epoch_milliseconds();
        rest.extend_from_slice(&buffer[..read]);
        let of_them = whole(&mut rest).into_iter().filter(|frame| frame.contains(words));
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend(of_them.map(|_| now));
    }
    Ok(())
}

fn request(address: &str, cookie: &str) -> String {
    format!(
        "GET /live HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\nCookie: {cookie}\r\n\r\n"
    )
}

struct Stream {
    socket: TcpStream,
    /// The start of a frame whose end has not come yet.
    rest: Vec<u8>,
}

fn open(address: &str, cookie: &str, poll: &Poll) -> Result<Vec<Stream>> {
    let target: SocketAddr = address.parse().context("not an address")?;
    let request = request(address, cookie);
    let mut streams = Vec::new();
    for number in 0..STREAMS {
        let mut socket = std::net::TcpStream::connect(target).context("a stream cannot be opened")?;
        socket.set_nodelay(true)?;
        socket.write_all(request.as_bytes())?;
        socket.set_nonblocking(true)?;
        let mut socket = TcpStream::from_std(socket);
        poll.registry().register(&mut socket, Token(number), Interest::READABLE)?;
        streams.push(Stream { socket, rest: Vec::new() });
    }
    Ok(streams)
}

/// Counts only samples whose answer arrived after all streams were open, and leaves out the last seconds',
/// which may still be on their way.
fn watch(poll: &mut Poll, streams: &mut [Stream]) -> Result<BTreeMap<i64, Spread>> {
    let mut spreads: BTreeMap<i64, Spread> = BTreeMap::new();
    let mut events = Events::with_capacity(STREAMS);
    let mut buffer = vec![0; 64 * 1024];
    let began = Instant::now();
    let from = epoch_milliseconds() as i64 + 2_000;
    while began.elapsed() < WATCH_FOR && !children::interrupted() {
        poll.poll(&mut events, Some(Duration::from_millis(100)))?;
        for event in &events {
            let stream = &mut streams[event.token().0];
            loop {
                match stream.socket.read(&mut buffer) {
                    Ok(0) => bail!("the console closed a stream"),
                    Ok(length) => {
                        let now = epoch_milliseconds();
                        for answered_at in stream.take_in(&buffer[..length]) {
                            let spread = spreads.entry(answered_at).or_default();
                            spread.screens += 1;
                            spread.last = spread.last.max(now - answered_at as f64);
                        }
                    }
                    Err(problem) if problem.kind() == ErrorKind::WouldBlock => break,
                    Err(problem) => return Err(problem).context("a stream broke"),
                }
            }
        }
    }
    let until = epoch_milliseconds() as i64 - 2_000;
    spreads.retain(|answered_at, _| (from..until).contains(answered_at));
    Ok(spreads)
}

impl Stream {
    /// The times of the answers in the frames that these bytes complete; each is told once a frame.
    fn take_in(&mut self, bytes: &[u8]) -> Vec<i64> {
        self.rest.extend_from_slice(bytes);
        frames(&mut self.rest)
    }
}

/// Takes the whole frames away: the times of the answers in them.
fn frames(rest: &mut Vec<u8>) -> Vec<i64> {
    whole(rest).iter().filter_map(|frame| answered_at(frame)).collect()
}

/// The frames that are whole, taken out of what has come.
fn whole(rest: &mut Vec<u8>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\n\n") {
        let frame: Vec<u8> = rest.drain(..end + 2).collect();
        found.push(String::from_utf8_lossy(&frame).into_owned());
    }
    found
}

/// `"answered_at":1795478400123` in the data of a frame.
fn answered_at(frame: &str) -> Option<i64> {
    let (_, rest) = frame.split_once("\"answered_at\":")?;
    rest.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
}

/// Now, since 1970.
#[expect(clippy::disallowed_methods, reason = "times of two programs are compared")]
pub fn epoch_milliseconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_answer_is_read_from_a_frame() {
        let frame = "id: 7\nevent: frame\ndata: {\"revision\":7,\"answered_at\":1795478400123,\"poll_every\":1000}\n\n";
        assert_eq!(answered_at(frame), Some(1_795_478_400_123));
        assert_eq!(answered_at("data: {\"answered_at\":null}\n\n"), None);
        assert_eq!(answered_at(": keep-alive\n\n"), None);
    }
}
