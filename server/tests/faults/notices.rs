//! Notices to couples against `kill -9` at every point of sending: for every notice the mail server holds one message or
//! none, never two; in doubt is exactly what was killed after it was written down that its last byte leaves; every other
//! ends with one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use backend::{
    access::{Access, Viewer},
    actions::Actions,
    clock::Clock,
    config,
    crises::{ByHand, Cases},
    db::Db,
    notices::{Filled, Notices, Wish},
    sealing::Sealing,
    tick,
};
use domain::{
    audit::Origin,
    notices::{Purpose, Way},
    time::HOUR,
};
use secrecy::SecretString;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::Semaphore;

use crate::{
    mail_sink::{MailSink, Point},
    world::{Console, TOKEN, console},
};

/// Consoles with a database and a mail server of their own, each killed so often.
const WORLDS: usize = 8;
const KILLS: usize = 25;
/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(120);

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// What one world came to.
struct Outcome {
    /// How often the kill fell at each point.
    kills: BTreeMap<Point, usize>,
    in_doubt: usize,
    sent: usize,
}

pub async fn row() {
    let begun = Instant::now();
    // As many at once as there are processors, twice: a console waits more than it works.
    let at_once = Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(4, usize::from) * 2));
    let worlds = (0..WORLDS).map(|number| {
        let at_once = at_once.clone();
        tokio::spawn(async move {
            let _turn = at_once.acquire().await.unwrap();
            World::new().await.killed_again_and_again(number * KILLS).await
        })
    });
    let mut kills: BTreeMap<Point, usize> = BTreeMap::new();
    let (mut in_doubt, mut sent) = (0, 0);
    for world in worlds.collect::<Vec<_>>() {
        let outcome = world.await.unwrap();
        for (point, count) in outcome.kills {
            *kills.entry(point).or_default() += count;
        }
        in_doubt += outcome.in_doubt;
        sent += outcome.sent;
    }
    for (point, count) in &kills {
        eprintln!("{count:4} killed {point:?}");
    }
    eprintln!("{sent} sent once, {in_doubt} in doubt, in {:?}", begun.elapsed());
    assert_eq!(kills.values().sum::<usize>(), WORLDS * KILLS);
    assert!(Point::ALL.iter().all(|point| kills.get(point).is_some_and(|count| *count >= 10)), "{kills:?}");
    assert_eq!(sent + in_doubt, WORLDS * KILLS);
}

struct World {
    folder: tempfile::TempDir,
    file: PathBuf,
    sink: MailSink,
    db: Db,
    cases: Cases,
    notices: Notices,
    priya: Viewer,
}

