use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{sync::watch, task::JoinHandle};

use super::{
    sink::{Kept, Manner, Sink, somewhere},
    *,
};
use crate::{
    clock::Clock,
    config::{Siem, SiemTo},
    testing::certified,
};

const QUICK: Pace = Pace {
    look_every: Duration::from_millis(20),
    settled_after: Duration::from_millis(400),
    first_wait: Duration::from_millis(20),
    longest_wait: Duration::from_millis(100),
    batch: 7,
};

fn tcp(address: SocketAddr) -> Siem {
    let to = SiemTo::SyslogTcp { host: address.ip().to_string(), port: address.port() };
    Siem { name: "soc".into(), to, ca_file: None }
}

fn tls(address: SocketAddr, ca_file: Option<PathBuf>) -> Siem {
    let to = SiemTo::SyslogTls { host: "localhost".into(), port: address.port() };
    Siem { name: "soc".into(), to, ca_file }
}

fn web(scheme: &str, address: SocketAddr, ca_file: Option<PathBuf>) -> Siem {
    let url = format!("{scheme}://localhost:{}/in", address.port());
    Siem { name: "soc".into(), to: SiemTo::Https { url, token: None }, ca_file }
}

struct Forwarder {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Forwarder {
    fn start(world: &World, siem: &Siem) -> Forwarder {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let (stop, stopped) = watch::channel(false);
        let clock = Clock::held(Millis(START));
        Forwarder {
            stop,
            task: tokio::spawn(forward_at(world.db.clone(), clock, siem.clone(), stopped, QUICK)),
        }
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(30), self.task).await.unwrap().unwrap();
    }
}

