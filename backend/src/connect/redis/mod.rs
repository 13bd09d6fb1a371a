//! The platform's cache: how it is, emptying one database, deleting by pattern.

mod pattern;

use std::{collections::BTreeMap, fmt, fs, path::PathBuf, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, FromRedisValue, IntoConnectionInfo,
    RedisConnectionInfo, RedisError, ServerErrorKind, TlsCertificates, aio::MultiplexedConnection,
};
use secrecy::{ExposeSecret, SecretString};

pub use pattern::{Deleted, End, Go, Pattern, Progress};

use super::failure::{Because, Failure, said};

/// For one command and its answer.
const DEADLINE: Duration = Duration::from_secs(5);
const CONNECT_WITHIN: Duration = Duration::from_secs(4);
/// A flush leaves a mark behind, by which it is seen to be done whatever became of the answer.
const MARKED_FOR: Duration = Duration::from_secs(3_600);

/// How the cache is reached.
#[derive(Clone, Debug)]
pub struct CacheAccess {
    pub host: String,
    pub port: u16,
    /// The one database that is looked at and changed.
    pub database: u16,
    pub user: Option<String>,
    pub password: Option<SecretString>,
    /// With TLS; the certificates of the system, or of `ca_file`.
    pub tls: bool,
    /// PEM.
    pub ca_file: Option<PathBuf>,
}

/// One database of a Redis.
pub struct Cache {
    client: Client,
    /// `cache-cluster:6379`
    at: String,
    database: u16,
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("database", &self.database).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Master,
    /// It takes no change.
    Replica,
    /// One of several that share the keys: each sees only its own.
    ClusterNode,
}

/// How the cache is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CacheFacts {
    pub version: String,
    pub role: Role,
    /// Keys in the configured database.
    pub keys: u64,
    pub used_bytes: u64,
    /// Nothing where there is no limit.
    pub most_bytes: Option<u64>,
    /// Since the server started.
    pub hits: u64,
    pub misses: u64,
    pub evicted: u64,
}

impl CacheFacts {
    /// The share of reads that found their key, 0 to 1; nothing before the first read.
    pub fn hit_rate(&self) -> Option<f64> {
        let reads = self.hits + self.misses;
        (reads > 0).then(|| self.hits as f64 / reads as f64)
    }

    /// Whether it may be changed from here.
    ///
    /// # Errors
    /// `Invalid`, with the reason.
    pub fn takes_changes(&self) -> Result<(), Failure> {
        match self.role {
            Role::Master => Ok(()),
            Role::Replica => Err(read_only()),
            Role::ClusterNode => Err(in_a_cluster()),
        }
    }
}

impl Cache {
    /// A connection as configured. Asks nothing yet. The process must have installed its TLS provider.
    ///
    /// # Errors
    /// `Setup` when the address or the certificates cannot be used.
    pub fn new(access: &CacheAccess) -> Result<Cache, Failure> {
        let address = (access.host.clone(), access.port);
        let address = if access.tls {
            let (host, port) = address;
            ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
        } else {
            ConnectionAddr::Tcp(address.0, address.1)
        };
        let mut redis = RedisConnectionInfo::default().set_db(access.database.into());
        if let Some(user) = &access.user {
            redis = redis.set_username(user);
        }
        if let Some(password) = &access.password {
            redis = redis.set_password(password.expose_secret());
        }
        let setup = |_: RedisError| Failure::setup("the connection to the cache cannot be set up");
        let info = address.into_connection_info().map_err(setup)?.set_redis_settings(redis);
        let client = if access.tls {
            let root_cert = access.ca_file.as_ref().map(fs::read).transpose();
            let root_cert =
                root_cert.map_err(|_| Failure::setup("the cache's certificate authority cannot be read"))?;
            Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert }).map_err(setup)?
        } else {
            Client::open(info).map_err(setup)?
        };
        Ok(Cache { client, at: format!("{}:{}", access.host, access.port), database: access.database })
    }

    /// How the cache is.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn observe(&self) -> Result<CacheFacts, Failure> {
        let mut connection = self.connect().await?;
        self.facts(&mut connection).await
    }

    /// Where it is, for a preview: without user and password.
    pub fn address(&self) -> String {
        format!("{}, database {}", self.at, self.database)
    }

    /// Whether it is this database that is configured.
    ///
    /// # Errors
    /// `Setup` when it is another one.
    pub fn is_of(&self, database: u16) -> Result<(), Failure> {
        if self.database == database {
            return Ok(());
        }
        Err(Failure::setup(format!("database {} of the cache is configured, not {database}", self.database)))
    }

    /// Empties the database and leaves a mark there, both or neither. The memory is freed beside the work, so that nobody
    /// waits. Returns how many keys there were.
    ///
    /// # Errors
    /// `Invalid` on a replica or in a cluster; `MayHaveHappened` when no answer came.
    pub async fn flush(&self, mark: &str) -> Result<u64, Failure> {
        let mut connection = self.connect().await?;
        let facts = self.facts(&mut connection).await?;
        facts.takes_changes()?;
        // One after the other: a right that is missing is named by the command that lacks it, and nothing is done before EXEC.
        let _: () = ask(&mut connection, &mut redis::cmd("MULTI"), false).await?;
        let _: () = ask(&mut connection, redis::cmd("FLUSHDB").arg("ASYNC"), false).await?;
        let mut mark =
            redis::cmd("SET").arg(marked(mark)).arg("1").arg("EX").arg(MARKED_FOR.as_secs()).to_owned();
        let _: () = ask(&mut connection, &mut mark, false).await?;
        let _: redis::Value = ask(&mut connection, &mut redis::cmd("EXEC"), true).await?;
        Ok(facts.keys)
    }

    /// Whether the mark of a flush is there.
    ///
    /// # Errors
    /// When the cache does not answer.
    pub async fn is_marked(&self, mark: &str) -> Result<bool, Failure> {
        let mut connection = self.connect().await?;
        ask(&mut connection, redis::cmd("EXISTS").arg(marked(mark)), false).await
    }

    /// The commands that `flush` sends, for a preview.
    pub fn flush_commands(&self) -> String {
        format!(
            "SELECT {}\nMULTI\nFLUSHDB ASYNC\nSET {} 1 EX {}\nEXEC",
            self.database,
            marked("<run>"),
            MARKED_FOR.as_secs()
        )
    }

    async fn facts(&self, connection: &mut MultiplexedConnection) -> Result<CacheFacts, Failure> {
        let info: String = ask(connection, &mut redis::cmd("INFO"), false).await?;
        let keys: u64 = ask(connection, &mut redis::cmd("DBSIZE"), false).await?;
        let fields: BTreeMap<&str, &str> =
            info.lines().filter_map(|line| line.trim_end().split_once(':')).collect();
        let number = |key: &str| fields.get(key).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
        let role = match (fields.get("cluster_enabled"), fields.get("role")) {
            (Some(&"1"), _) => Role::ClusterNode,
            (_, Some(&"master")) => Role::Master,
            // Unknown is not a permission.
            _ => Role::Replica,
        };
        Ok(CacheFacts {
            version: (*fields.get("redis_version").unwrap_or(&"unknown")).to_owned(),
            role,
            keys,
            used_bytes: number("used_memory"),
            most_bytes: Some(number("maxmemory")).filter(|most| *most > 0),
            hits: number("keyspace_hits"),
            misses: number("keyspace_misses"),
            evicted: number("evicted_keys"),
        })
    }

    /// A connection of its own for one action. The library neither reconnects it nor repeats what was sent.
    async fn connect(&self) -> Result<MultiplexedConnection, Failure> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(DEADLINE));
        self.client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(|error| trouble(&error, false))
    }
}