impl World {
    async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("test.db");
        let sink = MailSink::new(database.clone()).await;
        let file = configure(folder.path(), &sink);
        let config = Arc::new(config::load(Some(&file), std::iter::empty()).unwrap());
        let (clock, db) = (Clock::system(), Db::open(&config.database.url).await.unwrap());
        let access = Access::new(db.clone(), &config, clock.clone()).unwrap();
        let running = tick::Console::start(db.clone(), clock.clone(), config.clone()).await.unwrap();
        let actions =
            Actions::new(db.clone(), clock.clone(), config.clone(), access.clone(), running.alerts.clone());
        let sealing = Sealing::new(db.clone(), clock.clone(), &config.sealing);
        let parts = (access.clone(), actions.unwrap());
        let cases = Cases::new(db.clone(), clock, config.clone(), parts, sealing);
        // This one presses, and never sends: its workers are not started.
        let notices = Notices::new(cases.clone(), config).unwrap();
        let password = SecretString::from("marked-password of finches");
        let email = "marked-person-priya@example.com";
        let priya = access.add_with_password_by_command(email, "priya", "support", &password).await.unwrap();
        let priya = access.acting_by_message(&priya, Origin::default(), "a test").await.unwrap().unwrap();
        World { folder, file, sink, db, cases, notices, priya }
    }

    async fn killed_again_and_again(self, first: usize) -> Outcome {
        let mut kills = BTreeMap::new();
        let mut ended = BTreeSet::new();
        for kill in first..first + KILLS {
            let point = Point::ALL[kill % Point::ALL.len()];
            self.press(kill).await;
            self.sink.strikes_at(point);
            let running = self.start().await;
            let struck = tokio::time::timeout(PATIENCE, self.sink.struck()).await;
            assert!(struck.is_ok(), "nothing came to where it is killed {point:?}");
            stop(running).await;
            self.sink.let_go().await;
            *kills.entry(point).or_default() += 1;
            ended.extend(self.in_state("ending").await);
        }
        let running = self.start().await;
        self.settles().await;
        stop(running).await;
        let in_doubt: BTreeSet<String> = self.in_state("in_doubt").await.into_iter().collect();
        assert_eq!(
            in_doubt, ended,
            "in doubt is what was killed after its end was written down, and nothing else"
        );
        let sent = self.check(first, &in_doubt).await;
        drop(self.folder);
        Outcome { kills, in_doubt: in_doubt.len(), sent }
    }

    /// Each notice has an address of its own. How many were sent.
    async fn check(&self, first: usize, in_doubt: &BTreeSet<String>) -> usize {
        let arrived = self.sink.arrived();
        let mut sent = 0;
        let rows = self.rows().await;
        assert_eq!(rows.len(), KILLS);
        for (kill, (id, state)) in (first..first + KILLS).zip(rows) {
            // The name of the mail is that of the notice, so that each is found by it.
            let count = arrived.iter().filter(|mail| mail.contains(&format!("<notice.{id}@"))).count();
            let address = arrived.iter().filter(|mail| mail.contains(&address(kill))).count();
            assert_eq!(count, address, "{id}");
            match in_doubt.contains(&id) {
                true => assert!(count <= 1, "{id} is in doubt, and arrived {count} times"),
                false => {
                    assert_eq!((state.as_str(), count), ("sent", 1), "{id}");
                    sent += 1;
                }
            }
        }
        sent
    }

    async fn press(&self, number: usize) {
        let (work, see) = (self.priya.permit().unwrap(), self.priya.permit().unwrap());
        let typed = BTreeMap::from([
            ("names", format!("marked-person Ada {number} & Nils")),
            ("email", address(number)),
            ("language", "de".to_owned()),
            ("wedding_date", "2026-11-20".to_owned()),
        ]);
        let given = ByHand { platform: "wedsync".to_owned(), of: "weather".to_owned(), typed };
        let case = self.cases.open(&work, given).await.unwrap().stored.case.id;
        let promised_at = Some(Clock::system().now().plus(HOUR));
        let wish = Wish {
            case,
            purpose: Purpose::WeKnow,
            way: Way::Mail,
            to: None,
            language: None,
            filled: Filled { promised_at, ..Filled::default() },
            edited: None,
            reason: String::new(),
        };
        let preview = self.notices.preview(&work, &see, &wish).await.unwrap();
        assert_eq!(preview.hindrances, Vec::<String>::new());
        self.notices.send(&work, &see, wish, &preview.seen.unwrap()).await.unwrap();
    }

    async fn start(&self) -> Console {
        let file = self.file.clone();
        tokio::task::spawn_blocking(move || console(&file)).await.unwrap().0
    }

    async fn settles(&self) {
        let begun = Instant::now();
        loop {
            let open = self.in_state("queued").await.len()
                + self.in_state("intended").await.len()
                + self.in_state("ending").await.len();
            if open == 0 {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{open} notices are never settled");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn in_state(&self, state: &str) -> Vec<String> {
        let rows = self.rows().await.into_iter();
        rows.filter(|(_, of)| of == state).map(|(id, _)| id).collect()
    }

    /// In the order in which they were pressed.
    async fn rows(&self) -> Vec<(String, String)> {
        let sql = "SELECT id, state FROM notice_attempt ORDER BY id";
        sqlx::query_as(sql).fetch_all(self.db.read()).await.unwrap()
    }
}

/// `kill -9`.
async fn stop(running: Console) {
    tokio::task::spawn_blocking(move || drop(running)).await.unwrap();
}

fn address(number: usize) -> String {
    format!("marked-person-{number:04}@example.com")
}

fn configure(folder: &Path, sink: &MailSink) -> PathBuf {
    std::fs::write(folder.join("token"), TOKEN).unwrap();
    std::fs::write(folder.join("keys"), KEY).unwrap();
    let file = folder.join("bellwether.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite://{folder}/test.db\"\n\
         [access]\nsecond_factor = \"off\"\n[sealing]\nkeys_file = \"keys\"\n\
         [[platform]]\nname = \"wedsync\"\napi_url = \"http://127.0.0.1:1\"\ntoken_file = \"token\"\n\
         [delivery.mail]\nurl = \"smtp://{sink}\"\nfrom = \"Bellwether <bellwether@example.com>\"\n\
         [notices]\ncontact = \"Priya, +46 8 123\"\n",
        folder = folder.display(),
        sink = sink.address,
    );
    std::fs::write(&file, text).unwrap();
    file
}

/// Nobody else can write while it is held.
pub async fn hold(database: &Path) -> SqliteConnection {
    let mut held = SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 20000").execute(&mut held).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut held).await.unwrap();
    held
}
