mod after;
mod asking;
mod board;
mod intake;
mod kinds;
mod life;
mod properties;
mod told;

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;
use crate::{
    access::PersonId,
    actions::Actor,
    notices::{Purpose, Way},
    time::{HOUR, MINUTE, Millis, SECOND},
};

/// 2026-06-20 03:03 in UTC.
const NOW: Millis = Millis(1_781_924_580_000);

static TYPES: LazyLock<CaseTypes> = LazyLock::new(|| built_in().unwrap());

fn types() -> &'static CaseTypes {
    &TYPES
}

fn key(text: &str) -> StepKey {
    StepKey::parse(text).unwrap()
}

fn holder(id: &str) -> Holder {
    Holder { id: PersonId::new(id), name: id.to_owned() }
}

fn person(id: &str) -> Actor {
    holder(id).actor()
}

/// What the platform tells of one crisis.
fn crisis() -> Value {
    json!({
        "id": "cr-1",
        "wedding_id": "w-1",
        "wedding_date": "2026-06-20",
        "wedding_time": "14:30",
        "wedding_zone": "Europe/Stockholm",
        "couple": {"names": "Ada and Nils", "email": "ada@example.com", "phone": "+46 70 123 45 67", "language": "sv"},
        "crisis_type": "vendor_no_show",
        "status": "ai_processing",
        "created_at": "2026-06-20T03:03:00Z",
        "summary": "The florist has cancelled.",
    })
}

fn with(changes: Value) -> Value {
    let mut crisis = crisis();
    for (key, value) in changes.as_object().unwrap() {
        if key == "couple" {
            for (key, value) in value.as_object().unwrap() {
                crisis["couple"][key] = value.clone();
            }
        } else {
            crisis[key] = value.clone();
        }
    }
    crisis
}

fn told(value: &Value) -> Told {
    Told::parse(value, NOW).unwrap()
}

/// A hash that shows what it hashed: only for tests.
fn marks(told: &Told) -> Marks {
    Marks::of(told, |field, text| format!("{field:?}/{text}"))
}

fn read(known: Option<Case>, value: &Value, now: Millis) -> Intake {
    let told = told(value);
    let marks = marks(&told);
    take_in(known, CaseId("c1".to_owned()), &told, marks, types(), now)
}

fn case() -> Case {
    match read(None, &crisis(), NOW) {
        Intake::New { case, .. } => *case,
        other => panic!("{other:?}"),
    }
}

/// Ada has it and is at work.
fn working() -> Case {
    let mut case = case();
    case.acknowledge(holder("ada"), NOW).unwrap();
    case.begin(&holder("ada"), NOW).unwrap();
    case
}

/// The couple is told what is to be told, and every step is done.
fn all_done() -> Case {
    let mut case = working();
    let keys: Vec<StepKey> = case.steps.iter().map(|step| step.key().clone()).collect();
    for purpose in [Purpose::WeKnow, Purpose::Solved] {
        case.notice_sent(purpose, Way::Mail, &person("ada"), NOW);
    }
    for key in keys {
        if !case.step(&key).unwrap().is_settled() {
            case.done(&key, person("ada").into(), NOW).unwrap();
        }
    }
    case
}

fn clock(at: Millis) -> String {
    format!("T+{}s", at.since(NOW) / SECOND)
}

fn story(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| wording::told(line, true, clock)).collect()
}
