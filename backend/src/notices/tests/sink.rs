//! A mail server that takes what it is sent, or does what a test wants of it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Cheap to clone.
#[derive(Clone)]
pub struct Sink(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    mails: Mutex<Vec<Mail>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    connections: AtomicUsize,
    /// So many mails are taken whole, and then the line is cut.
    cut: AtomicUsize,
    /// So many senders are put off.
    busy: AtomicUsize,
}

#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    /// Head and body, with plain line ends; without the dots that stand before others.
    pub text: String,
}

impl Mail {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\n\n").next().unwrap().replace("\n ", " ");
        let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))?;
        Some(found.to_owned())
    }

    /// The names of its headers.
    pub fn headers(&self) -> Vec<String> {
        let head = self.text.split("\n\n").next().unwrap();
        let lines = head.lines().filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap().to_owned()).collect()
    }
}

impl Sink {
    pub async fn new() -> Sink {
        Sink::at("127.0.0.1:0".parse().unwrap()).await
    }

    pub async fn at(address: SocketAddr) -> Sink {
        let listener = TcpListener::bind(address).await.unwrap();
        let sink = Sink(Arc::new(Shared {
            address: listener.local_addr().unwrap(),
            mails: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            cut: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
        }));
        let own = sink.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let sink = own.clone();
                tokio::spawn(async move {
                    sink.0.connections.fetch_add(1, Ordering::SeqCst);
                    let open = sink.0.open.fetch_add(1, Ordering::SeqCst) + 1;
                    sink.0.most_open.fetch_max(open, Ordering::SeqCst);
                    sink.talk(stream).await.ok();
                    sink.0.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        sink
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub fn cuts(&self, mails: usize) {
        self.0.cut.store(mails, Ordering::SeqCst);
    }

    pub fn puts_off(&self, senders: usize) {
        self.0.busy.store(senders, Ordering::SeqCst);
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.0.mails.lock().unwrap().clone()
    }

    /// How many connections were open at the same time, and how many there were.
    pub fn connections(&self) -> (usize, usize) {
        (self.0.most_open.load(Ordering::SeqCst), self.0.connections.load(Ordering::SeqCst))
    }

    pub async fn after(&self, many: usize) -> Vec<Mail> {
        let enough = async {
            while self.mails().len() < many {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(60), enough).await;
        assert!(waited.is_ok(), "only {} of {many} mails arrived", self.mails().len());
        self.mails()
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let less = |left: usize| left.checked_sub(1);
        let takes_one = |of: &AtomicUsize| of.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await?;
        let mut to = String::new();
        while let Some(line) = lines.next_line().await? {
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => write.write_all(b"250-sink\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n").await?,
                "RCPT" if line.contains("nobody@") => write.write_all(b"550 nobody here\r\n").await?,
                "RCPT" if takes_one(&self.0.busy) => write.write_all(b"451 try later\r\n").await?,
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    write.write_all(b"250 ok\r\n").await?;
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut text = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        assert!(line.len() <= 998, "a line of {} bytes", line.len());
                        text.push_str(line.strip_prefix('.').unwrap_or(&line));
                        text.push('\n');
                    }
                    self.0.mails.lock().unwrap().push(Mail { to: to.clone(), text });
                    if takes_one(&self.0.cut) {
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
}
