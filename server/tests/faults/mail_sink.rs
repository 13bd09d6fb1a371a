//! A mail server that keeps what it took, and stops at the point of one dialogue at which the console is to be killed. It
//! goes on reading after that, as a real one does: what had left the console by then arrives.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    sync::watch,
};

use crate::notices::hold;

/// Where the console is killed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Point {
    /// It has connected, and was not greeted.
    AtConnect,
    AtEhlo,
    /// The connection stands, and the intent cannot be written down yet.
    BeforeTheIntent,
    /// The intent is on disk, and nothing was read of it.
    AfterTheIntent,
    AtMail,
    AtRcpt,
    AtData,
    InTheBody,
    /// All but the last byte is in, and that it ends cannot be written down: the last byte has not left.
    BeforeTheEnd,
    /// That it ends is on disk; whether the last byte has left is for the network to know.
    AfterTheEnd,
    /// The last byte is in, and nothing was answered.
    AfterTheLastByte,
    /// It was answered, and the answer cannot be written down yet.
    BeforeTheRecord,
    /// It was answered, and it is anybody's guess whether that was written down.
    AfterTheAnswer,
}

impl Point {
    pub const ALL: [Point; 13] = [
        Point::AtConnect,
        Point::AtEhlo,
        Point::BeforeTheIntent,
        Point::AfterTheIntent,
        Point::AtMail,
        Point::AtRcpt,
        Point::AtData,
        Point::InTheBody,
        Point::BeforeTheEnd,
        Point::AfterTheEnd,
        Point::AfterTheLastByte,
        Point::BeforeTheRecord,
        Point::AfterTheAnswer,
    ];
}

/// Long enough for something to happen that must not.
const A_MOMENT: Duration = Duration::from_millis(30);

pub struct MailSink {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    database: PathBuf,
    point: Mutex<Option<Point>>,
    struck: watch::Sender<bool>,
    gone: watch::Sender<bool>,
    /// Dialogues that are read to their end after a kill.
    reading: watch::Sender<usize>,
    mails: Mutex<Vec<String>>,
}

type Reader = BufReader<tokio::net::tcp::OwnedReadHalf>;

impl MailSink {
    pub async fn new(database: PathBuf) -> MailSink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            database,
            point: Mutex::default(),
            struck: watch::Sender::new(false),
            gone: watch::Sender::new(false),
            reading: watch::Sender::new(0),
            mails: Mutex::default(),
        });
        let own = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = own.clone();
                shared.reading.send_modify(|reading| *reading += 1);
                tokio::spawn(async move {
                    shared.talk(stream).await.ok();
                    shared.reading.send_modify(|reading| *reading -= 1);
                });
            }
        });
        MailSink { address, shared }
    }

    /// The next dialogue that comes there stops.
    pub fn strikes_at(&self, point: Point) {
        self.shared.struck.send_replace(false);
        self.shared.gone.send_replace(false);
        *self.shared.point.lock().unwrap() = Some(point);
    }

    pub async fn struck(&self) {
        self.shared.struck.subscribe().wait_for(|struck| *struck).await.unwrap();
    }

    /// The console is gone: what it had sent is read to its end.
    pub async fn let_go(&self) {
        self.shared.gone.send_replace(true);
        self.shared.reading.subscribe().wait_for(|reading| *reading == 0).await.unwrap();
    }

    pub fn arrived(&self) -> Vec<String> {
        self.shared.mails.lock().unwrap().clone()
    }
}

impl Shared {
    fn is_at(&self, point: Point) -> bool {
        let mut wanted = self.point.lock().unwrap();
        let is_it = *wanted == Some(point);
        if is_it {
            *wanted = None;
        }
        is_it
    }

    /// Waits until the console is dead.
    async fn strike(&self) {
        self.struck.send_replace(true);
        self.gone.subscribe().wait_for(|gone| *gone).await.unwrap();
    }

    async fn stop_at(&self, point: Point) {
        if self.is_at(point) {
            self.strike().await;
        }
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read);
        self.stop_at(Point::AtConnect).await;
        write.write_all(b"220 sink\r\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if read.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let word = line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => {
                    self.stop_at(Point::AtEhlo).await;
                    let held = match self.is_at(Point::BeforeTheIntent) {
                        true => Some(hold(&self.database).await),
                        false => None,
                    };
                    write.write_all(b"250-sink\r\n250 8BITMIME\r\n").await?;
                    if held.is_some() {
                        tokio::time::sleep(A_MOMENT).await;
                        self.strike().await;
                    } else if self.is_at(Point::AfterTheIntent) {
                        // Whatever it sends meanwhile is not read.
                        self.waits_for("intended").await;
                        self.strike().await;
                    }
                }
                "MAIL" => {
                    self.stop_at(Point::AtMail).await;
                    write.write_all(b"250 ok\r\n").await?;
                }
                "RCPT" => {
                    self.stop_at(Point::AtRcpt).await;
                    write.write_all(b"250 ok\r\n").await?;
                }
                "DATA" => self.data(&mut read, &mut write).await?,
                "QUIT" => return write.write_all(b"221 bye\r\n").await,
                _ => write.write_all(b"250 ok\r\n").await?,
            }
        }
    }

    async fn data(&self, read: &mut Reader, write: &mut OwnedWriteHalf) -> std::io::Result<()> {
        self.stop_at(Point::AtData).await;
        // The intent is on disk; what comes after it cannot be.
        let before_the_end = match self.is_at(Point::BeforeTheEnd) {
            true => Some(hold(&self.database).await),
            false => None,
        };
        write.write_all(b"354 go on\r\n").await?;
        let mut mail = vec![read.read_u8().await?];
        self.stop_at(Point::InTheBody).await;
        while !mail.ends_with(b"\r\n.\r") {
            mail.push(read.read_u8().await?);
        }
        if let Some(held) = before_the_end {
            let early = tokio::time::timeout(A_MOMENT, read.read_u8()).await;
            assert!(early.is_err(), "the last byte left before it was written down that it does: {early:?}");
            self.strike().await;
            drop(held);
        } else if self.is_at(Point::AfterTheEnd) {
            self.waits_for("ending").await;
            self.strike().await;
        }
        mail.push(read.read_u8().await?);
        assert!(mail.ends_with(b"\r\n.\r\n"));
        self.mails.lock().unwrap().push(String::from_utf8(mail).unwrap());
        self.stop_at(Point::AfterTheLastByte).await;
        let before_the_record = match self.is_at(Point::BeforeTheRecord) {
            true => Some(hold(&self.database).await),
            false => None,
        };
        write.write_all(b"250 taken\r\n").await?;
        if let Some(held) = before_the_record {
            tokio::time::sleep(A_MOMENT).await;
            self.strike().await;
            drop(held);
        }
        self.stop_at(Point::AfterTheAnswer).await;
        Ok(())
    }

    /// Until a notice stands so on the disk.
    async fn waits_for(&self, state: &str) {
        use sqlx::Connection;
        let url = format!("sqlite://{}", self.database.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let sql = "SELECT COUNT(*) FROM notice_attempt WHERE state = $1";
        loop {
            let count: i64 = sqlx::query_scalar(sql).bind(state).fetch_one(&mut connection).await.unwrap();
            if count > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
