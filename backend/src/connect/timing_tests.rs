//! Against sockets that really answer, hang, speak TLS or something else.

use std::sync::Mutex;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const TOKEN: &str = "marked-token-of-the-call";
const WITHIN: Duration = Duration::from_secs(30);

/// Answers whoever asks with this, over TLS where there is an acceptor; keeps what was asked.
async fn answering(answer: &'static str, tls: Option<TlsAcceptor>) -> (SocketAddr, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(String::new()));
    let kept = asked.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = kept.clone();
            match &tls {
                None => serve(stream, answer, kept).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, answer, kept).await;
                    }
                }
            }
        }
    });
    (address, asked)
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &'static str,
    asked: Arc<Mutex<String>>,
) {
    let mut head = vec![0; 4_096];
    let read = stream.read(&mut head).await.unwrap_or(0);
    *asked.lock().unwrap() = String::from_utf8_lossy(&head[..read]).into_owned();
    if answer == "nothing, for ever" {
        std::future::pending::<()>().await;
    }
    stream.write_all(answer.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}

fn timed(address: &str, ca_file: Option<PathBuf>) -> Timed {
    Timed::new(address, Some(SecretString::from(TOKEN)), ca_file).unwrap()
}

fn stages(seen: &CallSeen) -> Vec<Stage> {
    seen.stages.iter().map(|(stage, _)| *stage).collect()
}

/// A certificate of its own for this machine, and the file of whoever signed it.
fn issued(folder: &std::path::Path) -> (TlsAcceptor, PathBuf) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = folder.join("authority.pem");
    std::fs::write(&file, issued.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(issued.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

#[tokio::test]
async fn each_stretch_is_measured_and_the_token_goes_along_once() {
    let (address, asked) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", None).await;
    let seen =
        timed(&format!("http://localhost:{}/ai/health?deep=1", address.port()), None).call(WITHIN).await;
    assert_eq!(seen.end, CallEnd::Answered { status: 200 });
    assert_eq!(stages(&seen), [Stage::Name, Stage::Connect, Stage::FirstByte, Stage::Rest]);
    let asked = asked.lock().unwrap().clone();
    assert!(asked.starts_with("GET /ai/health?deep=1 HTTP/1.1\r\n"), "{asked}");
    assert_eq!(asked.matches(&format!("authorization: Bearer {TOKEN}\r\n")).count(), 1);
    assert!(!format!("{seen:?}").contains(TOKEN));
}

#[tokio::test]
async fn tls_is_a_stretch_of_its_own_and_nobody_is_trusted_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (acceptor, authority) = issued(folder.path());
    let (address, asked) = answering("HTTP/1.1 503 Busy\r\n\r\n", Some(acceptor)).await;
    let url = format!("https://localhost:{}/ai/health", address.port());
    let untrusted = timed(&url, None).call(WITHIN).await;
    let CallEnd::Broke { during: Stage::Tls, why } = &untrusted.end else { panic!("{untrusted:?}") };
    assert_eq!(why, "its certificate is not trusted");
    assert!(asked.lock().unwrap().is_empty(), "nothing was said to a stranger");
    let seen = timed(&url, Some(authority)).call(WITHIN).await;
    assert_eq!(seen.end, CallEnd::Answered { status: 503 });
    let all = [Stage::Name, Stage::Connect, Stage::Tls, Stage::FirstByte, Stage::Rest];
    assert_eq!(stages(&seen), all);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (elsewhere, asked) = answering("HTTP/1.1 200 OK\r\n\r\n", None).await;
    let answer: &'static str =
        Box::leak(format!("HTTP/1.1 302 Found\r\nlocation: http://{elsewhere}/\r\n\r\n").into_boxed_str());
    let (address, _) = answering(answer, None).await;
    let seen = timed(&format!("http://{address}/"), None).call(WITHIN).await;
    assert_eq!(seen.end, CallEnd::Answered { status: 302 });
    let outside = Outside::new(&format!("http://{address}/")).unwrap();
    assert!(matches!(outside.answers(WITHIN).await, Dependency::Answers { status: 302, .. }));
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_breaks_says_where_it_broke() {
    let (silent, _) = answering("nothing, for ever", None).await;
    let (mail, _) = answering("220 mail.example ESMTP ready\r\n", None).await;
    let (closed, _) = answering("", None).await;
    let short = Duration::from_millis(300);
    for (address, within, during, words) in [
        (format!("http://{silent}/"), short, Stage::FirstByte, "no answer within 0.3 s"),
        (format!("http://{mail}/"), WITHIN, Stage::FirstByte, "what came is no HTTP"),
        (
            format!("http://{closed}/"),
            WITHIN,
            Stage::FirstByte,
            "the connection was closed without an answer",
        ),
        ("http://127.0.0.1:1/".to_owned(), WITHIN, Stage::Connect, "connection refused"),
    ] {
        let seen = timed(&address, None).call(within).await;
        assert_eq!(seen.end, CallEnd::Broke { during, why: words.to_owned() }, "{address}");
    }
    let nowhere = timed("http://no-such-host.invalid/", None).call(WITHIN).await;
    assert!(matches!(nowhere.end, CallEnd::Broke { during: Stage::Name, .. }), "{nowhere:?}");
    let outside = Outside::new(&format!("http://{silent}/")).unwrap();
    assert!(matches!(outside.answers(short).await, Dependency::Silent { .. }));
}
