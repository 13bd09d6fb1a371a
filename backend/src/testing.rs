//! Both databases for tests: a fresh SQLite file, and a fresh PostgreSQL database where one is offered.

use std::{collections::HashMap, path::Path, sync::Arc};

use domain::audit::Origin;
use secrecy::SecretString;
use sqlx::{AnyPool, any::install_default_drivers};
use tokio_rustls::TlsAcceptor;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
};

use crate::{
    access::{Access, SESSION_CONTENT, SignIn, Viewer, Who},
    clock::Clock,
    db::{Db, newest_schema},
};

/// A database of its own for one test.
pub struct World {
    pub name: &'static str,
    pub db: Db,
    folder: tempfile::TempDir,
}

impl World {
    /// What somebody with the database in their hands does; how many rows it touched.
    pub async fn tamper(&self, sql: &str) -> u64 {
        let mut tx = self.db.begin().await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        done.rows_affected()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Every file in its folder, byte by byte: with SQLite the database and what it keeps beside it.
    pub fn on_disk(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|file| file.is_file())
            .map(|file| (file.display().to_string(), std::fs::read(&file).unwrap()))
            .collect()
    }
}

/// SQLite always; PostgreSQL when `BELLWETHER_TEST_POSTGRES` names a server.
pub async fn worlds() -> Vec<World> {
    let mut worlds = vec![sqlite().await];
    if let Ok(server) = std::env::var("BELLWETHER_TEST_POSTGRES") {
        worlds.push(postgres(&server).await);
    }
    worlds
}

/// As `worlds`, without any table.
pub async fn bare_worlds() -> Vec<World> {
    let mut worlds = vec![bare_sqlite().await];
    if let Ok(server) = std::env::var("BELLWETHER_TEST_POSTGRES") {
        worlds.push(bare_postgres(&server).await);
    }
    worlds
}

pub async fn sqlite() -> World {
    migrated(bare_sqlite().await).await
}

async fn postgres(server: &str) -> World {
    migrated(bare_postgres(server).await).await
}

async fn migrated(world: World) -> World {
    world.db.migrate_to(newest_schema()).await.unwrap();
    world
}

async fn bare_sqlite() -> World {
    let folder = tempfile::tempdir().unwrap();
    let url = SecretString::from(format!("sqlite://{}/test.db", folder.path().display()));
    World { name: "sqlite", db: Db::open_bare(&url).await.unwrap(), folder }
}

async fn bare_postgres(server: &str) -> World {
    install_default_drivers();
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let maintenance = AnyPool::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&maintenance).await.unwrap();
    maintenance.close().await;
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = SecretString::from(format!("{base}/{name}"));
    World { name: "postgres", db: Db::open_bare(&url).await.unwrap(), folder: tempfile::tempdir().unwrap() }
}

/// Somebody of this role who is signed in.
pub async fn viewer(db: &Db, clock: &Clock, name: &str, role: &str) -> Viewer {
    let mut config = crate::config::load(None, std::iter::empty()).unwrap();
    config.access.second_factors_required = false;
    let access = Access::new(db.clone(), &config, clock.clone()).unwrap();
    let email = format!("{name}@example.com");
    let password = SecretString::from("marked-password of finches");
    let person = access.add_with_password_by_command(&email, name, role, &password).await.unwrap();
    access.acting_by_message(&person, Origin::default(), "a test").await.unwrap().unwrap()
}

/// Somebody of this role who has just given the password, in a session as the web makes it.
pub async fn in_session(access: &Access, name: &str, role: &str) -> Viewer {
    let email = format!("{name}@example.com");
    let password = SecretString::from("marked-password of finches");
    access.add_with_password_by_command(&email, name, role, &password).await.unwrap();
    let asked = SignIn { email, password, code: None, known_browser: None };
    let signed_in = access.sign_in(asked, &Origin::default()).await.unwrap();
    let mut record = Record {
        id: Id::default(),
        data: HashMap::from([(SESSION_CONTENT.to_owned(), serde_json::to_value(signed_in.content).unwrap())]),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    };
    access.sessions().create(&mut record).await.unwrap();
    match access.who(Some(&record.id), Origin::default()).await.unwrap() {
        Who::SignedIn(viewer) => viewer,
        other => panic!("expected somebody signed in, got {other:?}"),
    }
}

/// What is on record, in order: "person.signed_in done by ada about ada", "… refused by … about …: why".
pub async fn on_record(db: &Db) -> Vec<String> {
    type Told = (String, String, String, Option<String>, Option<String>);
    let rows: Vec<Told> = sqlx::query_as(
        "SELECT verb, outcome, actor_name, object_name, reason FROM audit_record ORDER BY sequence",
    )
    .fetch_all(db.read())
    .await
    .unwrap();
    rows.into_iter()
        .map(|(verb, outcome, actor, object, reason)| {
            let object = object.map(|object| format!(" about {object}")).unwrap_or_default();
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{verb} {outcome} by {actor}{object}{reason}")
        })
        .collect()
}

/// Every value of a table, for searching it: each row as one text.
pub async fn everything_stored(db: &Db, table: &str, columns: &[&str]) -> String {
    let shown: Vec<_> = columns.iter().map(|column| format!("COALESCE({column}, '')")).collect();
    let sql = format!("SELECT {} FROM {table}", shown.join(" || ' ' || "));
    let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(db.read()).await.unwrap();
    rows.join("\n")
}

/// Runs one statement; says how many rows it changed.
pub async fn run(db: &Db, sql: &'static str) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let done = sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    done.rows_affected()
}

/// Somebody of this role who has signed in. `change` changes the configuration that they sign in by.
pub async fn signed_in(
    db: &Db,
    clock: &Clock,
    role: &str,
    change: impl FnOnce(&mut crate::config::Config),
) -> Viewer {
    let mut config = crate::config::load(None, std::iter::empty()).unwrap();
    config.access.second_factors_required = false;
    change(&mut config);
    let access = Access::new(db.clone(), &config, clock.clone()).unwrap();
    let email = format!("marked-person-{role}@example.com");
    let password = SecretString::from("marked-password of finches");
    let person = access.add_with_password_by_command(&email, role, role, &password).await.unwrap();
    access.acting_by_message(&person, Origin::default(), "a test").await.unwrap().unwrap()
}

/// A copy of the database in one file, as a backup is.
pub async fn copy_to(db: &Db, file: &Path) {
    let sql = format!("VACUUM INTO '{}'", file.display());
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(db.read()).await.unwrap();
}

/// What is to be told, in order: to whom, the whole message as it is stored, and its state.
pub async fn outbox(db: &Db) -> Vec<(String, String, String)> {
    let sql = "SELECT to_id, message, state FROM delivery ORDER BY id";
    sqlx::query_as(sql).fetch_all(db.read()).await.unwrap()
}

/// A certificate for `localhost`; its authority is written to `authority.pem`.
pub fn certified(folder: &Path) -> TlsAcceptor {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("authority.pem"), issued.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(tls))
}

/// What a query of one number for each row finds.
pub async fn numbers(db: &Db, sql: &str) -> Vec<i64> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(db.read()).await.unwrap()
}
