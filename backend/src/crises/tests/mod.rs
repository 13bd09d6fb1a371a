//! Cases on both databases: each verb with its line and its record, what is read from the platform, what is sealed.

mod asking;
mod board;
mod intake;
mod passing;
mod private;
mod running;
mod verbs;

use std::{collections::BTreeMap, sync::Arc};

use domain::crises::{CaseId, Told};
use serde_json::{Value, json};

use super::*;
use crate::{
    access::{Access, Permit, SeePersonalData, SeeStatus, Viewer, WorkCases},
    actions::testing::actions_of,
    audit, config,
    sealing::{WrappingKey, parse_keys},
    testing::{self, World},
};

const START: Millis = Millis(1_795_000_000_000);
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn keys(written: &str) -> Vec<WrappingKey> {
    parse_keys(written).0
}

/// Where people work on cases.
struct Desk {
    world: World,
    clock: Clock,
    config: Arc<Config>,
    access: Access,
    cases: Cases,
    priya: Viewer,
}

impl Desk {
    async fn of(world: World, keys: Vec<WrappingKey>) -> Desk {
        Desk::with(world, keys, |_| {}).await
    }

    async fn with(world: World, keys: Vec<WrappingKey>, change: impl FnOnce(&mut Config)) -> Desk {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = Clock::held(START);
        let mut config = config::load(None, std::iter::empty()).unwrap();
        config.access.second_factors_required = false;
        change(&mut config);
        let config = Arc::new(config);
        let access = Access::new(world.db.clone(), &config, Clock::system()).unwrap();
        let priya = testing::viewer(&world.db, &clock, "priya", "support").await;
        let cases = cases(&world, &clock, &config, &access, keys);
        Desk { world, clock, config, access, cases, priya }
    }

    /// The same database, seen by a console that was started anew with these keys.
    fn again_with(&self, keys: Vec<WrappingKey>) -> Cases {
        cases(&self.world, &self.clock, &self.config, &self.access, keys)
    }

    async fn viewer(&self, name: &str, role: &str) -> Viewer {
        testing::viewer(&self.world.db, &self.clock, name, role).await
    }

    fn work(&self) -> Permit<WorkCases> {
        self.priya.permit().unwrap()
    }

    fn see(&self) -> Permit<SeePersonalData> {
        self.priya.permit().unwrap()
    }

    async fn take_in(&self, told: &[Value]) -> TakenIn {
        let told = told.iter().map(|told| Told::parse(told, self.clock.now()).unwrap()).collect();
        self.cases.take_in("wedsync", told, true).await.unwrap()
    }

    /// The only case there is.
    async fn only(&self) -> Stored {
        let filter = domain::crises::Filter { states: domain::crises::States::All, ..Default::default() };
        let status: Permit<SeeStatus> = self.priya.permit().unwrap();
        let mut rows = self.cases.board(&status, None, &filter, 0).await.unwrap().rows;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    async fn shown(&self, id: &CaseId) -> Shown {
        self.cases.one(&self.priya.permit().unwrap(), Some(&self.see()), id).await.unwrap()
    }

    /// The newest lines of the story, with what somebody wrote.
    async fn story(&self, id: &CaseId) -> Vec<String> {
        let story = self.shown(id).await.story;
        story.iter().map(|(_, line)| domain::crises::wording::told(line, true, |at| at.to_string())).collect()
    }

    /// The sentences of the audit log, newest first.
    async fn sentences(&self) -> Vec<String> {
        let records = audit::page(&self.world.db, &audit::Filter::default(), None, 200).await.unwrap();
        let about = |record: &&domain::audit::Record| record.verb.starts_with("crisis.");
        records.iter().filter(about).map(domain::audit::Record::sentence).collect()
    }

    /// Opens a case by hand, of which only the day is known.
    async fn opened(&self) -> CaseId {
        let typed = BTreeMap::from([("wedding_date", "2026-11-20".to_owned())]);
        let given = ByHand { platform: "wedsync".to_owned(), of: "transport".to_owned(), typed };
        self.cases.open(&self.work(), given).await.unwrap().stored.case.id
    }
}

fn cases(
    world: &World,
    clock: &Clock,
    config: &Arc<Config>,
    access: &Access,
    keys: Vec<WrappingKey>,
) -> Cases {
    let erasures = world.folder().join("erasures.ndjson");
    let sealing = config::Sealing { keys, keys_file: None, fault: None, erasures, backups_kept: None };
    let sealing = Sealing::new(world.db.clone(), clock.clone(), &sealing);
    let actions = actions_of(world, clock, config, access);
    Cases::new(world.db.clone(), clock.clone(), config.clone(), (access.clone(), actions), sealing)
}

async fn desks() -> Vec<Desk> {
    let mut desks = Vec::new();
    for world in testing::worlds().await {
        desks.push(Desk::of(world, keys(KEY)).await);
    }
    desks
}

fn crisis(id: &str) -> Value {
    json!({
        "id": id, "wedding_id": "w-41", "wedding_date": "2026-11-20", "wedding_zone": "Europe/Stockholm",
        "couple": { "names": "Elena Lindqvist & Marcus Borg", "email": "elena.lindqvist@example.com",
            "phone": "+46 70 123 41 18", "language": "sv" },
        "crisis_type": "vendor_cancelled", "status": "ai_processing", "created_at": START.0 - 5_000,
        "summary": "The florist Rosengard called off this morning",
    })
}

fn with(mut crisis: Value, pointer: &str, value: impl Into<Value>) -> Value {
    *crisis.pointer_mut(pointer).unwrap() = value.into();
    crisis
}
