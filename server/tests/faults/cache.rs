//! A Redis that the test starts: `redis.flush`, `redis.delete_pattern`, and a `sequence` of two of these and a request.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use redis::aio::MultiplexedConnection;
use simulator::serve::Running;

use crate::{
    fault::{Done, Fault, Seen, Truth},
    kind::{Kind, Target, Wire, has},
    platform::{effects, watched},
    world::simulator_at,
};

/// More than go in one batch.
const KEYS: usize = 400;
const OTHERS: usize = 7;

pub static FLUSH: Kind = Kind {
    name: "redis.flush",
    action: "flush-cache",
    by_two: false,
    times: 10,
    step: 0,
    wire: Wire::Redis,
    concerns: |_| true,
    decides: |request| has(request, "EXEC"),
    seen: Seen::InPlace,
    late: false,
    refuses: true,
    in_parts: false,
    begin: |fault| Box::pin(begin(What::Flush, fault)),
};

pub static DELETE_PATTERN: Kind = Kind {
    name: "redis.delete_pattern",
    action: "clear-ai-keys",
    // What a batch left is taken to be the end of it after 20 s of the console: longer here than any command takes.
    times: 10,
    decides: |request| has(request, "UNLINK"),
    seen: Seen::Remainder,
    in_parts: true,
    begin: |fault| Box::pin(begin(What::Pattern, fault)),
    ..FLUSH
};

/// The second of three steps is the one that something happens to.
pub static SEQUENCE: Kind = Kind {
    name: "sequence",
    action: "clear-stale-cache",
    step: 1,
    decides: |request| has(request, "UNLINK") && has(request, "optimization:"),
    begin: |fault| Box::pin(begin(What::Sequence, fault)),
    ..DELETE_PATTERN
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Flush,
    Pattern,
    Sequence,
}

struct Cache {
    what: What,
    process: Child,
    address: SocketAddr,
    simulator: Running,
    connection: MultiplexedConnection,
    _folder: tempfile::TempDir,
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

async fn begin(what: What, _: Fault) -> Option<Arc<dyn Target>> {
    let cache = begun(what, &[]).await?;
    let mut connection = cache.connection.clone();
    for (start, count) in [("ai:", KEYS), ("optimization:", KEYS), ("other:", OTHERS)] {
        let mut command = redis::cmd("MSET");
        for number in 0..count {
            command.arg(format!("{start}{number}")).arg("a value");
        }
        command.exec_async(&mut connection).await.unwrap();
    }
    Some(Arc::new(cache))
}

/// A server with these options, and nothing in it.
pub async fn empty(options: &[&str]) -> Option<Arc<dyn Target>> {
    Some(Arc::new(begun(What::Flush, options).await?))
}

async fn begun(what: What, options: &[&str]) -> Option<Cache> {
    let (process, address, folder) = server(options).await?;
    let client = redis::Client::open(format!("redis://{address}")).unwrap();
    // However long it takes: what is slow is not wrong.
    let patient = redis::AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let connection = client.get_multiplexed_async_connection_with_config(&patient).await.unwrap();
    let simulator = simulator_at("wedsync", 7, 1.0).await;
    Some(Cache { what, process, address, simulator, connection, _folder: folder })
}

/// Nothing, with a word about it, where there is no `redis-server`.
async fn server(options: &[&str]) -> Option<(Child, SocketAddr, tempfile::TempDir)> {
    // The free port may be somebody else's before the server has it: then once more.
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let begun = Command::new("redis-server")
            .args(["--port", &address.port().to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder.path())
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = begun else {
            eprintln!("redis-server is not installed: cargo xtask test installs it");
            return None;
        };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) && process.try_wait().unwrap().is_none() {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Some((process, address, folder));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process.kill().ok();
        process.wait().ok();
    }
    panic!("redis-server does not start")
}

impl Cache {
    async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(*word);
        }
        command.query_async(&mut self.connection.clone()).await.unwrap()
    }

    async fn left(&self, pattern: &str) -> usize {
        self.ask::<Vec<String>>(&["KEYS", pattern]).await.len()
    }

    /// How often the server has carried a command out.
    async fn calls(&self, command: &str) -> u64 {
        let told: String = self.ask(&["INFO", "commandstats"]).await;
        let line = told.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.and_then(|line| line.split(',').next()?.parse().ok()).unwrap_or(0)
    }

    async fn found(&self) -> Truth {
        let (ai, optimization) = (self.left("ai:*").await, self.left("optimization:*").await);
        let deleted = |left: usize| match left {
            0 => Done::Whole,
            KEYS => Done::Nothing,
            _ => Done::Part,
        };
        match self.what {
            What::Flush => {
                let most = self.calls("flushdb").await;
                let done = deleted(ai);
                Truth { done, step_done: done == Done::Whole, most }
            }
            What::Pattern => {
                let (done, others) = (deleted(ai), self.left("other:*").await);
                assert_eq!((optimization, others), (KEYS, OTHERS), "keys are gone that nobody meant");
                Truth { done, step_done: done == Done::Whole, most: u64::from(done != Done::Nothing) }
            }
            What::Sequence => {
                let warmed = effects(&self.simulator);
                assert!(warmed == 0 || optimization == 0, "a step began before the one before it was seen");
                let done = match (deleted(ai), deleted(optimization), warmed) {
                    (Done::Whole, Done::Whole, 1..) => Done::Whole,
                    (Done::Nothing, Done::Nothing, 0) => Done::Nothing,
                    _ => Done::Part,
                };
                Truth { done, step_done: optimization == 0, most: warmed.max(u64::from(ai < KEYS)) }
            }
        }
    }
}

impl Target for Cache {
    fn upstream(&self) -> SocketAddr {
        self.address
    }

    fn configuration(&self, gate: SocketAddr, _: &Path) -> String {
        let section = format!("[platform.redis]\nhost = \"127.0.0.1\"\nport = {}\n", gate.port());
        watched(self.simulator.address) + &section
    }

    fn truth(&self) -> BoxFuture<'_, Truth> {
        Box::pin(self.found())
    }

    /// Takes the right away.
    fn spoil(&self, _: Fault) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let right = if self.what == What::Flush { "-flushdb" } else { "-unlink" };
            let _: () = self.ask(&["ACL", "SETUSER", "default", right]).await;
        })
    }
}
