//! The client of the platform's database, against the PostgreSQL that `BELLWETHER_TEST_POSTGRES` names.

use std::time::{Duration, Instant};

use backend::connect::{
    Because,
    postgres::{
        ACTIVE_CRISES, ACTIVE_STATEMENTS, CleanUp, CleanedEnd, FEEDBACK, PlatformDatabase, QUALITY_GAPS,
        SLOWEST_STATEMENTS, Use,
    },
};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, PgPool};

/// The platform's database as WedSync has it, with roles of its own.
pub struct Stand {
    /// As its superuser.
    pool: PgPool,
    base: String,
    name: String,
}

const TABLES: &str = "
    CREATE TABLE wedding_optimizations (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, quality_score DOUBLE PRECISION, status TEXT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, wedding_date DATE
    );
    CREATE INDEX ON wedding_optimizations (status, created_at);
    CREATE TABLE ai_recommendations (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        optimization_id BIGINT REFERENCES wedding_optimizations (id), confidence DOUBLE PRECISION
    );
    CREATE INDEX ON ai_recommendations (optimization_id);
    CREATE TABLE ai_feedback (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rating INTEGER, outcome TEXT, created_at TIMESTAMPTZ,
        recommendation_id BIGINT
    );
    CREATE TABLE active_crises (
        wedding_id TEXT, couple_email TEXT, crisis_type TEXT, status TEXT, created_at TIMESTAMPTZ
    );
    INSERT INTO ai_feedback (rating, outcome, created_at)
        SELECT n % 5 + 1, 'accepted', now() - n * interval '10 hours' FROM generate_series(0, 9) AS n;
    INSERT INTO active_crises VALUES
        ('w-1', 'marked-couple@example.com', 'vendor_cancelled', 'ai_processing', now() - interval '20 minutes'),
        ('w-2', 'marked-other@example.com', 'vendor_cancelled', 'ai_processing', now() - interval '2 hours'),
        ('w-3', 'marked-third@example.com', 'weather', 'resolved', now());
    INSERT INTO wedding_optimizations (quality_score, status, created_at) VALUES
        (NULL, 'active', now()), (0.6, 'active', now()), (0.9, 'active', now()),
        (0.1, 'completed', now() - interval '2 days'), (0.1, 'active', now() - interval '200 days');
";

/// Nothing, with a word about it, where there is no server.
pub async fn stand() -> Option<Stand> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let Ok(server) = std::env::var("BELLWETHER_TEST_POSTGRES") else {
        eprintln!("BELLWETHER_TEST_POSTGRES names no server: this test did nothing");
        return None;
    };
    let name = format!("wedsync_{}", uuid::Uuid::now_v7().simple());
    let maintenance = PgPool::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&maintenance).await.unwrap();
    maintenance.close().await;
    let (base, _) = server.rsplit_once('/').unwrap();
    let pool = PgPool::connect(&format!("{base}/{name}")).await.unwrap();
    sqlx::raw_sql(TABLES).execute(&pool).await.unwrap();
    Some(Stand { pool, base: base.to_owned(), name })
}

impl Stand {
    /// As whoever owns everything in it.
    pub fn address(&self) -> SecretString {
        SecretString::from(format!("{}/{}", self.base, self.name))
    }

    async fn run(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.pool).await.unwrap();
    }

    pub async fn count(&self, what: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {what}");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.pool).await.unwrap()
    }

    /// A role of its own with these rights on every table.
    async fn role(&self, rights: &str) -> String {
        let role = format!("role_{}", uuid::Uuid::now_v7().simple());
        self.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'marked-password'")).await;
        if !rights.is_empty() {
            self.run(&format!("GRANT {rights} ON ALL TABLES IN SCHEMA public TO {role}")).await;
        }
        role
    }

    fn database(&self, role: &str, usage: Use) -> PlatformDatabase {
        let (_, host) = self.base.rsplit_once('@').unwrap();
        let url = format!("postgres://{role}:marked-password@{host}/{}", self.name);
        let database = PlatformDatabase::new(&SecretString::from(url), usage).unwrap();
        assert!(!format!("{database:?}").contains("marked-"));
        database
    }

    /// `count` completed optimizations that are old enough to go.
    pub async fn age(&self, count: u32) {
        self.run(&format!(
            "INSERT INTO wedding_optimizations (quality_score, status, created_at)
             SELECT 0.8, 'completed', now() - interval '91 days' FROM generate_series(1, {count})"
        ))
        .await;
    }
}