async fn write_some(world: &World, count: usize) {
    let mut tx = world.db.begin().await.unwrap();
    for number in 0..count {
        record(&mut tx, Millis(START), &invited(number)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn standing(world: &World, siem: &Siem) -> Forwarding {
    forwardings(&world.db, std::slice::from_ref(siem)).await.unwrap().remove(0)
}

/// Waits until the receiver stands so.
async fn when(world: &World, siem: &Siem, stands: impl Fn(&Forwarding) -> bool) -> Forwarding {
    for _ in 0..400 {
        let now = standing(world, siem).await;
        if stands(&now) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it stands {:?}", standing(world, siem).await);
}

/// Down, then deaf, then killed in the middle, then well: all of it arrives, in order, once by its sequence.
async fn outlives(address: SocketAddr, siem: &Siem, tls: Option<tokio_rustls::TlsAcceptor>, manner: Manner) {
    for world in testing::worlds().await {
        let kept = Kept::default();
        write_some(&world, 40).await;
        let forwarder = Forwarder::start(&world, siem);
        let down = when(&world, siem, |standing| standing.failures >= 2).await;
        assert_eq!((down.cursor, down.lag, down.last_success), (0, 40, None), "{}", world.name);
        assert_eq!(down.last_failure, Some((Millis(START), "connection refused".to_owned())));

        let deaf = Sink::start(address, Manner::Deaf, tls.clone(), &kept).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        deaf.kill().await;
        assert_eq!(kept.once(), [0i64; 0]);

        let sink = Sink::start(address, manner, tls.clone(), &kept).await;
        kept.until(20).await;
        sink.kill().await;
        write_some(&world, 40).await;
        // A restart of the console in the middle.
        forwarder.stop().await;
        let forwarder = Forwarder::start(&world, siem);
        let sink = Sink::start(address, manner, tls.clone(), &kept).await;
        kept.until(80).await;
        let at = when(&world, siem, |standing| standing.lag == 0).await;
        assert_eq!((at.cursor, at.failures, at.last_success), (80, 0, Some(Millis(START))));
        assert_eq!(kept.once(), (1..=80).collect::<Vec<i64>>());

        // Nothing is told again while all is well, and a test record passes.
        let before = kept.sequences().len();
        let who = (Actor::person("p1", "Ada"), Origin::default());
        let tested = send_test(&world.db, Millis(START), "soc", who, "audit.read").await.unwrap();
        when(&world, siem, |standing| standing.cursor == tested.sequence).await;
        assert_eq!(kept.sequences().len(), before + 1);
        assert!(kept.texts().last().unwrap().contains("siem.tested"));
        assert!(kept.texts().last().unwrap().contains(&tested.hash));
        assert_eq!(all_have(&world.db, std::slice::from_ref(siem)).await.unwrap(), Some(81));
        forwarder.stop().await;
        sink.kill().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syslog_over_tcp_outlives_its_receiver() {
    let address = somewhere();
    outlives(address, &tcp(address), None, Manner::Syslog).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syslog_over_tls_outlives_its_receiver() {
    let folder = tempfile::tempdir().unwrap();
    let acceptor = certified(folder.path());
    let address = somewhere();
    let siem = tls(address, Some(folder.path().join("authority.pem")));
    outlives(address, &siem, Some(acceptor), Manner::Syslog).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_over_https_outlive_their_receiver() {
    let folder = tempfile::tempdir().unwrap();
    let acceptor = certified(folder.path());
    let address = somewhere();
    let siem = web("https", address, Some(folder.path().join("authority.pem")));
    outlives(address, &siem, Some(acceptor), Manner::Http(204)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_with_another_certificate_is_told_nothing() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stranger = certified(folder.path());
    certified(other.path());
    for manner in [Manner::Syslog, Manner::Http(200)] {
        let world = testing::sqlite().await;
        write_some(&world, 3).await;
        let (address, kept) = (somewhere(), Kept::default());
        let sink = Sink::start(address, manner, Some(stranger.clone()), &kept).await;
        let authority = Some(other.path().join("authority.pem"));
        let siem = match manner {
            Manner::Http(_) => web("https", address, authority),
            _ => tls(address, authority),
        };
        let forwarder = Forwarder::start(&world, &siem);
        let refused = when(&world, &siem, |standing| standing.failures >= 2).await;
        assert_eq!(refused.last_failure.unwrap().1, "its certificate is not trusted");
        assert_eq!(kept.sequences(), [0i64; 0]);
        forwarder.stop().await;
        sink.kill().await;
    }
}

/// Only a 2xx moves the cursor; a redirect is not followed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_no_yes_is_a_no() {
    let world = testing::sqlite().await;
    write_some(&world, 10).await;
    let (address, kept) = (somewhere(), Kept::default());
    let siem = web("http", address, None);
    for (status, words) in [
        (503, "answered 503"),
        (401, "answered 401"),
        (302, "answered 302: redirected to another address"),
        (304, "answered 304: redirected to another address"),
    ] {
        let sink = Sink::start(address, Manner::Http(status), None, &kept).await;
        let forwarder = Forwarder::start(&world, &siem);
        let refused =
            |standing: &Forwarding| standing.last_failure.as_ref().is_some_and(|(_, why)| why == words);
        assert_eq!(when(&world, &siem, refused).await.cursor, 0, "{status}");
        forwarder.stop().await;
        sink.kill().await;
    }
    let sink = Sink::start(address, Manner::Http(200), None, &kept).await;
    let forwarder = Forwarder::start(&world, &siem);
    when(&world, &siem, |standing| standing.lag == 0).await;
    assert_eq!(kept.sequences(), (1..=10).collect::<Vec<i64>>(), "each once");
    forwarder.stop().await;
    sink.kill().await;
}

/// A receiver that takes nothing in holds up nobody who writes: this would never end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deaf_receiver_holds_nobody_up() {
    let world = testing::sqlite().await;
    let (address, kept) = (somewhere(), Kept::default());
    let sink = Sink::start(address, Manner::Deaf, None, &kept).await;
    let siem = tcp(address);
    let forwarder = Forwarder::start(&world, &siem);
    for number in 0..50 {
        write(&world, &invited(number)).await;
    }
    forwarder.stop().await;
    sink.kill().await;
}
