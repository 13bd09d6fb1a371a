//! The client of the cache, against a Redis that the test starts.

use std::{
    fmt::Write as _,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use backend::connect::{
    Because,
    redis::{Cache, CacheAccess, End, Go, Pattern, Role},
};
use redis::aio::MultiplexedConnection;
use secrecy::SecretString;

/// A server of its own, gone with the test.
pub struct Server {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Nothing, with a word about it, where there is no `redis-server`.
pub async fn server(more: &[&str]) -> Option<Server> {
    // The free port may be somebody else's before the server has it: then once more.
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let begun = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(folder.path())
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = begun else {
            eprintln!("redis-server is not installed: cargo xtask test installs it; this test did nothing");
            return None;
        };
        let mut server = Server { process, port, _folder: folder };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) && server.process.try_wait().unwrap().is_none() {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    panic!("redis-server does not start")
}

impl Server {
    pub fn access(&self) -> CacheAccess {
        CacheAccess {
            host: "127.0.0.1".into(),
            port: self.port,
            database: 0,
            user: None,
            password: None,
            tls: false,
            ca_file: None,
        }
    }

    fn cache(&self) -> Cache {
        Cache::new(&self.access()).unwrap()
    }

    pub async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(("127.0.0.1", self.port)).unwrap();
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
        client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
    }

    /// `count` keys that begin with `start`.
    async fn fill(&self, start: &str, count: usize) {
        let mut connection = self.connection().await;
        for first in (0..count).step_by(5_000) {
            let mut command = redis::cmd("MSET");
            let mut key = String::new();
            for number in first..count.min(first + 5_000) {
                key.clear();
                let _ = write!(key, "{start}{number}");
                command.arg(&key).arg("a value that is as long as one may be");
            }
            let _: () = command.query_async(&mut connection).await.unwrap();
        }
    }
}

async fn run<T: redis::FromRedisValue>(connection: &mut MultiplexedConnection, words: &[&str]) -> T {
    let mut command = redis::cmd(words[0]);
    for word in &words[1..] {
        command.arg(*word);
    }
    command.query_async(connection).await.unwrap()
}

#[tokio::test]
async fn one_database_is_emptied_and_the_others_are_not() {
    let Some(server) = server(&[]).await else { return };
    server.fill("ai:", 50).await;
    let mut connection = server.connection().await;
    let _: () = run(&mut connection, &["SELECT", "1"]).await;
    let _: () = run(&mut connection, &["SET", "other", "1"]).await;
    let cache = server.cache();
    let before = cache.observe().await.unwrap();
    assert_eq!((before.keys, before.role, before.most_bytes), (50, Role::Master, None));
    assert!(before.used_bytes > 100_000 && before.version.contains('.'));
    assert_eq!(
        cache.flush_commands(),
        "SELECT 0\nMULTI\nFLUSHDB ASYNC\nSET bellwether:run:<run> 1 EX 3600\nEXEC"
    );
    assert_eq!(cache.flush("a-run-1").await.unwrap(), 50);
    assert_eq!(cache.observe().await.unwrap().keys, 1, "the mark alone");
    assert!(cache.is_marked("a-run-1").await.unwrap() && !cache.is_marked("a-run-2").await.unwrap());
    assert_eq!(run::<u64>(&mut connection, &["DBSIZE"]).await, 1);
}

#[tokio::test]
async fn the_hit_rate_is_known_once_somebody_has_read() {
    let Some(server) = server(&[]).await else { return };
    assert_eq!(server.cache().observe().await.unwrap().hit_rate(), None);
    server.fill("ai:", 1).await;
    let mut connection = server.connection().await;
    for key in ["ai:0", "ai:0", "ai:0", "nothing"] {
        let _: Option<String> = run(&mut connection, &["GET", key]).await;
    }
    assert_eq!(server.cache().observe().await.unwrap().hit_rate(), Some(0.75));
}

#[tokio::test]
async fn no_more_keys_are_looked_at_at_once_than_is_configured() {
    let Some(server) = server(&[]).await else { return };
    server.fill("ai:", 1_000).await;
    let cache = server.cache();
    for (batch, least) in [(20, 40), (10_000, 1)] {
        let pattern = Pattern::new("ai:*", batch).unwrap();
        let mut batches = 0;
        let counted = cache.count_pattern(&pattern, |_| {
            batches += 1;
            Go::On
        });
        assert_eq!(counted.await.unwrap().progress.matched, 1_000);
        // Redis may give a few more than it is asked for.
        assert!(batches >= least && (batch == 20 || batches <= 3), "{batches} of {batch}");
        let commands = cache.pattern_commands(&pattern);
        assert!(commands.contains(&format!("COUNT {}\n", batch.min(500))), "{commands}");
    }
}

#[tokio::test]
async fn only_the_keys_of_the_pattern_go_and_it_stops_and_goes_on() {
    let Some(server) = server(&[]).await else { return };
    server.fill("ai:", 20_000).await;
    server.fill("optimization:", 500).await;
    let cache = server.cache();
    let pattern = Pattern::new("ai:*", 500).unwrap();
    let counted = cache.count_pattern(&pattern, |_| Go::On).await.unwrap();
    assert_eq!((counted.progress.matched, counted.end), (20_000, End::Done));
    assert_eq!(cache.observe().await.unwrap().keys, 20_500, "counting deletes nothing");
    let stopped = cache
        .delete_pattern(&pattern, 0, |at| if at.matched >= 5_000 { Go::Stop } else { Go::On })
        .await
        .unwrap();
    let End::Stopped { cursor } = stopped.end else { panic!("{stopped:?}") };
    assert!((5_000..10_000).contains(&stopped.progress.matched), "{stopped:?}");
    assert_eq!(cache.observe().await.unwrap().keys, 20_500 - stopped.progress.matched);
    let mut steps = Vec::new();
    let done = cache
        .delete_pattern(&pattern, cursor, |at| {
            steps.push(at.scanned);
            Go::On
        })
        .await
        .unwrap();
    assert_eq!((done.progress.matched + stopped.progress.matched, done.end), (20_000, End::Done));
    assert!(steps.len() > 5 && steps.is_sorted(), "{steps:?}");
    assert_eq!(cache.observe().await.unwrap().keys, 500);
}

#[tokio::test]
async fn a_replica_and_a_cluster_are_refused_before_anything_is_sent() {
    let Some(master) = server(&[]).await else { return };
    master.fill("ai:", 10).await;
    let port = master.port.to_string();
    let replica = server(&["--replicaof", "127.0.0.1", &port]).await.unwrap();
    let cluster = server(&["--cluster-enabled", "yes"]).await.unwrap();
    for (server, role, why) in [
        (&replica, Role::Replica, "this Redis is a read-only replica: its master must be asked"),
        (
            &cluster,
            Role::ClusterNode,
            "this Redis is a node of a cluster, and sees only a part of the keys: a cluster is not supported",
        ),
    ] {
        let cache = server.cache();
        assert_eq!(cache.observe().await.unwrap().role, role);
        let flush = cache.flush("a-run-1").await.unwrap_err();
        let delete =
            cache.delete_pattern(&Pattern::new("ai:*", 500).unwrap(), 0, |_| Go::On).await.unwrap_err();
        for failure in [flush, delete] {
            assert_eq!((failure.to_string().as_str(), failure.because()), (why, Some(&Because::Invalid)));
        }
    }
    assert_eq!(master.cache().observe().await.unwrap().keys, 10);
}

#[tokio::test]
async fn a_batch_that_breaks_off_half_way_tells_what_it_deleted() {
    let Some(server) = server(&[]).await else { return };
    server.fill("ai:", 450).await;
    let mut connection = server.connection().await;
    let scan = ["SCAN", "0", "MATCH", "ai:*", "COUNT", "500"];
    let (_, found): (u64, Vec<String>) = run(&mut connection, &scan).await;
    // One UNLINK after the first of this batch has a key that may not be changed, and is refused as a whole.
    let others = found.iter().filter(|key| **key != found[300]).map(|key| format!("%RW~{key}"));
    let rights: Vec<String> = ["ACL", "SETUSER", "default", "resetkeys", "%R~*"]
        .map(str::to_owned)
        .into_iter()
        .chain(others)
        .collect();
    let rights: Vec<&str> = rights.iter().map(String::as_str).collect();
    let _: () = run(&mut connection, &rights).await;
    let deleted =
        server.cache().delete_pattern(&Pattern::new("ai:*", 500).unwrap(), 0, |_| Go::On).await.unwrap();
    let left: u64 = run(&mut connection, &["DBSIZE"]).await;
    assert!(matches!(deleted.end, End::Broken { .. }) && left < 450, "{left} left: {deleted:?}");
    assert_eq!(deleted.progress.matched, 450 - left);
}

#[tokio::test]
async fn what_is_not_allowed_names_the_right_and_no_secret() {
    let Some(server) = server(&["--requirepass", "marked-password"]).await else { return };
    let open = server.cache().observe().await.unwrap_err();
    assert_eq!(open.because(), Some(&Because::NotSignedIn), "{open}");
    let mut access = server.access();
    access.password = Some(SecretString::from("marked-wrong"));
    let wrong = Cache::new(&access).unwrap().observe().await.unwrap_err();
    assert_eq!(wrong.because(), Some(&Because::NotSignedIn), "{wrong}");
    access.password = Some(SecretString::from("marked-password"));
    let cache = Cache::new(&access).unwrap();
    assert_eq!(cache.observe().await.unwrap().keys, 0);
    assert!(!format!("{cache:?} {access:?} {open} {wrong}").contains("marked-"));

    let admin = redis::Client::open(format!("redis://:marked-password@127.0.0.1:{}/", server.port)).unwrap();
    let mut connection = admin.get_multiplexed_async_connection().await.unwrap();
    let rights = ["ACL", "SETUSER", "reader", "on", ">marked-reader", "~*", "+@all", "-flushdb", "-unlink"];
    let _: () = run(&mut connection, &rights).await;
    let _: () = run(&mut connection, &["SET", "ai:1", "x"]).await;
    access.user = Some("reader".into());
    access.password = Some(SecretString::from("marked-reader"));
    let reader = Cache::new(&access).unwrap();
    let flush = reader.flush("a-run-1").await.unwrap_err();
    assert_eq!(
        flush.because(),
        Some(&Because::Forbidden { right: "run the command flushdb".into() }),
        "{flush}"
    );
    let deleted = reader.delete_pattern(&Pattern::new("ai:*", 500).unwrap(), 0, |_| Go::On).await.unwrap();
    let End::Broken { failure, .. } = deleted.end else { panic!("{deleted:?}") };
    assert_eq!(failure.because(), Some(&Because::Forbidden { right: "run the command unlink".into() }));
}

#[tokio::test]
async fn with_tls_only_a_certificate_that_is_trusted_will_do() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, issued.cert.pem()).unwrap();
    std::fs::write(&key, issued.signing_key.serialize_pem()).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (certificate_path, key_path) = (certificate.display().to_string(), key.display().to_string());
    let tls = [
        "--tls-port",
        &port.to_string(),
        "--tls-auth-clients",
        "no",
        "--tls-ca-cert-file",
        &certificate_path,
    ]
    .map(str::to_owned);
    let files = ["--tls-cert-file", &certificate_path, "--tls-key-file", &key_path].map(str::to_owned);
    let more: Vec<&str> = tls.iter().chain(&files).map(String::as_str).collect();
    let Some(server) = server(&more).await else { return };
    let mut access = CacheAccess { host: "localhost".into(), port, tls: true, ..server.access() };
    let stranger = Cache::new(&access).unwrap().observe().await.unwrap_err();
    assert_eq!(stranger.because(), Some(&Because::Unreachable), "{stranger}");
    access.ca_file = Some(certificate);
    assert_eq!(Cache::new(&access).unwrap().observe().await.unwrap().keys, 0);
}