fn old_optimizations() -> CleanUp {
    CleanUp {
        table: "wedding_optimizations".into(),
        id: "id".into(),
        status_column: "status".into(),
        status: "completed".into(),
        age_column: "created_at".into(),
        older_than_days: 90,
        batch: 5_000,
    }
}

#[tokio::test]
async fn only_completed_rows_that_are_old_enough_go_and_it_stops_and_goes_on() {
    let Some(stand) = stand().await else { return };
    stand.age(3_000).await;
    let role = stand.role("SELECT, DELETE").await;
    let database = stand.database(&role, Use::Upkeep);
    let what = old_optimizations();
    assert_eq!(database.count_old(&what).await.unwrap(), 3_000);
    let stopped = database.clean_up(&what, |so_far| so_far.rows < 1_000).await.unwrap();
    assert_eq!(stopped.end, CleanedEnd::Stopped);
    assert!((1_000..3_000).contains(&stopped.so_far.rows), "{stopped:?}");
    assert_eq!(database.count_old(&what).await.unwrap(), 3_000 - stopped.so_far.rows);
    let done = database.clean_up(&what, |_| true).await.unwrap();
    assert_eq!((done.so_far.rows + stopped.so_far.rows, done.end), (3_000, CleanedEnd::Done));
    assert_eq!(stand.count("wedding_optimizations").await, 5, "the young and the active stay");
}

#[tokio::test]
async fn no_more_rows_go_at_once_than_is_configured() {
    let Some(stand) = stand().await else { return };
    stand.age(1_000).await;
    let role = stand.role("SELECT, DELETE").await;
    let (mut sizes, mut before) = (Vec::new(), 0);
    let what = CleanUp { batch: 120, ..old_optimizations() };
    let database = stand.database(&role, Use::Upkeep);
    let cleaned = database.clean_up(&what, |so_far| {
        sizes.push(so_far.rows - before);
        before = so_far.rows;
        true
    });
    assert_eq!(cleaned.await.unwrap().so_far.rows, 1_000);
    assert!(sizes.len() >= 9 && sizes.iter().all(|size| *size <= 120), "{sizes:?}");
}

