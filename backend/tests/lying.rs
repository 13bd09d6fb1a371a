//! What comes of every kind of trouble that a platform can make, over real connections.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes only functions marked as tests for tests"
)]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use backend::{
    config::{self, Config},
    connect::{Deadlines, PlatformClient},
};
use domain::{
    crises::{Told, UpstreamStatus},
    monitoring::{EngineState, Outcome, PlatformStatus, Sample},
    time::Millis,
};
use simulator::{
    lies::Lie,
    scenario::{Order, Scenario},
    serve::{Running, Settings},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const TOKEN: &str = "s3cret-token";
const GOOD: &str = r#"{"status":"healthy","crisis_manager":"operational","response_time_ms":250,"error_rate":0.001,"queue_length":3,"weddings_today":2}"#;

fn configured(url: &str, more: &str) -> (Config, tempfile::TempDir) {
    // A second installation is refused and changes nothing: every test of this program installs the same one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bellwether.toml");
    let text = format!("[[platform]]\napi_url = \"{url}\"\ntoken_env = \"TOKEN\"\n{more}");
    std::fs::write(&file, text).unwrap();
    let config = config::load(Some(&file), [("TOKEN".to_owned(), TOKEN.to_owned())].into_iter());
    (config.unwrap_or_else(|problems| panic!("{problems:?}")), folder)
}

fn quick() -> Deadlines {
    Deadlines {
        connect: Duration::from_secs(2),
        request: Duration::from_secs(2),
        health: Duration::from_millis(1_500),
    }
}

async fn poll(config: &Config) -> Sample {
    let platform = &config.platforms[0];
    let client = PlatformClient::with_deadlines(platform, quick()).unwrap();
    assert!(!format!("{client:?}").contains(TOKEN));
    let at = Millis(1_795_521_600_000);
    let (sample, took) = client.poll(&config.metrics, &platform.services, at).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!format!("{sample:?}").contains(TOKEN));
    sample
}

/// Polls a server that answers every request with these bytes, after reading the request.
async fn answered(answer: impl Into<Vec<u8>>) -> Sample {
    let (address, _) = server(answer.into()).await;
    let (config, _folder) = configured(&format!("http://{address}"), "");
    poll(&config).await
}