fn marked(mark: &str) -> String {
    format!("bellwether:run:{mark}")
}

/// Sends one command and reads its answer.
async fn ask<T: FromRedisValue>(
    connection: &mut MultiplexedConnection,
    command: &mut redis::Cmd,
    changes: bool,
) -> Result<T, Failure> {
    command.query_async(connection).await.map_err(|error| trouble(&error, changes))
}

fn read_only() -> Failure {
    Failure::invalid("this Redis is a read-only replica: its master must be asked")
}

fn in_a_cluster() -> Failure {
    Failure::invalid(
        "this Redis is a node of a cluster, and sees only a part of the keys: a cluster is not supported",
    )
}

/// What went wrong. An answer of the server, of whatever kind, says that this command was not carried out.
fn trouble(error: &RedisError, changes: bool) -> Failure {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::ReadOnly) => return read_only(),
        ErrorKind::Server(ServerErrorKind::NoPerm) => return forbidden(error.detail().unwrap_or_default()),
        ErrorKind::Server(ServerErrorKind::BusyLoading | ServerErrorKind::TryAgain) => {
            return Failure::nothing(Because::Busy, "the cache is loading its data");
        }
        ErrorKind::AuthenticationFailed => return not_signed_in(),
        ErrorKind::InvalidClientConfig => {
            return Failure::setup("the connection to the cache cannot be set up");
        }
        _ if error.is_cluster_error() => return in_a_cluster(),
        ErrorKind::Server(_) | ErrorKind::Extension => return answered(error),
        _ => {}
    }
    let nothing = |why: &str| Failure::nothing(Because::Unreachable, why);
    if error.is_connection_refusal() {
        return nothing("the cache refused the connection");
    }
    if changes {
        return Failure::unknown(if error.is_timeout() {
            "the cache did not answer in time"
        } else {
            "the connection to the cache ended without an answer"
        });
    }
    nothing(if error.is_timeout() {
        "the cache did not answer in time"
    } else {
        "no connection to the cache"
    })
}

fn answered(error: &RedisError) -> Failure {
    match error.code() {
        Some("NOAUTH" | "WRONGPASS") => not_signed_in(),
        Some("BUSY") => Failure::nothing(Because::Busy, "the cache is busy with a script"),
        Some("OOM") => Failure::nothing(Because::Busy, "the cache has no memory left"),
        code => {
            let told = error.detail().unwrap_or_default();
            Failure::invalid(format!("the cache refused it ({}): {}", code.unwrap_or("ERR"), said(told)))
        }
    }
}

fn not_signed_in() -> Failure {
    Failure::nothing(Because::NotSignedIn, "the cache does not know the console's credentials")
}

/// `User bellwether has no permissions to run the 'flushdb' command`
fn forbidden(told: &str) -> Failure {
    let right = match told.split('\'').nth(1) {
        Some(command) => format!("run the command {command}"),
        None if told.contains("keys") => "use these keys".to_owned(),
        None => "not named by the cache".to_owned(),
    };
    let why = format!("the console's user of the cache lacks a right: {right}");
    Failure::forbidden(right, why)
}
