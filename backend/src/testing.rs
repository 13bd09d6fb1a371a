//! Both databases for tests: a fresh SQLite file, and a fresh PostgreSQL database where one is offered.

use secrecy::SecretString;
use sqlx::{AnyPool, any::install_default_drivers};

use crate::db::Db;

/// A database of its own for one test.
pub struct World {
    pub name: &'static str,
    pub db: Db,
    _folder: tempfile::TempDir,
}

impl World {
    /// What somebody with the database in their hands does; how many rows it touched.
    pub async fn tamper(&self, sql: &str) -> u64 {
        let mut tx = self.db.begin().await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        done.rows_affected()
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

pub async fn sqlite() -> World {
    let folder = tempfile::tempdir().unwrap();
    let url = SecretString::from(format!("sqlite://{}/test.db", folder.path().display()));
    World { name: "sqlite", db: Db::open(&url).await.unwrap(), _folder: folder }
}

async fn postgres(server: &str) -> World {
    install_default_drivers();
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let maintenance = AnyPool::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&maintenance).await.unwrap();
    maintenance.close().await;
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = SecretString::from(format!("{base}/{name}"));
    World { name: "postgres", db: Db::open(&url).await.unwrap(), _folder: tempfile::tempdir().unwrap() }
}