#[tokio::test]
async fn ids_may_be_of_another_type() {
    let Some(stand) = stand().await else { return };
    stand.run(
        "CREATE TABLE by_uuid (key UUID PRIMARY KEY DEFAULT gen_random_uuid(), state VARCHAR(20), made TIMESTAMPTZ);
         INSERT INTO by_uuid (state, made) SELECT 'it''s over', now() - interval '400 days' FROM generate_series(1, 20)",
    )
    .await;
    let role = stand.role("SELECT, DELETE").await;
    let what = CleanUp {
        table: "public.by_uuid".into(),
        id: "key".into(),
        status_column: "state".into(),
        status: "it's over".into(),
        age_column: "made".into(),
        older_than_days: 365,
        batch: 500,
    };
    let done = stand.database(&role, Use::Upkeep).clean_up(&what, |_| true).await.unwrap();
    assert_eq!((done.so_far.rows, done.end), (20, CleanedEnd::Done));
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_clean_up_is_told() {
    let Some(stand) = stand().await else { return };
    stand.age(10).await;
    let reader = stand.role("SELECT").await;
    let broken = stand.database(&reader, Use::Upkeep).clean_up(&old_optimizations(), |_| true).await.unwrap();
    let CleanedEnd::Broken(failure) = broken.end else { panic!("{broken:?}") };
    let right = "table wedding_optimizations".to_owned();
    assert_eq!(failure.because(), Some(&Because::Forbidden { right }), "{failure}");

    let role = stand.role("SELECT, DELETE").await;
    let reading =
        stand.database(&role, Use::Diagnostics).clean_up(&old_optimizations(), |_| true).await.unwrap();
    let CleanedEnd::Broken(failure) = reading.end else { panic!("{reading:?}") };
    assert!(failure.to_string().contains("takes no changes here"), "{failure}");

    stand
        .run("INSERT INTO ai_recommendations (optimization_id) SELECT max(id) FROM wedding_optimizations")
        .await;
    let referred = stand.database(&role, Use::Upkeep).clean_up(&old_optimizations(), |_| true).await.unwrap();
    let CleanedEnd::Broken(failure) = referred.end else { panic!("{referred:?}") };
    assert!(failure.to_string().starts_with("other rows still refer to these"), "{failure}");

    let mut nothing = old_optimizations();
    nothing.table = "no_such_table".into();
    let missing = stand.database(&role, Use::Upkeep).clean_up(&nothing, |_| true).await.unwrap_err();
    assert_eq!(missing.because(), Some(&Because::NotFound), "{missing}");
    assert_eq!(stand.count("wedding_optimizations").await, 15, "nothing was deleted");
}

#[tokio::test]
async fn a_row_that_somebody_holds_makes_it_wait_and_give_up_with_nothing_held() {
    let Some(stand) = stand().await else { return };
    stand.age(5).await;
    let role = stand.role("SELECT, DELETE").await;
    let mut holding = stand.pool.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM wedding_optimizations WHERE status = 'completed' FOR UPDATE")
        .fetch_all(&mut *holding)
        .await
        .unwrap();
    let broken = stand.database(&role, Use::Upkeep).clean_up(&old_optimizations(), |_| true).await.unwrap();
    let CleanedEnd::Broken(failure) = broken.end else { panic!("{broken:?}") };
    assert_eq!(failure.because(), Some(&Because::Busy), "{failure}");
    holding.rollback().await.unwrap();
    assert_eq!(stand.database(&role, Use::Upkeep).count_old(&old_optimizations()).await.unwrap(), 5);
}

#[tokio::test]
async fn analyze_is_done_by_the_owner_and_no_success_for_anybody_else() {
    let Some(stand) = stand().await else { return };
    let owner = stand.role("").await;
    stand.run(&format!("ALTER TABLE ai_feedback OWNER TO {owner}")).await;
    let database = stand.database(&owner, Use::Upkeep);
    let before = database.observe_analyze("ai_feedback").await.unwrap();
    assert_eq!((before.at, before.times), (None, 0));
    let after = database.analyze("ai_feedback").await.unwrap();
    assert!(after.at.is_some() && after.times == 1);
    assert_eq!(database.observe_analyze("ai_feedback").await.unwrap(), after);
    let other = stand.role("SELECT, INSERT, UPDATE, DELETE").await;
    let failure = stand.database(&other, Use::Upkeep).analyze("ai_feedback").await.unwrap_err();
    assert_eq!(failure.because(), Some(&Because::Forbidden { right: "own the table ai_feedback".into() }));
    let missing = database.analyze("no_such_table").await.unwrap_err();
    assert_eq!(missing.because(), Some(&Because::NotFound));
}

#[tokio::test]
async fn diagnostics_read_and_can_do_nothing_else() {
    let Some(stand) = stand().await else { return };
    let role = stand.role("SELECT, INSERT, UPDATE, DELETE").await;
    let database = stand.database(&role, Use::Diagnostics);
    let feedback = database.read(FEEDBACK).await.unwrap();
    assert_eq!(feedback.columns, ["rating", "outcome", "count"]);
    assert_eq!(feedback.rows.len(), 3, "{feedback:?}");
    let gaps = database.read(QUALITY_GAPS).await.unwrap();
    assert_eq!(gaps.columns, ["status", "without_score", "under_0_7", "optimizations"]);
    assert_eq!(gaps.rows, [["active", "1", "1", "3"]]);
    let crises = database.read(ACTIVE_CRISES).await.unwrap();
    assert_eq!((crises.rows.len(), crises.rows[0][0].as_str()), (1, "w-1"));
    assert!(!format!("{crises:?}").contains("marked-"), "who it is stays there");
    for bad in [
        "DELETE FROM ai_feedback",
        "WITH gone AS (DELETE FROM ai_feedback RETURNING 1) SELECT * FROM gone",
        "SELECT 1) AS x; DELETE FROM ai_feedback; --",
        "SELECT 1; COMMIT; DELETE FROM ai_feedback",
        "SELECT nextval(pg_get_serial_sequence('ai_feedback', 'id'))",
    ] {
        let refused = database.read(bad).await.unwrap_err();
        assert!(refused.is_certain(), "{bad}: {refused}");
    }
    assert_eq!(stand.count("ai_feedback").await, 10);
    let slow = database.read("SELECT pg_sleep(30)::text AS slept").await.unwrap_err();
    assert_eq!(slow.because(), Some(&Because::Busy), "{slow}");
    let many = database.read("SELECT n FROM generate_series(1, 10000) AS n").await.unwrap();
    assert_eq!((many.rows.len(), many.notes.len()), (500, 1));
}

#[tokio::test]
async fn statements_of_others_are_shown_with_the_right_to_and_counted_without() {
    let Some(stand) = stand().await else { return };
    let busy = stand.pool.clone();
    let sleeper = tokio::spawn(async move {
        let _ = sqlx::raw_sql("SELECT pg_sleep(3), 'marked-text'").execute(&busy).await;
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let role = stand.role("").await;
    let database = stand.database(&role, Use::Diagnostics);
    let hidden = database.read(ACTIVE_STATEMENTS).await.unwrap();
    assert!(hidden.notes.iter().any(|note| note.contains("pg_read_all_stats")), "{hidden:?}");
    stand.run(&format!("GRANT pg_read_all_stats TO {role}")).await;
    let shown = database.read(ACTIVE_STATEMENTS).await.unwrap();
    let told = format!("{shown:?}");
    assert!(told.contains("pg_sleep(…), '…'") && !told.contains("marked-text"), "{told}");
    sleeper.abort();
}

#[tokio::test]
async fn what_the_console_asks_meanwhile_is_no_statement_of_the_platform() {
    let Some(stand) = stand().await else { return };
    // As the owner, from whom no connection is hidden.
    let database = PlatformDatabase::new(&stand.address(), Use::Diagnostics).unwrap();
    let reading = database.read("SELECT pg_sleep(2)::text AS slept");
    let looking = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        database.read(ACTIVE_STATEMENTS).await.unwrap()
    };
    let (slept, shown) = tokio::join!(reading, looking);
    assert_eq!(slept.unwrap().rows.len(), 1, "it ran while the other looked");
    assert_eq!((shown.rows, shown.notes), (vec![], vec![]));
}

#[tokio::test]
async fn the_slowest_statements_are_shown_or_it_is_said_what_is_missing() {
    let Some(stand) = stand().await else { return };
    let role = stand.role("").await;
    let database = stand.database(&role, Use::Diagnostics);
    let missing = database.read(SLOWEST_STATEMENTS).await.unwrap_err();
    assert!(missing.to_string().starts_with("pg_stat_statements is not set up"), "{missing}");
    let preloaded: String =
        sqlx::query_scalar("SHOW shared_preload_libraries").fetch_one(&stand.pool).await.unwrap();
    if !preloaded.contains("pg_stat_statements") {
        eprintln!("this server has not preloaded pg_stat_statements: the rest of this test did nothing");
        return;
    }
    stand.run(&format!("CREATE EXTENSION pg_stat_statements; GRANT pg_read_all_stats TO {role}")).await;
    stand.run("SELECT pg_sleep(0.2)").await;
    let slowest = database.read(SLOWEST_STATEMENTS).await.unwrap();
    assert_eq!(slowest.columns, ["query", "mean_ms", "total_ms", "calls"]);
    assert!(slowest.rows[0][1].parse::<f64>().unwrap() >= 200.0, "{slowest:?}");
}

#[tokio::test]
async fn a_server_that_is_gone_or_knows_nobody_is_told_without_a_secret() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let url = |text: &str| SecretString::from(text.to_owned());
    for bad in ["sqlite://file", "marked-nonsense", "postgres://u:marked-p@:::/"] {
        let failure = PlatformDatabase::new(&url(bad), Use::Diagnostics).unwrap_err();
        assert!(failure.because() == Some(&Because::Setup) && !failure.to_string().contains("marked-"));
    }
    let gone = PlatformDatabase::new(&url("postgres://u:marked-p@127.0.0.1:1/x"), Use::Upkeep).unwrap();
    let failure = gone.analyze("ai_feedback").await.unwrap_err();
    assert_eq!(failure.because(), Some(&Because::Unreachable), "{failure}");
    assert!(!failure.to_string().contains("marked-"));
    let Some(stand) = stand().await else { return };
    let nobody = stand.database("nobody_of_that_name", Use::Diagnostics).read("SELECT 1").await.unwrap_err();
    assert_eq!(nobody.because(), Some(&Because::NotSignedIn), "{nobody}");
}

/// Printed, never asserted.
#[tokio::test]
async fn how_long_a_clean_up_of_200_000_rows_holds_its_locks() {
    let Some(stand) = stand().await else { return };
    stand.age(200_000).await;
    let role = stand.role("SELECT, DELETE").await;
    let begun = Instant::now();
    let done = stand.database(&role, Use::Upkeep).clean_up(&old_optimizations(), |_| true).await.unwrap();
    assert_eq!((done.so_far.rows, &done.end), (200_000, &CleanedEnd::Done));
    println!(
        "200,000 rows deleted in {:.1} s and {} batches; the longest held its locks for {} ms",
        begun.elapsed().as_secs_f64(),
        done.so_far.batches,
        done.so_far.longest.as_millis()
    );
}