#[tokio::test]
async fn a_server_that_is_gone_or_hangs_is_told_from_one_that_refuses() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(server) = server(&[]).await else { return };
    let mut access = server.access();
    access.port = port;
    let gone = Cache::new(&access).unwrap().flush("a-run-1").await.unwrap_err();
    assert_eq!((gone.to_string().as_str(), gone.is_certain()), ("the cache refused the connection", true));
    // It stops answering before the flush is carried out (EXEC): nothing has happened, and that is known.
    server.fill("ai:", 10).await;
    let mut connection = server.connection().await;
    let cache = server.cache();
    let _: () = run(&mut connection, &["CLIENT", "PAUSE", "7000", "WRITE"]).await;
    let late = cache.flush("a-run-1").await.unwrap_err();
    assert_eq!((late.to_string().as_str(), late.is_certain()), ("the cache did not answer in time", true));
}

/// Printed, never asserted: a million keys, and how long somebody else waits meanwhile.
#[tokio::test]
async fn a_million_keys_and_how_long_others_wait() {
    let Some(server) = server(&["--slowlog-log-slower-than", "500", "--slowlog-max-len", "100000"]).await
    else {
        return;
    };
    server.fill("ai:", 1_000_000).await;
    let mut connection = server.connection().await;
    let _: () = run(&mut connection, &["SLOWLOG", "RESET"]).await;
    let mut other = server.connection().await;
    let waiting = tokio::spawn(async move {
        let mut longest = Duration::ZERO;
        loop {
            let begun = Instant::now();
            let pong: Result<(), _> = redis::cmd("PING").query_async(&mut other).await;
            longest = longest.max(begun.elapsed());
            if pong.is_err() || LONG_ENOUGH.load(std::sync::atomic::Ordering::Relaxed) {
                return longest;
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    });
    let begun = Instant::now();
    let mut steps = 0;
    let deleted = server
        .cache()
        .delete_pattern(&Pattern::new("ai:*", 500).unwrap(), 0, |_| {
            steps += 1;
            Go::On
        })
        .await
        .unwrap();
    let took = begun.elapsed();
    LONG_ENOUGH.store(true, std::sync::atomic::Ordering::Relaxed);
    let longest_wait = waiting.await.unwrap();
    assert_eq!((deleted.progress.matched, deleted.end), (1_000_000, End::Done));
    let slow: Vec<(u64, u64, u64, Vec<String>, String, String)> =
        run(&mut connection, &["SLOWLOG", "GET", "-1"]).await;
    let longest = |command: &str| {
        let of_it = slow.iter().filter(|entry| entry.3[0] == command).map(|entry| entry.2);
        of_it.max().unwrap_or(500)
    };
    println!(
        "a million keys deleted in {:.1} s and {steps} steps; the longest SCAN held Redis for {} us, the longest UNLINK for {} us; the longest PING beside it took {:.1} ms",
        took.as_secs_f64(),
        longest("SCAN"),
        longest("UNLINK"),
        longest_wait.as_secs_f64() * 1_000.0
    );
}

static LONG_ENOUGH: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
