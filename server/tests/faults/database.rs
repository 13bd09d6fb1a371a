//! A database of the PostgreSQL that `BELLWETHER_TEST_POSTGRES` names: `sql.batch_delete` and `sql.analyze`.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use futures::future::BoxFuture;
use simulator::serve::Running;
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};

use crate::{
    fault::{Done, Fault, Seen, Truth},
    kind::{Kind, Target, Wire, has},
    platform::watched,
    world::simulator_at,
};

/// More than go in one batch.
const OLD: i64 = 700;
const YOUNG: i64 = 5;
const ANALYZED: i64 = 3;

pub static BATCH_DELETE: Kind = Kind {
    name: "sql.batch_delete",
    action: "clean-old-optimizations",
    by_two: false,
    // What a batch left is taken to be the end of it after 20 s of the console: longer here than any statement takes.
    times: 10,
    step: 0,
    wire: Wire::Postgres,
    concerns: |_| true,
    decides: |request| has(request, "COMMIT"),
    seen: Seen::Remainder,
    late: false,
    refuses: true,
    in_parts: true,
    begin: |_| Box::pin(begin(What::Delete)),
};

pub static ANALYZE: Kind = Kind {
    name: "sql.analyze",
    action: "analyze-tables",
    times: 90,
    decides: |request| has(request, "ANALYZE"),
    begin: |_| Box::pin(begin(What::Analyze)),
    ..BATCH_DELETE
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Delete,
    Analyze,
}

struct Database {
    what: What,
    /// As the superuser.
    pool: PgPool,
    address: SocketAddr,
    name: String,
    role: String,
    simulator: Running,
}

const TABLES: &str = "
    CREATE TABLE wedding_optimizations (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL
    );
    CREATE TABLE ai_recommendations (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, confidence DOUBLE PRECISION);
    CREATE TABLE ai_feedback (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rating INTEGER);
    INSERT INTO ai_recommendations (confidence) VALUES (0.5), (0.7);
    INSERT INTO ai_feedback (rating) VALUES (1), (5);
    ALTER TABLE wedding_optimizations SET (autovacuum_enabled = off);
";

/// Nothing, with a word about it, where there is no server.
async fn begin(what: What) -> Option<Arc<dyn Target>> {
    let Ok(server) = std::env::var("BELLWETHER_TEST_POSTGRES") else {
        eprintln!("BELLWETHER_TEST_POSTGRES names no server");
        return None;
    };
    let (base, _) = server.rsplit_once('/').unwrap();
    let (_, address) = base.rsplit_once('@').unwrap();
    let address = tokio::net::lookup_host(address).await.unwrap().next().unwrap();
    let name = format!("faults_{}", uuid::Uuid::now_v7().simple());
    let role = format!("role_{}", uuid::Uuid::now_v7().simple());
    let few = || PgPoolOptions::new().max_connections(2);
    let maintenance = few().connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&maintenance).await.unwrap();
    maintenance.close().await;
    let pool = few().connect(&format!("{base}/{name}")).await.unwrap();
    let simulator = simulator_at("wedsync", 7, 1.0).await;
    let database = Database { what, pool, address, name, role, simulator };
    database.run(TABLES).await;
    let role = &database.role;
    database
        .run(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'marked-password'; ALTER TABLE wedding_optimizations OWNER TO {role};
             ALTER TABLE ai_recommendations OWNER TO {role}; ALTER TABLE ai_feedback OWNER TO {role};
             INSERT INTO wedding_optimizations (status, created_at)
                 SELECT 'completed', now() - interval '91 days' FROM generate_series(1, {OLD});
             INSERT INTO wedding_optimizations (status, created_at)
                 SELECT 'active', now() - interval '200 days' FROM generate_series(1, {YOUNG});"
        ))
        .await;
    Some(Arc::new(database))
}

/// The tables belong to another role.
pub async fn of_somebody_else() -> Option<Arc<dyn Target>> {
    let target = begin(What::Analyze).await?;
    target.spoil(Fault::Error).await;
    Some(target)
}

impl Database {
    async fn run(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.pool).await.unwrap();
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    async fn found(&self) -> Truth {
        let share = |part: i64, whole: i64| match part {
            0 => Done::Nothing,
            part if part == whole => Done::Whole,
            _ => Done::Part,
        };
        let (done, most) = match self.what {
            What::Delete => {
                let left = self
                    .number("SELECT count(*) FROM wedding_optimizations WHERE status = 'completed'")
                    .await;
                let all = self.number("SELECT count(*) FROM wedding_optimizations").await;
                assert_eq!(all - left, YOUNG, "rows are gone that nobody meant");
                // A row goes once.
                (share(OLD - left, OLD), i64::from(left < OLD))
            }
            What::Analyze => {
                // What is really there, whatever the counters say.
                let fresh = self
                    .number("SELECT count(DISTINCT tablename) FROM pg_stats WHERE schemaname = 'public'")
                    .await;
                let most =
                    self.number("SELECT coalesce(max(analyze_count), 0) FROM pg_stat_user_tables").await;
                (share(fresh, ANALYZED), most)
            }
        };
        Truth { done, step_done: done == Done::Whole, most: most.unsigned_abs() }
    }
}

impl Target for Database {
    fn upstream(&self) -> SocketAddr {
        self.address
    }

    fn configuration(&self, gate: SocketAddr, folder: &Path) -> String {
        let url = format!("postgres://{}:marked-password@{gate}/{}", self.role, self.name);
        fs::write(folder.join("platform-database"), url).unwrap();
        watched(self.simulator.address) + "[platform.postgres]\nurl_file = \"platform-database\"\n"
    }

    fn truth(&self) -> BoxFuture<'_, Truth> {
        Box::pin(self.found())
    }

    /// Takes the right away.
    fn spoil(&self, _: Fault) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let role = &self.role;
            match self.what {
                What::Delete => {
                    self.run(&format!("REVOKE DELETE ON wedding_optimizations FROM {role}")).await
                }
                What::Analyze => {
                    for table in ["wedding_optimizations", "ai_recommendations", "ai_feedback"] {
                        self.run(&format!("ALTER TABLE {table} OWNER TO postgres")).await;
                    }
                }
            }
        })
    }
}
