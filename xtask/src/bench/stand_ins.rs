//! What stands in for others while pages are measured: a platform that one metric after the other gets bad at, and those
//! who take what staff are told. In this process, so that one clock times both ends.

use anyhow::Result;
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// One request, as far as anybody here looks at it.
pub struct Asked {
    pub path: String,
    pub body: String,
}

/// Listens on a free port, and lets `answer` say the JSON to each request, each connection on a thread of its own. Listens
/// until the process ends.
fn listen(answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || serve(stream, &*answer));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Asked) -> String) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 64 * 1024];
    loop {
        while let Some((asked, length)) = whole(&bytes) {
            bytes.drain(..length);
            let body = answer(&asked);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
            write!(stream, "{head}{}\r\n\r\n{body}", body.len()).ok()?;
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            length => bytes.extend_from_slice(&buffer[..length]),
        }
    }
}

/// The first whole request in these bytes, and how many of them it takes.
fn whole(bytes: &[u8]) -> Option<(Asked, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let body = bytes.get(end + 4..end + 4 + length)?;
    let path = head.split(' ').nth(1)?.to_owned();
    Some((Asked { path, body: String::from_utf8_lossy(body).into_owned() }, end + 4 + length))
}

/// What each metric is called in the text of a page: no name is the beginning of another.
pub fn label(number: usize) -> String {
    format!("Metric {number:04}")
}

/// At its n-th answer the n-th metric is past its critical line; at the next it is well again.
#[derive(Clone)]
pub struct Platform {
    pub address: SocketAddr,
    answers: Arc<Mutex<Vec<Instant>>>,
}

impl Platform {
    pub fn start(metrics: usize) -> Result<Platform> {
        let answers: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let told = answers.clone();
        let address = listen(move |asked| {
            if !asked.path.starts_with("/ai/health") {
                return "{}".to_owned();
            }
            let mut answers = told.lock().unwrap_or_else(PoisonError::into_inner);
            let mut answer = json!({
                "status": "healthy", "optimization_engine": "operational",
                "recommendation_engine": "operational", "crisis_manager": "operational",
                "response_time_ms": 200, "accuracy_rate": 0.92, "availability": 0.9995,
                "error_rate": 0.001, "queue_length": 2,
            });
            for number in 0..metrics {
                answer[format!("metric_{number}")] = json!(if number == answers.len() { 5_000 } else { 100 });
            }
            answers.push(Instant::now());
            answer.to_string()
        })?;
        Ok(Platform { address, answers })
    }

    /// When it answered, first to last.
    pub fn answers(&self) -> Vec<Instant> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// When it came, and its body.
type Arrival = (Instant, String);

/// Takes what staff are told, as a chat or as whoever a webhook calls.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrival>>>,
    /// Milliseconds before it answers.
    dawdles: Arc<AtomicU64>,
}

impl Sink {
    pub fn start() -> Result<Sink> {
        let (arrived, dawdles): (Arc<Mutex<Vec<Arrival>>>, Arc<AtomicU64>) = Default::default();
        let (list, delay) = (arrived.clone(), dawdles.clone());
        let address = listen(move |asked| {
            let now = Instant::now();
            list.lock().unwrap_or_else(PoisonError::into_inner).push((now, asked.body.clone()));
            thread::sleep(Duration::from_millis(delay.load(Ordering::Relaxed)));
            json!({"ok": true, "channel": "C1", "ts": "1700000000.000001"}).to_string()
        })?;
        Ok(Sink { address, arrived, dawdles })
    }

    pub fn dawdle(&self, length: Duration) {
        self.dawdles.store(length.as_millis() as u64, Ordering::Relaxed);
    }

    /// When the first page that names this metric arrived.
    pub fn heard_of(&self, label: &str) -> Option<Instant> {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.iter().find(|(_, body)| body.contains(label)).map(|(at, _)| *at)
    }
}

/// Takes mail, and keeps no more of it than how much came.
pub struct MailServer {
    pub address: SocketAddr,
    counts: Arc<MailCounts>,
}

#[derive(Default)]
struct MailCounts {
    taken: AtomicUsize,
    open: AtomicUsize,
    most: AtomicUsize,
}

impl MailServer {
    pub fn start() -> Result<MailServer> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, counts) = (listener.local_addr()?, Arc::<MailCounts>::default());
        let shared = counts.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counts = shared.clone();
                thread::spawn(move || {
                    counts.most.fetch_max(counts.open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let _broken_off = take_mail(&stream, &counts.taken);
                    counts.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Ok(MailServer { address, counts })
    }

    pub fn taken(&self) -> usize {
        self.counts.taken.load(Ordering::SeqCst)
    }

    pub fn most_connections(&self) -> usize {
        self.counts.most.load(Ordering::SeqCst)
    }
}

/// The dialogue of one connection, until it ends.
fn take_mail(stream: &TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut lines, mut answers) = (BufReader::new(stream).lines(), stream);
    answers.write_all(b"220 bench.example takes mail\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let answer: &[u8] = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => b"250 bench.example\r\n",
            "DATA" => {
                answers.write_all(b"354 until a dot\r\n")?;
                while lines.next().transpose()?.is_some_and(|line| line != ".") {}
                taken.fetch_add(1, Ordering::SeqCst);
                b"250 taken\r\n"
            }
            "QUIT" => return answers.write_all(b"221 bye\r\n"),
            _ => b"250 yes\r\n",
        };
        answers.write_all(answer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_one_after_the_other_and_in_pieces() {
        let bytes = b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\n";
        assert!(whole(&bytes[..20]).is_none());
        let (first, length) = whole(bytes).unwrap();
        assert_eq!((first.path.as_str(), first.body.as_str()), ("/a", "hi"));
        let (second, rest) = whole(&bytes[length..]).unwrap();
        assert_eq!((second.path.as_str(), length + rest), ("/b", bytes.len()));
    }
}
