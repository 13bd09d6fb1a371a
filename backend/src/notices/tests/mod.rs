//! Notices on both databases: seen, pressed, sent over real SMTP dialogues, bounced, erased.

mod languages;
mod lists;
mod many;
mod pages;
mod pressing;
mod private;
mod reports;
mod restored;
mod sink;
mod texts;
mod wire;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    crises::{CaseId, StepState, wording},
    notices::{Attempt, AttemptId, AttemptState, Purpose, Way},
    time::{HOUR, MINUTE, Millis},
};
use tokio::sync::watch;

use self::sink::Sink;
use super::*;
use crate::{
    access::{Access, Permit, SeePersonalData, SeeStatus, Viewer, WorkCases},
    actions::testing::actions_of,
    audit,
    clock::Clock,
    config::{self, Config},
    crises::{ByHand, Cases},
    sealing::{Sealing, WrappingKey, parse_keys},
    testing::{self, World},
};

const START: Millis = Millis(1_795_000_000_000);
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NAMES: &str = "Elena Lindqvist & Marcus Borg";
const MAIL: &str = "elena.lindqvist@example.com";

fn keys(written: &str) -> Vec<WrappingKey> {
    parse_keys(written).0
}

/// Where couples are told.
struct Desk {
    world: World,
    clock: Clock,
    config: Arc<Config>,
    access: Access,
    cases: Cases,
    notices: Notices,
    priya: Viewer,
}

impl Desk {
    async fn of(world: World, mail_at: std::net::SocketAddr) -> Desk {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = Clock::held(START);
        let file = world.folder().join("bellwether.toml");
        std::fs::write(world.folder().join("sms-secret"), "marked-password-of-texts").unwrap();
        std::fs::write(
            &file,
            format!(
                "[server]\npublic_url = \"https://console.example.com\"\n\
                 [delivery.mail]\nurl = \"smtp://{mail_at}\"\nfrom = \"Bellwether <bellwether@example.com>\"\n\
                 [notices]\nfrom = \"Your day <day@example.com>\"\ncontact = \"Priya, +46 8 123\"\n\
                 [notices.sms]\nurl = \"http://{mail_at}/sms\"\nsecret_file = \"sms-secret\"\n\
                 [notices.bounces]\nsecret_file = \"sms-secret\"\n"
            ),
        )
        .unwrap();
        let mut config = config::load(Some(&file), std::iter::empty()).unwrap();
        config.access.second_factors_required = false;
        let config = Arc::new(config);
        let access = Access::new(world.db.clone(), &config, Clock::system()).unwrap();
        let priya = testing::viewer(&world.db, &clock, "priya", "support").await;
        let (cases, notices) = console(&world, &clock, &config, &access, keys(KEY));
        Desk { world, clock, config, access, cases, notices, priya }
    }

    /// The same database, seen by a console that was started anew with these keys.
    fn again_with(&self, keys: Vec<WrappingKey>) -> (Cases, Notices) {
        console(&self.world, &self.clock, &self.config, &self.access, keys)
    }

    fn work(&self) -> Permit<WorkCases> {
        self.priya.permit().unwrap()
    }

    fn see(&self) -> Permit<SeePersonalData> {
        self.priya.permit().unwrap()
    }

    fn status(&self) -> Permit<SeeStatus> {
        self.priya.permit().unwrap()
    }

    /// A case of a couple that is reached by these addresses.
    async fn couple(&self, names: &str, mails: &str) -> CaseId {
        let typed = BTreeMap::from([
            ("names", names.to_owned()),
            ("email", mails.to_owned()),
            ("phone", "+46 70 123 41 18".to_owned()),
            ("language", "sv".to_owned()),
            ("wedding_date", "2026-11-20".to_owned()),
            ("wedding_zone", "Europe/Stockholm".to_owned()),
        ]);
        let given = ByHand { platform: "wedsync".to_owned(), of: "vendor_cancelled".to_owned(), typed };
        let opened = self.cases.open(&self.work(), given).await.unwrap();
        assert_eq!(opened.not_kept, None);
        opened.stored.case.id
    }

    async fn elena(&self) -> CaseId {
        self.couple(NAMES, MAIL).await
    }

