//! The pools. SQLite has one connection that writes and several that only read; PostgreSQL has one pool.

use std::{str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Any, AnyPool, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};

/// Only ever added to: an edited migration stops every installation.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Which of the two databases is behind the pools.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A transaction that may write: what one thing that happens is written in.
pub type Tx = Transaction<'static, Any>;

/// Cheap to clone; clones share the pools.
#[derive(Clone, Debug)]
pub struct Db {
    kind: Kind,
    write: AnyPool,
    read: AnyPool,
}

/// Why the database cannot be used. Never holds the address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the database address must begin with sqlite:// or postgres://")]
    Address,
    #[error("the database cannot be opened: {0}")]
    Open(#[source] sqlx::Error),
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the database refused: {0}")]
    Query(#[from] sqlx::Error),
    #[error("stored data cannot be read: {0}")]
    Stored(String),
    #[error("two writers at once: {0}")]
    Conflict(&'static str),
    #[error("the writing task ended early")]
    Lost,
}

impl DbError {
    /// Whether two writers were in each other's way, so that trying again may do.
    pub fn is_conflict(&self) -> bool {
        match self {
            DbError::Query(sqlx::Error::Database(error)) => {
                // 40001 and 40P01: PostgreSQL gave one of two transactions up.
                let code = error.code();
                error.is_unique_violation() || matches!(code.as_deref(), Some("40001" | "40P01"))
            }
            DbError::Conflict(_) => true,
            _ => false,
        }
    }
}

impl Db {
    /// Opens (and with SQLite creates) the database and runs the migrations.
    ///
    /// # Errors
    /// See `DbError`.
    pub async fn open(url: &SecretString) -> Result<Db, DbError> {
        let db = Db::open_bare(url).await?;
        MIGRATIONS.run(&db.write).await?;
        Ok(db)
    }

    /// Opens the database as it is, of whichever schema: for what looks at it from outside. One that is not there is not
    /// made.
    ///
    /// # Errors
    /// See `DbError`.
    pub async fn open_as_it_is(url: &SecretString) -> Result<Db, DbError> {
        Db::connect(url, "rw").await
    }

    /// Opens (and with SQLite creates) the database without the migrations.
    ///
    /// # Errors
    /// See `DbError`.
    pub async fn open_bare(url: &SecretString) -> Result<Db, DbError> {
        Db::connect(url, "rwc").await
    }

    /// Runs the migrations up to this schema, the number of its last migration; nothing is taken back.
    ///
    /// # Errors
    /// When one of them fails, or the database has others.
    pub async fn migrate_to(&self, schema: i64) -> Result<(), DbError> {
        Ok(MIGRATIONS.run_to(schema, &self.write).await?)
    }

    /// `mode` is how SQLite opens its file.
    async fn connect(url: &SecretString, mode: &str) -> Result<Db, DbError> {
        install_default_drivers();
        let url = url.expose_secret();
        if let Some(file) = url.strip_prefix("sqlite:") {
            open_sqlite(file, mode).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await
        } else {
            Err(DbError::Address)
        }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &AnyPool {
        &self.read
    }

    /// A transaction that may write. On SQLite it takes the writer's place at once: a reader that
    /// turns writer half-way is refused, however long it would wait.
    ///
    /// # Errors
    /// When no connection can be had, or the database is locked or read-only.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(match self.kind {
            Kind::Sqlite => self.write.begin_with("BEGIN IMMEDIATE").await?,
            Kind::Postgres => self.write.begin().await?,
        })
    }

    /// A transaction that only reads, and sees one state of the database however long it takes.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn snapshot(&self) -> Result<Tx, DbError> {
        Ok(match self.kind {
            Kind::Sqlite => self.read.begin().await?,
            Kind::Postgres => self.read.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
        })
    }

    /// Whether the database can be read and written now.
    ///
    /// # Errors
    /// With the reason why not.
    pub async fn check(&self) -> Result<(), DbError> {
        let mut transaction = self.begin().await?;
        // Writes a page and takes it back: a full disk or a read-only file shows here.
        sqlx::query("CREATE TABLE bellwether_check (written BIGINT)").execute(&mut *transaction).await?;
        transaction.rollback().await?;
        Ok(())
    }

    /// From now on the database refuses every change, as one on a read-only disk does.
    #[cfg(test)]
    pub async fn break_for_tests(&self) {
        sqlx::query("PRAGMA query_only = ON").execute(&self.write).await.ok();
    }

    #[cfg(test)]
    pub async fn mend_for_tests(&self) {
        sqlx::query("PRAGMA query_only = OFF").execute(&self.write).await.ok();
    }

    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// `($1, $2), ($3, $4)`: sqlx's own builder writes `?`, which PostgreSQL does not read.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 7);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            text.push_str(if column == 0 { "$" } else { ", $" });
            text.push_str(&(row * columns + column + 1).to_string());
        }
        text.push(')');
    }
    text
}

/// The number of the newest migration that this console has.
pub fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

async fn open_sqlite(rest: &str, mode: &str) -> Result<Db, DbError> {
    let file = rest.strip_prefix("//").unwrap_or(rest);
    let file = file.split('?').next().unwrap_or(file);
    let options = |mode: &str| AnyConnectOptions::from_str(&format!("sqlite://{file}?mode={mode}"));
    let settings: &'static [&'static str] = &[
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA busy_timeout = 5000",
        "PRAGMA cache_size = -4000",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA journal_size_limit = 67108864",
        // What is erased is overwritten in its page, not only forgotten.
        "PRAGMA secure_delete = FAST",
    ];
    let pool = |connections: u32| {
        AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .max_lifetime(None)
            .idle_timeout(None)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for setting in settings {
                        sqlx::query(*setting).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
    };
    let write = pool(1).connect_with(options(mode).map_err(DbError::Open)?).await.map_err(DbError::Open)?;
    // Opened for writing too: a read-only connection cannot recover a WAL left by a crash.
    let read = pool(4).connect_lazy_with(options("rw").map_err(DbError::Open)?);
    Ok(Db { kind: Kind::Sqlite, write, read })
}

async fn open_postgres(url: &str) -> Result<Db, DbError> {
    let options = AnyConnectOptions::from_str(url).map_err(DbError::Open)?;
    let pool = AnyPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(10))
        .max_lifetime(Duration::from_secs(600))
        .after_connect(|connection, _| {
            Box::pin(async move {
                // A statement that hangs, or a transaction that was forgotten, must not hold the rest up.
                for setting in [
                    "SET idle_in_transaction_session_timeout = '15s'",
                    "SET statement_timeout = '30s'",
                    "SET lock_timeout = '5s'",
                ] {
                    sqlx::query(setting).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(DbError::Open)?;
    Ok(Db { kind: Kind::Postgres, write: pool.clone(), read: pool })
}
