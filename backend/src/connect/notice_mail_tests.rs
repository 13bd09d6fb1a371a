//! The last byte over each kind of connection: in plain, by TLS from the beginning, and by STARTTLS, where it is held below
//! the encryption.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{
    config::{Mail as MailConfig, MailHost},
    testing::certified,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Plain,
    Tls,
    StartTls,
}

/// What the server took.
#[derive(Default)]
struct Taken {
    mails: Mutex<Vec<String>>,
    connections: AtomicUsize,
}

async fn server(kind: Kind, acceptor: TlsAcceptor) -> (SocketAddr, Arc<Taken>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, taken) = (listener.local_addr().unwrap(), Arc::new(Taken::default()));
    let own = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            own.connections.fetch_add(1, Ordering::SeqCst);
            let (acceptor, taken) = (acceptor.clone(), own.clone());
            tokio::spawn(async move {
                match kind {
                    Kind::Plain => talk(stream, true, &taken).await.ok(),
                    Kind::Tls => talk(acceptor.accept(stream).await.unwrap(), true, &taken).await.ok(),
                    Kind::StartTls => {
                        let mut plain = BufReader::new(stream);
                        plain.write_all(b"220 sink\r\n").await.unwrap();
                        let mut line = String::new();
                        plain.read_line(&mut line).await.unwrap();
                        plain.write_all(b"250-sink\r\n250 STARTTLS\r\n").await.unwrap();
                        plain.read_line(&mut line).await.unwrap();
                        assert!(line.ends_with("STARTTLS\r\n"), "{line}");
                        plain.write_all(b"220 go on\r\n").await.unwrap();
                        let tls = acceptor.accept(plain.into_inner()).await.unwrap();
                        talk(tls, false, &taken).await.ok()
                    }
                }
            });
        }
    });
    (address, taken)
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    greets: bool,
    taken: &Taken,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 sink\r\n").await?;
    }
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut mail).await? == 0 {
                        return Ok(());
                    }
                }
                taken.mails.lock().unwrap().push(mail);
                b"250 taken\r\n"
            }
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
        stream.flush().await?;
    }
}

#[tokio::test]
async fn the_last_byte_waits_for_the_record_over_every_kind_of_connection() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    for kind in [Kind::Plain, Kind::Tls, Kind::StartTls] {
        let (address, taken) = server(kind, certified(folder.path())).await;
        let config = MailConfig {
            host: MailHost {
                name: "localhost".to_owned(),
                port: address.port(),
                tls_from_the_beginning: kind == Kind::Tls,
                is_here: kind == Kind::Plain,
                login: None,
            },
            from: "Bellwether <bellwether@example.com>".parse().unwrap(),
            ca_file: Some(folder.path().join("authority.pem")),
        };
        let server = NoticeMail::new(&config, None, vec!["X-Bellwether-Notice"]).unwrap();
        let text = "A line.\n.\n..\nAnother.\n".repeat(3_000);
        let mail = Mail {
            to: "ada@example.com",
            subject: "A subject",
            text: &text,
            html: "<p>A line.</p>",
            id: "notice.a1@example.com",
            thread: None,
        };
        let prepared = server.prepare(&mail, "a1").unwrap();
        let mut connection = server.connect().await.unwrap();
        for sent in 0..3 {
            let before_end = async {
                tokio::time::sleep(Duration::from_millis(30)).await;
                assert_eq!(taken.mails.lock().unwrap().len(), sent, "{kind:?}: it ended by itself");
                true
            };
            let handed = connection.send(&prepared, before_end).await;
            assert_eq!((handed.answer, handed.goes_on), (Some(Answer::Taken), true), "{kind:?}");
        }
        let handed = connection.send(&prepared, async { false }).await;
        assert_eq!((handed.answer, handed.goes_on), (None, false));
        drop(connection);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mails = taken.mails.lock().unwrap().clone();
        assert_eq!((mails.len(), taken.connections.load(Ordering::SeqCst)), (3, 1), "{kind:?}");
        assert!(mails[0].contains("Message-ID: <notice.a1@example.com>\r\n"), "{}", mails[0]);
    }
}

#[tokio::test]
async fn never_in_plain_to_another_machine() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (address, taken) = server(Kind::Plain, certified(folder.path())).await;
    let config = MailConfig {
        host: MailHost {
            name: "localhost".to_owned(),
            port: address.port(),
            tls_from_the_beginning: false,
            is_here: false,
            login: None,
        },
        from: "Bellwether <bellwether@example.com>".parse().unwrap(),
        ca_file: None,
    };
    let server = NoticeMail::new(&config, None, Vec::new()).unwrap();
    let why = server.connect().await.err().unwrap();
    assert!(why.contains("offers less than is configured"), "{why}");
    assert!(taken.mails.lock().unwrap().is_empty());
}