    fn wish(&self, case: &CaseId) -> Wish {
        Wish {
            case: case.clone(),
            purpose: Purpose::WeKnow,
            way: Way::Mail,
            to: None,
            language: None,
            filled: Filled { promised_at: Some(self.clock.now().plus(30 * MINUTE)), ..Filled::default() },
            edited: None,
            reason: String::new(),
        }
    }

    async fn preview(&self, wish: &Wish) -> Preview {
        self.notices.preview(&self.work(), &self.see(), wish).await.unwrap()
    }

    async fn send(&self, wish: &Wish) -> Result<AttemptId, NoticeRefused> {
        let seen = self.preview(wish).await.seen.unwrap_or_default();
        self.notices.send(&self.work(), &self.see(), wish.clone(), &seen).await
    }

    async fn rows(&self, case: &CaseId) -> Vec<ToldRow> {
        self.notices.of_case(&self.status(), Some(&self.see()), case).await.unwrap().rows
    }

    async fn attempt(&self, id: &AttemptId) -> Attempt {
        let rows = self.notices.newest(&self.status(), None, None, None, 1_000).await.unwrap();
        rows.into_iter().find(|row| row.attempt.id == *id).unwrap().attempt
    }

    /// Waits until an attempt is in this state, as people read it.
    async fn becomes(&self, id: &AttemptId, word: &str) -> Attempt {
        for _ in 0..4_000 {
            let attempt = self.attempt(id).await;
            if attempt.state_word() == word {
                return attempt;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{:?} never became {word}", self.attempt(id).await)
    }

    async fn case(&self, id: &CaseId) -> domain::crises::Case {
        self.cases.one(&self.status(), None, id).await.unwrap().stored.case
    }

    async fn story(&self, id: &CaseId) -> Vec<String> {
        let story = self.cases.one(&self.status(), Some(&self.see()), id).await.unwrap().story;
        story.iter().map(|(_, line)| wording::told(line, true, |at| at.to_string())).collect()
    }

    /// The sentences of the audit log about notices, newest first.
    async fn sentences(&self) -> Vec<String> {
        let records = audit::page(&self.world.db, &audit::Filter::default(), None, 200).await.unwrap();
        let about = |record: &&domain::audit::Record| record.verb.starts_with("notice.");
        records.iter().filter(about).map(domain::audit::Record::sentence).collect()
    }

    /// Whether the step of the checklist that tells them is done.
    async fn step(&self, id: &CaseId, purpose: Purpose) -> StepState {
        let case = self.case(id).await;
        let of = |step: &&domain::crises::Step| matches!(step.declared.how, domain::crises::How::Notice { purpose: of } if of == purpose);
        case.steps.iter().find(of).unwrap().state.clone()
    }
}

fn console(
    world: &World,
    clock: &Clock,
    config: &Arc<Config>,
    access: &Access,
    keys: Vec<WrappingKey>,
) -> (Cases, Notices) {
    let erasures = world.folder().join("erasures.ndjson");
    let sealing = config::Sealing { keys, keys_file: None, fault: None, erasures, backups_kept: None };
    let sealing = Sealing::new(world.db.clone(), clock.clone(), &sealing);
    let actions = actions_of(world, clock, config, access);
    let cases =
        Cases::new(world.db.clone(), clock.clone(), config.clone(), (access.clone(), actions), sealing);
    let notices = Notices::new(cases.clone(), config.clone()).unwrap();
    (cases, notices)
}

/// The worker of one console, until it is told to stop.
struct Working {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Working {
    fn start(notices: &Notices) -> Working {
        let (stop, stopped) = watch::channel(false);
        Working { stop, task: tokio::spawn(run(notices.clone(), stopped)) }
    }

    async fn end(self) {
        self.stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(10), self.task).await.unwrap().unwrap();
    }
}

/// Nobody listens there.
fn nowhere() -> std::net::SocketAddr {
    "127.0.0.1:1".parse().unwrap()
}

async fn desks(mail_at: std::net::SocketAddr) -> Vec<Desk> {
    let mut desks = Vec::new();
    for world in testing::worlds().await {
        desks.push(Desk::of(world, mail_at).await);
    }
    desks
}