/// Also counts the connections that arrive.
async fn server(answer: Vec<u8>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let arrived = Arc::new(AtomicUsize::new(0));
    let counted = arrived.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let answer = answer.clone();
            tokio::spawn(async move {
                read_request(&mut stream).await;
                // The other side may well hang up before the end of ten megabytes.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (address, arrived)
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

fn http(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn json(status: &str, body: &str) -> String {
    http(&format!("{status}\r\ncontent-type: application/json"), body)
}

#[track_caller]
fn bad(sample: &Sample, reason: &str) {
    assert_eq!(sample.outcome, Outcome::Bad { reason: reason.to_owned() });
    assert!(sample.readings.is_empty() && sample.services.is_empty() && sample.status.is_none());
}

#[track_caller]
fn missed(sample: &Sample, reason: &str) {
    assert_eq!(sample.outcome, Outcome::Missed { reason: reason.to_owned() });
    assert!(sample.readings.is_empty());
}

#[tokio::test]
async fn a_good_answer_is_taken_in_with_our_round_trip() {
    let sample = answered(json("200 OK", GOOD)).await;
    assert_eq!((sample.is_answered(), sample.faults.len()), (true, 0), "{sample:?}");
    assert_eq!((sample.status, sample.weddings_today), (Some(PlatformStatus::Healthy), Some(2)));
    assert_eq!(sample.reading(&"queue_length".into()), Some(3.0));
    let ours = sample.reading(&"health_answer_ms".into()).unwrap();
    assert!(ours > 0.0 && ours < 1_500.0, "{ours}");
    assert_eq!(sample.reading(&"accuracy_rate".into()), None);
}

#[tokio::test]
async fn requests_carry_token_and_id() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (config, _folder) = configured(&format!("http://{}/base/", listener.local_addr().unwrap()), "");
    let asked = tokio::spawn(async move { poll(&config).await });
    let (mut stream, _) = listener.accept().await.unwrap();
    let request = read_request(&mut stream).await.to_lowercase();
    stream.write_all(json("200 OK", GOOD).as_bytes()).await.unwrap();
    assert!(asked.await.unwrap().is_answered());
    assert!(request.starts_with("get /base/ai/health http/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("\r\nauthorization: bearer {TOKEN}\r\n")), "{request}");
    let id = request.split("x-request-id: ").nth(1).unwrap().lines().next().unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
}

#[tokio::test]
async fn what_is_no_answer_is_bad() {
    bad(&answered(http("200 OK\r\ncontent-type: text/html", "<html>")).await, "HTML, not JSON");
    bad(&answered(json("200 OK", "<html>")).await, "HTML, not JSON");
    let octets = "content of the type \"application/octet-stream\", expected JSON";
    bad(&answered(http("200 OK\r\ncontent-type: application/octet-stream", GOOD)).await, octets);
    bad(&answered(json("200 OK", "")).await, "an empty answer");
    bad(&answered(json("401 Unauthorized", "{}")).await, "answered 401: the token was refused");
    bad(&answered(json("404 Not Found", "{}")).await, "answered 404: there is nothing at this address");
    bad(&answered(json("429 Slow Down", "{}")).await, "answered 429: too many requests");
    let ten_megabytes = format!("{{\"status\":\"healthy\",\"padding\":\"{}\"}}", "x".repeat(10 << 20));
    bad(&answered(json("200 OK", &ten_megabytes)).await, "over 1 MiB");
    let without_length = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{ten_megabytes}");
    bad(&answered(without_length).await, "over 1 MiB");
    let not_http = answered("SSH-2.0-OpenSSH_9.6\r\n").await;
    assert!(matches!(not_http.outcome, Outcome::Missed { .. }), "{not_http:?}");
}

#[tokio::test]
async fn what_does_not_arrive_is_missed() {
    missed(&answered(json("500 Oops", "Internal Server Error")).await, "answered 500");
    let truncated = format!("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{GOOD}");
    missed(&answered(truncated).await, "connection closed before the answer's end");
    missed(&answered("").await, "connection closed without an answer");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (config, _folder) = configured(&format!("http://{free}"), "");
    missed(&poll(&config).await, "connection refused");
}

#[tokio::test]
async fn a_platform_that_says_it_is_down_tells_which_engines_are() {
    let down = r#"{"status":"down","optimization_engine":"down","crisis_manager":"operational","accuracy_rate":0.9}"#;
    let sample = answered(json("503 Service Unavailable", down)).await;
    missed(&sample, "answered 503: down");
    assert_eq!(sample.status, Some(PlatformStatus::Down));
    assert_eq!(sample.services["optimization"], EngineState::Down);
    assert_eq!(sample.services["crisis"], EngineState::Operational);
    let healthy = answered(json("503 Service Unavailable", GOOD)).await;
    assert_eq!((healthy.status, healthy.services.len()), (None, 0));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_goes_nowhere_else() {
    let (elsewhere, arrived) = server(json("200 OK", GOOD).into_bytes()).await;
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let redirect = http(&format!("{status}\r\nlocation: http://{elsewhere}/ai/health"), "");
        let reason = format!("answered {}: redirected to another address", &status[..3]);
        bad(&answered(redirect).await, &reason);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(arrived.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_byte_now_and_then_is_cut_off_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (config, _folder) = configured(&format!("http://{}", listener.local_addr().unwrap()), "");
    let dripping = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        for byte in json("200 OK", GOOD).into_bytes() {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    missed(&poll(&config).await, "no answer within 1.5 s");
    dripping.abort();
}

async fn tls_server(folder: &std::path::Path) -> SocketAddr {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("authority.pem"), issued.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let tls = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            answer_good(&mut stream).await;
        }
    });
    address
}

async fn answer_good(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    let request = read_request(stream).await;
    if request.is_empty() {
        // With TLS 1.3 the side that refuses a certificate does so after our handshake is over.
        return;
    }
    stream.write_all(json("200 OK", GOOD).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

#[tokio::test]
async fn only_a_trusted_certificate_of_the_right_name_gets_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let port = tls_server(folder.path()).await.port();
    let authority = format!("ca_file = \"{}\"\n", folder.path().join("authority.pem").display());
    let at = |host: &str, more: &str| configured(&format!("https://{host}:{port}"), more);
    let (trusted, _folder) = at("localhost", &authority);
    let sample = poll(&trusted).await;
    assert!(sample.is_answered(), "{sample:?}");
    let (unknown, _folder) = at("localhost", "");
    bad(&poll(&unknown).await, "its certificate is not trusted");
    let (other_name, _folder) = at("127.0.0.1", &authority);
    bad(&poll(&other_name).await, "its certificate is not trusted");
    let (plain, _folder) = configured(&format!("http://localhost:{port}"), "");
    assert!(!poll(&plain).await.is_answered());
    let (address, _) = server(json("200 OK", GOOD).into_bytes()).await;
    let (no_tls, _folder) = configured(&format!("https://{address}"), &authority);
    assert!(!poll(&no_tls).await.is_answered());
}

async fn simulator(order: Order) -> (Running, Config, tempfile::TempDir) {
    let settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        seed: 7,
        name: "wedsync".into(),
        token: TOKEN.into(),
        start: "2026-11-24T12:00:00Z".parse().unwrap(),
        speed: 1.0,
        scenario: Scenario::Calm,
        truth: None,
    };
    let running = simulator::serve::start(settings).await.unwrap();
    let (config, folder) = configured(&format!("http://{}", running.address), "");
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let body = serde_json::to_string(&order).unwrap();
    let head = "POST /control/scenario HTTP/1.1\r\nhost: simulator\r\nconnection: close";
    let kind = "content-type: application/json";
    let request = format!("{head}\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    (running, config, folder)
}

#[tokio::test]
async fn every_lie_is_seen_through() {
    for lie in Lie::ALL {
        let (running, config, _folder) =
            simulator(Order { lie: Some(lie), ..Order::plain(Scenario::Lying) }).await;
        let sample = poll(&config).await;
        let faults = sample.faults.len();
        match lie {
            // One of its ten fields is null, which is unknown and not wrong.
            Lie::WrongTypes => assert!(sample.is_answered() && faults == 9, "{sample:?}"),
            Lie::AccuracyTooHigh | Lie::NegativeTime | Lie::UnknownStatus => {
                assert!(sample.is_answered() && faults == 1, "{sample:?}");
            }
            Lie::ByteASecond | Lie::Reset | Lie::ServerError => {
                assert!(matches!(sample.outcome, Outcome::Missed { .. }), "{lie:?}: {sample:?}");
            }
            _ => assert!(matches!(sample.outcome, Outcome::Bad { .. }), "{lie:?}: {sample:?}"),
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn what_health_leaves_out_comes_from_other_addresses() {
    let (running, config, _folder) = simulator(Order { minimal: true, ..Order::plain(Scenario::Calm) }).await;
    let sample = poll(&config).await;
    assert_eq!((sample.is_answered(), sample.faults.len()), (true, 0), "{sample:?}");
    assert_eq!(sample.readings.len(), 6, "{sample:?}");
    assert!(sample.weddings_today.is_some());
    running.stop().await;
}

#[tokio::test]
async fn crises_are_read_over_all_pages() {
    let (running, config, _folder) =
        simulator(Order { crises: Some(1_203), ..Order::plain(Scenario::CrisisWave) }).await;
    let client = PlatformClient::with_deadlines(&config.platforms[0], quick()).unwrap();
    let crises = client.active_crises(Millis(0)).await.unwrap();
    assert!(crises.told.len() >= 1_203 && crises.unreadable == 0, "{}", crises.told.len());
    let is_open = |told: &Told| told.status != Some(UpstreamStatus::Resolved);
    assert!(crises.told.iter().all(|told| is_open(told) && told.wedding.id.is_some()));
    let errors = client.recent_errors().await.unwrap();
    assert!(!errors.is_empty());
    assert!(errors.iter().all(|error| error.count > 0 && error.last_seen.is_some()), "{errors:?}");
    running.stop().await;
}
